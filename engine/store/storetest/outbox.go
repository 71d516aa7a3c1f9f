package storetest

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// lease is how long the tests' workers hold what they claim.
const lease = time.Minute

var outboxTests = []test{
	{"an effect is claimed, done and gone", func(e *env) {
		e.same(len(e.claim("w", noon, 10)), 0)
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "notify", Due: noon, Body: json.RawMessage(`{"to": "王"}`)})
		got := e.claim("w", noon, 10)
		e.same(len(got), 1)
		want := store.Effect{ID: "x/1", Kind: "notify", Due: noon, Body: json.RawMessage(`{"to": "王"}`), Fence: got[0].Fence, Tries: 1}
		e.same(got[0], want)
		e.ok(e.Done(e.ctx, "x/1", got[0].Fence))
		e.refused(e.Done(e.ctx, "x/1", got[0].Fence), fault.Conflict)
		e.refused(e.Retry(e.ctx, "x/1", got[0].Fence, noon), fault.Conflict)
		e.same(len(e.claim("w", noon.Add(time.Hour), 10)), 0)
	}},
	{"nothing is handed out before it is due", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		e.same(len(e.claim("w", noon.Add(-time.Millisecond), 10)), 0)
		e.same(len(e.claim("w", noon, 10)), 1)
	}},
	{"those longest due come first, up to the limit", func(e *env) {
		var fs []store.Effect
		for i := range 9 {
			fs = append(fs, store.Effect{ID: fmt.Sprintf("x/%d", i), Kind: "k", Due: noon.Add(-time.Duration(i) * time.Second)})
		}
		e.enqueue("x", fs...)
		for _, want := range []string{"x/8 x/7 x/6 x/5 ", "x/4 x/3 x/2 x/1 ", "x/0 ", ""} {
			got := ""
			for _, f := range e.claim("w", noon, 4) {
				got += f.ID + " "
			}
			e.same(got, want)
		}
	}},
	{"a leased effect is nobody else's until the lease has passed", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		first := e.claim("a", noon, 10)
		e.same(len(e.claim("b", noon, 10)), 0)
		e.same(len(e.claim("a", noon, 10)), 0)
		e.same(len(e.claim("b", noon.Add(lease-time.Millisecond), 10)), 0)
		second := e.claim("b", noon.Add(lease), 10)
		e.same(len(second), 1)
		e.same(second[0].Tries, 2)
		if second[0].Fence <= first[0].Fence {
			e.Errorf("fence %d after %d", second[0].Fence, first[0].Fence)
		}
		// The first holder wakes up late.
		e.refused(e.Done(e.ctx, "x/1", first[0].Fence), fault.Conflict)
		e.refused(e.Retry(e.ctx, "x/1", first[0].Fence, noon), fault.Conflict)
		e.same(len(e.claim("c", noon.Add(lease), 10)), 0)
		e.ok(e.Done(e.ctx, "x/1", second[0].Fence))
	}},
	{"a lease that has passed to nobody may still finish", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		got := e.claim("a", noon, 10)
		e.ok(e.Done(e.ctx, "x/1", got[0].Fence))
		e.same(len(e.claim("b", noon.Add(2*lease), 10)), 0)
	}},
	{"only a holder may finish", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		for _, fence := range []int64{-1, 0, 1} {
			e.refused(e.Done(e.ctx, "x/1", fence), fault.Conflict)
			e.refused(e.Retry(e.ctx, "x/1", fence, noon), fault.Conflict)
		}
		e.refused(e.Done(e.ctx, "nothing", 1), fault.Conflict)
		e.same(len(e.claim("a", noon, 10)), 1)
	}},
	{"retry gives an effect back for later", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		got := e.claim("a", noon, 10)
		later := noon.Add(10 * time.Second) // sooner than the lease would have ended
		e.ok(e.Retry(e.ctx, "x/1", got[0].Fence, later))
		e.refused(e.Retry(e.ctx, "x/1", got[0].Fence, later), fault.Conflict)
		e.refused(e.Done(e.ctx, "x/1", got[0].Fence), fault.Conflict)
		e.same(len(e.claim("b", later.Add(-time.Millisecond), 10)), 0)
		again := e.claim("b", later, 10)
		e.same(len(again), 1)
		e.same(again[0].Due, later)
		e.same(again[0].Tries, 2)
		if again[0].Fence <= got[0].Fence {
			e.Errorf("fence %d after %d", again[0].Fence, got[0].Fence)
		}
	}},
	{"workers at once never hold the same effect", func(e *env) {
		const n = 120
		for i := range n / 10 {
			var fs []store.Effect
			for j := range 10 {
				fs = append(fs, store.Effect{ID: fmt.Sprintf("case-%d/%d", i, j), Kind: "k", Due: noon})
			}
			e.enqueue(fmt.Sprintf("case-%d", i), fs...)
		}
		// Every round half of what is held is finished, the rest left to its lease.
		for round, left := 0, n; left > 0; round++ {
			var mu sync.Mutex
			held := map[string]int64{}
			together(8, func(worker int) {
				for {
					got, err := e.Claim(e.ctx, fmt.Sprint(worker), noon.Add(time.Duration(round)*lease), lease, 7)
					if err != nil {
						e.Errorf("worker %d: %v", worker, err)
						return
					}
					if len(got) == 0 {
						return
					}
					mu.Lock()
					for _, f := range got {
						if _, twice := held[f.ID]; twice {
							e.Errorf("round %d: %s was handed out twice", round, f.ID)
						}
						held[f.ID] = f.Fence
					}
					mu.Unlock()
				}
			})
			if len(held) != left {
				e.Fatalf("round %d: %d effects were handed out, %d wait", round, len(held), left)
			}
			i := 0
			for id, fence := range held {
				if i++; i%2 == 1 {
					e.ok(e.Done(e.ctx, id, fence))
					left--
				}
			}
		}
	}},
	{"effects are written with their commit or not at all", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		stale := opening("x")
		stale.Effects = []store.Effect{{ID: "x/2", Kind: "k", Due: noon}}
		for _, expect := range []int64{0, 7} {
			stale.Expect = expect
			_, err := e.Commit(e.ctx, stale)
			e.refused(err, fault.Conflict)
		}
		got := e.claim("w", noon, 10)
		e.same(len(got), 1)
		e.same(got[0].ID, "x/1")

		// Another case's effect has the ID: the whole commit is refused.
		thief := opening("y")
		thief.Effects = []store.Effect{{ID: "y/1", Kind: "k", Due: noon}, {ID: "x/1", Kind: "k", Due: noon}}
		_, err := e.Commit(e.ctx, thief)
		e.refused(err, fault.Conflict)
		_, _, err = e.Case(e.ctx, "y")
		e.refused(err, fault.NotFound)
		_, err = e.CaseByNumber(e.ctx, "N-y")
		e.refused(err, fault.NotFound)
		e.same(len(e.claim("w", noon, 10)), 0)
	}},
	{"a repeated effect is the same effect", func(e *env) {
		first := store.Effect{ID: "x/1", Kind: "k", Due: noon, Body: json.RawMessage("1")}
		again := store.Effect{ID: "x/1", Kind: "other", Due: noon.Add(-time.Hour), Body: json.RawMessage("2")}
		e.enqueue("x", first, again)
		next := opening("x")
		next.Expect, next.Effects = 1, []store.Effect{again}
		e.commit(next)
		got := e.claim("w", noon, 10)
		e.same(len(got), 1)
		e.same(string(got[0].Body), "1")
		// It is held: a repetition does not set it free.
		next.Expect = 2
		e.commit(next)
		e.same(len(e.claim("v", noon, 10)), 0)
		e.ok(e.Done(e.ctx, "x/1", got[0].Fence))

		// Done is forgotten: the ID is a new effect, and a fence of the old one opens nothing.
		next.Expect = 3
		e.commit(next)
		reborn := e.claim("v", noon, 10)
		e.same(len(reborn), 1)
		e.same(reborn[0].Tries, 1)
		e.same(string(reborn[0].Body), "2")
		e.refused(e.Done(e.ctx, "x/1", got[0].Fence), fault.Conflict)
		e.ok(e.Done(e.ctx, "x/1", reborn[0].Fence))
	}},
	{"limits and forms", func(e *env) {
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
		for _, try := range []struct {
			worker string
			now    time.Time
			lease  time.Duration
			limit  int
		}{
			{"", noon, lease, 1},
			{"w", noon, 0, 1},
			{"w", noon, -lease, 1},
			{"w", noon, time.Microsecond, 1},
			{"w", noon, lease, 0},
			{"w", noon, lease, -1},
			{"w", noon, lease, store.MaxClaim + 1},
			{"w", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), lease, 1},
		} {
			if _, err := e.Claim(e.ctx, try.worker, try.now, try.lease, try.limit); fault.KindOf(err) != fault.Invalid {
				e.Errorf("%+v: %v", try, err)
			}
		}
		got := e.claim("w", noon, store.MaxClaim)
		e.same(len(got), 1)
		e.refused(e.Done(e.ctx, "", 1), fault.Invalid)
		e.refused(e.Retry(e.ctx, "", 1, noon), fault.Invalid)
		e.refused(e.Retry(e.ctx, "x/1", got[0].Fence, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), fault.Invalid)
		e.ok(e.Done(e.ctx, "x/1", got[0].Fence))
	}},
}

// enqueue opens a case with effects.
func (e *env) enqueue(id string, fs ...store.Effect) {
	e.Helper()
	c := opening(id)
	c.Effects = fs
	e.commit(c)
}

// claim leases what is due.
func (e *env) claim(worker string, now time.Time, limit int) []store.Effect {
	e.Helper()
	fs, err := e.Claim(e.ctx, worker, now, lease, limit)
	e.ok(err)
	return fs
}
