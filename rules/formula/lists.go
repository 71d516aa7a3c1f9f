package formula

import (
	"cmp"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// extreme is min and max, of several values or of one list. There is none of an empty list.
func (c *checker) extreme(n ast.Node, name string, args []ast.Node) *term {
	parts := c.all(args...)
	if parts == nil {
		return nil
	}
	typ := parts[0].typ
	ofList := len(parts) == 1 && typ.Kind == facts.List
	if ofList {
		typ = *typ.Elem
	}
	for _, p := range parts {
		if ofList {
			break
		}
		joined, ok := join(typ, p.typ)
		if !ok || p.isNil() {
			return c.operands(n, name, parts[0], p)
		}
		typ = joined
	}
	if !orderable(typ) {
		return c.report(parts[0].index, "formula.operand", "op", name, "type", typeName(parts[0]), "want", facts.Number.Name())
	}
	sign := 1
	if name == "min" {
		sign = -1
	}
	typ = facts.Type{Kind: typ.Kind, Money: typ.Money}
	t := c.through(n, name, typ, parts, 1, func(v []any) (any, error) {
		if ofList {
			v = v[0].([]any)
		}
		if len(v) == 0 {
			return nil, errEmpty
		}
		best := v[0]
		for _, x := range v[1:] {
			if order, _ := facts.Compare(x, best); order*sign > 0 {
				best = x
			}
		}
		return widened(outcome{val: best}, typ).val, nil
	})
	t.whole = allWhole(parts...) && (!ofList || parts[0].wholeList())
	return t
}

// body is what a list function evaluates for every element.
type body struct {
	list *term
	each *term // nil: the element itself
	slot int   // of the element; the next is its index
}

// whole reports whether what the body gives, or else the elements, has no fractions.
func (b body) whole() bool {
	if b.each != nil {
		return b.each.isWhole()
	}
	return b.list.wholeList()
}

// overList checks the list and, if there is one, the expression over # of a list function.
func (c *checker) overList(name string, args []ast.Node, kinds ...facts.Kind) (body, bool) {
	list := c.operand(args[0], name, facts.List)
	if list == nil {
		return body{}, false
	}
	b := body{list: list, slot: len(c.scopes)}
	if len(args) == 1 {
		return b, true
	}
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		c.report(start(args[1]), "formula.unsupported", "what", c.src.Token(start(args[1])))
		return body{}, false
	}
	c.push(variable{"#", *list.typ.Elem, list.reads, list.whole}, variable{"#index", whole, nil, true})
	if len(kinds) > 0 {
		b.each = c.operand(predicate.Node, name, kinds...)
	} else if b.each = c.check(predicate.Node); b.each != nil && b.each.typ.Kind == facts.Invalid {
		b.each = c.report(b.each.index, "formula.operand", "op", name, "type", lang.Text{Zh: "空值（nil）", En: "nil"}, "want", facts.Number.Name())
	}
	c.pop(b.slot)
	return b, b.each != nil
}

// term makes the term of a list function. take is given every element and what its body gives, and says when it is done.
func (b body) term(c *checker, n ast.Node, name string, typ facts.Type, run func(elements []any, each func(i int) outcome) (any, outcome, error)) *term {
	t := c.term(n, name, typ, b.list)
	each := b.each
	if each == nil {
		each = &term{cost: 1, step: 1}
	}
	t.loops(b.list, each)
	t.eval = func(f *frame) outcome {
		list := b.list.needed(f)
		if !list.settled() {
			return list
		}
		elements := list.val.([]any)
		v, out, err := run(elements, func(i int) outcome {
			if !f.steps.Take(each.step) {
				return t.raised(facts.StepsError{})
			}
			if b.each == nil {
				return outcome{val: elements[i]}
			}
			f.vars[b.slot], f.vars[b.slot+1] = outcome{val: elements[i]}, outcome{val: int64(i)}
			return b.each.needed(f)
		})
		switch {
		case !out.settled():
			return out
		case err != nil:
			return t.raised(err)
		default:
			return outcome{val: v}
		}
	}
	return t
}

// everyElement evaluates the body for all elements: an error is an error, failing that all that is unknown is missing.
func everyElement(elements []any, each func(int) outcome) ([]any, outcome) {
	vals := make([]any, len(elements))
	var all outcome
	for i := range elements {
		out := each(i)
		switch {
		case out.err != nil:
			return nil, out
		case out.unknown:
			all.unknown, all.missing = true, union(all.missing, out.missing)
		}
		vals[i] = out.val
	}
	return vals, all
}

// sum is the sum of a list of numbers, or of an expression over the elements of any list. The sum of nothing is 0.
func (c *checker) sum(n ast.Node, name string, args []ast.Node) *term {
	b, ok := c.overList(name, args, facts.Int, facts.Number)
	if !ok {
		return nil
	}
	typ := *b.list.typ.Elem
	if b.each != nil {
		typ = b.each.typ
	} else if !numeric(typ) {
		return c.report(b.list.index, "formula.operand", "op", name, "type", typeName(b.list), "want", listOf(number).Name())
	}
	typ = facts.Type{Kind: typ.Kind, Money: typ.Money}
	t := b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
		vals, out := everyElement(elements, each)
		if !out.settled() {
			return nil, out, nil
		}
		total := any(int64(0))
		for _, v := range vals {
			var err error
			if total, err = facts.Add(total, v); err != nil {
				return nil, out, err
			}
		}
		return widened(outcome{val: total}, typ).val, out, nil
	})
	t.whole = b.whole()
	return t
}

// over is the family of functions with an expression over the elements.
func (c *checker) over(n ast.Node, name string, args []ast.Node) *term {
	var kinds []facts.Kind
	if name != "map" {
		kinds = []facts.Kind{facts.Bool}
	}
	b, ok := c.overList(name, args, kinds...)
	if !ok {
		return nil
	}
	if b.each == nil && b.list.typ.Elem.Kind != facts.Bool { // count(list) of truth values
		c.report(b.list.index, "formula.operand", "op", name, "type", typeName(b.list), "want", listOf(boolean).Name())
		c.hint(b.list.index, "formula.did-you-mean", "nearest", "len(list) or count(list, condition)")
		return nil
	}
	switch name {
	case "all", "any", "none":
		absorbing := name != "all"
		return b.term(c, n, name, boolean, func(elements []any, each func(int) outcome) (any, outcome, error) {
			out := absorb(elements, each, absorbing)
			if !out.settled() {
				return nil, out, nil
			}
			return out.val.(bool) != (name == "none"), out, nil
		})
	case "map":
		elem := b.each.typ
		typ := facts.Type{Kind: facts.List, Elem: &elem, MaxItems: b.list.typ.Longest()}
		t := b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
			vals, out := everyElement(elements, each)
			return vals, out, nil
		})
		t.whole = b.whole()
		return t
	}
	typ := map[string]facts.Type{"count": whole, "one": boolean, "filter": b.list.typ, "find": *b.list.typ.Elem, "findIndex": whole}[name]
	t := b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
		vals, out := everyElement(elements, each)
		if !out.settled() {
			return nil, out, nil
		}
		kept, first := []any{}, any(nil)
		for i, v := range vals {
			if !v.(bool) {
				continue
			}
			if kept = append(kept, elements[i]); first == nil {
				first = int64(i)
			}
		}
		switch name {
		case "count":
			return int64(len(kept)), out, nil
		case "one":
			return len(kept) == 1, out, nil
		case "filter":
			return kept, out, nil
		case "findIndex":
			return first, out, nil
		default: // find: the first, or nothing
			if len(kept) == 0 {
				return nil, out, nil
			}
			return kept[0], out, nil
		}
	})
	t.whole = b.list.whole
	return t
}

// reduced is reduce(list, expression, start): the expression is evaluated for every element, with # for it and #acc for what the
// elements before it came to, which is start for the first. What it comes to has one type throughout: a single value, or a list,
// which may grow by a few values with every element: a running total, or what each row was given before.
func (c *checker) reduced(n ast.Node, name string, args []ast.Node) *term {
	list, start0 := c.operand(args[0], name, facts.List), c.check(args[2])
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		return c.report(start(args[1]), "formula.unsupported", "what", c.src.Token(start(args[1])))
	}
	if list == nil || start0 == nil {
		return nil
	}
	types := accumulated(start0, list.typ)
	if types == nil {
		return c.report(start0.index, "formula.operand", "op", name, "type", typeName(start0), "want", facts.Number.Name())
	}
	// What the start is does not yet say what it comes to: the type is the first that the body keeps. If none is kept, the mistakes
	// are those that are made with the most fitting one.
	before := slices.Clone(c.found)
	var found diag.List
	var typ facts.Type
	var slot int
	var body *term
	for i, candidate := range types {
		c.found = slices.Clone(before)
		typ = candidate
		slot = c.push(variable{"#", *list.typ.Elem, list.reads, list.whole}, variable{"#index", whole, nil, true}, variable{"#acc", typ, union(list.reads, start0.reads), false})
		body = c.check(predicate.Node)
		c.pop(slot)
		if body != nil && !stays(typ, body.typ) {
			c.operands(n, name, start0, body)
			body = nil
		}
		if body != nil {
			break
		}
		if i == 0 || len(c.found) < len(found) {
			found = c.found
		}
	}
	if body == nil {
		c.found = found
		return nil
	}
	if typ.Kind == facts.List {
		grows := max(0, body.typ.Longest()-typ.Longest())
		typ.MaxItems = int(min(facts.MaxItems, uint64(max(start0.typ.Longest(), body.typ.Longest()-typ.Longest()))+times(uint64(list.typ.Longest()), uint64(grows))))
	}
	t := c.term(n, name, typ, list, start0)
	t.loops(list, body)
	t.eval = func(f *frame) outcome {
		over := list.needed(f)
		if !over.settled() {
			return over
		}
		acc := widened(start0.needed(f), typ)
		for i, e := range over.val.([]any) {
			if !f.steps.Take(body.step) {
				return t.raised(facts.StepsError{})
			}
			f.vars[slot], f.vars[slot+1], f.vars[slot+2] = outcome{val: e}, outcome{val: int64(i)}, acc
			acc = widened(body.needed(f), typ)
			if l, ok := acc.val.([]any); ok && len(l) > facts.MaxItems {
				return t.raised(errTooBig)
			}
		}
		return acc
	}
	return t
}

// accumulated are the types that reduce may come to, by what it starts with: 0 may begin an amount of money or a sum of shares,
// and [] a list of anything.
func accumulated(start *term, list facts.Type) []facts.Type {
	of := facts.Type{Kind: start.typ.Kind, Money: start.typ.Money}
	var out []facts.Type
	switch {
	case of.Kind == facts.List:
		elems := []facts.Type{*start.typ.Elem}
		switch elems[0].Kind {
		case facts.Invalid:
			elems = []facts.Type{{Kind: facts.Int, Money: true}, whole, number, chars, {Kind: facts.Date}, boolean, *list.Elem}
		case facts.Int:
			elems = []facts.Type{{Kind: facts.Int, Money: true}, whole, number}
		}
		for _, elem := range elems {
			// before its last element the list is shorter than it may become
			out = append(out, facts.Type{Kind: facts.List, Elem: &elem, MaxItems: min(max(list.Longest(), start.typ.Longest()), facts.MaxItems-start.typ.Longest())})
		}
		return out
	case !orderable(of) && of.Kind != facts.Bool:
		return nil
	case of.Kind == facts.Int && start.constant:
		out = append(out, facts.Type{Kind: facts.Int, Money: true})
	}
	if out = append(out, of); of.Kind == facts.Int {
		out = append(out, number)
	}
	return out
}

// stays reports whether what a step of reduce gives is of the type that the next step is given.
func stays(typ, step facts.Type) bool {
	if typ.Kind == facts.List && step.Kind == facts.List {
		return stays(*typ.Elem, *step.Elem)
	}
	joined, ok := join(typ, step)
	return ok && joined.Kind == typ.Kind && step.Kind != facts.Invalid && (step.Money || !typ.Money)
}

// absorb is the connective over the elements of a list.
func absorb(elements []any, each func(int) outcome, absorbing bool) outcome {
	parts := make([]*term, len(elements))
	for i := range elements {
		parts[i] = &term{slot: -1, eval: func(*frame) outcome { return each(i) }}
	}
	return connective(nil, parts, absorbing)
}

// sorted is sort(list), and sortBy(list, key), ascending unless "desc" follows; equal elements keep their order.
func (c *checker) sorted(n ast.Node, name string, args []ast.Node) *term {
	direction, direct := 1, args[1:]
	over := args[:1]
	if name == "sortBy" {
		over, direct = args[:2], args[2:]
	}
	if len(direct) > 0 {
		literal, ok := direct[0].(*ast.StringNode)
		if !ok || literal.Value != "asc" && literal.Value != "desc" {
			return c.report(start(direct[0]), "formula.sort-order", "order", c.written(direct[0]))
		}
		if literal.Value == "desc" {
			direction = -1
		}
	}
	b, ok := c.overList(name, over)
	if !ok {
		return nil
	}
	key := *b.list.typ.Elem
	if b.each != nil {
		key = b.each.typ
	}
	if !orderable(key) {
		return c.report(b.list.index, "formula.operand", "op", name, "type", key.Name(), "want", facts.Number.Name())
	}
	return b.term(c, n, name, b.list.typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
		keys, out := everyElement(elements, each)
		if !out.settled() {
			return nil, out, nil
		}
		order := make([]int, len(elements))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int {
			by, _ := facts.Compare(keys[i], keys[j])
			return cmp.Or(by*direction, cmp.Compare(i, j))
		})
		sorted := make([]any, len(elements))
		for i, from := range order {
			sorted[i] = elements[from]
		}
		return sorted, out, nil
	})
}

// end is first and last; of an empty list they are absent.
func (c *checker) end(n ast.Node, name string, args []ast.Node) *term {
	list := c.operand(args[0], name, facts.List)
	if list == nil {
		return nil
	}
	return c.strict(n, name, *list.typ.Elem, []*term{list}, func(v []any) (any, error) {
		elements := v[0].([]any)
		switch {
		case len(elements) == 0:
			return nil, nil
		case name == "first":
			return elements[0], nil
		default:
			return elements[len(elements)-1], nil
		}
	})
}

// taken is take(list, n), the first n elements, or all if there are fewer; and drop(list, n), those behind them.
func (c *checker) taken(n ast.Node, name string, args []ast.Node) *term {
	list, count := c.operand(args[0], name, facts.List), c.operand(args[1], name, facts.Int)
	if list == nil || count == nil {
		return nil
	}
	t := c.strict(n, name, list.typ, []*term{list, count}, func(v []any) (any, error) {
		elements, n := v[0].([]any), v[1].(int64)
		if n < 0 {
			return nil, errIndex
		}
		n = min(n, int64(len(elements)))
		if name == "drop" {
			return elements[n:], nil
		}
		return elements[:n], nil
	})
	t.whole = list.whole
	if bound, ok := most(args[1]); ok && bound > 0 && name == "take" { // 0 would say nothing
		t.typ.MaxItems = int(min(bound, int64(list.typ.Longest())))
	}
	return t
}

func (c *checker) rearranged(n ast.Node, name string, args []ast.Node) *term {
	list := c.operand(args[0], name, facts.List)
	if list == nil {
		return nil
	}
	if name == "reverse" {
		return c.through(n, name, list.typ, []*term{list}, 1, func(v []any) (any, error) {
			out := slices.Clone(v[0].([]any))
			slices.Reverse(out)
			return out, nil
		})
	}
	if !equatable(*list.typ.Elem) {
		return c.report(list.index, "formula.operand", "op", name, "type", typeName(list), "want", listOf(chars).Name())
	}
	t := c.counted(n, name, list.typ, []*term{list}, func(f *frame, v []any) (any, error) {
		out := []any{}
		for _, e := range v[0].([]any) {
			if !f.steps.Take(uint64(len(out))) {
				return nil, facts.StepsError{}
			}
			if !slices.ContainsFunc(out, func(o any) bool { return facts.Equal(o, e) }) {
				out = append(out, e)
			}
		}
		return out, nil
	})
	length := uint64(list.typ.Longest())
	t.cost = plus(t.cost, times(length, length))
	return t
}

// concat puts lists one after the other.
func (c *checker) concat(n ast.Node, name string, args []ast.Node) *term {
	parts := make([]*term, len(args))
	for i, a := range args {
		if parts[i] = c.operand(a, name, facts.List); parts[i] == nil {
			return nil
		}
	}
	typ, length := parts[0].typ, 0
	for _, p := range parts {
		joined, ok := join(typ, p.typ)
		if !ok {
			return c.operands(n, name, parts[0], p)
		}
		typ = joined
		length += p.typ.Longest()
	}
	if length > facts.MaxItems {
		return c.report(start(n), "formula.long-list", "max", facts.MaxItems)
	}
	typ.MaxItems = length
	return c.through(n, name, typ, parts, 1, func(v []any) (any, error) {
		out := []any{}
		for _, list := range v {
			out = append(out, list.([]any)...)
		}
		return out, nil
	})
}

// flatten puts the lists of a list one after the other.
func (c *checker) flatten(n ast.Node, name string, args []ast.Node) *term {
	lists := c.operand(args[0], name, facts.List)
	if lists == nil {
		return nil
	}
	if lists.typ.Elem.Kind != facts.List {
		return c.report(lists.index, "formula.operand", "op", name, "type", typeName(lists), "want", listOf(listOf(whole)).Name())
	}
	typ := *lists.typ.Elem
	typ.MaxItems = int(min(facts.MaxItems, times(uint64(lists.typ.Longest()), uint64(typ.Longest()))))
	t := c.counted(n, name, typ, []*term{lists}, func(f *frame, v []any) (any, error) {
		out := []any{}
		for _, list := range v[0].([]any) {
			if out = append(out, list.([]any)...); len(out) > facts.MaxItems {
				return nil, errTooBig
			}
		}
		if !f.steps.Take(uint64(len(out))) {
			return nil, facts.StepsError{}
		}
		return out, nil
	})
	t.cost = plus(t.cost, uint64(typ.MaxItems))
	return t
}
