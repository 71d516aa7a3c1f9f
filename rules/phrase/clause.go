package phrase

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/lang"
)

// A clause is a statement before it is written out: a single one, several joined by "and" or "or", or one about the entries
// of a list.
type clause struct {
	joint cond.Op // OpAnd, OpOr, or empty
	parts []clause

	head lang.Text // of a statement about entries: every member of the household, 每一家庭成员均
	body *clause   // what holds for them

	// Of a single statement. In Chinese, subject, setting and predicate stand apart so that 均 can go before the last.
	subject   lang.Text
	setting   string // 截至办理当日
	predicate lang.Text
	entry     *variable // the subject is, or belongs to, this entry of a list
	// ends is set if the text ends in something that more words could be taken to belong to.
	ends bool
}

func single(subject, predicate lang.Text) clause {
	return clause{subject: subject, predicate: predicate}
}

func (c clause) compound() bool { return c.joint != "" || c.body != nil || c.ends }

// plain is the text of a single statement.
func (c clause) plain() lang.Text {
	subject, predicate := c.subject, agree(c.subject.En, c.predicate.En)
	if c.entry != nil {
		subject = c.entry.possessive(subject)
	}
	return both(subject.Zh+c.setting+c.predicate.Zh, spaced(subject.En, predicate))
}

// ofEntry reports whether the clause is one statement about an entry of a list, so that the entry's name can stand in it.
func (c clause) ofEntry() bool { return !c.compound() && c.entry != nil }

// relative is what such a clause says, to stand before the Chinese name of the entries: 月收入超过2000元(的家庭成员).
func (c clause) relative() string { return c.subject.Zh + c.setting + c.predicate.Zh }

func spaced(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// numbering marks the parts of a list so that lists within lists can be told apart; beyond the third level marks repeat.
func numbering(depth, i int) lang.Text {
	n := strconv.Itoa(i + 1)
	switch {
	case depth%3 == 0:
		return both("（"+hanNumber(i+1)+"）", "("+n+") ")
	case depth%3 == 1 && i < 26:
		return both(n+"）", "("+string(rune('a'+i))+") ")
	case depth%3 == 2 && i < 20:
		return both(string(rune('①'+i)), roman(i+1)+") ")
	default:
		return both(n+"）", roman(i+1)+") ")
	}
}

// hanNumber writes a number below a hundred in Chinese, as the items of an article are numbered.
func hanNumber(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n >= 100:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n%10]
	default:
		return digits[n/10] + "十" + digits[n%10]
	}
}

func roman(n int) string {
	out := ""
	for _, step := range []struct {
		value int
		text  string
	}{{100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for ; n >= step.value; n -= step.value {
			out += step.text
		}
	}
	return out
}

// render writes a clause out. depth counts the numbered lists around it.
func (w *writer) render(c clause, depth int) lang.Text {
	switch {
	case c.body != nil && c.body.numbered():
		return join(both(c.head.Zh, "for "+c.head.En+", "), w.render(*c.body, depth))
	case c.body != nil:
		return join(both(c.head.Zh+"符合：", "for "+c.head.En+", this holds: "), w.render(*c.body, depth))
	case c.joint == "":
		return c.plain()
	case !c.numbered():
		return c.pair()
	}
	out := both("符合下列情形之一：", "at least one of these holds: ")
	if c.joint == cond.OpAnd {
		out = both("同时符合下列条件：", "all of these hold: ")
	}
	for i, part := range c.parts {
		if i > 0 {
			out = join(out, both("；", "; "))
		}
		out = join(out, numbering(depth, i), w.render(part, depth+1))
	}
	return out
}

// numbered reports whether the parts of a joint clause have to be numbered: more than two, or any that has parts of its own.
func (c clause) numbered() bool {
	return c.joint != "" && (len(c.parts) != 2 || slices.ContainsFunc(c.parts, clause.compound))
}

// restated is a second predicate behind a first: is at least 3 and (is) at most 5, 是甲或者（是）乙.
func restated(first, second lang.Text) lang.Text {
	if strings.HasPrefix(first.En, "is ") {
		second.En = strings.TrimPrefix(second.En, "is ")
	}
	if strings.HasPrefix(first.Zh, "是") {
		second.Zh = strings.TrimPrefix(second.Zh, "是")
	}
	return second
}

// pair is "a and b", or "a or b", in one sentence. What two statements say of one subject is said of it once.
func (c clause) pair() lang.Text {
	a, b := c.parts[0], c.parts[1]
	first, second := a.plain(), b.plain()
	and := c.joint == cond.OpAnd
	if !a.subject.IsZero() && a.subject == b.subject && a.setting == b.setting && a.entry == b.entry {
		between := both("或者", " or ")
		if and {
			between = both("且", " and ")
		}
		second := restated(a.predicate, b.predicate)
		return join(first, between, both(second.Zh, agree(b.subject.En, second.En)))
	}
	if and {
		return join(first, both("，且", ", and "), second)
	}
	return join(first, both("，或者", ", or "), second)
}
