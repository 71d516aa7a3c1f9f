package table

import (
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// A cell is a compiled unary test.
type cell struct {
	any    bool // "-": also true of absence
	negate bool // not(...)
	null   bool // null is among the tests
	tests  []span
	text   string
}

// span is one test of a value. On ordered kinds it is an interval; on others lo is the value to equal.
type span struct {
	lo, hi end
	differ bool // != lo
}

// end is one end of a span: a value, the value of a fact, or nothing (unbounded).
type end struct {
	kind endKind
	open bool // the value itself is outside
	val  any  // endValue: the Go type of the column's kind
	slot int  // endFact
	list bool // the fact is a list, any of whose values may be equalled
}

type endKind uint8

const (
	endNone endKind = iota
	endValue
	endFact
)

func at(e end) span { return span{lo: e, hi: e} }

// dynamic reports whether the cell names a fact, so that what it matches is known only when the table is evaluated.
func (c *cell) dynamic() bool {
	return slices.ContainsFunc(c.tests, func(s span) bool { return s.lo.kind == endFact || s.hi.kind == endFact })
}

// tri is a three-valued truth.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

// matchAbsent says whether the cell holds for an absent input.
func (c *cell) matchAbsent() bool { return c.any || c.null && !c.negate }

// match says whether the cell holds for a known value; facts named by the cell are read from v. A fact that is not known
// makes the cell a maybe, one that is absent equals nothing and bounds nothing.
func (c *cell) match(kind facts.Kind, val any, v *facts.Values) tri {
	if c.any {
		return yes
	}
	out := no
	for i := range c.tests {
		if out = max(out, c.tests[i].match(kind, val, v)); out == yes {
			break
		}
	}
	if c.negate {
		return yes - out
	}
	return out
}

func (s *span) match(kind facts.Kind, val any, v *facts.Values) tri {
	if s.differ {
		return yes - s.lo.equals(val, v)
	}
	if !ordered(kind) || s.lo.list {
		return s.lo.equals(val, v)
	}
	return min(s.lo.admits(val, v, -1), s.hi.admits(val, v, +1))
}

// resolve returns the value of an end; the second result is Unknown or Absent if there is none.
func (e *end) resolve(v *facts.Values) (any, facts.State) {
	if e.kind == endValue {
		return e.val, facts.Known
	}
	return v.Get(e.slot), v.State(e.slot)
}

func (e *end) equals(val any, v *facts.Values) tri {
	bound, state := e.resolve(v)
	switch {
	case state == facts.Unknown:
		return maybe
	case e.list && state == facts.Known:
		if slices.ContainsFunc(bound.([]any), func(one any) bool { return facts.Equal(val, one) }) {
			return yes
		}
		return no
	case state == facts.Known && facts.Equal(val, bound):
		return yes
	default:
		return no
	}
}

// admits says whether val lies on the inner side of the end; side is -1 for a lower end and +1 for an upper one.
func (e *end) admits(val any, v *facts.Values, side int) tri {
	if e.kind == endNone {
		return yes
	}
	bound, state := e.resolve(v)
	switch {
	case state == facts.Unknown:
		return maybe
	case state == facts.Absent:
		return no
	}
	if c := compare(bound, val) * side; c > 0 || c == 0 && !e.open {
		return yes
	}
	return no
}

func ordered(k facts.Kind) bool { return k == facts.Int || k == facts.Number || k == facts.Date }

func numeric(k facts.Kind) bool { return k == facts.Int || k == facts.Number }

// compare orders two values that parse found comparable.
func compare(a, b any) int {
	order, _ := facts.Compare(a, b)
	return order
}
