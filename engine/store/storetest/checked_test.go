package storetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/storetest"
)

// lying answers some calls as it is told; the others it does not have.
type lying struct {
	store.Store
	err       error
	documents []store.Document
	envelopes []store.Envelope
	effects   []store.Effect
}

func (l lying) Ping(context.Context) error                          { return l.err }
func (l lying) Delete(context.Context, string, string, int64) error { return l.err }
func (l lying) Find(context.Context, store.Query) ([]store.Document, error) {
	return l.documents, l.err
}
func (l lying) Queue(context.Context, store.QueueQuery) ([]store.Envelope, string, error) {
	return l.envelopes, "", l.err
}
func (l lying) Claim(context.Context, string, time.Time, time.Duration, int) ([]store.Effect, error) {
	return l.effects, l.err
}

// recorder is a test that notes its failure instead of failing.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestCheckedTellsLiesFromTruths(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	doc := func(id string) store.Document { return store.Document{ID: id, Revision: 1, Updated: at} }
	ping := func(s store.Store) { _ = s.Ping(t.Context()) }
	remove := func(s store.Store) { _ = s.Delete(t.Context(), "c", "x", 1) }
	find := func(s store.Store) {
		_, _ = s.Find(t.Context(), store.Query{Collection: "c", After: "a", Limit: 2})
	}
	queue := func(s store.Store) {
		_, _, _ = s.Queue(t.Context(), store.QueueQuery{Office: "o", Open: true, Limit: 2})
	}
	claim := func(s store.Store) { _, _ = s.Claim(t.Context(), "w", at, time.Minute, 1) }
	for name, c := range map[string]struct {
		says lying
		call func(store.Store)
		lie  bool
	}{
		"an allowed kind":               {lying{err: fault.New(fault.Conflict, "store.changed")}, remove, false},
		"a kind of another method":      {lying{err: fault.New(fault.Conflict, "store.changed")}, ping, true},
		"a kind of no method":           {lying{err: fault.New(fault.Forbidden, "store.changed")}, remove, true},
		"a bare error":                  {lying{err: errors.New("disk")}, ping, true},
		"a bare context error":          {lying{err: context.Canceled}, ping, true},
		"another area's code":           {lying{err: fault.New(fault.Unavailable, "api.down")}, ping, true},
		"documents in order":            {lying{documents: []store.Document{doc("b"), doc("c")}}, find, false},
		"documents out of order":        {lying{documents: []store.Document{doc("c"), doc("b")}}, find, true},
		"a document twice":              {lying{documents: []store.Document{doc("b"), doc("b")}}, find, true},
		"documents before the page":     {lying{documents: []store.Document{doc("a")}}, find, true},
		"more documents than the limit": {lying{documents: []store.Document{doc("b"), doc("c"), doc("d")}}, find, true},
		"a document of no revision":     {lying{documents: []store.Document{{ID: "b"}}}, find, true},
		"a time finer than kept":        {lying{documents: []store.Document{{ID: "b", Revision: 1, Updated: at.Add(1)}}}, find, true},
		"a local time":                  {lying{documents: []store.Document{{ID: "b", Revision: 1, Updated: at.In(time.FixedZone("CST", 1))}}}, find, true},
		"dates before none": {lying{envelopes: []store.Envelope{
			{ID: "b", Revision: 1, Office: "o", Due: "2026-03-01"}, {ID: "a", Revision: 1, Office: "o"},
		}}, queue, false},
		"none before dates": {lying{envelopes: []store.Envelope{
			{ID: "a", Revision: 1, Office: "o"}, {ID: "b", Revision: 1, Office: "o", Due: "2026-03-01"},
		}}, queue, true},
		"another office's case": {lying{envelopes: []store.Envelope{{ID: "a", Revision: 1, Office: "p"}}}, queue, true},
		"a closed case":         {lying{envelopes: []store.Envelope{{ID: "a", Revision: 1, Office: "o", Closed: true}}}, queue, true},
		"an effect due":         {lying{effects: []store.Effect{{ID: "a", Due: at, Fence: 1, Tries: 1}}}, claim, false},
		"an effect not due":     {lying{effects: []store.Effect{{ID: "a", Due: at.Add(time.Second), Fence: 1, Tries: 1}}}, claim, true},
		"an effect of no fence": {lying{effects: []store.Effect{{ID: "a", Due: at, Tries: 1}}}, claim, true},
	} {
		r := &recorder{TB: t}
		c.call(storetest.Checked(r, c.says))
		if r.failed != c.lie {
			t.Errorf("%s: failed %v", name, r.failed)
		}
	}
}
