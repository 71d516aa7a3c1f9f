package cond

import (
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
)

func (c *checker) logic(e ast.Expr, op Op, args []ast.Expr) *Node {
	var parts []*Node
	whole := true
	for _, a := range args {
		n := c.operand(a, string(op), facts.Bool)
		switch {
		case n == nil:
			whole = false
		case n.Op == op: // brackets do not matter within one kind of connective
			parts = append(parts, n.Args...)
		default:
			parts = append(parts, n)
		}
	}
	if !whole {
		return nil
	}
	n := c.node(e, op, boolType, parts...)
	return n
}

func (c *checker) conditional(e ast.Expr, args []ast.Expr) *Node {
	test := c.operand(args[0], "?:", facts.Bool)
	branches := c.checkAll(args[1:])
	if test == nil || branches == nil {
		return nil
	}
	t, ok := join(branches[0].Type, branches[1].Type)
	if !ok || t.Kind == facts.Invalid {
		return c.report(c.index(e), "cond.operands", "op", "?:", "left", typeName(branches[0]), "right", typeName(branches[1]))
	}
	return c.node(e, OpIf, t, test, branches[0], branches[1])
}

func (c *checker) indexed(e ast.Expr, args []ast.Expr) *Node {
	list := c.operand(args[0], "[]", facts.List)
	at := c.operand(args[1], "[]", facts.Int)
	if list == nil || at == nil {
		return nil
	}
	if list.Type.Gaps {
		return c.report(c.start(args[0]), "cond.gaps", "name", nameOf(list))
	}
	return c.node(e, OpIndex, *list.Type.Elem, list, at)
}

var comparisons = map[string]Op{
	operators.Equals: OpEq, operators.NotEquals: OpNe,
	operators.Less: OpLt, operators.LessEquals: OpLe, operators.Greater: OpGt, operators.GreaterEquals: OpGe,
}

func (c *checker) comparison(e ast.Expr, op Op, exprs []ast.Expr) *Node {
	args := c.checkAll(exprs)
	if args == nil {
		return nil
	}
	l, r := args[0], args[1]
	equality := op == OpEq || op == OpNe
	if equality && (isNull(l) || isNull(r)) {
		if isNull(l) {
			l, exprs[0] = r, exprs[1]
		}
		present := c.presence(e, l, exprs[0])
		if present == nil || op == OpNe {
			return present
		}
		return c.node(e, OpNot, boolType, present)
	}
	t, ok := join(l.Type, r.Type)
	switch {
	case l.Type.Kind == facts.Date && isText(r), r.Type.Kind == facts.Date && isText(l):
		return c.report(c.index(e), "cond.date-text", "op", op)
	case !ok, !equality && !ordered(t), equality && !equatable(t):
		return c.report(c.index(e), "cond.operands", "op", op, "left", typeName(l), "right", typeName(r))
	}
	c.choices(exprs[1], l, r)
	c.choices(exprs[0], r, l)
	return c.node(e, op, boolType, l, r)
}

func isNull(n *Node) bool { return n.Op == OpConst && n.Type.Kind == facts.Invalid }
func isText(n *Node) bool { return n.Op == OpConst && n.Type.Kind == facts.String }

func ordered(t facts.Type) bool {
	return numeric(t) || t.Kind == facts.String || t.Kind == facts.Date
}

func equatable(t facts.Type) bool {
	return ordered(t) || t.Kind == facts.Bool || t.Kind == facts.List && equatable(*t.Elem)
}

// choices gives a constant the type of the fact it is compared with, so that a sentence can say 特困 instead of "destitute"
// and 50.00元 instead of 5000, and reports one that the fact can never be.
func (c *checker) choices(e ast.Expr, about, constant *Node) {
	if constant.Op != OpConst || about.Op == OpConst || constant.Type.Kind != about.Type.Kind {
		return
	}
	constant.Type = about.Type
	if len(about.Type.Enum) == 0 {
		return
	}
	same := func(choice facts.Choice) bool { return facts.Equal(choice.Value, constant.Value) }
	if !slices.ContainsFunc(about.Type.Enum, same) {
		c.report(c.start(e), "cond.not-a-choice", "value", string(about.Type.Encode(constant.Value)), "name", nameOf(about))
	}
}

// nameOf is how a node is called in diagnostics.
func nameOf(n *Node) string {
	switch {
	case n.Op == OpFact:
		return n.Fact
	case n.Name != "":
		return n.Name
	default:
		return string(n.Op)
	}
}

func (c *checker) in(e ast.Expr, exprs []ast.Expr) *Node {
	args := c.checkAll(exprs)
	if args == nil {
		return nil
	}
	l, r := args[0], args[1]
	if r.Type.Kind != facts.List {
		return c.report(c.start(exprs[1]), "cond.operand", "op", "in", "type", typeName(r), "want", facts.List.Name())
	}
	t, ok := join(l.Type, *r.Type.Elem)
	if !ok || !equatable(t) {
		return c.report(c.index(e), "cond.operands", "op", "in", "left", typeName(l), "right", typeName(r))
	}
	if r.Op == OpList {
		for i, one := range r.Args {
			c.choices(exprs[1].AsList().Elements()[i], l, one)
		}
	}
	return c.node(e, OpIn, boolType, l, r)
}

var arithmetic = map[string]Op{
	operators.Add: OpAdd, operators.Subtract: OpSub, operators.Multiply: OpMul, operators.Divide: OpDiv, operators.Modulo: OpMod,
}

func (c *checker) arithmetic(e ast.Expr, op Op, exprs []ast.Expr) *Node {
	args := c.checkAll(exprs)
	if args == nil {
		return nil
	}
	l, r := args[0], args[1]
	wrong := func() *Node {
		c.report(c.index(e), "cond.operands", "op", op, "left", typeName(l), "right", typeName(r))
		if write, ok := facts.DateArithmetic(l.Type, r.Type); ok {
			c.hint(c.index(e), "cond.did-you-mean", "nearest", write)
		}
		return nil
	}
	switch {
	case op == OpAdd && l.Type.Kind == facts.String && r.Type.Kind == facts.String:
		return c.node(e, op, facts.Type{Kind: facts.String}, l, r)
	case !numeric(l.Type) || !numeric(r.Type):
		return wrong()
	case op == OpMod && (l.Type.Kind != facts.Int || r.Type.Kind != facts.Int):
		return wrong()
	}
	t, _ := join(l.Type, r.Type)
	if op == OpMul && t.Kind == facts.Int {
		t.Money = l.Type.Money != r.Type.Money
	}
	if op == OpDiv && t.Kind == facts.Int {
		// CEL drops the remainder; formulas do not, and few expect it.
		c.found.Add(c.src.Found(c.index(e), "cond.whole-division").As(diag.Warning))
		t.Money = l.Type.Money && !r.Type.Money
	}
	return c.node(e, op, t, l, r)
}
