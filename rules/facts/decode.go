package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/tongban/tongban/rules/diag"
)

// DecodeError says why a JSON value is not of a type. Its codes are facts.not-bool, facts.not-int, facts.int-range,
// facts.not-number, facts.number-range, facts.not-string, facts.not-date, facts.no-such-date, facts.not-list,
// facts.too-many-items, facts.null-item, facts.not-row, facts.unknown-member, facts.duplicate-member, facts.not-a-choice and facts.not-json.
type DecodeError struct {
	Code string
	Path string            // JSON pointer inside the decoded value; empty for the value itself
	Args map[string]string // arguments of the text
}

// Error gives the code and the place; people read Diagnostic.
func (e *DecodeError) Error() string { return fmt.Sprintf("facts: %s at %q", e.Code, e.Path) }

// Diagnostic gives the error for people. at is the JSON pointer of the decoded value.
func (e *DecodeError) Diagnostic(at string) diag.Diagnostic {
	return diag.Diagnostic{Code: e.Code, Severity: diag.Error, Path: at + e.Path, Args: e.Args}
}

func decodeError(code string, args ...string) *DecodeError {
	e := &DecodeError{Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// DateLayout is how dates are written in JSON and in rules: RFC 3339 full-date.
const DateLayout = "2006-01-02"

// ParseDate reads a civil date of the years 1 to 9999 and refuses days that no calendar has, such as 2026-02-30.
// The codes of its *DecodeError are facts.not-date and facts.no-such-date.
func ParseDate(s string) (time.Time, error) {
	wellFormed := len(s) == len(DateLayout) && s[4] == '-' && s[7] == '-'
	for i := 0; wellFormed && i < len(s); i++ {
		wellFormed = i == 4 || i == 7 || s[i] >= '0' && s[i] <= '9'
	}
	if !wellFormed {
		return time.Time{}, decodeError("facts.not-date", "value", shown(s))
	}
	d, err := time.Parse(DateLayout, s)
	if err != nil || d.Year() < 1 {
		return time.Time{}, decodeError("facts.no-such-date", "value", s)
	}
	return d, nil
}

// shown shortens a value for a message.
func shown(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// Decode reads a JSON value strictly as this type and returns it in the Go type of the kind; null gives nil, which is absent.
// An error is a *DecodeError. Integers may be written 3, 3.0 or 3e0, as JSON Schema has it; numbers are kept exactly.
func (t Type) Decode(raw json.RawMessage) (any, error) {
	if !json.Valid(raw) || !utf8.Valid(raw) {
		return nil, decodeError("facts.not-json")
	}
	v, err := t.decode(bytes.TrimSpace(raw))
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (t Type) decode(raw []byte) (any, *DecodeError) {
	if string(raw) == "null" {
		return nil, nil
	}
	v, err := t.decodeKnown(raw)
	if err != nil {
		return nil, err
	}
	if len(t.Enum) == 0 {
		return v, nil
	}
	for _, c := range t.Enum {
		if Equal(c.Value, v) {
			return v, nil
		}
	}
	return nil, decodeError("facts.not-a-choice", "value", shown(string(raw)))
}

func (t Type) decodeKnown(raw []byte) (any, *DecodeError) {
	switch t.Kind {
	case Bool:
		switch string(raw) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, decodeError("facts.not-bool", "value", shown(string(raw)))
	case Int:
		return decodeInt(string(raw))
	case Number:
		if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
			return nil, decodeError("facts.not-number", "value", shown(string(raw)))
		}
		n, ok := ParseNumber(string(raw))
		if !ok {
			return nil, decodeError("facts.number-range", "value", shown(string(raw)))
		}
		return n, nil
	case String, Date:
		var s string
		if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
			code := "facts.not-string"
			if t.Kind == Date {
				code = "facts.not-date"
			}
			return nil, decodeError(code, "value", shown(string(raw)))
		}
		if t.Kind == String {
			return s, nil
		}
		d, err := ParseDate(s)
		var why *DecodeError
		if errors.As(err, &why) {
			return nil, why
		}
		return d, nil
	case List:
		return t.decodeList(raw)
	case Row:
		return t.decodeRow(raw)
	default:
		return nil, decodeError("facts.no-type")
	}
}

func decodeInt(raw string) (any, *DecodeError) {
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
		return n, nil
	}
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return nil, decodeError("facts.not-int", "value", shown(raw))
	}
	n, ok := ParseNumber(raw)
	switch {
	case ok && !n.IsInteger():
		return nil, decodeError("facts.not-int", "value", shown(raw))
	case !ok || !n.BigInt().IsInt64():
		return nil, decodeError("facts.int-range", "value", shown(raw))
	}
	return n.IntPart(), nil
}

func (t Type) decodeList(raw []byte) (any, *DecodeError) {
	var parts []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &parts) != nil {
		return nil, decodeError("facts.not-list", "value", shown(string(raw)))
	}
	if most := t.Longest(); len(parts) > most {
		return nil, decodeError("facts.too-many-items", "max", strconv.Itoa(most), "count", strconv.Itoa(len(parts)))
	}
	list := make([]any, len(parts))
	for i, part := range parts {
		v, err := t.Elem.decode(bytes.TrimSpace(part))
		if err == nil && v == nil {
			err = decodeError("facts.null-item")
		}
		if err != nil {
			err.Path = diag.Pointer("", i) + err.Path
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

// decodeRow reads an object: a member that is missing is Unknown, one that is null is Absent.
func (t Type) decodeRow(raw []byte) (any, *DecodeError) {
	members, err := objectMembers(raw)
	if err != nil {
		return nil, decodeError("facts.not-row", "value", shown(string(raw)))
	}
	row := t.Row.NewValues()
	for _, m := range members {
		slot, ok := t.Row.Slot(m.name)
		if !ok {
			e := decodeError("facts.unknown-member", "name", shown(m.name))
			e.Path = diag.Pointer("", m.name)
			return nil, e
		}
		if row.states[slot] != Unknown {
			e := decodeError("facts.duplicate-member", "name", m.name)
			e.Path = diag.Pointer("", m.name)
			return nil, e
		}
		v, why := t.Row.facts[slot].Type.decode(bytes.TrimSpace(m.value))
		if why != nil {
			why.Path = diag.Pointer("", m.name) + why.Path
			return nil, why
		}
		row.Set(slot, v)
	}
	return row, nil
}

// Encode writes a value of this type as JSON, in the one form that Decode reads back to an equal value: dates as
// 2026-03-01, numbers exactly and without an exponent, rows without the members that are unknown. nil is null.
func (t Type) Encode(v any) json.RawMessage {
	var b strings.Builder
	encode(&b, v)
	return json.RawMessage(b.String())
}

func encode(b *strings.Builder, v any) {
	switch x := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(x))
	case int64:
		b.WriteString(strconv.FormatInt(x, 10))
	case decimal.Decimal:
		b.WriteString(x.String())
	case string:
		encodeString(b, x)
	case time.Time:
		encodeString(b, x.Format(DateLayout))
	case []any:
		b.WriteByte('[')
		for i, e := range x {
			if i > 0 {
				b.WriteByte(',')
			}
			encode(b, e)
		}
		b.WriteByte(']')
	case *Values:
		b.WriteByte('{')
		first := true
		for slot, f := range x.space.facts {
			if x.states[slot] == Unknown {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			encodeString(b, f.Path)
			b.WriteByte(':')
			encode(b, x.vals[slot])
		}
		b.WriteByte('}')
	default:
		panic(fmt.Sprintf("facts: cannot encode a %T", v))
	}
}

// encodeString writes a JSON string without escaping what only HTML minds.
func encodeString(b *strings.Builder, s string) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	b.Write(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}
