package funcs

import (
	"slices"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// listFuncs add up and rank the values of lists: what one member of a household gets may depend on the others.
func listFuncs() []Func {
	var all []Func
	add := func(fs ...Func) { all = append(all, fs...) }
	add(
		sumOf("sum", integer, nil, both("列表各值之和；空列表为 0。公式里也可写 sum(列表, 表达式)。", "The sum of a list, 0 of an empty one. In formulas also sum(list, expression)."), both("{0}之和", "the sum of {0}"), "sum([1, 2, 3])", "6", total),
		sumOf("sum", number, nil, both("列表各值之和；空列表为 0。公式里也可写 sum(列表, 表达式)。", "The sum of a list, 0 of an empty one. In formulas also sum(list, expression)."), both("{0}之和", "the sum of {0}"), "sum([0.1, 0.2])", "0.3", total),
		Func{
			Name: "mean", Params: []Param{param("values", numbers)}, Result: number,
			Doc:    both("列表各值的平均数，不取整；空列表是错误。", "The mean of a list, not rounded; of an empty one it is an error."),
			Phrase: both("{0}的平均数", "the mean of {0}"), Examples: []Example{example("mean([1, 2])", "1.5")},
			Cost: parsed, ItemCost: cheap, Quotients: true,
			Call: func(args []any) (any, error) {
				list := args[0].([]any)
				if len(list) == 0 {
					return nil, failed(CodeEmpty, "name", "mean")
				}
				sum, err := total(list)
				if err != nil {
					return nil, err
				}
				out, err := facts.Div(sum, int64(len(list)))
				return widened(out), err
			},
		},
		Func{
			Name: "median", Params: []Param{param("values", numbers)}, Result: number,
			Doc:    both("中位数：排序后居中的值，个数为偶数时取中间两个的平均数，不取整；空列表是错误。", "The median: the middle value in order, the mean of the two in the middle if their number is even, not rounded; of an empty list it is an error."),
			Phrase: both("{0}的中位数", "the median of {0}"), Examples: []Example{example("median([3, 1, 2])", "2.0"), example("median([1, 2, 4, 10])", "3.0")},
			Cost: parsed, ItemCost: sorted, Quotients: true,
			Call: func(args []any) (any, error) {
				list := args[0].([]any)
				if len(list) == 0 {
					return nil, failed(CodeEmpty, "name", "median")
				}
				list = ascending(list)
				if n := len(list); n%2 == 1 {
					return list[n/2], nil
				}
				var c calculation
				out := c.div(c.add(list[len(list)/2-1], list[len(list)/2]), int64(2))
				return widened(out), c.err
			},
		},
	)
	kinds := []struct {
		elem                             facts.Type
		list, least, greatest, middle, x string // of an example: a list, its least, greatest and middle value, and one of them
	}{
		{integer, "[30, 10, 20]", "10", "30", "20", "20"},
		{number, "[2.5, 0.5, 1.5]", "0.5", "2.5", "1.5", "1.5"},
		{date, `[date("2026-03-01"), date("2026-01-01"), date("2026-02-01")]`, `date("2026-01-01")`, `date("2026-03-01")`, `date("2026-02-01")`, `date("2026-02-01")`},
	}
	for _, name := range []string{"min", "max"} {
		for _, k := range kinds {
			add(endOf(name, k.elem, name+"("+k.list+")", map[string]string{"min": k.least, "max": k.greatest}[name]))
		}
	}
	for _, name := range []string{"nth_largest", "nth_smallest"} {
		for _, k := range kinds {
			add(nth(name, k.elem, name+"("+k.list+", 2)", k.middle))
		}
	}
	for _, name := range []string{"rank_highest", "rank_lowest"} {
		for _, k := range kinds {
			add(rank(name, k.elem, name+"("+k.x+", "+k.list+")", "2"))
		}
	}
	for _, k := range append(kinds, struct {
		elem                             facts.Type
		list, least, greatest, middle, x string
	}{elem: text, list: `["c", "b", "a"]`, x: `"b"`}) {
		want := map[facts.Kind]string{facts.String: "2"}[k.elem.Kind]
		if want == "" {
			want = "3"
		}
		add(position(k.elem, "position("+k.x+", "+k.list+")", want))
	}
	add(
		sumOf("sum_largest", integer, []Param{param("n", integer)}, both("最大的 n 个值之和；不足 n 个的全部相加。", "The sum of the n greatest values, of all if there are fewer."), both("{0}中最大的{1 个}值之和", "the sum of the largest of {0} ({1} of them)"), "sum_largest([10, 30, 20], 2)", "50", total),
		sumOf("sum_largest", number, []Param{param("n", integer)}, both("最大的 n 个值之和；不足 n 个的全部相加。", "The sum of the n greatest values, of all if there are fewer."), both("{0}中最大的{1 个}值之和", "the sum of the largest of {0} ({1} of them)"), "sum_largest([1.5, 0.5], 1)", "1.5", total),
		sumOf("sum_smallest", integer, []Param{param("n", integer)}, both("最小的 n 个值之和；不足 n 个的全部相加。", "The sum of the n least values, of all if there are fewer."), both("{0}中最小的{1 个}值之和", "the sum of the smallest of {0} ({1} of them)"), "sum_smallest([10, 30, 20], 2)", "30", total),
		sumOf("sum_smallest", number, []Param{param("n", integer)}, both("最小的 n 个值之和；不足 n 个的全部相加。", "The sum of the n least values, of all if there are fewer."), both("{0}中最小的{1 个}值之和", "the sum of the smallest of {0} ({1} of them)"), "sum_smallest([1.5, 0.5], 1)", "0.5", total),
	)
	return grouped(Lists, all)
}

func total(list []any) (any, error) {
	var c calculation
	sum := any(int64(0))
	for _, v := range list {
		sum = c.add(sum, v)
	}
	return sum, c.err
}

func ascending(list []any) []any {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b any) int { order, _ := facts.Compare(a, b); return order })
	return out
}

// sumOf is a function that adds up a list, or the n greatest or least of it.
func sumOf(name string, elem facts.Type, more []Param, doc, phrase lang.Text, expr, want string, of func([]any) (any, error)) Func {
	f := Func{
		Name:       name,
		Params:     append([]Param{param("values", listOf(elem))}, more...),
		Result:     elem,
		Doc:        doc,
		Phrase:     phrase,
		Examples:   []Example{example(expr, want)},
		Cost:       cheap,
		ItemCost:   cheap,
		KeepsMoney: true,
		Quotients:  true,
	}
	if len(more) > 0 {
		f.ItemCost = sorted
	}
	f.Call = func(args []any) (any, error) {
		list := args[0].([]any)
		if len(more) > 0 {
			n := amount(args[1])
			if n < 0 {
				return nil, failed(CodeNegative, "value", n)
			}
			list = ascending(list)
			if n = min(n, len(list)); name == "sum_largest" {
				list = list[len(list)-n:]
			} else {
				list = list[:n]
			}
		}
		out, err := of(list)
		if elem.Kind == facts.Number {
			out = widened(out)
		}
		return out, err
	}
	return f
}

// endOf is the least or greatest value of a list.
func endOf(name string, elem facts.Type, expr, want string) Func {
	doc, phrase := both("列表中最小（最早）的值；空列表是错误。公式里也可写多个值。", "The least, or earliest, value of a list; of an empty one it is an error. In formulas also of several values."), wordsFor(elem, both("{0}中的最小值", "the smallest of {0}"), both("{0}中的最早日期", "the earliest of {0}"))
	if name == "max" {
		doc, phrase = both("列表中最大（最晚）的值；空列表是错误。公式里也可写多个值。", "The greatest, or latest, value of a list; of an empty one it is an error. In formulas also of several values."), wordsFor(elem, both("{0}中的最大值", "the largest of {0}"), both("{0}中的最晚日期", "the latest of {0}"))
	}
	return Func{
		Name:       name,
		Params:     []Param{param("values", listOf(elem))},
		Result:     elem,
		Doc:        doc,
		Phrase:     phrase,
		Examples:   []Example{example(expr, want)},
		Cost:       cheap,
		ItemCost:   cheap,
		KeepsMoney: true,
		Quotients:  true,
		Call: func(args []any) (any, error) {
			list := args[0].([]any)
			if len(list) == 0 {
				return nil, failed(CodeEmpty, "name", name)
			}
			best := list[0]
			for _, v := range list[1:] {
				if order, _ := facts.Compare(v, best); order < 0 && name == "min" || order > 0 && name == "max" {
					best = v
				}
			}
			return best, nil
		},
	}
}

// wordsFor are the words of a function for its type: a number is large, a date late.
func wordsFor(t facts.Type, numbers, dates lang.Text) lang.Text {
	if t.Kind == facts.Date {
		return dates
	}
	return numbers
}

// nth is the value at a place in the order of a list.
func nth(name string, elem facts.Type, expr, want string) Func {
	doc, phrase := both("第 n 大（晚）的值，相同的值各占一位；没有第 n 个是错误。", "The n-th greatest, or latest, value, equal ones having a place each; without an n-th it is an error."), wordsFor(elem,
		both("{0}自大到小排列的第{1 位}", "place {1} of {0} from the largest down"), both("{0}自晚到早排列的第{1 位}", "place {1} of {0} from the latest back"))
	if name == "nth_smallest" {
		doc, phrase = both("第 n 小（早）的值，相同的值各占一位；没有第 n 个是错误。", "The n-th least, or earliest, value, equal ones having a place each; without an n-th it is an error."), wordsFor(elem,
			both("{0}自小到大排列的第{1 位}", "place {1} of {0} from the smallest up"), both("{0}自早到晚排列的第{1 位}", "place {1} of {0} from the earliest on"))
	}
	return Func{
		Name:       name,
		Params:     []Param{param("values", listOf(elem)), param("n", integer)},
		Result:     elem,
		Doc:        doc,
		Phrase:     phrase,
		Examples:   []Example{example(expr, want)},
		Cost:       cheap,
		ItemCost:   sorted,
		KeepsMoney: true,
		Quotients:  true,
		Call: func(args []any) (any, error) {
			list, n := args[0].([]any), amount(args[1])
			if n < 1 || n > len(list) {
				return nil, failed(CodePlace, "n", n, "count", len(list))
			}
			if name == "nth_largest" {
				n = len(list) - n + 1
			}
			return ascending(list)[n-1], nil
		},
	}
}

// rank is the place of a value among others, as competitions give it.
func rank(name string, elem facts.Type, expr, want string) Func {
	doc, phrase := both("value 在 values 中自高到低的名次：1 加上更高（更晚）的个数，并列者名次相同，其后空缺（1、2、2、4）。", "The place of a value among others from the highest, or latest, down: 1 plus how many are higher, so that equal ones share a place and the next is left out (1, 2, 2, 4)."), wordsFor(elem,
		both("{0}在{1}中自高到低的名次", "the place of {0} among {1} (highest first)"), both("{0}在{1}中自晚到早的名次", "the place of {0} among {1} (latest first)"))
	if name == "rank_lowest" {
		doc, phrase = both("value 在 values 中自低到高的名次：1 加上更低（更早）的个数，并列者名次相同，其后空缺（1、2、2、4）。", "The place of a value among others from the lowest, or earliest, up: 1 plus how many are lower, so that equal ones share a place and the next is left out (1, 2, 2, 4)."), wordsFor(elem,
			both("{0}在{1}中自低到高的名次", "the place of {0} among {1} (lowest first)"), both("{0}在{1}中自早到晚的名次", "the place of {0} among {1} (earliest first)"))
	}
	return Func{
		Name:      name,
		Params:    []Param{param("value", elem), param("values", listOf(elem))},
		Result:    integer,
		Doc:       doc,
		Phrase:    phrase,
		Examples:  []Example{example(expr, want)},
		Cost:      cheap,
		ItemCost:  cheap,
		Quotients: true,
		Call: func(args []any) (any, error) {
			place := int64(1)
			for _, v := range args[1].([]any) {
				if order, _ := facts.Compare(v, args[0]); order > 0 && name == "rank_highest" || order < 0 && name == "rank_lowest" {
					place++
				}
			}
			return place, nil
		},
	}
}

// position is where a list first has a value.
func position(elem facts.Type, expr, want string) Func {
	return Func{
		Name:      "position",
		Params:    []Param{param("value", elem), param("values", listOf(elem))},
		Result:    integer,
		Doc:       both("value 在列表中首次出现的位置，自 1 起；没有则为 0。", "Where a list first has a value, counted from 1; 0 if it has not."),
		Phrase:    both("{0}在{1}中的次序", "the position of {0} among {1}"),
		Examples:  []Example{example(expr, want)},
		Cost:      cheap,
		ItemCost:  cheap,
		Quotients: true,
		Call: func(args []any) (any, error) {
			return int64(slices.IndexFunc(args[1].([]any), func(v any) bool { return facts.Equal(v, args[0]) }) + 1), nil
		},
	}
}
