package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
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
	text, ok := Check(raw)
	if !ok {
		return nil, decodeError("facts.not-json")
	}
	return t.DecodeChecked(text)
}

// DecodeChecked is Decode for text that was checked.
func (t *Type) DecodeChecked(text JSON) (any, error) {
	if !utf8.Valid(text) {
		return nil, decodeError("facts.not-json")
	}
	v, err := t.decode(text)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (t *Type) decode(raw JSON) (any, *DecodeError) {
	if raw.IsNull() {
		return nil, nil
	}
	if t.Kind == String && len(t.Enum) > 0 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 { // kept once
		for i := range t.Enum {
			if text, _ := t.Enum[i].Value.(string); string(raw[1:len(raw)-1]) == text {
				return t.Enum[i].Value, nil
			}
		}
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

func (t *Type) decodeKnown(raw JSON) (any, *DecodeError) {
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
		if raw[0] != '"' {
			code := "facts.not-string"
			if t.Kind == Date {
				code = "facts.not-date"
			}
			return nil, decodeError(code, "value", shown(string(raw)))
		}
		s := unquoted(raw)
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

func (t *Type) decodeList(raw JSON) (any, *DecodeError) {
	if raw[0] != '[' {
		return nil, decodeError("facts.not-list", "value", shown(string(raw)))
	}
	count := 0
	for range raw.Elements() {
		count++
	}
	if most := t.Longest(); count > most {
		return nil, decodeError("facts.too-many-items", "max", strconv.Itoa(most), "count", strconv.Itoa(count))
	}
	list := make([]any, 0, count)
	for part := range raw.Elements() {
		v, err := t.Elem.decode(part)
		if err == nil && v == nil {
			err = decodeError("facts.null-item")
		}
		if err != nil {
			err.Path = diag.Pointer("", len(list)) + err.Path
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// decodeRow reads an object: a member that is missing is Unknown, one that is null is Absent.
func (t *Type) decodeRow(raw JSON) (any, *DecodeError) {
	if !raw.IsObject() {
		return nil, decodeError("facts.not-row", "value", shown(string(raw)))
	}
	row := t.Row.NewValues()
	for name, value := range raw.Members() {
		slot, ok := t.Row.Slot(name)
		if !ok {
			e := decodeError("facts.unknown-member", "name", shown(name))
			e.Path = diag.Pointer("", name)
			return nil, e
		}
		if row.states[slot] != Unknown {
			e := decodeError("facts.duplicate-member", "name", name)
			e.Path = diag.Pointer("", name)
			return nil, e
		}
		v, why := t.Row.facts[slot].Type.decode(value)
		if why != nil {
			why.Path = diag.Pointer("", name) + why.Path
			return nil, why
		}
		row.Set(slot, v)
	}
	return row, nil
}

// Encode writes a value of this type as JSON, in the one form that Decode reads back to an equal value: dates as
// 2026-03-01, numbers exactly and without an exponent, rows without the members that are unknown. nil is null.
func (t Type) Encode(v any) json.RawMessage { return encode(nil, v) }

// AppendJSON appends what Encode gives.
func AppendJSON(b []byte, v any) []byte { return encode(b, v) }

func encode(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, x)
	case int64:
		return strconv.AppendInt(b, x, 10)
	case decimal.Decimal:
		return append(b, x.String()...)
	case string:
		return encodeString(b, x)
	case time.Time:
		b = append(b, '"')
		b = x.AppendFormat(b, DateLayout)
		return append(b, '"')
	case []any:
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = encode(b, e)
		}
		return append(b, ']')
	case *Values:
		b = append(b, '{')
		first := true
		for slot := range x.space.facts {
			if x.states[slot] == Unknown {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, '"')
			b = append(b, x.space.facts[slot].Path...) // which is ASCII
			b = append(b, '"', ':')
			b = encode(b, x.vals[slot])
		}
		return append(b, '}')
	default:
		panic(fmt.Sprintf("facts: cannot encode a %T", v))
	}
}

// encodeString writes a JSON string without escaping what only HTML minds.
func encodeString(b []byte, s string) []byte {
	if plain(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// plain reports whether a string stands in JSON as it is.
func plain(s string) bool {
	const separators = '\xe2' // U+2028 and U+2029, which are escaped, begin with it
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == separators {
			return false
		}
	}
	return utf8.ValidString(s)
}
