package formula

import (
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
		"present":   {1, 1, (*checker).present},
		"date":      {1, 1, (*checker).date},
		"len":       {1, 1, (*checker).length},
		"string":    {1, 1, (*checker).toText},
		"join":      {1, 2, (*checker).joined},
		"min":       {1, 0, (*checker).extreme},
		"max":       {1, 0, (*checker).extreme},
		"sum":       {1, 2, (*checker).sum},
		"count":     {1, 2, (*checker).over},
		"all":       {2, 2, (*checker).over},
		"any":       {2, 2, (*checker).over},
		"none":      {2, 2, (*checker).over},
		"one":       {2, 2, (*checker).over},
		"filter":    {2, 2, (*checker).over},
		"find":      {2, 2, (*checker).over},
		"findIndex": {2, 2, (*checker).over},
		"map":       {2, 2, (*checker).over},
		"reduce":    {3, 3, (*checker).reduced},
		"sort":      {1, 2, (*checker).sorted},
		"sortBy":    {2, 3, (*checker).sorted},
		"first":     {1, 1, (*checker).end},
		"last":      {1, 1, (*checker).end},
		"reverse":   {1, 1, (*checker).rearranged},
		"uniq":      {1, 1, (*checker).rearranged},
		"concat":    {1, 0, (*checker).concat},
		"take":      {2, 2, (*checker).taken},
		"drop":      {2, 2, (*checker).taken},
		"flatten":   {1, 1, (*checker).flatten},
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
		return c.library(n, fn, args, parts, given)
	}
	c.report(start(n), "formula.call", "name", name, "got", signature(parts), "want", funcs.Signatures(overloads))
	if len(parts) > 2 && (name == "min_of" || name == "max_of") {
		c.hint(start(n), "formula.did-you-mean", "nearest", name[:3]+"(a, b, c)")
	}
	return nil
}

// library calls a function of the library, with its arguments in the form it takes.
func (c *checker) library(n ast.Node, fn *funcs.Func, args []ast.Node, parts []*term, given []facts.Type) *term {
	typ := fn.ResultOf(given)
	c.shorten(&typ, fn, args, parts)
	lists := fn.Lists()
	t := c.counted(n, fn.Name, typ, parts, func(f *frame, v []any) (any, error) {
		for i := range v {
			v[i] = fn.Convert(i, v[i])
		}
		out, err := fn.In(f.vals, v)
		if lists && !f.steps.Take(fn.Work(v, out)) {
			return nil, facts.StepsError{}
		}
		if s, ok := out.(string); ok && err == nil {
			return text(s)
		}
		return out, err
	})
	t.whole = wholeCall(fn, parts)
	t.cost = plus(t.cost, fn.CostOf(given, typ))
	if !lists {
		t.step = plus(t.step, fn.Cost)
	}
	return t
}

// wholeCall reports whether a function that gives numbers gives whole ones: what is rounded to no decimals is whole, and what
// chooses among its arguments or adds them up is if they are.
func wholeCall(fn *funcs.Func, parts []*term) bool {
	switch fn.Name {
	case "round":
		digits, ok := parts[min(1, len(parts)-1)].value.(int64)
		return len(parts) == 1 || ok && digits <= 0 || parts[0].isWhole()
	case "round_to":
		return parts[1].constant && parts[1].isWhole()
	case "stepped":
		return parts[2].wholeList()
	}
	return fn.KeepsMoney && allWhole(parts...) && !slices.ContainsFunc(parts, func(p *term) bool { return !p.wholeList() })
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
	return c.through(n, name, chars, parts, 1, func(v []any) (any, error) {
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
}
