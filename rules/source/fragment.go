package source

import (
	"strings"
	"unicode"

	"github.com/tongban/tongban/rules/diag"
)

// Fragment is text in a rule language and where it stands in a document. Every place in it is counted in characters.
type Fragment struct {
	Text string
	File string
	Path string // JSON pointer of the string
	Line int    // of its first character; 0 when not known
	Col  int
	// Map, when given, places the character with an index from 0. Without it the text is taken to stand from (Line, Col)
	// on as it is, as a JSON string without escapes does, or the text of an editor.
	Map func(index int) (line, col int)
}

// At places the character with an index from 0.
func (f Fragment) At(index int) (line, col int) {
	switch {
	case f.Map != nil:
		return f.Map(index)
	case f.Line == 0:
		return 0, 0
	}
	line, col = f.Line, f.Col
	for i, c := range []rune(f.Text) {
		if i == index {
			return line, col
		}
		if col++; c == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}

// Found makes an error about the character with an index from 0.
func (f Fragment) Found(index int, code string, args ...any) diag.Diagnostic {
	d := diag.New(code, f.Path, args...)
	d.File = f.File
	return d.At(f.At(index))
}

// Comment finds a comment. Rules have none: “form.cost // 3” is meant as a division by somebody, and would quietly be the cost.
func (f Fragment) Comment() (index int, ok bool) {
	f.outside(func(chars []rune, i int) int {
		if !ok && chars[i] == '/' && i+1 < len(chars) && (chars[i+1] == '/' || chars[i+1] == '*') {
			index, ok = i, true
		}
		return i
	})
	return index, ok
}

// Stray is something outside strings that no rule language has a use for: a punctuation mark of a Chinese
// keyboard, or a word that is not ASCII.
type Stray struct {
	Index int
	Found string
	Write string // what belongs there instead; empty for a word
}

// fullWidth maps the marks of Chinese keyboards, and of those who copy from papers, to ASCII.
var fullWidth = map[rune]string{
	'（': "(", '）': ")", '，': ",", '。': ".", '“': "\"", '”': "\"", '‘': "'", '’': "'", '！': "!", '＝': "=", '＞': ">", '＜': "<",
	'≥': ">=", '≤': "<=", '≠': "!=", '＋': "+", '－': "-", '×': "*", '÷': "/", '？': "?", '：': ":", '【': "[", '】': "]",
	'［': "[", '］': "]", '＆': "&", '｜': "|", '　': " ", '\u00a0': " ", '；': ",", '、': ",",
}

// Strays finds them all: it is what people who write Chinese get wrong most, and a parser could only say that it did not
// expect it.
func (f Fragment) Strays() []Stray {
	var out []Stray
	f.outside(func(chars []rune, i int) int {
		if chars[i] <= unicode.MaxASCII {
			return i
		}
		if mark, ok := fullWidth[chars[i]]; ok {
			out = append(out, Stray{i, string(chars[i]), mark})
			return i
		}
		from := i
		for i+1 < len(chars) && chars[i+1] > unicode.MaxASCII && fullWidth[chars[i+1]] == "" {
			i++
		}
		out = append(out, Stray{from, string(chars[from : i+1]), ""})
		return i
	})
	return out
}

// Depth is the greatest nesting of brackets: known before anything recurses.
func (f Fragment) Depth() int {
	most, now := 0, 0
	f.outside(func(chars []rune, i int) int {
		switch chars[i] {
		case '(', '[', '{':
			now++
			most = max(most, now)
		case ')', ']', '}':
			now--
		}
		return i
	})
	return most
}

// outside calls visit with the index of every character outside strings; visit returns the last it used up.
func (f Fragment) outside(visit func(chars []rune, i int) int) {
	chars := []rune(f.Text)
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = stringEnd(chars, i)
		default:
			i = visit(chars, i)
		}
	}
}

// stringEnd gives the index of the quote that ends the string whose first quote is at i, or the end of the text.
func stringEnd(chars []rune, i int) int {
	quote := chars[i]
	raw := quote == '`' || i > 0 && (chars[i-1] == 'r' || chars[i-1] == 'R')
	tripled := func(i int) bool { return i+2 < len(chars) && chars[i+1] == quote && chars[i+2] == quote }
	triple := quote != '`' && tripled(i)
	if triple {
		i += 2
	}
	for i++; i < len(chars); i++ {
		switch {
		case chars[i] == '\\' && !raw:
			i++
		case chars[i] == quote && !triple:
			return i
		case chars[i] == quote && tripled(i):
			return i + 2
		}
	}
	return i
}

// Token is the word or the mark that stands at an index, shortened; empty at the end of the text.
func (f Fragment) Token(index int) string {
	chars := []rune(f.Text)
	chars = chars[min(max(index, 0), len(chars)):]
	n := 0
	for n < len(chars) && n < 40 && strings.ContainsRune(wordChars, chars[n]) {
		n++
	}
	return strings.TrimSpace(string(chars[:min(max(n, 1), len(chars))]))
}

const wordChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
