package table

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// tokenKind is the kind of a token of a cell.
type tokenKind uint8

const (
	tokEnd    tokenKind = iota
	tokNumber           // 80, -1.5
	tokDate             // 2026-01-01
	tokString           // text holds the unquoted value
	tokName             // param.limit, true, null, not, date
	tokMark             // operators, brackets, comma, .., and the signs of formulas
	tokBad              // text holds what cannot be read: a character, or a quotation mark without a partner
)

type token struct {
	kind tokenKind
	text string
	from int // byte offset in the cell
}

// lex splits a cell into tokens, ending in tokEnd, or in a tokBad that is a quotation mark.
func lex(s string) []token {
	var out []token
	for i := 0; ; {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
			i++
		}
		t := next(s, i)
		out = append(out, t.token)
		if t.kind == tokEnd || t.kind == tokBad && (t.text == `"` || t.text == "'") {
			return out
		}
		i += t.size
	}
}

type sized struct {
	token
	size int
}

func next(s string, i int) sized {
	rest := s[i:]
	cut := func(kind tokenKind, n int) sized { return sized{token{kind, rest[:n], i}, n} }
	if rest == "" {
		return cut(tokEnd, 0)
	}
	for _, mark := range []string{"<=", ">=", "==", "!=", "..", "<", ">", "=", "(", ")", "[", "]", ","} {
		if strings.HasPrefix(rest, mark) {
			return cut(tokMark, len(mark))
		}
	}
	c := rest[0]
	switch {
	case isDigit(c) && isDate(rest):
		return cut(tokDate, len("2006-01-02"))
	case isDigit(c), c == '-' && len(rest) > 1 && isDigit(rest[1]):
		return cut(tokNumber, numberLen(rest))
	case strings.IndexByte("-+*/%.{}#?:;|&!^", c) >= 0:
		return cut(tokMark, 1)
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n]) || rest[n] == '.' && !strings.HasPrefix(rest[n:], "..")) {
			n++
		}
		return cut(tokName, n)
	case c == '"' || c == '\'':
		if val, n, ok := unquote(rest); ok {
			return sized{token{tokString, val, i}, n}
		}
	}
	_, n := utf8.DecodeRuneInString(rest)
	return cut(tokBad, n)
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// isDate reports whether s starts with the shape of a date; whether there is such a day is seen later.
func isDate(s string) bool {
	const shape = "dddd-dd-dd"
	if len(s) < len(shape) || len(s) > len(shape) && isDigit(s[len(shape)]) {
		return false
	}
	for i := range len(shape) {
		if shape[i] == 'd' && !isDigit(s[i]) || shape[i] == '-' && s[i] != '-' {
			return false
		}
	}
	return true
}

// numberLen measures a number: a point counts only with a digit behind it, so that 60..80 is three tokens.
func numberLen(s string) int {
	n := 1
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		for n++; n < len(s) && isDigit(s[n]); {
			n++
		}
	}
	return n
}

// unquote reads a string in either quotes with the escapes of Go and JSON, and returns its value and its length in s.
func unquote(s string) (val string, n int, ok bool) {
	quote := s[0]
	var b strings.Builder
	for rest := s[1:]; rest != ""; {
		if rest[0] == quote {
			return b.String(), len(s) - len(rest) + 1, true
		}
		if strings.HasPrefix(rest, `\/`) { // JSON has it, Go does not
			b.WriteByte('/')
			rest = rest[2:]
			continue
		}
		r, _, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return "", 0, false
		}
		b.WriteRune(r)
		rest = tail
	}
	return "", 0, false
}
