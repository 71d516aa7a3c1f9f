package ferrettest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/mongo"
)

// TestNodes has several nodes open a database that none has seen, at once, and append to the same cases: each revision is
// won once, whoever wins it, and every node reads what any other was told is kept.
func TestNodes(t *testing.T) {
	const nodes, rounds = 4, 10
	p := fresh(t, server(t, &gate{}))
	stores := make([]store.Store, nodes)
	var wg sync.WaitGroup
	for i := range stores {
		wg.Go(func() {
			var err error
			if stores[i], err = mongo.Open(t.Context(), withDatabase(p.uri, p.name)); err != nil {
				t.Errorf("node %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	t.Cleanup(func() {
		for _, s := range stores {
			s.Close()
		}
	})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for revision := range int64(rounds) {
		var mu sync.Mutex
		var won []string
		for i, s := range stores {
			wg.Go(func() {
				me := fmt.Sprint(i)
				_, err := s.Commit(t.Context(), store.Commit{
					Expect:   revision,
					Envelope: store.Envelope{ID: "x", Number: "1", Office: "street", Assignee: me, Created: at, Updated: at},
					Events:   []store.Event{{At: at, Kind: "by-" + me}},
				})
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Errorf("node %d: %v", i, err)
				}
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					won = append(won, me)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("revision %d was won by %v", revision, won)
		}
		for i, s := range stores {
			e, events, err := s.Case(t.Context(), "x")
			if err != nil || e.Assignee != won[0] || int64(len(events)) != revision+1 {
				t.Fatalf("node %d reads %+v and %d events: %v", i, e, len(events), err)
			}
		}
	}
}

// TestExpiredAreSwept looks behind the back of the store: what has expired leaves the database.
func TestExpiredAreSwept(t *testing.T) {
	p := fresh(t, server(t, &gate{}))
	s, err := mongo.Config{URI: withDatabase(p.uri, p.name), Sweep: time.Millisecond}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	past := time.Now().Add(-time.Hour)
	for _, d := range []store.Document{
		{Collection: "papers", ID: "dead", Body: json.RawMessage("1"), Expires: past},
		{Collection: "papers", ID: "live", Body: json.RawMessage("1")},
	} {
		if _, err := s.Put(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	kept := p.client(t).Database(p.name).Collection("documents")
	for {
		n, err := kept.CountDocuments(t.Context(), bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the expired document is still there")
		case <-time.After(time.Millisecond):
		}
	}
	if _, err := s.Get(t.Context(), "papers", "live"); err != nil {
		t.Fatal(err)
	}
}

// TestNewerDatabase is refused, whatever a newer program may have meant by it.
func TestNewerDatabase(t *testing.T) {
	p := fresh(t, server(t, &gate{}))
	if _, err := p.client(t).Database(p.name).Collection("meta").InsertOne(t.Context(), bson.D{{Key: "_id", Value: "schema"}, {Key: "version", Value: 999}}); err != nil {
		t.Fatal(err)
	}
	_, err := mongo.Open(t.Context(), withDatabase(p.uri, p.name))
	if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "store.newer" {
		t.Fatal(err)
	}
}

// TestWaitingEffectsAreBounded fills a case with effects until it would be no document any more: the commit that goes too
// far changes nothing, and passes when room has been made.
func TestWaitingEffectsAreBounded(t *testing.T) {
	p := fresh(t, server(t, &gate{}))
	s := p.open(t)
	c := store.Commit{Envelope: store.Envelope{ID: "x", Number: "1"}, Effects: []store.Effect{{Kind: "k"}}}
	c.Effects[0].Body = json.RawMessage(`"` + strings.Repeat("x", store.MaxBody-2) + `"`)
	var err error
	for err == nil && c.Expect < 9 {
		c.Effects[0].ID = fmt.Sprint("x/", c.Expect)
		if _, err = s.Commit(t.Context(), c); err == nil {
			c.Expect++
		}
	}
	if !fault.Is(err, fault.Invalid) || c.Expect != 3 { // 3 of 4 MiB, and not 4
		t.Fatalf("after %d: %v", c.Expect, err)
	}
	held, err := s.Claim(t.Context(), "w", time.Now(), time.Minute, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Done(t.Context(), held[0].ID, held[0].Fence); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}
