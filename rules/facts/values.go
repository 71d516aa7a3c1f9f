package facts

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Values holds what is known of every fact of a Space in one evaluation. A value is boxed once, when it is set; rules then
// read slots without look-ups or allocation. A Values may be read by many goroutines, and written by one.
type Values struct {
	space  *Space
	states []State
	vals   []any
	keeper any
	steps  *Steps // nil: every rule has its own
}

// Keep hands the functions that rules call something of the evaluation that the values are of; see funcs.Func.Within.
func (v *Values) Keep(keeper any) { v.keeper = keeper }

// Keeper returns what Keep was given, or nil.
func (v *Values) Keeper() any { return v.keeper }

// NewValues returns values of which nothing is known yet.
func (s *Space) NewValues() *Values {
	return &Values{space: s, states: make([]State, len(s.facts)), vals: make([]any, len(s.facts))}
}

// Space returns the facts that the values are of.
func (v *Values) Space() *Space { return v.space }

// State says what is known of the fact in a slot.
func (v *Values) State(slot int) State { return v.states[slot] }

// Get returns the value in a slot, of the Go type of its kind; nil unless Known.
func (v *Values) Get(slot int) any { return v.vals[slot] }

// Set makes a fact known. val must be of the Go type of the fact's kind, as Type.Decode gives it; nil is SetAbsent.
// It panics on any other value: that is a mistake in the program, never in a document.
func (v *Values) Set(slot int, val any) {
	if val == nil {
		v.SetAbsent(slot)
		return
	}
	if t := &v.space.facts[slot].Type; !t.holds(val) {
		panic(fmt.Sprintf("facts: %s is %v and cannot hold a %T", v.space.facts[slot].Path, t.Kind, val))
	}
	v.states[slot], v.vals[slot] = Known, val
}

// SetAbsent makes a fact known not to exist.
func (v *Values) SetAbsent(slot int) { v.states[slot], v.vals[slot] = Absent, nil }

// SetUnknown forgets a fact.
func (v *Values) SetUnknown(slot int) { v.states[slot], v.vals[slot] = Unknown, nil }

// Reset forgets everything, and what was counted of Steps.
func (v *Values) Reset() {
	if v.steps != nil {
		*v.steps = NewSteps()
	}
	clear(v.states[:cap(v.states)])
	clear(v.vals[:cap(v.vals)])
}

// Clone returns values that can be changed without changing v. Lists and rows are shared: they are never changed in place.
func (v *Values) Clone() *Values {
	return &Values{space: v.space, states: slices.Clone(v.states), vals: slices.Clone(v.vals), keeper: v.keeper}
}

// Extensible returns values of which nothing is known yet, with room for extra facts behind them: see Over. All rules that are
// evaluated with them, and with what is put over them, share their Steps.
func (s *Space) Extensible(extra int) *Values {
	n := len(s.facts)
	steps := NewSteps()
	return &Values{space: s, states: make([]State, n, n+extra), vals: make([]any, n, n+extra), steps: &steps}
}

// Steps is what the evaluation that the values are of may still do; nil where every rule counts for itself.
func (v *Values) Steps() *Steps { return v.steps }

// Over returns values of s that begin with those of base, and share them: what is set in one is set in the other. s must be
// the space of base with more facts behind it, and base have room for these; it panics otherwise. What is behind is unknown.
// The next Over of the same base takes the room again.
func (s *Space) Over(base *Values) *Values {
	known, n := len(base.states), len(s.facts)
	if n < known || n > cap(base.states) || s.facts[known-1].Path != base.space.facts[known-1].Path {
		panic("facts: not an extension of the space of base")
	}
	v := &Values{space: s, states: base.states[:n], vals: base.vals[:n], keeper: base.keeper, steps: base.steps}
	clear(v.states[known:])
	clear(v.vals[known:])
	return v
}

// Equal reports whether both hold equal states and values of equal spaces.
func (v *Values) Equal(o *Values) bool {
	if v == o {
		return true
	}
	if v == nil || o == nil || !slices.Equal(v.states, o.states) || !v.space.Equal(o.space) {
		return false
	}
	return slices.EqualFunc(v.vals, o.vals, Equal)
}

// Equal reports whether two values are the same: numbers by value and not by the way they are written, lists and rows member by
// member. nil stands for an absent value and equals only nil.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, Equal)
	case *Values:
		y, ok := b.(*Values)
		return ok && x.Equal(y)
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	default:
		c, ok := Compare(a, b)
		return ok && c == 0
	}
}

// Compare orders two values of the same kind, or an Int and a Number: -1, 0 or +1. ok is false where there is no order
// between them.
func Compare(a, b any) (order int, ok bool) {
	switch x := a.(type) {
	case int64:
		switch y := b.(type) {
		case int64:
			return compareOrdered(x, y), true
		case decimal.Decimal:
			return -CompareNumberInt(y, x), true
		}
	case decimal.Decimal:
		switch y := b.(type) {
		case int64:
			return CompareNumberInt(x, y), true
		case decimal.Decimal:
			return CompareNumbers(x, y), true
		}
	case string:
		if y, is := b.(string); is {
			return compareOrdered(x, y), true
		}
	case time.Time:
		if y, is := b.(time.Time); is {
			return x.Compare(y), true
		}
	}
	if isNumber(a) && isNumber(b) { // one of them is a quotient
		return rat(a).Cmp(rat(b)), true
	}
	return 0, false
}

func isRat(v any) bool { _, ok := v.(*big.Rat); return ok }

func isNumber(v any) bool {
	_, ok := asDecimal(v)
	return ok || isRat(v)
}

func compareOrdered[T int64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
