package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/runtime/casefile"
)

// Act carries out an act on a case, or says why it may not be. Sent twice with the same Op it is done once.
func (s *Service) Act(ctx context.Context, by Actor, id string, a Action) (CaseView, error) {
	for range maxRaces {
		c, err := s.visible(ctx, by, id)
		if err != nil {
			return CaseView{}, err
		}
		if today := s.today(); (c.state.Lapsed(today) || c.state.Unanswered(today)) && !c.state.Did(a.Op) {
			// Nobody swept yet. The law is not slower than the machine: what has lapsed is recorded before anything else happens.
			if err := s.lapse(ctx, c); err != nil && !errors.Is(err, errRace) {
				return CaseView{}, err
			}
			if c.state.Unanswered(today) {
				return CaseView{}, fault.New(fault.Conflict, "case.notice-lapsed", "date", c.state.Notice.AnswerBy)
			}
			return CaseView{}, fault.New(fault.Conflict, "case.deemed-accepted", "date", c.state.ReceivedOn, "deadline", c.state.NoticeBy)
		}
		next, err := s.try(ctx, by, c, a)
		if errors.Is(err, errRace) {
			continue
		}
		if err != nil {
			return CaseView{}, err
		}
		return s.caseView(by, next)
	}
	return CaseView{}, fault.New(fault.Unavailable, "case.busy")
}

// errRace says that somebody wrote the case in between.
var errRace = fault.New(fault.Conflict, "case.stale")

// try decides an act on a case as read, and writes what it comes to.
func (s *Service) try(ctx context.Context, by Actor, c loaded, a Action) (loaded, error) {
	cmd := casefile.Command{Op: a.Op, Seen: a.Revision, By: by.actor(), At: s.now(), On: s.today(), Calendar: s.Dictionary.Calendar(), Closed: s.closed()}
	var err error
	if c.state.Did(a.Op) {
		cmd.Act, err = written(a) // the facts of the act were settled the first time
	} else {
		cmd.Act, err = s.actOf(ctx, by, c, a, cmd.On)
	}
	if err != nil {
		return loaded{}, err
	}
	events, err := casefile.Decide(c.state, cmd)
	if err != nil {
		return c, err
	}
	// Whoever acts is shown the case.
	if err := s.logAccess(ctx, by, c.env.ID, c.purpose(), c.person(), "case"); err != nil || len(events) == 0 {
		return c, err
	}
	return s.record(ctx, c, events)
}

// record writes what was decided on a case as read, with the document it produces and the timers it sets, in one act.
func (s *Service) record(ctx context.Context, c loaded, events []casefile.Event) (loaded, error) {
	var effects []store.Effect
	for i := range events {
		var err error
		if events[i].Document, err = s.document(ctx, c, events[i]); err != nil {
			return loaded{}, err
		}
		timers, err := s.timers(c, events[i])
		if err != nil {
			return loaded{}, err
		}
		effects = append(effects, timers...)
	}
	next, err := s.save(ctx, c, c.env.ID, events, effects)
	if fault.Is(err, fault.Conflict) {
		return loaded{}, errRace
	}
	return next, err
}

// bare names an act without its content.
func bare(kind string) (casefile.Act, error) {
	for _, a := range []casefile.Act{casefile.Accept{}, casefile.NotAccept{}, casefile.RequestSupplement{}, casefile.Supply{},
		casefile.Approve{}, casefile.Return{}, casefile.Grant{}, casefile.Refuse{}, casefile.Withdraw{}, casefile.SupplyTolerated{}} {
		if a.Kind() == kind {
			return a, nil
		}
	}
	return nil, fault.New(fault.Invalid, "case.unknown-act", "act", kind)
}

// written is an act with the content that depends on nothing but what the person wrote, or bare.
func written(a Action) (casefile.Act, error) {
	switch a.Kind {
	case casefile.KindBegin:
		return casefile.Begin{Procedure: a.Procedure, Until: a.Until, Text: a.Text}, nil
	case casefile.KindConclude:
		return casefile.Conclude{Procedure: a.Procedure, Text: a.Text}, nil
	case casefile.KindExtend:
		return casefile.Extend{Procedure: a.Procedure, Text: a.Text, Approver: a.Approver}, nil
	case casefile.KindObject:
		return casefile.Object{Procedure: a.Procedure, Objector: a.Objector, Text: a.Text}, nil
	case casefile.KindAnswer:
		return casefile.Answer{Procedure: a.Procedure, Upheld: a.Upheld, Text: a.Text}, nil
	case casefile.KindDeliver:
		return casefile.Deliver{How: a.How, Receiver: a.Receiver, Text: a.Text}, nil
	}
	return bare(a.Kind)
}

// actOf adds to what the person asks for the facts of the day: due dates, the outcome, the files collected. Whether the act
// is allowed is not asked here; where the state does not allow it the facts are left out, and Decide says why.
func (s *Service) actOf(ctx context.Context, by Actor, c loaded, a Action, today string) (casefile.Act, error) {
	act, err := written(a)
	if err != nil || !slices.Contains(casefile.Allowed(c.state, by.actor(), today), a.Kind) {
		return act, err
	}
	st := c.state
	switch act.(type) {
	case casefile.Accept:
		clocked, err := s.clocked(c, today, today)
		return casefile.Accept{Clocked: clocked, Text: a.Text}, err
	case casefile.NotAccept:
		return casefile.NotAccept{Text: a.Text, Legal: a.Legal, Competent: a.Competent}, nil
	case casefile.RequestSupplement:
		out, err := c.outcome()
		if err != nil {
			return nil, err
		}
		by, lapse, err := s.answerBy(out, today)
		return casefile.RequestSupplement{Materials: a.Materials, Text: a.Text, AnswerBy: by, Lapse: item.Lapse(lapse)}, err
	case casefile.Supply:
		supply := casefile.Supply{Text: a.Text}
		if supply.Files, supply.Paper, err = s.collected(ctx, by, c, st.Notice.Materials, a.Materials); err != nil {
			return nil, err
		}
		supply.DecideBy, err = s.due(today, noticeDays, calendar.Workday)
		return supply, err
	case casefile.SupplyTolerated:
		supply := casefile.SupplyTolerated{Text: a.Text}
		if supply.Files, supply.Paper, err = s.collected(ctx, by, c, st.OpenGaps(), a.Materials); err != nil {
			return nil, err
		}
		out, err := s.again(c, slices.Concat(st.Files, supply.Files), slices.Concat(st.Paper, supply.Paper), st.Accept.On)
		if err != nil {
			return nil, err
		}
		out.Limit.Promised.Due = st.Accept.PromisedDue
		if out.Limit.Statutory != nil {
			out.Limit.Statutory.Due = st.Accept.StatutoryDue
		}
		if supply.Outcome, err = canonical(out); err != nil {
			return nil, damaged(err, c.env.ID)
		}
		return supply, nil
	case casefile.Approve:
		due, err := s.stageDue(st.Route[st.Stage+1], today, st.Accept.PromisedDue)
		return casefile.Approve{Text: a.Text, StageDue: due}, err
	case casefile.Return:
		to := st.Stage - 1
		if a.Stage != "" {
			to = slices.IndexFunc(st.Route, func(r plan.Stage) bool { return r.Key == a.Stage })
		}
		if to < 0 || to >= st.Stage {
			return casefile.Return{To: to, Text: a.Text}, nil
		}
		due, err := s.stageDue(st.Route[to], today, st.Accept.PromisedDue)
		return casefile.Return{To: to, Text: a.Text, StageDue: due}, err
	case casefile.Grant:
		out, err := c.outcome()
		if err != nil {
			return nil, err
		}
		by, what, err := s.deliverBy(out, today)
		return casefile.Grant{Text: a.Text, DeliverBy: by, Deliver: what}, err
	case casefile.Refuse:
		return casefile.Refuse{Text: a.Text, Legal: a.Legal, Unsupplied: a.Unsupplied}, nil
	case casefile.Withdraw:
		return casefile.Withdraw{Text: a.Text}, nil
	}
	return act, nil
}

// collected returns what waits beside a case to be handed in, as far as it is awaited, and the papers named beside it.
func (s *Service) collected(ctx context.Context, by Actor, c loaded, awaited, named []string) ([]casefile.File, []string, error) {
	d, err := s.loadDraft(ctx, by, c.env.ID)
	if err != nil {
		return nil, nil, err
	}
	files := slices.DeleteFunc(d.Files, func(f casefile.File) bool { return !slices.Contains(awaited, f.Material) })
	paper := slices.DeleteFunc(d.Paper, func(m string) bool { return !slices.Contains(awaited, m) })
	return files, append(paper, named...), nil
}

// again evaluates a case by the version it was received under, on the same answers and evidence and for the same day, with
// what was handed in since and the day the clock starts.
func (s *Service) again(c loaded, files []casefile.File, paper []string, acceptedOn string) (plan.Outcome, error) {
	given := provided(files, paper)
	p, err := s.Items.Pinned(c.state.Item)
	switch {
	case err == nil:
		in, err := c.input()
		if err != nil {
			return plan.Outcome{}, err
		}
		in.Provided = given
		in.Case.AcceptedOn = acceptedOn
		return p.Evaluate(in), nil
	case !fault.Is(err, fault.NotFound):
		return plan.Outcome{}, err
	}
	// A plan of an older release may be gone; the recorded outcome still states limits and materials.
	out, err := c.outcome()
	if err != nil {
		return plan.Outcome{}, err
	}
	for i := range out.Materials {
		if m := &out.Materials[i]; m.Satisfied == nil && given[m.ID] != "" {
			m.Satisfied = &plan.Satisfied{By: given[m.ID]}
		}
	}
	return out, nil
}

// clocked works out the facts of an acceptance: the outcome with what was handed in since, now that the clock has a start,
// and the days that follow from it.
func (s *Service) clocked(c loaded, acceptedOn, today string) (casefile.Clocked, error) {
	out, err := s.again(c, c.state.Files, c.state.Paper, acceptedOn)
	if err != nil {
		return casefile.Clocked{}, err
	}
	if out.Limit.Promised.Due, err = s.due(acceptedOn, out.Limit.Promised.N, calendar.Unit(out.Limit.Promised.Unit)); err != nil {
		return casefile.Clocked{}, err
	}
	facts := casefile.Clocked{PromisedDue: out.Limit.Promised.Due, Promised: bareTerm(out.Limit.Promised), Procedures: concerning(out)}
	if st := out.Limit.Statutory; st != nil {
		if st.Due, err = s.due(acceptedOn, st.N, calendar.Unit(st.Unit)); err != nil {
			return casefile.Clocked{}, err
		}
		facts.StatutoryDue, facts.Statutory = st.Due, bareTerm(*st)
	}
	if facts.StageDue, err = s.stageDue(c.state.Route[1], today, facts.PromisedDue); err != nil {
		return casefile.Clocked{}, err
	}
	if facts.Gaps, err = s.tolerated(out, today); err != nil {
		return casefile.Clocked{}, err
	}
	if facts.Outcome, err = canonical(out); err != nil {
		return casefile.Clocked{}, damaged(err, c.env.ID)
	}
	return facts, nil
}

// tolerated lists what an acceptance lets follow, with the days for it. They are counted from the day the acceptance was
// made: one that the law dates back, because the office was silent, must not cost the applicant the days of that silence.
func (s *Service) tolerated(out plan.Outcome, from string) ([]casefile.Gap, error) {
	var gaps []casefile.Gap
	for _, m := range out.Materials {
		there := func(o plan.Material) bool {
			return o.Need == "required" && o.Satisfied != nil && (o.ID == m.ID || o.Group != "" && o.Group == m.Group)
		}
		if m.Need != "required" || m.Tolerate <= 0 || slices.ContainsFunc(out.Materials, there) {
			continue
		}
		due, err := s.due(from, m.Tolerate, calendar.Workday)
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, casefile.Gap{Material: m.ID, Group: m.Group, Since: from, Due: due})
	}
	return gaps, nil
}
