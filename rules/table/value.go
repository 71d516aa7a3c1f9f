package table

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
)

// value reads what the input is compared with, of the column's kind: a literal, the name of a fact, or a formula.
func (p *cellParser) value() (end, bool) {
	if p.failed {
		return end{}, false
	}
	if n := p.extent(); n > 1 && !p.dateLiteral(n) && !p.unquoted() {
		return p.formula(n)
	}
	t := p.take()
	mismatch := func() (end, bool) {
		p.fail(t.from, "table.cell-type", "found", strings.TrimSpace(p.src.Text[t.from:p.tokens[0].from]), "type", p.col.typ)
		return end{}, false
	}
	literal := func(v any) (end, bool) { return end{kind: endValue, val: v}, true }
	want := p.col.typ.Kind
	switch t.kind {
	case tokNumber:
		if !numeric(want) {
			return mismatch()
		}
		v, ok := number(t.text, want)
		if !ok {
			integer := maxIntegerDigits
			if want == facts.Int {
				integer = maxDigits
			}
			p.fail(t.from, "table.cell-number", "found", t.text, "integer", integer, "fraction", maxFractionDigits)
			return end{}, false
		}
		return literal(v)
	case tokString:
		if want != facts.String {
			return mismatch()
		}
		return literal(t.text)
	case tokDate:
		if want != facts.Date {
			return mismatch()
		}
		return p.date(t, t.text)
	case tokName:
		return p.name(t, mismatch)
	default:
		p.unexpected(t)
		return end{}, false
	}
}

func (p *cellParser) name(t token, mismatch func() (end, bool)) (end, bool) {
	want := p.col.typ.Kind
	switch t.text {
	case "true", "false":
		if want != facts.Bool {
			return mismatch()
		}
		return end{kind: endValue, val: t.text == "true"}, true
	case "null", "not":
		p.fail(t.from, "table.cell-syntax", "found", t.text)
		return end{}, false
	case "date":
		if !p.mark("(") {
			break
		}
		day := p.take()
		if day.kind != tokString && day.kind != tokDate {
			p.unexpected(day)
			return end{}, false
		}
		if !p.mark(")") {
			p.unexpected(p.peek())
			return end{}, false
		}
		if want != facts.Date {
			return mismatch()
		}
		return p.date(day, day.text)
	}
	space := p.cells.env.Space()
	if slot, ok := space.Slot(t.text); ok {
		return p.typed(t, t.text, space.At(slot).Type, end{kind: endFact, slot: slot})
	}
	for _, c := range p.col.typ.Enum {
		if c.Value == t.text {
			return end{kind: endValue, val: t.text}, true
		}
	}
	if p.mark("(") {
		p.unexpected(p.tokens[len(p.tokens)-1]) // a call that nothing closes
		return end{}, false
	}
	if near, ok := space.Nearest(t.text); ok {
		p.fail(t.from, "table.cell-misspelt-name", "name", t.text, "nearest", near)
	}
	p.fail(t.from, "table.cell-unknown-name", "name", t.text)
	return end{}, false
}

// typed is an end of the type, which must be that of the column or a list of such.
func (p *cellParser) typed(t token, text string, typ facts.Type, e end) (end, bool) {
	got := typ.Kind
	if got == facts.List {
		got, e.list = typ.Elem.Kind, true
	}
	if want := p.col.typ.Kind; got != want && !(numeric(got) && numeric(want)) {
		p.fail(t.from, "table.cell-type", "found", text+": "+typ.Kind.String(), "type", p.col.typ)
		return end{}, false
	}
	return e, true
}

// dateLiteral reports whether the n tokens that come next are date("2026-01-31").
func (p *cellParser) dateLiteral(n int) bool {
	return n == 4 && p.tokens[0].text == "date" && (p.tokens[2].kind == tokString || p.tokens[2].kind == tokDate)
}

// unquoted reports whether text that lacks its quotes comes next: ur-ban is no difference.
func (p *cellParser) unquoted() bool {
	t := p.peek()
	_, known := p.cells.env.Space().Slot(t.text)
	return p.col.typ.Kind == facts.String && t.kind == tokName && !known && p.tokens[1].text != "("
}

// formula reads a value of n tokens.
func (p *cellParser) formula(n int) (end, bool) {
	first := p.peek()
	text := strings.TrimSpace(p.src.Text[first.from:p.tokens[n].from])
	p.tokens = p.tokens[n:]
	f := p.cells.formulas[text]
	if f == nil {
		at := utf8.RuneCountInString(p.src.Text[:first.from])
		src := Source{Text: text, File: p.src.File, Path: p.src.Path, Map: func(index int) (int, int) { return p.src.At(at + index) }}
		src.Line, src.Col = p.src.At(at)
		got, found := p.cells.env.Compile(src, facts.Type{}, money.Exact)
		p.found.Add(found...)
		if got == nil {
			p.failed = true
			return end{}, false
		}
		f = got
		p.cells.formulas[text] = f
	}
	return p.typed(first, text, f.Type(), end{kind: endFormula, formula: f})
}

// formulaNext reports whether a sign or a bracket begins a formula, and not an interval or an empty cell.
func (p *cellParser) formulaNext() bool {
	switch p.peek().text {
	case "-":
		return p.tokens[1].kind != tokNumber && p.extent() > 1
	case "(":
		return p.closing(1) >= 0
	}
	return false
}

// extent counts the tokens of the value that comes next: operands joined by signs of arithmetic, and all that stands in brackets
// behind or around them. It ends at commas, comparisons, the dots and brackets of intervals, and at operands side by side.
func (p *cellParser) extent() int {
	operand := false // whether one has just ended
	for i := 0; ; i++ {
		switch t := p.tokens[i]; t.kind {
		case tokNumber, tokString, tokDate, tokName:
			if operand && !(t.kind == tokNumber && t.text[0] == '-') { // of "a -1" the sign is an operator
				return i
			}
			operand = true
		case tokMark:
			switch {
			case strings.Contains(arithmetic, t.text):
				operand = false
			case t.text == "(", t.text == "[" && operand && !p.endsInterval(i):
				at := p.closing(i + 1)
				if at < 0 {
					return i
				}
				i, operand = at, true
			default:
				return i
			}
		default:
			return i
		}
	}
}

// arithmetic are the signs that join operands, and the dot before the name of a column.
const arithmetic = "+-*/%."

// closing is the place of the bracket that closes the one before token i; -1 if there is none, or dots come first, which stand in
// intervals only.
func (p *cellParser) closing(i int) int {
	for depth := 1; i < len(p.tokens); i++ {
		if p.tokens[i].kind != tokMark {
			continue
		}
		switch p.tokens[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		case "..":
			if depth == 1 {
				return -1
			}
		}
	}
	return -1
}

// endsInterval reports whether a "[" closes an interval that is open at its upper end.
func (p *cellParser) endsInterval(i int) bool {
	next := p.tokens[i+1]
	return next.kind != tokMark && next.kind != tokName && next.kind != tokNumber && next.kind != tokString || next.text == "," || next.text == ")"
}

func (p *cellParser) date(t token, text string) (end, bool) {
	day, err := facts.ParseDate(text)
	if err != nil {
		p.fail(t.from, "table.cell-date", "found", text)
		return end{}, false
	}
	return end{kind: endValue, val: day}, true
}

// number reads a literal for a column of the kind: an int64 where it is whole and the column is of integers.
func number(text string, want facts.Kind) (any, bool) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	fraction = strings.TrimRight(fraction, "0")
	if want == facts.Int && fraction == "" {
		sign := text[:len(text)-len(strings.TrimPrefix(text, "-"))]
		v, err := strconv.ParseInt(sign+whole, 10, 64)
		return v, err == nil && len(strings.TrimLeft(whole, "0")) <= maxDigits
	}
	if len(strings.TrimLeft(whole, "0")) > maxIntegerDigits || len(fraction) > maxFractionDigits {
		return nil, false
	}
	d, err := decimal.NewFromString(text)
	return d, err == nil
}

// literal writes a value as a cell would.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case time.Time:
		return v.Format(time.DateOnly)
	case decimal.Decimal:
		return v.String()
	case nil:
		return "null"
	default:
		return fmt.Sprint(v)
	}
}

func choiceList(choices []facts.Choice) string {
	values := make([]any, len(choices))
	for i, c := range choices {
		values[i] = c.Value
	}
	return literals(values)
}

// literals writes values as the list of a cell would, the first dozen of them.
func literals(vs []any) string {
	const shown = 12
	parts := make([]string, 0, shown+1)
	for i, v := range vs {
		if i == shown {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, literal(v))
	}
	return strings.Join(parts, ",")
}
