package phrase

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// said is a value in words.
type said struct {
	text   lang.Text
	entry  *variable // it belongs to the entry that the innermost list macro speaks of, which the text leaves out
	sum    bool      // it has operators of its own and needs brackets inside another
	valued bool      // it is a parameter, with its value and unit in brackets
	one    string    // English for one of several, where it cannot be had from the text
}

// whole is the value with its owner.
func (s said) whole() lang.Text {
	if s.entry != nil {
		return s.entry.possessive(s.text)
	}
	return s.text
}

// bracketed is whole, in brackets if it needs them.
func (s said) bracketed() lang.Text {
	if s.sum {
		return join(both("（", "("), s.whole(), both("）", ")"))
	}
	return s.whole()
}

// value puts a node into words as a thing. like is the type of what it is held against, which says how a constant is
// written: a number beside money is money.
func (w *writer) value(n *cond.Node, like facts.Type) said {
	if n == nil {
		return said{text: w.beyond()}
	}
	switch n.Op {
	case cond.OpConst:
		return said{text: w.constant(n, like)}
	case cond.OpFact, cond.OpVar, cond.OpField, cond.OpIndex:
		return w.label(n).name()
	case cond.OpCall:
		if words, ago, ok := before(n); ok {
			return said{text: w.fill(words, ago, lang.Text{})}
		}
		return said{text: w.fill(filled(w.function(n).Phrase), n, lang.Text{})}
	case cond.OpList:
		items := make([]lang.Text, len(n.Args))
		for i, a := range n.Args {
			elem := facts.Type{}
			if like.Elem != nil {
				elem = *like.Elem
			}
			items[i] = w.value(a, elem).whole()
		}
		return said{text: join(both("“", "the list “"), listed(items, "、", ", "), both("”", "”"))}
	case cond.OpSize:
		return w.size(n)
	case cond.OpFilter, cond.OpMap:
		return w.selection(n)
	case cond.OpIf:
		test := w.render(w.statement(arg(n, 0), false), 2)
		yes, no := w.value(arg(n, 1), n.Type).whole(), w.value(arg(n, 2), n.Type).whole()
		return said{text: both("（如果"+test.Zh+"，为"+yes.Zh+"；否则为"+no.Zh+"）", "("+yes.En+" if "+test.En+", otherwise "+no.En+")")}
	case cond.OpAdd, cond.OpSub, cond.OpMul, cond.OpDiv, cond.OpMod, cond.OpNeg:
		return w.arithmetic(n)
	}
	if n.Type.Kind == facts.Bool {
		// A condition as a value: whether it holds.
		text := w.render(w.statement(n, false), 2)
		return said{text: join(both("是否“", "whether “"), text, both("”", "”"))}
	}
	return said{text: w.beyond()}
}

// constant writes a value as people do.
func (w *writer) constant(n *cond.Node, like facts.Type) lang.Text {
	t := n.Type
	if !t.Money && len(t.Enum) == 0 && like.Kind == t.Kind {
		t = like
	}
	if label, ok := t.Label(n.Value); ok {
		return quoted(filled(label))
	}
	switch v := n.Value.(type) {
	case bool:
		if v {
			return both("“是”", "“yes”")
		}
		return both("“否”", "“no”")
	case int64:
		if t.Money {
			return yuan(v)
		}
		return both(strconv.FormatInt(v, 10), strconv.FormatInt(v, 10))
	case decimal.Decimal:
		if v.Exponent() < -40 || v.Exponent() > 40 { // beyond what facts hold: writing it out would fill the memory
			return w.beyond()
		}
		return both(v.String(), v.String())
	case time.Time:
		return t.Text(v)
	case string:
		if w.names != nil {
			if name, ok := w.names(v); ok {
				return filled(name)
			}
		}
		return quoted(both(v, v))
	}
	return w.beyond()
}

// yuan writes an amount in fen as people do: without decimals where there are none.
func yuan(fen int64) lang.Text {
	amount := decimal.New(fen, -2)
	text := amount.StringFixed(2)
	if amount.IsInteger() {
		text = amount.String()
	}
	return both(text+"元", "CNY "+grouped(text))
}

// grouped puts commas between the thousands of a number.
func grouped(number string) string {
	whole, rest, _ := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return sign + whole
}

func quoted(t lang.Text) lang.Text {
	if strings.HasPrefix(t.En, "“") && strings.HasSuffix(t.En, "”") {
		return both("“"+t.Zh+"”", t.En)
	}
	return both("“"+t.Zh+"”", "“"+t.En+"”")
}

func (w *writer) size(n *cond.Node) said {
	of := arg(n, 0)
	v := w.value(of, facts.Type{}).whole()
	if of != nil && of.Type.Kind == facts.String {
		return said{text: both(v.Zh+"的字数", "the number of characters of "+v.En)}
	}
	return said{text: both(v.Zh+"的数量", "the number of "+strings.TrimPrefix(v.En, "the "))}
}

// selection is filter and map: some entries of a list, or something of each.
func (w *writer) selection(n *cond.Node) said {
	list := w.value(arg(n, 0), facts.Type{}).whole()
	w.entered(n, list)
	defer w.leave()
	if n.Op == cond.OpFilter {
		body := w.statement(arg(n, 1), false)
		if body.ofEntry() {
			one, _ := singular(list.En)
			if body.subject.IsZero() {
				one += " that " + body.predicate.En
			} else {
				one += " whose " + body.subject.En + " " + agree(body.subject.En, body.predicate.En)
			}
			return said{text: both(body.relative()+"的"+list.Zh, "the "+selected(list.En, body)), one: one}
		}
		text := w.render(body, 2)
		return said{text: both("符合“"+text.Zh+"”的"+list.Zh, definite(list.En)+" for which “"+text.En+"” holds")}
	}
	body := w.value(arg(n, 1), facts.Type{})
	if body.entry != nil && !body.text.IsZero() {
		return said{text: both("各"+belonging(list.Zh, body.text.Zh), "the "+pluralOf(body.text.En)+" of "+list.En)}
	}
	text := body.whole()
	return said{text: both("各"+list.Zh+"所对应的“"+text.Zh+"”", "“"+text.En+"” for each of "+list.En)}
}

// selected names the entries of which a statement holds, in English: household members whose income is more than CNY 1000.
func selected(list string, body clause) string {
	list = strings.TrimPrefix(list, "the ")
	if body.subject.IsZero() {
		return list + " that " + several(body.predicate.En)
	}
	return list + " whose " + body.subject.En + " " + agree(body.subject.En, body.predicate.En)
}

var arithmeticWords = map[cond.Op]words{
	cond.OpAdd: {"加", " plus "}, cond.OpSub: {"减", " minus "}, cond.OpMul: {"乘以", " times "}, cond.OpDiv: {"除以", " divided by "},
}

func (w *writer) arithmetic(n *cond.Node) said {
	if base, factor := multiple(n); base != n && !isPlain(factor) {
		v := w.value(base, facts.Type{})
		return said{text: portion(v.bracketed(), factor)}
	}
	additive := n.Op == cond.OpAdd || n.Op == cond.OpSub || n.Op == cond.OpNeg
	like := facts.Type{} // twice an amount, not two yuan times an amount
	if additive {
		like = facts.Type{Kind: n.Type.Kind, Money: isMoney(n)}
	}
	if terms := summands(n); len(terms) > 2 || len(terms) == 2 && n.Type.Kind != facts.String {
		texts := make([]lang.Text, len(terms))
		for i, t := range terms {
			texts[i] = w.value(t, like).bracketed()
		}
		return said{text: join(both("", "the sum of "), listed(texts, "与", " and "), both("之和", "")), sum: true}
	}
	left := w.value(arg(n, 0), like)
	l := left.bracketed()
	if first := arg(n, 0); additive && n.Op != cond.OpNeg && first != nil && first.Op == cond.OpSub {
		l = left.whole() // a minus b minus c is read from the left
	}
	if n.Op == cond.OpNeg {
		return said{text: join(both("负的", "minus "), l), sum: true}
	}
	r := w.value(arg(n, 1), like).bracketed()
	switch {
	case n.Op == cond.OpMod:
		return said{text: both(l.Zh+"除以"+r.Zh+"的余数", "the remainder of "+l.En+" divided by "+r.En), sum: true}
	case n.Op == cond.OpAdd && n.Type.Kind == facts.String:
		return said{text: join(l, both("后接", " followed by "), r), sum: true}
	}
	say := arithmeticWords[n.Op]
	text := join(l, both(say.zh, say.en), r)
	switch {
	case n.Op != cond.OpDiv || n.Type.Kind != facts.Int:
	case isMoney(n):
		text = join(text, both("（不足1分的部分舍去）", " (parts of a fen dropped)"))
	default:
		text = join(text, both("（舍去余数）", " (without the remainder)"))
	}
	return said{text: text, sum: true}
}

// summands are the terms of a sum of numbers, however it is bracketed; nothing where it is no sum.
func summands(n *cond.Node) []*cond.Node {
	if n == nil || n.Op != cond.OpAdd || n.Type.Kind == facts.String {
		return nil
	}
	var out []*cond.Node
	for _, a := range n.Args {
		if inner := summands(a); inner != nil {
			out = append(out, inner...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

// isMoney reports whether a number is an amount of money, as far as people see it: an amount plus a constant is one.
func isMoney(n *cond.Node) bool {
	if n == nil {
		return false
	}
	switch n.Op {
	case cond.OpAdd, cond.OpSub:
		return isMoney(arg(n, 0)) || isMoney(arg(n, 1))
	case cond.OpMul:
		return isMoney(arg(n, 0)) != isMoney(arg(n, 1))
	case cond.OpDiv:
		return isMoney(arg(n, 0)) && !isMoney(arg(n, 1))
	case cond.OpNeg:
		return isMoney(arg(n, 0))
	case cond.OpIf:
		return isMoney(arg(n, 1)) || isMoney(arg(n, 2))
	}
	return n.Type.Money
}

// function finds the overload that a call means. Without one, the call reads as its name and arguments.
func (w *writer) function(n *cond.Node) funcs.Func {
	if w.lib != nil {
		for _, f := range w.lib.Lookup(n.Name) {
			if fits(f, n.Args) && !f.Phrase.IsZero() {
				return f
			}
		}
	}
	w.complete = false
	places := make([]string, len(n.Args))
	for i := range places {
		places[i] = fmt.Sprintf("{%d}", i)
	}
	list := strings.Join(places, "，")
	return funcs.Func{Name: n.Name, Phrase: both("函数 "+n.Name+"（"+list+"）的结果", "the result of the function "+n.Name+" ("+strings.Join(places, ", ")+")")}
}

func fits(f funcs.Func, args []*cond.Node) bool {
	if len(f.Params) != len(args) {
		return false
	}
	for i, p := range f.Params {
		if args[i] == nil || p.Type.Kind != args[i].Type.Kind && !(p.Type.Kind == facts.Number && args[i].Type.Kind == facts.Int) {
			return false
		}
	}
	return true
}

// fill puts the arguments of a call, and a number it is compared with, into a phrase.
func (w *writer) fill(phrase lang.Text, n *cond.Node, number lang.Text) lang.Text {
	zh, en := []string{"{n}", number.Zh}, []string{"{n}", number.En}
	f := w.function(n)
	for i, a := range n.Args {
		like := facts.Type{}
		if i < len(f.Params) {
			like = f.Params[i].Type
		}
		v := w.value(a, like)
		text := v.bracketed()
		if a != nil && a.Op == cond.OpConst && len(like.Enum) > 0 {
			if label, ok := like.Label(a.Value); ok {
				text = filled(label)
			}
		}
		place := fmt.Sprintf("{%d", i)
		zh, en = append(zh, place+"}", text.Zh), append(en, place+"}", text.En)
		of := both("（按%s计）", " (in %s)")
		switch {
		case a != nil && a.Op == cond.OpConst:
			of = both("%s", " %s")
		case v.valued:
			of = lang.Text{}
		}
		zh, en = append(zh, unitHoles(phrase.Zh, place, text.Zh, of.Zh)...), append(en, unitHoles(phrase.En, place, text.En, of.En)...)
	}
	return both(strings.NewReplacer(zh...).Replace(phrase.Zh), strings.NewReplacer(en...).Replace(phrase.En))
}

// unitHoles fill the holes of an argument that has its unit with it, {1 months}: a number stands before its unit, of a fact
// the unit is said in brackets, unless its value stands there already.
func unitHoles(phrase, place, text, of string) []string {
	var out []string
	for rest := phrase; ; {
		_, after, found := strings.Cut(rest, place+" ")
		if !found {
			return out
		}
		unit, next, _ := strings.Cut(after, "}")
		rest = next
		if _, by, counted := strings.Cut(unit, "个"); counted && strings.Contains(of, "按") {
			unit = by
		}
		with := text + strings.ReplaceAll(of, "%s", unit)
		if of == " %s" && unit == "yuan" {
			with = "CNY " + grouped(text)
		}
		out = append(out, place+" "+after[:len(after)-len(next)-1]+"}", with)
	}
}

// measured adds the unit of what a constant is compared with: 3人. English does without where the name of that says it already.
func (w *writer) measured(constant lang.Text, n *cond.Node, name string) lang.Text {
	u := w.unit(n)
	en := u.En
	if strings.HasPrefix(name, "the number of") || en != "" && strings.Contains(name, en) {
		en = ""
	}
	return both(constant.Zh+u.Zh, spaced(constant.En, en))
}

// unit is what the number of a node counts.
func (w *writer) unit(n *cond.Node) lang.Text {
	var f *facts.Fact
	switch {
	case isMoney(n) || !isNumber(n.Type) || len(n.Type.Enum) > 0:
		return lang.Text{}
	case n.Op == cond.OpCall:
		return w.function(n).Unit // a number of the year or the month has none in English
	case n.Op == cond.OpSize && arg(n, 0) != nil && arg(n, 0).Type.Kind == facts.List:
		return both("个", "")
	case n.Op == cond.OpFact:
		f = w.fact(n.Fact)
	case n.Op == cond.OpField:
		if row := arg(n, 0); row != nil && row.Type.Row != nil {
			if slot, ok := row.Type.Row.Slot(n.Name); ok {
				at := row.Type.Row.At(slot)
				f = &at
			}
		}
	}
	switch {
	case f == nil:
		return lang.Text{}
	case !f.Unit.IsZero():
		return filled(f.Unit)
	case !unitIn(f.Label).IsZero():
		return unitIn(f.Label)
	}
	return counted(f.Label.Zh)
}

// counted is the unit that a Chinese label ends in: 人数 counts 人.
func counted(label string) lang.Text {
	if before, inside := inBrackets(label, "（", "）"); inside != "" {
		label = before
	}
	for _, u := range []struct{ ending, unit string }{
		{"人数", "人"}, {"月数", "个月"}, {"年数", "年"}, {"次数", "次"}, {"天数", "日"}, {"日数", "日"}, {"套数", "套"}, {"户数", "户"}, {"份数", "份"}, {"年龄", "周岁"},
	} {
		if strings.HasSuffix(label, u.ending) {
			return both(u.unit, "")
		}
	}
	return lang.Text{}
}
