package funcs

import (
	"math"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
)

func amountFuncs() []Func {
	return grouped(Amounts, []Func{
		extreme("min_of", integer, "min_of(3, 2)", "2", func(a, b any) any { return min(a.(int64), b.(int64)) }),
		extreme("min_of", number, "min_of(2.5, 3.5)", "2.5", func(a, b any) any { return decimal.Min(a.(decimal.Decimal), b.(decimal.Decimal)) }),
		extreme("min_of", date, `min_of(date("2026-03-01"), date("2026-02-28"))`, `date("2026-02-28")`, func(a, b any) any { return earlier(a, b) }),
		extreme("max_of", integer, "max_of(3, 2)", "3", func(a, b any) any { return max(a.(int64), b.(int64)) }),
		extreme("max_of", number, "max_of(2.5, 3.5)", "3.5", func(a, b any) any { return decimal.Max(a.(decimal.Decimal), b.(decimal.Decimal)) }),
		extreme("max_of", date, `max_of(date("2026-03-01"), date("2026-02-28"))`, `date("2026-03-01")`, func(a, b any) any {
			if earlier(a, b) == a {
				return b
			}
			return a
		}),
		{
			Name:     "yuan",
			Params:   []Param{param("n", integer)},
			Result:   fen,
			Doc:      both("n 元，化为以分计的金额。", "n yuan, as an amount in fen."),
			Phrase:   both("{0 元}", "{0 yuan}"),
			Examples: []Example{example("yuan(50)", "5000"), example("yuan(-1)", "-100")},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				n := args[0].(int64)
				if n > math.MaxInt64/100 || n < math.MinInt64/100 {
					return nil, &Error{CodeTooLarge, map[string]string{"value": decimal.NewFromInt(n).String()}}
				}
				return n * 100, nil
			},
		},
		{
			Name:     "yuan",
			Params:   []Param{param("n", number)},
			Result:   fen,
			Doc:      both("n 元，化为以分计的金额；不足一分的零头是错误。", "n yuan, as an amount in fen; a fraction of a fen is an error."),
			Phrase:   both("{0 元}", "{0 yuan}"),
			Examples: []Example{example("yuan(12.5)", "1250")},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				n, err := money.OfYuan(args[0].(decimal.Decimal), money.Exact)
				if err != nil {
					return nil, err
				}
				return n, nil
			},
		},
		{
			Name:     "yuan_capital",
			Params:   []Param{param("fen", integer)},
			Result:   text,
			Doc:      both("以分计的金额的中文大写，用于收据和付款文书。", "An amount in fen in the capital numerals of receipts and payment papers."),
			Phrase:   both("{0}的中文大写", "the capital numerals of {0}"),
			Examples: []Example{example("yuan_capital(123450)", `"壹仟贰佰叁拾肆元伍角整"`), example("yuan_capital(0)", `"零元整"`)},
			Cost:     parsed,
			Call:     func(args []any) (any, error) { return money.Capital(args[0].(int64)), nil },
		},
	})
}

func earlier(a, b any) any {
	if b.(time.Time).Before(a.(time.Time)) {
		return b
	}
	return a
}

// extreme is the smaller or greater of two values of one type.
func extreme(name string, t facts.Type, expr, want string, of func(a, b any) any) Func {
	doc, phrase := both("两个值中较小（较早）的一个。", "The smaller, or earlier, of two values."), both("{0}与{1}中的较小者", "the smaller of {0} and {1}")
	if name == "max_of" {
		doc, phrase = both("两个值中较大（较晚）的一个。", "The greater, or later, of two values."), both("{0}与{1}中的较大者", "the greater of {0} and {1}")
		if t.Kind == facts.Date {
			phrase = both("{0}与{1}中的较晚者", "the later of {0} and {1}")
		}
	} else if t.Kind == facts.Date {
		phrase = both("{0}与{1}中的较早者", "the earlier of {0} and {1}")
	}
	return Func{
		Name:     name,
		Params:   []Param{param("a", t), param("b", t)},
		Result:   t,
		Doc:      doc,
		Phrase:   phrase,
		Examples: []Example{example(expr, want)},
		Cost:     cheap,

		KeepsMoney: true,
		Call:       func(args []any) (any, error) { return of(args[0], args[1]), nil },
	}
}
