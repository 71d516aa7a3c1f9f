package casework_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/runtime/casework"
)

var errBroken = errors.New("the line broke")

// breaking is a store whose n-th write fails: before it was done, or after, when the caller cannot know.
type breaking struct {
	store.Store
	left  atomic.Int64 // writes until the failure; not positive: it has happened
	after bool
}

func (b *breaking) write(do func() error) error {
	if b.left.Add(-1) != 0 {
		return do()
	}
	if b.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errBroken
}

func (b *breaking) Put(ctx context.Context, d store.Document) (out store.Document, err error) {
	err = b.write(func() (err error) { out, err = b.Store.Put(ctx, d); return err })
	return out, err
}

func (b *breaking) Delete(ctx context.Context, collection, id string, revision int64) error {
	return b.write(func() error { return b.Store.Delete(ctx, collection, id, revision) })
}

func (b *breaking) Next(ctx context.Context, sequence string) (n int64, err error) {
	err = b.write(func() (err error) { n, err = b.Store.Next(ctx, sequence); return err })
	return n, err
}

func (b *breaking) Commit(ctx context.Context, c store.Commit) (out store.Envelope, err error) {
	err = b.write(func() (err error) { out, err = b.Store.Commit(ctx, c); return err })
	return out, err
}

func (b *breaking) Done(ctx context.Context, id string, fence int64) error {
	return b.write(func() error { return b.Store.Done(ctx, id, fence) })
}

// TestAnyWriteMayFail breaks every single write of a case's way, one run for each, and tries again: in the end there is one
// case, and each act was done once.
func TestAnyWriteMayFail(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := int64(1); ; n++ {
			broke := false
			t.Run(fmt.Sprintf("write %d, done %v", n, after), func(t *testing.T) {
				c := open(t, nil)
				ctx := t.Context()
				d := c.filled(0)
				line := &breaking{Store: c.store, after: after}
				line.left.Store(n)
				c.store = line
				s := c.node(mustCatalogue(t, &allowance{}), "node-1")

				v, err := s.Submit(ctx, clerk, d.ID)
				if err != nil {
					if !errors.Is(err, errBroken) {
						t.Fatal(err)
					}
					if v, err = s.Submit(ctx, clerk, d.ID); err != nil {
						t.Fatal("submitted again: ", err)
					}
				}
				accept := casework.Action{Kind: "accept", Op: "press-000001", Revision: v.Revision}
				if v, err = s.Act(ctx, officer, v.ID, accept); err != nil {
					if v, err = s.Act(ctx, officer, d.ID, accept); err != nil {
						t.Fatal("accepted again: ", err)
					}
				}
				if v.Phase != "review" || len(v.History) != 2 || v.Revision != 2 {
					t.Errorf("%s after %d acts at revision %d", v.Phase, len(v.History), v.Revision)
				}
				c.moveTo("2026-03-10", "09:00")
				if _, err := s.Sweep(ctx); err != nil {
					c.moveTo("2026-03-10", "09:10") // the lease has passed
					if n, err := s.Sweep(ctx); err != nil || n > 1 {
						t.Errorf("swept again %d, %v", n, err)
					}
				}
				page, err := s.Queue(ctx, clerk, casework.QueueFilter{Kind: "received"})
				if err != nil || len(page.Cases) != 1 {
					t.Errorf("%d cases, %v", len(page.Cases), err)
				}
				broke = line.left.Load() <= 0
			})
			if !broke {
				if n < 7 {
					t.Errorf("only %d writes were broken", n-1)
				}
				break
			}
		}
	}
}
