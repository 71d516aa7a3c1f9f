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

var caseTests = []test{
	{"a case comes back as written", func(e *env) {
		c := opening("x")
		c.Envelope.Revision = 77
		c.Envelope.Created = time.Date(2026, 3, 1, 20, 34, 56, 789_999_999, time.FixedZone("CST", 8*3600))
		c.Events[0].At = c.Envelope.Created
		w := e.commit(c)
		want := opening("x").Envelope
		want.Revision = 1
		e.same(w, want)
		got, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got, want)
		e.same(events, []store.Event{{Seq: 1, At: noon, Kind: "received", Body: json.RawMessage(`{"by":"王"}`)}})
		got, err = e.CaseByNumber(e.ctx, "N-x")
		e.ok(err)
		e.same(got, want)
	}},
	{"an envelope with nothing in it", func(e *env) {
		e.commit(store.Commit{Envelope: store.Envelope{ID: "x", Number: "1"}})
		got, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got, store.Envelope{ID: "x", Number: "1", Revision: 1})
		e.same(events, []store.Event(nil))
	}},
	{"every part of an envelope can change but its ID and number", func(e *env) {
		e.commit(opening("x"))
		want := store.Envelope{
			ID: "x", Number: "N-x", Item: "i", Version: -1 << 31, State: "s", Subject: "p", Office: "o", Received: "r", Assignee: "a",
			Due: "", Created: noon.Add(1e6), Updated: noon.Add(2e6), Closed: true,
		}
		want.Revision = 2
		e.same(e.commit(store.Commit{Envelope: want, Expect: 1}), want)
		got, _, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got, want)
		want.Number = "N-y"
		_, err = e.Commit(e.ctx, store.Commit{Envelope: want, Expect: 2})
		e.refused(err, fault.Invalid)
		got, err = e.CaseByNumber(e.ctx, "N-x")
		e.ok(err)
		e.same(got.Revision, int64(2))
		_, err = e.CaseByNumber(e.ctx, "N-y")
		e.refused(err, fault.NotFound)
	}},
	{"no case", func(e *env) {
		_, _, err := e.Case(e.ctx, "x")
		e.refused(err, fault.NotFound)
		_, err = e.CaseByNumber(e.ctx, "x")
		e.refused(err, fault.NotFound)
		late := opening("x")
		late.Expect = 1
		_, err = e.Commit(e.ctx, late)
		e.refused(err, fault.Conflict)
	}},
	{"creating twice conflicts and changes nothing", func(e *env) {
		e.commit(opening("x"))
		again := opening("x")
		again.Envelope.Number, again.Envelope.State = "N-other", "changed"
		again.Effects = []store.Effect{{ID: "x/again", Kind: "k", Due: noon}}
		_, err := e.Commit(e.ctx, again)
		e.refused(err, fault.Conflict)
		taken := opening("y")
		taken.Envelope.Number = "N-x"
		taken.Effects = []store.Effect{{ID: "y/1", Kind: "k", Due: noon}}
		_, err = e.Commit(e.ctx, taken)
		e.refused(err, fault.Conflict)
		_, _, err = e.Case(e.ctx, "y")
		e.refused(err, fault.NotFound)
		_, err = e.CaseByNumber(e.ctx, "N-other")
		e.refused(err, fault.NotFound)
		got, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got.State, "received")
		e.same(len(events), 1)
		e.same(len(e.claim("w", noon, 10)), 0)
	}},
	{"of many creators of an ID or a number one wins", func(e *env) {
		for round := range 5 {
			var mu sync.Mutex
			var won []store.Envelope
			together(16, func(i int) {
				c := opening(fmt.Sprintf("case-%d", round))
				if i%2 == 0 { // half of them fight for the number only
					c.Envelope.ID = fmt.Sprintf("case-%d-%d", round, i)
				}
				c.Envelope.Number = fmt.Sprintf("number-%d", round)
				w, err := e.Commit(e.ctx, c)
				if err != nil {
					if fault.KindOf(err) != fault.Conflict {
						e.Errorf("creator %d: %v", i, err)
					}
					return
				}
				mu.Lock()
				defer mu.Unlock()
				won = append(won, w)
			})
			if len(won) != 1 {
				e.Fatalf("%d creators won", len(won))
			}
			got, err := e.CaseByNumber(e.ctx, fmt.Sprintf("number-%d", round))
			e.ok(err)
			e.same(got, won[0])
		}
	}},
	{"of sixteen appenders exactly one wins each revision", func(e *env) {
		e.commit(opening("x"))
		const rounds = 15
		winners := []string{"received"}
		for revision := int64(1); revision <= rounds; revision++ {
			var mu sync.Mutex
			var won []string
			together(16, func(i int) {
				c := opening("x")
				c.Expect, c.Envelope.Assignee = revision, fmt.Sprint(i)
				c.Events = []store.Event{{At: noon, Kind: fmt.Sprintf("round-%d-by-%d", revision, i)}}
				c.Effects = []store.Effect{{ID: "x/" + c.Events[0].Kind, Kind: "k", Due: noon}}
				w, err := e.Commit(e.ctx, c)
				if err != nil {
					if fault.KindOf(err) != fault.Conflict {
						e.Errorf("appender %d: %v", i, err)
					}
					return
				}
				if w.Assignee != fmt.Sprint(i) {
					e.Errorf("appender %d was answered with the envelope of %s", i, w.Assignee)
				}
				mu.Lock()
				defer mu.Unlock()
				won = append(won, c.Events[0].Kind)
			})
			if len(won) != 1 {
				e.Fatalf("revision %d has %d winners", revision, len(won))
			}
			winners = append(winners, won[0])
		}
		got, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got.Revision, int64(rounds+1))
		var kinds, effects []string
		for _, v := range events {
			kinds = append(kinds, v.Kind)
		}
		e.same(kinds, winners)
		for _, f := range e.claim("w", noon, 100) {
			effects = append(effects, strings.TrimPrefix(f.ID, "x/"))
		}
		e.same(slices.Sorted(slices.Values(effects)), slices.Sorted(slices.Values(winners[1:])))
	}},
	{"a commit of another revision conflicts", func(e *env) {
		e.commit(opening("x"))
		for _, revision := range []int64{0, 2, 3, 1 << 60} {
			c := opening("x")
			c.Expect = revision
			_, err := e.Commit(e.ctx, c)
			e.refused(err, fault.Conflict)
		}
		// What was answered before repeats as a conflict: that makes a repetition safe.
		next := opening("x")
		next.Expect = 1
		e.commit(next)
		_, err := e.Commit(e.ctx, next)
		e.refused(err, fault.Conflict)
		_, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(len(events), 2)
	}},
	{"events are numbered from 1 without gaps", func(e *env) {
		c := opening("x")
		c.Events = []store.Event{{Seq: 1, At: noon, Kind: "a"}, {At: noon, Kind: "b"}, {Seq: 3, At: noon, Kind: "c"}}
		e.commit(c)
		e.commit(store.Commit{Envelope: c.Envelope, Expect: 1})
		c.Expect = 2
		for _, seq := range []int64{-1, 1, 3, 5} {
			c.Events = []store.Event{{Seq: seq, At: noon, Kind: "d"}}
			_, err := e.Commit(e.ctx, c)
			e.refused(err, fault.Invalid)
		}
		c.Events = []store.Event{{At: noon, Kind: "d"}, {Seq: 6, At: noon, Kind: "e"}}
		_, err := e.Commit(e.ctx, c)
		e.refused(err, fault.Invalid)
		c.Events[1].Seq = 5
		e.commit(c)
		_, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		var kinds strings.Builder
		for _, v := range events {
			kinds.WriteString(v.Kind)
		}
		e.same(kinds.String(), "abcde")
	}},
	{"JSON and strings of a case come back byte for byte", func(e *env) {
		n := 0
		for name, body := range texts() {
			n++
			c := store.Commit{
				Envelope: store.Envelope{ID: name, Number: name, Title: body},
				Events:   []store.Event{{At: noon, Kind: "k", Body: body}, {At: noon, Kind: "k"}},
				Effects:  []store.Effect{{ID: name, Kind: "k", Due: noon, Body: body}},
			}
			e.commit(c)
			got, events, err := e.Case(e.ctx, name)
			e.ok(err)
			if !bytes.Equal(got.Title, body) || !bytes.Equal(events[0].Body, body) || events[1].Body != nil {
				e.Errorf("%s came back changed", name)
			}
		}
		claimed := e.claim("w", noon, 100)
		e.same(len(claimed), n)
		for _, f := range claimed {
			if !bytes.Equal(f.Body, texts()[f.ID]) {
				e.Errorf("the effect with %s came back changed", f.ID)
			}
		}
		for _, w := range words {
			want := store.Envelope{
				ID: "id " + w, Number: "number " + w, Item: w, State: w, Subject: w, Office: w, Received: w, Assignee: w, Revision: 1,
			}
			e.same(e.commit(store.Commit{Envelope: want, Events: []store.Event{{Kind: w}}}), want)
			got, events, err := e.Case(e.ctx, want.ID)
			e.ok(err)
			e.same(got, want)
			e.same(events[0].Kind, w)
			got, err = e.CaseByNumber(e.ctx, want.Number)
			e.ok(err)
			e.same(got, want)
			page, _, err := e.Queue(e.ctx, store.QueueQuery{Office: w, Limit: 5})
			e.ok(err)
			e.same(page, []store.Envelope{want})
		}
	}},
	{"a case is read as of one moment", func(e *env) {
		e.commit(store.Commit{Envelope: store.Envelope{ID: "x", Number: "1", Assignee: "1"}, Events: []store.Event{{Kind: "a"}, {Kind: "b"}}})
		revision := int64(1)
		e.meanwhile(func(*rand.Rand) error {
			next := store.Envelope{ID: "x", Number: "1", Assignee: fmt.Sprint(revision + 1)}
			_, err := e.Commit(e.ctx, store.Commit{Envelope: next, Expect: revision, Events: []store.Event{{Kind: "a"}, {Kind: "b"}}})
			revision++
			return err
		}, func() {
			together(2, func(int) {
				// Reads enough to fall between the parts of a commit, if there are such.
				for first, last := int64(0), int64(0); last < first+8; {
					got, events, err := e.Case(e.ctx, "x")
					if err != nil {
						e.Errorf("Case: %v", err)
						return
					}
					if int64(len(events)) != 2*got.Revision || got.Assignee != fmt.Sprint(got.Revision) {
						e.Errorf("revision %d, assignee %s, %d events", got.Revision, got.Assignee, len(events))
						return
					}
					if first == 0 {
						first = got.Revision
					}
					last = got.Revision
				}
			})
		})
	}},
	{"what is passed in is not changed, what is returned is not shared", func(e *env) {
		c := opening("x")
		c.Effects = []store.Effect{{ID: "x/1", Kind: "k", Due: noon, Body: json.RawMessage(`{"n":1}`)}}
		written := e.commit(c)
		e.same(c.Events, opening("x").Events) // Seq is not filled in there
		e.same(c.Envelope, opening("x").Envelope)
		read, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		for _, raw := range []json.RawMessage{c.Envelope.Title, c.Events[0].Body, c.Effects[0].Body, read.Title, events[0].Body} {
			copy(raw, "[[[[")
		}
		want := opening("x").Envelope
		want.Revision = 1
		e.same(written, want)
		read, events, err = e.Case(e.ctx, "x")
		e.ok(err)
		e.same(read, want)
		e.same(events[0].Body, opening("x").Events[0].Body)
		e.same(string(e.claim("w", noon, 1)[0].Body), `{"n":1}`)
	}},
	{"limits and forms", func(e *env) {
		long := strings.Repeat("x", store.MaxText)
		for name, change := range map[string]func(*store.Commit){
			"no id":             func(c *store.Commit) { c.Envelope.ID = "" },
			"long id":           func(c *store.Commit) { c.Envelope.ID = long + "x" },
			"no number":         func(c *store.Commit) { c.Envelope.Number = "" },
			"office with NUL":   func(c *store.Commit) { c.Envelope.Office = "\x00" },
			"state not UTF-8":   func(c *store.Commit) { c.Envelope.State = "\xff" },
			"long subject":      func(c *store.Commit) { c.Envelope.Subject = long + "x" },
			"due no date":       func(c *store.Commit) { c.Envelope.Due = "soon" },
			"title no JSON":     func(c *store.Commit) { c.Envelope.Title = json.RawMessage("{") },
			"created too early": func(c *store.Commit) { c.Envelope.Created = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC) },
			"negative revision": func(c *store.Commit) { c.Expect = -1 },
			"event of no kind":  func(c *store.Commit) { c.Events[0].Kind = "" },
			"event no JSON":     func(c *store.Commit) { c.Events[0].Body = json.RawMessage("'") },
			"too many events":   func(c *store.Commit) { c.Events = make([]store.Event, store.MaxCommit+1) },
			"effect of no id":   func(c *store.Commit) { c.Effects = []store.Effect{{Kind: "k"}} },
			"effect of no kind": func(c *store.Commit) { c.Effects = []store.Effect{{ID: "x"}} },
			"effect no JSON":    func(c *store.Commit) { c.Effects = []store.Effect{{ID: "x", Kind: "k", Body: json.RawMessage("x")}} },
			"too many effects":  func(c *store.Commit) { c.Effects = make([]store.Effect, store.MaxCommit+1) },
			"too large": func(c *store.Commit) {
				half := json.RawMessage(`"` + strings.Repeat("x", store.MaxBody/2) + `"`)
				c.Events[0].Body, c.Effects = half, []store.Effect{{ID: "x", Kind: "k", Body: half}}
			},
		} {
			c := opening("bad")
			change(&c)
			if _, err := e.Commit(e.ctx, c); fault.KindOf(err) != fault.Invalid {
				e.Errorf("%s: %v", name, err)
			}
		}
		_, _, err := e.Case(e.ctx, "bad")
		e.refused(err, fault.NotFound)
		_, _, err = e.Case(e.ctx, "")
		e.refused(err, fault.Invalid)
		_, err = e.CaseByNumber(e.ctx, long+"x")
		e.refused(err, fault.Invalid)

		many := opening(long)
		many.Envelope.Number = long
		many.Events = slices.Repeat(many.Events, store.MaxCommit)
		e.commit(many)
		_, events, err := e.Case(e.ctx, long)
		e.ok(err)
		e.same(len(events), store.MaxCommit)
	}},
	{"a case does not outgrow its bound", func(e *env) {
		c := store.Commit{Envelope: store.Envelope{ID: "x", Number: "1"}, Events: []store.Event{{Kind: "k"}}}
		body := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n-2) + `"`) }
		empty := c.Size()
		c.Events[0].Body = body(store.MaxBody - empty)
		for range store.MaxCase/store.MaxBody - 1 {
			c.Expect = e.commit(c).Revision
		}
		// Filled so far that not even an empty event fits: it lacks one byte.
		left := store.MaxCase - int(c.Expect)*c.Size() - empty
		c.Events[0].Body = body(left - empty + 1)
		c.Expect = e.commit(c).Revision
		c.Events[0].Body = nil
		_, err := e.Commit(e.ctx, c)
		e.refused(err, fault.Invalid)
		c.Events = nil
		e.commit(c)
		got, events, err := e.Case(e.ctx, "x")
		e.ok(err)
		e.same(got.Revision, c.Expect+1)
		e.same(int64(len(events)), c.Expect)
	}},
}

var queueTests = []test{
	{"cases come in due order, those without a date last", func(e *env) {
		for i, due := range []string{"2026-03-02", "", "2025-12-31", "2026-03-02", "", "9999-12-31", "0001-01-01"} {
			c := opening(fmt.Sprintf("%d", 9-i))
			c.Envelope.Due = due
			e.commit(c)
		}
		want := []string{"0001-01-01 3", "2025-12-31 7", "2026-03-02 6", "2026-03-02 9", "9999-12-31 4", " 5", " 8"}
		for _, q := range []store.QueueQuery{{Office: "street"}, {Received: "window"}, {Subject: "person"}} {
			for _, limit := range []int{1, 2, 3, 6, 7, 8, store.MaxQueuePage} {
				for _, open := range []bool{false, true} {
					q.Limit, q.Open = limit, open
					var got []string
					for _, v := range e.walkQueue(q) {
						got = append(got, v.Due+" "+v.ID)
					}
					e.same(got, want)
				}
			}
		}
	}},
	{"a queue holds its own cases, as they are now", func(e *env) {
		c := opening("x")
		other := opening("other")
		other.Envelope.Office, other.Envelope.Received, other.Envelope.Subject = "window", "street", "somebody"
		e.commit(other)
		want := e.commit(c)
		list := func(q store.QueueQuery) []store.Envelope {
			q.Limit = 10
			return e.walkQueue(q)
		}
		e.same(list(store.QueueQuery{Office: "street"}), []store.Envelope{want})
		e.same(list(store.QueueQuery{Received: "window"}), []store.Envelope{want})
		e.same(list(store.QueueQuery{Subject: "person"}), []store.Envelope{want})
		e.same(len(list(store.QueueQuery{Office: "nobody"})), 0)

		c.Expect, c.Envelope.Office, c.Envelope.Closed, c.Envelope.Due = 1, "", true, ""
		want = e.commit(c)
		e.same(len(list(store.QueueQuery{Office: "street"})), 0)
		e.same(list(store.QueueQuery{Received: "window"}), []store.Envelope{want})
		e.same(len(list(store.QueueQuery{Received: "window", Open: true})), 0)
		e.same(list(store.QueueQuery{Subject: "person"}), []store.Envelope{want})
		e.same(len(list(store.QueueQuery{Subject: "person", Open: true})), 0)

		// Closed, but still somebody's turn: the store does not judge.
		c.Expect, c.Envelope.Office = 2, "county"
		want = e.commit(c)
		e.same(list(store.QueueQuery{Office: "county"}), []store.Envelope{want})
		e.same(len(list(store.QueueQuery{Office: "county", Open: true})), 0)
		c.Expect, c.Envelope.Closed = 3, false
		want = e.commit(c)
		e.same(list(store.QueueQuery{Office: "county", Open: true}), []store.Envelope{want})
		e.same(list(store.QueueQuery{Received: "window", Open: true}), []store.Envelope{want})
	}},
	{"pages of equal dates lose and repeat nothing while others write", func(e *env) {
		const n = 90
		revision := map[string]int64{}
		due := func(i int) string { return []string{"2026-03-02", "2026-03-03", ""}[i%3] }
		for i := range n {
			c := opening(fmt.Sprintf("%03d", i))
			c.Envelope.Due = due(i)
			revision[c.Envelope.ID] = e.commit(c).Revision
		}
		e.meanwhile(func(r *rand.Rand) error {
			i := r.IntN(n)
			// A neighbour comes, or closes and leaves; one that stays changes its assignee.
			for id, leave := range map[string]bool{fmt.Sprintf("%03d-%d", i, r.IntN(2)): true, fmt.Sprintf("%03d", i): false} {
				c := opening(id)
				c.Envelope.Due = due(r.IntN(n))
				if !leave {
					c.Envelope.Due, c.Envelope.Assignee = due(i), fmt.Sprint(r.Int())
				}
				c.Expect = revision[id]
				if leave && c.Expect%2 == 1 {
					c.Envelope.Office, c.Envelope.Closed = "", true
				}
				w, err := e.Commit(e.ctx, c)
				if err != nil {
					return err
				}
				revision[id] = w.Revision
			}
			return nil
		}, func() {
			for _, q := range []store.QueueQuery{{Office: "street"}, {Received: "window", Open: true}, {Subject: "person"}} {
				q.Limit = 7
				var lasting []string
				for _, v := range e.walkQueue(q) {
					if !strings.Contains(v.ID, "-") {
						lasting = append(lasting, v.ID)
					}
				}
				listed := len(lasting)
				slices.Sort(lasting)
				if listed != n || len(slices.Compact(lasting)) != n {
					e.Errorf("%+v: a walk listed %d of %d", q, listed, n)
				}
			}
		})
	}},
	{"limits and forms", func(e *env) {
		e.commit(opening("x"))
		e.commit(opening("y"))
		_, cursor, err := e.Queue(e.ctx, store.QueueQuery{Office: "street", Limit: 1})
		e.ok(err)
		for _, q := range []store.QueueQuery{
			{Limit: 10},
			{Office: "street"},
			{Office: "street", Limit: -1},
			{Office: "street", Limit: store.MaxQueuePage + 1},
			{Office: "street", Received: "window", Limit: 10},
			{Office: "street", Subject: "person", Limit: 10},
			{Office: "\xff", Limit: 10},
			{Office: "street", Limit: 10, After: "x"},
			{Office: "street", Limit: 10, After: cursor[:len(cursor)-1] + "!"},
			{Office: "street", Limit: 10, After: "2026-03-13,x"},
		} {
			if _, _, err := e.Queue(e.ctx, q); fault.KindOf(err) != fault.Invalid {
				e.Errorf("%+v: %v", q, err)
			}
		}
		page, end, err := e.Queue(e.ctx, store.QueueQuery{Office: "street", Limit: 1, After: cursor})
		e.ok(err)
		e.same(len(page), 1)
		e.same(page[0].ID, "y")
		e.same(end, "")
	}},
}

// walkQueue reads all pages of a queue.
func (e *env) walkQueue(q store.QueueQuery) []store.Envelope {
	e.Helper()
	var all []store.Envelope
	for {
		page, next, err := e.Queue(e.ctx, q)
		e.ok(err)
		all = append(all, page...)
		if next == "" {
			return all
		}
		q.After = next
	}
}
