package sqlite

import (
	"context"
	"database/sql"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

const (
	insertCase = "INSERT INTO case_file (id, revision, number, item, version, state, subject, office, received, assignee, due," +
		" created, updated, closed, title, events, size) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" +
		" ON CONFLICT DO NOTHING RETURNING key"
	oldCase = "SELECT key, revision, number, subject, office, received, due, closed, events, size FROM case_file WHERE id = ?"
	// SQLite rewrites the indexes of every column that is set, changed or not: those that queues are read by are set only
	// when one of them has changed.
	updateCase = "UPDATE case_file SET revision = revision + 1, item = ?, version = ?, state = ?, assignee = ?, created = ?," +
		" updated = ?, title = ?, events = ?, size = ? WHERE key = ?"
	moveCase     = "UPDATE case_file SET subject = ?, office = ?, received = ?, due = ?, closed = ? WHERE key = ?"
	insertEvent  = "INSERT INTO case_event (key, at, kind, body) VALUES (?, ?, ?, ?)"
	insertEffect = "INSERT INTO effect (id, case_id, kind, due, body, ready, fence, worker, tries) VALUES (?, ?, ?, ?, ?, ?, 0, '', 0)" +
		" ON CONFLICT DO NOTHING"
	ownerOfEffect = "SELECT case_id FROM effect WHERE id = ?"
)

// seqBits are the bits of an event's key that hold its Seq: store.MaxCase allows no log so long that they overflow.
const seqBits = 20

// place is where an envelope stands in the queues.
type place struct {
	subject, office, received, due string
	closed                         bool
}

func placeOf(e store.Envelope) place {
	return place{e.Subject, e.Office, e.Received, store.PositionOf(e).Due, e.Closed}
}

// Commit implements [store.Cases].
func (s *Store) Commit(ctx context.Context, c store.Commit) (store.Envelope, error) {
	if err := c.Check(); err != nil {
		return store.Envelope{}, err
	}
	e := c.Envelope
	e.Revision = c.Expect + 1
	e.Created, e.Updated = whole(e.Created), whole(e.Updated)
	e.Title = cloneJSON(e.Title)
	if err := s.write(ctx, func(w *writer) error { return w.commit(e, c) }); err != nil {
		return store.Envelope{}, err
	}
	return e, nil
}

// commit writes the case's row, then its events, then its effects.
func (w *writer) commit(e store.Envelope, c store.Commit) error {
	var key, revision, events, size int64
	var was place
	if c.Expect > 0 {
		var number string
		there, err := w.row(oldCase, []any{e.ID}, &key, &revision, &number, &was.subject, &was.office, &was.received, &was.due,
			&was.closed, &events, &size)
		switch {
		case err != nil:
			return err
		case !there || revision != c.Expect:
			return fault.New(fault.Conflict, "store.changed")
		case number != e.Number:
			return fault.New(fault.Invalid, "store.number-fixed", "number", number)
		}
	}
	first := events + 1
	for i := range c.Events {
		if seq := c.Events[i].Seq; seq != 0 && seq != first+int64(i) {
			return fault.New(fault.Invalid, "store.bad-sequence", "value", seq, "next", first+int64(i))
		}
	}
	events += int64(len(c.Events))
	if size += int64(c.Size()); size > store.MaxCase {
		return fault.New(fault.Invalid, "store.too-large", "field", "case", "max", store.MaxCase)
	}
	if c.Expect > 0 {
		if err := w.exec(updateCase, e.Item, e.Version, e.State, e.Assignee, millis(e.Created), millis(e.Updated), text(e.Title),
			events, size, key); err != nil {
			return err
		}
		if is := placeOf(e); is != was {
			if err := w.exec(moveCase, is.subject, is.office, is.received, is.due, is.closed, key); err != nil {
				return err
			}
		}
	} else {
		created, err := w.row(insertCase, []any{e.ID, e.Number, e.Item, e.Version, e.State, e.Subject, e.Office, e.Received, e.Assignee,
			placeOf(e).due, millis(e.Created), millis(e.Updated), e.Closed, text(e.Title), events, size}, &key)
		if err != nil {
			return err
		}
		if !created {
			return fault.New(fault.Conflict, "store.taken")
		}
	}
	for i := range c.Events {
		v := &c.Events[i]
		if err := w.exec(insertEvent, eventKey(key, first+int64(i)), millis(v.At), v.Kind, text(v.Body)); err != nil {
			return err
		}
	}
	for i := range c.Effects {
		if err := w.enqueue(e.ID, &c.Effects[i]); err != nil {
			return err
		}
	}
	return nil
}

func eventKey(caseKey, seq int64) int64 { return caseKey<<seqBits | seq }

// enqueue writes an effect of a case, unless it waits already.
func (w *writer) enqueue(caseID string, f *store.Effect) error {
	n, err := w.change(insertEffect, f.ID, caseID, f.Kind, millis(f.Due), text(f.Body), millis(f.Due))
	if err != nil || n > 0 {
		return err
	}
	var owner string
	if _, err := w.row(ownerOfEffect, []any{f.ID}, &owner); err != nil {
		return err
	}
	if owner != caseID {
		return fault.New(fault.Conflict, "store.taken")
	}
	return nil
}

const (
	caseColumns = "id, revision, number, item, version, state, subject, office, received, assignee, due, created, updated, closed, title, events, key"

	getCase    = "SELECT " + caseColumns + " FROM case_file WHERE id = ?"
	caseNumber = "SELECT " + caseColumns + " FROM case_file WHERE number = ?"
	getEvents  = "SELECT key, at, kind, body FROM case_event WHERE key BETWEEN ? AND ? ORDER BY key"

	// ?1 is whose queue, ?2 and ?3 the place to continue after, ?4 how many. The conditions repeat those of the indexes,
	// which SQLite asks for before it uses a partial one.
	queueOf       = "SELECT " + caseColumns + " FROM case_file WHERE "
	queueAfter    = " AND (due, id) > (?2, ?3)"
	queueOrder    = " ORDER BY due, id LIMIT ?4"
	officeQueue   = queueOf + "office = ?1 AND office <> ''" + queueAfter + queueOrder
	officeOpen    = queueOf + "office = ?1 AND office <> '' AND closed = 0" + queueAfter + queueOrder
	receivedOpen  = queueOf + "received = ?1 AND received <> '' AND closed = 0" + queueAfter + queueOrder
	receivedQueue = queueOf + "received = ?1 AND received <> '' AND closed = 0" + queueAfter + " UNION ALL " +
		queueOf + "received = ?1 AND received <> '' AND closed = 1" + queueAfter + queueOrder // a merge of two walks
	subjectQueue = queueOf + "subject = ?1 AND subject <> ''" + queueAfter + queueOrder
	subjectOpen  = queueOf + "subject = ?1 AND subject <> '' AND closed = 0" + queueAfter + queueOrder
)

// Case implements [store.Cases]. The log is append-only, so the events up to the envelope's last are those of its moment.
func (s *Store) Case(ctx context.Context, id string) (store.Envelope, []store.Event, error) {
	if err := store.CheckName("id", id); err != nil {
		return store.Envelope{}, nil, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Envelope{}, nil, err
	}
	defer s.leave()
	e, last, key, err := s.envelope(ctx, getCase, id)
	if err != nil {
		return store.Envelope{}, nil, err
	}
	events := make([]store.Event, 0, last)
	err = s.read(ctx, getEvents, []any{eventKey(key, 1), eventKey(key, last)}, func(rows *sql.Rows) error {
		var v store.Event
		var at int64
		if err := rows.Scan(&v.Seq, &at, &v.Kind, (*[]byte)(&v.Body)); err != nil {
			return err
		}
		v.Seq -= eventKey(key, 0)
		v.At = fromMillis(at)
		events = append(events, v)
		return nil
	})
	switch {
	case err != nil:
		return store.Envelope{}, nil, err
	case int64(len(events)) != last:
		return store.Envelope{}, nil, fault.New(fault.Internal, "store.damaged")
	case last == 0:
		return e, nil, nil
	}
	return e, events, nil
}

// CaseByNumber implements [store.Cases].
func (s *Store) CaseByNumber(ctx context.Context, number string) (store.Envelope, error) {
	if err := store.CheckName("number", number); err != nil {
		return store.Envelope{}, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Envelope{}, err
	}
	defer s.leave()
	e, _, _, err := s.envelope(ctx, caseNumber, number)
	return e, err
}

// Queue implements [store.Cases].
func (s *Store) Queue(ctx context.Context, q store.QueueQuery) ([]store.Envelope, string, error) {
	after, err := q.Check()
	if err != nil {
		return nil, "", err
	}
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.leave()
	query, of := queueQuery(q)
	var es []store.Envelope
	// One more than asked for tells whether there is a next page.
	err = s.read(ctx, query, []any{of, after.Due, after.ID, q.Limit + 1}, func(rows *sql.Rows) error {
		e, _, _, err := scanEnvelope(rows)
		es = append(es, e)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(es) <= q.Limit {
		return es, "", nil
	}
	es = es[:q.Limit]
	return es, store.PositionOf(es[q.Limit-1]).Cursor(), nil
}

// queueQuery chooses the query and its selector's value.
func queueQuery(q store.QueueQuery) (query, of string) {
	switch {
	case q.Office != "" && q.Open:
		return officeOpen, q.Office
	case q.Office != "":
		return officeQueue, q.Office
	case q.Received != "" && q.Open:
		return receivedOpen, q.Received
	case q.Received != "":
		return receivedQueue, q.Received
	case q.Open:
		return subjectOpen, q.Subject
	}
	return subjectQueue, q.Subject
}

// envelope reads one case's row, with the Seq of its last event and its key, or fails with NotFound.
func (s *Store) envelope(ctx context.Context, query, arg string) (e store.Envelope, last, key int64, err error) {
	found := false
	err = s.read(ctx, query, []any{arg}, func(rows *sql.Rows) (err error) {
		found = true
		e, last, key, err = scanEnvelope(rows)
		return err
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "store.not-found")
	}
	if err != nil {
		return store.Envelope{}, 0, 0, err
	}
	return e, last, key, nil
}

// scanEnvelope reads caseColumns.
func scanEnvelope(rows *sql.Rows) (e store.Envelope, last, key int64, err error) {
	var created, updated int64
	err = rows.Scan(&e.ID, &e.Revision, &e.Number, &e.Item, &e.Version, &e.State, &e.Subject, &e.Office, &e.Received, &e.Assignee,
		&e.Due, &created, &updated, &e.Closed, (*[]byte)(&e.Title), &last, &key)
	if e.Due == store.NoDue {
		e.Due = ""
	}
	e.Created, e.Updated = fromMillis(created), fromMillis(updated)
	return e, last, key, err
}
