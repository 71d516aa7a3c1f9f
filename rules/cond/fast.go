package cond

import (
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/rules/facts"
)

// The fast path computes a condition with functions put together when it was compiled. It knows three answers: yes, no, and
// trouble, which is whatever needs more than a bit to say: something unknown, absent or wrong. In trouble, or where a part
// has no fast form, the walker says what it is. So there is one meaning and a short cut to two thirds of it, and nothing is
// allocated on the way unless a function or exact arithmetic does.
type answer uint8

const (
	no answer = iota
	yes
	trouble
)

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// scratch is what an evaluation writes to: variables of list expressions, and the arguments of each call in a place of its own.
type scratch struct {
	vars  []any
	args  []any
	steps *facts.Steps
	own   facts.Steps
}

type (
	boolFn func(*facts.Values, *scratch) answer
	intFn  func(*facts.Values, *scratch) (int64, bool)
	anyFn  func(*facts.Values, *scratch) (any, bool) // a present value of any kind
)

// plan compiles the fast path of every part, and of the condition if each part has one.
func (c *Condition) plan(vars, args int) {
	runs := make([]boolFn, len(c.parts))
	for i := range c.parts {
		runs[i] = fastBool(c.parts[i].node)
		c.parts[i].run = runs[i]
	}
	switch c.node.Op {
	case OpAnd:
		c.run = fastLogic(runs, no)
	case OpOr:
		c.run = fastLogic(runs, yes)
	default:
		c.run = runs[0]
	}
	if vars+args > 0 {
		c.scratch = &sync.Pool{New: func() any { return &scratch{vars: make([]any, vars), args: make([]any, args)} }}
	}
}

// Eval gives the verdict. An error is an *EvalError and comes with no verdict.
func (c *Condition) Eval(v *facts.Values) (Verdict, error) {
	if c.run != nil {
		switch c.fast(v) {
		case yes:
			return Met, nil
		case no:
			return Unmet, nil
		}
	}
	w := walker{vals: v, steps: facts.NewSteps()}
	verdict, err, _ := c.judge(w.strict(c.node))
	if err != nil {
		return "", err
	}
	return verdict, nil
}

func (c *Condition) fast(v *facts.Values) answer {
	s := c.borrow(v)
	out := c.run(v, s)
	c.giveBack(s)
	return out
}

func (c *Condition) borrow(v *facts.Values) *scratch {
	if c.scratch == nil {
		return nil
	}
	s := c.scratch.Get().(*scratch)
	if s.steps = v.Steps(); s.steps == nil {
		s.own = facts.NewSteps()
		s.steps = &s.own
	}
	return s
}

func (c *Condition) giveBack(s *scratch) {
	if s == nil {
		return
	}
	clear(s.vars)
	clear(s.args)
	s.steps = nil
	c.scratch.Put(s)
}

func fastBool(n *Node) boolFn {
	switch n.Op {
	case OpConst:
		known := truth(n.Value.(bool))
		return func(*facts.Values, *scratch) answer { return known }
	case OpFact:
		slot := n.slot
		return func(v *facts.Values, _ *scratch) answer {
			b, ok := v.Get(slot).(bool)
			if !ok {
				return trouble
			}
			return truth(b)
		}
	case OpAnd:
		return fastLogic(fastBools(n.Args), no)
	case OpOr:
		return fastLogic(fastBools(n.Args), yes)
	case OpNot:
		arg := fastBool(n.Args[0])
		if arg == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			switch arg(v, s) {
			case yes:
				return no
			case no:
				return yes
			default:
				return trouble
			}
		}
	case OpIf:
		test, then, other := fastBool(n.Args[0]), fastBool(n.Args[1]), fastBool(n.Args[2])
		if test == nil || then == nil || other == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			switch test(v, s) {
			case yes:
				return then(v, s)
			case no:
				return other(v, s)
			default:
				return trouble
			}
		}
	case OpPresent:
		return fastPresent(n.Args[0])
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe:
		return fastComparison(n)
	case OpIn:
		return fastIn(n)
	case OpStartsWith, OpEndsWith, OpContains, OpMatches:
		return fastText(n)
	case OpAll:
		return fastOverList(n, no)
	case OpExists:
		return fastOverList(n, yes)
	case OpExistsOne:
		count := fastCount(n)
		if count == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			found, ok := count(v, s)
			if !ok {
				return trouble
			}
			return truth(found == 1)
		}
	case OpVar, OpField, OpCall, OpIndex:
		value := fastAny(n)
		if value == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			x, _ := value(v, s)
			b, ok := x.(bool)
			if !ok {
				return trouble
			}
			return truth(b)
		}
	default:
		return nil
	}
}

func fastBools(nodes []*Node) []boolFn {
	out := make([]boolFn, len(nodes))
	for i, n := range nodes {
		out[i] = fastBool(n)
	}
	return out
}

func fastLogic(parts []boolFn, absorbing answer) boolFn {
	for _, part := range parts {
		if part == nil {
			return nil
		}
	}
	neutral := yes - absorbing
	if len(parts) == 2 {
		l, r := parts[0], parts[1]
		return func(v *facts.Values, s *scratch) answer {
			a := l(v, s)
			if a == absorbing {
				return absorbing
			}
			if b := r(v, s); b != neutral {
				return b
			}
			return a
		}
	}
	return func(v *facts.Values, s *scratch) answer {
		out := neutral
		for _, part := range parts {
			switch part(v, s) {
			case absorbing:
				return absorbing
			case trouble: // what follows may still decide
				out = trouble
			}
		}
		return out
	}
}

func fastPresent(n *Node) boolFn {
	switch n.Op {
	case OpFact:
		slot := n.slot
		return func(v *facts.Values, _ *scratch) answer {
			switch v.State(slot) {
			case facts.Known:
				return yes
			case facts.Absent:
				return no
			default:
				return trouble
			}
		}
	case OpField:
		there, row, slot := fastPresent(n.Args[0]), fastAny(n.Args[0]), n.slot
		if there == nil || row == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			if a := there(v, s); a != yes { // no member of nothing is present
				return a
			}
			x, ok := row(v, s)
			if !ok {
				return trouble
			}
			switch x.(*facts.Values).State(slot) {
			case facts.Known:
				return yes
			case facts.Absent:
				return no
			default:
				return trouble
			}
		}
	case OpVar:
		slot := n.slot
		return func(_ *facts.Values, s *scratch) answer { return truth(s.vars[slot] != nil) }
	case OpIndex: // of a row, before its member: elements of a list are always there
		element := fastAny(n)
		if element == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) answer {
			if _, ok := element(v, s); !ok {
				return trouble
			}
			return yes
		}
	default:
		return nil
	}
}

func fastComparison(n *Node) boolFn {
	l, r, op := n.Args[0], n.Args[1], n.Op
	if r.Op != OpConst && l.Op == OpConst {
		l, r, op = r, l, mirrored(op)
	}
	if l.Type.Kind == facts.Int && r.Type.Kind == facts.Int {
		return fastInts(l, r, op)
	}
	if l.Op == OpFact && r.Op == OpConst {
		slot := l.slot
		switch want := r.Value.(type) {
		case string:
			if op == OpEq || op == OpNe {
				same := truth(op == OpEq)
				return func(v *facts.Values, _ *scratch) answer {
					x, ok := v.Get(slot).(string)
					switch {
					case !ok:
						return trouble
					case x == want:
						return same
					default:
						return yes - same
					}
				}
			}
		case time.Time:
			return func(v *facts.Values, _ *scratch) answer {
				x, ok := v.Get(slot).(time.Time)
				if !ok {
					return trouble
				}
				return truth(holds(op, x.Compare(want)))
			}
		}
	}
	left, right := fastAny(l), fastAny(r)
	if left == nil || right == nil {
		return nil
	}
	if k := l.Type.Kind; k == facts.Bool || k == facts.List {
		return func(v *facts.Values, s *scratch) answer {
			x, ok := left(v, s)
			y, also := right(v, s)
			if !ok || !also {
				return trouble
			}
			return truth(facts.Equal(x, y) == (op == OpEq))
		}
	}
	return func(v *facts.Values, s *scratch) answer {
		x, ok := left(v, s)
		y, also := right(v, s)
		if !ok || !also {
			return trouble
		}
		order, _ := facts.Compare(x, y)
		return truth(holds(op, order))
	}
}

// mirrored is the comparison with its sides changed over.
func mirrored(op Op) Op {
	switch op {
	case OpLt:
		return OpGt
	case OpLe:
		return OpGe
	case OpGt:
		return OpLt
	case OpGe:
		return OpLe
	default:
		return op
	}
}

func fastInts(l, r *Node, op Op) boolFn {
	left, right := fastInt(l), fastInt(r)
	if left == nil || right == nil {
		return nil
	}
	if l.Op == OpFact && r.Op == OpConst {
		slot, bound := l.slot, r.Value.(int64)
		return func(v *facts.Values, _ *scratch) answer {
			x, ok := v.Get(slot).(int64)
			if !ok {
				return trouble
			}
			return truth(compareInts(op, x, bound))
		}
	}
	return func(v *facts.Values, s *scratch) answer {
		x, ok := left(v, s)
		y, also := right(v, s)
		if !ok || !also {
			return trouble
		}
		return truth(compareInts(op, x, y))
	}
}

func compareInts(op Op, x, y int64) bool {
	switch op {
	case OpEq:
		return x == y
	case OpNe:
		return x != y
	case OpLt:
		return x < y
	case OpLe:
		return x <= y
	case OpGt:
		return x > y
	default:
		return x >= y
	}
}

func fastIn(n *Node) boolFn {
	value, list := fastAny(n.Args[0]), fastAny(n.Args[1])
	if value == nil || list == nil {
		return nil
	}
	if n.Args[0].Type.Kind == facts.String && n.Args[1].Op == OpList && constants(n.Args[1]) {
		choices := make([]string, len(n.Args[1].Args))
		for i, a := range n.Args[1].Args {
			choices[i] = a.Value.(string)
		}
		return func(v *facts.Values, s *scratch) answer {
			x, _ := value(v, s)
			text, ok := x.(string)
			if !ok {
				return trouble
			}
			for _, c := range choices {
				if c == text {
					return yes
				}
			}
			return no
		}
	}
	return func(v *facts.Values, s *scratch) answer {
		x, ok := value(v, s)
		l, also := list(v, s)
		if !ok || !also {
			return trouble
		}
		for _, e := range l.([]any) {
			if facts.Equal(e, x) {
				return yes
			}
		}
		return no
	}
}

func fastText(n *Node) boolFn {
	text, part := fastAny(n.Args[0]), fastAny(n.Args[1])
	if text == nil || part == nil {
		return nil
	}
	test := map[Op]func(s, part string) bool{
		OpStartsWith: strings.HasPrefix, OpEndsWith: strings.HasSuffix, OpContains: strings.Contains,
		OpMatches: func(s, _ string) bool { return n.pattern.MatchString(s) },
	}[n.Op]
	return func(v *facts.Values, s *scratch) answer {
		x, ok := text(v, s)
		y, also := part(v, s)
		if !ok || !also {
			return trouble
		}
		return truth(test(x.(string), y.(string)))
	}
}

// fastOverList is all (absorbing no) and exists (absorbing yes).
func fastOverList(n *Node, absorbing answer) boolFn {
	list, body, slot, step := fastAny(n.Args[0]), fastBool(n.Args[1]), n.slot, n.step
	if list == nil || body == nil {
		return nil
	}
	return func(v *facts.Values, s *scratch) answer {
		l, ok := list(v, s)
		if !ok {
			return trouble
		}
		out := yes - absorbing
		for _, e := range l.([]any) {
			if !s.steps.Take(step) {
				return trouble
			}
			s.vars[slot] = e
			switch body(v, s) {
			case absorbing:
				return absorbing
			case trouble:
				out = trouble
			}
		}
		return out
	}
}
