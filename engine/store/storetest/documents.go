package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

var documentTests = []test{
	{"a document comes back as written", func(e *env) {
		_, err := e.Get(e.ctx, "papers", "x")
		e.refused(err, fault.NotFound)
		d := doc("x")
		d.Keys = map[string]string{"office": "街道", "Kind-2.a_b": ""}
		d.Expires = time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)
		w := e.put(d)
		d.Revision = 1
		e.same(w, d)
		r, err := e.Get(e.ctx, "papers", "x")
		e.ok(err)
		e.same(r, d)
	}},
	{"each change is one revision more", func(e *env) {
		d := e.put(doc("x"))
		for want := int64(2); want <= 5; want++ {
			d.Body = json.RawMessage(fmt.Sprintf(`{"n":%d}`, want))
			d = e.put(d)
			e.same(d.Revision, want)
			r, err := e.Get(e.ctx, "papers", "x")
			e.ok(err)
			e.same(r, d)
		}
	}},
	{"a change of another revision conflicts and changes nothing", func(e *env) {
		d := doc("x")
		d.Keys = map[string]string{"k": "1"}
		d = e.put(e.put(d))
		for _, revision := range []int64{0, 1, 3, 1 << 60} {
			stale := d
			stale.Revision, stale.Keys, stale.Body = revision, map[string]string{"k": "2"}, nil
			_, err := e.Put(e.ctx, stale)
			e.refused(err, fault.Conflict)
		}
		r, err := e.Get(e.ctx, "papers", "x")
		e.ok(err)
		e.same(r, d)
		found, err := e.Find(e.ctx, store.Query{Collection: "papers", Key: "k", Value: "2", Limit: 1})
		e.ok(err)
		e.same(len(found), 0)
		absent := doc("y")
		absent.Revision = 1
		_, err = e.Put(e.ctx, absent)
		e.refused(err, fault.Conflict)
	}},
	{"of many creators and writers at once one wins each revision", func(e *env) {
		for revision := range int64(12) {
			var mu sync.Mutex
			var winners []store.Document
			together(16, func(i int) {
				d := doc("x")
				d.Revision, d.Body = revision, json.RawMessage(fmt.Sprint(i))
				w, err := e.Put(e.ctx, d)
				if err != nil {
					if fault.KindOf(err) != fault.Conflict {
						e.Errorf("writer %d: %v", i, err)
					}
					return
				}
				mu.Lock()
				defer mu.Unlock()
				winners = append(winners, w)
			})
			if len(winners) != 1 {
				e.Fatalf("%d writers changed revision %d", len(winners), revision)
			}
			r, err := e.Get(e.ctx, "papers", "x")
			e.ok(err)
			e.same(r, winners[0])
		}
	}},
	{"delete removes the revision it was read at", func(e *env) {
		e.refused(e.Delete(e.ctx, "papers", "x", 1), fault.NotFound)
		d := doc("x")
		d.Keys = map[string]string{"k": "v"}
		d = e.put(e.put(d))
		e.refused(e.Delete(e.ctx, "papers", "x", 1), fault.Conflict)
		e.ok(e.Delete(e.ctx, "papers", "x", d.Revision))
		_, err := e.Get(e.ctx, "papers", "x")
		e.refused(err, fault.NotFound)
		e.refused(e.Delete(e.ctx, "papers", "x", d.Revision), fault.NotFound)
		found, err := e.Find(e.ctx, store.Query{Collection: "papers", Key: "k", Value: "v", Limit: 1})
		e.ok(err)
		e.same(len(found), 0)
		e.same(e.put(doc("x")).Revision, int64(1))
	}},
	{"JSON comes back byte for byte", func(e *env) {
		for name, body := range texts() {
			d := doc(name)
			d.Body = body
			e.put(d)
		}
		for name, body := range texts() {
			r, err := e.Get(e.ctx, "papers", name)
			e.ok(err)
			if !bytes.Equal(r.Body, body) {
				e.Errorf("%s: %.100q came back as %.100q", name, body, r.Body)
			}
		}
	}},
	{"strings come back byte for byte and in the order of their bytes", func(e *env) {
		for _, w := range words {
			d := doc(w)
			d.Keys = map[string]string{"word": w, "all": ""}
			e.put(d)
		}
		for _, w := range words {
			found, err := e.Find(e.ctx, store.Query{Collection: "papers", Key: "word", Value: w, Limit: 10})
			e.ok(err)
			if len(found) != 1 || found[0].ID != w || found[0].Keys["word"] != w {
				e.Errorf("%q: found %s", w, show(found))
			}
		}
		sorted := slices.Sorted(slices.Values(words))
		e.same(ids(e.walk(store.Query{Collection: "papers", Limit: 4})), sorted)
		e.same(ids(e.walk(store.Query{Collection: "papers", Key: "all", Limit: 3})), sorted)
	}},
	{"times are kept in whole milliseconds of UTC", func(e *env) {
		d := doc("x")
		d.Updated = time.Date(2026, 3, 1, 20, 34, 56, 789_999_999, time.FixedZone("CST", 8*3600))
		d.Expires = time.Date(9000, 1, 1, 0, 0, 0, 1_999_999, time.FixedZone("CST", 8*3600))
		w := e.put(d)
		e.same(w.Updated, noon)
		e.same(w.Expires, time.Date(8999, 12, 31, 16, 0, 0, 1_000_000, time.UTC))
		r, err := e.Get(e.ctx, "papers", "x")
		e.ok(err)
		e.same(r, w)
		d = doc("ancient")
		d.Updated = time.Time{}
		e.same(e.put(d).Updated, time.Time{})
		r, err = e.Get(e.ctx, "papers", "ancient")
		e.ok(err)
		e.same(r.Updated, time.Time{})
	}},
	{"collections do not mix", func(e *env) {
		for i, name := range []string{"a", "ab", "a.b", "a_b", "a-b"} {
			d := doc("x")
			d.Collection, d.Keys, d.Body = name, map[string]string{"k": "v"}, json.RawMessage(fmt.Sprint(i))
			e.put(d)
		}
		found, err := e.Find(e.ctx, store.Query{Collection: "a", Key: "k", Value: "v", Limit: 10})
		e.ok(err)
		e.same(len(found), 1)
		e.same(string(found[0].Body), "0")
		found, err = e.Find(e.ctx, store.Query{Collection: "a", Limit: 10})
		e.ok(err)
		e.same(len(found), 1)
		n, err := e.Count(e.ctx, "ab")
		e.ok(err)
		e.same(n, int64(1))
	}},
	{"GetMany returns those that exist, once", func(e *env) {
		for _, id := range []string{"a", "b", "c"} {
			e.put(doc(id))
		}
		ds, err := e.GetMany(e.ctx, "papers", []string{"c", "no", "a", "c", "中"})
		e.ok(err)
		e.same(slices.Sorted(slices.Values(ids(ds))), []string{"a", "c"})
		ds, err = e.GetMany(e.ctx, "papers", nil)
		e.ok(err)
		e.same(len(ds), 0)
	}},
	{"keys follow the document", func(e *env) {
		d := doc("x")
		steps := []map[string]string{{"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"b": "1"}, nil, {"a": "1"}, {"c": "1", "a": "2"}}
		for _, keys := range steps {
			d.Keys = keys
			d = e.put(d)
			for _, name := range []string{"a", "b", "c"} {
				for _, value := range []string{"1", "2"} {
					found, err := e.Find(e.ctx, store.Query{Collection: "papers", Key: name, Value: value, Limit: 5})
					e.ok(err)
					want := 0
					if keys[name] == value {
						want = 1
					}
					if len(found) != want {
						e.Errorf("with keys %v, %s=%s finds %d", keys, name, value, len(found))
					}
				}
			}
		}
	}},
	{"pages lose and repeat nothing while others write", func(e *env) {
		const n = 120
		var batch []store.Document
		for i := range n {
			d := doc(fmt.Sprintf("%03d", i))
			d.Keys = map[string]string{"k": "same"}
			batch = append(batch, d)
		}
		e.ok(e.Import(e.ctx, batch))
		e.meanwhile(func(r *rand.Rand) error {
			i := r.IntN(n)
			// A neighbour comes or goes, and one that is there changes without leaving.
			d := doc(fmt.Sprintf("%03d-%d", i, r.IntN(2)))
			d.Keys = map[string]string{"k": "same"}
			old, err := e.Get(e.ctx, d.Collection, d.ID)
			if err == nil {
				err = e.Delete(e.ctx, d.Collection, d.ID, old.Revision)
			} else {
				_, err = e.Put(e.ctx, d)
			}
			if err != nil {
				return err
			}
			if old, err = e.Get(e.ctx, "papers", fmt.Sprintf("%03d", i)); err != nil {
				return err
			}
			old.Body = json.RawMessage(fmt.Sprint(r.Int()))
			_, err = e.Put(e.ctx, old)
			return err
		}, func() {
			for _, q := range []store.Query{{Collection: "papers", Limit: 7}, {Collection: "papers", Key: "k", Value: "same", Limit: 7}} {
				var lasting []string
				for _, id := range ids(e.walk(q)) {
					if !strings.Contains(id, "-") {
						lasting = append(lasting, id)
					}
				}
				if len(lasting) != n || !slices.IsSorted(lasting) || len(slices.Compact(lasting)) != n {
					e.Errorf("%+v: a walk listed %d of %d", q, len(lasting), n)
				}
			}
		})
	}},
	{"an expired document is as if absent", func(e *env) {
		past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		for _, id := range []string{"dead", "live"} {
			d := doc(id)
			d.Keys = map[string]string{"k": "v"}
			if d.Expires = future; id == "dead" {
				d.Expires = past
			}
			e.put(d)
		}
		imported := doc("imported")
		imported.Expires = past
		e.ok(e.Import(e.ctx, []store.Document{imported}))
		for _, id := range []string{"dead", "imported"} {
			_, err := e.Get(e.ctx, "papers", id)
			e.refused(err, fault.NotFound)
			e.refused(e.Delete(e.ctx, "papers", id, 1), fault.NotFound)
			d := doc(id)
			d.Revision = 1
			_, err = e.Put(e.ctx, d)
			e.refused(err, fault.Conflict)
		}
		ds, err := e.GetMany(e.ctx, "papers", []string{"dead", "live", "imported"})
		e.ok(err)
		e.same(ids(ds), []string{"live"})
		e.same(ids(e.walk(store.Query{Collection: "papers", Limit: 10})), []string{"live"})
		e.same(ids(e.walk(store.Query{Collection: "papers", Key: "k", Value: "v", Limit: 10})), []string{"live"})
		n, err := e.Count(e.ctx, "papers")
		e.ok(err)
		e.same(n, int64(1))
		again := doc("dead")
		again.Keys = map[string]string{"k": "w"}
		e.same(e.put(again).Revision, int64(1))
		e.same(ids(e.walk(store.Query{Collection: "papers", Key: "k", Value: "w", Limit: 10})), []string{"dead"})
		e.same(ids(e.walk(store.Query{Collection: "papers", Key: "k", Value: "v", Limit: 10})), []string{"live"})
	}},
	{"count counts", func(e *env) {
		n, err := e.Count(e.ctx, "papers")
		e.ok(err)
		e.same(n, int64(0))
		d := e.put(doc("a"))
		e.put(doc("b"))
		e.put(d)
		n, err = e.Count(e.ctx, "papers")
		e.ok(err)
		e.same(n, int64(2))
		e.ok(e.Delete(e.ctx, "papers", "b", 1))
		n, err = e.Count(e.ctx, "papers")
		e.ok(err)
		e.same(n, int64(1))
	}},
	{"import writes over whatever is there", func(e *env) {
		e.ok(e.Import(e.ctx, nil))
		before := doc("00007")
		before.Keys = map[string]string{"old": "yes", "k": "0"}
		before = e.put(e.put(before))
		var batch []store.Document
		for i := range 777 {
			d := doc(fmt.Sprintf("%05d", i))
			d.Keys = map[string]string{"k": fmt.Sprint(i % 3), "all": "x"}
			d.Body = json.RawMessage(fmt.Sprintf(`{"i": %d}`, i))
			d.Revision = 99
			batch = append(batch, d)
		}
		other := doc("00007")
		other.Collection = "other"
		batch = append(batch, other)
		e.ok(e.Import(e.ctx, batch))
		for round := int64(1); round <= 2; round++ {
			got := e.walk(store.Query{Collection: "papers", Key: "all", Value: "x", Limit: store.MaxPage})
			e.same(len(got), 777)
			for i, d := range got {
				want := batch[i]
				want.Revision = round
				if d.ID == before.ID {
					want.Revision += before.Revision
				}
				e.same(d, want)
			}
			if round == 1 {
				e.ok(e.Import(e.ctx, batch))
			}
		}
		e.same(len(e.walk(store.Query{Collection: "papers", Key: "old", Value: "yes", Limit: 10})), 0)
		e.same(len(e.walk(store.Query{Collection: "papers", Key: "k", Value: "1", Limit: 100})), 259)
		_, err := e.Put(e.ctx, before)
		e.refused(err, fault.Conflict)
		got, err := e.Get(e.ctx, "other", "00007")
		e.ok(err)
		e.same(got.Revision, int64(2))
	}},
	{"sequences run from 1 and never repeat", func(e *env) {
		n, err := e.Next(e.ctx, "2026-窗口")
		e.ok(err)
		e.same(n, int64(1))
		n, err = e.Next(e.ctx, "2026")
		e.ok(err)
		e.same(n, int64(1))
		var mu sync.Mutex
		seen := map[int64]bool{1: true}
		var highest int64
		together(16, func(int) {
			var last int64
			for range 20 {
				n, err := e.Next(e.ctx, "2026")
				if err != nil {
					e.Errorf("Next: %v", err)
					return
				}
				if n <= last {
					e.Errorf("%d after %d", n, last)
				}
				last = n
				mu.Lock()
				if seen[n] {
					e.Errorf("%d was given twice", n)
				}
				seen[n], highest = true, max(highest, n)
				mu.Unlock()
			}
		})
		e.reopen()
		n, err = e.Next(e.ctx, "2026")
		e.ok(err)
		if n <= highest {
			e.Errorf("%d after reopening, %d before", n, highest)
		}
	}},
	{"what is passed in is not changed, what is returned is not shared", func(e *env) {
		d := doc("x")
		d.Keys = map[string]string{"k": "v"}
		d.Body = json.RawMessage(`{"n":1}`)
		want := e.put(d)
		want.Keys, want.Body = map[string]string{"k": "v"}, json.RawMessage(`{"n":1}`)
		w, err := e.Get(e.ctx, "papers", "x")
		e.ok(err)
		for _, one := range []store.Document{d, w} {
			one.Keys["k"] = "changed"
			copy(one.Body, `[[[[[[[`)
		}
		r, err := e.Get(e.ctx, "papers", "x")
		e.ok(err)
		e.same(r, want)
	}},
	{"limits and forms", func(e *env) {
		long := strings.Repeat("x", store.MaxText)
		d := doc(long)
		d.Collection = strings.Repeat("c", 64)
		d.Keys = map[string]string{}
		for i := range store.MaxKeys {
			d.Keys[fmt.Sprintf("%s%02d", strings.Repeat("k", 62), i)] = long
		}
		d.Body = json.RawMessage(`"` + strings.Repeat("x", store.MaxBody-2) + `"`)
		w := e.put(d)
		r, err := e.Get(e.ctx, d.Collection, d.ID)
		e.ok(err)
		e.same(r, w)

		for name, change := range map[string]func(*store.Document){
			"no collection":         func(d *store.Document) { d.Collection = "" },
			"upper-case collection": func(d *store.Document) { d.Collection = "Papers" },
			"long collection":       func(d *store.Document) { d.Collection = strings.Repeat("c", 65) },
			"no id":                 func(d *store.Document) { d.ID = "" },
			"long id":               func(d *store.Document) { d.ID = long + "x" },
			"id with NUL":           func(d *store.Document) { d.ID = "a\x00b" },
			"id not UTF-8":          func(d *store.Document) { d.ID = "\xff" },
			"negative revision":     func(d *store.Document) { d.Revision = -1 },
			"empty key name":        func(d *store.Document) { d.Keys = map[string]string{"": "v"} },
			"key name with $":       func(d *store.Document) { d.Keys = map[string]string{"$k": "v"} },
			"long key name":         func(d *store.Document) { d.Keys = map[string]string{strings.Repeat("k", 65): "v"} },
			"long key value":        func(d *store.Document) { d.Keys = map[string]string{"k": long + "x"} },
			"key value not UTF-8":   func(d *store.Document) { d.Keys = map[string]string{"k": "\xe4\xb8"} },
			"too many keys": func(d *store.Document) {
				d.Keys = map[string]string{}
				for i := range store.MaxKeys + 1 {
					d.Keys[fmt.Sprintf("k%d", i)] = "v"
				}
			},
			"body no JSON":       func(d *store.Document) { d.Body = json.RawMessage(`{"a":}`) },
			"body two texts":     func(d *store.Document) { d.Body = json.RawMessage(`{} {}`) },
			"body not UTF-8":     func(d *store.Document) { d.Body = json.RawMessage("\"\xff\"") },
			"body too large":     func(d *store.Document) { d.Body = json.RawMessage(`"` + strings.Repeat("x", store.MaxBody-1) + `"`) },
			"before all time":    func(d *store.Document) { d.Updated = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) },
			"expires after time": func(d *store.Document) { d.Expires = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		} {
			d := doc("bad")
			change(&d)
			if _, err := e.Put(e.ctx, d); fault.KindOf(err) != fault.Invalid {
				e.Errorf("Put, %s: %v", name, err)
			}
			if err := e.Import(e.ctx, []store.Document{doc("good"), d}); fault.KindOf(err) != fault.Invalid {
				e.Errorf("Import, %s: %v", name, err)
			}
		}
		e.refused(e.Import(e.ctx, []store.Document{doc("good"), doc("good")}), fault.Invalid)
		e.refused(e.Import(e.ctx, make([]store.Document, store.MaxImport+1)), fault.Invalid)
		_, err = e.Get(e.ctx, "papers", "good")
		e.refused(err, fault.NotFound)

		for _, q := range []store.Query{
			{Collection: "papers"},
			{Collection: "papers", Limit: -1},
			{Collection: "papers", Limit: store.MaxPage + 1},
			{Collection: "", Limit: 1},
			{Collection: "papers", Key: "a b", Limit: 1},
			{Collection: "papers", Value: "v", Limit: 1},
			{Collection: "papers", Key: "k", Value: "\xff", Limit: 1},
			{Collection: "papers", After: long + "x", Limit: 1},
		} {
			if _, err := e.Find(e.ctx, q); fault.KindOf(err) != fault.Invalid {
				e.Errorf("Find %+v: %v", q, err)
			}
		}
		_, err = e.GetMany(e.ctx, "papers", slices.Repeat([]string{"x"}, store.MaxPage+1))
		e.refused(err, fault.Invalid)
		_, err = e.GetMany(e.ctx, "papers", []string{""})
		e.refused(err, fault.Invalid)
		_, err = e.Get(e.ctx, "papers", "")
		e.refused(err, fault.Invalid)
		_, err = e.Count(e.ctx, "P")
		e.refused(err, fault.Invalid)
		_, err = e.Next(e.ctx, "")
		e.refused(err, fault.Invalid)
		e.refused(e.Delete(e.ctx, "papers", long+"x", 1), fault.Invalid)
	}},
}

// walk reads all pages of a query.
func (e *env) walk(q store.Query) []store.Document {
	e.Helper()
	var all []store.Document
	for {
		page, err := e.Find(e.ctx, q)
		e.ok(err)
		all = append(all, page...)
		if len(page) < q.Limit {
			return all
		}
		q.After = page[len(page)-1].ID
	}
}

// meanwhile runs walk some times, and disturb over and over beside it.
func (e *env) meanwhile(disturb func(*rand.Rand) error, walk func()) {
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		r := rand.New(rand.NewPCG(1, 2))
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := disturb(r); err != nil {
				e.Errorf("beside the walk: %v", err)
				return
			}
		}
	})
	defer wg.Wait()
	defer close(stop)
	for range 5 {
		walk()
	}
}

func ids(ds []store.Document) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.ID)
	}
	return out
}
