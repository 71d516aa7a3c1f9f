package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/table"
)

// narrowed tells a table what the "when" of its entry says of the inputs, for it is asked only where that holds: of each part of the
// conjunction that compares an input with constants or parameters, the test that a cell would be. Where another part is about an
// input as well, the table is told that more is known than it can be told.
func narrowed(when *cond.Condition, def *table.Definition) {
	if when == nil {
		return
	}
	parts := []*cond.Node{when.Node()}
	if parts[0].Op == cond.OpAnd {
		parts = parts[0].Args
	}
	for _, n := range parts {
		fact, test := unary(n)
		for i := range def.Inputs {
			in := &def.Inputs[i]
			if strings.TrimSpace(in.Expr.Text) == fact {
				in.Given = append(in.Given, table.Source{Text: test, Path: when.Source().Path})
			} else if speaksOf(in.Expr.Text, n) {
				def.Unread = true
			}
		}
	}
}

// speaksOf reports whether a formula names a fact of a condition.
func speaksOf(text string, n *cond.Node) bool {
	words := strings.FieldsFunc(text, func(c rune) bool { return c != '_' && c != '.' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	return n.Op == cond.OpFact && slices.Contains(words, n.Fact) ||
		slices.ContainsFunc(n.Args, func(a *cond.Node) bool { return speaksOf(text, a) })
}

// mirrored is what a comparison becomes when its sides change places.
var mirrored = map[cond.Op]cond.Op{
	cond.OpEq: cond.OpEq, cond.OpNe: cond.OpNe, cond.OpLt: cond.OpGt, cond.OpLe: cond.OpGe, cond.OpGt: cond.OpLt, cond.OpGe: cond.OpLe,
}

// unary writes a condition about one fact as the cell that tests it; without one the fact is "".
func unary(n *cond.Node) (fact, test string) {
	switch n.Op {
	case cond.OpFact:
		return n.Fact, "true"
	case cond.OpNot:
		if of := n.Args[0]; of.Op == cond.OpFact {
			return of.Fact, "false"
		}
	case cond.OpPresent:
		if of := n.Args[0]; of.Op == cond.OpFact {
			return of.Fact, "not(null)"
		}
	case cond.OpIn:
		if of, list := n.Args[0], n.Args[1]; of.Op == cond.OpFact && list.Op == cond.OpList {
			var tests []string
			for _, a := range list.Args {
				tests = append(tests, bound(a))
			}
			if len(tests) > 0 && !slices.Contains(tests, "") {
				return of.Fact, strings.Join(tests, ",")
			}
		}
	case cond.OpOr:
		var tests []string
		for _, a := range n.Args {
			of, one := unary(a)
			if of == "" || fact != "" && of != fact || strings.HasPrefix(one, "not(") {
				return "", ""
			}
			fact, tests = of, append(tests, one)
		}
		return fact, strings.Join(tests, ",")
	}
	op, compares := mirrored[n.Op]
	if !compares {
		return "", ""
	}
	of, other := n.Args[0], n.Args[1]
	if bound(of) != "" {
		of, other = other, of
	} else {
		op = n.Op
	}
	if bound := bound(other); of.Op == cond.OpFact && bound != "" {
		return of.Fact, string(op) + " " + bound
	}
	return "", ""
}

// bound writes a constant or the name of a parameter as a cell does; "" is anything else.
func bound(n *cond.Node) string {
	switch {
	case n.Op == cond.OpFact && strings.HasPrefix(n.Fact, "param."):
		return n.Fact
	case n.Op != cond.OpConst:
		return ""
	}
	switch v := n.Value.(type) {
	case string:
		return strconv.Quote(v)
	case time.Time:
		return v.Format(facts.DateLayout)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case decimal.Decimal:
		return v.String()
	}
	return ""
}
