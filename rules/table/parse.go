package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of a cell. They keep the scaled end points of a column inside int64 with room to spare, and a hostile cell from
// costing more than reading it.
const (
	MaxCellBytes      = 4096
	MaxTests          = 256 // in one cell
	maxIntegerDigits  = 12  // of a literal in a column of exact numbers
	maxFractionDigits = 6
	maxDigits         = maxIntegerDigits + maxFractionDigits // of one in a column of integers
)

// column is what a cell needs to know of its input.
type column struct {
	expr  string
	label lang.Text
	typ   facts.Type
}

// cells reads the cells of a table; formulas in them that are written alike are one.
type cells struct {
	env      Env
	formulas map[string]*formula.Formula
}

// parse reads a cell of the column. On an error the cell is nil.
func (c *cells) parse(src Source, col column) (*cell, diag.List) {
	p := &cellParser{src: src, col: col, cells: c}
	switch {
	case strings.TrimSpace(src.Text) == "":
		p.fail(0, "table.cell-empty")
	case len(src.Text) > MaxCellBytes:
		p.fail(0, "table.cell-too-long", "limit", MaxCellBytes)
	case !utf8.ValidString(src.Text):
		p.fail(0, "table.cell-syntax", "found", "\uFFFD")
	default:
		for _, stray := range src.Strays() {
			if stray.Write != "" {
				p.fail(byteIndex(src.Text, stray.Index), "table.cell-fullwidth", "found", stray.Found, "write", stray.Write)
			}
		}
		p.tokens = lex(src.Text)
		p.cell()
	}
	if p.found.HasErrors() {
		return nil, p.found
	}
	p.out.text = strings.TrimSpace(src.Text)
	return &p.out, p.found
}

type cellParser struct {
	src    Source
	col    column
	cells  *cells
	tokens []token
	out    cell
	found  diag.List
	failed bool
}

// fail reports the first thing wrong at a byte offset; what follows it would be guesswork.
func (p *cellParser) fail(from int, code string, args ...any) {
	if p.failed {
		return
	}
	p.failed = true
	index := utf8.RuneCountInString(p.src.Text[:from])
	p.found.Add(p.src.Found(index, code, append([]any{"cell", p.src.Text, "input", p.col.expr}, args...)...))
}

// byteIndex is the offset of the character with an index.
func byteIndex(s string, index int) int {
	for i := range s {
		if index == 0 {
			return i
		}
		index--
	}
	return len(s)
}

func (p *cellParser) peek() token { return p.tokens[0] }

func (p *cellParser) take() token {
	t := p.tokens[0]
	if len(p.tokens) > 1 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *cellParser) mark(text string) bool {
	if t := p.peek(); t.kind == tokMark && t.text == text {
		p.take()
		return true
	}
	return false
}

func (p *cellParser) unexpected(t token) {
	switch {
	case t.kind == tokEnd:
		p.fail(t.from, "table.cell-ends")
	case t.kind == tokBad && (t.text == `"` || t.text == "'"):
		p.fail(t.from, "table.cell-quote")
	default:
		p.fail(t.from, "table.cell-syntax", "found", t.text)
	}
}

// cell := "-" | tests | "not" "(" tests ")"
func (p *cellParser) cell() {
	switch t := p.peek(); {
	case !p.formulaNext() && p.mark("-"):
		p.out.any = true
	case t.kind == tokName && t.text == "not" && len(p.tokens) > 1 && p.tokens[1].text == "(" && p.tokens[1].kind == tokMark:
		p.take()
		p.take()
		p.out.negate = true
		p.tests()
		if !p.failed && !p.mark(")") {
			p.unexpected(p.peek())
		}
	default:
		p.tests()
	}
	if t := p.peek(); !p.failed && t.kind != tokEnd {
		p.unexpected(t)
	}
}

func (p *cellParser) tests() {
	for {
		p.test()
		if p.failed || !p.mark(",") {
			return
		}
		if len(p.out.tests) >= MaxTests {
			p.fail(p.peek().from, "table.cell-too-long", "limit", MaxTests)
			return
		}
	}
}

// test := ("<" | "<=" | ">" | ">=" | "=" | "==" | "!=") value | interval | "null" | value
func (p *cellParser) test() {
	t := p.peek()
	if t.kind == tokName && t.text == "null" {
		p.take()
		p.out.null = true
		return
	}
	if t.kind != tokMark || p.formulaNext() {
		if v, ok := p.value(); ok {
			p.add(t, p.equal(t, v))
		}
		return
	}
	switch t.text {
	case "=", "==":
		p.take()
		if null := p.peek(); null.kind == tokName && null.text == "null" {
			p.take()
			p.out.null = true
			return
		}
		if v, ok := p.value(); ok {
			p.add(t, p.equal(t, v))
		}
	case "!=":
		p.take()
		if v, ok := p.single(); ok {
			s := p.equal(t, v)
			s.differ = true
			p.add(t, s)
		}
	case "<", "<=", ">", ">=":
		p.take()
		p.needOrder(t)
		if v, ok := p.single(); ok {
			v.open = len(t.text) == 1
			if t.text[0] == '<' {
				p.add(t, span{hi: v})
			} else {
				p.add(t, span{lo: v})
			}
		}
	case "[", "(", "]":
		p.interval()
	default:
		p.unexpected(t)
	}
}

// interval := ("[" | "(" | "]") value ".." value ("]" | ")" | "[")
func (p *cellParser) interval() {
	from := p.take()
	p.needOrder(from)
	lo, ok := p.single()
	if !ok {
		return
	}
	if !p.mark("..") {
		p.unexpected(p.peek())
		return
	}
	hi, ok := p.single()
	if !ok {
		return
	}
	to := p.take()
	if to.kind != tokMark || to.text != "]" && to.text != ")" && to.text != "[" {
		p.unexpected(to)
		return
	}
	lo.open, hi.open = from.text != "[", to.text != "]"
	if lo.kind == endValue && hi.kind == endValue {
		if c := compare(lo.val, hi.val); c > 0 || c == 0 && (lo.open || hi.open) {
			p.fail(from.from, "table.interval-empty", "interval", p.src.Text[from.from:to.from+1])
			return
		}
	}
	p.add(from, span{lo: lo, hi: hi})
}

func (p *cellParser) needOrder(t token) {
	if !ordered(p.col.typ.Kind) {
		p.fail(t.from, "table.cell-not-ordered", "found", t.text, "type", p.col.typ)
	}
}

// equal makes the test of one value, which must be among the choices if the column has any.
func (p *cellParser) equal(t token, v end) span {
	if choices := p.col.typ.Enum; v.kind == endValue && len(choices) > 0 &&
		!slices.ContainsFunc(choices, func(c facts.Choice) bool { return facts.Equal(c.Value, v.val) }) {
		p.fail(t.from, "table.cell-not-a-choice", "value", literal(v.val), "choices", choiceList(choices))
	}
	return at(v)
}

// single reads a value to compare with, which a list is not.
func (p *cellParser) single() (end, bool) {
	t := p.peek()
	v, ok := p.value()
	if ok && v.list {
		p.fail(t.from, "table.cell-list", "name", strings.TrimSpace(p.src.Text[t.from:p.peek().from]))
		return end{}, false
	}
	return v, ok
}

// add keeps a test, after bringing fractions in a column of integers to whole numbers: > 1.5 is >= 2.
func (p *cellParser) add(t token, s span) {
	if p.failed {
		return
	}
	if p.col.typ.Kind == facts.Int {
		exact := true
		for _, e := range []struct {
			end  *end
			ceil bool
		}{{&s.lo, true}, {&s.hi, false}} {
			d, ok := e.end.val.(decimal.Decimal)
			if !ok {
				continue
			}
			exact, e.end.open = false, false
			if e.ceil {
				d = d.Ceil()
			} else {
				d = d.Floor()
			}
			e.end.val = d.IntPart()
		}
		point := s.differ || s.lo.kind == endValue && s.hi.kind == endValue && compare(s.lo.val, s.hi.val) > 0
		if !exact && point {
			p.fail(t.from, "table.cell-type", "found", p.src.Text, "type", facts.Int)
			return
		}
	}
	p.out.tests = append(p.out.tests, s)
}
