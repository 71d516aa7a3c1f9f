package table

import (
	"slices"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
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

// end is one end of a span: a value, what a fact or a formula comes to, or nothing (unbounded).
type end struct {
	kind    endKind
	open    bool             // the value itself is outside
	val     any              // endValue: the Go type of the column's kind
	slot    int              // endFact
	formula *formula.Formula // endFormula
	list    bool             // the fact or formula gives a list, any of whose values may be equalled
}

type endKind uint8

const (
	endNone endKind = iota
	endValue
	endFact
	endFormula
)

// named reports whether the value is that of a fact or a formula.
func (e *end) named() bool { return e.kind >= endFact }

// reads are the slots of the facts that the value depends on.
func (e *end) reads() []int {
	switch e.kind {
	case endFact:
		return []int{e.slot}
	case endFormula:
		return e.formula.Reads()
	}
	return nil
}

// A reader gives what cells name: over the facts in v, of which nil knows none. It works out each formula once.
type reader struct {
	v    *facts.Values
	done []worked
}

// worked is what a formula came to.
type worked struct {
	of     *formula.Formula
	result formula.Result
	err    error
}

func (r *reader) formula(f *formula.Formula) *worked {
	i := slices.IndexFunc(r.done, func(w worked) bool { return w.of == f })
	if i < 0 {
		i = len(r.done)
		result, err := f.Eval(r.v)
		r.done = append(r.done, worked{f, result, err})
	}
	return &r.done[i]
}

func at(e end) span { return span{lo: e, hi: e} }

// dynamic reports whether the cell names a fact or has a formula, so that what it matches is known only when the table is
// evaluated.
func (c *cell) dynamic() bool { return slices.ContainsFunc(c.tests, span.named) }

func (s span) named() bool { return s.lo.named() || s.hi.named() }

// tri is a three-valued truth.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

// matchAbsent says whether the cell holds for an absent input.
func (c *cell) matchAbsent() bool { return c.any || c.null && !c.negate }

// match says whether the cell holds for a known value; what the cell names is read from v. What is not known, or in error, makes
// the cell a maybe; what is absent equals nothing and bounds nothing.
func (c *cell) match(kind facts.Kind, val any, v *reader) tri {
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

func (s *span) match(kind facts.Kind, val any, v *reader) tri {
	if s.differ {
		return yes - s.lo.equals(val, v)
	}
	if !ordered(kind) || s.lo.list {
		return s.lo.equals(val, v)
	}
	return min(s.lo.admits(val, v, -1), s.hi.admits(val, v, +1))
}

// resolve returns the value of an end; the second result is Unknown or Absent if there is none.
func (e *end) resolve(r *reader) (any, facts.State) {
	switch {
	case e.kind == endValue:
		return e.val, facts.Known
	case r.v == nil:
		return nil, facts.Unknown
	case e.kind == endFact:
		return r.v.Get(e.slot), r.v.State(e.slot)
	}
	w := r.formula(e.formula) // in error it is Unknown, which is the zero state
	return w.result.Value, w.result.State
}

func (e *end) equals(val any, v *reader) tri {
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
func (e *end) admits(val any, v *reader, side int) tri {
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
