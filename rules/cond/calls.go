package cond

import (
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

func (c *checker) arity(e ast.Expr, name string, args []ast.Expr, want int) bool {
	if len(args) != want {
		c.report(c.start(e), "cond.arity", "name", name, "want", want, "got", len(args))
		return false
	}
	return true
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
