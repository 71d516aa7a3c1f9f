package formula

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
)

// A list that a function generates may be as long as its documented limit, unless the way it is written says that it is shorter:
// the days from a day to six days later are seven. What a loop may cost depends on it.

// shorten lowers the greatest length of a generated list.
func (c *checker) shorten(typ *facts.Type, fn *funcs.Func, args []ast.Node, parts []*term) {
	if typ.Kind != facts.List || len(args) < 2 {
		return
	}
	days, known := span(args[0], args[1])
	per := int64(1) // days to an element
	switch fn.Name {
	case "every_days", "every_months":
		if parts[2].constant {
			per = max(1, parts[2].value.(int64))
		}
		if fn.Name == "every_months" {
			per *= 28
		}
	case "days_in", "weekdays_in":
	case "weeks_in":
		per = 7
	case "months_in":
		per = 28
	case "years_in":
		per = 365
	default:
		return
	}
	switch {
	case known && per == 1:
		typ.MaxItems = int(min(int64(typ.MaxItems), days+1))
	case known: // a part at either end
		typ.MaxItems = int(min(int64(typ.MaxItems), days/per+2))
	}
}

// span is the greatest number of days from one day to another, where the second is written as so much later than the first.
func span(from, to ast.Node) (days int64, ok bool) {
	call, ok := to.(*ast.CallNode)
	if !ok || len(call.Arguments) == 0 || call.Arguments[0].String() != from.String() {
		return 0, false
	}
	per := map[string]int64{"add_days": 1, "add_months": 31, "add_years": 366, "last_of_month": 31, "last_of_year": 366}[call.Callee.String()]
	n, bounded := int64(1), true
	if len(call.Arguments) > 1 {
		n, bounded = most(call.Arguments[1])
	}
	return per * max(n, 0), per > 0 && bounded && n <= funcs.MaxDays
}

// most is a bound of a whole number: one that is written out, or that min_of, min or clamp keep below one.
func most(n ast.Node) (int64, bool) {
	name, args := "", []ast.Node(nil)
	switch n := n.(type) {
	case *ast.IntegerNode:
		return int64(n.Value), true
	case *ast.UnaryNode:
		return 0, n.Operator == "-" && isWritten(n.Node)
	case *ast.CallNode:
		name, args = n.Callee.String(), n.Arguments
	case *ast.BuiltinNode:
		name, args = n.Name, n.Arguments
	}
	switch name {
	case "clamp":
		return most(args[len(args)-1])
	case "min", "min_of":
		least, ok := int64(math.MaxInt64), false
		for _, a := range args {
			if bound, is := most(a); is {
				least, ok = min(least, bound), true
			}
		}
		return least, ok
	}
	return 0, false
}

func isWritten(n ast.Node) bool { _, ok := n.(*ast.IntegerNode); return ok }
