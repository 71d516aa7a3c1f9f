package plan

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// words are a text of the item for people that may name facts in braces: "your income of {form.income}". They are filled in
// with the value as people write it, and where there is none (yet) with the label in quotes. A brace is written twice.
type words struct {
	plain  lang.Text // all of it, where nothing is named
	zh, en []piece
	rows   bool // something of a row is named
}

// piece is some text, and the fact named behind it, or -1.
type piece struct {
	text string
	slot int
}

// words reads a text that stands at a pointer; in rows it may name what rules there may.
func (c *compiler) words(t lang.Text, at string) words {
	out := words{plain: t}
	if !strings.ContainsAny(t.Zh+t.En, "{}") || c.cond == nil {
		return out
	}
	out.zh, out.en = c.pieces(t.Zh, at+"/zh"), c.pieces(t.En, at+"/en")
	for _, p := range slices.Concat(out.zh, out.en) {
		if p.slot >= 0 {
			c.read([]int{p.slot})
			out.rows = out.rows || p.slot >= c.plan.space.Len()
		}
	}
	return out
}

func (c *compiler) pieces(text, at string) []piece {
	space := c.plan.space
	if c.each != nil {
		space = c.each.space
	}
	wrong := func(code string, index int, args ...any) {
		d := diag.New(code, at, args...)
		d.Line, d.Col = c.text.place(at, index)
		c.found.Add(d)
	}
	var out []piece
	var said strings.Builder
	chars := []rune(text)
	for i := 0; i < len(chars); i++ {
		ch := chars[i]
		switch {
		case ch != '{' && ch != '}':
			said.WriteRune(ch)
		case i+1 < len(chars) && chars[i+1] == ch:
			said.WriteRune(ch)
			i++
		default:
			end := slices.Index(chars[i:], '}')
			if ch == '}' || end < 0 {
				wrong("plan.text-brace", i)
				return nil
			}
			name := strings.TrimSpace(string(chars[i+1 : i+end]))
			slot, ok := space.Slot(name)
			if !ok {
				near, _ := space.Nearest(name)
				wrong("plan.text-unknown-name", i+1, "name", name, "near", diag.CloseTo(near))
				return nil
			}
			out = append(out, piece{said.String(), slot})
			said.Reset()
			i += end
		}
	}
	if said.Len() > 0 {
		out = append(out, piece{said.String(), -1})
	}
	return out
}

// filled fills in what the facts in v say; each is the scope of what is named.
func (e *evaluation) filled(w *words, v *facts.Values, each *rowScope) lang.Text {
	if w.zh == nil && w.en == nil {
		return w.plain
	}
	var zh, en strings.Builder
	for _, p := range w.zh {
		zh.WriteString(p.text)
		if p.slot >= 0 {
			zh.WriteString(e.filling(p.slot, v, each).Zh)
		}
	}
	for _, p := range w.en {
		en.WriteString(p.text)
		if p.slot >= 0 {
			en.WriteString(e.filling(p.slot, v, each).In(lang.En))
		}
	}
	return lang.Text{Zh: zh.String(), En: en.String()}
}

// filling is the value of a fact as people write it, or its label in quotes.
func (e *evaluation) filling(slot int, v *facts.Values, each *rowScope) lang.Text {
	space := e.plan.space
	if each != nil {
		space = each.space
	}
	switch {
	case slot >= v.Space().Len() || v.State(slot) != facts.Known: // no row is at hand, or nothing is known
		label := space.Label(slot)
		return lang.Text{Zh: "“" + label.Zh + "”", En: "“" + label.In(lang.En) + "”"}
	case slot < e.plan.space.Len():
		return e.write(slot).text
	}
	return e.text(space.Type(slot), space.Path(slot), v.Get(slot))
}

// inTurn puts what is said of several rows behind each other, each as one sentence.
func inTurn(all []lang.Text) lang.Text {
	var zh, en []string
	for i, t := range all {
		if i < len(all)-1 {
			t.Zh, t.En = strings.TrimRight(t.Zh, "。；"), strings.TrimRight(t.En, ".;")
		}
		zh, en = append(zh, t.Zh), append(en, t.En)
	}
	out := lang.Text{Zh: strings.Join(zh, "；")}
	if all[0].En != "" {
		out.En = strings.Join(en, "; ")
	}
	return out
}
