package cond

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/parser"

	"github.com/tongban/tongban/rules/diag"
)

// celParser knows no macros: all, exists, filter and their like arrive as the calls that were written and are checked as
// such, so that a tree shows what its author sees.
var celParser = newParser()

func newParser() *parser.Parser {
	p, err := parser.NewParser(parser.ExpressionSizeCodePointLimit(MaxTextSize),
		parser.ErrorReportingLimit(20), parser.ErrorRecoveryLimit(5), parser.EnableVariadicOperatorASTs(true))
	if err != nil {
		panic(err)
	}
	return p
}

// parse turns text into CEL's tree. What a person who writes Chinese gets wrong most, full-width punctuation and labels
// instead of names, is found first, since a parser can only say that it did not expect it.
func parse(src Source) (*ast.AST, diag.List) {
	var found diag.List
	report := func(index int, code string, args ...any) {
		d := diag.New(code, src.Path, args...)
		d.File = src.File
		found.Add(d.At(src.At(index)))
	}
	switch {
	case strings.TrimSpace(src.Text) == "":
		report(0, "cond.empty")
	case len(src.Text) > MaxTextSize:
		report(0, "cond.too-long", "size", len(src.Text), "max", MaxTextSize)
	case !utf8.ValidString(src.Text):
		report(0, "cond.syntax", "near", "\uFFFD")
	default:
		for _, s := range strays(src.Text) {
			if ascii, ok := fullWidth[s.first]; ok {
				report(s.index, "cond.full-width", "found", string(s.first), "write", ascii)
			} else {
				report(s.index, "cond.not-ascii", "found", s.text)
			}
		}
		if depth(src.Text) > MaxDepth {
			report(0, "cond.too-deep", "max", MaxDepth)
		}
	}
	if len(found) > 0 {
		return nil, found
	}
	text := common.NewStringSource(src.Text, src.Path)
	parsed, errs := celParser.Parse(text)
	for _, e := range errs.GetErrors() {
		index, ok := text.LocationOffset(e.Location)
		if !ok {
			index = 0
		}
		// the parser's own text speaks of grammar tokens; where it stopped says more
		if near := token(src.Text, int(index)); near != "" {
			report(int(index), "cond.syntax", "near", near)
		} else {
			report(int(index), "cond.unfinished")
		}
	}
	return parsed, found
}

// token is the word or the mark that stands at an index; empty at the end of the text.
func token(text string, index int) string {
	chars := []rune(text)
	chars = chars[min(index, len(chars)):]
	word := func(c rune) bool {
		return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	n := 0
	for n < len(chars) && n < 40 && word(chars[n]) {
		n++
	}
	return strings.TrimSpace(string(chars[:min(max(n, 1), len(chars))]))
}

// fullWidth maps the punctuation of Chinese keyboards to what CEL wants.
var fullWidth = map[rune]string{
	'（': "(", '）': ")", '，': ",", '。': ".", '“': "\"", '”': "\"", '‘': "'", '’': "'", '！': "!", '＝': "=", '＞': ">", '＜': "<",
	'≥': ">=", '≤': "<=", '≠': "!=", '＋': "+", '－': "-", '×': "*", '÷': "/", '？': "?", '：': ":", '【': "[", '】': "]",
	'［': "[", '］': "]", '＆': "&", '｜': "|", '　': " ", '\u00a0': " ", '；': ",", '、': ",",
}

type stray struct {
	index int // in characters
	first rune
	text  string
}

// strays finds what is not ASCII outside strings and comments: single punctuation marks, and words whole.
func strays(text string) []stray {
	var out []stray
	chars := []rune(text)
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; {
		case c == '/' && i+1 < len(chars) && chars[i+1] == '/':
			for i < len(chars) && chars[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			i = stringEnd(chars, i)
		case c > unicode.MaxASCII:
			from := i
			if _, mark := fullWidth[c]; !mark {
				for i+1 < len(chars) && chars[i+1] > unicode.MaxASCII {
					if _, mark := fullWidth[chars[i+1]]; mark {
						break
					}
					i++
				}
			}
			out = append(out, stray{from, c, string(chars[from : i+1])})
		}
	}
	return out
}

// stringEnd gives the index of the quote that ends the string whose first quote is at i.
func stringEnd(chars []rune, i int) int {
	quote := chars[i]
	raw := i > 0 && (chars[i-1] == 'r' || chars[i-1] == 'R')
	triple := i+2 < len(chars) && chars[i+1] == quote && chars[i+2] == quote
	i++
	if triple {
		i += 2
	}
	for ; i < len(chars); i++ {
		switch {
		case chars[i] == '\\' && !raw:
			i++
		case chars[i] == quote && !triple:
			return i
		case chars[i] == quote && i+2 < len(chars) && chars[i+1] == quote && chars[i+2] == quote:
			return i + 2
		}
	}
	return i
}

// depth is the greatest nesting of brackets outside strings: known before anything recurses.
func depth(text string) int {
	chars := []rune(text)
	most, now := 0, 0
	for i := 0; i < len(chars); i++ {
		switch chars[i] {
		case '"', '\'':
			i = stringEnd(chars, i)
		case '(', '[', '{':
			now++
			most = max(most, now)
		case ')', ']', '}':
			now--
		}
	}
	return most
}
