package casefile

import (
	"maps"
	"slices"

	"github.com/tongban/tongban/engine/plan"
)

// Fold applies an event to a state. It trusts the event: what was decided is history. It shares nothing mutable with the
// state it was given.
func Fold(s State, e Event) State {
	s.Seq = e.Seq
	s.ops = maps.Clone(s.ops)
	if s.ops == nil {
		s.ops = map[string]opRecord{}
	}
	s.ops[e.Op] = opRecord{Act: e.Body.act(), Account: e.By.Account}

	switch b := e.Body.(type) {
	case WasReceived:
		s.Phase = Received
		s.Number, s.Item, s.Applicant = b.Number, b.Item, b.Applicant
		s.ReceivedBy, s.ReceivedAt, s.ReceivedOn, s.NoticeBy = e.By, e.At, b.On, b.NoticeBy
		s.Legal, s.Materials = b.Legal, b.Materials
		s.Input, s.Evidence, s.Outcome = b.Input, b.Evidence, b.Outcome
		s.Route, s.Records = b.Route, make([]StageRecord, len(b.Route))
		s.Stage, s.StageSince = 0, b.On
		s.Files, s.Paper = b.Files, b.Paper
	case WasAccepted:
		s.Phase = Review
		s.Accept = &Acceptance{At: e.At, On: b.On, Deemed: b.Deemed, By: e.By,
			PromisedDue: b.PromisedDue, StatutoryDue: b.StatutoryDue, Promised: b.Promised, Statutory: b.Statutory}
		for _, p := range b.Procedures {
			s.Procedures = append(s.Procedures, Procedure{Procedure: p})
		}
		s.Outcome = b.Outcome
		s.Gaps = b.Gaps
		s.Clock = append(slices.Clone(s.Clock), Interval{Kind: ClockRuns, From: b.On})
		s = s.finish(e).enter(nextStage(s.Route, s.Stage), b.Recorded, b.StageDue)
	case WasNotAccepted:
		remedies := b.Remedies
		s = s.end(NotAccepted, Ending{At: e.At, On: b.On, By: e.By, Reasons: b.Text, Legal: b.Legal, Competent: b.Competent,
			Remedies: &remedies})
	case WasAskedToSupplement:
		s.Phase = Supplement
		s.Notice = &Notice{At: e.At, By: e.By, Materials: b.Materials, Text: b.Text, AnswerBy: b.AnswerBy, Lapse: b.Lapse}
	case WasUnanswered:
		s = s.end(Withdrawn, Ending{At: e.At, On: b.On, By: e.By, Lapse: b.Lapse})
	case WasBegun:
		s = s.begin(e, b)
	case WasConcluded:
		s = s.conclude(b.Procedure, b.Ended, b.Text, false, b.Last, b.Dues)
	case WasExtended:
		s = s.change(b.Procedure, func(p *Procedure) {
			p.Runs = append(p.Runs, Run{At: e.At, On: b.On, By: e.By, Text: b.Text, Approver: b.Approver, Ended: b.On})
		})
		s.Clock = extend(s.Clock, b.On, Interval{Procedure: b.Procedure, N: b.N, Unit: b.Unit})
		s = s.recount(b.Dues)
	case WasObjectedTo:
		s = s.object(e, b)
	case WasAnswered:
		s = s.answer(e, b)
	case WasDelivered:
		s.Delivery = &Delivery{At: e.At, On: b.On, By: e.By, How: b.How, Receiver: b.Receiver, Text: b.Text}
	case WasSupplemented:
		s.Phase = Received
		n := *s.Notice
		n.Supplied = slices.Clone(n.Supplied)
		for _, m := range materialsOf(b.Files, b.Paper) {
			n.Supplied = appendNew(n.Supplied, m)
		}
		n.Last, n.LastOn, n.DecideBy = e.At, b.On, b.DecideBy
		s.Notice = &n
		s = s.take(b.Files, b.Paper)
	case WasSuppliedTolerated:
		given := materialsOf(b.Files, b.Paper)
		s.Gaps = slices.Clone(s.Gaps)
		for i, g := range s.Gaps {
			// One document of a group stands for all of it.
			if g.Open() && slices.ContainsFunc(s.Gaps, func(h Gap) bool {
				return slices.Contains(given, h.Material) && (h.Material == g.Material || g.Group != "" && h.Group == g.Group)
			}) {
				s.Gaps[i].Supplied, s.Gaps[i].SuppliedOn = e.At, b.On
			}
		}
		s.Outcome = b.Outcome
		s = s.take(b.Files, b.Paper)
	case WasApproved:
		s = s.finish(e).enter(b.To, b.On, b.StageDue)
	case WasReturned:
		s.Records = slices.Clone(s.Records)
		clear(s.Records[b.To:])
		s = s.enter(b.To, b.On, b.StageDue)
		s.Returned = true
	case WasGranted:
		s = s.finish(e).end(Granted, Ending{At: e.At, On: b.On, By: e.By, Reasons: b.Text})
		s.DeliverBy, s.Deliver = b.DeliverBy, b.Deliver
	case WasRefused:
		remedies := b.Remedies
		s = s.finish(e).end(Refused, Ending{At: e.At, On: b.On, By: e.By, Reasons: b.Text, Legal: b.Legal,
			Unsupplied: b.Unsupplied, Remedies: &remedies})
	case WasWithdrawn:
		s = s.end(Withdrawn, Ending{At: e.At, On: b.On, By: e.By, Reasons: b.Text})
	}
	return s
}

// Replay folds a whole log.
func Replay(events []Event) State {
	var s State
	for _, e := range events {
		s = Fold(s, e)
	}
	return s
}

// take adds to a case what was handed in.
func (s State) take(files []File, paper []string) State {
	s.Files = append(slices.Clone(s.Files), files...)
	s.Paper = slices.Clone(s.Paper)
	for _, m := range paper {
		s.Paper = appendNew(s.Paper, m)
	}
	return s
}

// materialsOf lists the materials that files and papers are of, each once.
func materialsOf(files []File, paper []string) []string {
	out := distinct(paper)
	for _, f := range files {
		out = appendNew(out, f.Material)
	}
	return out
}

// finish marks the current stage done.
func (s State) finish(e Event) State {
	at := e.At
	s.Records = slices.Clone(s.Records)
	s.Records[s.Stage] = StageRecord{Done: &at, By: e.By}
	return s
}

func (s State) enter(stage int, on, due string) State {
	s.Stage, s.StageSince, s.StageDue, s.Returned = stage, on, due, false
	return s
}

func (s State) end(p Phase, how Ending) State {
	s.Phase, s.Ending, s.StageDue = p, &how, ""
	s.Clock = slices.Clone(s.Clock)
	if n := len(s.Clock); n > 0 && s.Clock[n-1].To == "" {
		s.Clock[n-1].To = how.On
	}
	return s
}

// nextStage is the stage after one, or the same when it is the last.
func nextStage(route []plan.Stage, stage int) int { return min(stage+1, len(route)-1) }

func appendNew(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
