package casework

import (
	"slices"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
)

// closingHour is when the offices close for the day, in the city's time: what is begun before it costs the applicant that day
// no more, what is begun after it does.
const closingHour = 17

// closed reports whether the offices have closed for the day.
func (s *Service) closed() bool { return s.now().In(s.Zone).Hour() >= closingHour }

// concerning lists the special procedures that an acceptance takes over from its outcome. One of which it is not known whether
// it applies may happen, and need not.
func concerning(out plan.Outcome) []plan.Procedure {
	return slices.DeleteFunc(slices.Clone(out.Procedures), func(p plan.Procedure) bool { return p.Need == "not-needed" })
}

// bareTerm is a term without the day it would have ended.
func bareTerm(t plan.Term) *plan.Term { return &plan.Term{N: t.N, Unit: t.Unit} }

// answerBy is the last day to answer a notice given today, and what follows; empty where the item leaves it open.
func (s *Service) answerBy(out plan.Outcome, today string) (string, string, error) {
	t := out.Limit.Supplement
	if t == nil {
		return "", "", nil
	}
	by, err := s.due(today, t.N, calendar.Unit(t.Unit))
	return by, out.Limit.Lapse, err
}

// deliverBy is the last day to hand over what is granted today; empty where the item sets none.
func (s *Service) deliverBy(out plan.Outcome, today string) (string, lang.Text, error) {
	a := out.Limit.After
	if a == nil {
		return "", lang.Text{}, nil
	}
	by, err := s.due(today, a.N, calendar.Unit(a.Unit))
	return by, a.Name, err
}

// overdue says what the platform itself has to record in a case today, because a period passed; nil if nothing.
func overdue(st casefile.State, today string) (op string, act casefile.Act) {
	switch {
	case st.Lapsed(today):
		return "lapse:", casefile.Lapse{}
	case st.Unanswered(today):
		return "unanswered:", casefile.Unanswered{}
	}
	for _, p := range st.Procedures {
		if slices.Contains(casefile.AllowedProcedure(st, casefile.Actor{}, p, today), casefile.KindConclude) {
			return "conclude:" + p.Key + ":" + p.Runs[len(p.Runs)-1].On + ":", casefile.Conclude{Procedure: p.Key}
		}
	}
	return "", nil
}

// timers are the effects by which the platform will look at a case again, when a period that an event set is over.
func (s *Service) timers(c loaded, e casefile.Event) ([]store.Effect, error) {
	var day, kind string
	switch b := e.Body.(type) {
	case casefile.WasAskedToSupplement:
		day, kind = b.AnswerBy, effectUnanswered
	case casefile.WasBegun:
		if procedureOf(c.state, b.Procedure).Kind == string(item.Publicity) {
			day, kind = b.Until, effectPublicity
		}
	case casefile.WasAnswered:
		day, kind = b.Until, effectPublicity
	}
	if day == "" {
		return nil, nil
	}
	at, err := s.midnightAfter(day)
	return []store.Effect{{ID: c.env.ID + ":" + kind + ":" + day, Kind: kind, Due: at, Body: quoted(c.env.ID)}}, err
}

// procedures shows the special procedures of a case and what the caller may do with each; by is nil for the public, who is
// not told what was found, nor who objected.
func (s *Service) procedures(st casefile.State, by *Actor) []ProcedureView {
	views := []ProcedureView{}
	for _, p := range st.Procedures {
		if by == nil && len(p.Runs) == 0 && p.Need != "required" {
			continue // it may never happen
		}
		v := ProcedureView{Key: p.Key, Kind: p.Kind, Name: p.Name, Need: p.Need, Suspends: p.Suspends, Term: p.Term, State: "open",
			Runs: []ProcedureRun{}, Actions: []string{}}
		switch {
		case p.Running():
			v.State = "running"
		case p.Done():
			v.State = "done"
		case len(p.Runs) > 0:
			v.State = "failed"
		}
		if by != nil {
			v.Actions = append(v.Actions, casefile.AllowedProcedure(st, by.actor(), p, s.today())...)
		}
		for _, r := range p.Runs {
			v.Runs = append(v.Runs, s.procedureRun(r, by != nil))
		}
		views = append(views, v)
	}
	return views
}

func (s *Service) procedureRun(r casefile.Run, staff bool) ProcedureRun {
	v := ProcedureRun{On: r.On, Until: r.Until, Ended: r.Ended, Failed: r.Failed, Text: r.Text, Objections: []ObjectionView{}}
	if r.Ended == "" {
		v.Light, v.DaysLeft = s.light(r.On, r.Until)
	}
	if staff {
		v.By, v.Approver, v.Result = r.By.Name, r.Approver, r.Result
	}
	for _, o := range r.Objections {
		w := ObjectionView{On: o.On, Answered: o.Answered, Upheld: o.Upheld}
		if staff {
			w.Objector, w.Text, w.Answer = o.Objector, o.Text, o.Answer
		}
		v.Objections = append(v.Objections, w)
	}
	return v
}

// ledger shows the clock of a case as it ran, with the working days each part of it counted.
func (s *Service) ledger(st casefile.State) []ClockEntry {
	out := []ClockEntry{}
	for _, in := range st.Clock {
		e := ClockEntry{Kind: string(in.Kind), From: in.From, To: in.To, N: in.N, Unit: in.Unit}
		for _, p := range st.Procedures {
			if p.Key == in.Procedure {
				e.Procedure = p.Name
			}
		}
		if in.Kind == casefile.ClockRuns {
			// Only days after From count: an entry in which none lies says nothing to people.
			if in.To != "" && in.To == in.From {
				continue
			}
			e.From, e.Workdays = dayAfter(in.From), s.workdays(in.From, in.To)
		}
		out = append(out, e)
	}
	return out
}

// dayAfter is the day after a day.
func dayAfter(day string) string {
	d, err := calendar.Parse(day)
	if err != nil {
		return day
	}
	if d, err = d.AddDays(1); err != nil {
		return day
	}
	return d.String()
}

// workdays counts the working days after a day up to another, or up to today; nil without a notice of the year's holidays.
func (s *Service) workdays(from, to string) *int {
	if to == "" {
		to = s.today()
	}
	a, errA := calendar.Parse(from)
	b, errB := calendar.Parse(to)
	if errA != nil || errB != nil || b.Before(a) {
		return nil
	}
	n, err := s.Dictionary.Calendar().WorkdaysBetween(a, b)
	if err != nil {
		return nil
	}
	return &n
}

// paused says for what the clock stands still, and until when it is expected to; nil while it runs.
func paused(st casefile.State) *Paused {
	if !st.Suspended() {
		return nil
	}
	var p *Paused
	for _, pr := range st.Procedures {
		if !pr.Suspends || !pr.Running() {
			continue
		}
		if r := pr.Runs[len(pr.Runs)-1]; p == nil || r.Until > p.Until {
			p = &Paused{Since: st.Clock[len(st.Clock)-1].From, Until: r.Until, Procedure: pr.Name, Reason: r.Text}
		}
	}
	return p
}

// delivery shows how what was granted reaches the person: until when it must, and how it did.
func delivery(st casefile.State) *DeliveryView {
	if st.DeliverBy == "" {
		return nil
	}
	v := &DeliveryView{Due: st.DeliverBy, Name: st.Deliver}
	if d := st.Delivery; d != nil {
		v.On, v.How, v.Receiver, v.Text = d.On, d.How, d.Receiver, d.Text
	}
	return v
}

// procedureNote says in words what an act about a procedure was about.
func procedureNote(st casefile.State, body casefile.Body) (lang.Text, bool) {
	name := func(key string) lang.Text {
		i := slices.IndexFunc(st.Procedures, func(p casefile.Procedure) bool { return p.Key == key })
		if i < 0 {
			return lang.Text{Zh: key}
		}
		return st.Procedures[i].Name
	}
	with := func(key, zh, en string) lang.Text {
		n := name(key)
		return lang.Text{Zh: n.Zh + zh, En: n.In(lang.En) + en}
	}
	switch b := body.(type) {
	case casefile.WasBegun:
		until := dateWords(b.Until)
		if b.First != "" {
			return with(b.Procedure, "，停止计时，预计到"+until.Zh, "; the clock stands still, expected until "+until.En), true
		}
		return with(b.Procedure, "，预计到"+until.Zh, "; expected until "+until.En), true
	case casefile.WasConcluded:
		if b.Last != "" {
			return with(b.Procedure, "，继续计时", "; the clock runs on"), true
		}
		return with(b.Procedure, "", ""), true
	case casefile.WasExtended:
		n := termWords(plan.Term{N: b.N, Unit: b.Unit})
		return with(b.Procedure, "，延长"+n.Zh, "; extended by "+n.En), true
	case casefile.WasObjectedTo:
		return with(b.Procedure, "", ""), true
	case casefile.WasAnswered:
		if b.Upheld {
			return with(b.Procedure, "，异议成立", "; the objection is right"), true
		}
		return with(b.Procedure, "，异议不成立", "; the objection is not right"), true
	case casefile.WasDelivered:
		return deliveryWays[b.How], true
	}
	return lang.Text{}, false
}

var deliveryWays = map[string]lang.Text{
	"window":     {Zh: "窗口领取", En: "collected at the window"},
	"mail":       {Zh: "邮寄", En: "by mail"},
	"electronic": {Zh: "电子送达", En: "electronically"},
	"visit":      {Zh: "上门送达", En: "brought to the door"},
}
