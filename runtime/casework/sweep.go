package casework

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/runtime/casefile"
)

// The effects by which the platform looks at a case again. Each is due at the end of a last day: for the one-time notice, for
// answering it, of a publicity. The body is the case's id.
const (
	effectLapse      = "case.lapse"
	effectUnanswered = "case.unanswered"
	effectPublicity  = "case.publicity"
)

const (
	sweepLease = time.Minute
	sweepBatch = 50
	retryAfter = time.Minute
)

// Sweep carries out what is due: cases whose five working days passed without a notice are accepted as of the day they were
// received, those whose applicant did not answer a notice in time end as their item says, and a publicity that had its days is
// concluded. It returns how many effects were finished. Any number of nodes may sweep at any time; work is leased, and doing
// it twice changes nothing. What cannot be done now is due again later, and the first such error is returned after the rest
// was done.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	done := 0
	var failed error
	for {
		effects, err := s.Store.Claim(ctx, s.Node, s.now(), sweepLease, sweepBatch)
		if err != nil {
			return done, errors.Join(failed, err)
		}
		for _, e := range effects {
			if err := s.carryOut(ctx, e); err != nil {
				failed = errors.Join(failed, err, unlessTaken(s.Store.Retry(ctx, e.ID, e.Fence, s.now().Add(retryAfter))))
				continue
			}
			if err := unlessTaken(s.Store.Done(ctx, e.ID, e.Fence)); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			done++
		}
		if len(effects) < sweepBatch {
			return done, failed
		}
	}
}

// unlessTaken drops the error that says another node took the work over: it will finish it.
func unlessTaken(err error) error {
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

func (s *Service) carryOut(ctx context.Context, e store.Effect) error {
	var id string
	if e.Kind != effectLapse && e.Kind != effectUnanswered && e.Kind != effectPublicity {
		return fault.New(fault.Internal, "case.unknown-effect", "kind", e.Kind)
	}
	if err := json.Unmarshal(e.Body, &id); err != nil {
		return damaged(err, e.ID)
	}
	for range maxRaces {
		c, err := s.loadCase(ctx, id)
		if err != nil {
			return err
		}
		if err = s.lapse(ctx, c); !errors.Is(err, errRace) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "case.busy")
}

// lapse records in a case what a period that passed led to, if one did: acceptance by lapse of the notice period, as of the
// day of receipt; the end of an application whose notice was not answered; the end of a publicity.
func (s *Service) lapse(ctx context.Context, c loaded) error {
	op, act := overdue(c.state, s.today())
	if act == nil {
		return nil
	}
	if _, ok := act.(casefile.Lapse); ok {
		facts, err := s.clocked(c, c.state.ReceivedOn, s.today())
		if err != nil {
			return err
		}
		act = casefile.Lapse{Clocked: facts}
	}
	events, err := casefile.Decide(c.state, casefile.Command{Op: op + c.env.ID, Seen: c.state.Revision(), At: s.now(), On: s.today(), Act: act,
		Calendar: s.Dictionary.Calendar(), Closed: s.closed()})
	if err != nil || len(events) == 0 {
		return err
	}
	_, err = s.record(ctx, c, events)
	return err
}
