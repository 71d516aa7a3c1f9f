package phrase

import (
	"strings"

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
		return l.existence(not)
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
		// A yes-or-no question is there when it has an answer.
		c := single(quoted(l.name().text), both("已有回答", "has been answered"))
		if not {
			c.predicate = both("没有回答", "has not been answered")
		}
		c.entry = l.entry
		return c
	}
	return l.existence(not)
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
	if c, ok := w.idiom(l, r, op); ok {
		return c
	}
	like := l.Type
	like.Money = like.Kind == facts.Int && (isMoney(l) || isMoney(r))
	subject, other := w.value(l, like), w.value(r, like)
	if u := w.unit(l); r.Op == cond.OpConst && !u.IsZero() {
		other.text = both(other.text.Zh+u.Zh, spaced(other.text.En, u.En))
	}
	out := clause{subject: subject.text, entry: subject.entry}
	if equality && r.Op != cond.OpConst && !isNumber(l.Type) {
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
		out.predicate = join(both("与", same.en), other.whole(), both(same.zh, ""))
		return out
	}
	say := textWords[op]
	switch {
	case isNumber(l.Type) && counts(l):
		say = countWords[op]
	case isNumber(l.Type):
		say = numberWords[op]
	case l.Type.Kind == facts.Date:
		say = dateWords[op]
	}
	if len(l.Type.Enum) > 0 && equality {
		say = textWords[op]
	}
	out.predicate = join(both(say.zh, say.en+" "), other.whole())
	return out
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
	predicate := both("必须同时成立或者同时不成立", "hold together or not at all")
	if differ {
		predicate = both("必须恰有一项成立", "do not hold together, but one of them does")
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
	v := w.value(list, list.Type).whole()
	if none {
		return single(lang.Text{}, both("没有"+v.Zh, "there is not one of "+v.En)), true
	}
	return single(lang.Text{}, both("有"+v.Zh, "there is at least one of "+v.En)), true
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
		list := w.value(r, r.Type)
		if out.predicate = join(both("在", "is among "), list.whole(), both("之中", "")); not {
			out.predicate = join(both("不在", "is not among "), list.whole(), both("之中", ""))
		}
		return out
	}
	var items []lang.Text
	for _, a := range r.Args {
		items = append(items, w.value(a, l.Type).whole())
	}
	switch {
	case len(items) == 0:
		out.predicate = w.beyond()
	case len(items) == 1 && not:
		out.predicate = join(both("不是", "is not "), items[0])
	case len(items) == 1:
		out.predicate = join(both("是", "is "), items[0])
	case len(items) == 2 && not:
		out.predicate = join(both("既不是", "is neither "), items[0], both("也不是", " nor "), items[1])
	case not:
		out.predicate = join(both("不是下列任何一项：", "is none of "), listed(items, " or "))
	case len(items) == 2:
		out.predicate = join(both("是", "is "), items[0], both("或者", " or "), items[1])
	default:
		out.predicate = join(both("为下列之一：", "is one of "), listed(items, " or "))
	}
	return out
}

// listed joins values: 甲、乙、丙; A, B or C.
func listed(items []lang.Text, last string) lang.Text {
	var out lang.Text
	for i, item := range items {
		switch {
		case i == 0:
		case i == len(items)-1:
			out = join(out, both("、", last))
		default:
			out = join(out, both("、", ", "))
		}
		out = join(out, item)
	}
	return out
}

// alternative is a condition that depends on another: if a then b, otherwise c.
func (w *writer) alternative(n *cond.Node, not bool) clause {
	test := w.render(w.statement(arg(n, 0), false), 2)
	yes, no := w.render(w.statement(arg(n, 1), not), 2), w.render(w.statement(arg(n, 2), not), 2)
	out := single(lang.Text{}, join(both("如果", "if "), test, both("，则须", ", then "), yes, both("；否则须", "; otherwise "), no))
	out.ends = true
	return out
}

// quantified is all, exists and exists_one.
func (w *writer) quantified(n *cond.Node, not bool) clause {
	op := n.Op
	list := w.value(arg(n, 0), facts.Type{}).whole()
	w.vars = append(w.vars, variable{n.Name, list})
	defer func() { w.vars = w.vars[:len(w.vars)-1] }()

	// Not all are: some are not. None are not: all are.
	deny := not && (op == cond.OpAll || op == cond.OpExists && negative(arg(n, 1)))
	body := w.statement(arg(n, 1), deny)
	text := w.render(body, 2)
	each := strings.TrimPrefix(list.Zh, "各") // of a map: 各家庭成员的月收入
	var head lang.Text
	also := "" // the word that Chinese puts before the predicate
	switch {
	case op == cond.OpExistsOne && not:
		en := "it is not exactly one of " + list.En + " for which this holds: "
		if body.ofEntry() {
			return single(lang.Text{}, both(body.relative()+"的"+each+"不是恰好一个", en+text.En))
		}
		return ranging(both("符合下述要求的"+each+"不是恰好一个：", en), text)
	case op == cond.OpExistsOne:
		head = both("恰有一个"+each, "exactly one of "+list.En)
	case op == cond.OpAll && !not, op == cond.OpExists && deny:
		head, also = both("每一"+each, "every one of "+list.En), "均"
	case op == cond.OpExists && not:
		head = both("没有任何一个"+each, "none of "+list.En)
	default:
		head = both("至少有一个"+each, "at least one of "+list.En)
	}
	switch {
	case !body.ofEntry():
		return ranging(both(head.Zh+also+"符合：", "for "+head.En+", this holds: "), text)
	case body.subject.IsZero(): // about the entry itself
		return single(lang.Text{}, both(head.Zh+also+body.predicate.Zh, head.En+" "+body.predicate.En))
	default: // about something of it
		return single(lang.Text{}, both(head.Zh+"的"+body.subject.Zh+also+body.predicate.Zh,
			"for "+head.En+", "+definite(body.subject.En)+" "+body.predicate.En))
	}
}

// ranging is a statement about the entries of a list; what follows it could be taken to belong to it.
func ranging(head, body lang.Text) clause {
	out := single(lang.Text{}, join(head, body))
	out.ends = true
	return out
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
		cond.OpMatches:    {{both("符合格式", "has the format "), both("（正则表达式）", " (a regular expression)")}, {both("不符合格式", "does not have the format "), both("（正则表达式）", " (a regular expression)")}},
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
