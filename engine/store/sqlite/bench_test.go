package sqlite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/engine/store/storetest"
)

const callers = 32

// submission is what submitting a case writes: the envelope, three events, of which one holds an Outcome, and an effect.
func submission(n int64) store.Commit {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	id := fmt.Sprintf("01JN8Y%020d", n)
	event := func(kind string, size int) store.Event {
		return store.Event{At: at, Kind: kind, Body: json.RawMessage(`{"pad":"` + strings.Repeat("办", size/3) + `"}`)}
	}
	return store.Commit{
		Envelope: store.Envelope{
			ID: id, Number: fmt.Sprintf("510400%012d", n), Item: "512B0003600037", Version: 1, State: "received",
			Subject: fmt.Sprintf("%064x", n), Office: fmt.Sprintf("510411-%d", n%40), Received: fmt.Sprintf("510402-%d", n%60),
			Due: fmt.Sprintf("2026-03-%02d", n%28+1), Created: at, Updated: at, Title: json.RawMessage(`{"zh":"高龄津贴申领","who":"王**"}`),
		},
		Events:  []store.Event{event("received", 300), event("evaluated", 6000), event("assigned", 200)},
		Effects: []store.Effect{{ID: id + "/3/notify", Kind: "notify", Due: at, Body: json.RawMessage(`{"to":"applicant"}`)}},
	}
}

// bare encodes the commit, as a handler would its request, and waits until it is durable.
func bare(w *storetest.Bare) func(*store.Commit) error {
	return func(c *store.Commit) error {
		raw, err := json.Marshal(c)
		if err != nil {
			return err
		}
		return w.Write(c.Envelope.ID, string(raw))
	}
}

// rate has the callers do n writes, and returns how many a second.
func rate(b *testing.B, n int64, first int64, write func(c *store.Commit) error) float64 {
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				c := submission(first + i)
				if err := write(&c); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(start).Seconds()
}

// BenchmarkDurableCommit puts the store beside the bare writer, in turns of the same run, and reports the medians.
func BenchmarkDurableCommit(b *testing.B) {
	s, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	ours := func(c *store.Commit) error {
		_, err := s.Commit(ctx, *c)
		return err
	}
	base := bare(storetest.OpenBare(b, filepath.Join(b.TempDir(), "bare.db")))
	const turn = 2000
	var stores, bares, ratios []float64
	var first int64
	rate(b, turn, first, ours) // both files get their size, both caches their pages
	rate(b, turn, first, base)
	for b.Loop() {
		first += turn
		stores = append(stores, rate(b, turn, first, ours))
		bares = append(bares, rate(b, turn, first, base))
		ratios = append(ratios, stores[len(stores)-1]/bares[len(bares)-1])
	}
	b.ReportMetric(median(stores), "commits/s")
	b.ReportMetric(median(bares), "bare/s")
	b.ReportMetric(median(ratios), "of-bare")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkImport reports how many documents with two keys a second a bulk import writes.
func BenchmarkImport(b *testing.B) {
	s, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	n := 0
	for b.Loop() {
		ds := make([]store.Document, store.MaxImport)
		for i := range ds {
			n++
			ds[i] = store.Document{
				Collection: "residents", ID: fmt.Sprintf("%018d", n), Keys: map[string]string{"division": fmt.Sprint(n % 500), "name": fmt.Sprint(n % 90000)},
				Body: json.RawMessage(fmt.Sprintf(`{"n":%d,"pad":%q}`, n, strings.Repeat("x", 600))), Updated: time.UnixMilli(0),
			}
		}
		if err := s.Import(b.Context(), ds); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "documents/s")
}

// BenchmarkReads times what a screen asks for most, in a store of 20,000 cases and as many documents.
func BenchmarkReads(b *testing.B) {
	s, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const n = 20_000
	rate(b, n, 0, func(c *store.Commit) error {
		_, err := s.Commit(b.Context(), *c)
		return err
	})
	for i := 0; i < n; i += store.MaxImport {
		ds := make([]store.Document, store.MaxImport)
		for j := range ds {
			ds[j] = store.Document{Collection: "c", ID: fmt.Sprintf("%06d", i+j), Keys: map[string]string{"k": fmt.Sprint(j % 50)}, Body: json.RawMessage(`{"n":1}`)}
		}
		if err := s.Import(b.Context(), ds); err != nil {
			b.Fatal(err)
		}
	}
	id := submission(n / 2).Envelope.ID
	for name, read := range map[string]func(context.Context) error{
		"Case": func(ctx context.Context) error { _, _, err := s.Case(ctx, id); return err },
		"Get":  func(ctx context.Context) error { _, err := s.Get(ctx, "c", "010000"); return err },
		"Queue": func(ctx context.Context) error {
			_, _, err := s.Queue(ctx, store.QueueQuery{Office: "510411-7", Open: true, Limit: 50})
			return err
		},
		"Find": func(ctx context.Context) error {
			_, err := s.Find(ctx, store.Query{Collection: "c", Key: "k", Value: "7", Limit: 50})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
