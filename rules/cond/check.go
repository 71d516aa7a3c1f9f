package cond

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
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

// name resolves a variable or the longest declared path; what follows are members of rows.
func (c *checker) name(e ast.Expr) *Node {
	parts := []string{}
	exprs := []ast.Expr{} // exprs[i] stands for parts[:i+1]
	at := e
	for at.Kind() == ast.SelectKind {
		s := at.AsSelect()
		parts, exprs = append(parts, s.FieldName()), append(exprs, at)
		at = s.Operand()
	}
	if at.Kind() != ast.IdentKind {
		// a member of something computed: list[0].income
		row := c.check(at)
		slices.Reverse(parts)
		slices.Reverse(exprs)
		return c.members(row, parts, exprs)
	}
	parts, exprs = append(parts, at.AsIdent()), append(exprs, at)
	slices.Reverse(parts)
	slices.Reverse(exprs)
	for i := len(c.scopes) - 1; i >= 0; i-- {
		if c.scopes[i].name == parts[0] {
			n := c.node(exprs[0], OpVar, c.scopes[i].typ)
			if n != nil {
				n.Name, n.slot = parts[0], i
			}
			return c.members(n, parts[1:], exprs[1:])
		}
	}
	for i := len(parts); i > 0; i-- {
		path := strings.Join(parts[:i], ".")
		if slot, ok := c.env.space.Slot(path); ok {
			n := c.node(exprs[i-1], OpFact, c.env.space.At(slot).Type)
			if n != nil {
				n.Fact, n.slot = path, slot
			}
			return c.members(n, parts[i:], exprs[i:])
		}
	}
	return c.unknownName(c.start(at), strings.Join(parts, "."))
}

func (c *checker) unknownName(index int, path string) *Node {
	if c.env.space.HasGroup(path) {
		c.report(index, "cond.group", "name", path)
		if _, ok := c.env.space.Slot(path + ".present"); ok {
			c.hint(index, "cond.did-you-mean", "nearest", path+".present")
		}
		return nil
	}
	c.report(index, "cond.unknown-name", "name", path)
	if member, ok := strings.CutPrefix(path, "."); ok {
		c.hint(index, "cond.did-you-mean", "nearest", "list.map(x, x."+member+")")
	} else if write, ok := habits[path]; ok {
		c.hint(index, "cond.did-you-mean", "nearest", write)
	} else if near, ok := c.env.space.Nearest(path); ok {
		c.hint(index, "cond.did-you-mean", "nearest", near)
	}
	return nil
}

// memberAt is where the name of a selection stands: CEL places it at the dot before it.
func (c *checker) memberAt(e ast.Expr) int {
	chars, i := []rune(c.src.Text), c.index(e)
	for i < len(chars) && (chars[i] == '.' || chars[i] == ' ' || chars[i] == '\n') {
		i++
	}
	return i
}

// members follows parts from a row.
func (c *checker) members(n *Node, parts []string, exprs []ast.Expr) *Node {
	for i, part := range parts {
		if n == nil {
			return nil
		}
		at := c.memberAt(exprs[i])
		if n.Type.Kind != facts.Row {
			return c.report(at, "cond.no-member", "name", part, "type", typeName(n))
		}
		slot, ok := n.Type.Row.Slot(part)
		if !ok {
			c.report(at, "cond.unknown-name", "name", part)
			if near, ok := n.Type.Row.Nearest(part); ok {
				c.hint(at, "cond.did-you-mean", "nearest", near)
			}
			return nil
		}
		row := n
		if n = c.node(exprs[i], OpField, row.Type.Row.At(slot).Type, row); n != nil {
			n.Name, n.slot = part, slot
		}
	}
	return n
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

func (c *checker) arity(e ast.Expr, name string, args []ast.Expr, want int) bool {
	if len(args) != want {
		c.report(c.start(e), "cond.arity", "name", name, "want", want, "got", len(args))
		return false
	}
	return true
}

// operand checks an expression that must be of one of some kinds.
func (c *checker) operand(e ast.Expr, op string, kinds ...facts.Kind) *Node {
	n := c.check(e)
	if n == nil || slices.Contains(kinds, n.Type.Kind) {
		return n
	}
	return c.report(c.start(e), "cond.operand", "op", op, "type", typeName(n), "want", kinds[0].Name())
}

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

// presence asks whether a fact, a member or a variable is there.
func (c *checker) presence(e ast.Expr, n *Node, at ast.Expr) *Node {
	switch n.Op {
	case OpFact, OpField, OpVar:
		return c.node(e, OpPresent, boolType, n)
	default:
		return c.report(c.start(at), "cond.present")
	}
}

func (c *checker) present(e ast.Expr, args []ast.Expr) *Node {
	if !c.arity(e, "present", args, 1) {
		return nil
	}
	// present(agent) of a whole group is the fact agent.present
	if path, ok := pathOf(args[0]); ok && c.env.space.HasGroup(path) {
		if slot, ok := c.env.space.Slot(path + ".present"); ok {
			n := c.node(e, OpFact, c.env.space.At(slot).Type)
			if n != nil {
				n.Fact, n.slot = path+".present", slot
			}
			return n
		}
	}
	n := c.check(args[0])
	if n == nil {
		return nil
	}
	return c.presence(e, n, args[0])
}

func pathOf(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		path, ok := pathOf(e.AsSelect().Operand())
		return path + "." + e.AsSelect().FieldName(), ok
	default:
		return "", false
	}
}

// date is a constant: its day is checked here, once, and not in every evaluation.
func (c *checker) date(e ast.Expr, args []ast.Expr) *Node {
	if !c.arity(e, "date", args, 1) {
		return nil
	}
	text, ok := literalText(args[0])
	if !ok {
		return c.report(c.start(args[0]), "cond.date-literal", "value", c.src.Token(c.start(args[0])))
	}
	day, err := facts.ParseDate(text)
	if err != nil {
		return c.report(c.start(args[0]), "cond.date-literal", "value", text)
	}
	return c.constant(e, facts.Date, day)
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

func (c *checker) size(e ast.Expr, args []ast.Expr) *Node {
	if !c.arity(e, "size", args, 1) {
		return nil
	}
	arg := c.operand(args[0], "size", facts.List, facts.String)
	if arg == nil {
		return nil
	}
	return c.node(e, OpSize, facts.Type{Kind: facts.Int}, arg)
}

var textTests = map[string]Op{
	"startsWith": OpStartsWith, "endsWith": OpEndsWith, "contains": OpContains, "matches": OpMatches,
}

var overLists = map[string]Op{
	operators.All: OpAll, operators.Exists: OpExists, operators.ExistsOne: OpExistsOne, operators.Filter: OpFilter, operators.Map: OpMap,
}

func (c *checker) memberCall(e ast.Expr, call ast.CallExpr) *Node {
	name, args := call.FunctionName(), call.Args()
	if op, ok := overLists[name]; ok {
		return c.overList(e, op, call.Target(), args)
	}
	if op, ok := textTests[name]; ok {
		if !c.arity(e, name, args, 1) {
			return nil
		}
		text, part := c.operand(call.Target(), name, facts.String), c.operand(args[0], name, facts.String)
		if text == nil || part == nil {
			return nil
		}
		n := c.node(e, op, boolType, text, part)
		if op == OpMatches && n != nil {
			return c.pattern(n, part, args[0])
		}
		return n
	}
	if name == "size" {
		return c.size(e, append([]ast.Expr{call.Target()}, args...))
	}
	// a function is written f(x, y) and never x.f(y): there is one way
	at := c.nameBefore(c.index(e), name)
	c.report(at, "cond.unknown-function", "name", "."+name)
	if write, ok := habits["."+name]; ok {
		c.hint(at, "cond.did-you-mean", "nearest", write)
	} else if len(c.env.lookup(name)) > 0 {
		c.hint(at, "cond.did-you-mean", "nearest", name+"(…)")
	}
	return nil
}

// pattern compiles the pattern of a matches. It must be written out: RE2 is linear, but a pattern from an answer is not a rule.
func (c *checker) pattern(n, part *Node, at ast.Expr) *Node {
	text, ok := part.Value.(string)
	if part.Op != OpConst || !ok {
		return c.report(c.start(at), "cond.bad-pattern", "pattern", c.src.Token(c.start(at)))
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return c.report(c.start(at), "cond.bad-pattern", "pattern", text)
	}
	n.pattern = compiled
	return n
}

func (c *checker) overList(e ast.Expr, op Op, target ast.Expr, args []ast.Expr) *Node {
	list := c.operand(target, string(op), facts.List)
	if !c.arity(e, string(op), args, 2) || list == nil {
		return nil
	}
	if args[0].Kind() != ast.IdentKind || !isName(args[0].AsIdent()) {
		return c.report(c.start(args[0]), "cond.variable", "name", op)
	}
	name := args[0].AsIdent()
	if c.env.space.HasGroup(name) || c.declared(name) {
		// it would hide facts from whoever reads the rule
		return c.report(c.start(args[0]), "cond.variable", "name", name)
	}
	depth := len(c.scopes)
	c.scopes = append(c.scopes, scope{name, *list.Type.Elem})
	c.vars = max(c.vars, len(c.scopes))
	var body *Node
	if op == OpMap {
		body = c.check(args[1])
	} else {
		body = c.operand(args[1], string(op), facts.Bool)
	}
	c.scopes = c.scopes[:depth]
	if body == nil {
		return nil
	}
	t := boolType
	switch op {
	case OpFilter:
		t = list.Type
	case OpMap:
		if body.Type.Kind == facts.Invalid {
			return c.report(c.start(args[1]), "cond.operand", "op", op, "type", typeName(body), "want", facts.String.Name())
		}
		elem := body.Type
		t = facts.Type{Kind: facts.List, Elem: &elem, MaxItems: list.Type.Longest()}
	}
	n := c.node(e, op, t, list, body)
	if n != nil {
		n.Name, n.slot = name, depth
	}
	return n
}

func (c *checker) declared(name string) bool {
	_, fact := c.env.space.Slot(name)
	return fact || slices.ContainsFunc(c.scopes, func(s scope) bool { return s.name == name })
}

// lookup finds the overloads of a function.
func (e *Env) lookup(name string) []funcs.Func {
	if e.lib == nil {
		return nil
	}
	return e.lib.Lookup(name)
}

func (c *checker) function(e ast.Expr, name string, exprs []ast.Expr) *Node {
	overloads := c.env.lookup(name)
	if len(overloads) == 0 {
		c.report(c.start(e), "cond.unknown-function", "name", name)
		if near, ok := c.nearestFunction(name); ok {
			c.hint(c.start(e), "cond.did-you-mean", "nearest", near)
		}
		return nil
	}
	args := c.checkAll(exprs)
	if args == nil {
		return nil
	}
	given := typesOf(args)
	for i := range overloads {
		fn := &overloads[i]
		if !fn.Takes(given) {
			continue
		}
		for j, a := range args {
			if a.Op != OpConst {
				continue
			}
			if choices, wrong := fn.Params[j].Choices(a.Value); wrong {
				return c.report(c.start(exprs[j]), "cond.argument", "name", name, "value", string(a.Type.Encode(a.Value)), "choices", choices)
			}
		}
		n := c.node(e, OpCall, fn.ResultOf(given), args...)
		if n != nil {
			n.Name, n.fn, n.scratch = name, fn, c.args
			c.args += len(args)
		}
		return n
	}
	return c.report(c.start(e), "cond.call", "name", name, "got", signature(args), "want", funcs.Signatures(overloads))
}

func typesOf(args []*Node) []facts.Type {
	out := make([]facts.Type, len(args))
	for i, a := range args {
		out[i] = a.Type
	}
	return out
}

func signature(args []*Node) lang.Text {
	zh, en := make([]string, len(args)), make([]string, len(args))
	for i, a := range args {
		zh[i], en[i] = typeName(a).Zh, typeName(a).En
	}
	return lang.Text{Zh: "(" + strings.Join(zh, ", ") + ")", En: "(" + strings.Join(en, ", ") + ")"}
}

// builtIn are the functions that conditions have besides the library.
var builtIn = []string{"present", "date", "size"}

// nearestFunction finds what a misspelt name most likely meant.
func (c *checker) nearestFunction(name string) (string, bool) {
	if write, ok := habits[name]; ok {
		return write, true
	}
	names := slices.Clone(builtIn)
	if c.env.lib != nil {
		for _, f := range c.env.lib.All() {
			names = append(names, f.Name)
		}
	}
	return facts.NearestName(name, slices.Values(names))
}

// costOf bounds the work of one evaluation: lists count with their greatest length.
func costOf(n *Node) uint64 {
	if n == nil {
		return 0
	}
	if n.looping() {
		return plus(plus(1, costOf(n.Args[0])), times(uint64(n.Args[0].Type.Longest()), costOf(n.Args[1])))
	}
	cost := ownCost(n)
	if n.Op == OpCall {
		cost = n.fn.CostOf(typesOf(n.Args), n.Type)
	}
	for _, a := range n.Args {
		cost = plus(cost, costOf(a))
	}
	return cost
}

// stepOf is the work of one evaluation without what the elements of loops and of calls add, which is counted as they are.
func stepOf(n *Node) uint64 {
	if n.looping() {
		return plus(1, stepOf(n.Args[0]))
	}
	step := ownCost(n)
	for _, a := range n.Args {
		step = plus(step, stepOf(a))
	}
	return step
}

// ownCost is what an operation costs by itself. The few that go through a list count with its greatest length.
func ownCost(n *Node) uint64 {
	switch n.Op {
	case OpCall:
		if n.fn.Lists() {
			return 1
		}
		return max(1, n.fn.Cost)
	case OpMatches:
		return 20
	case OpIn:
		return uint64(n.Args[1].Type.Longest())
	case OpEq, OpNe:
		if n.Args[0].Type.Kind == facts.List {
			return uint64(n.Args[0].Type.Longest())
		}
	}
	return 1
}

// heaviest names the lists, each inside the one before, that the cost is mostly of.
func heaviest(n *Node) []string {
	var worst *Node
	for _, a := range n.Args {
		if worst == nil || costOf(a) > costOf(worst) {
			worst = a
		}
	}
	var out []string
	if n.looping() {
		list := n.Args[0]
		name := list.Fact
		if name == "" {
			name = list.Name
		}
		if name == "" {
			name = string(list.Op)
		}
		out = append(out, fmt.Sprintf("%s (%d)", name, list.Type.Longest()))
		worst = n.Args[1]
	}
	if worst != nil {
		out = append(out, heaviest(worst)...)
	}
	return out
}

// plus and times stop far above facts.MaxCost instead of overflowing.
func plus(a, b uint64) uint64  { return min(a+b, 1<<40) }
func times(a, b uint64) uint64 { return min(min(a, 1<<20)*min(b, 1<<40), 1<<40) }

// readsOf lists the slots of the facts under n in the order in which they first appear.
func readsOf(n *Node) []int {
	var out []int
	walk(n, func(n *Node) {
		if n.Op == OpFact && !slices.Contains(out, n.slot) {
			out = append(out, n.slot)
		}
	})
	return out
}

func walk(n *Node, visit func(*Node)) {
	visit(n)
	for _, a := range n.Args {
		walk(a, visit)
	}
}
