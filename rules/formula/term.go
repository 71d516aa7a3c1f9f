package formula

import (
	"errors"
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// outcome is what a term evaluates to: a value, nil being absent; an error; or unknown, with the slots that it waits for.
// A number may be a quotient, a *big.Rat, until it leaves the formula.
type outcome struct {
	val     any
	err     *EvalError
	unknown bool
	missing []int
}

func (o outcome) settled() bool { return !o.unknown && o.err == nil }

// frame is one evaluation: the facts, the variables of let and of list functions, and the operands of what is being computed.
type frame struct {
	vals  *facts.Values
	vars  []outcome
	stack []any
	steps *facts.Steps
	own   facts.Steps // of a formula that is evaluated on its own
}

// term is a checked part of a formula, compiled to a function.
type term struct {
	typ      facts.Type // Kind Invalid: nil
	eval     func(*frame) outcome
	reads    []int    // slots of the facts it depends on, those behind its variables included
	cost     uint64   // of an evaluation, with the greatest lengths that lists may have
	step     uint64   // of an evaluation without what its lists add, which is counted as it goes
	heavy    []string // the lists, each inside the one before, that the cost is mostly of
	whole    bool     // a number, or a list of such, that has no fraction whatever its type says
	constant bool
	value    any    // of a constant
	name     string // the fact, member, variable, operator or function
	slot     int    // of a fact, or -1
	index    int    // of its first character
	line     int
	col      int
}

// isWhole reports whether no value of a number has a fraction.
func (t *term) isWhole() bool { return t.typ.Kind != facts.Number || t.whole }

// wholeList is isWhole for the elements of a list.
func (t *term) wholeList() bool {
	return t.typ.Kind != facts.List || t.typ.Elem.Kind != facts.Number || t.whole
}

func allWhole(terms ...*term) bool {
	return !slices.ContainsFunc(terms, func(t *term) bool { return !t.isWhole() })
}

func (t *term) isNil() bool { return t.constant && t.value == nil }

func (t *term) fail(code string) *EvalError {
	e := &EvalError{Code: code, Slot: t.slot, Name: t.name, Line: t.line, Col: t.col}
	if t.slot >= 0 {
		e.Fact = t.name
	}
	return e
}

// needed evaluates a term whose value is needed: an absent one is an error.
func (t *term) needed(f *frame) outcome {
	out := t.eval(f)
	if out.val == nil && out.settled() {
		return outcome{err: t.fail("formula.absent")}
	}
	return out
}

// Errors of operations on values, beside those of facts.
var (
	errIndex  = errors.New("no such element")
	errEmpty  = errors.New("nothing to choose from")
	errTooBig = errors.New("too big")
)

// raised places an error of an operation at its term.
func (t *term) raised(err error) outcome {
	var e *EvalError
	switch {
	case errors.As(err, &e):
		return outcome{err: e}
	case errors.Is(err, facts.ErrDivideByZero):
		return outcome{err: t.fail("formula.divide-by-zero")}
	case errors.Is(err, facts.ErrOverflow):
		return outcome{err: t.fail("formula.overflow")}
	case errors.Is(err, errIndex):
		return outcome{err: t.fail("formula.index")}
	case errors.Is(err, errEmpty):
		return outcome{err: t.fail("formula.nothing")}
	case errors.Is(err, errTooBig):
		return outcome{err: t.fail("formula.too-big")}
	default:
		e := t.fail("formula.function")
		e.Err = err
		return outcome{err: e}
	}
}

// gather puts the values of terms, which are all needed, on the stack. An error among them is an error, whatever the unknown
// ones turn out to be; failing that, all that is unknown is missing.
func gather(f *frame, terms []*term) outcome {
	var all outcome
	for _, t := range terms {
		out := t.needed(f)
		switch {
		case out.err != nil && all.err == nil:
			all.err = out.err
		case out.unknown:
			all.unknown, all.missing = true, union(all.missing, out.missing)
		}
		f.stack = append(f.stack, out.val)
	}
	if all.err != nil {
		all.unknown, all.missing = false, nil
	}
	return all
}

func union(a, b []int) []int {
	out := slices.Clone(a)
	for _, slot := range b {
		if !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	return out
}

// ordered gives the missing slots in the order in which they are read.
func ordered(missing, reads []int) []int {
	var out []int
	for _, slot := range reads {
		if slices.Contains(missing, slot) {
			out = append(out, slot)
		}
	}
	return out
}

// connective is && (absorbing false) and || (absorbing true), with the meaning they have in conditions.
func connective(f *frame, terms []*term, absorbing bool) outcome {
	var all outcome
	for _, t := range terms {
		out := t.needed(f)
		switch {
		case out.unknown:
			all.unknown, all.missing = true, union(all.missing, out.missing)
		case out.err != nil:
			if all.err == nil {
				all.err = out.err
			}
		case out.val.(bool) == absorbing:
			return outcome{val: absorbing}
		}
	}
	switch {
	case all.unknown:
		return outcome{unknown: true, missing: all.missing}
	case all.err != nil:
		return outcome{err: all.err}
	default:
		return outcome{val: !absorbing}
	}
}
