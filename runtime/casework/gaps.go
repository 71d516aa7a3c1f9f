package casework

import (
	"fmt"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
)

// gaps shows what was tolerated as missing, and how each stands today.
func (s *Service) gaps(st casefile.State, out plan.Outcome) []Gap {
	views := []Gap{}
	for _, g := range st.Gaps {
		v := Gap{Material: g.Material, Name: nameOf(g.Material, out), Due: g.Due, Light: "none", Text: s.gapWords(st, g)}
		switch {
		case !g.Open():
			v.Supplied = &g.Supplied
		case !st.Phase.Final():
			v.Open, v.Late = true, g.Late(s.today())
			v.Light, v.DaysLeft = s.light(g.Since, g.Due)
		}
		views = append(views, v)
	}
	return views
}

// gapWords says how a tolerated gap stands.
func (s *Service) gapWords(st casefile.State, g casefile.Gap) lang.Text {
	due := dateWords(g.Due)
	switch {
	case !g.Open():
		on := dateWords(g.SuppliedOn)
		return lang.Text{Zh: "已于" + on.Zh + "补交", En: "Handed in on " + on.En}
	case st.Phase.Final():
		return lang.Text{Zh: "未补交，办件已结束", En: "Not handed in; the case is closed"}
	case g.Late(s.today()):
		return lang.Text{Zh: "应于" + due.Zh + "前补交，已逾期", En: "Was to follow by " + due.En + " and is late"}
	}
	return lang.Text{Zh: "请于" + due.Zh + "前（含当日）补交", En: "To follow by " + due.En}
}

// followWords says on a receipt until when a material that is not there may follow.
func (s *Service) followWords(st casefile.State, m plan.Material) lang.Text {
	for _, g := range st.Gaps {
		if g.Material == m.ID {
			return s.gapWords(st, g)
		}
	}
	return lang.Text{Zh: fmt.Sprintf("受理后%d个工作日内补交", m.Tolerate), En: fmt.Sprintf("To follow within %d working days of acceptance", m.Tolerate)}
}

// toleratedNote says what an acceptance lets follow.
func toleratedNote(gaps []casefile.Gap, out plan.Outcome) lang.Text {
	return prefixed("容缺受理，须补交：", "Accepted with materials to follow: ", gapList(gaps, out))
}

func suppliedNote(b casefile.WasSuppliedTolerated, out plan.Outcome) lang.Text {
	var ids []string
	for _, f := range b.Files {
		ids = append(ids, f.Material)
	}
	return prefixed("补交：", "Handed in: ", names(append(ids, b.Paper...), out))
}

func unsuppliedNote(ids []string, out plan.Outcome) lang.Text {
	return prefixed("未按期补交：", "Did not come in time: ", names(ids, out))
}

// names lists materials by their ids, each once.
func names(ids []string, out plan.Outcome) lang.Text {
	var note lang.Text
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			note = joined(note, nameOf(id, out))
		}
		seen[id] = true
	}
	return note
}

func joined(a, b lang.Text) lang.Text {
	if a.IsZero() {
		return lang.Text{Zh: b.Zh, En: b.In(lang.En)}
	}
	return lang.Text{Zh: a.Zh + "、" + b.Zh, En: a.In(lang.En) + ", " + b.In(lang.En)}
}

// prefixed puts words before a text that says something.
func prefixed(zh, en string, t lang.Text) lang.Text {
	if t.IsZero() {
		return t
	}
	return lang.Text{Zh: zh + t.Zh, En: en + t.In(lang.En)}
}

// dateWords writes a day as people do.
func dateWords(day string) lang.Text {
	d, err := calendar.Parse(day)
	if err != nil {
		return lang.Text{Zh: day, En: day}
	}
	return facts.Type{Kind: facts.Date}.Text(d.Time())
}
