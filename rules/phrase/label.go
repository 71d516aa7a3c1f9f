package phrase

import (
	"fmt"
	"strings"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// label is what a fact, a field or a variable is called.
type label struct {
	text     lang.Text // as a noun without an article
	written  lang.Text // as the label was written
	value    lang.Text // of a parameter whose value is known
	owner    lang.Text // of a field: the entry it belongs to, unless that is the innermost variable's
	entry    *variable // it belongs to the entry of the innermost macro, or is it
	presence bool      // a fact that says whether something is there
}

// name is the label as a thing, with its owner.
func (l label) name() said {
	switch {
	case l.entry != nil:
		return said{text: l.text, entry: l.entry}
	case l.owner.IsZero() && l.value.IsZero():
		return said{text: both(l.text.Zh, definite(l.text.En))}
	case l.owner.IsZero():
		text := both(l.text.Zh+"（"+l.value.Zh+"）", definite(l.text.En))
		if l.value.En != "" {
			text.En += " (" + l.value.En + ")"
		}
		return said{text: text, valued: true}
	default:
		return said{text: of(l.owner, l.text)}
	}
}

// variable stands for one entry of a list in the body of all, exists and their like.
type variable struct {
	name   string
	list   lang.Text
	short  string    // English: "member"
	letter lang.Text // 甲, A: set where entries of one list are held against each other
}

// possessive is the entry, or what of it is meant.
func (v *variable) possessive(t lang.Text) lang.Text {
	that := "that " + v.short
	if t.Zh == "" {
		return both("其", that)
	}
	return both("其"+t.Zh, that+"’s "+t.En)
}

// entered opens the body of a list macro. The caller leaves it again.
func (w *writer) entered(n *cond.Node, list lang.Text) *variable {
	_, short := singular(list.En)
	v := &variable{name: n.Name, list: list, short: short}
	held := heldAgainst(n)
	for i, outer := range w.vars {
		if outer.list == list && !outer.letter.IsZero() {
			held = true
		}
		if i >= len(letters) {
			held = false
		}
	}
	if held && len(w.vars) < len(letters) {
		v.letter = letters[len(w.vars)]
	}
	w.vars = append(w.vars, v)
	return v
}

func (w *writer) leave() { w.vars = w.vars[:len(w.vars)-1] }

var letters = []lang.Text{both("甲", "A"), both("乙", "B"), both("丙", "C"), both("丁", "D")}

// heldAgainst reports whether the body of a list macro looks through the same list once more.
func heldAgainst(n *cond.Node) bool {
	list := arg(n, 0)
	found := false
	var look func(*cond.Node)
	look = func(m *cond.Node) {
		if m == nil || found {
			return
		}
		if isMacro(m.Op) && same(arg(m, 0), list) && mentions(arg(m, 1), n.Name) {
			found = true
		}
		for _, a := range m.Args {
			look(a)
		}
	}
	look(arg(n, 1))
	return found
}

func isMacro(op cond.Op) bool {
	switch op {
	case cond.OpAll, cond.OpExists, cond.OpExistsOne, cond.OpFilter, cond.OpMap:
		return true
	}
	return false
}

func mentions(n *cond.Node, variable string) bool {
	if n == nil {
		return false
	}
	if n.Op == cond.OpVar && n.Name == variable {
		return true
	}
	for _, a := range n.Args {
		if mentions(a, variable) {
			return true
		}
	}
	return false
}

// same reports whether two nodes were written alike.
func same(a, b *cond.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Op != b.Op || a.Fact != b.Fact || a.Name != b.Name || len(a.Args) != len(b.Args) || !facts.Equal(a.Value, b.Value) {
		return false
	}
	for i := range a.Args {
		if !same(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

func (w *writer) label(n *cond.Node) label {
	switch n.Op {
	case cond.OpFact:
		if f := w.fact(n.Fact); f != nil && !f.Label.IsZero() {
			written := filled(f.Label)
			l := label{text: noun(written), written: written, presence: isPresence(n, written)}
			if w.known != nil {
				if known, ok := w.known(n.Fact); ok {
					l.value = w.set(known, n.Type)
				}
			}
			return l
		}
		w.complete = false
		return raw(n.Fact)
	case cond.OpVar:
		for i := len(w.vars) - 1; i >= 0; i-- {
			v := w.vars[i]
			switch {
			case v.name != n.Name:
				continue
			case !v.letter.IsZero():
				return thing(v.letter)
			case i == len(w.vars)-1:
				return label{entry: v}
			case len(v.list.Zh)+len(v.list.En) > maxListName:
				return thing(both("前述该项", "the entry mentioned before"))
			}
			one, _ := singular(v.list.En)
			return thing(both("该"+v.list.Zh, "that "+one))
		}
		w.complete = false
		return raw(n.Name)
	case cond.OpField:
		return w.field(n)
	case cond.OpIndex:
		return w.element(n)
	}
	v := w.value(n, n.Type)
	return label{text: v.text, written: v.text, entry: v.entry}
}

// set writes a value that is known: 730元/人·月, but of a place the name alone, which has no English.
func (w *writer) set(k Known, t facts.Type) lang.Text {
	if code, ok := k.Value.(string); ok {
		if w.names == nil {
			return lang.Text{}
		}
		name, _ := w.names(code)
		return lang.Text{Zh: name.Zh}
	}
	text := w.constant(&cond.Node{Op: cond.OpConst, Type: t, Value: k.Value}, t)
	if t.Money && !k.Unit.IsZero() {
		text.Zh = strings.TrimSuffix(text.Zh, "元")
	}
	return both(text.Zh+k.Unit.Zh, spaced(text.En, k.Unit.In(lang.En)))
}

func (w *writer) fact(path string) *facts.Fact {
	if w.space == nil {
		return nil
	}
	slot, ok := w.space.Slot(path)
	if !ok {
		return nil
	}
	f := w.space.At(slot)
	return &f
}

// raw is something that has no label: its name in the rule, quoted.
func raw(name string) label { return thing(quoted(both(name, name))) }

func thing(t lang.Text) label { return label{text: t, written: t} }

// isPresence reports whether a fact says that a group or a licence is there, under the name of the thing itself.
func isPresence(n *cond.Node, l lang.Text) bool {
	return strings.HasSuffix(n.Fact, ".present") && !strings.HasPrefix(l.Zh, "是否")
}

func (w *writer) field(n *cond.Node) label {
	row := arg(n, 0)
	if row == nil {
		return thing(w.beyond())
	}
	l := raw(n.Name)
	slot, ok := 0, false
	if row.Type.Row != nil {
		slot, ok = row.Type.Row.Slot(n.Name)
	}
	if ok && !row.Type.Row.At(slot).Label.IsZero() {
		l.written = filled(row.Type.Row.At(slot).Label)
		l.text = noun(l.written)
	} else {
		w.complete = false
	}
	owner := w.label(row)
	switch {
	case owner.entry == nil:
		l.owner = owner.name().text
	case owner.text.Zh == "":
		l.entry = owner.entry
	default:
		l.text, l.entry = both(belonging(owner.text.Zh, l.text.Zh), owner.text.En+"’s "+l.text.En), owner.entry
	}
	return l
}

// of is a thing with its owner. The entries that are called A and B own by an apostrophe.
func of(owner, thing lang.Text) lang.Text {
	if len(owner.En) == 1 || owner.En == "the applicant" {
		return both(belonging(owner.Zh, thing.Zh), owner.En+"’s "+thing.En)
	}
	return both(belonging(owner.Zh, thing.Zh), definite(thing.En)+" of "+owner.En)
}

// belonging puts 的 between an owner and a thing, but not before what begins with a preposition: 家庭成员与申请人的关系.
func belonging(owner, thing string) string {
	for _, p := range []string{"与", "对", "向"} {
		if strings.HasPrefix(thing, p) {
			return owner + thing
		}
	}
	return owner + "的" + thing
}

// element is one entry of a list by its number, which rules count from 0 and people from 1.
func (w *writer) element(n *cond.Node) label {
	list, at := arg(n, 0), arg(n, 1)
	if list == nil || at == nil {
		return thing(w.beyond())
	}
	of := w.value(list, facts.Type{}).whole()
	if i, ok := at.Value.(int64); ok && at.Op == cond.OpConst && i >= 0 && i < 1<<40 {
		return thing(both(fmt.Sprintf("第%d个%s", i+1, of.Zh), fmt.Sprintf("entry %d of %s", i+1, of.En)))
	}
	number := w.value(at, facts.Type{}).bracketed()
	return thing(both(of.Zh+"中序号为"+number.Zh+"（从0数起）的一个", "the entry of "+of.En+" with number "+number.En+" (counted from 0)"))
}

// maxListName bounds the bytes of a list's description that is repeated wherever an entry is meant: descriptions may hold
// such repetitions themselves, and would double with every list within a list.
const maxListName = 240

// noun fits a label into a sentence, without the unit that it may end in.
func noun(l lang.Text) lang.Text {
	zh, en := strings.TrimSpace(l.Zh), strings.TrimSpace(l.En)
	if unit := unitIn(l); !unit.IsZero() {
		zh, _ = inBrackets(zh, "（", "）")
		en, _ = inBrackets(en, "(", ")")
	}
	return both(zh, nounEn(en))
}

// measures are the units that labels give in brackets at their end.
var measures = map[string]lang.Text{
	"平方米": both("平方米", "square metres"), "米": both("米", "metres"), "公里": both("公里", "kilometres"), "人": both("人", ""), "次": both("次", ""),
	"月": both("个月", ""), "个月": both("个月", ""), "年": both("年", ""), "日": both("日", ""), "天": both("天", ""), "%": both("%", "%"),
}

// unitIn is the unit in brackets at the end of a label.
func unitIn(l lang.Text) lang.Text {
	_, inside := inBrackets(strings.TrimSpace(l.Zh), "（", "）")
	return measures[inside]
}

// inBrackets parts a text from what stands in brackets at its end.
func inBrackets(s, open, shut string) (before, inside string) {
	if rest, ok := strings.CutSuffix(s, shut); ok {
		if i := strings.LastIndex(rest, open); i >= 0 {
			return strings.TrimSpace(rest[:i]), rest[i+len(open):]
		}
	}
	return s, ""
}

// existence says that there is such a thing, or that there is none; a thing with an owner is the owner's. filled is for
// entries of a form that are no things: dates, numbers and choices.
func (l label) existence(entered, not bool) clause {
	c := clause{subject: l.owner, entry: l.entry}
	owned := l.entry != nil || !l.owner.IsZero()
	switch {
	case entered && not:
		c.predicate = both("未填写"+l.text.Zh, "has no "+l.text.En+" stated")
	case entered:
		c.predicate = both("已填写"+l.text.Zh, "has "+article(l.text.En)+" stated")
	case not:
		c.predicate = both("没有"+strings.TrimPrefix(l.text.Zh, "有"), "has no "+l.text.En)
	default:
		c.predicate = both("有"+strings.TrimPrefix(l.text.Zh, "有"), "has "+article(l.text.En))
	}
	switch {
	case owned:
	case entered && not:
		c.predicate.En = agree(l.text.En, definite(l.text.En)+" is not stated")
	case entered:
		c.predicate.En = definite(l.text.En) + " is stated"
	case not:
		c.predicate.En = "there is no " + l.text.En
	default:
		c.predicate.En = "there is " + article(l.text.En)
	}
	return c
}

// verbs are what the statements of yes-or-no labels begin with in Chinese, and how each is denied.
var verbs = []struct{ is, not string }{
	{"没有", "有"}, {"有", "没有"}, {"未", "已"}, {"已", "未"}, {"不", ""}, {"非", ""},
	{"是", "不是"}, {"在", "不在"}, {"由", "不由"}, {"能", "不能"}, {"可", "不可"}, {"需", "不需"}, {"愿", "不愿"}, {"同意", "不同意"}, {"须", "无须"},
	{"属于", "不属于"}, {"符合", "不符合"}, {"享受", "未享受"}, {"领取", "未领取"}, {"参加", "未参加"}, {"取得", "未取得"}, {"具有", "不具有"},
	{"具备", "不具备"}, {"存在", "不存在"}, {"长期", "并非长期"}, {"转账", "不转账"}, {"居住", "不居住"}, {"本人", "非本人"}, {"健在", "已不在世"}, {"另有", "没有"},
}

// affirmation makes a statement of a yes-or-no label, or denies it: 是否异地居住 becomes 异地居住, and denied, 不属于异地居住的情形.
func (l label) affirmation(not bool) clause {
	zh, asked := l.question()
	en, person := affirmationEn(strings.Trim(l.written.En, "“”"), not)
	switch owned := l.entry != nil || !l.owner.IsZero(); {
	case person && !owned:
		en = "the person " + en
	case !person && owned:
		en = "is such that " + en
	}
	return clause{subject: l.owner, predicate: both(affirmationZh(zh, asked, not), en), entry: l.entry}
}

// question is what a yes-or-no label asks, in Chinese, and whether it is a question at all.
func (l label) question() (string, bool) {
	return strings.CutPrefix(strings.TrimRight(l.written.Zh, "？?"), "是否")
}

// answered says that a yes-or-no question has an answer.
func (l label) answered(not bool) clause {
	zh, _ := l.question()
	written := strings.Trim(l.written.En, "“”")
	en, person := affirmationEn(written, false)
	switch {
	case zh == "":
		zh = l.written.Zh
	case person && l.entry == nil && l.owner.IsZero():
		en = "whether the person " + en
	case person:
		en = "whether this one " + en
	default:
		en = "the answer to " + quoted(both("", written)).En
	}
	c := clause{subject: l.owner, predicate: both("已说明是否"+zh, "it is stated "+en), entry: l.entry}
	if !person {
		c.predicate.En = en + " is stated"
	}
	if not {
		c.predicate = both("未说明是否"+zh, "it is not stated "+en)
		if !person {
			c.predicate.En = en + " is not stated"
		}
	}
	return c
}

func affirmationZh(zh string, asked, not bool) string {
	best := -1
	for i, v := range verbs {
		if strings.HasPrefix(zh, v.is) && (best < 0 || len(v.is) > len(verbs[best].is)) {
			best = i
		}
	}
	switch {
	case zh == "" && not: // the label is nothing but 是否
		return "回答为“否”"
	case zh == "":
		return "回答为“是”"
	case best >= 0 && not && (verbs[best].not != "" || zh != verbs[best].is):
		return verbs[best].not + strings.TrimPrefix(zh, verbs[best].is)
	case best >= 0 || asked && !not:
		return zh
	case asked:
		return "不属于" + zh + "的情形"
	case not:
		return "不属于“" + zh + "”"
	default:
		return "属于“" + zh + "”"
	}
}

// affirmationEn also says whether the statement still wants a person as its subject.
func affirmationEn(en string, not bool) (statement string, person bool) {
	answer := map[bool]string{false: "yes", true: "no"}[not]
	if question, ok := strings.CutSuffix(en, "?"); ok {
		if rest, ok := strings.CutPrefix(question, "Is there "); ok {
			return map[bool]string{false: "there is ", true: "there is not "}[not] + rest, false
		}
		return "the answer to “" + en + "” is " + answer, false
	}
	for _, d := range deniable {
		if rest, ok := strings.CutPrefix(lower(en), d.is); ok {
			if not {
				return d.not + rest, true
			}
			return d.is + rest, true
		}
	}
	return "“" + en + "” is " + answer, false
}
