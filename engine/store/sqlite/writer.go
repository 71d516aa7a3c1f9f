package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/tongban/tongban/engine/fault"
)

// maxBatch bounds the writes of one transaction, so that the first of them does not wait for an endless line of others.
const maxBatch = 256

// writerPragmas are settings of the connection that writes. A checkpoint copies each changed page once, however often the
// log holds it, and flushes twice: at 64 MiB (16384 pages) it is rare, and a log of that size is read again in a moment
// after a crash. The cache (64 MB) keeps the upper pages of every index at hand.
var writerPragmas = []string{"journal_mode(WAL)", "wal_autocheckpoint(16384)", "journal_size_limit(134217728)", "cache_size(-64000)"}

// writer is the one goroutine that writes, and its connection. Its methods other than submit and close are for the
// writes that it does.
type writer struct {
	db       *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	queue    chan *task
	ended    chan struct{}
	// lost is the error after which the file may differ from what SQLite believes: every later write is refused until
	// the store is opened again and has recovered from its log.
	lost error
}

// task is one write on its way through the writer.
type task struct {
	do    func(*writer) error
	state atomic.Int32
	err   error         // of do; valid once done is closed
	done  chan struct{} // closed when the write is durable or has failed
}

// The states of a task. A waiting one is either taken by the writer or dropped by its caller, never both.
const (
	waiting = iota
	taken
	dropped
)

// openWriter opens the database file, brings its tables up to date and starts the writer.
func openWriter(file string) (_ *writer, err error) {
	db, err := sql.Open("sqlite", dsn(file, writerPragmas...))
	if err != nil {
		return nil, broken(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, broken(err)
	}
	if err := migrate(ctx, conn); err != nil {
		return nil, broken(errors.Join(err, conn.Close()))
	}
	w := &writer{
		db:       db,
		conn:     conn,
		prepared: map[string]*sql.Stmt{},
		queue:    make(chan *task, maxBatch),
		ended:    make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// submit queues a write and waits for it. If ctx ends before the writer takes it up, it is not done; after that it runs
// its course and submit tells what became of it.
func (w *writer) submit(ctx context.Context, do func(*writer) error) error {
	t := &task{do: do, done: make(chan struct{})}
	select {
	case w.queue <- t:
	case <-ctx.Done():
		return ended(ctx.Err())
	}
	select {
	case <-t.done:
	case <-ctx.Done():
		if t.state.CompareAndSwap(waiting, dropped) {
			return ended(ctx.Err())
		}
		<-t.done
	}
	return t.err
}

// close ends the writer after the last write. No submit may be under way or follow.
func (w *writer) close() error {
	close(w.queue)
	<-w.ended
	return errors.Join(w.conn.Close(), w.db.Close())
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*task, 0, maxBatch)
	for t := range w.queue {
		batch = append(batch[:0], t)
		w.transact(&batch)
		for _, t := range batch {
			close(t.done)
		}
	}
}

// transact does the first task of batch, then those that have come in meanwhile, and commits. On return every task of the
// batch has its answer.
func (w *writer) transact(batch *[]*task) {
	err := w.lost
	if err == nil {
		err = w.exec("BEGIN IMMEDIATE")
	}
	for i := 0; i < len(*batch); i++ {
		t := (*batch)[i]
		if t.state.CompareAndSwap(waiting, taken) && err == nil {
			t.err, err = w.isolate(t.do)
		}
		if i == len(*batch)-1 && len(*batch) < maxBatch {
			select {
			case next, ok := <-w.queue:
				if ok {
					*batch = append(*batch, next)
				}
			default:
			}
		}
	}
	if err == nil {
		if err = w.exec("COMMIT"); err != nil && fault.CodeOf(broken(err)) != "store.full" {
			// After a failed flush the pages that reached the disk are unknown, and a second flush may wrongly succeed. A
			// full disk is known before the flush.
			w.lost = fault.Wrap(err, fault.Unavailable, "store.lost")
			err = w.lost
		}
	}
	if err == nil {
		return
	}
	_ = w.exec("ROLLBACK") // fails if SQLite has rolled back itself
	err = broken(err)
	for _, t := range *batch {
		if t.err == nil {
			t.err = err
		}
	}
}

// isolate does one write in a savepoint. The first result is the write's own answer, its effects undone; the second says
// that the whole transaction cannot go on.
func (w *writer) isolate(do func(*writer) error) (own, all error) {
	if err := w.exec("SAVEPOINT act"); err != nil {
		return nil, err
	}
	own = do(w)
	if own != nil {
		own = broken(own)
		if err := w.exec("ROLLBACK TO act"); err != nil {
			return own, err
		}
	}
	return own, w.exec("RELEASE act")
}

// stmt returns the prepared statement of a query.
func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if st, ok := w.prepared[query]; ok {
		return st, nil
	}
	st, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	w.prepared[query] = st
	return st, nil
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.change(query, args...)
	return err
}

// change runs a statement and returns how many rows it changed.
func (w *writer) change(query string, args ...any) (int64, error) {
	st, err := w.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := st.Exec(args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row reads one row into dest; false if there is none.
func (w *writer) row(query string, args []any, dest ...any) (bool, error) {
	st, err := w.stmt(query)
	if err != nil {
		return false, err
	}
	err = st.QueryRow(args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each runs a query and hands every row to scan.
func (w *writer) each(query string, args []any, scan func(*sql.Rows) error) error {
	st, err := w.stmt(query)
	if err != nil {
		return err
	}
	rows, err := st.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
