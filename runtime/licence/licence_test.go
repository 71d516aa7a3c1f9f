package licence_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/runtime/licence"
)

func TestValidOn(t *testing.T) {
	for _, c := range []struct {
		title        string
		status       licence.Status
		issued, from string
		to, on       string
		want         bool
	}{
		{"first day", licence.Valid, "2026-03-01", "", "2027-02-28", "2026-03-01", true},
		{"day before", licence.Valid, "2026-03-01", "", "2027-02-28", "2026-02-28", false},
		{"last day", licence.Valid, "2026-03-01", "", "2027-02-28", "2027-02-28", true},
		{"day after", licence.Valid, "2026-03-01", "", "2027-02-28", "2027-03-01", false},
		{"no end", licence.Valid, "1999-03-01", "", "", "2099-01-01", true},
		{"issued, not yet valid", licence.Valid, "2026-03-01", "2026-04-01", "", "2026-03-15", false},
		{"revoked inside its dates", licence.Revoked, "2026-03-01", "", "", "2026-03-15", false},
		{"expired status inside its dates", licence.Expired, "2026-03-01", "", "2027-01-01", "2026-03-15", false},
		{"frozen", licence.Frozen, "2026-03-01", "", "", "2026-03-15", false},
		{"lost", licence.Lost, "2026-03-01", "", "", "2026-03-15", false},
		{"cancelled", licence.Cancelled, "2026-03-01", "", "", "2026-03-15", false},
		{"no status", "", "2026-03-01", "", "", "2026-03-15", false},
	} {
		r := licence.Record{Status: c.status, IssuedOn: c.issued, ValidFrom: c.from, ValidTo: c.to}
		if got := r.ValidOn(c.on); got != c.want {
			t.Errorf("%s: %v", c.title, got)
		}
	}
}

// library is a library on a store of its own, at a fixed time.
func library(t *testing.T) (*licence.Library, store.Store) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC) }
	db, err := sqlite.Config{Dir: t.TempDir(), Now: now}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return licence.NewLibrary(db, now, rand.NewChaCha8([32]byte{1})), db
}

func who(n int) licence.Person {
	return licence.Person{IDType: "resident-id", IDNumber: fmt.Sprintf("51049919400101%04d", n)}
}

var access = licence.Access{Account: "a", Name: "李", Office: "o", Purpose: " 办理高龄津贴 ", Ref: "draft-1"}

func TestAsk(t *testing.T) {
	l, _ := library(t)
	ctx := t.Context()
	res := licence.Resident{Person: who(1), Values: map[string]json.RawMessage{"name": json.RawMessage(`"吉克·阿牛"`)}, AsOf: "2026-02-01"}
	records := []licence.Record{
		{Identifier: "b", Type: "id_card", Holder: who(1), Status: licence.Revoked, Face: map[string]json.RawMessage{"x": json.RawMessage("1")}},
		{Identifier: "a", Type: "id_card", Holder: who(1), Status: licence.Valid},
		{Identifier: "c", Type: "hukou_book", Holder: who(1), Status: licence.Valid},
		{Identifier: "d", Type: "id_card", Holder: who(2), Status: licence.Valid},
	}
	if err := l.Import(ctx, []licence.Resident{res}, records); err != nil {
		t.Fatal(err)
	}
	got, err := l.Ask(ctx, access, who(1), true)
	want := licence.Answer{Person: who(1), At: time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC), Resident: &res,
		Licences: []licence.Record{records[2], records[1], records[0]}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = l.Ask(ctx, access, who(1), false); err != nil || got.Resident != nil || len(got.Licences) != 3 {
		t.Errorf("without the register: %+v, %v", got, err)
	}
	if got, err = l.Ask(ctx, access, who(9), true); err != nil || got.Resident != nil || got.Licences != nil {
		t.Errorf("of nobody: %+v, %v", got, err)
	}
	log, next, err := l.LogOf(ctx, who(1), "", 10)
	if err != nil || next != "" || len(log) != 2 || log[0].Purpose != "办理高龄津贴" || log[0].Subject != who(1).Subject() || log[0].Ref != "draft-1" {
		t.Errorf("log %+v, %q, %v", log, next, err)
	}
	page, next, err := l.LogOf(ctx, who(1), "", 1)
	if err != nil || len(page) != 1 || next == "" {
		t.Errorf("first page %+v, %q, %v", page, next, err)
	}
	if _, err := l.Ask(ctx, licence.Access{Account: "a"}, who(1), true); fault.CodeOf(err) != "case.purpose-required" {
		t.Errorf("without a purpose: %v", err)
	}
}

// blind is a store that cannot write the access log, and notes what is read.
type blind struct {
	store.Store
	reads int
}

var errFull = errors.New("disk full")

func (b *blind) Put(context.Context, store.Document) (store.Document, error) {
	return store.Document{}, errFull
}
func (b *blind) Get(ctx context.Context, c, id string) (store.Document, error) {
	b.reads++
	return b.Store.Get(ctx, c, id)
}
func (b *blind) Find(ctx context.Context, q store.Query) ([]store.Document, error) {
	b.reads++
	return b.Store.Find(ctx, q)
}

func TestNothingIsReadUnlogged(t *testing.T) {
	_, db := library(t)
	b := &blind{Store: db}
	l := licence.NewLibrary(b, time.Now, rand.NewChaCha8([32]byte{1}))
	if _, err := l.Ask(t.Context(), access, who(1), true); !errors.Is(err, errFull) || b.reads != 0 {
		t.Errorf("%v after %d reads", err, b.reads)
	}
}

func TestImportAnyNumber(t *testing.T) {
	l, db := library(t)
	ctx := t.Context()
	var people []licence.Resident
	var records []licence.Record
	for i := range 1300 {
		people = append(people, licence.Resident{Person: who(i)})
		records = append(records, licence.Record{Identifier: fmt.Sprint("id-", i), Type: "id_card", Holder: who(i % 600), Status: licence.Valid})
	}
	for range 2 { // importing again replaces
		if err := l.Import(ctx, people, records); err != nil {
			t.Fatal(err)
		}
	}
	for collection, want := range map[string]int64{"residents": 1300, "licences": 1300} {
		if n, err := db.Count(ctx, collection); err != nil || n != want {
			t.Errorf("%s: %d, %v", collection, n, err)
		}
	}
	if got, err := l.Ask(ctx, access, who(5), false); err != nil || len(got.Licences) != 3 {
		t.Errorf("%d licences, %v", len(got.Licences), err)
	}
	if err := l.Import(ctx, []licence.Resident{{}}, nil); fault.CodeOf(err) != "case.person-incomplete" {
		t.Errorf("nobody: %v", err)
	}
	if err := l.Import(ctx, nil, []licence.Record{{Holder: who(1)}}); fault.CodeOf(err) != "case.person-incomplete" {
		t.Errorf("no identifier: %v", err)
	}
}

func TestSubjects(t *testing.T) {
	a, b := licence.Person{IDType: "ab", IDNumber: "c"}, licence.Person{IDType: "a", IDNumber: "bc"}
	if a.Subject() == b.Subject() || len(a.Subject()) != 64 || a.Subject() != (licence.Person{IDType: "ab", IDNumber: "c"}).Subject() {
		t.Error("subjects do not tell people apart")
	}
}
