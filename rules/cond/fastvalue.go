package cond

import (
	"math"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/facts"
)

func fastInt(n *Node) intFn {
	switch n.Op {
	case OpConst:
		known := n.Value.(int64)
		return func(*facts.Values, *scratch) (int64, bool) { return known, true }
	case OpFact:
		slot := n.slot
		return func(v *facts.Values, _ *scratch) (int64, bool) {
			x, ok := v.Get(slot).(int64)
			return x, ok
		}
	case OpAdd, OpSub, OpMul:
		left, right := fastInt(n.Args[0]), fastInt(n.Args[1])
		if left == nil || right == nil {
			return nil
		}
		do := map[Op]func(a, b int64) (int64, bool){OpAdd: facts.AddInt, OpSub: facts.SubInt, OpMul: facts.MulInt}[n.Op]
		return func(v *facts.Values, s *scratch) (int64, bool) {
			x, ok := left(v, s)
			y, also := right(v, s)
			if !ok || !also {
				return 0, false
			}
			return do(x, y)
		}
	case OpDiv, OpMod:
		left, right, do := fastInt(n.Args[0]), fastInt(n.Args[1]), n.Op
		if left == nil || right == nil || n.Type.Kind != facts.Int {
			return nil
		}
		return func(v *facts.Values, s *scratch) (int64, bool) {
			x, ok := left(v, s)
			y, also := right(v, s)
			switch {
			case !ok || !also || y == 0 || y == -1 && x == math.MinInt64:
				return 0, false
			case do == OpDiv:
				return x / y, true
			default:
				return x % y, true
			}
		}
	case OpNeg:
		arg := fastInt(n.Args[0])
		if arg == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (int64, bool) {
			x, ok := arg(v, s)
			return -x, ok && x != math.MinInt64
		}
	case OpIf:
		test, then, other := fastBool(n.Args[0]), fastInt(n.Args[1]), fastInt(n.Args[2])
		if test == nil || then == nil || other == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (int64, bool) {
			switch test(v, s) {
			case yes:
				return then(v, s)
			case no:
				return other(v, s)
			default:
				return 0, false
			}
		}
	case OpSize:
		if n.Args[0].Op == OpFilter { // how many there are, without putting them together
			return fastCount(n.Args[0])
		}
		arg := fastAny(n.Args[0])
		if arg == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (int64, bool) {
			switch x, _ := arg(v, s); x := x.(type) {
			case string:
				return int64(utf8.RuneCountInString(x)), true
			case []any:
				return int64(len(x)), true
			default:
				return 0, false
			}
		}
	case OpVar, OpField, OpCall, OpIndex:
		value := fastAny(n)
		if value == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (int64, bool) {
			x, _ := value(v, s)
			i, ok := x.(int64)
			return i, ok
		}
	default:
		return nil
	}
}

func fastAny(n *Node) anyFn {
	switch n.Op {
	case OpConst:
		known := n.Value
		return func(*facts.Values, *scratch) (any, bool) { return known, true }
	case OpFact:
		slot := n.slot
		return func(v *facts.Values, _ *scratch) (any, bool) {
			x := v.Get(slot)
			return x, x != nil
		}
	case OpVar:
		slot := n.slot
		return func(_ *facts.Values, s *scratch) (any, bool) {
			x := s.vars[slot]
			return x, x != nil
		}
	case OpField:
		row, slot := fastAny(n.Args[0]), n.slot
		if row == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (any, bool) {
			r, ok := row(v, s)
			if !ok {
				return nil, false
			}
			x := r.(*facts.Values).Get(slot)
			return x, x != nil
		}
	case OpCall:
		return fastCall(n)
	case OpList:
		return fastList(n)
	case OpIndex:
		return fastIndex(n)
	case OpFilter, OpMap:
		return fastSelection(n)
	case OpIf:
		return fastBranches(n)
	case OpAdd, OpSub, OpMul, OpDiv, OpMod, OpNeg, OpSize:
		if n.Type.Kind == facts.Int {
			whole := fastInt(n)
			if whole == nil {
				return nil
			}
			return func(v *facts.Values, s *scratch) (any, bool) {
				x, ok := whole(v, s)
				return x, ok
			}
		}
		return fastNumber(n)
	default:
		if n.Type.Kind != facts.Bool {
			return nil
		}
		holds := fastBool(n)
		if holds == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (any, bool) {
			a := holds(v, s)
			return a == yes, a != trouble
		}
	}
}

func fastIndex(n *Node) anyFn {
	list, at := fastAny(n.Args[0]), fastInt(n.Args[1])
	if list == nil || at == nil {
		return nil
	}
	return func(v *facts.Values, s *scratch) (any, bool) {
		l, ok := list(v, s)
		i, also := at(v, s)
		if !ok || !also {
			return nil, false
		}
		elements := l.([]any)
		if i < 0 || i >= int64(len(elements)) {
			return nil, false
		}
		return elements[i], true
	}
}

// fastBranches is ?: of any kind; an absent side may do no harm, but the walker knows.
func fastBranches(n *Node) anyFn {
	test, then, other := fastBool(n.Args[0]), fastAny(n.Args[1]), fastAny(n.Args[2])
	if test == nil || then == nil || other == nil {
		return nil
	}
	number := n.Type.Kind == facts.Number
	return func(v *facts.Values, s *scratch) (x any, ok bool) {
		switch test(v, s) {
		case yes:
			x, ok = then(v, s)
		case no:
			x, ok = other(v, s)
		default:
			return nil, false
		}
		if number {
			x = widen(x)
		}
		return x, ok
	}
}

// fastCount is how many elements exists_one and filter find. They ask every element.
func fastCount(n *Node) intFn {
	list, body, slot, step := fastAny(n.Args[0]), fastBool(n.Args[1]), n.slot, n.step
	if list == nil || body == nil {
		return nil
	}
	return func(v *facts.Values, s *scratch) (int64, bool) {
		l, ok := list(v, s)
		if !ok {
			return 0, false
		}
		found, elements := int64(0), l.([]any)
		if !s.steps.Take(step * uint64(len(elements))) {
			return 0, false
		}
		for _, e := range elements {
			s.vars[slot] = e
			switch body(v, s) {
			case yes:
				found++
			case trouble:
				return 0, false
			}
		}
		return found, true
	}
}

// fastSelection is filter and map. What they put together is the one thing that the fast path allocates on its own account.
func fastSelection(n *Node) anyFn {
	list, slot, step := fastAny(n.Args[0]), n.slot, n.step
	var keep boolFn
	var each anyFn
	if n.Op == OpFilter {
		keep = fastBool(n.Args[1])
	} else {
		each = fastAny(n.Args[1])
	}
	if list == nil || keep == nil && each == nil {
		return nil
	}
	return func(v *facts.Values, s *scratch) (any, bool) {
		l, ok := list(v, s)
		if !ok {
			return nil, false
		}
		elements := l.([]any)
		if !s.steps.Take(step * uint64(len(elements))) {
			return nil, false
		}
		out := make([]any, 0, len(elements))
		for _, e := range elements {
			s.vars[slot] = e
			if keep == nil {
				x, ok := each(v, s)
				if !ok {
					return nil, false
				}
				out = append(out, x)
				continue
			}
			switch keep(v, s) {
			case yes:
				out = append(out, e)
			case trouble:
				return nil, false
			}
		}
		return out, true
	}
}

// fastNumber is exact arithmetic on numbers.
func fastNumber(n *Node) anyFn {
	if n.Type.Kind != facts.Number {
		return nil
	}
	if n.Op == OpNeg {
		arg := fastAny(n.Args[0])
		if arg == nil {
			return nil
		}
		return func(v *facts.Values, s *scratch) (any, bool) {
			x, ok := arg(v, s)
			if !ok {
				return nil, false
			}
			out, err := facts.Neg(x)
			return out, err == nil
		}
	}
	left, right := fastAny(n.Args[0]), fastAny(n.Args[1])
	if left == nil || right == nil {
		return nil
	}
	do := map[Op]func(a, b any) (any, error){OpAdd: facts.Add, OpSub: facts.Sub, OpMul: facts.Mul, OpDiv: facts.Div}[n.Op]
	return func(v *facts.Values, s *scratch) (any, bool) {
		x, ok := left(v, s)
		y, also := right(v, s)
		if !ok || !also {
			return nil, false
		}
		out, err := do(x, y)
		return out, err == nil
	}
}

func fastCall(n *Node) anyFn {
	args := make([]anyFn, len(n.Args))
	converts := make([]bool, len(n.Args)) // a quotient, or an int where a number is wanted, needs work first
	for i, a := range n.Args {
		if args[i] = fastAny(a); args[i] == nil {
			return nil
		}
		converts[i] = n.fn.Converts(i)
	}
	from, fn, lists := n.scratch, n.fn, n.fn.Lists()
	return func(v *facts.Values, s *scratch) (any, bool) {
		given := s.args[from : from+len(args) : from+len(args)]
		for i, arg := range args {
			x, ok := arg(v, s)
			if !ok {
				return nil, false
			}
			if converts[i] {
				x = fn.Convert(i, x)
			}
			given[i] = x
		}
		out, err := fn.In(v, given)
		if lists && !s.steps.Take(fn.Work(given, out)) {
			return nil, false
		}
		return out, err == nil && out != nil
	}
}

// fastList makes a list of constants once, and any other for every evaluation.
func fastList(n *Node) anyFn {
	number := n.Type.Elem.Kind == facts.Number
	if constants(n) {
		list := make([]any, len(n.Args))
		for i, a := range n.Args {
			if list[i] = a.Value; number {
				list[i] = widen(list[i])
			}
		}
		var boxed any = list
		return func(*facts.Values, *scratch) (any, bool) { return boxed, true }
	}
	elements := make([]anyFn, len(n.Args))
	for i, a := range n.Args {
		if elements[i] = fastAny(a); elements[i] == nil {
			return nil
		}
	}
	return func(v *facts.Values, s *scratch) (any, bool) {
		list := make([]any, len(elements))
		for i, element := range elements {
			x, ok := element(v, s)
			if !ok {
				return nil, false
			}
			if list[i] = x; number {
				list[i] = widen(x)
			}
		}
		return list, true
	}
}

func constants(list *Node) bool {
	for _, a := range list.Args {
		if a.Op != OpConst {
			return false
		}
	}
	return true
}
