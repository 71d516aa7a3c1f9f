package funcs

import (
	"fmt"

	"github.com/tongban/tongban/rules/lang"
)

// languages are those that a text may be written in. A text that a rule puts together is of one language; a rule that needs both
// writes two.
var languages = oneOf(text, choice(string(lang.Zh), "中文", "Chinese"), choice(string(lang.En), "英文", "English"))

// wordFuncs write values as people read them; string(x) writes them as machines do.
func wordFuncs() []Func {
	return grouped(Texts, []Func{
		worded("money_text", param("amount", fen), "以分计的金额写成文字，带千位分隔符和货币。", "An amount in fen as people write it, with its currency and separators of thousands.", "{0}", "{0}",
			[]Example{example(`money_text(123450, "zh")`, `"1,234.50元"`), example(`money_text(123450, "en")`, `"CNY 1,234.50"`)},
			func(v any) (lang.Text, error) { return fen.Text(v), nil }),
		worded("date_text", param("d", date), "日期写成文字。", "A date as people write it.", "{0}", "{0}",
			[]Example{example(`date_text(date("2026-03-01"), "zh")`, `"2026年3月1日"`), example(`date_text(date("2026-03-01"), "en")`, `"1 March 2026"`)},
			func(v any) (lang.Text, error) { return date.Text(v), nil }),
		worded("period_text", param("months", integer), "月数写成年和月，如退休年龄、居住时间：period_text(months_between(a, b), …)。为负是错误。", "A number of months in years and months, such as a retirement age or a time of residence: period_text(months_between(a, b), …). A negative number is an error.", "{0 个月}（折合年月）", "{0 months}, in years and months,",
			[]Example{example(`period_text(795, "zh")`, `"66年3个月"`), example(`period_text(795, "en")`, `"66 years, 3 months"`), example(`period_text(12, "en")`, `"1 year"`), example(`period_text(0, "zh")`, `"0个月"`)},
			func(v any) (lang.Text, error) {
				n := v.(int64)
				if n < 0 {
					return lang.Text{}, failed(CodeNegative, "value", n)
				}
				years, months := n/12, n%12
				zh, en := fmt.Sprintf("%d年", years), plural(years, "year")
				switch {
				case years == 0:
					zh, en = fmt.Sprintf("%d个月", months), plural(months, "month")
				case months > 0:
					zh, en = fmt.Sprintf("%s%d个月", zh, months), en+", "+plural(months, "month")
				}
				return both(zh, en), nil
			}),
	})
}

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func worded(name string, of Param, zh, en, phraseZh, phraseEn string, examples []Example, write func(any) (lang.Text, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{of, param("language", languages)},
		Result:   text,
		Doc:      both(zh+"language 为 zh（中文）或 en（英文）。", en+" The language is zh (Chinese) or en (English)."),
		Phrase:   both("以{1}书写的"+phraseZh, phraseEn+" written in {1}"),
		Examples: examples,
		Cost:     parsed,
		Call: func(args []any) (any, error) {
			if err := chosen(languages, args[1]); err != nil {
				return nil, err
			}
			out, err := write(args[0])
			if err != nil {
				return nil, err
			}
			if args[1] == string(lang.Zh) {
				return out.Zh, nil
			}
			return out.En, nil
		},
	}
}
