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
		" ON CONFLICT DO NOTHING"
	oldCase    = "SELECT revision, number, events, size FROM case_file WHERE id = ?"
	updateCase = "UPDATE case_file SET revision = revision + 1, item = ?, version = ?, state = ?, subject = ?, office = ?," +
		" received = ?, assignee = ?, due = ?, created = ?, updated = ?, closed = ?, title = ?, events = ?, size = ? WHERE id = ?"
	insertEvent  = "INSERT INTO case_event (case_id, seq, at, kind, body) VALUES (?, ?, ?, ?, ?)"
	insertEffect = "INSERT INTO effect (id, case_id, kind, due, body, ready, fence, worker, tries) VALUES (?, ?, ?, ?, ?, ?, 0, '', 0)" +
		" ON CONFLICT DO NOTHING"
	ownerOfEffect = "SELECT case_id FROM effect WHERE id = ?"
)

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
	var revision, events, size int64
	if c.Expect > 0 {
		var number string
		there, err := w.row(oldCase, []any{e.ID}, &revision, &number, &events, &size)
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
	due := store.PositionOf(e).Due
	if c.Expect > 0 {
		if err := w.exec(updateCase, e.Item, e.Version, e.State, e.Subject, e.Office, e.Received, e.Assignee, due,
			millis(e.Created), millis(e.Updated), e.Closed, text(e.Title), events, size, e.ID); err != nil {
			return err
		}
	} else {
		n, err := w.change(insertCase, e.ID, e.Number, e.Item, e.Version, e.State, e.Subject, e.Office, e.Received, e.Assignee, due,
			millis(e.Created), millis(e.Updated), e.Closed, text(e.Title), events, size)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "store.taken")
		}
	}
	for i := range c.Events {
		v := &c.Events[i]
		if err := w.exec(insertEvent, e.ID, first+int64(i), millis(v.At), v.Kind, text(v.Body)); err != nil {
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
	caseColumns = "id, revision, number, item, version, state, subject, office, received, assignee, due, created, updated, closed, title"

	getCase    = "SELECT " + caseColumns + ", events FROM case_file WHERE id = ?"
	caseNumber = "SELECT " + caseColumns + ", events FROM case_file WHERE number = ?"
	getEvents  = "SELECT seq, at, kind, body FROM case_event WHERE case_id = ? AND seq <= ? ORDER BY seq"

	queueOf    = "SELECT " + caseColumns + ", events FROM case_file WHERE "
	queueAfter = " AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?"
	// The conditions repeat those of the indexes, which SQLite asks for before it uses a partial one.
	officeQueue   = queueOf + "office = ? AND office <> ''" + queueAfter
	officeOpen    = queueOf + "office = ? AND office <> '' AND closed = 0" + queueAfter
	receivedQueue = queueOf + "received = ? AND received <> ''" + queueAfter
	receivedOpen  = queueOf + "received = ? AND received <> '' AND closed = 0" + queueAfter
	subjectQueue  = queueOf + "subject = ? AND subject <> ''" + queueAfter
	subjectOpen   = queueOf + "subject = ? AND subject <> '' AND closed = 0" + queueAfter
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
	e, last, err := s.envelope(ctx, getCase, id)
	if err != nil {
		return store.Envelope{}, nil, err
	}
	events := make([]store.Event, 0, last)
	err = s.read(ctx, getEvents, []any{id, last}, func(rows *sql.Rows) error {
		var v store.Event
		var at int64
		if err := rows.Scan(&v.Seq, &at, &v.Kind, (*[]byte)(&v.Body)); err != nil {
			return err
		}
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
	e, _, err := s.envelope(ctx, caseNumber, number)
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
		e, _, err := scanEnvelope(rows)
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

// envelope reads one case's row and the Seq of its last event, or fails with NotFound.
func (s *Store) envelope(ctx context.Context, query, arg string) (e store.Envelope, last int64, err error) {
	found := false
	err = s.read(ctx, query, []any{arg}, func(rows *sql.Rows) (err error) {
		found = true
		e, last, err = scanEnvelope(rows)
		return err
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "store.not-found")
	}
	if err != nil {
		return store.Envelope{}, 0, err
	}
	return e, last, nil
}

func scanEnvelope(rows *sql.Rows) (e store.Envelope, last int64, err error) {
	var created, updated int64
	err = rows.Scan(&e.ID, &e.Revision, &e.Number, &e.Item, &e.Version, &e.State, &e.Subject, &e.Office, &e.Received, &e.Assignee,
		&e.Due, &created, &updated, &e.Closed, (*[]byte)(&e.Title), &last)
	if e.Due == store.NoDue {
		e.Due = ""
	}
	e.Created, e.Updated = fromMillis(created), fromMillis(updated)
	return e, last, err
}
