package phrase

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// label is what a fact, a field or a variable is called.
type label struct {
	text     lang.Text // as a noun without an article
	written  lang.Text // as the label was written
	owner    lang.Text // of a field: the entry it belongs to, unless that is the innermost variable's
	entry    bool      // it belongs to the innermost variable, or is it
	presence bool      // a fact that says whether something is there
}

// name is the label as a thing, with its owner.
func (l label) name() said {
	switch {
	case l.entry:
		return said{text: l.text, entry: true}
	case l.owner.IsZero():
		return said{text: both(l.text.Zh, definite(l.text.En))}
	default:
		return said{text: of(l.owner, l.text)}
	}
}

// definite puts "the" before an English noun that can take it.
func definite(noun string) string {
	for _, already := range []string{"“", "the ", "that ", "a ", "an ", "entry ", "["} {
		if strings.HasPrefix(noun, already) {
			return noun
		}
	}
	return "the " + noun
}

func (w *writer) label(n *cond.Node) label {
	switch n.Op {
	case cond.OpFact:
		if w.space != nil {
			if slot, ok := w.space.Slot(n.Fact); ok && !w.space.At(slot).Label.IsZero() {
				written := filled(w.space.At(slot).Label)
				return label{text: noun(written), written: written, presence: isPresence(n, written)}
			}
		}
		w.complete = false
		return raw(n.Fact)
	case cond.OpVar:
		for i := len(w.vars) - 1; i >= 0; i-- {
			if w.vars[i].name != n.Name {
				continue
			}
			if i == len(w.vars)-1 {
				return label{entry: true}
			}
			list := w.vars[i].list
			if len(list.Zh)+len(list.En) > maxListName {
				return thing(both("前述该项", "the entry mentioned before"))
			}
			return thing(both("该"+list.Zh, "that entry of "+list.En))
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
	case !owner.entry:
		l.owner = owner.name().text
	case owner.text.Zh == "":
		l.entry = true
	default:
		l.text, l.entry = both(owner.text.Zh+"的"+l.text.Zh, owner.text.En+"’s "+l.text.En), true
	}
	return l
}

func of(owner, thing lang.Text) lang.Text {
	return both(owner.Zh+"的"+thing.Zh, definite(thing.En)+" of "+owner.En)
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

// noun fits a label into a sentence. English labels are written for forms, with a capital; those that are no plain nouns, or
// long, are quoted, so that it shows where they end.
func noun(l lang.Text) lang.Text {
	return lang.Text{Zh: strings.TrimSpace(l.Zh), En: nounEn(l)}
}

const longLabel = 6 // words

// maxListName bounds the bytes of a list's description that is repeated wherever an entry is meant: descriptions may hold
// such repetitions themselves, and would double with every list within a list.
const maxListName = 240

func nounEn(l lang.Text) string {
	en := strings.TrimSpace(l.En)
	words := strings.Fields(en)
	if len(words) == 0 {
		return en
	}
	odd := len(words) > longLabel || strings.ContainsAny(en, "?,:;()") || slices.Contains(openers, strings.ToLower(words[0]))
	if odd {
		return "“" + en + "”"
	}
	return lower(en)
}

// openers begin labels that are questions or statements.
var openers = []string{"what", "where", "when", "who", "how", "why", "which", "is", "are", "has", "have", "does", "do", "can", "will", "was"}

// lower takes the capital from a word that is not an abbreviation.
func lower(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	if next, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[size:]
}

// verbForms are the verbs of English predicates, for one and for many.
var verbForms = []struct{ one, many string }{
	{"is ", "are "}, {"equals ", "equal "}, {"does not ", "do not "}, {"differs ", "differ "}, {"lies ", "lie "}, {"has ", "have "},
	{"begins ", "begin "}, {"ends ", "end "}, {"contains ", "contain "}, {"comes ", "come "},
}

// agree brings the verb of an English predicate to the number of its subject.
func agree(subject, predicate string) string {
	if !plural(subject) {
		return predicate
	}
	for _, v := range verbForms {
		if rest, ok := strings.CutPrefix(predicate, v.one); ok {
			return v.many + rest
		}
	}
	return predicate
}

// plural guesses whether an English noun means several, by the word before its first preposition.
func plural(noun string) bool {
	head := ""
	for _, word := range strings.Fields(noun) {
		if slices.Contains([]string{"of", "for", "in", "per", "from", "to", "on", "at", "by", "with", "between", "under", "over"}, word) {
			break
		}
		head = word
	}
	if !strings.HasSuffix(head, "s") || len(head) < 4 {
		return false
	}
	for _, ending := range []string{"ss", "us", "is", "’s", "'s", "series"} {
		if strings.HasSuffix(head, ending) {
			return false
		}
	}
	return true
}

// existence says that there is such a thing, or that there is none; a thing with an owner is the owner's.
func (l label) existence(not bool) clause {
	zh := "有" + strings.TrimPrefix(l.text.Zh, "有")
	en := "there is " + article(l.text.En)
	owned := l.entry || !l.owner.IsZero()
	switch {
	case not && owned:
		zh, en = "没"+zh, "has no "+l.text.En
	case not:
		zh, en = "没"+zh, "there is no "+l.text.En
	case owned:
		en = "has " + article(l.text.En)
	}
	return clause{subject: l.owner, predicate: both(zh, en), entry: l.entry}
}

func article(noun string) string {
	word := strings.TrimLeft(noun, "“")
	if word == "" || definite(noun) == noun {
		return noun
	}
	if strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// verbs are what the statements of yes-or-no labels begin with in Chinese, and how each is denied.
var verbs = []struct{ is, not string }{
	{"没有", "有"}, {"有", "没有"}, {"未", "已"}, {"已", "未"}, {"不", ""}, {"非", ""},
	{"是", "不是"}, {"在", "不在"}, {"由", "不由"}, {"能", "不能"}, {"可", "不可"}, {"需", "不需"}, {"愿", "不愿"}, {"同意", "不同意"},
	{"属于", "不属于"}, {"符合", "不符合"}, {"享受", "未享受"}, {"领取", "未领取"}, {"参加", "未参加"}, {"取得", "未取得"}, {"具有", "不具有"},
	{"具备", "不具备"}, {"存在", "不存在"}, {"长期", "并非长期"}, {"转账", "不转账"}, {"居住", "不居住"}, {"本人", "非本人"}, {"健在", "已不在世"}, {"另有", "没有"},
}

// affirmation makes a statement of a yes-or-no label, or denies it: 是否异地居住 becomes 异地居住, and denied, 不属于异地居住的情形.
func (l label) affirmation(not bool) clause {
	zh, asked := strings.CutPrefix(strings.TrimRight(l.written.Zh, "？?"), "是否")
	en, person := affirmationEn(strings.Trim(l.written.En, "“”"), not)
	switch owned := l.entry || !l.owner.IsZero(); {
	case person && !owned:
		en = "the person " + en
	case !person && owned:
		en = "is such that " + en
	}
	return clause{subject: l.owner, predicate: both(affirmationZh(zh, asked, not), en), entry: l.entry}
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

// deniable are beginnings of English statements about a person that take a "not".
var deniable = []struct{ is, not string }{
	{"is ", "is not "}, {"are ", "are not "}, {"was ", "was not "}, {"has ", "does not have "}, {"have ", "do not have "}, {"can ", "cannot "},
	{"will ", "will not "}, {"lives ", "does not live "}, {"receives ", "does not receive "}, {"owns ", "does not own "}, {"holds ", "does not hold "},
	{"works ", "does not work "}, {"pays ", "does not pay "}, {"needs ", "does not need "}, {"wants ", "does not want "}, {"agrees ", "does not agree "},
	{"resides ", "does not reside "}, {"rents ", "does not rent "}, {"attends ", "does not attend "}, {"studies ", "does not study "}, {"belongs ", "does not belong "},
	{"shares ", "does not share "}, {"cares ", "does not care "}, {"suffers ", "does not suffer "}, {"applies ", "does not apply "}, {"wishes ", "does not wish "},
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
