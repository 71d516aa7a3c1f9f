package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
)

// tolerance is an expected number that need not be met exactly: {"value": 31200, "within": 100}.
type tolerance struct{ value, within decimal.Decimal }

// readTolerance reads the members of an object as a tolerance.
func readTolerance(members map[string]any) (tolerance, bool) {
	value, ok := number(members["value"])
	within, also := number(members["within"])
	return tolerance{value, within}, ok && also && len(members) == 2 && !within.IsNegative()
}

// readParts reads what is expected of a list of which only some entries matter, {"length": 39, "first": 17364, "last": 100,
// "7": 9000}: by the number of the entry, from 1 as rows are, 0 standing for the length and -1 for the last.
func readParts(members map[string]any) (map[int]any, bool) {
	out := map[int]any{}
	for name, want := range members {
		switch name {
		case "length":
			if n, ok := number(want); !ok || n.IsNegative() || !n.IsInteger() {
				return nil, false
			}
			out[0] = want
		case "first":
			out[1] = want
		case "last":
			out[-1] = want
		default:
			n, err := strconv.Atoi(name)
			if err != nil || n < 1 {
				return nil, false
			}
			out[n] = want
		}
	}
	return out, len(out) > 0
}

// unknown is expected of a value that waits for what is not known yet: {"unknown": true}.
func unknown(want any) bool {
	members, ok := want.(map[string]any)
	return ok && len(members) == 1 && members["unknown"] == true
}

func number(v any) (decimal.Decimal, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return decimal.Decimal{}, false
	}
	return facts.ParseNumber(string(n))
}

// value compares a value, written as JSON, with what is expected: numbers by what they are worth, within the tolerance if there
// is one. found may also be a word that says why there is no value; nothing that is expected reads like that.
func (c *comparison) value(name string, want any, found string) {
	if unknown(want) {
		c.same(name, "unknown", found)
		return
	}
	var got any
	dec := json.NewDecoder(bytes.NewReader([]byte(found)))
	dec.UseNumber()
	if dec.Decode(&got) != nil || !agrees(want, got) {
		c.differs(name, written(want), found)
	}
}

func agrees(want, got any) bool {
	switch w := want.(type) {
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(w) {
			return false
		}
		for i := range w {
			if !agrees(w[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		if n, ok := number(got); ok {
			t, is := readTolerance(w)
			return is && n.Sub(t.value).Abs().LessThanOrEqual(t.within)
		}
		if list, ok := got.([]any); ok {
			return agreesInParts(w, list)
		}
		row, ok := got.(map[string]any)
		if !ok || len(row) != len(w) {
			return false
		}
		for key, value := range w {
			cell, there := row[key]
			if !there || !agrees(value, cell) {
				return false
			}
		}
		return true
	case json.Number:
		a, ok := number(w)
		b, also := number(got)
		return ok && also && a.Equal(b)
	}
	return want == got
}

func agreesInParts(members map[string]any, list []any) bool {
	parts, ok := readParts(members)
	for at, want := range parts {
		switch {
		case at == 0:
			ok = ok && agrees(want, json.Number(strconv.Itoa(len(list))))
		case at > len(list) || len(list) == 0:
			ok = false
		case at < 0:
			ok = ok && agrees(want, list[len(list)-1])
		default:
			ok = ok && agrees(want, list[at-1])
		}
	}
	return ok
}

// written is what is expected as people read it: a tolerance as 31200 ± 100.
func written(want any) string {
	switch w := want.(type) {
	case []any:
		parts := make([]string, len(w))
		for i, e := range w {
			parts[i] = written(e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		if t, ok := readTolerance(w); ok {
			return t.value.String() + " ± " + t.within.String()
		}
	}
	raw, err := json.Marshal(want)
	if err != nil {
		return fmt.Sprint(want)
	}
	return string(raw)
}
