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
	text  lang.Text
	entry bool // it belongs to the entry that the innermost list macro speaks of, which the text leaves out
	sum   bool // it has operators of its own and needs brackets inside another
}

// whole is the value with its owner.
func (s said) whole() lang.Text {
	if s.entry {
		return possessive(s.text)
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
		return said{text: join(both("“", "the list “"), listed(items, ", "), both("”", "”"))}
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
	return both(text+"元", "CNY "+text)
}

func quoted(t lang.Text) lang.Text {
	if strings.HasPrefix(t.En, "“") && strings.HasSuffix(t.En, "”") {
		return both("“"+t.Zh+"”", t.En)
	}
	return both("“"+t.Zh+"”", "“"+t.En+"”")
}

func (w *writer) size(n *cond.Node) said {
	of := arg(n, 0)
	v := w.value(of, facts.Type{})
	if of != nil && of.Type.Kind == facts.String {
		return said{text: both(v.whole().Zh+"的字数", "the number of characters of "+v.whole().En)}
	}
	return said{text: both(v.whole().Zh+"的数量", "the number of "+v.whole().En)}
}

// selection is filter and map: some entries of a list, or something of each.
func (w *writer) selection(n *cond.Node) said {
	list := w.value(arg(n, 0), facts.Type{}).whole()
	w.vars = append(w.vars, variable{n.Name, list})
	defer func() { w.vars = w.vars[:len(w.vars)-1] }()
	if n.Op == cond.OpFilter {
		body := w.statement(arg(n, 1), false)
		text := w.render(body, 2)
		zh := "符合“" + text.Zh + "”的" + list.Zh
		if body.ofEntry() {
			zh = body.relative() + "的" + list.Zh
		}
		return said{text: both(zh, "the ones of "+list.En+" for which “"+text.En+"” holds")}
	}
	body := w.value(arg(n, 1), facts.Type{})
	if body.entry {
		return said{text: both("各"+list.Zh+"的"+body.text.Zh, definite(body.text.En)+" of each of "+list.En)}
	}
	return said{text: both("各"+list.Zh+"所对应的“"+body.text.Zh+"”", "“"+body.text.En+"” for each of "+list.En)}
}

var arithmeticWords = map[cond.Op]words{
	cond.OpAdd: {"加", " plus "}, cond.OpSub: {"减", " minus "}, cond.OpMul: {"乘以", " times "}, cond.OpDiv: {"除以", " divided by "},
}

func (w *writer) arithmetic(n *cond.Node) said {
	additive := n.Op == cond.OpAdd || n.Op == cond.OpSub || n.Op == cond.OpNeg
	like := facts.Type{} // twice an amount, not two yuan times an amount
	if additive {
		like = facts.Type{Kind: n.Type.Kind, Money: isMoney(n)}
	}
	left := w.value(arg(n, 0), like)
	l := left.bracketed()
	if first := arg(n, 0); additive && n.Op != cond.OpNeg && first != nil && (first.Op == cond.OpAdd || first.Op == cond.OpSub) {
		l = left.whole() // a plus b minus c is read from the left
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
	if n.Op == cond.OpDiv && n.Type.Kind == facts.Int {
		text = join(text, both("（舍去余数）", " (without the remainder)"))
	}
	return said{text: text, sum: true}
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
		text := w.value(a, like).bracketed()
		place := fmt.Sprintf("{%d}", i)
		zh, en = append(zh, place, text.Zh), append(en, place, text.En)
	}
	return both(strings.NewReplacer(zh...).Replace(phrase.Zh), strings.NewReplacer(en...).Replace(phrase.En))
}

// unit is what the number of a node counts.
func (w *writer) unit(n *cond.Node) lang.Text {
	switch {
	case isMoney(n):
		return lang.Text{}
	case n.Op == cond.OpCall:
		return w.function(n).Unit // a number of the year or the month has none in English
	case n.Op == cond.OpFact:
		if w.space == nil {
			return lang.Text{}
		}
		if slot, ok := w.space.Slot(n.Fact); ok {
			return filled(w.space.At(slot).Unit)
		}
	case n.Op == cond.OpField:
		if row := arg(n, 0); row != nil && row.Type.Row != nil {
			if slot, ok := row.Type.Row.Slot(n.Name); ok {
				return filled(row.Type.Row.At(slot).Unit)
			}
		}
	}
	return lang.Text{}
}
