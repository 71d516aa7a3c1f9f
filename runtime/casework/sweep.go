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

// effectLapse is due at the end of the last day for the one-time notice. Its body is the case's id.
const effectLapse = "case.lapse"

const (
	sweepLease = time.Minute
	sweepBatch = 50
	retryAfter = time.Minute
)

// Sweep carries out what is due: cases whose five working days passed without a notice are accepted as of the day they were
// received. It returns how many effects were finished. Any number of nodes may sweep at any time; work is leased, and doing
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
	if e.Kind != effectLapse {
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
		if !c.state.Lapsed(s.today()) {
			return nil
		}
		if err = s.lapse(ctx, c); !errors.Is(err, errRace) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "case.busy")
}

// lapse records the acceptance of a case by lapse of the notice period, as of the day of receipt.
func (s *Service) lapse(ctx context.Context, c loaded) error {
	facts, err := s.clocked(c, c.state.ReceivedOn, s.today())
	if err != nil {
		return err
	}
	events, err := casefile.Decide(c.state, casefile.Command{Op: "lapse:" + c.env.ID, At: s.now(), On: s.today(), Act: casefile.Lapse{Clocked: facts}})
	if err != nil || len(events) == 0 {
		return err
	}
	_, err = s.save(ctx, c, c.env.ID, events, nil)
	if fault.Is(err, fault.Conflict) {
		return errRace
	}
	return err
}
