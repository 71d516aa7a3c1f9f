package casework_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/casework"
)

// TestScope: an item of street or county scope is taken only inside the street or county that has jurisdiction, here
// 510411100 in 510411; a wider one anywhere.
func TestScope(t *testing.T) {
	at := func(office string) casework.Actor {
		return casework.Actor{Account: "a-" + office, Name: "窗口", Roles: []string{"clerk"}, Office: office}
	}
	const elsewhere = "service-510402001901" // another county
	for _, x := range []struct {
		scope  item.Scope
		office string
		taken  bool
	}{
		{item.ScopeStreet, window, true}, {item.ScopeStreet, street, true}, {item.ScopeStreet, foreign, false}, {item.ScopeStreet, elsewhere, false},
		{item.ScopeCounty, window, true}, {item.ScopeCounty, foreign, true}, {item.ScopeCounty, elsewhere, false},
		{item.ScopeCity, elsewhere, true}, {item.ScopeProvince, elsewhere, true}, {item.ScopeNation, elsewhere, true},
	} {
		t.Run(string(x.scope)+" "+x.office, func(t *testing.T) {
			def := *(&allowance{}).Definition()
			def.Scope = x.scope
			c := open(t, mustCatalogue(t, &allowance{def: &def}))
			ctx, by := t.Context(), at(x.office)
			d, err := c.OpenDraft(ctx, by, c.request(3)) // a stranger: the jurisdiction is not known yet
			if err != nil || slices.ContainsFunc(d.Outcome.Problems, outOfScope) {
				t.Fatalf("said before it is known: %+v, %v", d.Outcome.Problems, err)
			}
			if d, err = c.OpenDraft(ctx, by, c.request(0)); err != nil {
				t.Fatal(err)
			}
			if got := slices.ContainsFunc(d.Outcome.Problems, outOfScope); got == x.taken {
				t.Errorf("shown at once: %v", got)
			}
			_, err = c.Submit(ctx, by, d.ID)
			if x.taken {
				wantCode(t, err, fault.Invalid, "case.not-ready") // only the form is not filled in
				return
			}
			wantCode(t, err, fault.Conflict, "case.out-of-scope")
			var f *fault.Error
			if !errors.As(err, &f) || f.Args["office"] != "仁和镇便民服务中心" || f.Args["phone"] == "" {
				t.Errorf("where to go: %v", f)
			}
			want := "攀枝花市仁和区"
			if x.scope == item.ScopeStreet {
				want += "仁和镇"
			}
			if f.Args["area"] != want {
				t.Errorf("taken in %q, want %q", f.Args["area"], want)
			}
		})
	}
}

func outOfScope(p plan.Problem) bool { return p.Code == "case.out-of-scope" && p.Text.Zh != "" }

// TestTakingIsNotDeciding (全市通办): who takes a case has no say in it, whatever their roles, unless their office is the
// competent one.
func TestTakingIsNotDeciding(t *testing.T) {
	c := open(t, nil)
	v, err := c.Submit(t.Context(), clerk, c.filled(0).ID)
	if err != nil {
		t.Fatal(err)
	}
	everything := casework.Actor{Account: "a-both", Name: "周主任", Roles: []string{"clerk", "officer", "supervisor"}, Office: window}
	for _, kind := range []string{"accept", "not-accept", "request-supplement"} {
		_, err := c.act(everything, v, casework.Action{Kind: kind, Text: "理由", Materials: []string{"photo"}})
		wantCode(t, err, fault.Forbidden, "case.wrong-office")
	}
	v = c.mustAct(officer, c.mustAct(officer, v, "accept"), "approve")
	for _, kind := range []string{"grant", "refuse", "return"} {
		_, err := c.act(everything, v, casework.Action{Kind: kind, Text: "理由", Legal: []string{"elderly-33"}})
		wantCode(t, err, fault.Forbidden, "case.wrong-office")
	}
	// The street's own window is at the competent office: there the same person may take and accept.
	both := everything
	both.Office = street
	d, err := c.OpenDraft(t.Context(), both, c.request(1))
	if err == nil {
		d, err = c.SaveDraft(t.Context(), both, d.ID, d.Revision, []byte(`{"form":{"reason":"age"}}`))
	}
	for _, m := range []string{"photo", "id-card"} {
		if err == nil {
			d, err = c.SetPaper(t.Context(), both, d.ID, m, true)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if v, err = c.Submit(t.Context(), both, d.ID); err != nil || v.Phase != "received" {
		t.Fatalf("receiving is not accepting, even here: %s, %v", v.Phase, err)
	}
	if v = c.mustAct(both, v, "accept"); v.Phase != "review" {
		t.Errorf("%s", v.Phase)
	}
}
