package casework_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/licence"
)

// seedPlans compiles the items the city starts with.
func seedPlans(t testing.TB) []*plan.Plan {
	t.Helper()
	var plans []*plan.Plan
	tree := os.DirFS("../../seeds/items")
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		raw, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		def, doc, found := item.Decode(raw, name)
		if def == nil {
			t.Fatal(found)
		}
		p, found := plan.Compile(def, doc, dict())
		if p == nil {
			t.Fatal(found)
		}
		plans = append(plans, p)
		return nil
	})
	if err != nil || len(plans) == 0 {
		t.Fatal("no items", err)
	}
	return plans
}

// TestSeedItems takes every example of every real item to a window: opens it as a draft for its person, with the records the
// example states, fills in what the example has no word on, hands in on paper what is still needed, and carries the case
// through its offices to the end. An example about somebody who is not entitled, or not known to be, is skipped in so many
// words: an officer's reasons are not for a test to make up.
func TestSeedItems(t *testing.T) {
	plans := seedPlans(t)
	items, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, p := range plans {
		t.Run(p.Definition().Code, func(t *testing.T) {
			done := 0
			for _, x := range p.Definition().Examples {
				t.Run(x.Name, func(t *testing.T) {
					v := wholeWay(t, items, p, x)
					done++
					followed += len(v.Gaps)
				})
			}
			if done == 0 {
				t.Error("no example could be carried through")
			}
			t.Logf("%d of %d examples were carried through to the decision", done, len(p.Definition().Examples))
		})
	}
	if followed == 0 {
		t.Error("no example had a material that may follow")
	}
}

// wholeWay carries one example through, or skips it.
func wholeWay(t *testing.T, items casework.Items, p *plan.Plan, x item.Example) casework.CaseView {
	def := p.Definition()
	if v := x.Expect.Verdict; v != "" && v != "met" {
		t.Skipf("expects %s: nothing to grant", v)
	}
	if len(x.Expect.Errors) > 0 {
		t.Skipf("expects the errors %v: nothing to hand in", x.Expect.Errors)
	}
	given, found := suite.ReadGiven(x.Given, suite.Parties(def))
	if len(found) > 0 {
		t.Fatal(found)
	}
	parties := map[string]map[string]json.RawMessage{}
	if err := json.Unmarshal(given.Answers, &parties); err != nil {
		t.Fatal(err)
	}
	who := identity(parties[applicantGroup])
	if who.IsZero() {
		who = middleAged // an example that names nobody holds for somebody in particular as well, or says so below
	}
	c := open(t, items)
	ctx := t.Context()
	c.moveTo(x.At, "09:30")
	c.register(given, parties)
	at := windowFor(def, given, p.Evaluate(given.Input(x.At)).Route.Jurisdiction)

	request := casework.OpenDraft{ID: c.newID(), Item: def.Code, IDType: who.IDType, IDNumber: who.IDNumber, Purpose: "办理" + def.Name.Zh}
	d, err := c.OpenDraft(ctx, at, request)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = c.SaveDraft(ctx, at, d.ID, d.Revision, given.Answers); err != nil {
		t.Fatal(err)
	}
	for m := range given.Provided {
		if d, err = c.SetPaper(ctx, at, d.ID, m, true); err != nil {
			t.Fatal(err)
		}
	}
	v := c.submitted(at, d, parties)
	if got := v.Outcome.Eligibility.Verdict; got != plan.Met {
		if x.Expect.Verdict != "met" {
			t.Skipf("is about something else, and comes to %s", got)
		}
		t.Skipf("is met, but not with what was filled in: %s", got)
	}
	if len(x.Expect.Offices) > 0 {
		var offices []string
		for _, st := range v.Route {
			offices = append(offices, st.Office)
		}
		if !slices.Equal(offices, x.Expect.Offices) {
			t.Errorf("offices %v, want %v", offices, x.Expect.Offices)
		}
	}
	for step := 0; v.Phase == "received" || v.Phase == "review"; step++ {
		if step > 10 {
			t.Fatalf("the case runs in a circle: %+v", v.Route)
		}
		by := casework.Actor{Account: "at-" + v.Office, Name: "经办", Roles: []string{"officer"}, Office: v.Office}
		seen, err := c.Case(ctx, by, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		switch kind := seen.Actions[0]; kind {
		case "supply-tolerated":
			if seen.Route[len(seen.Route)-1].State == "current" && !slices.Contains(seen.Actions, "begin") {
				_, err := c.act(by, seen, casework.Action{Kind: "grant"})
				wantCode(t, err, fault.Conflict, "case.gaps-open")
			}
			var missing []string
			for _, g := range seen.Gaps {
				missing = append(missing, g.Material)
			}
			if v, err = c.act(at, seen, casework.Action{Kind: kind, Materials: missing}); err != nil {
				t.Fatal(err)
			}
		case "accept":
			if v, err = c.act(by, seen, casework.Action{Kind: kind}); fault.CodeOf(err) == "case.calendar-missing" {
				t.Skipf("nobody knows yet which days are off: %v", err)
			} else if err != nil {
				t.Fatal(err)
			}
			if v.Clock.PromisedDue != v.Outcome.Limit.Promised.Due || v.Clock.PromisedDue == "" {
				t.Errorf("the clock says %s, the outcome %s", v.Clock.PromisedDue, v.Outcome.Limit.Promised.Due)
			}
			if d := document(v, "acceptance"); d == nil || len(d.Text) < 3 || !strings.Contains(d.Number, "〔"+x.At[:4]+"〕1号") {
				t.Errorf("notice of acceptance %+v", d)
			}
			if x.Expect.Promised != "" && v.Clock.PromisedDue != x.Expect.Promised {
				t.Errorf("promised for %s, want %s", v.Clock.PromisedDue, x.Expect.Promised)
			}
		case "begin":
			v = c.conducted(by, seen)
		default:
			v = c.mustAct(by, seen, kind)
		}
	}
	if v.Delivery != nil {
		if v.Office == "" || v.Due != v.Delivery.Due || v.Due == "" {
			t.Errorf("granted, at %q until %s, %+v", v.Office, v.Due, v.Delivery)
		}
		if v, err = c.act(at, v, casework.Action{Kind: "deliver", How: "window", Receiver: "本人"}); err != nil {
			t.Fatal(err)
		}
	}
	if v.Office != "" || len(v.Actions) > 0 {
		t.Errorf("at the end at %q: %v", v.Office, v.Actions)
	}
	if v.Phase != "granted" || v.Outcome.Eligibility.Verdict != plan.Met {
		t.Errorf("ended as %s, %s", v.Phase, v.Outcome.Eligibility.Verdict)
	}
	replays(t, c, items, v)
	if _, err := c.Receipt(ctx, at, v.ID); err != nil {
		t.Error(err)
	}
	progress, err := c.Progress(ctx, v.Number, who.IDNumber)
	if err != nil || progress.Phase != "granted" {
		t.Errorf("progress %s, %v", progress.Phase, err)
	}
	return v
}

// conducted carries out the first required procedure that the case still needs: an inquiry is concluded the next day, a
// publicity by the platform when it had its days.
func (c *city) conducted(by casework.Actor, v casework.CaseView) casework.CaseView {
	c.t.Helper()
	i := slices.IndexFunc(v.Procedures, func(p casework.ProcedureView) bool {
		return p.Need == "required" && p.State == "open" && slices.Contains(p.Actions, "begin")
	})
	if i < 0 {
		c.t.Fatalf("nothing required may begin: %+v", v.Procedures)
	}
	p := v.Procedures[i]
	begin := casework.Action{Kind: "begin", Procedure: p.Key, Text: "依法办理"}
	if p.Term == nil {
		begin.Until = c.day(10)
	}
	v, err := c.act(by, v, begin)
	if err != nil {
		c.t.Fatal(err)
	}
	run := v.Procedures[i].Runs[0]
	kind := map[string]string{"inquiry": "inquiry", "publicity": "publicity"}[p.Kind]
	if p.Suspends && p.Kind == "inquiry" {
		kind = "suspension"
	}
	if d := document(v, kind); d == nil || (v.Clock.Paused != nil) != p.Suspends || p.Kind == "publicity" && (d.To != "" || len(d.Shows) == 0) {
		c.t.Errorf("%s: document %+v, paused %+v", p.Key, d, v.Clock.Paused)
	}
	if p.Kind == "publicity" {
		c.moveTo(run.Until, "23:59")
		c.moveTo(c.day(1), "00:10")
		if _, err := c.Sweep(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
		v, err = c.Case(c.t.Context(), by, v.ID)
	} else {
		c.moveTo(c.day(1), "10:00")
		v, err = c.act(by, v, casework.Action{Kind: "conclude", Procedure: p.Key, Text: "已查明"})
	}
	if err != nil || v.Procedures[i].State != "done" || v.Clock.Paused != nil {
		c.t.Fatalf("%s: %+v, %v", p.Key, v.Procedures[i], err)
	}
	return v
}

// day is the civil date some days from now.
func (c *city) day(n int) string {
	return c.now().In(time.FixedZone("CST", 8*60*60)).AddDate(0, 0, n).Format(time.DateOnly)
}

// document finds the newest document of a kind.
func document(v casework.CaseView, kind string) *casework.DocumentView {
	for _, d := range slices.Backward(v.Documents) {
		if d.Kind == kind {
			return &d
		}
	}
	return nil
}

const applicantGroup = "applicant"

// middleAged is somebody whom no rule about age has in mind.
var middleAged = func() licence.Person {
	id, err := ident.NewID("510499", calendar.Must(1984, 5, 5), 101)
	if err != nil {
		panic(err)
	}
	return licence.Person{IDType: "resident-id", IDNumber: id}
}()

func identity(members map[string]json.RawMessage) licence.Person {
	var p licence.Person
	_ = json.Unmarshal(members["id_type"], &p.IDType)
	_ = json.Unmarshal(members["id_number"], &p.IDNumber)
	if p.IDType == "" {
		p.IDType = "resident-id"
	}
	return p
}

// windowFor is a clerk where the example takes place: at the window of the division it states, inside the scope of the item,
// or at any.
func windowFor(def *item.Definition, given suite.Given, jurisdiction string) casework.Actor {
	place := given.Case.Division
	if place == "" && (def.Scope == item.ScopeStreet || def.Scope == item.ScopeCounty) {
		place = jurisdiction
	}
	for _, l := range []dictionary.Level{dictionary.LevelCommunity, dictionary.LevelStreet, dictionary.LevelCounty} {
		if o, ok := dict().Competent(place, l, ""); ok {
			return casework.Actor{Account: "a-there", Name: "当地窗口", Roles: []string{"clerk"}, Office: o.Key}
		}
	}
	return clerk
}

// register puts on record what an example takes from registers and licences.
func (c *city) register(given suite.Given, parties map[string]map[string]json.RawMessage) {
	c.t.Helper()
	var people []licence.Resident
	var cards []licence.Record
	for group, r := range given.Registers {
		if who := identity(parties[group]); !who.IsZero() {
			people = append(people, licence.Resident{Person: who, Values: r.Values, AsOf: r.AsOf})
		}
	}
	for group, types := range given.Licences {
		who := identity(parties[group])
		if who.IsZero() {
			continue
		}
		for typ, l := range types {
			if l != nil {
				cards = append(cards, licence.Record{Identifier: group + "-" + typ + l.Identifier, Type: typ, Number: l.Number, Holder: who,
					IssuedOn: l.IssuedOn, ValidTo: l.ValidTo, Status: licence.Valid, Face: l.Face})
			}
		}
	}
	if err := licence.NewLibrary(c.store, c.now, c.ids).Import(c.t.Context(), people, cards); err != nil {
		c.t.Fatal(err)
	}
}

// submitted hands in a draft, filling in and taking on paper what is still missing, as a clerk would who is told each time.
// What has no obvious answer skips the test.
func (c *city) submitted(at casework.Actor, d casework.DraftView, answers map[string]map[string]json.RawMessage) casework.CaseView {
	c.t.Helper()
	ctx := c.t.Context()
	for range 8 {
		v, err := c.Submit(ctx, at, d.ID)
		if err == nil {
			return v
		}
		if fault.CodeOf(err) == "case.calendar-missing" {
			c.t.Skipf("nobody knows yet which days are off: %v", err)
		}
		var why *casework.NotReadyError
		if !errors.As(err, &why) {
			c.t.Fatal(err)
		}
		if d, err = c.Draft(ctx, at, d.ID); err != nil {
			c.t.Fatal(err)
		}
		for _, p := range why.Problems {
			switch p.Code {
			case "material.required", "material.one-of":
				if d, err = c.SetPaper(ctx, at, d.ID, p.Path, true); err != nil {
					c.t.Fatal(err)
				}
			case "answer.required":
				group, key, _ := strings.Cut(p.Path, ".")
				value := anyAnswer(field(d, p.Path), d.Outcome)
				if value == nil {
					c.t.Skipf("not a whole application, and no obvious answer to %s", p.Path)
				}
				if answers[group] == nil {
					answers[group] = map[string]json.RawMessage{}
				}
				answers[group][key] = value
			default:
				c.t.Skipf("not a whole application: %s at %s: %s", p.Code, p.Path, p.Text.En)
			}
		}
		raw, err := json.Marshal(answers)
		if err != nil {
			c.t.Fatal(err)
		}
		if d, err = c.SaveDraft(ctx, at, d.ID, d.Revision, raw); err != nil {
			c.t.Fatal(err)
		}
	}
	c.t.Fatalf("never ready: %+v %+v", d.Outcome.Todo, d.Outcome.Problems)
	return casework.CaseView{}
}

func field(d casework.DraftView, path string) plan.Field {
	for _, s := range d.Outcome.Sections {
		for _, f := range s.Fields {
			if f.Path == path {
				return f
			}
		}
	}
	return plan.Field{}
}

// anyAnswer is an answer that says nothing in particular; nil if a field has none.
func anyAnswer(f plan.Field, out plan.Outcome) json.RawMessage {
	switch f.Widget {
	case "text", "longtext":
		return quote("示例内容")
	case "phone":
		return quote("19900000099")
	case "bankcard":
		no, err := ident.NewBankCard("622202490000000099")
		if err != nil {
			panic(err)
		}
		return quote(no)
	case "division":
		return quote(cmp.Or(out.Route.Jurisdiction, "510411100"))
	case "date":
		return quote(out.Date)
	case "choice":
		if len(f.Choices) > 0 {
			raw, err := json.Marshal(f.Choices[0].Value)
			if err != nil {
				panic(err)
			}
			return raw
		}
	case "boolean":
		return json.RawMessage("false")
	case "number", "money":
		var bounds struct{ Minimum json.Number }
		if err := json.Unmarshal(f.Schema, &bounds); err != nil {
			panic(err)
		}
		return json.RawMessage(cmp.Or(bounds.Minimum.String(), "0"))
	}
	return nil
}

// replays evaluates again what the case was evaluated on: the record alone gives the same outcome, byte for byte.
func replays(t *testing.T, c *city, items casework.Items, v casework.CaseView) {
	t.Helper()
	_, log, err := c.store.Case(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	var in plan.Input
	for _, e := range log {
		ev, err := casefile.Decode(e.Seq, e.At, e.Kind, e.Body)
		if err != nil {
			t.Fatal(err)
		}
		var want json.RawMessage
		switch b := ev.Body.(type) {
		case casefile.WasReceived:
			if err := json.Unmarshal(b.Input, &in); err != nil {
				t.Fatal(err)
			}
			want = b.Outcome
		case casefile.WasAccepted:
			in.Case.AcceptedOn = b.On
			want = b.Outcome
		case casefile.WasSuppliedTolerated:
			in.Provided = maps.Clone(in.Provided)
			for _, m := range b.Paper {
				in.Provided[m] = "paper"
			}
			want = b.Outcome
		default:
			continue
		}
		p, err := items.Pinned(v.ItemRef)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p.Evaluate(in)); err != nil {
			t.Fatal(err)
		}
		if got := bytes.TrimSpace(b.Bytes()); !bytes.Equal(got, want) {
			t.Errorf("%s: evaluated again\n%s\nrecorded\n%s", e.Kind, got, want)
		}
	}
}
