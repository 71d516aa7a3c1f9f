package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// every calls each method once, in a way that would succeed on a store filled by fill: name -> call.
func every(s store.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Get": func(ctx context.Context) error { _, err := s.Get(ctx, "papers", "x"); return err },
		"GetMany": func(ctx context.Context) error {
			_, err := s.GetMany(ctx, "papers", []string{"x"})
			return err
		},
		"Put":    func(ctx context.Context) error { _, err := s.Put(ctx, doc("new")); return err },
		"Delete": func(ctx context.Context) error { return s.Delete(ctx, "papers", "x", 1) },
		"Find": func(ctx context.Context) error {
			_, err := s.Find(ctx, store.Query{Collection: "papers", Limit: 10})
			return err
		},
		"Count":        func(ctx context.Context) error { _, err := s.Count(ctx, "papers"); return err },
		"Import":       func(ctx context.Context) error { return s.Import(ctx, []store.Document{doc("imported")}) },
		"Next":         func(ctx context.Context) error { _, err := s.Next(ctx, "s"); return err },
		"Commit":       func(ctx context.Context) error { _, err := s.Commit(ctx, opening("new")); return err },
		"Case":         func(ctx context.Context) error { _, _, err := s.Case(ctx, "x"); return err },
		"CaseByNumber": func(ctx context.Context) error { _, err := s.CaseByNumber(ctx, "N-x"); return err },
		"Queue": func(ctx context.Context) error {
			_, _, err := s.Queue(ctx, store.QueueQuery{Office: "street", Limit: 10})
			return err
		},
		"Claim":   func(ctx context.Context) error { _, err := s.Claim(ctx, "w", noon, lease, 10); return err },
		"Done":    func(ctx context.Context) error { return s.Done(ctx, "x/1", 1) },
		"Retry":   func(ctx context.Context) error { return s.Retry(ctx, "x/1", 1, noon) },
		"PutBlob": func(ctx context.Context) error { _, err := s.PutBlob(ctx, []byte("new")); return err },
		"Blob":    func(ctx context.Context) error { _, err := s.Blob(ctx, noBlob); return err },
		"Ping":    s.Ping,
	}
}

// noBlob is well formed and names nothing.
const noBlob = "0000000000000000000000000000000000000000000000000000000000000000"

// fill writes what the calls of every ask for.
func (e *env) fill() {
	e.Helper()
	e.put(doc("x"))
	e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon})
}

var callTests = []test{
	{"a store that is open answers a ping", func(e *env) { e.ok(e.Ping(e.ctx)) }},
	{"an ended context changes nothing", func(e *env) {
		e.fill()
		cancelled, cancel := context.WithCancel(e.ctx)
		cancel()
		late, cancel := context.WithDeadline(e.ctx, time.Now().Add(-time.Second))
		defer cancel()
		for name, call := range every(e.Store) {
			for _, ctx := range []context.Context{cancelled, late} {
				if err := call(ctx); fault.KindOf(err) != fault.Unavailable {
					e.Errorf("%s: %v", name, err)
				}
			}
		}
		e.same(ids(e.walk(store.Query{Collection: "papers", Limit: 10})), []string{"x"})
		_, _, err := e.Case(e.ctx, "new")
		e.refused(err, fault.NotFound)
		n, err := e.Next(e.ctx, "s")
		e.ok(err)
		e.same(n, int64(1))
		got := e.claim("w", noon, 10)
		e.same(len(got), 1)
		e.same(got[0].Tries, 1)
	}},
	{"a context that ends during a write leaves it whole or undone", func(e *env) {
		const writers, each = 16, 12
		type outcome struct {
			commit store.Commit
			err    error
		}
		var mu sync.Mutex
		var all []outcome
		together(writers, func(w int) {
			for i := range each {
				c := opening(fmt.Sprintf("%02d-%02d", w, i))
				c.Events = append(c.Events, store.Event{At: noon, Kind: "second"})
				c.Effects = []store.Effect{{ID: c.Envelope.ID + "/1", Kind: "k", Due: noon}}
				// From hopeless to generous, so that some end before, some during and some after the write.
				ctx, cancel := context.WithTimeout(e.ctx, time.Duration(w*i*i)*20*time.Microsecond)
				_, err := e.Commit(ctx, c)
				cancel()
				mu.Lock()
				all = append(all, outcome{c, err})
				mu.Unlock()
			}
		})
		for _, o := range all {
			id := o.commit.Envelope.ID
			_, events, err := e.Case(e.ctx, id)
			switch {
			case o.err == nil:
				e.ok(err)
			case fault.KindOf(o.err) != fault.Unavailable:
				e.Fatalf("%s: %v", id, o.err)
			}
			if err == nil && len(events) != 2 {
				e.Fatalf("%s has %d events", id, len(events))
			}
			// Repeating is safe, whatever had happened.
			_, again := e.Commit(e.ctx, o.commit)
			if err == nil {
				e.refused(again, fault.Conflict)
			} else {
				e.ok(again)
			}
		}
		seen := map[string]bool{}
		for {
			got := e.claim("w", noon, store.MaxClaim)
			if len(got) == 0 {
				break
			}
			for _, f := range got {
				seen[f.ID] = true
			}
		}
		e.same(len(seen), writers*each)
	}},
	{"after Close every call is refused", func(e *env) {
		e.fill()
		e.ok(e.Close())
		e.ok(e.Close())
		for name, call := range every(e.Store) {
			if err := call(e.ctx); fault.KindOf(err) != fault.Unavailable {
				e.Errorf("%s: %v", name, err)
			}
		}
	}},
	{"Close waits for what is under way, and loses nothing answered", func(e *env) {
		var mu sync.Mutex
		answered := map[string]bool{}
		var wg sync.WaitGroup
		begun := make(chan struct{}, 64)
		for w := range 16 {
			wg.Go(func() {
				for i := 0; ; i++ {
					d := doc(fmt.Sprintf("%02d-%d", w, i))
					_, err := e.Put(e.ctx, d)
					if fault.KindOf(err) == fault.Unavailable {
						return
					}
					if err != nil {
						e.Errorf("writer %d: %v", w, err)
						return
					}
					mu.Lock()
					answered[d.ID] = true
					mu.Unlock()
					select {
					case begun <- struct{}{}:
					default:
					}
				}
			})
		}
		for range cap(begun) {
			<-begun
		}
		e.ok(e.Close())
		wg.Wait()
		e.reopen()
		for _, d := range e.walk(store.Query{Collection: "papers", Limit: store.MaxPage}) {
			delete(answered, d.ID)
		}
		e.same(len(answered), 0)
	}},
	{"closing and reopening keeps everything", func(e *env) {
		d := doc("x")
		d.Keys, d.Expires = map[string]string{"k": "中"}, noon.AddDate(7000, 0, 0)
		d = e.put(e.put(d))
		dead := doc("dead")
		dead.Expires = time.Now().Add(-time.Hour)
		e.put(dead)
		e.enqueue("x", store.Effect{ID: "x/1", Kind: "k", Due: noon}, store.Effect{ID: "x/2", Kind: "k", Due: noon.Add(time.Hour), Body: json.RawMessage("2")})
		held := e.claim("w", noon, 10)
		blob, err := e.PutBlob(e.ctx, []byte("blob"))
		e.ok(err)
		envelope, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		n, err := e.Next(e.ctx, "s")
		e.ok(err)

		for range 2 {
			e.reopen()
			got, err := e.Get(e.ctx, "papers", "x")
			e.ok(err)
			e.same(got, d)
			e.same(ids(e.walk(store.Query{Collection: "papers", Key: "k", Value: "中", Limit: 10})), []string{"x"})
			_, err = e.Get(e.ctx, "papers", "dead")
			e.refused(err, fault.NotFound)
			gotEnvelope, gotEvents, err := e.Case(e.ctx, "x")
			e.ok(err)
			e.same(gotEnvelope, envelope)
			e.same(gotEvents, events)
			e.same(e.walkQueue(store.QueueQuery{Office: "street", Limit: 1}), []store.Envelope{envelope})
			content, err := e.Blob(e.ctx, blob)
			e.ok(err)
			e.same(string(content), "blob")
			next, err := e.Next(e.ctx, "s")
			e.ok(err)
			if next <= n {
				e.Errorf("sequence gave %d after %d", next, n)
			}
			n = next
			e.same(len(e.claim("v", noon, 10)), 0) // the lease holds
		}
		e.ok(e.Done(e.ctx, "x/1", held[0].Fence))
		late := e.claim("v", noon.Add(time.Hour), 10)
		e.same(len(late), 1)
		e.same(string(late[0].Body), "2")
		if late[0].Fence <= held[0].Fence {
			e.Errorf("fence %d after %d", late[0].Fence, held[0].Fence)
		}
	}},
}
