package licence

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// Collections of the store this package owns.
const (
	residents = "residents"
	licences  = "licences"
	accesses  = "access"
)

// Keys the documents can be found by.
const (
	keyHolder  = "holder"  // licences: Person.Key
	keySubject = "subject" // access: Person.Subject
	keyAccount = "account" // access
	keyRef     = "ref"     // access: draft or case
)

// Library reads and writes the records. It is safe for concurrent use.
type Library struct {
	docs    store.Documents
	clock   func() time.Time
	entropy io.Reader
}

// NewLibrary returns a library over a store. The entropy, for ids of log entries, must be safe for concurrent use.
func NewLibrary(docs store.Documents, clock func() time.Time, entropy io.Reader) *Library {
	return &Library{docs: docs, clock: clock, entropy: entropy}
}

// Resident returns the register's record of a person, or nil if it has none, after logging the access.
func (l *Library) Resident(ctx context.Context, a Access, p Person) (*Resident, error) {
	if err := l.Log(ctx, a, p, "register"); err != nil {
		return nil, err
	}
	d, err := l.docs.Get(ctx, residents, p.Key())
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Resident
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return nil, fmt.Errorf("licence: resident record: %w", err)
	}
	return &r, nil
}

// Licences returns every licence a person holds, valid or not, by type and identifier, after logging the access.
func (l *Library) Licences(ctx context.Context, a Access, p Person) ([]Record, error) {
	if err := l.Log(ctx, a, p, "licences"); err != nil {
		return nil, err
	}
	var out []Record
	q := store.Query{Collection: licences, Key: keyHolder, Value: p.Key(), Limit: store.MaxPage}
	for {
		page, err := l.docs.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			var r Record
			if err := json.Unmarshal(d.Body, &r); err != nil {
				return nil, fmt.Errorf("licence: record %s: %w", d.ID, err)
			}
			out = append(out, r)
		}
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].ID
	}
	slices.SortFunc(out, func(a, b Record) int { return strings.Compare(a.Type+"\x00"+a.Identifier, b.Type+"\x00"+b.Identifier) })
	return out, nil
}

// Log writes an entry of the access log. Whoever shows a person's data calls it first, and shows nothing if it fails.
func (l *Library) Log(ctx context.Context, a Access, p Person, what ...string) error {
	a, err := a.Check()
	if err != nil {
		return err
	}
	now := l.clock().UTC().Truncate(time.Millisecond)
	id, err := ulid.New(ulid.Timestamp(now), l.entropy)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "case.no-entropy")
	}
	body, err := json.Marshal(Entry{Access: a, At: now, Subject: p.Subject(), What: what})
	if err != nil {
		return fmt.Errorf("licence: log entry: %w", err)
	}
	_, err = l.docs.Put(ctx, store.Document{Collection: accesses, ID: id.String(), Body: body, Updated: now,
		Keys: map[string]string{keySubject: p.Subject(), keyAccount: a.Account, keyRef: a.Ref}})
	return err
}

// LogOf lists who read a person's data, oldest first, at most limit entries (1 to 500) after the cursor.
func (l *Library) LogOf(ctx context.Context, p Person, after string, limit int) (entries []Entry, next string, err error) {
	docs, err := l.docs.Find(ctx, store.Query{Collection: accesses, Key: keySubject, Value: p.Subject(), After: after, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, d := range docs {
		var e Entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return nil, "", fmt.Errorf("licence: log entry %s: %w", d.ID, err)
		}
		entries = append(entries, e)
	}
	if len(docs) == limit {
		next = docs[len(docs)-1].ID
	}
	return entries, next, nil
}

// Import writes residents and licences, replacing what has the same key: for seeding, and for deliveries of line systems.
// Any number may be passed.
func (l *Library) Import(ctx context.Context, rs []Resident, ls []Record) error {
	now := l.clock().UTC().Truncate(time.Millisecond)
	docs := make([]store.Document, 0, min(len(rs)+len(ls), store.MaxImport))
	flush := func() error {
		if len(docs) == 0 {
			return nil
		}
		err := l.docs.Import(ctx, docs)
		docs = docs[:0]
		return err
	}
	size := 0
	add := func(d store.Document, v any) error {
		body, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("licence: import %s %s: %w", d.Collection, d.ID, err)
		}
		if len(docs) == store.MaxImport || size+len(body) > store.MaxBody {
			if err := flush(); err != nil {
				return err
			}
			size = 0
		}
		d.Body, d.Updated = body, now
		docs, size = append(docs, d), size+len(body)
		return nil
	}
	for _, r := range rs {
		if r.IsZero() {
			return fault.New(fault.Invalid, "case.person-incomplete")
		}
		if err := add(store.Document{Collection: residents, ID: r.Key()}, r); err != nil {
			return err
		}
	}
	for _, r := range ls {
		if r.Holder.IsZero() || r.Identifier == "" {
			return fault.New(fault.Invalid, "case.person-incomplete")
		}
		if err := add(store.Document{Collection: licences, ID: r.Identifier, Keys: map[string]string{keyHolder: r.Holder.Key()}}, r); err != nil {
			return err
		}
	}
	return flush()
}
