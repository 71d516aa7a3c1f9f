package phrase

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// arg is an argument of a node, or nil.
func arg(n *cond.Node, i int) *cond.Node {
	if n == nil || i >= len(n.Args) {
		return nil
	}
	return n.Args[i]
}

// statement says that a boolean node holds, or with not, that it does not.
func (w *writer) statement(n *cond.Node, not bool) clause {
	if n == nil {
		return single(lang.Text{}, w.beyond())
	}
	switch n.Op {
	case cond.OpAnd, cond.OpOr:
		return w.joint(n, not)
	case cond.OpNot:
		return w.statement(arg(n, 0), !not)
	case cond.OpConst:
		return w.truth(n, not)
	case cond.OpFact, cond.OpVar, cond.OpField, cond.OpIndex:
		return w.yesNo(n, not)
	case cond.OpPresent:
		return w.presence(arg(n, 0), not)
	case cond.OpEq, cond.OpNe, cond.OpLt, cond.OpLe, cond.OpGt, cond.OpGe:
		return w.comparison(n, not)
	case cond.OpIn:
		return w.membership(n, not)
	case cond.OpCall:
		return w.called(n, not)
	case cond.OpIf:
		return w.alternative(n, not)
	case cond.OpAll, cond.OpExists, cond.OpExistsOne:
		return w.quantified(n, not)
	case cond.OpStartsWith, cond.OpEndsWith, cond.OpContains, cond.OpMatches:
		return w.textTest(n, not)
	}
	return single(lang.Text{}, w.beyond())
}

// joint flattens what negation turns into one kind of connective: !(a && b) || c is one "or" of three.
func (w *writer) joint(n *cond.Node, not bool) clause {
	out := clause{joint: n.Op}
	if not && n.Op == cond.OpAnd {
		out.joint = cond.OpOr
	} else if not {
		out.joint = cond.OpAnd
	}
	for _, a := range n.Args {
		part := w.statement(a, not)
		if part.joint == out.joint {
			out.parts = append(out.parts, part.parts...)
		} else {
			out.parts = append(out.parts, part)
		}
	}
	switch len(out.parts) {
	case 0:
		return single(lang.Text{}, w.beyond())
	case 1:
		return out.parts[0]
	}
	return out
}

func (w *writer) truth(n *cond.Node, not bool) clause {
	holds, ok := n.Value.(bool)
	switch {
	case !ok:
		return single(lang.Text{}, w.beyond())
	case holds != not:
		return single(lang.Text{}, both("任何情况下均符合", "this always holds"))
	default:
		return single(lang.Text{}, both("任何情况下均不符合", "this never holds"))
	}
}

// yesNo is a boolean fact as a statement.
func (w *writer) yesNo(n *cond.Node, not bool) clause {
	l := w.label(n)
	if l.presence {
		return l.existence(false, not)
	}
	return l.affirmation(not)
}

// presence says that a fact is there at all.
func (w *writer) presence(n *cond.Node, not bool) clause {
	if n == nil {
		return single(lang.Text{}, w.beyond())
	}
	l := w.label(n)
	if n.Type.Kind == facts.Bool {
		return l.answered(not)
	}
	return l.existence(isEntered(n), not)
}

// isEntered reports whether a fact is something that people write into a form, and no thing: a date, a number, a choice.
func isEntered(n *cond.Node) bool {
	t := n.Type
	return t.Kind == facts.Date || isNumber(t) || t.Kind == facts.String && len(t.Enum) > 0
}

// comparison words. The English of a date differs from that of a number, and in Chinese too: a date is early, a number low.
type words struct{ zh, en string }

var numberWords = map[cond.Op]words{
	cond.OpEq: {"等于", "equals"}, cond.OpNe: {"不等于", "does not equal"},
	cond.OpGe: {"不低于", "is at least"}, cond.OpGt: {"超过", "is more than"},
	cond.OpLe: {"不超过", "is at most"}, cond.OpLt: {"低于", "is less than"},
}

// 低 is for amounts, ages and measures, 少 for what is counted.
var countWords = map[cond.Op]words{
	cond.OpEq: {"等于", "equals"}, cond.OpNe: {"不等于", "does not equal"},
	cond.OpGe: {"不少于", "is at least"}, cond.OpGt: {"超过", "is more than"},
	cond.OpLe: {"不超过", "is at most"}, cond.OpLt: {"少于", "is less than"},
}

var dateWords = map[cond.Op]words{
	cond.OpEq: {"是", "is"}, cond.OpNe: {"不是", "is not"},
	cond.OpGe: {"不早于", "is on or after"}, cond.OpGt: {"晚于", "is after"},
	cond.OpLe: {"不晚于", "is on or before"}, cond.OpLt: {"早于", "is before"},
}

var textWords = map[cond.Op]words{
	cond.OpEq: {"是", "is"}, cond.OpNe: {"不是", "is not"},
	cond.OpGe: {"按字符顺序不先于", "does not come before, in order of characters,"}, cond.OpGt: {"按字符顺序后于", "comes after, in order of characters,"},
	cond.OpLe: {"按字符顺序不后于", "does not come after, in order of characters,"}, cond.OpLt: {"按字符顺序先于", "comes before, in order of characters,"},
}

// zeroWords are for what is held against zero, which nobody writes as a number.
var zeroWords = map[cond.Op]words{
	cond.OpEq: {"为零", "is zero"}, cond.OpNe: {"不为零", "is not zero"},
	cond.OpGe: {"不小于零", "is not less than zero"}, cond.OpGt: {"大于零", "is more than zero"},
	cond.OpLe: {"不大于零", "is not more than zero"}, cond.OpLt: {"小于零", "is less than zero"},
}

// manyWords are English for what is counted and called by a plural: the times are fewer than 3.
var manyWords = map[cond.Op]string{cond.OpLt: "is fewer than"}

var opposite = map[cond.Op]cond.Op{
	cond.OpEq: cond.OpNe, cond.OpNe: cond.OpEq, cond.OpLt: cond.OpGe, cond.OpGe: cond.OpLt, cond.OpGt: cond.OpLe, cond.OpLe: cond.OpGt,
}

// mirrored is the operator that says the same with the sides exchanged.
var mirrored = map[cond.Op]cond.Op{
	cond.OpEq: cond.OpEq, cond.OpNe: cond.OpNe, cond.OpLt: cond.OpGt, cond.OpGt: cond.OpLt, cond.OpLe: cond.OpGe, cond.OpGe: cond.OpLe,
}

func (w *writer) comparison(n *cond.Node, not bool) clause {
	l, r, op := arg(n, 0), arg(n, 1), n.Op
	if l == nil || r == nil {
		return single(lang.Text{}, w.beyond())
	}
	if not {
		op = opposite[op]
	}
	if l.Op == cond.OpConst && r.Op != cond.OpConst { // 80 <= age reads better the other way round
		l, r, op = r, l, mirrored[op]
	}
	equality := op == cond.OpEq || op == cond.OpNe
	switch {
	case l.Type.Kind == facts.Bool && equality:
		return w.agreement(l, r, op == cond.OpNe)
	case l.Op == cond.OpSize && r.Op == cond.OpConst:
		if c, ok := w.emptiness(l, r, op); ok {
			return c
		}
	}
	for _, idiom := range []func(l, r *cond.Node, op cond.Op) (clause, bool){w.elapsed, w.ofMonth, w.share, w.ranked} {
		if c, ok := idiom(l, r, op); ok {
			return c
		}
	}
	like := l.Type
	like.Money = like.Kind == facts.Int && (isMoney(l) || isMoney(r))
	subject := w.value(l, like)
	out := clause{subject: subject.text, entry: subject.entry}
	if l.Op == cond.OpSize && r.Op == cond.OpConst {
		out.subject.Zh = strings.TrimSuffix(out.subject.Zh, "的数量") // 家庭成员不少于2个
	}
	if isNumber(l.Type) && isZero(r) {
		out.predicate = both(zeroWords[op].zh, zeroWords[op].en)
		return out
	}
	other := w.value(r, like).whole()
	if r.Op == cond.OpConst {
		other = w.measured(other, l, subject.text.En)
	}
	if equality && r.Op != cond.OpConst && !isNumber(l.Type) && !isParameter(r) {
		// Two facts of the same kind are the same or differ; neither "is" the other.
		same := words{"相同", "is the same as "}
		switch {
		case l.Type.Kind == facts.Date && op == cond.OpEq:
			same = words{"是同一天", "is the same day as "}
		case l.Type.Kind == facts.Date:
			same = words{"不是同一天", "is not the same day as "}
		case op == cond.OpNe:
			same = words{"不同", "differs from "}
		}
		out.predicate = join(both("与", same.en), other, both(same.zh, ""))
		return out
	}
	out.predicate = join(w.comparing(l, op, subject), other)
	return out
}

// comparing is what stands between the sides of a comparison.
func (w *writer) comparing(l *cond.Node, op cond.Op, subject said) lang.Text {
	say := textWords[op]
	switch {
	case len(l.Type.Enum) > 0 && (op == cond.OpEq || op == cond.OpNe):
	case l.Type.Kind == facts.Date, isNumber(l.Type) && isYear(subject.text.Zh):
		say = dateWords[op]
	case isNumber(l.Type) && counts(l):
		say = countWords[op]
		if en, ok := manyWords[op]; ok && plural(subject.text.En) {
			say.en = en
		}
	case isNumber(l.Type):
		say = numberWords[op]
	}
	return both(say.zh, say.en+" ")
}

// isYear reports whether a number is a year, which is early or late, and not low or high.
func isYear(zh string) bool {
	return strings.HasSuffix(zh, "年度") || strings.HasSuffix(zh, "年份")
}

// isParameter reports whether a fact is an amount or a place that the city has set.
func isParameter(n *cond.Node) bool {
	return n.Op == cond.OpFact && strings.HasPrefix(n.Fact, "param.")
}

func isZero(n *cond.Node) bool {
	if n.Op != cond.OpConst {
		return false
	}
	switch v := n.Value.(type) {
	case int64:
		return v == 0
	case decimal.Decimal:
		return v.IsZero()
	}
	return false
}

// counts reports whether a number says how many, and not how much or how old.
func counts(n *cond.Node) bool {
	return n.Type.Kind == facts.Int && !isMoney(n) && !(n.Op == cond.OpCall && n.Name == "age")
}

func isNumber(t facts.Type) bool { return t.Kind == facts.Int || t.Kind == facts.Number }

// agreement compares two booleans.
func (w *writer) agreement(l, r *cond.Node, differ bool) clause {
	if r.Op == cond.OpConst {
		if holds, ok := r.Value.(bool); ok {
			return w.statement(l, holds == differ)
		}
	}
	left, right := w.render(w.statement(l, false), 1), w.render(w.statement(r, false), 1)
	predicate := both("同时成立或者同时不成立", "hold together or not at all")
	if differ {
		predicate = both("恰有一项成立", "do not hold together, but one of them does")
	}
	return clause{subject: join(quoted(left), both("与", " and "), quoted(right)), predicate: predicate}
}

// emptiness says that a list has entries, or none.
func (w *writer) emptiness(size, number *cond.Node, op cond.Op) (clause, bool) {
	list := arg(size, 0)
	n, ok := number.Value.(int64)
	if !ok || list == nil || list.Type.Kind != facts.List {
		return clause{}, false
	}
	var none bool
	switch {
	case n == 0 && (op == cond.OpGt || op == cond.OpNe), n == 1 && op == cond.OpGe:
	case n == 0 && (op == cond.OpEq || op == cond.OpLe), n == 1 && op == cond.OpLt:
		none = true
	default:
		return clause{}, false
	}
	if list.Op == cond.OpFilter && len(list.Args) == 2 { // none that is such: none is such
		some := *list
		some.Op = cond.OpExists
		return w.quantified(&some, none), true
	}
	v := w.value(list, list.Type)
	each, _ := singular(v.whole().En)
	if none {
		return single(lang.Text{}, both("没有"+v.whole().Zh, "there is no "+each)), true
	}
	return single(lang.Text{}, both("有"+v.whole().Zh, "there is at least one "+each)), true
}

// membership is "in".
func (w *writer) membership(n *cond.Node, not bool) clause {
	l, r := arg(n, 0), arg(n, 1)
	if l == nil || r == nil {
		return single(lang.Text{}, w.beyond())
	}
	subject := w.value(l, l.Type)
	out := clause{subject: subject.text, entry: subject.entry}
	if r.Op != cond.OpList {
		list := w.value(r, r.Type).whole()
		switch {
		case l.Op == cond.OpConst && not:
			return single(list, join(both("不包括", "does not include "), w.constant(l, elem(r.Type))))
		case l.Op == cond.OpConst:
			return single(list, join(both("包括", "includes "), w.constant(l, elem(r.Type))))
		case not:
			out.predicate = join(both("不是", "is not among "), list, both("之一", ""))
		default:
			out.predicate = join(both("是", "is among "), list, both("之一", ""))
		}
		return out
	}
	items := make([]lang.Text, len(r.Args))
	for i, a := range r.Args {
		items[i] = w.value(a, l.Type).whole()
	}
	return w.oneOf(out, items, not)
}

// oneOf says that a subject is one of several values.
func (w *writer) oneOf(out clause, items []lang.Text, not bool) clause {
	n := len(items)
	switch {
	case n == 0:
		return w.truth(&cond.Node{Value: false}, not)
	case n == 1 && not:
		out.predicate = join(both("不是", "is not "), items[0])
	case n == 1:
		out.predicate = join(both("是", "is "), items[0])
	case n == 2 && not:
		out.predicate = join(both("既不是", "is neither "), items[0], both("也不是", " nor "), items[1])
	case not:
		out.predicate = join(both("不是", "is none of "), listed(items, "、", " or "), both("中的任何一项", ""))
	case n <= 5:
		out.predicate = join(both("是", map[bool]string{true: "is ", false: "is one of "}[n == 2]), listed(items, "或者", " or "))
	default:
		out.predicate = join(both("是下列之一：", "is one of "), listed(items, "、", " or "))
	}
	return out
}

func elem(t facts.Type) facts.Type {
	if t.Elem == nil {
		return facts.Type{}
	}
	return *t.Elem
}

// listed joins values, the last with words of its own: 甲、乙或者丙; A, B or C.
func listed(items []lang.Text, zh, en string) lang.Text {
	var out lang.Text
	for i, item := range items {
		switch {
		case i == 0:
		case i == len(items)-1:
			out = join(out, both(zh, en))
		default:
			out = join(out, both("、", ", "))
		}
		out = join(out, item)
	}
	return out
}

// alternative is a condition that depends on another: if a then b, otherwise c.
func (w *writer) alternative(n *cond.Node, not bool) clause {
	when := w.statement(arg(n, 0), false)
	test := w.render(when, 2)
	yes, no := w.render(w.statement(arg(n, 1), not), 2), w.render(w.statement(arg(n, 2), not), 2)
	zh := test.Zh + "的，" + yes.Zh + "；否则，" + no.Zh
	if when.compound() {
		zh = "如果" + test.Zh + "，则" + yes.Zh + "；否则，" + no.Zh
	}
	out := single(lang.Text{}, both(zh, "if "+test.En+", then "+yes.En+"; otherwise "+no.En))
	out.ends = true
	return out
}

// quantified is all, exists and exists_one.
func (w *writer) quantified(n *cond.Node, not bool) clause {
	op := n.Op
	of := w.value(arg(n, 0), facts.Type{})
	list := of.whole()
	if c, ok := w.distinct(n, list, not); ok {
		return c
	}
	v := w.entered(n, list)
	defer w.leave()

	// Not all are: some are not. None are not: all are.
	deny := not && (op == cond.OpAll || op == cond.OpExists && negative(arg(n, 1)))
	body := w.statement(arg(n, 1), deny)
	zh := strings.TrimPrefix(list.Zh, "各") + v.lettered().Zh // 各家庭成员的月收入: of a map
	one := of.one
	if one == "" {
		one, _ = singular(list.En)
	}
	en := one + v.lettered().En
	whole := body.ofEntry()
	switch {
	case op == cond.OpExistsOne && not && whole:
		return single(lang.Text{}, both(body.relative()+"的"+zh+"不是恰好一个", "the number of "+selected(list.En, body)+" is not exactly one"))
	case op == cond.OpExistsOne && not:
		c := ranging(both(zh+"中，并非有且仅有一个", "not exactly one "+en), body)
		return c
	case op == cond.OpExistsOne:
		return among(both("有且仅有一个"+zh, "exactly one "+en), "", body)
	case op == cond.OpAll && !not, op == cond.OpExists && deny:
		if none, is := undenied(body); whole && is { // every one is not: no one is
			return single(lang.Text{}, both("每一"+body.afterEntry(zh, "均"), "no "+en+" "+none))
		}
		return among(both("每一"+zh, "every "+en), "均", body)
	case op == cond.OpExists && not:
		return among(both("没有任何一个"+zh, "no "+en), "", body)
	default:
		return among(both("至少有一个"+zh, "at least one "+en), "", body)
	}
}

// lettered is the letter of an entry in brackets, where it has one.
func (v *variable) lettered() lang.Text {
	if v.letter.IsZero() {
		return lang.Text{}
	}
	return both("（"+v.letter.Zh+"）", " ("+v.letter.En+")")
}

// among is a statement about entries: as one sentence, or after a colon. also is the word that Chinese puts before the
// predicate.
func among(head lang.Text, also string, body clause) clause {
	if !body.ofEntry() {
		return ranging(both(head.Zh+also, head.En), body)
	}
	zh := body.afterEntry(head.Zh, also)
	if body.subject.IsZero() { // about the entry itself
		return single(lang.Text{}, both(zh, head.En+" "+body.predicate.En))
	}
	of := definite(body.subject.En) + " " + agree(body.subject.En, body.predicate.En)
	if also == "" { // there is at least one member whose income …
		return single(lang.Text{}, both(zh, "there is "+head.En+" whose "+strings.TrimPrefix(of, "the ")))
	}
	return single(lang.Text{}, both(zh, "for "+head.En+", "+of))
}

// afterEntry is a statement about an entry behind the words for it, with 均 where it belongs.
func (c clause) afterEntry(zh, also string) string {
	if c.subject.Zh != "" {
		zh = belonging(zh, c.subject.Zh)
	}
	return zh + c.setting + also + c.predicate.Zh
}

// ranging is a statement about the entries of a list; what follows it could be taken to belong to it.
func ranging(head lang.Text, body clause) clause { return clause{head: head, body: &body} }

// undenied takes the "not" out of an English predicate that begins with it.
func undenied(c clause) (string, bool) {
	if !c.subject.IsZero() {
		return "", false
	}
	for _, d := range deniable {
		if rest, ok := strings.CutPrefix(c.predicate.En, d.not); ok && d.is != "cannot " {
			return d.is + rest, true
		}
	}
	return "", false
}

// distinct is the idiom for entries of which no two agree in something: all(a, exists_one(b, a.x == b.x)).
func (w *writer) distinct(n *cond.Node, list lang.Text, not bool) (clause, bool) {
	inner := arg(n, 1)
	if n.Op != cond.OpAll || inner == nil || inner.Op != cond.OpExistsOne || !same(arg(inner, 0), arg(n, 0)) || n.Name == inner.Name {
		return clause{}, false
	}
	eq := arg(inner, 1)
	if eq == nil || eq.Op != cond.OpEq || !crosswise(arg(eq, 0), arg(eq, 1), n.Name, inner.Name) && !crosswise(arg(eq, 1), arg(eq, 0), n.Name, inner.Name) {
		return clause{}, false
	}
	field := arg(eq, 0)
	w.vars = append(w.vars, &variable{name: field.Args[0].Name, list: list})
	what := w.field(field)
	w.leave()
	one, _ := singular(list.En)
	zh, more := strings.TrimPrefix(list.Zh, "各"), pluralOf(strings.TrimPrefix(definite(list.En), "the "))
	if not {
		return single(lang.Text{}, both("至少有两个"+belonging(zh, what.text.Zh)+"相同", "at least two "+more+" have the same "+what.text.En)), true
	}
	return single(lang.Text{}, both("各"+belonging(zh, what.text.Zh)+"互不相同", "every "+one+" has a different "+what.text.En)), true
}

// crosswise reports whether two nodes are the same field of two variables.
func crosswise(a, b *cond.Node, outer, inner string) bool {
	return a != nil && b != nil && a.Op == cond.OpField && b.Op == cond.OpField && a.Name == b.Name &&
		len(a.Args) == 1 && len(b.Args) == 1 && a.Args[0] != nil && b.Args[0] != nil &&
		a.Args[0].Op == cond.OpVar && b.Args[0].Op == cond.OpVar && a.Args[0].Name == outer && b.Args[0].Name == inner
}

// negative reports whether a node is a denial, so that denying it once more reads better as a statement.
func negative(n *cond.Node) bool {
	return n != nil && (n.Op == cond.OpNot || n.Op == cond.OpNe)
}

// textTest is a test of the characters of a text.
func (w *writer) textTest(n *cond.Node, not bool) clause {
	l, r := arg(n, 0), arg(n, 1)
	if l == nil || r == nil {
		return single(lang.Text{}, w.beyond())
	}
	subject, part := w.value(l, l.Type), w.value(r, r.Type).whole()
	out := clause{subject: subject.text, entry: subject.entry}
	type form struct{ before, after lang.Text }
	forms := map[cond.Op][2]form{
		cond.OpStartsWith: {{both("以", "begins with "), both("开头", "")}, {both("不以", "does not begin with "), both("开头", "")}},
		cond.OpEndsWith:   {{both("以", "ends in "), both("结尾", "")}, {both("不以", "does not end in "), both("结尾", "")}},
		cond.OpContains:   {{both("包含", "contains "), both("", "")}, {both("不包含", "does not contain "), both("", "")}},
		cond.OpMatches:    {{both("符合格式", "has the format "), both("（技术格式，非文字表述）", " (a technical pattern, not words)")}, {both("不符合格式", "does not have the format "), both("（技术格式，非文字表述）", " (a technical pattern, not words)")}},
	}
	if n.Op == cond.OpMatches {
		w.complete = false
	}
	f := forms[n.Op][0]
	if not {
		f = forms[n.Op][1]
	}
	out.predicate = join(f.before, part, f.after)
	return out
}
