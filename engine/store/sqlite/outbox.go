package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

const (
	readyEffects = "SELECT id, kind, due, body, tries FROM effect WHERE ready <= ? ORDER BY ready, id LIMIT ?"
	leaseEffect  = "UPDATE effect SET ready = ?, fence = ?, worker = ?, tries = tries + 1 WHERE id = ?"
	doneEffect   = "DELETE FROM effect WHERE id = ? AND fence = ? AND fence > 0"
	retryEffect  = "UPDATE effect SET due = ?, ready = ?, fence = 0 WHERE id = ? AND fence = ? AND fence > 0"

	// One sequence for all effects: an effect that is done, and enqueued again under its old ID, cannot be finished with a
	// fence of its former life. No caller can name it, as a sequence's name is not empty.
	fences = ""
)

// Claim implements [store.Outbox].
func (s *Store) Claim(ctx context.Context, worker string, now time.Time, lease time.Duration, limit int) ([]store.Effect, error) {
	if err := store.CheckClaim(worker, now, lease, limit); err != nil {
		return nil, err
	}
	// Most polls find nothing: ask a reader before troubling the writer.
	idle, err := s.idle(ctx, now)
	if err != nil || idle {
		return nil, err
	}
	var claimed []store.Effect
	err = s.write(ctx, func(w *writer) (err error) {
		claimed, err = w.claim(worker, now, lease, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// idle tells whether no effect can be claimed at now.
func (s *Store) idle(ctx context.Context, now time.Time) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	none := true
	err := s.read(ctx, readyEffects, []any{millis(now), 1}, func(*sql.Rows) error {
		none = false
		return nil
	})
	return none, err
}

func (w *writer) claim(worker string, now time.Time, lease time.Duration, limit int) ([]store.Effect, error) {
	var claimed []store.Effect
	err := w.each(readyEffects, []any{millis(now), limit}, func(rows *sql.Rows) error {
		var f store.Effect
		var due int64
		if err := rows.Scan(&f.ID, &f.Kind, &due, (*[]byte)(&f.Body), &f.Tries); err != nil {
			return err
		}
		f.Due = fromMillis(due)
		claimed = append(claimed, f)
		return nil
	})
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	fence, err := w.next(fences)
	if err != nil {
		return nil, err
	}
	for i := range claimed {
		f := &claimed[i]
		f.Fence = fence
		f.Tries++
		if err := w.exec(leaseEffect, millis(now.Add(lease)), fence, worker, f.ID); err != nil {
			return nil, err
		}
	}
	return claimed, nil
}

// Done implements [store.Outbox].
func (s *Store) Done(ctx context.Context, id string, fence int64) error {
	if err := store.CheckName("id", id); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error { return held(w.change(doneEffect, id, fence)) })
}

// Retry implements [store.Outbox].
func (s *Store) Retry(ctx context.Context, id string, fence int64, due time.Time) error {
	if err := store.CheckName("id", id); err != nil {
		return err
	}
	if err := store.CheckTime("due", due); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error { return held(w.change(retryEffect, millis(due), millis(due), id, fence)) })
}

// held makes a Conflict of a change that found no effect held under its fence.
func held(changed int64, err error) error {
	if err == nil && changed == 0 {
		return fault.New(fault.Conflict, "store.lease-lost")
	}
	return err
}
