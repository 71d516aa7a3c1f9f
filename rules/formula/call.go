package formula

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// builtin is a function that formulas have besides the library. Those of expr that read a clock, are not exact, or have no
// bound are not among them.
type builtin struct {
	min, max int // arguments; max 0 means any number
	check    func(c *checker, n ast.Node, name string, args []ast.Node) *term
}

// builtins is filled by init, since the checks of its members look functions up in it.
var builtins map[string]builtin

func init() {
	builtins = map[string]builtin{
		"present": {1, 1, (*checker).present},
		"date":    {1, 1, (*checker).date},
		"len":     {1, 1, (*checker).length},
		"string":  {1, 1, (*checker).toText},
		"join":    {1, 2, (*checker).joined},
		"min":     {1, 0, (*checker).extreme},
		"max":     {1, 0, (*checker).extreme},
		"sum":     {1, 2, (*checker).sum},
		"count":   {1, 2, (*checker).over},
		"all":     {2, 2, (*checker).over},
		"any":     {2, 2, (*checker).over},
		"none":    {2, 2, (*checker).over},
		"one":     {2, 2, (*checker).over},
		"filter":  {2, 2, (*checker).over},
		"find":    {2, 2, (*checker).over},
		"map":     {2, 2, (*checker).over},
		"reduce":  {3, 3, (*checker).reduced},
		"sort":    {1, 2, (*checker).sorted},
		"sortBy":  {2, 3, (*checker).sorted},
		"first":   {1, 1, (*checker).end},
		"last":    {1, 1, (*checker).end},
		"reverse": {1, 1, (*checker).rearranged},
		"uniq":    {1, 1, (*checker).rearranged},
		"concat":  {1, 0, (*checker).concat},
		"take":    {2, 2, (*checker).taken},
	}
}

func (c *checker) call(n ast.Node, name string, args []ast.Node) *term {
	if b, ok := builtins[name]; ok {
		if len(args) < b.min || b.max > 0 && len(args) > b.max {
			return c.report(start(n), "formula.arity", "name", name, "want", b.min, "got", len(args))
		}
		return b.check(c, n, name, args)
	}
	var overloads []funcs.Func
	if c.env.lib != nil {
		overloads = c.env.lib.Lookup(name)
	}
	if len(overloads) == 0 {
		c.report(start(n), "formula.unknown-function", "name", name)
		if near, ok := c.nearestFunction(name); ok {
			c.hint(start(n), "formula.did-you-mean", "nearest", near)
		}
		return nil
	}
	parts := c.all(args...)
	if parts == nil {
		return nil
	}
	given := typesOf(parts)
	for i := range overloads {
		fn := &overloads[i]
		if !fn.Takes(given) {
			continue
		}
		for j, p := range parts {
			if !p.constant {
				continue
			}
			if choices, wrong := fn.Params[j].Choices(p.value); wrong {
				return c.report(p.index, "formula.argument", "name", name, "value", string(p.typ.Encode(p.value)), "choices", choices)
			}
		}
		return c.library(n, fn, parts, given)
	}
	return c.report(start(n), "formula.call", "name", name, "got", signature(parts), "want", funcs.Signatures(overloads))
}

// library calls a function of the library, with its arguments in the form it takes.
func (c *checker) library(n ast.Node, fn *funcs.Func, parts []*term, given []facts.Type) *term {
	typ := fn.ResultOf(given)
	t := c.within(n, fn.Name, typ, parts, func(of *facts.Values, v []any) (any, error) {
		for i := range v {
			v[i] = fn.Convert(i, v[i])
		}
		out, err := fn.In(of, v)
		if s, ok := out.(string); ok && err == nil {
			return text(s)
		}
		return out, err
	})
	t.cost = plus(t.cost, fn.CostOf(given))
	return t
}

func typesOf(terms []*term) []facts.Type {
	out := make([]facts.Type, len(terms))
	for i, t := range terms {
		out[i] = t.typ
	}
	return out
}

func signature(args []*term) lang.Text {
	zh, en := make([]string, len(args)), make([]string, len(args))
	for i, a := range args {
		zh[i], en[i] = typeName(a).Zh, typeName(a).En
	}
	return lang.Text{Zh: "(" + strings.Join(zh, ", ") + ")", En: "(" + strings.Join(en, ", ") + ")"}
}

// nearestFunction finds what a misspelt name most likely meant.
func (c *checker) nearestFunction(name string) (string, bool) {
	if write, ok := habits[name]; ok {
		return write, true
	}
	names := slices.Sorted(maps.Keys(builtins))
	if c.env.lib != nil {
		for _, f := range c.env.lib.All() {
			names = append(names, f.Name)
		}
	}
	return facts.NearestName(name, slices.Values(names))
}

var (
	boolean = facts.Type{Kind: facts.Bool}
	whole   = facts.Type{Kind: facts.Int}
	number  = facts.Type{Kind: facts.Number}
	chars   = facts.Type{Kind: facts.String}
)

func listOf(elem facts.Type) facts.Type { return facts.Type{Kind: facts.List, Elem: &elem} }

// present asks whether a fact or a member is there; of a group, it is the fact group.present.
func (c *checker) present(n ast.Node, name string, args []ast.Node) *term {
	if path, ok := pathOf(args[0]); ok && c.env.space.HasGroup(path) {
		if slot, ok := c.env.space.Slot(path + ".present"); ok {
			return c.fact(n, path+".present", slot)
		}
	}
	arg := c.check(args[0])
	if arg == nil {
		return nil
	}
	if arg.constant {
		return c.report(arg.index, "formula.present")
	}
	t := c.term(n, name, boolean, arg)
	t.eval = func(f *frame) outcome {
		out := arg.eval(f)
		if !out.settled() {
			return out
		}
		return outcome{val: out.val != nil}
	}
	return t
}

func pathOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		property, ok := n.Property.(*ast.StringNode)
		if !ok {
			return "", false
		}
		path, ok := pathOf(n.Node)
		return path + "." + property.Value, ok
	default:
		return "", false
	}
}

// date is a constant: its day is checked here, once, and not in every evaluation.
func (c *checker) date(n ast.Node, _ string, args []ast.Node) *term {
	literal, ok := args[0].(*ast.StringNode)
	if !ok {
		return c.report(start(args[0]), "formula.date-literal", "value", c.written(args[0]))
	}
	day, err := facts.ParseDate(literal.Value)
	if err != nil {
		return c.report(start(args[0]), "formula.date-literal", "value", literal.Value)
	}
	return c.constant(n, facts.Type{Kind: facts.Date}, day)
}

// written is how a part is named in diagnostics.
func (c *checker) written(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return c.src.Token(start(n))
}

func (c *checker) length(n ast.Node, name string, args []ast.Node) *term {
	arg := c.operand(args[0], name, facts.List, facts.String)
	if arg == nil {
		return nil
	}
	return c.strict(n, name, whole, []*term{arg}, func(v []any) (any, error) {
		if s, ok := v[0].(string); ok {
			return int64(utf8.RuneCountInString(s)), nil
		}
		return int64(len(v[0].([]any))), nil
	})
}

// toText writes a value as documents of machines do: dates as 2026-03-01, numbers plain.
func (c *checker) toText(n ast.Node, name string, args []ast.Node) *term {
	arg := c.operand(args[0], name, facts.String, facts.Int, facts.Number, facts.Date, facts.Bool)
	if arg == nil {
		return nil
	}
	return c.strict(n, name, chars, []*term{arg}, func(v []any) (any, error) { return plainText(v[0]), nil })
}

func plainText(v any) string {
	switch x := facts.Settle(v).(type) {
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case decimal.Decimal:
		return x.String()
	case time.Time:
		return x.Format(facts.DateLayout)
	default:
		return x.(string)
	}
}

func (c *checker) joined(n ast.Node, name string, args []ast.Node) *term {
	list := c.operand(args[0], name, facts.List)
	parts := []*term{list}
	if len(args) > 1 {
		parts = append(parts, c.operand(args[1], name, facts.String))
	}
	if slices.Contains(parts, nil) {
		return nil
	}
	if list.typ.Elem.Kind != facts.String {
		return c.report(list.index, "formula.operand", "op", name, "type", typeName(list), "want", listOf(chars).Name())
	}
	t := c.strict(n, name, chars, parts, func(v []any) (any, error) {
		var b strings.Builder
		for i, e := range v[0].([]any) {
			if i > 0 && len(v) > 1 {
				b.WriteString(v[1].(string))
			}
			b.WriteString(e.(string))
			if b.Len() > MaxText {
				return nil, errTooBig
			}
		}
		return b.String(), nil
	})
	t.cost = plus(t.cost, uint64(list.typ.Longest()))
	return t
}

// extreme is min and max, of several values or of one list. There is none of an empty list.
func (c *checker) extreme(n ast.Node, name string, args []ast.Node) *term {
	parts := c.all(args...)
	if parts == nil {
		return nil
	}
	typ, cost := parts[0].typ, uint64(len(parts))
	ofList := len(parts) == 1 && typ.Kind == facts.List
	if ofList {
		typ, cost = *typ.Elem, uint64(typ.Longest())
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
	t := c.strict(n, name, typ, parts, func(v []any) (any, error) {
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
	t.cost = plus(t.cost, cost)
	return t
}

// body is what a list function evaluates for every element.
type body struct {
	list *term
	each *term // nil: the element itself
	slot int   // of the element; the next is its index
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
	c.push(variable{"#", *list.typ.Elem, list.reads}, variable{"#index", whole, nil})
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
	length := uint64(b.list.typ.Longest())
	if b.each != nil {
		t.reads = union(t.reads, b.each.reads)
		t.cost = plus(t.cost, times(length, b.each.cost))
	} else {
		t.cost = plus(t.cost, length)
	}
	t.eval = func(f *frame) outcome {
		list := b.list.needed(f)
		if !list.settled() {
			return list
		}
		elements := list.val.([]any)
		v, out, err := run(elements, func(i int) outcome {
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
	return b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
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
		return c.report(b.list.index, "formula.operand", "op", name, "type", typeName(b.list), "want", listOf(boolean).Name())
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
		return b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
			vals, out := everyElement(elements, each)
			return vals, out, nil
		})
	}
	typ := map[string]facts.Type{"count": whole, "one": boolean, "filter": b.list.typ, "find": *b.list.typ.Elem}[name]
	return b.term(c, n, name, typ, func(elements []any, each func(int) outcome) (any, outcome, error) {
		vals, out := everyElement(elements, each)
		if !out.settled() {
			return nil, out, nil
		}
		kept := []any{}
		for i, v := range vals {
			if v.(bool) {
				kept = append(kept, elements[i])
			}
		}
		switch name {
		case "count":
			return int64(len(kept)), out, nil
		case "one":
			return len(kept) == 1, out, nil
		case "filter":
			return kept, out, nil
		default: // find: the first, or nothing
			if len(kept) == 0 {
				return nil, out, nil
			}
			return kept[0], out, nil
		}
	})
}

// reduced is reduce(list, expression, start): the expression is evaluated for every element, with # for it and #acc for what the
// elements before it came to, which is start for the first. What it comes to has one type throughout, and is no list.
func (c *checker) reduced(n ast.Node, name string, args []ast.Node) *term {
	list, start0 := c.operand(args[0], name, facts.List), c.check(args[2])
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		return c.report(start(args[1]), "formula.unsupported", "what", c.src.Token(start(args[1])))
	}
	if list == nil || start0 == nil {
		return nil
	}
	typ := facts.Type{Kind: start0.typ.Kind, Money: start0.typ.Money}
	if !orderable(typ) && typ.Kind != facts.Bool {
		return c.report(start0.index, "formula.operand", "op", name, "type", typeName(start0), "want", facts.Number.Name())
	}
	// What the start is does not yet say what it comes to: 0 may begin an amount of money, or a sum of shares.
	var types []facts.Type
	if typ.Kind == facts.Int && start0.constant {
		types = append(types, facts.Type{Kind: facts.Int, Money: true})
	}
	if types = append(types, typ); typ.Kind == facts.Int {
		types = append(types, number)
	}
	found := len(c.found)
	var slot int
	var body *term
	for _, typ = range types {
		c.found = c.found[:found]
		slot = c.push(variable{"#", *list.typ.Elem, list.reads}, variable{"#index", whole, nil}, variable{"#acc", typ, union(list.reads, start0.reads)})
		body = c.check(predicate.Node)
		c.pop(slot)
		if body == nil || stays(typ, body.typ) {
			break
		}
	}
	if body == nil {
		return nil
	}
	if !stays(typ, body.typ) {
		return c.operands(n, name, start0, body)
	}
	t := c.term(n, name, typ, list, start0)
	t.reads = union(t.reads, body.reads)
	t.cost = plus(t.cost, times(uint64(list.typ.Longest()), body.cost))
	t.eval = func(f *frame) outcome {
		over := list.needed(f)
		if !over.settled() {
			return over
		}
		acc := widened(start0.needed(f), typ)
		for i, e := range over.val.([]any) {
			f.vars[slot], f.vars[slot+1], f.vars[slot+2] = outcome{val: e}, outcome{val: int64(i)}, acc
			acc = widened(body.needed(f), typ)
		}
		return acc
	}
	return t
}

// stays reports whether what a step of reduce gives is of the type that the next step is given.
func stays(typ, step facts.Type) bool {
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

// taken is take(list, n): the first n elements, or all if there are fewer.
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
		return elements[:min(n, int64(len(elements)))], nil
	})
	if most, ok := count.value.(int64); ok && most > 0 {
		t.typ.MaxItems = int(min(most, int64(list.typ.Longest())))
	}
	return t
}

func (c *checker) rearranged(n ast.Node, name string, args []ast.Node) *term {
	list := c.operand(args[0], name, facts.List)
	if list == nil {
		return nil
	}
	length := uint64(list.typ.Longest())
	if name == "uniq" {
		if !equatable(*list.typ.Elem) {
			return c.report(list.index, "formula.operand", "op", name, "type", typeName(list), "want", listOf(chars).Name())
		}
		length = times(length, length)
	}
	t := c.strict(n, name, list.typ, []*term{list}, func(v []any) (any, error) {
		out := []any{}
		for _, e := range v[0].([]any) {
			if name == "reverse" || !slices.ContainsFunc(out, func(o any) bool { return facts.Equal(o, e) }) {
				out = append(out, e)
			}
		}
		if name == "reverse" {
			slices.Reverse(out)
		}
		return out, nil
	})
	t.cost = plus(t.cost, length)
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
	t := c.strict(n, name, typ, parts, func(v []any) (any, error) {
		out := []any{}
		for _, list := range v {
			out = append(out, list.([]any)...)
		}
		return out, nil
	})
	t.cost = plus(t.cost, uint64(length))
	return t
}
