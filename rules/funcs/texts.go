package funcs

import (
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/facts"
)

func textFuncs() []Func {
	return grouped(Texts, []Func{
		changed("upper", "字母改为大写。", "The text with its letters in upper case.", "{0}（字母按大写）", "{0} (in upper case)", `upper("ab1")`, `"AB1"`, strings.ToUpper),
		changed("lower", "字母改为小写。", "The text with its letters in lower case.", "{0}（字母按小写）", "{0} (in lower case)", `lower("AB1")`, `"ab1"`, strings.ToLower),
		changed("trim", "去掉首尾空白。", "The text without white space around it.", "{0}（去掉首尾空白）", "{0} (without white space around it)", `trim(" a b ")`, `"a b"`, strings.TrimSpace),
		cut("text_left", "前 n 个字符；不足 n 个的为全部。", "The first n characters, all if there are fewer.", "{0}的前{1 个字符}", "the beginning of {0} ({1 characters})", `text_left("510402001", 6)`, `"510402"`,
			func(chars []rune, n int) []rune { return chars[:n] }),
		cut("text_right", "后 n 个字符；不足 n 个的为全部。", "The last n characters, all if there are fewer.", "{0}的后{1 个字符}", "the end of {0} ({1 characters})", `text_right("13908120042", 4)`, `"0042"`,
			func(chars []rune, n int) []rune { return chars[len(chars)-n:] }),
		{
			Name:     "number_of",
			Params:   []Param{param("s", text)},
			Result:   number,
			Doc:      both("文字所写的数，如 \"12.50\"；首尾空白不计，不能有千位分隔符和单位。不是数是错误。", "The number that a text writes, such as \"12.50\", white space around it aside; without separators of thousands and units. Anything else is an error."),
			Phrase:   both("{0}所写的数", "the number written in {0}"),
			Examples: []Example{example(`number_of("12.50")`, "12.5"), example(`number_of(" 7 ")`, "7.0")},
			Cost:     parsed,
			Call: func(args []any) (any, error) {
				s := strings.TrimSpace(args[0].(string))
				n, ok := facts.ParseNumber(s)
				if !ok || strings.ContainsAny(s, "eE") {
					return nil, failed(CodeNoNumber, "text", s)
				}
				return n, nil
			},
		},
	})
}

func changed(name, zh, en, phraseZh, phraseEn, expr, want string, change func(string) string) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("s", text)},
		Result:   text,
		Doc:      both(zh, en),
		Phrase:   both(phraseZh, phraseEn),
		Examples: []Example{example(expr, want)},
		Cost:     parsed,
		Call:     func(args []any) (any, error) { return change(args[0].(string)), nil },
	}
}

func cut(name, zh, en, phraseZh, phraseEn, expr, want string, part func([]rune, int) []rune) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("s", text), param("n", integer)},
		Result:   text,
		Doc:      both(zh+"n 为负是错误。", en+" A negative n is an error."),
		Phrase:   both(phraseZh, phraseEn),
		Examples: []Example{example(expr, want)},
		Cost:     parsed,
		Call: func(args []any) (any, error) {
			s, n := args[0].(string), amount(args[1])
			if n < 0 {
				return nil, failed(CodeNegative, "value", n)
			}
			if n >= utf8.RuneCountInString(s) {
				return s, nil
			}
			return string(part([]rune(s), n)), nil
		},
	}
}
