package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

func openTest(t *testing.T, c Config) *Store {
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	s, err := c.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onCommit has the writer's connection call hook before each commit; another result than 0 makes the commit fail.
func onCommit(t *testing.T, s *Store, hook func() int32) {
	err := s.write(t.Context(), func(w *writer) error {
		return w.conn.Raw(func(c any) error {
			c.(sqlite.HookRegisterer).RegisterCommitHook(hook)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func put(ctx context.Context, s *Store, id string, revision int64) error {
	_, err := s.Put(ctx, store.Document{Collection: "c", ID: id, Revision: revision, Body: json.RawMessage("1")})
	return err
}

// hold occupies the writer until the returned function is called.
func hold(t *testing.T, s *Store) (release func()) {
	held, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.write(context.Background(), func(*writer) error {
			close(held)
			<-free
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	return func() {
		close(free)
		wg.Wait()
	}
}

// waitFor waits until n writes stand in the queue.
func waitFor(s *Store, n int) {
	for len(s.writes.queue) < n {
		runtime.Gosched()
	}
}

func TestWritesShareACommit(t *testing.T) {
	s := openTest(t, Config{})
	if err := put(t.Context(), s, "there", 0); err != nil {
		t.Fatal(err)
	}
	var commits atomic.Int32
	onCommit(t, s, func() int32 { commits.Add(1); return 0 })
	commits.Store(0)
	release := hold(t, s)
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		id := fmt.Sprint(i)
		if i%4 == 3 {
			id = "there" // a conflict among the others
		}
		wg.Go(func() { errs[i] = put(t.Context(), s, id, 0) })
	}
	waitFor(s, len(errs))
	release()
	wg.Wait()
	if n := commits.Load(); n != 1 {
		t.Errorf("%d writes took %d commits", len(errs)+1, n)
	}
	for i, err := range errs {
		want := fault.Kind("")
		if i%4 == 3 {
			want = fault.Conflict
		}
		if fault.KindOf(err) != want {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if n, err := s.Count(t.Context(), "c"); err != nil || n != 31 {
		t.Errorf("%d documents, %v", n, err)
	}
}

func TestAWriteThatStopsHalfwayIsUndoneAlone(t *testing.T) {
	s := openTest(t, Config{})
	release := hold(t, s)
	own := errors.New("halfway")
	var wg sync.WaitGroup
	var before, half, after error
	wg.Go(func() { before = put(t.Context(), s, "before", 0) })
	waitFor(s, 1)
	wg.Go(func() {
		half = s.write(t.Context(), func(w *writer) error {
			if err := w.exec(insertDocument, "c", "half", 1, nil, nil, 0, nil); err != nil {
				return err
			}
			return own
		})
	})
	waitFor(s, 2)
	wg.Go(func() { after = put(t.Context(), s, "after", 0) })
	waitFor(s, 3)
	release()
	wg.Wait()
	if before != nil || after != nil || !errors.Is(half, own) {
		t.Errorf("before %v, half %v, after %v", before, half, after)
	}
	ds, err := s.Find(t.Context(), store.Query{Collection: "c", Limit: 10})
	if err != nil || len(ds) != 2 || ds[0].ID != "after" || ds[1].ID != "before" {
		t.Errorf("%v, %v", ds, err)
	}
}

func TestCancelledBeforeItIsTakenUp(t *testing.T) {
	s := openTest(t, Config{})
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() { answer <- put(ctx, s, "x", 0) }()
	waitFor(s, 1)
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err) // and that while the writer is still busy
	}
	release()
	if _, err := s.Get(t.Context(), "c", "x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the cancelled write was done: %v", err)
	}
}

func TestCancelledWhenTakenUpRunsItsCourse(t *testing.T) {
	s := openTest(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.write(ctx, func(w *writer) error {
		cancel()
		return w.exec(insertDocument, "c", "x", 1, nil, nil, 0, nil)
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := s.Get(t.Context(), "c", "x"); err != nil {
		t.Error(err)
	}
}

func TestAFullDiskHarmsNothing(t *testing.T) {
	s := openTest(t, Config{})
	if err := put(t.Context(), s, "before", 0); err != nil {
		t.Fatal(err)
	}
	pages := func(limit string) {
		err := s.write(t.Context(), func(w *writer) error {
			var n int
			_, err := w.row("PRAGMA max_page_count = "+limit, nil, &n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pages("60") // of 4 KiB
	big := store.Document{Collection: "c", ID: "big", Body: json.RawMessage(`"` + strings.Repeat("x", 1<<20) + `"`)}
	if _, err := s.Put(t.Context(), big); fault.CodeOf(err) != "store.full" || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if err := put(t.Context(), s, "small", 0); err != nil {
		t.Errorf("what still fits: %v", err)
	}
	pages("1000000")
	if _, err := s.Put(t.Context(), big); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n, err := s.Count(t.Context(), "c"); err != nil || n != 3 {
		t.Errorf("%d documents, %v", n, err)
	}
}

func TestAFailedCommitStopsWriting(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, Config{Dir: dir})
	if err := put(t.Context(), s, "before", 0); err != nil {
		t.Fatal(err)
	}
	var fails atomic.Int32
	onCommit(t, s, fails.Load)
	fails.Store(1)
	for range 2 { // the first to meet the failure, and the next
		if err := put(t.Context(), s, "lost", 0); fault.CodeOf(err) != "store.lost" || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
	}
	if err := s.Ping(t.Context()); fault.CodeOf(err) != "store.lost" {
		t.Errorf("ping: %v", err)
	}
	if _, err := s.Get(t.Context(), "c", "before"); err != nil {
		t.Errorf("reading goes on: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, Config{Dir: dir})
	if err := put(t.Context(), s, "after", 0); err != nil {
		t.Error(err)
	}
	if n, err := s.Count(t.Context(), "c"); err != nil || n != 2 {
		t.Errorf("%d documents, %v", n, err)
	}
}

func TestExpiredDocumentsAreRemoved(t *testing.T) {
	var now atomic.Int64
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s := openTest(t, Config{
		Now:   func() time.Time { return start.Add(time.Duration(now.Load())) },
		Sweep: time.Millisecond,
	})
	var ds []store.Document
	for i := range 500 {
		d := store.Document{Collection: "c", ID: fmt.Sprint(i), Keys: map[string]string{"k": "v"}}
		if i > 0 {
			d.Expires = start.Add(time.Hour)
		}
		ds = append(ds, d)
	}
	if err := s.Import(t.Context(), ds); err != nil {
		t.Fatal(err)
	}
	count := func(table string) (n int) {
		if err := s.reads.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := s.Get(t.Context(), "c", "1"); err != nil {
		t.Fatal(err)
	}
	now.Store(int64(time.Hour))
	if _, err := s.Get(t.Context(), "c", "1"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for count("document") > 1 && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if d, k := count("document"), count("document_key"); d != 1 || k != 1 {
		t.Errorf("%d documents and %d keys are left", d, k)
	}
}

// TestPlans holds every statement to an index: none reads a table through, none sorts.
func TestPlans(t *testing.T) {
	s := openTest(t, Config{})
	for name, query := range map[string]string{
		"getDocument": getDocument, "getDocuments": getDocuments, "findDocuments": findDocuments, "findByKey": findByKey,
		"countDocuments": countDocuments, "oldDocument": oldDocument, "updateDocument": updateDocument, "deleteDocument": deleteDocument,
		"deleteKey": deleteKey, "oldDocuments": oldDocuments, "expiredDocuments": expiredDocuments,
		"oldCase": oldCase, "updateCase": updateCase, "moveCase": moveCase, "ownerOfEffect": ownerOfEffect, "getCase": getCase, "caseNumber": caseNumber,
		"getEvents": getEvents, "officeQueue": officeQueue, "officeOpen": officeOpen, "receivedQueue": receivedQueue,
		"receivedOpen": receivedOpen, "subjectQueue": subjectQueue, "subjectOpen": subjectOpen,
		"readyEffects": readyEffects, "leaseEffect": leaseEffect, "doneEffect": doneEffect, "retryEffect": retryEffect,
	} {
		n := strings.Count(query, "?")
		for numbered := 9; numbered > 0; numbered-- {
			if strings.Contains(query, fmt.Sprintf("?%d", numbered)) {
				n = numbered
				break
			}
		}
		args := slices.Repeat([]any{"1"}, n)
		rows, err := s.reads.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plan []string
		for rows.Next() {
			var a, b, c int
			var detail string
			if err := rows.Scan(&a, &b, &c, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		rows.Close()
		all := strings.Join(plan, "; ")
		if len(plan) == 0 || strings.Contains(strings.ReplaceAll(all, "SCAN json_each", ""), "SCAN") || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, all)
		}
	}
}

// TestSettings asks the connections themselves what they run with.
func TestSettings(t *testing.T) {
	s := openTest(t, Config{Dir: filepath.Join(t.TempDir(), "a b", "100%?#中")})
	for pragma, want := range map[string][2]string{ // writer, reader
		"journal_mode": {"wal", "wal"}, "synchronous": {"2", "2"}, "query_only": {"0", "1"}, "busy_timeout": {"10000", "10000"},
	} {
		var writes, reads string
		if err := s.reads.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&reads); err != nil {
			t.Fatal(err)
		}
		err := s.write(t.Context(), func(w *writer) error {
			_, err := w.row("PRAGMA "+pragma, nil, &writes)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if writes != want[0] || reads != want[1] {
			t.Errorf("%s: writer %s, reader %s", pragma, writes, reads)
		}
	}
}
