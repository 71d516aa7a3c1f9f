package phrase

import (
	"strconv"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/lang"
)

// A clause is a statement before it is written out: a single one, or several joined by "and" or "or".
type clause struct {
	joint cond.Op // OpAnd, OpOr, or empty for a single statement
	parts []clause

	// Of a single statement. In Chinese, subject and predicate stand apart so that 均 can go between them.
	subject   lang.Text
	predicate lang.Text
	entry     bool // the subject is, or belongs to, the entry that the innermost list macro speaks of
	// ends is set if the text ends in something that more words could be taken to belong to.
	ends bool
}

func single(subject, predicate lang.Text) clause {
	return clause{subject: subject, predicate: predicate}
}

func (c clause) compound() bool { return c.joint != "" || c.ends }

// plain is the text of a single statement.
func (c clause) plain() lang.Text {
	subject := c.subject
	if c.entry {
		subject = possessive(subject)
	}
	if subject.Zh == "" {
		return c.predicate
	}
	return lang.Text{Zh: subject.Zh + c.predicate.Zh, En: spaced(subject.En, agree(subject.En, c.predicate.En))}
}

// ofEntry reports whether the clause is one statement about an entry of a list, so that the entry's name can stand in it.
func (c clause) ofEntry() bool { return c.joint == "" && c.entry && !c.ends }

// relative is what such a clause says, to stand before the Chinese name of the entries: 月收入超过2000元(的家庭成员).
func (c clause) relative() string { return c.subject.Zh + c.predicate.Zh }

func possessive(t lang.Text) lang.Text {
	if t.Zh == "" {
		return both("其", "that one")
	}
	return both("其"+t.Zh, "that one’s "+t.En)
}

func spaced(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// numbering marks the parts of a list so that lists within lists can be told apart; beyond the third level marks repeat.
func numbering(depth, i int) lang.Text {
	switch n := i + 1; {
	case depth%3 == 0:
		return both("（"+strconv.Itoa(n)+"）", "("+strconv.Itoa(n)+") ")
	case depth%3 == 1 && n <= 20:
		return both(string(rune('①'+i)), "("+string(rune('a'+i))+") ")
	default:
		return both(strconv.Itoa(n)+"）", roman(n)+") ")
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
	if c.joint == "" {
		return c.plain()
	}
	nested := false
	for _, part := range c.parts {
		nested = nested || part.compound()
	}
	and := c.joint == cond.OpAnd
	if len(c.parts) == 2 && !nested {
		between := both("，或者", ", or ")
		if and {
			between = both("，且", ", and ")
		}
		return join(c.parts[0].plain(), between, c.parts[1].plain())
	}
	out := both("符合下列情形之一：", "at least one of these holds: ")
	if and {
		out = both("同时符合下列各项：", "all of these hold: ")
	}
	for i, part := range c.parts {
		if i > 0 {
			out = join(out, both("；", "; "))
		}
		out = join(out, numbering(depth, i), w.render(part, depth+1))
	}
	return out
}
