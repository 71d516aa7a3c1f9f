package formula

import (
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
)

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
