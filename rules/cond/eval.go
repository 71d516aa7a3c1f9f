package cond

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
)

// outcome is what a node evaluates to: a value, nil being absent; an error; or unknown, with the slots that it waits for.
type outcome struct {
	val     any
	err     *EvalError
	unknown bool
	missing []int
}

// bound is the value of a variable. A member of a row that is not known is missing from the list that the row came from.
type bound struct {
	val   any
	roots []int
}

// walker evaluates the tree as it stands: three-valued, with every error placed. It is the meaning of a condition; the
// fast path must agree with it wherever everything is known.
type walker struct {
	vals  *facts.Values
	vars  []bound
	steps facts.Steps // where vals have none that rules share
}

func (w *walker) take(n uint64) bool {
	if shared := w.vals.Steps(); shared != nil {
		return shared.Take(n)
	}
	return w.steps.Take(n)
}

func (w *walker) eval(n *Node) outcome {
	switch n.Op {
	case OpConst:
		return outcome{val: n.Value}
	case OpFact:
		switch w.vals.State(n.slot) {
		case facts.Unknown:
			return outcome{unknown: true, missing: []int{n.slot}}
		default:
			return outcome{val: w.vals.Get(n.slot)}
		}
	case OpVar:
		return outcome{val: w.vars[n.slot].val}
	case OpField:
		return w.field(n)
	case OpAnd:
		return w.logic(n.Args, false)
	case OpOr:
		return w.logic(n.Args, true)
	case OpPresent:
		arg := w.eval(n.Args[0])
		if arg.unknown || arg.err != nil {
			return arg
		}
		return outcome{val: arg.val != nil}
	case OpIf:
		test := w.strict(n.Args[0])
		switch {
		case test.unknown || test.err != nil:
			return test
		case test.val.(bool):
			return w.branch(n, n.Args[1])
		default:
			return w.branch(n, n.Args[2])
		}
	case OpAll, OpExists, OpExistsOne, OpFilter, OpMap:
		return w.overList(n)
	default:
		return w.operation(n)
	}
}

// branch evaluates one side of ?:, whose other side may have made it a number.
func (w *walker) branch(n, side *Node) outcome {
	out := w.eval(side)
	if n.Type.Kind == facts.Number {
		out.val = widen(out.val)
	}
	return out
}

func widen(v any) any {
	if i, ok := v.(int64); ok {
		return decimal.NewFromInt(i)
	}
	return v
}

// field reads a member. A member of nothing is nothing, so that present(form.address.street) can be asked.
func (w *walker) field(n *Node) outcome {
	row := w.eval(n.Args[0])
	if row.unknown || row.err != nil || row.val == nil {
		return row
	}
	values := row.val.(*facts.Values)
	if values.State(n.slot) == facts.Unknown {
		return outcome{unknown: true, missing: w.rootsOf(n.Args[0])}
	}
	return outcome{val: values.Get(n.slot)}
}

// rootsOf gives the facts that a row came from.
func (w *walker) rootsOf(n *Node) []int {
	var out []int
	walk(n, func(n *Node) {
		switch n.Op {
		case OpFact:
			out = union(out, []int{n.slot})
		case OpVar:
			if n.slot < len(w.vars) { // else it is bound inside n
				out = union(out, w.vars[n.slot].roots)
			}
		}
	})
	return out
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

// logic is && (absorbing false) and || (absorbing true) as CEL has them: what decides, decides, whatever stands beside it.
// Failing that, an unknown part may still decide; only then is an error an error.
func (w *walker) logic(parts []*Node, absorbing bool) outcome {
	var all connective
	for _, part := range parts {
		if out, done := all.take(w.strict(part), absorbing); done {
			return out
		}
	}
	return all.result(absorbing)
}

type connective struct {
	unknown bool
	missing []int
	err     *EvalError
}

func (c *connective) take(part outcome, absorbing bool) (out outcome, done bool) {
	switch {
	case part.unknown:
		c.unknown, c.missing = true, union(c.missing, part.missing)
	case part.err != nil:
		if c.err == nil {
			c.err = part.err
		}
	case part.val.(bool) == absorbing:
		return outcome{val: absorbing}, true
	}
	return outcome{}, false
}

func (c *connective) result(absorbing bool) outcome {
	switch {
	case c.unknown:
		return outcome{unknown: true, missing: c.missing}
	case c.err != nil:
		return outcome{err: c.err}
	default:
		return outcome{val: !absorbing}
	}
}

// strict evaluates a node whose value is needed: an absent one is an error.
func (w *walker) strict(n *Node) outcome {
	out := w.eval(n)
	if out.val == nil && !out.unknown && out.err == nil && !isNull(n) {
		return failed(n, "cond.absent")
	}
	return out
}

func failed(n *Node, code string) outcome {
	e := &EvalError{Code: code, Slot: -1, Name: nameOf(n), Line: n.Line, Col: n.Col}
	if n.Op == OpFact {
		e.Slot, e.Fact = n.slot, n.Fact
	}
	return outcome{err: e}
}

func (w *walker) overList(n *Node) outcome {
	list := w.strict(n.Args[0])
	if list.unknown || list.err != nil {
		return list
	}
	w.vars = append(w.vars, bound{roots: w.rootsOf(n.Args[0])})
	defer func() { w.vars = w.vars[:n.slot] }()
	var each connective
	var kept []any
	count := 0
	for _, elem := range list.val.([]any) {
		if !w.take(n.step) {
			return callFailed(n, facts.StepsError{})
		}
		w.vars[n.slot].val = elem
		part := w.strict(n.Args[1])
		switch n.Op {
		case OpAll, OpExists:
			if out, done := each.take(part, n.Op == OpExists); done {
				return out
			}
			continue
		}
		// the others need every element: an error stays an error, however many unknowns stand beside it
		switch {
		case part.err != nil:
			if each.err == nil {
				each.err = part.err
			}
		case part.unknown:
			each.unknown, each.missing = true, union(each.missing, part.missing)
		case n.Op == OpMap:
			kept = append(kept, part.val)
		case part.val.(bool):
			count++
			kept = append(kept, elem)
		}
	}
	if n.Op == OpAll || n.Op == OpExists {
		return each.result(n.Op == OpExists)
	}
	switch {
	case each.err != nil:
		return outcome{err: each.err}
	case each.unknown:
		return outcome{unknown: true, missing: each.missing}
	case n.Op == OpExistsOne:
		return outcome{val: count == 1}
	default:
		return outcome{val: kept}
	}
}

// operation evaluates everything that needs all its operands. An error among them is an error, whatever the unknown ones
// turn out to be.
func (w *walker) operation(n *Node) outcome {
	var args [3]any
	vals := args[:0]
	var waits outcome
	var err *EvalError
	for _, a := range n.Args {
		out := w.strict(a)
		switch {
		case out.err != nil && err == nil:
			err = out.err
		case out.unknown:
			waits = outcome{unknown: true, missing: union(waits.missing, out.missing)}
		}
		vals = append(vals, out.val)
	}
	switch {
	case err != nil:
		return outcome{err: err}
	case waits.unknown:
		return waits
	}
	if n.Op == OpCall {
		return w.invoke(n, vals)
	}
	return apply(n, vals)
}

// apply computes an operation other than a call on known, present operands.
func apply(n *Node, vals []any) outcome {
	switch n.Op {
	case OpNot:
		return outcome{val: !vals[0].(bool)}
	case OpEq:
		return outcome{val: facts.Equal(vals[0], vals[1])}
	case OpNe:
		return outcome{val: !facts.Equal(vals[0], vals[1])}
	case OpLt, OpLe, OpGt, OpGe:
		order, _ := facts.Compare(vals[0], vals[1])
		return outcome{val: holds(n.Op, order)}
	case OpIn:
		return outcome{val: slices.ContainsFunc(vals[1].([]any), func(e any) bool { return facts.Equal(e, vals[0]) })}
	case OpAdd, OpSub, OpMul, OpDiv, OpMod, OpNeg:
		return calculate(n, vals)
	case OpSize:
		if s, ok := vals[0].(string); ok {
			return outcome{val: int64(utf8.RuneCountInString(s))}
		}
		return outcome{val: int64(len(vals[0].([]any)))}
	case OpIndex:
		list, at := vals[0].([]any), vals[1].(int64)
		if at < 0 || at >= int64(len(list)) {
			return failed(n, "cond.index")
		}
		return outcome{val: list[at]}
	case OpList:
		list := slices.Clone(vals)
		if n.Type.Elem.Kind == facts.Number {
			for i := range list {
				list[i] = widen(list[i])
			}
		}
		return outcome{val: list}
	case OpStartsWith:
		return outcome{val: strings.HasPrefix(vals[0].(string), vals[1].(string))}
	case OpEndsWith:
		return outcome{val: strings.HasSuffix(vals[0].(string), vals[1].(string))}
	case OpContains:
		return outcome{val: strings.Contains(vals[0].(string), vals[1].(string))}
	default: // OpMatches
		return outcome{val: n.pattern.MatchString(vals[0].(string))}
	}
}

func holds(op Op, order int) bool {
	switch op {
	case OpEq:
		return order == 0
	case OpNe:
		return order != 0
	case OpLt:
		return order < 0
	case OpLe:
		return order <= 0
	case OpGt:
		return order > 0
	default:
		return order >= 0
	}
}

func calculate(n *Node, vals []any) outcome {
	var v any
	var err error
	switch n.Op {
	case OpAdd:
		if s, ok := vals[0].(string); ok {
			return outcome{val: s + vals[1].(string)}
		}
		v, err = facts.Add(vals[0], vals[1])
	case OpSub:
		v, err = facts.Sub(vals[0], vals[1])
	case OpMul:
		v, err = facts.Mul(vals[0], vals[1])
	case OpNeg:
		v, err = facts.Neg(vals[0])
	case OpDiv:
		if n.Type.Kind == facts.Int {
			v, err = wholeQuotient(vals[0].(int64), vals[1].(int64))
		} else {
			v, err = facts.Div(vals[0], vals[1])
		}
	case OpMod:
		v, err = remainder(vals[0].(int64), vals[1].(int64))
	}
	switch {
	case errors.Is(err, facts.ErrDivideByZero):
		return failed(n, "cond.divide-by-zero")
	case err != nil:
		return failed(n, "cond.overflow")
	default:
		return outcome{val: v}
	}
}

// wholeQuotient drops the remainder, towards zero, as CEL does with ints.
func wholeQuotient(a, b int64) (any, error) {
	switch {
	case b == 0:
		return nil, facts.ErrDivideByZero
	case b == -1:
		return facts.Neg(a)
	default:
		return a / b, nil
	}
}

func remainder(a, b int64) (any, error) {
	switch b {
	case 0:
		return nil, facts.ErrDivideByZero
	case -1:
		return int64(0), nil
	default:
		return a % b, nil
	}
}

// invoke calls a function of the library, for the evaluation of these facts, with its arguments in the form it takes.
func (w *walker) invoke(n *Node, vals []any) outcome {
	args := make([]any, len(vals))
	for i, v := range vals {
		args[i] = n.fn.Convert(i, v)
	}
	v, err := n.fn.In(w.vals, args)
	if n.fn.Lists() && !w.take(n.fn.Work(args, v)) {
		return callFailed(n, facts.StepsError{})
	}
	switch {
	case errors.Is(err, facts.ErrDivideByZero):
		return failed(n, "cond.divide-by-zero")
	case errors.Is(err, facts.ErrOverflow):
		return failed(n, "cond.overflow")
	case err != nil:
		return callFailed(n, err)
	}
	return outcome{val: v}
}

func callFailed(n *Node, err error) outcome {
	out := failed(n, "cond.function")
	out.err.Err = err
	return out
}
