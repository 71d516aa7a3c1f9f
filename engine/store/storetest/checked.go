package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// Checked watches every call of s: t fails when a method answers with an error that is no fault of the store's, of a kind
// that the port does not allow it, or with a result that breaks an order, a bound or a form which the port promises.
func Checked(t testing.TB, s store.Store) store.Store { return &checked{t, s} }

type checked struct {
	t testing.TB
	s store.Store
}

var _ store.Store = (*checked)(nil)

// always are the kinds that every method may answer with.
var always = []fault.Kind{fault.Invalid, fault.Unavailable, fault.Internal}

// fault checks an error against the kinds that a method allows beside those of every method.
func (c *checked) fault(method string, err error, allowed ...fault.Kind) {
	c.t.Helper()
	if err == nil {
		return
	}
	kind, code := fault.KindOf(err), fault.CodeOf(err)
	if !slices.Contains(always, kind) && !slices.Contains(allowed, kind) {
		c.t.Errorf("%s: kind %q is not one of the method's: %v", method, kind, err)
	}
	if !strings.HasPrefix(code, "store.") {
		c.t.Errorf("%s: the error is no fault of the store's: %v", method, err)
	}
}

func (c *checked) that(ok bool, format string, args ...any) {
	c.t.Helper()
	if !ok {
		c.t.Errorf(format, args...)
	}
}

// kept checks that a time is one that the store promises to hand out.
func (c *checked) kept(method string, times ...time.Time) {
	c.t.Helper()
	for _, t := range times {
		c.that(t.Location() == time.UTC && t.Equal(t.Truncate(time.Millisecond)), "%s: %v is not in whole milliseconds of UTC", method, t)
	}
}

func (c *checked) document(method string, d store.Document) {
	c.t.Helper()
	c.kept(method, d.Updated, d.Expires)
	c.that(d.Revision > 0, "%s: revision %d of %s", method, d.Revision, d.ID)
	c.that(d.Keys == nil || len(d.Keys) > 0, "%s: empty keys of %s are not nil", method, d.ID)
	c.that(d.Body == nil || len(d.Body) > 0, "%s: the empty body of %s is not nil", method, d.ID)
}

func (c *checked) envelope(method string, e store.Envelope) {
	c.t.Helper()
	c.kept(method, e.Created, e.Updated)
	c.that(e.Revision > 0, "%s: revision %d of %s", method, e.Revision, e.ID)
	c.that(e.Title == nil || len(e.Title) > 0, "%s: the empty title of %s is not nil", method, e.ID)
}

func (c *checked) Get(ctx context.Context, collection, id string) (store.Document, error) {
	c.t.Helper()
	d, err := c.s.Get(ctx, collection, id)
	c.fault("Get", err, fault.NotFound)
	if err == nil {
		c.document("Get", d)
		c.that(d.Collection == collection && d.ID == id, "Get: asked for %s, got %s", id, d.ID)
	}
	return d, err
}

func (c *checked) GetMany(ctx context.Context, collection string, ids []string) ([]store.Document, error) {
	c.t.Helper()
	ds, err := c.s.GetMany(ctx, collection, ids)
	c.fault("GetMany", err)
	seen := map[string]bool{}
	for _, d := range ds {
		c.document("GetMany", d)
		c.that(slices.Contains(ids, d.ID) && !seen[d.ID], "GetMany: %s was not asked for, or is there twice", d.ID)
		seen[d.ID] = true
	}
	return ds, err
}

func (c *checked) Put(ctx context.Context, d store.Document) (store.Document, error) {
	c.t.Helper()
	w, err := c.s.Put(ctx, d)
	c.fault("Put", err, fault.Conflict)
	if err == nil {
		c.document("Put", w)
		c.that(w.Revision == d.Revision+1, "Put: revision %d after %d", w.Revision, d.Revision)
	}
	return w, err
}

func (c *checked) Delete(ctx context.Context, collection, id string, revision int64) error {
	c.t.Helper()
	err := c.s.Delete(ctx, collection, id, revision)
	c.fault("Delete", err, fault.NotFound, fault.Conflict)
	return err
}

func (c *checked) Find(ctx context.Context, q store.Query) ([]store.Document, error) {
	c.t.Helper()
	ds, err := c.s.Find(ctx, q)
	c.fault("Find", err)
	c.that(len(ds) <= max(q.Limit, 0), "Find: %d documents, limit %d", len(ds), q.Limit)
	last := q.After
	for _, d := range ds {
		c.document("Find", d)
		c.that(d.ID > last, "Find: %q does not come after %q", d.ID, last)
		c.that(q.Key == "" || d.Keys[q.Key] == q.Value, "Find: %q has %s=%q", d.ID, q.Key, d.Keys[q.Key])
		last = d.ID
	}
	return ds, err
}

func (c *checked) Count(ctx context.Context, collection string) (int64, error) {
	c.t.Helper()
	n, err := c.s.Count(ctx, collection)
	c.fault("Count", err)
	c.that(n >= 0, "Count: %d", n)
	return n, err
}

func (c *checked) Import(ctx context.Context, ds []store.Document) error {
	c.t.Helper()
	err := c.s.Import(ctx, ds)
	c.fault("Import", err)
	return err
}

func (c *checked) Next(ctx context.Context, sequence string) (int64, error) {
	c.t.Helper()
	n, err := c.s.Next(ctx, sequence)
	c.fault("Next", err)
	c.that(err != nil || n > 0, "Next: %d", n)
	return n, err
}

func (c *checked) Commit(ctx context.Context, m store.Commit) (store.Envelope, error) {
	c.t.Helper()
	e, err := c.s.Commit(ctx, m)
	c.fault("Commit", err, fault.Conflict)
	if err == nil {
		c.envelope("Commit", e)
		c.that(e.Revision == m.Expect+1, "Commit: revision %d after %d", e.Revision, m.Expect)
	}
	return e, err
}

func (c *checked) Case(ctx context.Context, id string) (store.Envelope, []store.Event, error) {
	c.t.Helper()
	e, events, err := c.s.Case(ctx, id)
	c.fault("Case", err, fault.NotFound)
	if err == nil {
		c.envelope("Case", e)
		c.that(e.ID == id, "Case: asked for %s, got %s", id, e.ID)
	}
	for i, v := range events {
		c.kept("Case", v.At)
		c.that(v.Seq == int64(i)+1, "Case: event %d has Seq %d", i+1, v.Seq)
		c.that(v.Body == nil || len(v.Body) > 0, "Case: the empty body of event %d is not nil", v.Seq)
	}
	return e, events, err
}

func (c *checked) CaseByNumber(ctx context.Context, number string) (store.Envelope, error) {
	c.t.Helper()
	e, err := c.s.CaseByNumber(ctx, number)
	c.fault("CaseByNumber", err, fault.NotFound)
	if err == nil {
		c.envelope("CaseByNumber", e)
		c.that(e.Number == number, "CaseByNumber: asked for %s, got %s", number, e.Number)
	}
	return e, err
}

func (c *checked) Queue(ctx context.Context, q store.QueueQuery) ([]store.Envelope, string, error) {
	c.t.Helper()
	es, next, err := c.s.Queue(ctx, q)
	c.fault("Queue", err)
	c.that(len(es) <= max(q.Limit, 0), "Queue: %d cases, limit %d", len(es), q.Limit)
	c.that(next == "" || len(es) > 0, "Queue: an empty page with a cursor")
	var last store.Position
	for _, e := range es {
		c.envelope("Queue", e)
		at := store.PositionOf(e)
		c.that(at.Due > last.Due || at.Due == last.Due && at.ID > last.ID, "Queue: %v does not come after %v", at, last)
		c.that(q.Office == "" || e.Office == q.Office, "Queue: %s is at %q", e.ID, e.Office)
		c.that(q.Received == "" || e.Received == q.Received, "Queue: %s was received by %q", e.ID, e.Received)
		c.that(q.Subject == "" || e.Subject == q.Subject, "Queue: %s is about %q", e.ID, e.Subject)
		c.that(!q.Open || !e.Closed, "Queue: %s is closed", e.ID)
		last = at
	}
	return es, next, err
}

func (c *checked) Claim(ctx context.Context, worker string, now time.Time, lease time.Duration, limit int) ([]store.Effect, error) {
	c.t.Helper()
	fs, err := c.s.Claim(ctx, worker, now, lease, limit)
	c.fault("Claim", err)
	c.that(len(fs) <= max(limit, 0), "Claim: %d effects, limit %d", len(fs), limit)
	for _, f := range fs {
		c.kept("Claim", f.Due)
		c.that(!f.Due.After(now), "Claim: %s is due at %v, now is %v", f.ID, f.Due, now)
		c.that(f.Fence > 0 && f.Tries > 0, "Claim: %s has fence %d, tries %d", f.ID, f.Fence, f.Tries)
		c.that(f.Body == nil || len(f.Body) > 0, "Claim: the empty body of %s is not nil", f.ID)
	}
	return fs, err
}

func (c *checked) Done(ctx context.Context, id string, fence int64) error {
	c.t.Helper()
	err := c.s.Done(ctx, id, fence)
	c.fault("Done", err, fault.Conflict)
	return err
}

func (c *checked) Retry(ctx context.Context, id string, fence int64, due time.Time) error {
	c.t.Helper()
	err := c.s.Retry(ctx, id, fence, due)
	c.fault("Retry", err, fault.Conflict)
	return err
}

func (c *checked) PutBlob(ctx context.Context, content []byte) (string, error) {
	c.t.Helper()
	name, err := c.s.PutBlob(ctx, content)
	c.fault("PutBlob", err)
	return name, err
}

func (c *checked) Blob(ctx context.Context, name string) ([]byte, error) {
	c.t.Helper()
	content, err := c.s.Blob(ctx, name)
	c.fault("Blob", err, fault.NotFound)
	return content, err
}

func (c *checked) Ping(ctx context.Context) error {
	c.t.Helper()
	err := c.s.Ping(ctx)
	c.fault("Ping", err)
	return err
}

func (c *checked) Close() error {
	c.t.Helper()
	err := c.s.Close()
	c.fault("Close", err)
	return err
}
