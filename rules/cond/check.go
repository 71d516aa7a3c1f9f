package cond

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// checker turns a parsed tree into a typed one and reports everything that is wrong on the way. A method returns nil after
// it has reported why, and no caller reports again.
type checker struct {
	env    *Env
	src    Source
	info   *ast.SourceInfo
	found  diag.List
	scopes []scope // variables of the enclosing all, exists, ...
	vars   int     // greatest number of variables alive at once
	args   int     // arguments of all calls: the size of the evaluation's scratch space
	nodes  int
}

type scope struct {
	name string
	typ  facts.Type
}

func (c *checker) report(index int, code string, args ...any) *Node {
	c.found.Add(c.src.Found(index, code, args...))
	return nil
}

func (c *checker) hint(index int, code string, args ...any) {
	c.found.Add(c.src.Found(index, code, args...).As(diag.Hint))
}

// index is where CEL says an expression is: the operator of an operation, the bracket of a call.
func (c *checker) index(e ast.Expr) int {
	if r, ok := c.info.GetOffsetRange(e.ID()); ok {
		return int(r.Start)
	}
	return 0
}

// start is the first character of an expression.
func (c *checker) start(e ast.Expr) int {
	least := c.index(e)
	switch e.Kind() {
	case ast.SelectKind:
		least = min(least, c.start(e.AsSelect().Operand()))
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			least = min(least, c.start(call.Target()))
		} else if len(call.Args()) > 0 && call.FunctionName() != operators.LogicalNot && call.FunctionName() != operators.Negate {
			least = min(least, c.start(call.Args()[0]))
		}
		if name := call.FunctionName(); !call.IsMemberFunction() && isName(name) {
			least = min(least, c.nameBefore(c.index(e), name))
		}
	}
	return least
}

// nameBefore finds where the name of a call stands, given its bracket or, for some versions of the grammar, the name itself.
func (c *checker) nameBefore(bracket int, name string) int {
	chars := []rune(c.src.Text)
	if bracket > len(chars) {
		return bracket
	}
	if strings.HasPrefix(string(chars[bracket:]), name) {
		return bracket
	}
	before := strings.TrimRight(string(chars[:bracket]), " \t\n\r")
	if strings.HasSuffix(before, name) {
		return utf8.RuneCountInString(before) - len(name)
	}
	return bracket
}

func isName(s string) bool {
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// node makes a node at the first character of e.
func (c *checker) node(e ast.Expr, op Op, t facts.Type, args ...*Node) *Node {
	c.nodes++
	if c.nodes == MaxNodes+1 {
		return c.report(0, "cond.too-large", "max", MaxNodes)
	}
	n := &Node{Op: op, Type: t, Args: args, slot: -1}
	n.Line, n.Col = c.src.At(c.start(e))
	return n
}

var boolType = facts.Type{Kind: facts.Bool}

func (c *checker) check(e ast.Expr) *Node {
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e)
	case ast.IdentKind, ast.SelectKind:
		return c.name(e)
	case ast.CallKind:
		return c.call(e)
	case ast.ListKind:
		return c.list(e)
	default: // maps and messages, which facts do not have
		return c.report(c.start(e), "cond.unsupported", "what", "{}")
	}
}

func (c *checker) literal(e ast.Expr) *Node {
	var t facts.Type
	var value any
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		t.Kind, value = facts.Bool, bool(v)
	case types.Int:
		t.Kind, value = facts.Int, int64(v)
	case types.Double:
		t.Kind = facts.Number
		number, ok := c.exact(e, float64(v))
		if !ok {
			return c.report(c.start(e), "cond.unsupported", "what", v.Value())
		}
		value = number
	case types.String:
		t.Kind, value = facts.String, string(v)
	case types.Null:
	default:
		return c.report(c.start(e), "cond.unsupported", "what", v.Type().TypeName())
	}
	n := c.node(e, OpConst, t)
	if n != nil {
		n.Value = value
	}
	return n
}

// exact reads a number from its digits in the text, not from the float that CEL made of them.
func (c *checker) exact(e ast.Expr, float float64) (decimal.Decimal, bool) {
	if r, ok := c.info.GetOffsetRange(e.ID()); ok {
		chars := []rune(c.src.Text)
		from, to := int(r.Start), int(r.Start)
		for to < len(chars) && (strings.ContainsRune("0123456789.eE", chars[to]) ||
			strings.ContainsRune("+-", chars[to]) && (to == from || chars[to-1] == 'e' || chars[to-1] == 'E')) {
			to++
		}
		if n, ok := facts.ParseNumber(string(chars[from:to])); ok && n.InexactFloat64() == float {
			return n, true
		}
	}
	if float-float != 0 { // infinite: more than any number that facts hold
		return decimal.Decimal{}, false
	}
	return facts.NormalNumber(decimal.NewFromFloat(float))
}

func (c *checker) list(e ast.Expr) *Node {
	elements := e.AsList().Elements()
	if len(elements) == 0 {
		return c.report(c.start(e), "cond.empty-list")
	}
	args := c.checkAll(elements)
	if args == nil {
		return nil
	}
	elem := args[0].Type
	for i, a := range args {
		joined, ok := join(elem, a.Type)
		if !ok || a.Type.Kind == facts.Invalid {
			return c.report(c.start(elements[i]), "cond.operands", "op", "[]", "left", typeName(args[0]), "right", typeName(a))
		}
		elem = joined
	}
	return c.node(e, OpList, facts.Type{Kind: facts.List, Elem: &elem, MaxItems: len(args)}, args...)
}

// join is the type that holds the values of both: an int and a number make a number.
func join(a, b facts.Type) (facts.Type, bool) {
	switch {
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

func numeric(t facts.Type) bool { return t.Kind == facts.Int || t.Kind == facts.Number }

// checkAll checks every expression, so that all mistakes are reported, and returns nil if there was one.
func (c *checker) checkAll(es []ast.Expr) []*Node {
	out := make([]*Node, len(es))
	whole := true
	for i, e := range es {
		out[i] = c.check(e)
		whole = whole && out[i] != nil
	}
	if !whole {
		return nil
	}
	return out
}

// typeName names the type of a node in diagnostics.
func typeName(n *Node) lang.Text {
	if n.Type.Kind == facts.Invalid {
		return lang.Text{Zh: "空值（null）", En: "null"}
	}
	return n.Type.Name()
}

func (c *checker) call(e ast.Expr) *Node {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	if call.IsMemberFunction() {
		return c.memberCall(e, call)
	}
	switch name {
	case operators.LogicalAnd:
		return c.logic(e, OpAnd, args)
	case operators.LogicalOr:
		return c.logic(e, OpOr, args)
	case operators.LogicalNot:
		arg := c.operand(args[0], "!", facts.Bool)
		if arg == nil {
			return nil
		}
		return c.node(e, OpNot, boolType, arg)
	case operators.Negate:
		arg := c.operand(args[0], "-", facts.Int, facts.Number)
		if arg == nil {
			return nil
		}
		return c.node(e, OpNeg, plain(arg.Type), arg)
	case operators.Conditional:
		return c.conditional(e, args)
	case operators.Index:
		return c.indexed(e, args)
	case operators.In:
		return c.in(e, args)
	}
	if op, ok := comparisons[name]; ok {
		return c.comparison(e, op, args)
	}
	if op, ok := arithmetic[name]; ok {
		return c.arithmetic(e, op, args)
	}
	switch name {
	case "present":
		return c.present(e, args)
	case "date":
		return c.date(e, args)
	case "size":
		return c.size(e, args)
	}
	return c.function(e, name, args)
}

func plain(t facts.Type) facts.Type { return facts.Type{Kind: t.Kind, Money: t.Money} }

// operand checks an expression that must be of one of some kinds.
func (c *checker) operand(e ast.Expr, op string, kinds ...facts.Kind) *Node {
	n := c.check(e)
	if n == nil || slices.Contains(kinds, n.Type.Kind) {
		return n
	}
	return c.report(c.start(e), "cond.operand", "op", op, "type", typeName(n), "want", kinds[0].Name())
}

func (c *checker) constant(e ast.Expr, kind facts.Kind, value any) *Node {
	n := c.node(e, OpConst, facts.Type{Kind: kind})
	if n != nil {
		n.Value = value
	}
	return n
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}
