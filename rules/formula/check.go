package formula

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// checker turns expr's tree into terms and reports everything that is wrong on the way. A method returns nil after it has
// reported why, and no caller reports again.
type checker struct {
	env     *Env
	src     Source
	found   diag.List
	scopes  []variable
	maxVars int
}

// variable is alive in the body of a let or of a list function. Those of list functions are called "#" and "#index".
type variable struct {
	name  string
	typ   facts.Type
	reads []int
	whole bool // see term
}

func (c *checker) report(index int, code string, args ...any) *term {
	c.found.Add(c.src.Found(index, code, args...))
	return nil
}

func (c *checker) hint(index int, code string, args ...any) {
	c.found.Add(c.src.Found(index, code, args...).As(diag.Hint))
}

// term starts a term over parts: their facts and their cost are its own.
func (c *checker) term(n ast.Node, name string, typ facts.Type, parts ...*term) *term {
	t := &term{typ: typ, name: name, slot: -1, cost: 1, step: 1, index: start(n)}
	t.line, t.col = c.src.At(t.index)
	most := uint64(0)
	for _, p := range parts {
		t.reads = union(t.reads, p.reads)
		t.cost, t.step = plus(t.cost, p.cost), plus(t.step, p.step)
		if len(p.heavy) > 0 && p.cost > most {
			t.heavy, most = p.heavy, p.cost
		}
	}
	return t
}

// costs adds work to a term that does not depend on lists, for the limit and when it is evaluated.
func (t *term) costs(n uint64) { t.cost, t.step = plus(t.cost, n), plus(t.step, n) }

// loops adds to the cost of a term that it evaluates each for every element of list. They are counted as they are.
func (t *term) loops(list, each *term) {
	length := uint64(list.typ.Longest())
	t.reads = union(t.reads, each.reads)
	if cost := times(length, each.cost); cost > t.cost || len(t.heavy) == 0 {
		t.heavy = append([]string{list.name + " (" + strconv.FormatUint(length, 10) + ")"}, each.heavy...)
	}
	t.cost = plus(t.cost, times(length, each.cost))
}

// start is the index of the first character of a part. expr places an operation at its operator.
func start(n ast.Node) int {
	at := n.Location().From
	switch n := n.(type) {
	case *ast.BinaryNode:
		return min(at, start(n.Left))
	case *ast.MemberNode:
		if p, ok := n.Node.(*ast.PointerNode); ok {
			return min(at, p.Location().From)
		}
		return min(at, start(n.Node))
	case *ast.ChainNode:
		return start(n.Node)
	case *ast.SliceNode:
		return min(at, start(n.Node))
	case *ast.ConditionalNode:
		return min(at, start(n.Cond))
	case *ast.CallNode:
		return min(at, start(n.Callee))
	}
	return at
}

// plus and times stop far above facts.MaxCost instead of overflowing.
func plus(a, b uint64) uint64  { return min(a+b, 1<<40) }
func times(a, b uint64) uint64 { return min(min(a, 1<<20)*min(b, 1<<40), 1<<40) }

func typeName(t *term) lang.Text {
	if t.typ.Kind == facts.Invalid {
		return lang.Text{Zh: "空值（nil）", En: "nil"}
	}
	return t.typ.Name()
}

func (c *checker) check(n ast.Node) *term {
	switch n := n.(type) {
	case *ast.NilNode:
		return c.constant(n, facts.Type{}, nil)
	case *ast.BoolNode:
		return c.constant(n, facts.Type{Kind: facts.Bool}, n.Value)
	case *ast.IntegerNode:
		return c.constant(n, facts.Type{Kind: facts.Int}, int64(n.Value))
	case *ast.StringNode:
		return c.constant(n, facts.Type{Kind: facts.String}, n.Value)
	case *ast.FloatNode:
		return c.number(n)
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode:
		return c.name(n)
	case *ast.ChainNode: // x?.y: a member of nothing is nothing here without asking
		return c.check(n.Node)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(n, id.Value, n.Arguments)
		}
		return c.report(start(n), "formula.unsupported", "what", ".…()")
	case *ast.SliceNode:
		return c.unsupported(start(n), "[…:…]")
	case *ast.MapNode:
		return c.unsupported(start(n), "{…:…}")
	case *ast.SequenceNode:
		return c.report(start(n), "formula.unsupported", "what", ";")
	default:
		return c.report(start(n), "formula.unsupported", "what", c.src.Token(start(n)))
	}
}

func (c *checker) constant(n ast.Node, typ facts.Type, value any) *term {
	t := c.term(n, c.src.Token(start(n)), typ)
	t.constant, t.value = true, value
	t.eval = func(*frame) outcome { return outcome{val: value} }
	return t
}

// number reads a number from its digits in the text, not from the float that expr made of them.
func (c *checker) number(n *ast.FloatNode) *term {
	chars := []rune(c.src.Text)
	loc := n.Location()
	if 0 <= loc.From && loc.From < loc.To && loc.To <= len(chars) {
		text := strings.ReplaceAll(string(chars[loc.From:loc.To]), "_", "")
		if exact, ok := facts.ParseNumber(text); ok {
			t := c.constant(n, facts.Type{Kind: facts.Number}, exact)
			t.whole = exact.IsInteger()
			return t
		}
	}
	return c.report(start(n), "formula.unsupported", "what", c.src.Token(start(n)))
}

// name resolves a variable or the longest declared path; what follows are members of rows or elements of lists.
func (c *checker) name(n ast.Node) *term {
	var parts []string
	var nodes []ast.Node
	at := n
	for {
		if chain, ok := at.(*ast.ChainNode); ok {
			at = chain.Node
			continue
		}
		m, ok := at.(*ast.MemberNode)
		if !ok {
			break
		}
		property, ok := m.Property.(*ast.StringNode)
		if !ok {
			break
		}
		parts, nodes = append(parts, property.Value), append(nodes, at)
		at = m.Node
	}
	slices.Reverse(parts)
	slices.Reverse(nodes)
	switch root := at.(type) {
	case *ast.IdentifierNode:
		if v, ok := c.variable(root.Value, root); ok {
			return c.members(v, parts, nodes)
		}
		parts, nodes = slices.Insert(parts, 0, root.Value), slices.Insert(nodes, 0, ast.Node(root))
		for i := len(parts); i > 0; i-- {
			path := strings.Join(parts[:i], ".")
			if slot, ok := c.env.space.Slot(path); ok {
				return c.members(c.fact(nodes[i-1], path, slot), parts[i:], nodes[i:])
			}
		}
		return c.unknownName(start(at), strings.Join(parts, "."))
	case *ast.PointerNode:
		v, ok := c.variable("#"+root.Name, root)
		if !ok {
			return c.report(start(at), "formula.unknown-name", "name", "#"+root.Name)
		}
		return c.members(v, parts, nodes)
	case *ast.MemberNode: // list[i]
		return c.members(c.element(root), parts, nodes)
	default:
		return c.members(c.check(at), parts, nodes)
	}
}

func (c *checker) fact(n ast.Node, path string, slot int) *term {
	t := c.term(n, path, c.env.space.At(slot).Type)
	t.slot, t.reads = slot, []int{slot}
	t.eval = func(f *frame) outcome {
		if f.vals.State(slot) == facts.Unknown {
			return outcome{unknown: true, missing: []int{slot}}
		}
		return outcome{val: f.vals.Get(slot)}
	}
	return t
}

func (c *checker) variable(name string, n ast.Node) (*term, bool) {
	for i := len(c.scopes) - 1; i >= 0; i-- {
		if v := c.scopes[i]; v.name == name {
			t := c.term(n, name, v.typ)
			t.reads, t.whole = v.reads, v.whole
			t.eval = func(f *frame) outcome { return f.vars[i] }
			return t, true
		}
	}
	return nil, false
}

func (c *checker) unknownName(index int, path string) *term {
	if c.env.space.HasGroup(path) {
		c.report(index, "formula.group", "name", path)
		if _, ok := c.env.space.Slot(path + ".present"); ok {
			c.hint(index, "formula.did-you-mean", "nearest", path+".present")
		}
		return nil
	}
	c.report(index, "formula.unknown-name", "name", path)
	if write, ok := habits[path]; ok {
		c.hint(index, "formula.did-you-mean", "nearest", write)
	} else if near, ok := c.env.space.Nearest(path); ok {
		c.hint(index, "formula.did-you-mean", "nearest", near)
	}
	return nil
}

// members follows parts from a row. A member of nothing is nothing.
func (c *checker) members(t *term, parts []string, nodes []ast.Node) *term {
	for i, part := range parts {
		if t == nil {
			return nil
		}
		index := nodes[i].Location().From
		if t.typ.Kind != facts.Row {
			return c.report(index, "formula.no-member", "name", part, "type", typeName(t))
		}
		slot, ok := t.typ.Row.Slot(part)
		if !ok {
			c.report(index, "formula.unknown-name", "name", part)
			if near, ok := t.typ.Row.Nearest(part); ok {
				c.hint(index, "formula.did-you-mean", "nearest", near)
			}
			return nil
		}
		row := t
		t = c.term(nodes[i], part, row.typ.Row.At(slot).Type, row)
		t.eval = func(f *frame) outcome {
			out := row.eval(f)
			if !out.settled() || out.val == nil {
				return out
			}
			values := out.val.(*facts.Values)
			if values.State(slot) == facts.Unknown {
				return outcome{unknown: true, missing: row.reads}
			}
			return outcome{val: values.Get(slot)}
		}
	}
	return t
}

// element is list[i], from 0.
func (c *checker) element(n *ast.MemberNode) *term {
	list, at := c.operand(n.Node, "[]", facts.List), c.operand(n.Property, "[]", facts.Int)
	if list == nil || at == nil {
		return nil
	}
	if i, ok := at.value.(int64); ok && i < 0 {
		c.report(at.index, "formula.index")
		c.hint(at.index, "formula.did-you-mean", "nearest", "last(list)")
		return nil
	}
	return c.strict(n, "[]", *list.typ.Elem, []*term{list, at}, func(v []any) (any, error) {
		elements, i := v[0].([]any), v[1].(int64)
		if i < 0 || i >= int64(len(elements)) {
			return nil, errIndex
		}
		return elements[i], nil
	})
}

// strict is a term that needs all its parts. do does not keep the slice that it is given.
func (c *checker) strict(n ast.Node, name string, typ facts.Type, parts []*term, do func([]any) (any, error)) *term {
	return c.counted(n, name, typ, parts, func(_ *frame, v []any) (any, error) { return do(v) })
}

// through is a strict term that goes through its lists, doing so many steps with each element.
func (c *checker) through(n ast.Node, name string, typ facts.Type, parts []*term, each uint64, do func([]any) (any, error)) *term {
	t := c.counted(n, name, typ, parts, func(f *frame, v []any) (any, error) {
		length := 0
		for _, a := range v {
			if list, ok := a.([]any); ok {
				length += len(list)
			}
		}
		if !f.steps.Take(each * uint64(length)) {
			return nil, facts.StepsError{}
		}
		return do(v)
	})
	for _, p := range parts {
		if p.typ.Kind == facts.List {
			t.cost = plus(t.cost, times(each, uint64(p.typ.Longest())))
		}
	}
	return t
}

// counted is strict for what counts its own steps, or has to know of which evaluation it is a part.
func (c *checker) counted(n ast.Node, name string, typ facts.Type, parts []*term, do func(*frame, []any) (any, error)) *term {
	t := c.term(n, name, typ, parts...)
	t.eval = func(f *frame) outcome {
		base := len(f.stack)
		out := gather(f, parts)
		if !out.settled() {
			f.stack = f.stack[:base]
			return out
		}
		v, err := do(f, f.stack[base:])
		f.stack = f.stack[:base]
		if err != nil {
			return t.raised(err)
		}
		return outcome{val: v}
	}
	return t
}

// all checks every part, so that all mistakes are reported, and returns nil if there was one.
func (c *checker) all(nodes ...ast.Node) []*term {
	out := make([]*term, len(nodes))
	whole := true
	for i, n := range nodes {
		out[i] = c.check(n)
		whole = whole && out[i] != nil
	}
	if !whole {
		return nil
	}
	return out
}

// operand checks a part that must be of one of some kinds.
func (c *checker) operand(n ast.Node, op string, kinds ...facts.Kind) *term {
	t := c.check(n)
	if t == nil || slices.Contains(kinds, t.typ.Kind) {
		return t
	}
	return c.report(start(n), "formula.operand", "op", op, "type", typeName(t), "want", kinds[0].Name())
}

func (c *checker) operands(n ast.Node, op string, l, r *term) *term {
	at := n.Location().From
	if comparison := strings.ContainsAny(op, "=<>"); comparison && (l.typ.Kind == facts.Date && r.typ.Kind == facts.String ||
		l.typ.Kind == facts.String && r.typ.Kind == facts.Date) {
		return c.report(at, "formula.date-text", "op", op)
	}
	c.report(at, "formula.operands", "op", op, "left", typeName(l), "right", typeName(r))
	write, ok := facts.DateArithmetic(l.typ, r.typ)
	ok = ok && (op == "+" || op == "-")
	switch text := l.typ.Kind == facts.String || r.typ.Kind == facts.String; {
	case op == "+" && l.typ.Kind == facts.List && r.typ.Kind == facts.List:
		write, ok = "concat(a, b)", true
	case op == "+" && text && (l.typ.Money || r.typ.Money):
		write, ok = `money_text(amount, "zh")`, true
	case op == "+" && text && (l.typ.Kind == facts.Date || r.typ.Kind == facts.Date):
		write, ok = `date_text(d, "zh")`, true
	case op == "+" && text:
		write, ok = "string(x)", true
	case op == "in" && r.typ.Kind == facts.String:
		write, ok = "text contains part", true
	}
	if ok {
		c.hint(at, "formula.did-you-mean", "nearest", write)
	}
	return nil
}

// join is the type that holds the values of both: an int and a number make a number, nil joins anything.
func join(a, b facts.Type) (facts.Type, bool) {
	switch {
	case a.Kind == facts.Invalid:
		return b, true
	case b.Kind == facts.Invalid:
		return a, true
	case a.Kind == b.Kind && a.Kind == facts.List:
		elem, ok := join(*a.Elem, *b.Elem)
		return facts.Type{Kind: facts.List, Elem: &elem, MaxItems: max(a.Longest(), b.Longest())}, ok
	case a.Kind == b.Kind && a.Kind == facts.Row:
		return a, a.Row.Equal(b.Row)
	case a.Kind == b.Kind:
		return facts.Type{Kind: a.Kind, Money: a.Money && b.Money}, true
	case numeric(a) && numeric(b):
		return facts.Type{Kind: facts.Number}, true
	}
	return facts.Type{}, false
}

func orderable(t facts.Type) bool {
	return numeric(t) || t.Kind == facts.String || t.Kind == facts.Date
}

func equatable(t facts.Type) bool {
	return orderable(t) || t.Kind == facts.Bool || t.Kind == facts.List && equatable(*t.Elem)
}

func (c *checker) unary(n *ast.UnaryNode) *term {
	switch n.Operator {
	case "!", "not":
		t := c.operand(n.Node, "!", facts.Bool)
		if t == nil {
			return nil
		}
		return c.strict(n, "!", t.typ, []*term{t}, func(v []any) (any, error) { return !v[0].(bool), nil })
	default: // + and -
		t := c.operand(n.Node, n.Operator, facts.Int, facts.Number)
		if t == nil || n.Operator == "+" {
			return t
		}
		if t.constant {
			if v, err := facts.Neg(t.value); err == nil {
				out := c.constant(n, t.typ, v)
				out.whole = t.whole
				return out
			}
		}
		out := c.strict(n, "-", facts.Type{Kind: t.typ.Kind, Money: t.typ.Money}, []*term{t}, func(v []any) (any, error) { return facts.Neg(v[0]) })
		out.whole = t.whole
		return out
	}
}

func (c *checker) binary(n *ast.BinaryNode) *term {
	switch n.Operator {
	case "&&", "and", "||", "or":
		absorbing := n.Operator == "||" || n.Operator == "or"
		l, r := c.operand(n.Left, n.Operator, facts.Bool), c.operand(n.Right, n.Operator, facts.Bool)
		if l == nil || r == nil {
			return nil
		}
		t := c.term(n, n.Operator, l.typ, l, r)
		t.eval = func(f *frame) outcome { return connective(f, []*term{l, r}, absorbing) }
		return t
	case "matches":
		return c.matches(n)
	}
	c.trap(n)
	parts := c.all(n.Left, n.Right)
	if parts == nil {
		return nil
	}
	l, r := parts[0], parts[1]
	switch n.Operator {
	case "??":
		return c.otherwise(n, l, r)
	case "==", "!=":
		return c.equality(n, l, r)
	case "<", "<=", ">", ">=":
		if t, ok := join(l.typ, r.typ); !ok || !orderable(t) || l.isNil() || r.isNil() {
			return c.operands(n, n.Operator, l, r)
		}
		op := n.Operator
		return c.strict(n, op, facts.Type{Kind: facts.Bool}, parts, func(v []any) (any, error) {
			order, _ := facts.Compare(v[0], v[1])
			return order < 0 && op[0] == '<' || order > 0 && op[0] == '>' || order == 0 && len(op) == 2, nil
		})
	case "in":
		if r.typ.Kind != facts.List {
			return c.operands(n, "in", l, r)
		}
		if t, ok := join(l.typ, *r.typ.Elem); !ok || !equatable(t) || l.isNil() {
			return c.operands(n, "in", l, r)
		}
		c.amongChoices(l, n.Right)
		return c.through(n, "in", facts.Type{Kind: facts.Bool}, parts, 1, func(v []any) (any, error) {
			return slices.ContainsFunc(v[1].([]any), func(e any) bool { return facts.Equal(e, v[0]) }), nil
		})
	case "startsWith", "endsWith", "contains":
		if l.typ.Kind != facts.String || r.typ.Kind != facts.String {
			return c.operands(n, n.Operator, l, r)
		}
		test := map[string]func(s, part string) bool{
			"startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix, "contains": strings.Contains,
		}[n.Operator]
		return c.strict(n, n.Operator, facts.Type{Kind: facts.Bool}, parts, func(v []any) (any, error) {
			return test(v[0].(string), v[1].(string)), nil
		})
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n, l, r)
	case "..":
		return c.integers(n, l, r)
	default: // ^ **
		return c.unsupported(n.Location().From, n.Operator)
	}
}

// unsupported reports a part of the grammar that has no meaning here, with what to write instead where there is something.
func (c *checker) unsupported(index int, what string) *term {
	c.report(index, "formula.unsupported", "what", what)
	if write, ok := habits[what]; ok {
		c.hint(index, "formula.did-you-mean", "nearest", write)
	}
	return nil
}

// trap reports operators side by side that mean something else than they seem to: a == b == c compares c with the answer of the
// first comparison, and ?? holds its sides together more firmly than + does.
func (c *checker) trap(n *ast.BinaryNode) {
	compares := func(op string) bool { return slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, op) }
	for _, side := range []ast.Node{n.Left, n.Right} {
		inner, ok := side.(*ast.BinaryNode)
		if !ok || c.bracketed(n, inner) {
			continue
		}
		if compares(n.Operator) && compares(inner.Operator) {
			c.report(n.Location().From, "formula.chained", "first", inner.Operator, "second", n.Operator)
		}
		if strings.Contains("+-*/%", n.Operator) && inner.Operator == "??" {
			c.found.Add(c.src.Found(inner.Location().From, "formula.loose", "op", n.Operator).As(diag.Warning))
		}
	}
}

// bracketed reports whether a side of an operation stands in brackets: expr's tree does not say.
func (c *checker) bracketed(n, side *ast.BinaryNode) bool {
	chars := []rune(c.src.Text)
	between := chars[:start(side)]
	if side == n.Left {
		between = chars[:n.Location().From]
	}
	text := strings.TrimRight(string(between), " \t\r\n")
	if side == n.Left {
		return strings.HasSuffix(text, ")") && strings.HasSuffix(strings.TrimRight(string(chars[:start(side)]), " \t\r\n"), "(")
	}
	return strings.HasSuffix(text, "(")
}

func (c *checker) matches(n *ast.BinaryNode) *term {
	text := c.operand(n.Left, "matches", facts.String)
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return c.report(start(n.Right), "formula.bad-pattern", "pattern", c.src.Token(start(n.Right)))
	}
	compiled, err := regexp.Compile(pattern.Value)
	if err != nil {
		return c.report(start(n.Right), "formula.bad-pattern", "pattern", pattern.Value)
	}
	if text == nil {
		return nil
	}
	t := c.strict(n, "matches", facts.Type{Kind: facts.Bool}, []*term{text}, func(v []any) (any, error) {
		return compiled.MatchString(v[0].(string)), nil
	})
	t.costs(20)
	return t
}

// otherwise is ??: the second where the first is absent. What is not known yet is not absent.
func (c *checker) otherwise(n ast.Node, l, r *term) *term {
	typ, ok := join(l.typ, r.typ)
	if !ok {
		return c.operands(n, "??", l, r)
	}
	t := c.term(n, "??", typ, l, r)
	t.whole = allWhole(l, r)
	t.eval = func(f *frame) outcome {
		if out := l.eval(f); !out.settled() || out.val != nil {
			return widened(out, typ)
		}
		return widened(r.eval(f), typ)
	}
	return t
}

// widened brings the value of one of two branches to the type that both share.
func widened(out outcome, typ facts.Type) outcome {
	if typ.Kind == facts.Number {
		out.val = widen(out.val)
	}
	return out
}

func (c *checker) equality(n *ast.BinaryNode, l, r *term) *term {
	negate := n.Operator == "!="
	typ := facts.Type{Kind: facts.Bool}
	if l.isNil() || r.isNil() {
		if l.isNil() {
			l = r
		}
		t := c.term(n, n.Operator, typ, l)
		t.eval = func(f *frame) outcome {
			out := l.eval(f)
			if !out.settled() {
				return out
			}
			return outcome{val: (out.val == nil) != negate}
		}
		return t
	}
	if t, ok := join(l.typ, r.typ); !ok || !equatable(t) {
		return c.operands(n, n.Operator, l, r)
	}
	c.choices(l, r)
	c.choices(r, l)
	equal := func(v []any) (any, error) { return facts.Equal(v[0], v[1]) != negate, nil }
	if l.typ.Kind == facts.List {
		return c.through(n, n.Operator, typ, []*term{l, r}, 1, equal)
	}
	return c.strict(n, n.Operator, typ, []*term{l, r}, equal)
}

// amongChoices is choices for the values of a list that is written out.
func (c *checker) amongChoices(about *term, list ast.Node) {
	if written, ok := list.(*ast.ArrayNode); ok && len(about.typ.Enum) > 0 {
		for _, n := range written.Nodes {
			if text, ok := n.(*ast.StringNode); ok {
				c.choices(about, &term{constant: true, value: text.Value, typ: chars, index: start(n)})
			}
		}
	}
}

// choices reports a constant that what it is compared with can never be.
func (c *checker) choices(about, constant *term) {
	if !constant.constant || about.constant || len(about.typ.Enum) == 0 {
		return
	}
	if !slices.ContainsFunc(about.typ.Enum, func(w facts.Choice) bool { return facts.Equal(w.Value, constant.value) }) {
		c.report(constant.index, "formula.not-a-choice", "name", string(constant.typ.Encode(constant.value)))
	}
}

func (c *checker) arithmetic(n *ast.BinaryNode, l, r *term) *term {
	parts := []*term{l, r}
	if n.Operator == "+" && l.typ.Kind == facts.String && r.typ.Kind == facts.String {
		return c.strict(n, "+", facts.Type{Kind: facts.String}, parts, func(v []any) (any, error) {
			return text(v[0].(string) + v[1].(string))
		})
	}
	if !numeric(l.typ) || !numeric(r.typ) {
		return c.operands(n, n.Operator, l, r)
	}
	typ, _ := join(l.typ, r.typ)
	var do func(a, b any) (any, error)
	switch n.Operator {
	case "+":
		do = facts.Add
	case "-":
		do = facts.Sub
	case "*":
		do = facts.Mul
		typ.Money = typ.Kind == facts.Int && l.typ.Money != r.typ.Money
	case "/":
		do = facts.Div
		typ = facts.Type{Kind: facts.Number}
	default:
		if typ.Kind != facts.Int {
			return c.operands(n, "%", l, r)
		}
		typ.Money = false
		do = func(a, b any) (any, error) {
			switch b.(int64) {
			case 0:
				return nil, facts.ErrDivideByZero
			case -1:
				return int64(0), nil
			}
			return a.(int64) % b.(int64), nil
		}
	}
	t := c.strict(n, n.Operator, typ, parts, func(v []any) (any, error) {
		out, err := do(v[0], v[1])
		if err == nil && typ.Kind == facts.Number {
			out = widen(out) // a quotient of ints may be whole
		}
		return out, err
	})
	t.whole = n.Operator != "/" && allWhole(parts...)
	return t
}

// integers is from..to, the whole numbers between, both included. Where both are written out, the length of the list is known.
func (c *checker) integers(n ast.Node, l, r *term) *term {
	if l.typ.Kind != facts.Int || r.typ.Kind != facts.Int {
		return c.operands(n, "..", l, r)
	}
	typ := listOf(whole)
	typ.MaxItems = funcs.MaxIntegers
	if l.constant && r.constant {
		list, err := funcs.Integers(l.value.(int64), r.value.(int64))
		if err != nil {
			return c.report(l.index, "formula.long-list", "max", funcs.MaxIntegers)
		}
		typ.MaxItems = max(1, len(list)) // 0 would say nothing
	}
	t := c.counted(n, "..", typ, []*term{l, r}, func(f *frame, v []any) (any, error) {
		list, err := funcs.Integers(v[0].(int64), v[1].(int64))
		if !f.steps.Take(uint64(len(list))) {
			return nil, facts.StepsError{}
		}
		return list, err
	})
	t.cost = plus(t.cost, uint64(typ.MaxItems))
	return t
}

// text bounds a text that a formula put together.
func text(s string) (any, error) {
	if len(s) > MaxText {
		return nil, errTooBig
	}
	return s, nil
}

func (c *checker) conditional(n *ast.ConditionalNode) *term {
	test := c.operand(n.Cond, "?:", facts.Bool)
	sides := c.all(n.Exp1, n.Exp2)
	if test == nil || sides == nil {
		return nil
	}
	yes, no := sides[0], sides[1]
	typ, ok := join(yes.typ, no.typ)
	if !ok {
		return c.operands(n, "?:", yes, no)
	}
	t := c.term(n, "?:", typ, test, yes, no)
	t.whole = allWhole(yes, no)
	t.eval = func(f *frame) outcome {
		out := test.needed(f)
		switch {
		case !out.settled():
			return out
		case out.val.(bool):
			return widened(yes.eval(f), typ)
		default:
			return widened(no.eval(f), typ)
		}
	}
	return t
}

// let names a value. An error or an unknown in it matters only where it is used.
func (c *checker) let(n *ast.VariableDeclaratorNode) *term {
	value := c.check(n.Value)
	taken := slices.ContainsFunc(c.scopes, func(v variable) bool { return v.name == n.Name })
	if taken || c.env.space.HasGroup(n.Name) || c.isFact(n.Name) {
		return c.report(start(n), "formula.variable", "name", n.Name)
	}
	if value == nil {
		return nil
	}
	slot := c.push(variable{n.Name, value.typ, value.reads, value.whole})
	body := c.check(n.Expr)
	c.pop(slot)
	if body == nil {
		return nil
	}
	t := c.term(n, "let", body.typ, value, body)
	t.whole = body.whole
	t.eval = func(f *frame) outcome {
		f.vars[slot] = value.eval(f)
		return body.eval(f)
	}
	return t
}

func (c *checker) isFact(name string) bool { _, ok := c.env.space.Slot(name); return ok }

func (c *checker) push(vs ...variable) (slot int) {
	slot = len(c.scopes)
	c.scopes = append(c.scopes, vs...)
	c.maxVars = max(c.maxVars, len(c.scopes))
	return slot
}

func (c *checker) pop(slot int) { c.scopes = c.scopes[:slot] }

func (c *checker) list(n *ast.ArrayNode) *term {
	if len(n.Nodes) == 0 { // what stands beside it says what it would hold
		return c.strict(n, "[]", facts.Type{Kind: facts.List, Elem: &facts.Type{}, MaxItems: 1}, nil, func([]any) (any, error) { return []any{}, nil })
	}
	parts := c.all(n.Nodes...)
	if parts == nil {
		return nil
	}
	elem := parts[0].typ
	for i, p := range parts {
		joined, ok := join(elem, p.typ)
		if !ok || p.isNil() {
			return c.report(start(n.Nodes[i]), "formula.operands", "op", "[]", "left", typeName(parts[0]), "right", typeName(p))
		}
		elem = joined
	}
	typ := facts.Type{Kind: facts.List, Elem: &elem, MaxItems: len(parts)}
	t := c.strict(n, "[]", typ, parts, func(v []any) (any, error) {
		out := slices.Clone(v)
		for i := range out {
			if elem.Kind == facts.Number {
				out[i] = widen(out[i])
			}
		}
		return out, nil
	})
	t.whole = allWhole(parts...)
	return t
}
