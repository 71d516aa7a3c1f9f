package funcs

import (
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// shareFuncs go through a list in its order and give a list as long: running totals, how a limit is used up, places without ties.
func shareFuncs() []Func {
	var all []Func
	for _, k := range []struct {
		elem         facts.Type
		values, sums string
	}{
		{integer, "[100, 50, 30]", "[100, 150, 180]"},
		{number, "[1.5, 0.5]", "[1.5, 2.0]"},
	} {
		all = append(all, inOrder(Func{
			Name:     "cumulative",
			Params:   []Param{param("values", listOf(k.elem))},
			Doc:      both("各项与其前各项之和，依次排列，与列表等长。", "For every value of a list the sum of it and those before, in order: a list of the same length."),
			Phrase:   both("{0}的逐项累计", "the running totals of {0}"),
			Examples: []Example{example("cumulative("+k.values+")", k.sums)},
		}, func(args []any, c *calculation) []any {
			sum, out := any(int64(0)), []any{}
			for _, v := range args[0].([]any) {
				sum = c.add(sum, v)
				out = append(out, sum)
			}
			return out
		}))
	}
	for _, k := range []struct {
		elem               facts.Type
		values, limit, got string
	}{
		{integer, "[100, 50, 30]", "120", "[100, 20, 0]"},
		{number, "[1.5, 0.5]", "1.75", "[1.5, 0.25]"},
	} {
		f := inOrder(Func{
			Name:   "allocate",
			Params: []Param{param("amounts", listOf(k.elem)), param("limit", k.elem)},
			Doc: both("总限额 limit 按列表的次序依次用于各项，各项得到多少：在前的先用，余额用于其后，用完为 0。次序不同的，先用 sortBy 排列。各项、limit 为负是错误。",
				"What each amount of a list gets of a limit that is used up in the list's order: the first as much as it is, the next of what is left, and 0 when nothing is. For another order sort first. Negative amounts and limits are errors."),
			Phrase:   both("以{1}为限额依次用于{0}时各项所得", "the shares of {0} in a limit of {1}, used up in their order"),
			Examples: []Example{example("allocate("+k.values+", "+k.limit+")", k.got)},
		}, func(args []any, c *calculation) []any {
			left, out := args[1], []any{}
			for _, v := range args[0].([]any) {
				if order, _ := facts.Compare(v, left); order > 0 {
					v = left
				}
				left = c.sub(left, v)
				out = append(out, v)
			}
			return out
		})
		of := f.Call
		f.Call = func(args []any) (any, error) {
			for _, v := range append(slices.Clone(args[0].([]any)), args[1]) {
				if order, _ := facts.Compare(v, int64(0)); order < 0 {
					return nil, failed(CodeNegative, "value", facts.Settle(v))
				}
			}
			return of(args)
		}
		all = append(all, f)
	}
	for _, name := range []string{"rank_highest_unique", "rank_lowest_unique"} {
		for _, k := range []struct {
			elem facts.Type
			list string
		}{
			{integer, "[20, 30, 20]"},
			{number, "[2.5, 3.5, 2.5]"},
			{date, `[date("2026-02-01"), date("2026-03-01"), date("2026-02-01")]`},
		} {
			want := "3"
			if name == "rank_lowest_unique" {
				want = "2"
			}
			all = append(all, rankUnique(name, k.elem, name+"(3, "+k.list+")", want))
		}
	}
	return grouped(Lists, all)
}

// inOrder completes a function from a list to one as long.
func inOrder(f Func, of func(args []any, c *calculation) []any) Func {
	elem := *f.Params[0].Type.Elem
	f.Result, f.Cost, f.ItemCost, f.KeepsMoney, f.Quotients = listOf(elem), cheap, cheap, true, true
	f.Call = func(args []any) (any, error) {
		var c calculation
		out := of(args, &c)
		if c.err != nil {
			return nil, c.err
		}
		if elem.Kind == facts.Number {
			for i := range out {
				out[i] = widened(out[i])
			}
		}
		return out, nil
	}
	return f
}

// rankUnique is the place of an entry where equal ones are told apart by their order.
func rankUnique(name string, elem facts.Type, expr, want string) Func {
	doc, phrase := both("列表第 n 项（自 1 起）自高（晚）到低的名次；并列的，在列表中靠前的名次在前，故名次各不相同（1、2、3、4）。没有第 n 项是错误。", "The place of a list's n-th entry, counted from 1, from the highest, or latest, down; of equal ones that which stands first in the list comes first, so that no two share a place (1, 2, 3, 4). Without an n-th it is an error."), both("{1}中序号为{0}的一项自高到低的名次（并列的依原有次序）", "the place from the highest down, equal ones in their order, of the entry of {1} numbered {0}")
	if name == "rank_lowest_unique" {
		doc, phrase = both("列表第 n 项（自 1 起）自低（早）到高的名次；并列的，在列表中靠前的名次在前，故名次各不相同（1、2、3、4）。没有第 n 项是错误。", "The place of a list's n-th entry, counted from 1, from the lowest, or earliest, up; of equal ones that which stands first in the list comes first, so that no two share a place (1, 2, 3, 4). Without an n-th it is an error."), both("{1}中序号为{0}的一项自低到高的名次（并列的依原有次序）", "the place from the lowest up, equal ones in their order, of the entry of {1} numbered {0}")
	}
	return Func{
		Name:      name,
		Params:    []Param{param("n", integer), param("values", listOf(elem))},
		Result:    integer,
		Doc:       doc,
		Phrase:    phrase,
		Examples:  []Example{example(expr, want)},
		Cost:      cheap,
		ItemCost:  cheap,
		Quotients: true,
		Call: func(args []any) (any, error) {
			list, n := args[1].([]any), amount(args[0])
			if n < 1 || n > len(list) {
				return nil, failed(CodePlace, "n", n, "count", len(list))
			}
			place := int64(1)
			for i, v := range list {
				order, _ := facts.Compare(v, list[n-1])
				if order > 0 && name == "rank_highest_unique" || order < 0 && name == "rank_lowest_unique" || order == 0 && i < n-1 {
					place++
				}
			}
			return place, nil
		},
	}
}
