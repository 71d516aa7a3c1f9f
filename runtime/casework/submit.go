package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/runtime/casefile"
)

// NotReadyError says why a draft cannot be submitted. It unwraps to a fault of kind Invalid, code case.not-ready.
type NotReadyError struct {
	Fault    *fault.Error
	Problems []plan.Problem // what is wrong and what is still to be done, each at its place
}

// Error implements error, for logs.
func (e *NotReadyError) Error() string { return e.Fault.Error() }

// Unwrap returns the fault.
func (e *NotReadyError) Unwrap() error { return e.Fault }

// Submit turns a draft into a case (收件): everything is looked up afresh, evaluated on what is known now, and unless something is wrong or
// missing the case, its number, its place in the queue and the timer of the notice are written in one act. An unmet
// condition does not prevent it: only an officer refuses. Submitting again returns the same case.
func (s *Service) Submit(ctx context.Context, by Actor, id string) (CaseView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return CaseView{}, err
	}
	if d.kase != nil {
		return s.Case(ctx, by, id)
	}
	p, err := s.Items.Current(d.Item, s.today())
	if err != nil {
		return CaseView{}, err
	}
	// What must be durable before the case is: that its facts were read again, the claim and the number. When everything speaks
	// for success, they are written at the same time, so that one flush of the disk serves all three.
	var place *placement
	in := s.input(d.draft, true)
	out := p.Evaluate(in)
	if out.Ready && s.outOfScope(p.Definition().Scope, d.Office, out.Route) == nil {
		place = s.place(ctx, d, p)
		defer place.done.Wait()
	}
	if err := s.lookUp(ctx, by, &d, true); err != nil {
		return CaseView{}, err
	}
	// The same input has the same outcome: most people's records are what they were when the draft was opened.
	if now := s.input(d.draft, true); !reflect.DeepEqual(now, in) {
		in, out = now, p.Evaluate(now)
	}
	if f := s.outOfScope(p.Definition().Scope, d.Office, out.Route); f != nil {
		return CaseView{}, f // whatever else is missing: nothing of it can be settled here
	}
	if !out.Ready {
		return CaseView{}, s.notReady(ctx, d, out)
	}
	d.Files = slices.DeleteFunc(d.Files, func(f casefile.File) bool { return !needed(out, f.Material) })
	d.Paper = slices.DeleteFunc(d.Paper, func(m string) bool { return !needed(out, m) })
	if place == nil {
		place = s.place(ctx, d, p)
	}
	if err := place.wait(); err != nil {
		return CaseView{}, err
	}
	c, err := s.receive(ctx, by, d, p, in, out, place.number)
	if fault.Is(err, fault.Conflict) {
		// The same draft was submitted a moment earlier, or by another window of the office.
		if again, errLoad := s.loadDraft(ctx, by, id); errLoad == nil && again.kase != nil {
			return s.Case(ctx, by, id)
		}
	}
	if err != nil {
		return CaseView{}, err
	}
	// The case stands. A draft that stays behind is hidden by the case of the same id, so nobody waits for its end; if deleting
	// it fails, it expires.
	go func() { _ = s.Store.Delete(context.WithoutCancel(ctx), drafts, id, d.revision) }()
	return s.caseView(by, c)
}

// placement is the claim of a person's one running case of an item, and a number for it. Either may turn out not to be needed:
// a claim lapses, and numbers may be skipped.
type placement struct {
	done             sync.WaitGroup
	number           string
	claimed, counted error
}

// place claims and takes a number, both at the same time.
func (s *Service) place(ctx context.Context, d opened, p Evaluator) *placement {
	out := &placement{}
	subject := d.Person.Subject()
	out.done.Go(func() { out.claimed = s.claim(ctx, d.id, p.Ref().Code, subject) })
	out.done.Go(func() { out.number, out.counted = s.newNumber(ctx, s.divisionOf(d.Office), s.today()) })
	return out
}

func (p *placement) wait() error {
	p.done.Wait()
	return cmp.Or(p.claimed, p.counted)
}

// notReady keeps what was looked up, so that the draft shows what the person is told.
func (s *Service) notReady(ctx context.Context, d opened, out plan.Outcome) error {
	if err := s.putDraft(ctx, &d); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	e := &NotReadyError{Problems: slices.DeleteFunc(slices.Clone(out.Problems), func(p plan.Problem) bool { return p.Severity != "error" })}
	e.Problems = append(e.Problems, out.Todo...)
	e.Fault = fault.New(fault.Invalid, "case.not-ready", "count", len(e.Problems))
	return e
}

// needed reports whether a material is asked for at all: papers nobody needs are not kept.
func needed(out plan.Outcome, material string) bool {
	return slices.ContainsFunc(out.Materials, func(m plan.Material) bool { return m.ID == material && m.Need != "not-needed" })
}

// receive decides and writes the receipt.
func (s *Service) receive(ctx context.Context, by Actor, d opened, p Evaluator, in plan.Input, out plan.Outcome, number string) (loaded, error) {
	in.Provided = provided(d.Files, d.Paper)
	now, today := s.now(), s.today()
	noticeBy, err := s.due(today, noticeDays, calendar.Workday)
	if err != nil {
		return loaded{}, err
	}
	lapses, err := s.midnightAfter(noticeBy)
	if err != nil {
		return loaded{}, err
	}
	act := casefile.Receive{Number: number, Item: out.Item, NoticeBy: noticeBy, Route: out.Route.Stages, Files: d.Files, Paper: d.Paper,
		Applicant: casefile.Applicant{IDType: d.Person.IDType, IDNumber: d.Person.IDNumber, Name: d.Name}}
	for _, l := range p.Definition().Legal {
		act.Legal = append(act.Legal, casefile.Article{ID: l.ID, Title: l.Title, DocumentNo: l.DocumentNo, Article: l.Article})
	}
	for _, m := range out.Materials {
		act.Materials = append(act.Materials, m.ID)
	}
	if act.Input, err = canonical(in); err == nil {
		if act.Outcome, err = canonical(out); err == nil {
			act.Evidence, err = canonical(d.Evidence)
		}
	}
	if err != nil {
		return loaded{}, damaged(err, d.id)
	}
	events, err := casefile.Decide(casefile.State{}, casefile.Command{Op: "receive:" + d.id, By: by.actor(), At: now, On: today, Act: act})
	if err != nil {
		return loaded{}, err
	}
	c, err := s.save(ctx, loaded{}, d.id, events, []store.Effect{{ID: d.id + ":lapse", Kind: effectLapse, Due: lapses, Body: quoted(d.id)}})
	c.in, c.out = &in, &out
	return c, err
}

const (
	// running is the collection that says which case of an item a person has: one document for each item and person, naming
	// the newest case.
	running = "running"
	// claimGrace is how long after a claim its case may still be coming: twice what any request is given. Longer, and the
	// submission came to nothing.
	claimGrace = time.Minute
)

// claim makes sure that a person has one running case of an item: the document is written before the case, so of two
// submissions at the same moment one is stopped, at whatever nodes they arrive.
func (s *Service) claim(ctx context.Context, id, item, subject string) error {
	claim := store.Document{Collection: running, ID: item + ":" + subject, Body: quoted(id)}
	for range maxRaces {
		claim.Updated = s.now()
		have, err := s.Store.Get(ctx, running, claim.ID)
		switch {
		case fault.Is(err, fault.NotFound):
			claim.Revision = 0
		case err != nil:
			return err
		default:
			var holder string
			if err := json.Unmarshal(have.Body, &holder); err != nil {
				return damaged(err, claim.ID)
			}
			c, err := s.loadCase(ctx, holder)
			switch {
			case holder == id && claim.Updated.Sub(have.Updated) < claimGrace/2:
				return nil // claimed by this very draft, and fresh enough to last until its case is written
			case holder == id:
			case err == nil && !c.state.Phase.Final():
				return fault.New(fault.Conflict, "case.duplicate", "number", c.state.Number)
			case fault.Is(err, fault.NotFound) && claim.Updated.Sub(have.Updated) < claimGrace:
				return fault.New(fault.Unavailable, "case.duplicate-pending")
			case err != nil && !fault.Is(err, fault.NotFound):
				return err
			}
			claim.Revision = have.Revision
		}
		if _, err = s.Store.Put(ctx, claim); err == nil || !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "case.duplicate-pending")
}
