package funcs

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
)

// roundings are the ways to round, by the names that money gives them.
var roundings = oneOf(text, choice(string(money.Down), "去尾", "towards zero"), choice(string(money.Up), "进一", "away from zero"),
	choice(string(money.HalfUp), "四舍五入", "halves away from zero"), choice(string(money.HalfEven), "四舍六入五成双", "halves to even"))

// MaxDigits bounds the digits that round is asked for.
const MaxDigits = 10

var digits = oneOf(integer, func() (all []facts.Choice) {
	for n := int64(-MaxDigits); n <= MaxDigits; n++ {
		all = append(all, facts.Choice{Value: n})
	}
	return all
}()...)

// rateFuncs are exact arithmetic with one number or several: rounding, shares, rates in steps. Quotients stay quotients.
func rateFuncs() []Func {
	return grouped(Amounts, []Func{
		{
			Name:       "abs",
			Params:     []Param{param("x", integer)},
			Result:     integer,
			Doc:        both("绝对值。", "The absolute value."),
			Phrase:     both("{0}的绝对值", "the absolute value of {0}"),
			Examples:   []Example{example("abs(-5)", "5")},
			Cost:       cheap,
			KeepsMoney: true,
			Call:       func(args []any) (any, error) { return absolute(args[0]) },
		},
		{
			Name:      "abs",
			Params:    []Param{param("x", number)},
			Result:    number,
			Doc:       both("绝对值。", "The absolute value."),
			Phrase:    both("{0}的绝对值", "the absolute value of {0}"),
			Examples:  []Example{example("abs(-1.5)", "1.5")},
			Cost:      cheap,
			Quotients: true,
			Call:      func(args []any) (any, error) { return absolute(args[0]) },
		},
		rounding("floor", nil, integer, both("不大于 x 的最大整数（舍去小数；负数向下）。", "The greatest whole number not above x."),
			both("{0}舍去小数取整", "{0} (rounded down to a whole number)"), []Example{example("floor(2.7)", "2"), example("floor(-2.1)", "-3")},
			func(x any, _ []any) (any, error) { return roundAt(x, 0, downwards(x)) }),
		rounding("ceil", nil, integer, both("不小于 x 的最小整数（“不足一个按一个计”）。", "The least whole number not below x."),
			both("{0}进位取整", "{0} (rounded up to a whole number)"), []Example{example("ceil(2.1)", "3"), example("ceil(-2.7)", "-2")},
			func(x any, _ []any) (any, error) { return roundAt(x, 0, upwards(x)) }),
		rounding("round", nil, integer, both("四舍五入为整数（五入时远离零）。", "The nearest whole number, halves away from zero."),
			both("{0}四舍五入取整", "{0} (rounded to a whole number)"), []Example{example("round(2.5)", "3"), example("round(-2.5)", "-3")},
			func(x any, _ []any) (any, error) { return roundAt(x, 0, money.HalfUp) }),
		rounding("round", []Param{param("digits", digits)}, number, both("四舍五入到 digits 位小数；负数为十位、百位……", "To so many decimals, halves away from zero; to tens, hundreds and so on for negative digits."),
			both("{0}四舍五入到小数点后{1}位", "{0} (rounded to {1} decimals)"), []Example{example("round(2.345, 2)", "2.35"), example("round(1250, -2)", "1300.0")},
			func(x any, rest []any) (any, error) { return roundAt(x, rest[0].(int64), money.HalfUp) }),
		rounding("round", []Param{param("digits", digits), param("mode", roundings)}, number,
			both("按 mode 取到 digits 位小数：down 去尾、up 进一（远离零）、half-up 四舍五入、half-even 四舍六入五成双。", "To so many decimals by a mode: down (towards zero), up (away from it), half-up, half-even."),
			both("{0}按“{2}”规则取到小数点后{1}位", "{0} (rounded {2} to {1} decimals)"), []Example{example(`round(3.31, 1, "up")`, "3.4"), example(`round(2.345, 2, "half-even")`, "2.34")},
			func(x any, rest []any) (any, error) {
				return roundAt(x, rest[0].(int64), money.Rounding(rest[1].(string)))
			}),
		rounding("round_to", []Param{param("step", number), param("mode", roundings)}, number,
			both("按 mode 取为 step 的整数倍，如取到角、元、十元、半年。step 不大于零是错误。", "The multiple of a step by a mode, such as to ten fen, to a yuan, to half a year. A step that is not above zero is an error."),
			both("{0}按“{2}”规则取为{1}的整数倍", "{0} (rounded {2} to a multiple of {1})"), []Example{example(`round_to(1234, 100, "half-up")`, "1200.0"), example(`round_to(2.3, 0.5, "up")`, "2.5")},
			func(x any, rest []any) (any, error) {
				if order, _ := facts.Compare(rest[0], int64(0)); order <= 0 {
					return nil, failed(CodeStep, "name", "round_to", "value", facts.Settle(rest[0]))
				}
				steps, err := facts.Div(x, rest[0])
				if err != nil {
					return nil, err
				}
				whole, err := roundAt(steps, 0, money.Rounding(rest[1].(string)))
				if err != nil {
					return nil, err
				}
				return facts.Mul(whole, rest[0])
			}),
		exact("divide", []Param{param("a", number), param("b", number)}, both("a 除以 b 的精确商，两个整数也不舍去余数。除数为零是错误。", "The exact quotient of a and b, of two whole numbers as well. A divisor of zero is an error."),
			both("{0}除以{1}", "{0} divided by {1}"), []Example{example("divide(5, 2)", "2.5")}, 0,
			func(args []any) (any, error) { return facts.Div(args[0], args[1]) }),
		exact("percent_of", []Param{param("rate", number), param("x", number)}, both("x 的 rate%。", "rate percent of x."), both("{1}的{0 %}", "{0 %} of {1}"),
			[]Example{example("percent_of(3.5, 200)", "7.0")}, 0, func(args []any) (any, error) {
				var c calculation
				return c.div(c.mul(args[0], args[1]), int64(100)), c.err
			}),
		exact("percentage", []Param{param("part", number), param("whole", number)}, both("part 占 whole 的百分数：占一半为 50。whole 为零是错误。", "What percentage part is of whole: 50 for half of it. A whole of zero is an error."),
			both("{0}占{1}的百分比", "the percentage that {0} is of {1}"), []Example{example("percentage(1, 4)", "25.0")}, 0, func(args []any) (any, error) {
				var c calculation
				return c.mul(c.div(args[0], args[1]), int64(100)), c.err
			}),
		clamp(integer, "clamp(50, 60, 300)", "60"), clamp(number, "clamp(3.5, 0.6, 3)", "3.0"),
		clamp(date, `clamp(date("2025-12-01"), date("2026-01-01"), date("2026-12-31"))`, `date("2026-01-01")`),
		exact("tiered", []Param{param("amount", number), param("limits", numbers), param("rates", numbers)},
			both("分段累进计算：limits 为各段的上限（含），自低到高，末段没有上限，故 rates 比 limits 多一个；各段内的部分乘以该段的比例，再相加，不取整（取整另行写明）。如个人所得税税率表（个人所得税法附表一）。amount 为负、limits 不递增、个数不符是错误。",
				"Progressive rates: limits are the upper bounds of the brackets, included, from low to high, and the last bracket has none, so that there is one rate more than limits. What lies in each bracket is multiplied with its rate and added up, without rounding, which a rule says itself. Tax tables work like this (Individual Income Tax Law of the PRC, table 1). A negative amount, limits that do not ascend and wrong numbers of them are errors."),
			both("以{1}为分段上限、{2}为各段比例，对{0}累进计算的数额", "the amount on {0} at the progressive rates {2} with the upper limits {1}"),
			[]Example{example("tiered(50000, [36000, 144000], [0.03, 0.1, 0.2])", "2480.0"), example("tiered(36000, [36000], [0.03, 0.1])", "1080.0"), example("tiered(0, [36000], [0.03, 0.1])", "0.0")},
			cheap, tiered),
		exact("stepped", []Param{param("amount", number), param("limits", numbers), param("values", numbers)},
			both("全额分档：limits 为各档的上限（含），自低到高，末档没有上限；返回 amount 所在档的值，故 values 比 limits 多一个。limits 不递增、个数不符是错误。",
				"The value of the step that an amount falls in: limits are the upper bounds of the steps, included, from low to high, and the last step has none, so that there is one value more than limits. Limits that do not ascend and wrong numbers of them are errors."),
			both("以{1}为分档上限，{0}所在档次的{2}", "what belongs to {0} among {2} by the upper limits {1}"),
			[]Example{example("stepped(90, [90, 144], [1, 0.5, 0])", "1.0"), example("stepped(145, [90, 144], [1, 0.5, 0.25])", "0.25")},
			cheap, stepped),
		exact("interpolate", []Param{param("x", number), param("points", numbers), param("values", numbers)},
			both("在各点之间按直线内插：points 递增，values 为各点的值；首点之前、末点之后取首末点的值。不取整。点不递增、个数不符或为空是错误。",
				"The value on the straight line between the points around x: points ascend, values are theirs; before the first and after the last point it is their value. Not rounded. Points that do not ascend, different numbers and no points are errors."),
			both("以{1}为各点、{2}为各点的值，在{0}处内插的值", "the value at {0}, interpolated between the points {1} with the values {2}"),
			[]Example{example("interpolate(15, [10, 20], [100, 200])", "150.0"), example("interpolate(25, [10, 20], [100, 200])", "200.0")},
			cheap, interpolate),
	})
}

// rounding is a function that rounds a number; what it gives of money is money if it is whole.
func rounding(name string, more []Param, result facts.Type, doc, phrase lang.Text, examples []Example, of func(x any, rest []any) (any, error)) Func {
	return Func{
		Name:       name,
		Params:     append([]Param{param("x", number)}, more...),
		Result:     result,
		Doc:        doc,
		Phrase:     phrase,
		Examples:   examples,
		Cost:       cheap,
		KeepsMoney: true,
		Quotients:  true,
		Call: func(args []any) (any, error) {
			for i, p := range more {
				if err := chosen(p.Type, args[i+1]); err != nil {
					return nil, err
				}
			}
			out, err := of(args[0], args[1:])
			if err != nil || result.Kind != facts.Int {
				return widened(out), err
			}
			whole, err := money.Whole(out.(decimal.Decimal), money.Exact)
			if err != nil {
				return nil, err
			}
			return whole, nil
		},
	}
}

// exact is a function of numbers whose result is exact.
func exact(name string, params []Param, doc, phrase lang.Text, examples []Example, itemCost uint64, of func(args []any) (any, error)) Func {
	return Func{
		Name:      name,
		Params:    params,
		Result:    number,
		Doc:       doc,
		Phrase:    phrase,
		Examples:  examples,
		Cost:      parsed,
		ItemCost:  itemCost,
		Quotients: true,
		Call: func(args []any) (any, error) {
			out, err := of(args)
			return widened(out), err
		},
	}
}

// clamp is a function that keeps a value within bounds.
func clamp(t facts.Type, expr, want string) Func {
	return Func{
		Name:   "clamp",
		Params: []Param{param("x", t), param("low", t), param("high", t)},
		Result: t,
		Doc:    both("x 低于 low 时为 low，高于 high 时为 high，否则为 x（保底封顶，如缴费基数的上下限）。low 大于 high 是错误。", "x, but not less than low and not more than high, such as the floor and ceiling of a contribution base. A low above high is an error."),
		Phrase: wordsFor(t, both("{0}（不低于{1}、不高于{2}）", "{0} (but at least {1} and at most {2})"),
			both("{0}（不早于{1}、不晚于{2}）", "{0} (but not before {1} nor after {2})")),
		Examples:   []Example{example(expr, want)},
		Cost:       cheap,
		KeepsMoney: true,
		Quotients:  true,
		Call: func(args []any) (any, error) {
			x, low, high := args[0], args[1], args[2]
			if order, _ := facts.Compare(low, high); order > 0 {
				return nil, failed(CodeLimits, "low", t.Text(facts.Settle(low)).En, "high", t.Text(facts.Settle(high)).En)
			}
			if order, _ := facts.Compare(x, low); order < 0 {
				return low, nil
			}
			if order, _ := facts.Compare(x, high); order > 0 {
				return high, nil
			}
			return x, nil
		},
	}
}

func widened(v any) any {
	if i, ok := v.(int64); ok {
		return decimal.NewFromInt(i)
	}
	return v
}

func absolute(x any) (any, error) {
	if order, _ := facts.Compare(x, int64(0)); order < 0 {
		return facts.Neg(x)
	}
	return x, nil
}

// downwards and upwards round towards less and towards more, which no rule names.
func downwards(x any) money.Rounding {
	if order, _ := facts.Compare(x, int64(0)); order < 0 {
		return money.Up
	}
	return money.Down
}

func upwards(x any) money.Rounding {
	if order, _ := facts.Compare(x, int64(0)); order < 0 {
		return money.Down
	}
	return money.Up
}

// roundAt rounds a decimal or a quotient to so many places, exactly: a quotient is not made a decimal first.
func roundAt(x any, places int64, mode money.Rounding) (any, error) {
	var out decimal.Decimal
	switch x := x.(type) {
	case decimal.Decimal:
		out = roundDecimal(x, int32(places), mode)
	case *big.Rat:
		out = money.RoundQuotient(x, int32(places), mode)
	}
	n, ok := facts.NormalNumber(out)
	if !ok {
		return nil, facts.ErrOverflow
	}
	return n, nil
}

func roundDecimal(d decimal.Decimal, places int32, mode money.Rounding) decimal.Decimal {
	switch mode {
	case money.Down:
		return d.RoundDown(places)
	case money.Up:
		return d.RoundUp(places)
	case money.HalfEven:
		return d.RoundBank(places)
	default:
		return d.Round(places)
	}
}

// ladder checks limits that must ascend, beside as many values and so many more.
func ladder(limits, values []any, more int) error {
	if len(values) != len(limits)+more {
		return failed(CodeLengths, "first", len(limits), "second", len(values), "want", len(limits)+more)
	}
	for i := 1; i < len(limits); i++ {
		if order, _ := facts.Compare(limits[i-1], limits[i]); order >= 0 {
			return failed(CodeAscending, "position", i+1)
		}
	}
	return nil
}

func tiered(args []any) (any, error) {
	left, limits, rates := args[0], args[1].([]any), args[2].([]any)
	if err := ladder(limits, rates, 1); err != nil {
		return nil, err
	}
	if order, _ := facts.Compare(left, int64(0)); order < 0 {
		return nil, failed(CodeNegative, "value", facts.Settle(left))
	}
	var c calculation
	var total, from any = int64(0), int64(0)
	for i, rate := range rates {
		to, last := args[0], true
		if i < len(limits) {
			if order, _ := facts.Compare(limits[i], from); order < 0 {
				return nil, failed(CodeNegative, "value", facts.Settle(limits[i]))
			}
			if order, _ := facts.Compare(limits[i], to); order < 0 {
				to, last = limits[i], false
			}
		}
		total = c.add(total, c.mul(c.sub(to, from), rate))
		if last {
			break
		}
		from = to
	}
	return total, c.err
}

func stepped(args []any) (any, error) {
	limits, values := args[1].([]any), args[2].([]any)
	if err := ladder(limits, values, 1); err != nil {
		return nil, err
	}
	for i, limit := range limits {
		if order, _ := facts.Compare(args[0], limit); order <= 0 {
			return values[i], nil
		}
	}
	return values[len(limits)], nil
}

func interpolate(args []any) (any, error) {
	x, points, values := args[0], args[1].([]any), args[2].([]any)
	if err := ladder(points, values, 0); err != nil {
		return nil, err
	}
	if len(points) == 0 {
		return nil, failed(CodeEmpty, "name", "interpolate")
	}
	for i, p := range points {
		order, _ := facts.Compare(x, p)
		if order > 0 {
			continue
		}
		if order == 0 || i == 0 {
			return values[i], nil
		}
		// values[i-1] + (x - points[i-1]) * (values[i] - values[i-1]) / (p - points[i-1])
		var c calculation
		slope := c.div(c.sub(values[i], values[i-1]), c.sub(p, points[i-1]))
		y := c.add(values[i-1], c.mul(c.sub(x, points[i-1]), slope))
		return y, c.err
	}
	return values[len(values)-1], nil
}

// calculation is a chain of exact operations that ends at the first error.
type calculation struct{ err error }

func (c *calculation) do(op func(a, b any) (any, error), a, b any) any {
	if c.err != nil {
		return nil
	}
	var out any
	out, c.err = op(a, b)
	return out
}

func (c *calculation) add(a, b any) any { return c.do(facts.Add, a, b) }
func (c *calculation) sub(a, b any) any { return c.do(facts.Sub, a, b) }
func (c *calculation) mul(a, b any) any { return c.do(facts.Mul, a, b) }
func (c *calculation) div(a, b any) any { return c.do(facts.Div, a, b) }
