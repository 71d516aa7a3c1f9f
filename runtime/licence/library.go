package licence

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
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

// Ask returns the licences on record for a person, valid or not, ordered by type and identifier, and, if register is set,
// what the resident register has. The access is logged first; nothing is read if that fails.
func (l *Library) Ask(ctx context.Context, a Access, p Person, register bool) (Answer, error) {
	what := []string{"licences"}
	if register {
		what = append(what, "register")
	}
	if err := l.Log(ctx, a, p, what...); err != nil {
		return Answer{}, err
	}
	out := Answer{Person: p, At: l.clock()}
	var err error
	if register {
		if out.Resident, err = l.resident(ctx, p); err != nil {
			return Answer{}, err
		}
	}
	out.Licences, err = l.licences(ctx, p)
	return out, err
}

func (l *Library) resident(ctx context.Context, p Person) (*Resident, error) {
	d, err := l.docs.Get(ctx, residents, p.Key())
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Resident
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return nil, damaged(err, residents, d.ID)
	}
	return &r, nil
}

func (l *Library) licences(ctx context.Context, p Person) ([]Record, error) {
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
				return nil, damaged(err, licences, d.ID)
			}
			out = append(out, r)
		}
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].ID
	}
	slices.SortFunc(out, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Identifier, b.Identifier))
	})
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
		return damaged(err, accesses, id.String())
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
			return nil, "", damaged(err, accesses, d.ID)
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
			return damaged(err, d.Collection, d.ID)
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

func damaged(err error, collection, id string) error {
	return fault.Wrap(err, fault.Internal, "case.damaged", "collection", collection, "id", id)
}
