package casework_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/casework"
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

// TestSeedItems takes every example of every real item that is complete and met, opens it as a draft for its person,
// hands in on paper what is still needed, and carries the case through its offices to the end.
func TestSeedItems(t *testing.T) {
	plans := seedPlans(t)
	items, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans {
		done := 0
		for _, x := range p.Definition().Examples {
			if x.Expect.Verdict != "met" || len(x.Expect.Errors) > 0 {
				continue
			}
			t.Run(p.Definition().Code+"/"+x.Name, func(t *testing.T) {
				if wholeWay(t, items, p.Definition(), x) {
					done++
				}
			})
		}
		if done == 0 {
			t.Errorf("no example of %s could be carried through", p.Definition().Code)
		}
	}
}

// wholeWay carries one example through; false if it is not a whole application.
func wholeWay(t *testing.T, items casework.Items, def *item.Definition, x item.Example) bool {
	var given struct {
		Applicant struct {
			IDType   string `json:"id_type"`
			IDNumber string `json:"id_number"`
		} `json:"applicant"`
	}
	if err := json.Unmarshal(x.Given, &given); err != nil {
		t.Fatal(err)
	}
	if given.Applicant.IDNumber == "" {
		return false
	}
	c := open(t, items)
	ctx := t.Context()
	c.moveTo(x.At, "09:30")
	d, err := c.OpenDraft(ctx, clerk, casework.OpenDraft{ID: c.newID(), Item: def.Code, IDType: given.Applicant.IDType,
		IDNumber: given.Applicant.IDNumber, Purpose: "办理" + def.Name.Zh})
	if err != nil {
		t.Fatal(err)
	}
	// What an example is given besides answers (licences, materials) has no place in the answers.
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(x.Given, &tree); err != nil {
		t.Fatal(err)
	}
	for key := range tree {
		if key != "form" && !slices.ContainsFunc(def.Use, func(u string) bool { return strings.TrimSuffix(u, "?") == key }) {
			delete(tree, key)
		}
	}
	answers, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = c.SaveDraft(ctx, clerk, d.ID, d.Revision, answers); err != nil {
		t.Fatal(err)
	}
	for _, m := range d.Outcome.Materials {
		if m.Need == "required" && m.Satisfied == nil {
			if d, err = c.SetPaper(ctx, clerk, d.ID, m.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !d.Outcome.Ready {
		t.Logf("not a whole application: %+v %+v", d.Outcome.Todo, d.Outcome.Problems)
		return false
	}
	v, err := c.Submit(ctx, clerk, d.ID)
	if err != nil {
		t.Fatal(err)
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
		kind := seen.Actions[0]
		if v = c.mustAct(by, seen, kind); kind == "accept" {
			if v.Clock.PromisedDue != v.Outcome.Limit.Promised.Due || v.Clock.PromisedDue == "" {
				t.Errorf("the clock says %s, the outcome %s", v.Clock.PromisedDue, v.Outcome.Limit.Promised.Due)
			}
			if x.Expect.Promised != "" && v.Clock.PromisedDue != x.Expect.Promised {
				t.Errorf("promised for %s, want %s", v.Clock.PromisedDue, x.Expect.Promised)
			}
		}
	}
	if v.Phase != "granted" || v.Outcome.Eligibility.Verdict != plan.Met {
		t.Errorf("ended as %s, %s", v.Phase, v.Outcome.Eligibility.Verdict)
	}
	replays(t, c, items, v)
	if _, err := c.Receipt(ctx, clerk, v.ID); err != nil {
		t.Error(err)
	}
	p, err := c.Progress(ctx, v.Number, given.Applicant.IDNumber)
	if err != nil || p.Phase != "granted" {
		t.Errorf("progress %s, %v", p.Phase, err)
	}
	return true
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
