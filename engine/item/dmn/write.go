package dmn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// writer writes tests and expressions in one of the notations. name writes the name of a fact.
type writer struct {
	in   notation
	name func(t term) string
}

// cell writes a unary test.
func (w writer) cell(c cell) string {
	if c.any {
		return "-"
	}
	parts := make([]string, len(c.tests))
	for i, t := range c.tests {
		parts[i] = w.test(t)
	}
	text := strings.Join(parts, ",")
	if c.negate {
		return "not(" + text + ")"
	}
	return text
}

func (w writer) test(t test) string {
	switch t.op {
	case "":
		return w.value(t.lo)
	case "=": // which plain values mean anyway
		return w.value(t.lo)
	case "..":
		left, right := "[", "]"
		if t.loOpen {
			left = "("
		}
		if t.hiOpen {
			right = ")"
		}
		return left + w.value(t.lo) + ".." + w.value(t.hi) + right
	default:
		return t.op + " " + w.value(t.lo)
	}
}

// value writes what is compared with: our cells have dates and null of their own.
func (w writer) value(t term) string {
	switch {
	case w.in == ours && t.kind == termDate:
		return t.text
	case t.kind == termNull:
		return "null"
	}
	return w.term(t)
}

// term writes an expression.
func (w writer) term(t term) string {
	switch t.kind {
	case termNull:
		if w.in == ours {
			return "nil"
		}
		return "null"
	case termString:
		return quote(t.text, w.in)
	case termDate:
		return `date("` + t.text + `")`
	case termName:
		return w.name(t)
	case termSign:
		return "-" + w.term(t.args[0])
	case termSum:
		return w.term(t.args[0]) + " " + t.text + " " + w.term(t.args[1])
	case termLogic:
		op := t.text
		if op == "=" && w.in == ours {
			op = "=="
		}
		return w.term(t.args[0]) + " " + op + " " + w.term(t.args[1])
	case termIf:
		parts := []any{w.term(t.args[0]), w.term(t.args[1]), w.term(t.args[2])}
		if w.in == ours {
			return fmt.Sprintf("%s ? %s : %s", parts...)
		}
		return fmt.Sprintf("if %s then %s else %s", parts...)
	case termGroup:
		return "(" + w.term(t.args[0]) + ")"
	case termCall:
		args := make([]string, len(t.args))
		for i, a := range t.args {
			args[i] = w.term(a)
		}
		return t.text + "(" + strings.Join(args, ", ") + ")"
	default:
		return t.text
	}
}

// quote writes a string: what cannot be seen is escaped, as both notations read it.
func quote(s string, in notation) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		case c <= 0xffff:
			b.WriteString(`\u` + hex(c, 4))
		case in == feel:
			b.WriteString(`\U` + hex(c, 6))
		default:
			b.WriteString(`\U` + hex(c, 8))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func hex(c rune, size int) string {
	const digits = "0123456789abcdef"
	out := slices.Repeat([]byte{'0'}, size)
	for i := size - 1; c > 0; i-- {
		out[i] = digits[c&15]
		c >>= 4
	}
	return string(out)
}

// plain gives a literal as JSON has it; ok is false for what is none.
func plain(t term) (v any, ok bool) {
	switch t.kind {
	case termNumber:
		return json.Number(t.text), true
	case termString, termDate:
		return t.text, true
	case termBool:
		return t.text == "true", true
	case termSign:
		if t.args[0].kind == termNumber {
			return json.Number("-" + t.args[0].text), true
		}
	}
	return nil, false
}
