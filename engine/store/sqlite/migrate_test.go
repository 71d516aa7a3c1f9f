package sqlite_test

import (
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
)

// A release freezes the database that it writes: go test -run Frozen -freeze testdata/vN.sql, once. Later programs are held
// to opening it.
var freeze = flag.String("freeze", "", "write a database of this program to a new file of SQL text")

var frozenAt = time.Date(2026, 3, 1, 12, 34, 56, 789_000_000, time.UTC)

// raw opens the database file of a folder beside the store's own code.
func raw(t *testing.T, dir string) *sql.DB {
	db, err := sql.Open("sqlite", filepath.Join(dir, "tongban.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// column reads all values of a query of one column.
func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// frozenDocument, frozenCommits: what a frozen database holds.
func frozenDocument() store.Document {
	return store.Document{
		Collection: "papers", ID: "户口簿", Keys: map[string]string{"office": "街道"}, Body: json.RawMessage("{\"z\":1, \"a\":\"𠮷\"}\n"),
		Updated: frozenAt, Expires: frozenAt.AddDate(5000, 0, 0),
	}
}

func frozenCommits() []store.Commit {
	e := store.Envelope{
		ID: "01", Number: "510400-1", Item: "512B0003600037", Version: 2, State: "received", Subject: "p", Office: "street", Received: "window",
		Due: "2026-03-13", Created: frozenAt, Updated: frozenAt, Title: json.RawMessage(`{"zh":"老人补贴"}`),
	}
	later := e
	later.State, later.Assignee, later.Due = "accepted", "li", ""
	effect := func(id string) []store.Effect {
		return []store.Effect{{ID: id, Kind: "notify", Due: frozenAt, Body: json.RawMessage(`{}`)}}
	}
	return []store.Commit{
		{Envelope: e, Events: []store.Event{{At: frozenAt, Kind: "received", Body: json.RawMessage(`{"by":"王"}`)}}, Effects: effect("01/1")},
		{Envelope: later, Expect: 1, Events: []store.Event{{At: frozenAt, Kind: "accepted"}}, Effects: effect("01/2")},
	}
}

func TestFrozen(t *testing.T) {
	if *freeze != "" {
		writeFrozen(t, *freeze)
	}
	fresh := t.TempDir()
	if s, err := sqlite.Open(fresh); err != nil {
		t.Fatal(err)
	} else if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const schema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY 1"
	want := column(t, raw(t, fresh), schema)

	files, err := filepath.Glob("testdata/v*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no frozen database: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			mustExec(t, raw(t, dir), string(script))
			s, err := sqlite.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			checkFrozen(t, s)
			if got := column(t, raw(t, dir), schema); !reflect.DeepEqual(got, want) {
				t.Errorf("its tables are\n%s\na fresh database's are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func checkFrozen(t *testing.T, s store.Store) {
	ctx := t.Context()
	same := func(got, want any, err error) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\ngot  %+v\nwant %+v", err, got, want)
		}
	}
	d := frozenDocument()
	d.Revision = 1
	got, err := s.Find(ctx, store.Query{Collection: "papers", Key: "office", Value: "街道", Limit: 5})
	same(got, []store.Document{d}, err)

	commits := frozenCommits()
	e := commits[1].Envelope
	e.Revision = 2
	one, events, err := s.Case(ctx, "01")
	same(one, e, err)
	first, second := commits[0].Events[0], commits[1].Events[0]
	first.Seq, second.Seq = 1, 2
	same(events, []store.Event{first, second}, err)
	queue, _, err := s.Queue(ctx, store.QueueQuery{Office: "street", Open: true, Limit: 5})
	same(queue, []store.Envelope{e}, err)

	effects, err := s.Claim(ctx, "w", frozenAt, time.Minute, 5)
	want := commits[1].Effects[0]
	want.Fence, want.Tries = 2, 1
	same(effects, []store.Effect{want}, err)
	if err := s.Done(ctx, "01/1", 1); err != nil {
		t.Error(err) // claimed before the freeze
	}
	n, err := s.Next(ctx, "case")
	same(n, int64(3), err)

	d.Body = nil
	if _, err := s.Put(ctx, d); err != nil {
		t.Error(err)
	}
}

// writeFrozen fills a database by the public calls and writes it as SQL text.
func writeFrozen(t *testing.T, file string) {
	ctx, dir := t.Context(), t.TempDir()
	s, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(ctx, frozenDocument()); err != nil {
		t.Fatal(err)
	}
	for i, c := range frozenCommits() {
		if _, err := s.Commit(ctx, c); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Next(ctx, "case"); err != nil {
			t.Fatal(err)
		}
		if i == 0 { // one effect is held, one waits
			if got, err := s.Claim(ctx, "w", frozenAt, 100_000*time.Hour, 5); err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	db := raw(t, dir)
	for _, pragma := range []string{"application_id", "user_version"} {
		fmt.Fprintf(f, "PRAGMA %s = %s;\n", pragma, column(t, db, "PRAGMA "+pragma)[0])
	}
	for _, sql := range column(t, db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid") {
		fmt.Fprintf(f, "%s;\n", sql)
	}
	for _, table := range column(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
		values := strings.Join(column(t, db, "SELECT 'quote(' || name || ')' FROM pragma_table_info('"+table+"') ORDER BY cid"), " || ', ' || ")
		for _, row := range column(t, db, "SELECT "+values+" FROM "+table) {
			fmt.Fprintf(f, "INSERT INTO %s VALUES (%s);\n", table, row)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, code string
		kind       fault.Kind
		make       func(t *testing.T, dir string)
	}{
		{"a database of a newer program", "store.newer", fault.Invalid, func(t *testing.T, dir string) {
			s, err := sqlite.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			mustExec(t, raw(t, dir), "PRAGMA user_version = 999")
		}},
		{"somebody else's database", "store.foreign", fault.Invalid, func(t *testing.T, dir string) {
			mustExec(t, raw(t, dir), "CREATE TABLE theirs (x)")
		}},
		{"a file that is no database", "store.damaged", fault.Internal, func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "tongban.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			c.make(t, dir)
			before, err := os.ReadFile(filepath.Join(dir, "tongban.db"))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the first refusal has let the folder go
				_, err := sqlite.Open(dir)
				if fault.CodeOf(err) != c.code || fault.KindOf(err) != c.kind {
					t.Fatalf("got %v", err)
				}
			}
			if after, err := os.ReadFile(filepath.Join(dir, "tongban.db")); err != nil || !sameContent(before, after) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(file); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a file in place of the folder: %v", err)
	}
}

// sameContent compares database files but for what a change of the journal mode writes into the header: the read and write
// versions, the change counter and the number of the writer's version.
func sameContent(a, b []byte) bool {
	const header = 100
	return len(a) == len(b) && string(a[header:]) == string(b[header:])
}
