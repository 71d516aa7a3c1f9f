package dmn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/source"
)

// notation is one of the two in which tests and expressions are read and written: FEEL, and that of item documents.
type notation uint8

const (
	feel notation = iota
	ours
)

// A cell is a unary test as both notations have it.
type cell struct {
	any    bool
	negate bool
	tests  []test
}

// test is a value to equal, a comparison, an interval, or null.
type test struct {
	op             string // "", "=", "!=", "<", "<=", ">", ">=", ".."
	lo, hi         term   // hi of an interval only
	loOpen, hiOpen bool
}

// term is an expression: a literal, a name, an operation or a call.
type term struct {
	kind termKind
	text string // value of a literal; operator; name of a function
	name []string
	args []term
	at   int
}

type termKind uint8

const (
	termNull termKind = iota
	termNumber
	termString
	termBool
	termDate
	termName
	termSign  // -x
	termSum   // x op y
	termLogic // the same, of comparisons and what joins them; op as FEEL has it
	termIf    // if x then y else z
	termGroup
	termCall
)

// kindNames are the types of literals as DMN calls them.
var kindNames = map[termKind]string{termNumber: "number", termString: "string", termBool: "boolean", termDate: "date"}

// typed is the type that an expression shows by itself, or "".
func (t term) typed() string {
	switch t.kind {
	case termLogic:
		return "boolean"
	case termSign, termGroup:
		return t.args[0].typed()
	case termIf:
		if typ := t.args[1].typed(); typ != "" {
			return typ
		}
		return t.args[2].typed()
	}
	return kindNames[t.kind]
}

// mark is a token.
type mark struct {
	kind markKind
	text string // what it says: of a string or date its value
	at   int    // index of its first character
	end  int    // and behind its last
}

type markKind uint8

const (
	markEnd markKind = iota
	markNumber
	markString
	markDate // @"2026-01-01", or 2026-01-01 in our cells
	markName
	markSign
	markBad
)

// parser reads one text. What it meets first that it cannot read ends it.
type parser struct {
	src   source.Fragment
	in    notation
	chars []rune
	names []string // of several words, or with signs in them; the longest first
	marks []mark
	depth int
	found *diag.Diagnostic
}

// maxText bounds one entry, in characters, as item.schema.json does.
const maxText = 4000

// maxDepth bounds brackets and signs within each other.
const maxDepth = 32

func newParser(src source.Fragment, in notation, names []string) *parser {
	p := &parser{src: src, in: in, chars: []rune(src.Text), names: names}
	if len(p.chars) > maxText {
		p.fail(0, "dmn.text-too-long", "limit", maxText)
		p.chars = nil
	}
	for i := 0; ; {
		for i < len(p.chars) && unicode.IsSpace(p.chars[i]) {
			i++
		}
		m := p.next(i)
		p.marks = append(p.marks, m)
		if m.kind == markEnd || m.kind == markBad {
			return p
		}
		i = m.end
	}
}

func digit(c rune) bool { return c >= '0' && c <= '9' }

func letter(c rune) bool { return c == '_' || unicode.IsLetter(c) }

func (p *parser) next(i int) mark {
	rest := p.chars[i:]
	cut := func(kind markKind, n int) mark { return mark{kind, string(rest[:n]), i, i + n} }
	if len(rest) == 0 {
		return cut(markEnd, 0)
	}
	if n := p.known(rest); n > 0 {
		return cut(markName, n)
	}
	c := rest[0]
	switch {
	case p.in == ours && dateShape(rest):
		return cut(markDate, len(facts.DateLayout))
	case digit(c), c == '.' && len(rest) > 1 && digit(rest[1]):
		n := 0
		for n < len(rest) && digit(rest[n]) {
			n++
		}
		if n+1 < len(rest) && rest[n] == '.' && digit(rest[n+1]) {
			for n++; n < len(rest) && digit(rest[n]); n++ {
			}
		}
		return cut(markNumber, n)
	case letter(c):
		n := 1
		for n < len(rest) && (letter(rest[n]) || digit(rest[n])) {
			n++
		}
		return cut(markName, n)
	case c == '"', c == '\'' && p.in == ours:
		return p.quoted(i, i)
	case c == '@' && len(rest) > 1 && rest[1] == '"':
		m := p.quoted(i, i+1)
		if m.kind == markString {
			m.kind = markDate
		}
		return m
	}
	for _, sign := range []string{"<=", ">=", "==", "!=", "..", "**", "&&", "||"} {
		if own := sign == "&&" || sign == "||"; (!own || p.in == ours) && strings.HasPrefix(string(rest[:min(2, len(rest))]), sign) {
			return cut(markSign, 2)
		}
	}
	if strings.ContainsRune("<>=()[],-+*/.?{}:", c) || c == '!' && p.in == ours {
		return cut(markSign, 1)
	}
	return cut(markBad, 1)
}

// known measures the longest name of the model that the text begins with.
func (p *parser) known(rest []rune) int {
	for _, name := range p.names {
		n := []rune(name)
		if len(n) > len(rest) || string(rest[:len(n)]) != name {
			continue
		}
		if last := n[len(n)-1]; len(n) < len(rest) && (letter(last) || digit(last)) && (letter(rest[len(n)]) || digit(rest[len(n)])) {
			continue // the beginning of a longer word
		}
		return len(n)
	}
	return 0
}

func dateShape(rest []rune) bool {
	const shape = "dddd-dd-dd"
	if len(rest) < len(shape) || len(rest) > len(shape) && digit(rest[len(shape)]) {
		return false
	}
	for i, c := range shape {
		if c == 'd' && !digit(rest[i]) || c == '-' && rest[i] != '-' {
			return false
		}
	}
	return true
}

// quoted reads a string whose quotation mark stands at an index; from is where its token begins.
func (p *parser) quoted(from, at int) mark {
	quote := p.chars[at]
	var b strings.Builder
	for i := at + 1; i < len(p.chars); i++ {
		c := p.chars[i]
		switch {
		case c == quote:
			return mark{markString, b.String(), from, i + 1}
		case c != '\\':
			b.WriteRune(c)
			continue
		case i+1 == len(p.chars):
			return mark{markBad, string(quote), from, from + 1}
		}
		i++
		switch e := p.chars[i]; e {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '\\', '"', '\'', '/':
			b.WriteRune(e)
		case 'u', 'U':
			size := map[rune]int{'u': 4, 'U': 6}[e]
			if e == 'U' && p.in == ours {
				size = 8
			}
			if i+size >= len(p.chars) {
				return mark{markBad, string(quote), from, from + 1}
			}
			code, err := strconv.ParseUint(string(p.chars[i+1:i+1+size]), 16, 32)
			if err != nil || code > unicode.MaxRune {
				return mark{markBad, string(quote), from, from + 1}
			}
			b.WriteRune(rune(code))
			i += size
		default:
			return mark{markBad, string(quote), from, from + 1}
		}
	}
	return mark{markBad, string(quote), from, from + 1}
}

func (p *parser) peek() mark { return p.marks[0] }

func (p *parser) take() mark {
	m := p.marks[0]
	if len(p.marks) > 1 {
		p.marks = p.marks[1:]
	}
	return m
}

func (p *parser) sign(text string) bool {
	if m := p.peek(); m.kind == markSign && m.text == text {
		p.take()
		return true
	}
	return false
}

func (p *parser) failed() bool { return p.found != nil }

func (p *parser) fail(at int, code string, args ...any) {
	if p.found == nil {
		d := p.src.Found(at, code, args...)
		p.found = &d
	}
}

// unexpected says that a token cannot stand where it does: code where it may mean something that has no counterpart.
func (p *parser) unexpected(m mark, code string) {
	switch {
	case m.kind == markEnd:
		p.fail(m.at, "dmn.text-ends")
	case m.kind == markBad && (m.text == `"` || m.text == "'"):
		p.fail(m.at, "dmn.bad-string")
	case m.kind == markBad:
		p.fail(m.at, "dmn.syntax", "found", m.text)
	default:
		p.fail(m.at, code, "found", m.text)
	}
}

const (
	noTest       = "dmn.unsupported-test"
	noExpression = "dmn.unsupported-expression"
)

// cell := "-" | tests | "not" "(" tests ")"
func (p *parser) cell() cell {
	var out cell
	switch m := p.peek(); {
	case m.kind == markEnd:
		return cell{any: true} // an entry left blank
	case m.kind == markSign && m.text == "-" && p.marks[1].kind == markEnd:
		return cell{any: true}
	case m.kind == markName && m.text == "not" && p.marks[1].text == "(":
		p.take()
		p.take()
		out.negate = true
		out.tests = p.tests()
		if !p.failed() && !p.sign(")") {
			p.unexpected(p.peek(), noTest)
		}
	default:
		out.tests = p.tests()
	}
	if m := p.peek(); !p.failed() && m.kind != markEnd {
		p.unexpected(m, noTest)
	}
	if p.failed() && p.found.Code == noExpression { // inside a call
		p.found.Code = noTest
	}
	return out
}

func (p *parser) tests() []test {
	var out []test
	for !p.failed() {
		out = append(out, p.test()...)
		if !p.sign(",") {
			break
		}
	}
	return out
}

// test := [comparison] value | interval | "[" values "]" | named
func (p *parser) test() []test {
	m := p.peek()
	if m.kind != markSign {
		return []test{{lo: p.value()}}
	}
	switch m.text {
	case "<", "<=", ">", ">=", "=", "!=":
		p.take()
		return []test{{op: m.text, lo: p.value()}}
	case "==":
		if p.in == ours {
			p.take()
			return []test{{op: "=", lo: p.value()}}
		}
	case "-":
		return []test{{lo: p.value()}}
	case "(", "[", "]":
		return p.interval()
	case "?":
		if p.in == feel {
			return p.named()
		}
	}
	p.unexpected(m, noTest)
	return nil
}

// named := compared ["and" compared] ("or" compared ["and" compared])*, in which two comparisons are the ends of an interval
func (p *parser) named() []test {
	var out []test
	for !p.failed() {
		t := p.compared()
		if m := p.peek(); p.word("and") {
			lo, hi := t, p.compared()
			if strings.HasPrefix(lo.op, "<") {
				lo, hi = hi, lo
			}
			if !p.failed() && (!strings.HasPrefix(lo.op, ">") || !strings.HasPrefix(hi.op, "<")) {
				p.unexpected(m, noTest)
			}
			t = test{op: "..", lo: lo.lo, hi: hi.lo, loOpen: lo.op == ">", hiOpen: hi.op == "<"}
		}
		out = append(out, t)
		if !p.word("or") {
			break
		}
	}
	return out
}

// compared := "?" comparison value
func (p *parser) compared() test {
	if m := p.peek(); !p.failed() && !p.sign("?") {
		p.unexpected(m, noTest)
	}
	m := p.take()
	if !p.failed() && (m.kind != markSign || !slices.Contains([]string{"=", "!=", "<", "<=", ">", ">="}, m.text)) {
		p.unexpected(m, noTest)
	}
	return test{op: m.text, lo: p.value()}
}

// interval := ("[" | "(" | "]") value ".." value ("]" | ")" | "["), or a list of values in square brackets
func (p *parser) interval() []test {
	from := p.take()
	t := test{op: "..", loOpen: from.text != "["}
	t.lo = p.value()
	if from.text == "[" && p.peek().text != ".." {
		out := []test{{lo: t.lo}}
		for !p.failed() && p.sign(",") {
			out = append(out, test{lo: p.value()})
		}
		if !p.failed() && !p.sign("]") {
			p.unexpected(p.peek(), noTest)
		}
		return out
	}
	if !p.failed() && !p.sign("..") {
		p.unexpected(p.peek(), noTest)
	}
	t.hi = p.value()
	if end := p.take(); !p.failed() && (end.kind != markSign || end.text != "]" && end.text != ")" && end.text != "[") {
		p.unexpected(end, noTest)
	} else {
		t.hiOpen = end.text != "]"
	}
	return []test{t}
}

// value is what may be compared with: a literal, a name, and sums and products that begin with one.
func (p *parser) value() term {
	if p.failed() {
		return term{}
	}
	m := p.peek()
	if m.kind == markSign && m.text == "-" && p.marks[1].kind == markNumber {
		p.take()
		n := p.take()
		return p.more(term{kind: termNumber, text: "-" + number(n.text), at: m.at})
	}
	t := p.primary(noTest)
	if !p.failed() && (t.kind == termCall || t.kind == termGroup) {
		p.fail(m.at, noTest, "found", m.text)
	}
	return p.more(t)
}

// deeper counts what a text nests. It is false beyond maxDepth.
func (p *parser) deeper(code string) bool {
	if p.depth++; p.depth > maxDepth {
		m := p.peek()
		p.fail(m.at, code, "found", m.text)
	}
	return !p.failed()
}

// expression := "if" expression "then" expression "else" expression | or, and in our notation or ["?" expression ":" expression]
func (p *parser) expression() term {
	defer func() { p.depth-- }()
	if !p.deeper(noExpression) {
		return term{}
	}
	m := p.peek()
	if p.in == feel && p.word("if") {
		out := term{kind: termIf, at: m.at, args: []term{p.expression()}}
		for _, next := range []string{"then", "else"} {
			if !p.failed() && !p.word(next) {
				p.unexpected(p.peek(), noExpression)
			}
			out.args = append(out.args, p.expression())
		}
		return out
	}
	left := p.join("or", "||", func() term { return p.join("and", "&&", p.comparison) })
	if p.in == feel || p.failed() || !p.sign("?") {
		return left
	}
	out := term{kind: termIf, at: m.at, args: []term{left, p.expression()}}
	if !p.failed() && !p.sign(":") {
		p.unexpected(p.peek(), noExpression)
	}
	out.args = append(out.args, p.expression())
	return out
}

// join := part (word part)*
func (p *parser) join(word, sign string, part func() term) term {
	left := part()
	for !p.failed() && (p.word(word) || p.in == ours && p.sign(sign)) {
		left = term{kind: termLogic, text: word, args: []term{left, part()}, at: left.at}
	}
	return left
}

func (p *parser) word(text string) bool {
	if m := p.peek(); m.kind == markName && m.text == text {
		p.take()
		return true
	}
	return false
}

// comparison := sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum], in FEEL also sum "between" sum "and" sum
func (p *parser) comparison() term {
	left := p.sum()
	m := p.peek()
	if p.failed() {
		return left
	}
	if p.in == feel && left.kind == termName && p.word("between") { // it is written twice, so it has to be short
		low := p.sum()
		if !p.failed() && !p.word("and") {
			p.unexpected(p.peek(), noExpression)
		}
		both := []term{
			{kind: termLogic, text: ">=", args: []term{left, low}, at: left.at}, {kind: termLogic, text: "<=", args: []term{left, p.sum()}, at: left.at},
		}
		return term{kind: termGroup, args: []term{{kind: termLogic, text: "and", args: both, at: left.at}}, at: left.at}
	}
	equal := map[notation]string{feel: "=", ours: "=="}[p.in]
	if m.kind != markSign || m.text != equal && !slices.Contains([]string{"!=", "<", "<=", ">", ">="}, m.text) {
		return left
	}
	p.take()
	return term{kind: termLogic, text: strings.Replace(m.text, "==", "=", 1), args: []term{left, p.sum()}, at: left.at}
}

// sum := product (("+" | "-") product)*
func (p *parser) sum() term { return p.more(p.signed()) }

// more reads on behind the first operand of a sum.
func (p *parser) more(first term) term {
	left := p.product(first)
	for !p.failed() {
		m := p.peek()
		if m.kind != markSign || m.text != "+" && m.text != "-" {
			break
		}
		p.take()
		left = term{kind: termSum, text: m.text, args: []term{left, p.product(p.signed())}, at: left.at}
	}
	return left
}

func (p *parser) product(left term) term {
	for !p.failed() {
		m := p.peek()
		if m.kind != markSign || m.text != "*" && m.text != "/" {
			break
		}
		p.take()
		left = term{kind: termSum, text: m.text, args: []term{left, p.signed()}, at: left.at}
	}
	return left
}

func (p *parser) signed() term {
	m := p.peek()
	if p.in == ours && p.sign("!") {
		return term{kind: termCall, text: "not", args: []term{p.primary(noExpression)}, at: m.at}
	}
	if !p.sign("-") {
		return p.primary(noExpression)
	}
	defer func() { p.depth-- }()
	if !p.deeper(noExpression) {
		return term{}
	}
	return term{kind: termSign, args: []term{p.signed()}, at: m.at}
}

// whole reads an expression to the end of the text. A blank one is null.
func (p *parser) whole() term {
	if p.peek().kind == markEnd {
		return term{kind: termNull}
	}
	t := p.expression()
	if m := p.peek(); !p.failed() && m.kind != markEnd {
		p.unexpected(m, noExpression)
	}
	return t
}

// reserved are the words of FEEL that cannot begin a value.
var reserved = []string{"if", "for", "some", "every", "function", "not", "and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"}

// primary := literal | date | name | call | "(" expression ")"
func (p *parser) primary(code string) term {
	defer func() { p.depth-- }()
	if !p.deeper(code) {
		return term{}
	}
	m := p.take()
	switch m.kind {
	case markNumber:
		return term{kind: termNumber, text: number(m.text), at: m.at}
	case markString:
		return term{kind: termString, text: m.text, at: m.at}
	case markDate:
		if p.in == feel || code == noTest { // in a formula 2026-01-01 is a difference of numbers
			return p.date(m.text, m.at)
		}
	case markName:
		return p.name(m, code)
	}
	if m.kind == markSign && m.text == "(" {
		t := term{kind: termGroup, args: []term{p.expression()}, at: m.at}
		if !p.failed() && !p.sign(")") {
			p.unexpected(p.peek(), code)
		}
		return t
	}
	p.unexpected(m, code)
	return term{}
}

func (p *parser) name(m mark, code string) term {
	switch m.text {
	case "true", "false":
		return term{kind: termBool, text: m.text, at: m.at}
	case "null":
		if p.in == feel || code == noTest {
			return term{kind: termNull, at: m.at}
		}
	case "nil":
		if p.in == ours {
			return term{kind: termNull, at: m.at}
		}
	}
	if p.in == feel && slices.Contains(reserved, m.text) && !(m.text == "not" && p.peek().text == "(") {
		p.fail(m.at, code, "found", m.text)
		return term{}
	}
	t := term{kind: termName, name: []string{m.text}, at: m.at}
	for {
		last := &t.name[len(t.name)-1]
		switch next := p.peek(); {
		case next.kind == markName && p.in == feel && !slices.Contains(reserved, next.text): // a name of several words
			p.take()
			*last += " " + next.text
		case next.kind == markSign && next.text == "." && p.marks[1].kind == markName:
			p.take()
			t.name = append(t.name, p.take().text)
		case next.kind == markSign && next.text == "(":
			return p.call(t, code)
		default:
			return t
		}
	}
}

// sameMeaning are the functions of FEEL that formulas have under the same name, called with one argument.
var sameMeaning = []string{"abs", "sum", "mean", "median"}

// builtIn are the other functions of FEEL. A name that is none of these is taken to be a function of formulas.
var builtIn = []string{
	"date and time", "time", "number", "string", "not", "duration", "years and months duration", "substring", "string length", "upper case",
	"lower case", "substring before", "substring after", "replace", "contains", "starts with", "ends with", "matches", "split", "list contains",
	"count", "min", "max", "all", "any", "sublist", "append", "concatenate", "insert before", "remove", "reverse", "index of", "union",
	"distinct values", "flatten", "product", "stddev", "mode", "decimal", "floor", "ceiling", "round up", "round down", "round half up",
	"round half down", "modulo", "sqrt", "log", "exp", "odd", "even", "is", "before", "after", "meets", "met by", "overlaps", "finishes",
	"includes", "during", "starts", "started by", "coincides", "day of year", "day of week", "month of year", "week of year", "now", "get value",
	"get entries", "context", "range", "sort", "string join",
}

// call := name "(" [expression ("," expression)*] ")"
func (p *parser) call(t term, code string) term {
	p.take()
	name := strings.Join(t.name, ".")
	out := term{kind: termCall, text: name, at: t.at}
	for !p.failed() && !p.sign(")") {
		out.args = append(out.args, p.expression())
		if m := p.peek(); !p.failed() && !p.sign(",") && m.text != ")" {
			p.unexpected(m, code)
		}
	}
	switch {
	case p.failed():
		return term{}
	case name == "date":
		return p.dateCall(out, code)
	case name == "today" && p.in == feel && len(out.args) == 0:
		return term{kind: termName, name: []string{"today"}, at: t.at}
	case slices.Contains(sameMeaning, name) && len(out.args) == 1, name == "not" && len(out.args) == 1 && code == noExpression:
	case p.in == feel && (slices.Contains(sameMeaning, name) || slices.Contains(builtIn, name) || !keyForm.MatchString(name)),
		p.in == ours && slices.Contains(builtIn, name):
		p.fail(t.at, code, "found", name)
	}
	return out
}

// dateCall reads date("2026-01-31") and date(2026, 1, 31).
func (p *parser) dateCall(t term, code string) term {
	if len(t.args) == 1 && t.args[0].kind == termString {
		return p.date(t.args[0].text, t.args[0].at)
	}
	if len(t.args) == 3 {
		var n [3]int
		for i, a := range t.args {
			v, err := strconv.Atoi(a.text)
			if a.kind != termNumber || err != nil {
				p.fail(a.at, code, "found", "date")
				return term{}
			}
			n[i] = v
		}
		return p.date(fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]), t.at)
	}
	p.fail(t.at, code, "found", "date")
	return term{}
}

func (p *parser) date(text string, at int) term {
	day, err := facts.ParseDate(text)
	if err != nil {
		p.fail(at, "dmn.not-a-date", "found", text)
		return term{}
	}
	return term{kind: termDate, text: day.Format(time.DateOnly), at: at}
}

// number writes a number with a digit before the point.
func number(text string) string {
	if strings.HasPrefix(text, ".") {
		return "0" + text
	}
	return text
}
