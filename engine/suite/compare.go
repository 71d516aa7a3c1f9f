package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
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
