package ferrettest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/storetest"
)

// TestWritesAppliedTwice has the server apply each write twice and answer with what became of the second: the first has done
// its work, so every act succeeds, and its effect is that of one.
func TestWritesAppliedTwice(t *testing.T) {
	p := fresh(t, server(t, &gate{twice: true}))
	s := storetest.Checked(t, p.open(t))
	ctx, noon := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	count := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Fatalf("%s: %d, want %d", what, got, want)
		}
	}

	d := store.Document{Collection: "papers", ID: "x", Body: json.RawMessage("1"), Updated: noon}
	d, err := s.Put(ctx, d)
	must(err)
	d, err = s.Put(ctx, d)
	must(err)
	if _, err := s.Put(ctx, store.Document{Collection: "papers", ID: "x"}); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	must(s.Delete(ctx, "papers", "x", d.Revision))
	if err := s.Delete(ctx, "papers", "x", d.Revision); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	_, err = s.Put(ctx, store.Document{Collection: "papers", ID: "x", Updated: noon}) // over what the deletion left
	must(err)
	must(s.Import(ctx, []store.Document{{Collection: "papers", ID: "x", Updated: noon}, {Collection: "papers", ID: "y", Updated: noon}}))

	c := store.Commit{
		Envelope: store.Envelope{ID: "case", Number: "1", Office: "street", Created: noon, Updated: noon},
		Events:   []store.Event{{At: noon, Kind: "received"}},
		Effects:  []store.Effect{{ID: "case/1", Kind: "k", Due: noon}, {ID: "case/2", Kind: "k", Due: noon}},
	}
	for c.Expect = range int64(3) {
		_, err := s.Commit(ctx, c)
		must(err)
	}
	if _, err := s.Commit(ctx, c); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	taken := c
	taken.Expect, taken.Envelope.ID, taken.Effects = 0, "other", nil
	if _, err := s.Commit(ctx, taken); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	e, events, err := s.Case(ctx, "case")
	must(err)
	count("revision", int(e.Revision), 3)
	count("events", len(events), 3)

	held, err := s.Claim(ctx, "w", noon, time.Minute, 10)
	must(err)
	count("claimed", len(held), 2)
	count("tries", held[0].Tries, 1)
	must(s.Done(ctx, "case/1", held[0].Fence))
	if err := s.Done(ctx, "case/1", held[0].Fence); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	must(s.Retry(ctx, "case/2", held[1].Fence, noon))
	held, err = s.Claim(ctx, "w", noon, time.Minute, 10)
	must(err)
	count("claimed again", len(held), 1)
	must(s.Done(ctx, "case/2", held[0].Fence))

	name, err := s.PutBlob(ctx, []byte("paper"))
	must(err)
	content, err := s.Blob(ctx, name)
	must(err)
	count("bytes", len(content), 5)
	must(s.Ping(ctx))
}
