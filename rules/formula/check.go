package formula

import (
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
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
		return c.method(n)
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

// method refuses what is written behind a value, as conditions and other languages have it, and says how it is written here.
func (c *checker) method(n *ast.CallNode) *term {
	name := "…"
	if m, ok := n.Callee.(*ast.MemberNode); ok {
		if s, ok := m.Property.(*ast.StringNode); ok {
			name = s.Value
		}
	}
	c.report(start(n), "formula.unsupported", "what", "."+name+"(…)")
	if write, ok := habits["."+name]; ok {
		c.hint(start(n), "formula.did-you-mean", "nearest", write)
	} else if _, known := builtins[name]; known || c.env.lib != nil && len(c.env.lib.Lookup(name)) > 0 {
		c.hint(start(n), "formula.did-you-mean", "nearest", name+"(…)")
	}
	return nil
}

// element is list[i], from 0.
func (c *checker) element(n *ast.MemberNode) *term {
	list, at := c.operand(n.Node, "[]", facts.List), c.operand(n.Property, "[]", facts.Int)
	if list == nil || at == nil {
		return nil
	}
	if list.typ.Gaps {
		return c.report(list.index, "formula.gaps", "name", list.name)
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
