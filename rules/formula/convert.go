package formula

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
)

// convertible reports whether results of one type can be taken for another. Between Int and Number the values decide.
func convertible(got, want facts.Type) bool {
	switch {
	case numeric(got) && numeric(want):
		return true
	case got.Kind != want.Kind:
		return false
	case got.Kind == facts.List:
		return got.Elem == nil || got.Elem.Kind == facts.Invalid || convertible(*got.Elem, *want.Elem)
	case got.Kind == facts.Row:
		return got.Row.Equal(want.Row)
	default:
		return true
	}
}

// fractional reports whether whole numbers are wanted of what may have fractions: a quotient, a share, a number that somebody
// writes. An example would meet one by luck only.
func fractional(got *term, want facts.Type) bool {
	of := got.typ
	for want.Kind == facts.List && of.Kind == facts.List {
		want, of = *want.Elem, *of.Elem
	}
	return want.Kind == facts.Int && of.Kind == facts.Number && !got.whole
}

// holdsNothing reports whether a list, or one inside it, is [] with nothing beside it that says what it would hold.
func holdsNothing(t facts.Type) bool {
	return t.Kind == facts.List && (t.Elem.Kind == facts.Invalid || holdsNothing(*t.Elem))
}

// convert is the one place where what was computed becomes a result: quotients become decimals, decimals become whole by
// the declared rounding and no other way, whole numbers fit int64, lists are within their length, values are among those
// allowed.
func convert(v any, want facts.Type, round money.Rounding) (any, error) {
	if q, ok := v.(*big.Rat); ok && want.Kind == facts.Int && round != money.Exact {
		v = money.RoundQuotient(q, 0, round)
	}
	v = facts.Settle(v)
	switch want.Kind {
	case facts.Int:
		if d, ok := v.(decimal.Decimal); ok {
			whole, err := money.Whole(d, round)
			if err != nil {
				return nil, err
			}
			v = whole
		}
	case facts.Number:
		v = widen(v)
	case facts.List:
		list := slices.Clone(v.([]any))
		if len(list) > max(want.Longest(), facts.DefaultMaxItems) {
			return nil, &EvalError{Code: "formula.too-big", Slot: -1}
		}
		for i := range list {
			one, err := convert(list[i], *want.Elem, round)
			if err != nil {
				return nil, err
			}
			list[i] = one
		}
		v = list
	}
	if len(want.Enum) > 0 && !slices.ContainsFunc(want.Enum, func(c facts.Choice) bool { return facts.Equal(c.Value, v) }) {
		return nil, &EvalError{Code: "formula.not-a-choice", Slot: -1}
	}
	return v, nil
}

// constantResult reports a constant that is not among the allowed values, before anybody runs into it.
func (c *checker) constantResult(root *term, want facts.Type) {
	if len(want.Enum) == 0 || slices.ContainsFunc(want.Enum, func(w facts.Choice) bool { return facts.Equal(w.Value, root.value) }) {
		return
	}
	c.report(root.index, "formula.not-a-choice", "name", string(root.typ.Encode(root.value)))
}

func numeric(t facts.Type) bool { return t.Kind == facts.Int || t.Kind == facts.Number }

func widen(v any) any {
	if i, ok := v.(int64); ok {
		return decimal.NewFromInt(i)
	}
	return v
}
