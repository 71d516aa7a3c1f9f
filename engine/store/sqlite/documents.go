package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

const documentColumns = "d.collection, d.id, d.revision, d.keys, d.body, d.updated, d.expires"

// The condition that document d is there at a time.
const alive = "(d.expires IS NULL OR d.expires > ?)"

const (
	getDocument   = "SELECT " + documentColumns + " FROM document d WHERE d.collection = ? AND d.id = ? AND " + alive
	getDocuments  = "SELECT " + documentColumns + " FROM document d WHERE d.collection = ? AND d.id IN (SELECT value FROM json_each(?)) AND " + alive
	findDocuments = "SELECT " + documentColumns + " FROM document d WHERE d.collection = ? AND d.id > ? AND " + alive + " ORDER BY d.id LIMIT ?"
	// CROSS JOIN keeps the order of the loops: walk the index, look each document up.
	findByKey = "SELECT " + documentColumns + " FROM document_key k CROSS JOIN document d ON d.collection = k.collection AND d.id = k.id" +
		" WHERE k.collection = ? AND k.name = ? AND k.value = ? AND k.id > ? AND " + alive + " ORDER BY k.id LIMIT ?"
	countDocuments = "SELECT count(*) - (SELECT count(*) FROM document WHERE collection = ?1 AND expires <= ?2) FROM document WHERE collection = ?1"
)

// Get implements [store.Documents].
func (s *Store) Get(ctx context.Context, collection, id string) (store.Document, error) {
	if err := store.CheckID(collection, id); err != nil {
		return store.Document{}, err
	}
	ds, err := s.documents(ctx, 1, getDocument, collection, id, millis(s.now()))
	if err != nil {
		return store.Document{}, err
	}
	if len(ds) == 0 {
		return store.Document{}, fault.New(fault.NotFound, "store.not-found")
	}
	return ds[0], nil
}

// GetMany implements [store.Documents].
func (s *Store) GetMany(ctx context.Context, collection string, ids []string) ([]store.Document, error) {
	if err := store.CheckIDs(collection, ids); err != nil {
		return nil, err
	}
	return s.documents(ctx, len(ids), getDocuments, collection, jsonList(ids), millis(s.now()))
}

// Find implements [store.Documents].
func (s *Store) Find(ctx context.Context, q store.Query) ([]store.Document, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if q.Key == "" {
		return s.documents(ctx, q.Limit, findDocuments, q.Collection, q.After, millis(s.now()), q.Limit)
	}
	return s.documents(ctx, q.Limit, findByKey, q.Collection, q.Key, q.Value, q.After, millis(s.now()), q.Limit)
}

// Count implements [store.Documents].
func (s *Store) Count(ctx context.Context, collection string) (int64, error) {
	if err := store.CheckCollection(collection); err != nil {
		return 0, err
	}
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	var n int64
	err := s.read(ctx, countDocuments, []any{collection, millis(s.now())}, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// documents runs a query that selects documentColumns.
func (s *Store) documents(ctx context.Context, expected int, query string, args ...any) ([]store.Document, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var ds []store.Document
	err := s.read(ctx, query, args, func(rows *sql.Rows) error {
		var d store.Document
		var keys []byte
		var updated int64
		var expires sql.NullInt64
		if err := rows.Scan(&d.Collection, &d.ID, &d.Revision, &keys, (*[]byte)(&d.Body), &updated, &expires); err != nil {
			return err
		}
		if keys != nil {
			if err := json.Unmarshal(keys, &d.Keys); err != nil {
				return err
			}
		}
		d.Updated = fromMillis(updated)
		if expires.Valid {
			d.Expires = fromMillis(expires.Int64)
		}
		if ds == nil {
			ds = make([]store.Document, 0, min(expected, 64))
		}
		ds = append(ds, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ds, nil
}

const (
	oldDocument    = "SELECT d.revision, d.keys, " + alive + " FROM document d WHERE d.collection = ? AND d.id = ?"
	insertDocument = "INSERT INTO document (collection, id, revision, keys, body, updated, expires) VALUES (?, ?, ?, ?, ?, ?, ?)"
	updateDocument = "UPDATE document SET revision = ?, keys = ?, body = ?, updated = ?, expires = ? WHERE collection = ? AND id = ?"
	deleteDocument = "DELETE FROM document WHERE collection = ? AND id = ?"
	insertKey      = "INSERT INTO document_key (collection, name, value, id) VALUES (?, ?, ?, ?)"
	deleteKey      = "DELETE FROM document_key WHERE collection = ? AND name = ? AND value = ? AND id = ?"
)

// Put implements [store.Documents].
func (s *Store) Put(ctx context.Context, d store.Document) (store.Document, error) {
	if err := d.Check(); err != nil {
		return store.Document{}, err
	}
	expect := d.Revision
	d.Revision++
	d.Updated = whole(d.Updated)
	if !d.Expires.IsZero() {
		d.Expires = whole(d.Expires)
	}
	d.Keys, d.Body = cloneKeys(d.Keys), cloneJSON(d.Body)
	err := s.write(ctx, func(w *writer) error {
		old, err := w.find(d.Collection, d.ID, s.now())
		if err != nil {
			return err
		}
		if old.revision != expect {
			return fault.New(fault.Conflict, "store.changed")
		}
		return w.replace(old, d)
	})
	if err != nil {
		return store.Document{}, err
	}
	return d, nil
}

// Delete implements [store.Documents].
func (s *Store) Delete(ctx context.Context, collection, id string, revision int64) error {
	if err := store.CheckID(collection, id); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		old, err := w.find(collection, id, s.now())
		switch {
		case err != nil:
			return err
		case old.revision == 0:
			return fault.New(fault.NotFound, "store.not-found")
		case old.revision != revision:
			return fault.New(fault.Conflict, "store.changed")
		}
		return w.remove(collection, id, old.keys)
	})
}

// existing is what a write must know of the document it replaces.
type existing struct {
	row      bool              // there is a row, perhaps of an expired document
	revision int64             // 0 when there is no document
	keys     map[string]string // its entries in document_key
}

func (w *writer) find(collection, id string, now time.Time) (existing, error) {
	var old existing
	var keys []byte
	var there bool
	var err error
	if old.row, err = w.row(oldDocument, []any{millis(now), collection, id}, &old.revision, &keys, &there); err != nil {
		return existing{}, err
	}
	if !there {
		old.revision = 0
	}
	if keys != nil {
		err = json.Unmarshal(keys, &old.keys)
	}
	return old, err
}

// replace writes d over old and changes only those index entries that differ.
func (w *writer) replace(old existing, d store.Document) error {
	var err error
	if old.row {
		err = w.exec(updateDocument, d.Revision, keysText(d.Keys), text(d.Body), millis(d.Updated), expiry(d), d.Collection, d.ID)
	} else {
		err = w.exec(insertDocument, d.Collection, d.ID, d.Revision, keysText(d.Keys), text(d.Body), millis(d.Updated), expiry(d))
	}
	if err != nil {
		return err
	}
	for name, value := range old.keys {
		if now, ok := d.Keys[name]; !ok || now != value {
			if err := w.exec(deleteKey, d.Collection, name, value, d.ID); err != nil {
				return err
			}
		}
	}
	for name, value := range d.Keys {
		if before, ok := old.keys[name]; !ok || before != value {
			if err := w.exec(insertKey, d.Collection, name, value, d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) remove(collection, id string, keys map[string]string) error {
	for name, value := range keys {
		if err := w.exec(deleteKey, collection, name, value, id); err != nil {
			return err
		}
	}
	return w.exec(deleteDocument, collection, id)
}

const (
	oldDocuments = "SELECT d.id, d.revision, d.keys FROM document d WHERE d.collection = ? AND d.id IN (SELECT value FROM json_each(?))"

	// A statement of several rows costs a fraction of as many statements; past some dozen the gain is spent.
	rowsAtOnce = 32

	importDocuments = "INSERT INTO document (collection, id, revision, keys, body, updated, expires) VALUES "
	importReplaced  = " ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, keys = excluded.keys," +
		" body = excluded.body, updated = excluded.updated, expires = excluded.expires"
	importKeys = "INSERT INTO document_key (collection, name, value, id) VALUES "
)

// Import implements [store.Documents]. Here the whole is atomic, too.
func (s *Store) Import(ctx context.Context, ds []store.Document) error {
	if err := store.CheckImport(ds); err != nil {
		return err
	}
	ids := map[string][]string{} // by collection
	for i := range ds {
		ids[ds[i].Collection] = append(ids[ds[i].Collection], ds[i].ID)
	}
	type name struct{ collection, id string }
	return s.write(ctx, func(w *writer) error {
		revisions := map[name]int64{}
		for collection, list := range ids {
			gone := map[string]map[string]string{}
			err := w.each(oldDocuments, []any{collection, jsonList(list)}, func(rows *sql.Rows) error {
				var id string
				var revision int64
				var raw []byte
				if err := rows.Scan(&id, &revision, &raw); err != nil {
					return err
				}
				revisions[name{collection, id}] = revision
				if raw == nil {
					return nil
				}
				var keys map[string]string
				if err := json.Unmarshal(raw, &keys); err != nil {
					return err
				}
				gone[id] = keys
				return nil
			})
			if err != nil {
				return err
			}
			for id, keys := range gone {
				for k, v := range keys {
					if err := w.exec(deleteKey, collection, k, v, id); err != nil {
						return err
					}
				}
			}
		}
		var rows, entries []any
		for i := range ds {
			d := &ds[i]
			rows = append(rows, d.Collection, d.ID, revisions[name{d.Collection, d.ID}]+1, keysText(d.Keys), text(d.Body),
				millis(d.Updated), expiry(*d))
			for k, v := range d.Keys {
				entries = append(entries, d.Collection, k, v, d.ID)
			}
		}
		if err := w.many(importDocuments, importReplaced, 7, rows); err != nil {
			return err
		}
		return w.many(importKeys, "", 4, entries)
	})
}

// many runs an INSERT for all rows, width values each, a number of rows at a time. What is left over goes in ones, so that
// only two statements are ever prepared.
func (w *writer) many(insert, tail string, width int, values []any) error {
	row := "(?" + strings.Repeat(", ?", width-1) + ")"
	one := insert + row + tail
	some := insert + row + strings.Repeat(", "+row, rowsAtOnce-1) + tail
	for len(values) > 0 {
		query, n := one, width
		if len(values) >= width*rowsAtOnce {
			query, n = some, width*rowsAtOnce
		}
		if err := w.exec(query, values[:n]...); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// Next implements [store.Documents].
func (s *Store) Next(ctx context.Context, sequence string) (int64, error) {
	if err := store.CheckName("sequence", sequence); err != nil {
		return 0, err
	}
	var n int64
	err := s.write(ctx, func(w *writer) error {
		var err error
		n, err = w.next(sequence)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// next takes the next number of a sequence.
func (w *writer) next(sequence string) (n int64, err error) {
	_, err = w.row("INSERT INTO sequence (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
		[]any{sequence}, &n)
	return n, err
}

// sweep removes expired documents until ctx ends.
func (s *Store) sweep(ctx context.Context, every time.Duration) {
	defer close(s.swept)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A page at a time, so that other writes get their turn. A failure is tried again at the next tick; what it was
		// shows in the writes that people wait for.
		for more := true; more && ctx.Err() == nil; {
			err := s.writes.submit(ctx, func(w *writer) (err error) {
				more, err = w.sweep(s.now())
				return err
			})
			if err != nil {
				break
			}
		}
	}
}

const expiredDocuments = "SELECT collection, id, keys FROM document WHERE expires <= ? ORDER BY expires LIMIT 200"

// sweep removes some expired documents and tells whether there are more.
func (w *writer) sweep(now time.Time) (more bool, err error) {
	type row struct {
		collection, id string
		keys           map[string]string
	}
	var gone []row
	err = w.each(expiredDocuments, []any{millis(now)}, func(rows *sql.Rows) error {
		var r row
		var keys []byte
		if err := rows.Scan(&r.collection, &r.id, &keys); err != nil {
			return err
		}
		gone = append(gone, r)
		if keys == nil {
			return nil
		}
		return json.Unmarshal(keys, &gone[len(gone)-1].keys)
	})
	if err != nil {
		return false, err
	}
	for _, r := range gone {
		if err := w.remove(r.collection, r.id, r.keys); err != nil {
			return false, err
		}
	}
	return len(gone) == 200, nil
}

// keysText is the column of a document's keys.
func keysText(keys map[string]string) any {
	if len(keys) == 0 {
		return nil
	}
	raw, err := json.Marshal(keys)
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(raw)
}

// expiry is the column of a document's expiry.
func expiry(d store.Document) any {
	if d.Expires.IsZero() {
		return nil
	}
	return millis(d.Expires)
}

// jsonList is a list as json_each takes it.
func jsonList(ids []string) string {
	raw, err := json.Marshal(ids)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(raw)
}

func cloneKeys(keys map[string]string) map[string]string {
	if len(keys) == 0 {
		return nil
	}
	return maps.Clone(keys)
}

func cloneJSON(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	return append(json.RawMessage(nil), raw...)
}
