// Package storetest holds every driver of the store to the contract of its port: Run is the conformance suite, Checked a
// decorator that watches each call of any other test.
package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// Driver is what the suite needs of a driver.
type Driver struct {
	// Open opens a fresh, empty store and has t close it at the end.
	Open func(t testing.TB) store.Store
	// Reopen closes s, which Open or Reopen made, and opens another at the same place.
	Reopen func(t testing.TB, s store.Store) store.Store
	// Damage changes the kept content of a blob behind the back of s.
	Damage func(t testing.TB, s store.Store, blob string)
}

// Run runs the suite: a subtest for each promise, each on a store of its own, in parallel.
func Run(t *testing.T, d Driver) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"documents", documentTests},
		{"cases", caseTests},
		{"queues", queueTests},
		{"outbox", outboxTests},
		{"blobs", blobTests},
		{"calls", callTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, one := range group.tests {
				t.Run(one.name, func(t *testing.T) {
					t.Parallel()
					e := &env{TB: t, driver: d, ctx: t.Context()}
					e.use(d.Open(t))
					one.run(e)
				})
			}
		})
	}
}

// test is one promise and how it is tried.
type test struct {
	name string
	run  func(*env)
}

// env is what a test works with: a store of its own, watched by Checked.
type env struct {
	testing.TB
	store.Store
	driver Driver
	bare   store.Store
	ctx    context.Context
}

func (e *env) use(s store.Store) { e.bare, e.Store = s, Checked(e.TB, s) }

func (e *env) reopen() { e.use(e.driver.Reopen(e.TB, e.bare)) }

// ok ends the test unless err is nil.
func (e *env) ok(err error) {
	e.Helper()
	if err != nil {
		e.Fatalf("unexpected error: %v", err)
	}
}

// refused ends the test unless err is a fault of the kind.
func (e *env) refused(err error, kind fault.Kind) {
	e.Helper()
	if got := fault.KindOf(err); got != kind {
		e.Fatalf("error %v: kind %q, want %q", err, got, kind)
	}
}

// same ends the test unless got equals want.
func (e *env) same(got, want any) {
	e.Helper()
	if !reflect.DeepEqual(got, want) {
		e.Fatalf("got  %s\nwant %s", show(got), show(want))
	}
}

// show prints a value so that bodies can be read, and shortened so that big ones do not fill the screen.
func show(v any) string {
	raw, err := json.Marshal(v)
	if err != nil || len(raw) == 0 {
		return fmt.Sprintf("%+v", v)
	}
	if len(raw) > 2000 {
		return string(raw[:2000]) + "…"
	}
	return string(raw)
}

// put creates or changes a document.
func (e *env) put(d store.Document) store.Document {
	e.Helper()
	d, err := e.Put(e.ctx, d)
	e.ok(err)
	return d
}

// commit writes a change of a case.
func (e *env) commit(c store.Commit) store.Envelope {
	e.Helper()
	v, err := e.Commit(e.ctx, c)
	e.ok(err)
	return v
}

// together runs do n times at once and waits for all.
func together(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// noon is a time with everything in it that a store keeps.
var noon = time.Date(2026, 3, 1, 12, 34, 56, 789_000_000, time.UTC)

// doc is a small document.
func doc(id string) store.Document {
	return store.Document{Collection: "papers", ID: id, Body: json.RawMessage(`{"n":1}`), Updated: noon}
}

// opening is the first commit of a case.
func opening(id string) store.Commit {
	return store.Commit{
		Envelope: store.Envelope{
			ID: id, Number: "N-" + id, Item: "512B0003600037", Version: 3, State: "received", Subject: "person", Office: "street",
			Received: "window", Assignee: "li", Due: "2026-03-13", Created: noon, Updated: noon, Title: json.RawMessage(`{"zh":"老人补贴"}`),
		},
		Events: []store.Event{{At: noon, Kind: "received", Body: json.RawMessage(`{"by":"王"}`)}},
	}
}

// texts are JSON texts that a careless store would not give back byte for byte.
func texts() map[string]json.RawMessage {
	deep := func(n int, open, close string) string {
		var b []byte
		for range n {
			b = append(b, open...)
		}
		b = append(b, '1')
		for range n {
			b = append(b, close...)
		}
		return string(b)
	}
	long := make([]byte, 1<<20)
	for i := range long {
		long[i] = "abcdefghij"[i%10]
	}
	all := map[string]string{
		"chinese":         `{"姓名":"欧阳娜娜","地址":"攀枝花市仁和区仁和镇"}`,
		"four bytes":      `{"name":"𠮷田😀","𡈽":"𪚥"}`,
		"escapes":         `{"a":"\u0000\u001f\ud800\"\\\/","b":"\u4e2d"}`,
		"separators":      "{\"a\":\"\u2028\u2029\ufeff\u200b\"}",
		"html":            `{"a":"<script>&amp;</script>'\""}`,
		"int64":           `{"min":-9223372036854775808,"max":9223372036854775807,"over":18446744073709551616}`,
		"numbers":         `[0.1,1e400,-0,1.10,1E+2,123456789012345678901234567890.123456789]`,
		"key order":       `{"z":1,"a":2,"m":3,"A":4,"10":5,"9":6}`,
		"repeated key":    `{"a":1,"a":2}`,
		"white space":     " {\n\t\"a\" :  1 ,\r\n \"b\":[ ] }\n ",
		"deep lists":      deep(5000, "[", "]"),
		"deep objects":    deep(2000, `{"a":`, "}"),
		"mongo operators": `{"$set":{"a.b":1},"":{"$oid":"x"},"_id":1,"__proto__":{}}`,
		"string":          `"text"`,
		"number":          `42`,
		"null":            `null`,
		"false":           `false`,
		"long":            `"` + string(long) + `"`,
	}
	out := make(map[string]json.RawMessage, len(all))
	for name, s := range all {
		out[name] = json.RawMessage(s)
	}
	return out
}

// words are strings that a careless index or collation would mix up.
var words = []string{
	"a", "A", "á", "ａ", "a ", " a", "a.b", "a/b", "a,b", "$a", "%", "_", "'", `"`, "\\", "10", "9", "010", "null", "中", "中文", "一", "𠮷", "😀", "\u200b",
	"e\u0301", "\u00e9", "é́", "~", "\x01", "\n",
}
