package store

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/engine/fault"
)

var (
	collectionForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)
	keyForm        = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,63}$`)
	dateForm       = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

	// The times every driver can keep: a BSON date, an SQLite integer and a printed date all agree on them.
	minTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	maxTime = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
)

// invalid makes the fault that names what is wrong with an argument: the field, by its path in the port's types.
func invalid(code, field string, args ...any) error {
	return fault.New(fault.Invalid, code, append([]any{"field", field}, args...)...)
}

// checker remembers the first thing found wrong.
type checker struct{ err error }

func (c *checker) fail(code, field string, args ...any) {
	if c.err == nil {
		c.err = invalid(code, field, args...)
	}
}

// text checks a string that may be empty.
func (c *checker) text(field, s string) {
	switch {
	case len(s) > MaxText:
		c.fail("store.too-large", field, "max", MaxText)
	case !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0:
		c.fail("store.bad-text", field)
	}
}

// name checks a string that must say something.
func (c *checker) name(field, s string) {
	if s == "" {
		c.fail("store.empty", field)
	}
	c.text(field, s)
}

func (c *checker) collection(s string) {
	if !collectionForm.MatchString(s) {
		c.fail("store.bad-name", "collection", "value", s)
	}
}

func (c *checker) json(field string, raw json.RawMessage) {
	if len(raw) > 0 && !isJSON(raw) {
		c.fail("store.bad-json", field)
	}
}

func (c *checker) time(field string, t time.Time) {
	if t.Before(minTime) || !t.Before(maxTime) {
		c.fail("store.bad-time", field)
	}
}

func (c *checker) between(field string, n, low, high int) {
	if n < low || n > high {
		c.fail("store.bad-limit", field, "value", n, "min", low, "max", high)
	}
}

// CheckID reports, as an Invalid fault, whether collection and id can name a document.
func CheckID(collection, id string) error {
	var c checker
	c.collection(collection)
	c.name("id", id)
	return c.err
}

// CheckIDs reports, as an Invalid fault, whether ids of a collection can be asked for in one GetMany.
func CheckIDs(collection string, ids []string) error {
	var c checker
	c.collection(collection)
	c.between("ids", len(ids), 0, MaxPage)
	for _, id := range ids {
		c.name("id", id)
	}
	return c.err
}

// CheckCollection reports, as an Invalid fault, whether name can name a collection.
func CheckCollection(name string) error {
	var c checker
	c.collection(name)
	return c.err
}

// CheckName reports, as an Invalid fault, whether s can be the ID or name that field holds: not empty, UTF-8 without NUL,
// at most MaxText bytes.
func CheckName(field, s string) error {
	var c checker
	c.name(field, s)
	return c.err
}

// Check reports, as an Invalid fault, whether the document keeps the limits and forms of the port.
func (d Document) Check() error {
	var c checker
	c.collection(d.Collection)
	c.name("id", d.ID)
	if d.Revision < 0 {
		c.fail("store.bad-revision", "revision")
	}
	if len(d.Keys) > MaxKeys {
		c.fail("store.too-large", "keys", "max", MaxKeys)
	}
	for k, v := range d.Keys {
		if !keyForm.MatchString(k) {
			c.fail("store.bad-name", "keys", "value", k)
		}
		c.text("keys."+k, v)
	}
	if len(d.Body) > MaxBody {
		c.fail("store.too-large", "body", "max", MaxBody)
	}
	c.json("body", d.Body)
	c.time("updated", d.Updated)
	c.time("expires", d.Expires)
	return c.err
}

// CheckImport reports, as an Invalid fault, whether ds can be written by one Import.
func CheckImport(ds []Document) error {
	var c checker
	c.between("documents", len(ds), 0, MaxImport)
	type name struct{ collection, id string }
	seen := make(map[name]bool, len(ds))
	for i := range ds {
		if c.err != nil {
			break
		}
		c.err = ds[i].Check()
		n := name{ds[i].Collection, ds[i].ID}
		if seen[n] {
			c.fail("store.twice", "documents", "value", ds[i].ID)
		}
		seen[n] = true
	}
	return c.err
}

// Check reports, as an Invalid fault, whether the query can be asked.
func (q Query) Check() error {
	var c checker
	c.collection(q.Collection)
	if q.Key != "" && !keyForm.MatchString(q.Key) {
		c.fail("store.bad-name", "key", "value", q.Key)
	}
	if q.Key == "" && q.Value != "" {
		c.fail("store.empty", "key")
	}
	c.text("value", q.Value)
	c.text("after", q.After)
	c.between("limit", q.Limit, 1, MaxPage)
	return c.err
}

// Check reports, as an Invalid fault, whether the commit keeps the limits and forms of the port.
func (m Commit) Check() error {
	var c checker
	e := &m.Envelope
	c.name("envelope.id", e.ID)
	c.name("envelope.number", e.Number)
	c.text("envelope.item", e.Item)
	c.text("envelope.state", e.State)
	c.text("envelope.subject", e.Subject)
	c.text("envelope.office", e.Office)
	c.text("envelope.received", e.Received)
	c.text("envelope.assignee", e.Assignee)
	if e.Due != "" && !dateForm.MatchString(e.Due) {
		c.fail("store.bad-date", "envelope.due", "value", e.Due)
	}
	c.time("envelope.created", e.Created)
	c.time("envelope.updated", e.Updated)
	c.json("envelope.title", e.Title)
	if m.Expect < 0 {
		c.fail("store.bad-revision", "expect")
	}
	c.between("events", len(m.Events), 0, MaxCommit)
	c.between("effects", len(m.Effects), 0, MaxCommit)
	size := len(e.Title)
	for i := range m.Events {
		v := &m.Events[i]
		c.name("event.kind", v.Kind)
		c.time("event.at", v.At)
		c.json("event.body", v.Body)
		size += len(v.Body)
	}
	for i := range m.Effects {
		v := &m.Effects[i]
		c.name("effect.id", v.ID)
		c.name("effect.kind", v.Kind)
		c.time("effect.due", v.Due)
		c.json("effect.body", v.Body)
		size += len(v.Body)
	}
	if size > MaxBody {
		c.fail("store.too-large", "commit", "max", MaxBody)
	}
	return c.err
}

// eventSize is what an event takes beside its texts, so that empty events are not free.
const eventSize = 64

// Size is what the commit adds to the log's MaxCase: for each event the bytes of its kind and body, and 64 more.
func (m Commit) Size() int {
	n := eventSize * len(m.Events)
	for i := range m.Events {
		n += len(m.Events[i].Kind) + len(m.Events[i].Body)
	}
	return n
}

// Check reports, as an Invalid fault, whether the query can be asked. It returns the position that After stands for.
func (q QueueQuery) Check() (Position, error) {
	var c checker
	selectors := 0
	for _, s := range []string{q.Office, q.Received, q.Subject} {
		if s != "" {
			selectors++
		}
		c.text("selector", s)
	}
	c.between("selectors", selectors, 1, 1)
	c.between("limit", q.Limit, 1, MaxQueuePage)
	after, ok := parsePosition(q.After)
	if !ok {
		c.fail("store.bad-cursor", "after")
	}
	return after, c.err
}

// CheckClaim reports, as an Invalid fault, whether a Claim can be made so.
func CheckClaim(worker string, now time.Time, lease time.Duration, limit int) error {
	var c checker
	c.name("worker", worker)
	c.time("now", now)
	if lease < time.Millisecond {
		c.fail("store.bad-time", "lease")
	}
	c.time("lease", now.Add(lease))
	c.between("limit", limit, 1, MaxClaim)
	return c.err
}

// CheckTime reports, as an Invalid fault, whether t is a time the store keeps.
func CheckTime(field string, t time.Time) error {
	var c checker
	c.time(field, t)
	return c.err
}

// NoDue stands for an empty Due in a Position and in the drivers' order: it sorts after every date.
const NoDue = "~"

// Position is a place in the order of a queue: just after the case with this Due (NoDue if it has none) and ID. The zero
// Position is before every case.
type Position struct{ Due, ID string }

// PositionOf returns the place of an envelope.
func PositionOf(e Envelope) Position {
	if e.Due == "" {
		return Position{NoDue, e.ID}
	}
	return Position{e.Due, e.ID}
}

// Cursor returns the opaque text that a page's caller hands back, the same for every driver; "" for the zero Position.
func (p Position) Cursor() string {
	if p == (Position{}) {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(p.Due + "," + p.ID))
}

func parsePosition(cursor string) (Position, bool) {
	if cursor == "" {
		return Position{}, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || !utf8.Valid(raw) {
		return Position{}, false
	}
	due, id, ok := strings.Cut(string(raw), ",")
	if !ok || id == "" || len(id) > MaxText || (due != NoDue && !dateForm.MatchString(due)) {
		return Position{}, false
	}
	return Position{due, id}, true
}
