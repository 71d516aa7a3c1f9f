package storetest

import (
	"context"
	"database/sql"
	"testing"
)

// Bare group-commits rows of an id and some bytes: the least that a durable write through SQLite from many callers costs, with
// the same driver, file settings and batching as the store. It is what benchmarks are held against. Whoever uses it imports the
// driver.
type Bare struct {
	queue chan *bareRow
	ended chan struct{}
}

type bareRow struct {
	id, body string
	done     chan error
}

// OpenBare opens a bare writer on a new file, and has b close it at the end.
func OpenBare(b testing.TB, file string) *Bare {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+file+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(16384)&_pragma=cache_size(-64000)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, "CREATE TABLE record (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT"); err != nil {
		b.Fatal(err)
	}
	prepare := func(query string) *sql.Stmt {
		st, err := conn.PrepareContext(ctx, query)
		if err != nil {
			b.Fatal(err)
		}
		return st
	}
	begin, insert, commit := prepare("BEGIN IMMEDIATE"), prepare("INSERT INTO record VALUES (?, ?)"), prepare("COMMIT")
	w := &Bare{make(chan *bareRow, 256), make(chan struct{})}
	go func() {
		defer close(w.ended)
		for row := range w.queue {
			w.batch(row, begin, insert, commit)
		}
	}()
	b.Cleanup(func() {
		close(w.queue)
		<-w.ended
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return w
}

// batch commits a row together with those that have come in meanwhile.
func (w *Bare) batch(row *bareRow, begin, insert, commit *sql.Stmt) {
	batch := []*bareRow{row}
	_, err := begin.Exec()
	for i := 0; i < len(batch) && err == nil; i++ {
		_, err = insert.Exec(batch[i].id, batch[i].body)
		select {
		case next, ok := <-w.queue:
			if ok {
				batch = append(batch, next)
			}
		default:
		}
	}
	if err == nil {
		_, err = commit.Exec()
	}
	for _, row := range batch {
		row.done <- err
	}
}

// Write writes a row and returns when it is durable.
func (w *Bare) Write(id, body string) error {
	row := &bareRow{id, body, make(chan error, 1)}
	w.queue <- row
	return <-row.done
}
