// Package sqlite keeps the city's records in a folder: one SQLite database in WAL mode and, beside it, the blobs. It needs
// no server and serves one process at a time.
//
// Every write goes through one goroutine, which takes what is waiting, does it in one transaction, each write in its own
// savepoint, and answers after the commit has reached the disk (synchronous=FULL): under load one flush pays for many
// writes. Reads run beside it on their own connections and see the last commit.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// sweepEvery is how often expired documents are removed. They are invisible from the moment they expire.
const sweepEvery = time.Minute

// Config says where the store is and what it takes for the time.
type Config struct {
	// Dir is the folder. It is made if it does not exist.
	Dir string
	// Now tells the time at which documents expire; time.Now if nil.
	Now func() time.Time
	// Sweep is how often expired documents are removed; a minute if 0.
	Sweep time.Duration
}

// Store keeps records in a folder. It implements [store.Store].
type Store struct {
	now    func() time.Time
	blobs  *blobs
	lock   *os.File
	reads  *sql.DB
	writes *writer

	// open is read-locked by every call, so that Close waits for those under way.
	open   sync.RWMutex
	closed bool

	prepared sync.Map // SQL text -> *sql.Stmt on reads
	stop     context.CancelFunc
	swept    chan struct{} // closed when the sweeper has ended
}

var _ store.Store = (*Store)(nil)

// errLocked says that somebody else holds the lock of the folder.
var errLocked = errors.New("the folder is locked")

// Open opens the store in folder dir, or makes one there. It fails with a fault: Conflict if another process has it open,
// Invalid if a newer program has written it, else Unavailable or Internal.
func Open(dir string) (store.Store, error) {
	s, err := Config{Dir: dir}.Open()
	if err != nil {
		return nil, err // and no interface that holds a nil *Store
	}
	return s, nil
}

// Open opens the store that c describes; see [Open].
func (c Config) Open() (_ *Store, err error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sweep == 0 {
		c.Sweep = sweepEvery
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, broken(err)
	}
	if err := makeDir(dir); err != nil {
		return nil, broken(err)
	}
	s := &Store{now: c.Now, swept: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if s.lock, err = lockFile(filepath.Join(dir, "lock")); errors.Is(err, errLocked) {
		return nil, fault.Wrap(err, fault.Conflict, "store.in-use", "dir", dir)
	} else if err != nil {
		return nil, broken(err)
	}
	if s.blobs, err = openBlobs(filepath.Join(dir, "blobs")); err != nil {
		return nil, broken(err)
	}
	file := filepath.Join(dir, "tongban.db")
	if s.writes, err = openWriter(file); err != nil {
		return nil, err
	}
	// The database file is new, perhaps: its name must be as durable as what it holds.
	if err := syncDir(dir); err != nil {
		return nil, broken(err)
	}
	if s.reads, err = sql.Open("sqlite", dsn(file, "query_only(1)", "cache_size(-8000)")); err != nil {
		return nil, broken(err)
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go s.sweep(ctx, c.Sweep)
	return s, nil
}

// dsn names the database file with the settings of every connection, and some more.
func dsn(file string, pragmas ...string) string {
	path := filepath.ToSlash(file)
	if path[0] != '/' {
		path = "/" + path // a drive letter
	}
	q := url.Values{"_pragma": append([]string{
		"busy_timeout(10000)",
		"synchronous(FULL)",
		"temp_store(MEMORY)",
		"trusted_schema(0)",
	}, pragmas...)}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// enter begins a call; the caller must leave.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	s.open.RLock()
	if s.closed {
		s.open.RUnlock()
		return fault.New(fault.Unavailable, "store.closed")
	}
	return nil
}

func (s *Store) leave() { s.open.RUnlock() }

// Ping implements [store.Store]: it asks the writer for an empty act.
func (s *Store) Ping(ctx context.Context) error {
	return s.write(ctx, func(*writer) error { return nil })
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.stop()
	<-s.swept
	if err := s.release(); err != nil {
		return broken(err)
	}
	return nil
}

// release closes what is open, the lock last.
func (s *Store) release() error {
	var errs []error
	if s.reads != nil {
		errs = append(errs, s.reads.Close())
	}
	if s.writes != nil {
		errs = append(errs, s.writes.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// write has the writer do a write and waits until it is durable.
func (s *Store) write(ctx context.Context, do func(*writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.writes.submit(ctx, do)
}

// stmt returns the prepared statement of a reading query.
func (s *Store) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.prepared.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := s.reads.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if old, raced := s.prepared.LoadOrStore(query, st); raced {
		_ = st.Close() // nothing was asked of it
		return old.(*sql.Stmt), nil
	}
	return st, nil
}

// read runs a query and hands each row to scan. Every query but that of Count, which walks the index of a collection for
// operators, is one step through an index to a bounded number of rows, shorter than what it takes to watch ctx beside it (two
// goroutines): ctx counts until the query begins.
func (s *Store) read(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	ctx = context.WithoutCancel(ctx)
	st, err := s.stmt(ctx, query)
	if err != nil {
		return failed(ctx, err)
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return failed(ctx, err)
		}
	}
	if err := rows.Err(); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// ended is the fault of a context that ended.
func ended(cause error) error { return fault.Wrap(cause, fault.Unavailable, "store.cancelled") }

// failed makes the fault of an error that came up while ctx ran.
func failed(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return ended(cause)
	}
	return broken(err)
}

// broken makes the fault of an error of the database or of the file system: Unavailable if it may pass (disk full, no
// access), Internal if what is kept is damaged or the program is wrong. A fault stays as it is.
func broken(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		var path *os.PathError
		var link *os.LinkError
		if errors.As(err, &path) || errors.As(err, &link) {
			return fault.Wrap(err, fault.Unavailable, "store.io")
		}
		return fault.Wrap(err, fault.Internal, "store.failed")
	}
	switch e.Code() & 0xff { // the primary code below the extended one
	case lib.SQLITE_FULL:
		return fault.Wrap(err, fault.Unavailable, "store.full")
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_BUSY, lib.SQLITE_LOCKED,
		lib.SQLITE_NOMEM:
		return fault.Wrap(err, fault.Unavailable, "store.io")
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fault.Wrap(err, fault.Internal, "store.damaged")
	}
	return fault.Wrap(err, fault.Internal, "store.failed")
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// whole is a time as the store keeps it.
func whole(t time.Time) time.Time { return fromMillis(millis(t)) }

// text is a JSON text as a column takes it: NULL when empty.
func text(raw []byte) any {
	if len(raw) == 0 {
		return nil
	}
	return string(raw)
}
