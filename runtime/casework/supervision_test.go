package casework_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/casework"
)

// TestSupervision: a supervisor reads the cases of their departments that any office inside their division has a part in, and
// acts on none.
func TestSupervision(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0) // civil affairs; received in a community of 仁和镇, accepted there, decided by the county
	over := func(office string) casework.Actor {
		return casework.Actor{Account: "s-" + office, Name: "督办", Roles: []string{"supervisor"}, Office: office}
	}
	for office, sees := range map[string]bool{
		"civil-affairs-510400":   true,  // the city's bureau of the same line
		"civil-affairs-510411":   true,  // the deciding office itself
		"civil-affairs-510402":   false, // another county's
		"public-security-510411": false, // the same county, another line
		"public-security-510400": false,
		street:                   true,
		window:                   true,
		foreign:                  false, // another street's window
		"nowhere":                false,
	} {
		seen, err := c.Case(ctx, over(office), v.ID)
		if got := err == nil; got != sees {
			t.Errorf("%s sees it: %v (%v)", office, got, err)
		}
		if !sees {
			wantCode(t, err, fault.NotFound, "case.not-found")
			continue
		}
		if len(seen.Actions) != 0 {
			t.Errorf("%s may %v", office, seen.Actions)
		}
		for _, kind := range []string{"accept", "withdraw", "supply-tolerated"} {
			if _, err := c.act(over(office), seen, casework.Action{Kind: kind}); err == nil {
				t.Errorf("%s did %s", office, kind)
			}
		}
	}
	city := over("civil-affairs-510400")
	if _, _, err := c.File(ctx, city, v.ID, v.Files[0].Hash); err != nil {
		t.Errorf("a file: %v", err)
	}
	if log := c.entries(0); !slices.Contains(log, "s-civil-affairs-510400 case 办理高龄津贴申领") {
		t.Errorf("access log %v", log)
	}
	plain := city
	plain.Roles = []string{"officer", "clerk"}
	if _, err := c.Case(ctx, plain, v.ID); fault.CodeOf(err) != "case.not-found" {
		t.Errorf("an officer above: %v", err)
	}

	page, err := c.Queue(ctx, city, casework.QueueFilter{Kind: "office"})
	if err != nil || len(page.Cases) != 0 {
		t.Fatalf("the bureau's own queue: %+v, %v", page.Cases, err)
	}
	offered := func(key string) bool {
		return slices.ContainsFunc(page.Offices, func(o casework.OfficeRef) bool { return o.Key == key && o.Name != "" })
	}
	if !offered(street) || !offered(county) || !offered(window) || offered("public-security-510411") || offered("civil-affairs-510400") {
		t.Errorf("offices offered: %v", page.Offices)
	}
	for _, x := range []struct{ kind, office string }{{"office", street}, {"received", window}} {
		page, err := c.Queue(ctx, city, casework.QueueFilter{Kind: x.kind, Office: x.office})
		if err != nil || !slices.Equal(ids(page), []string{v.ID}) || page.Cases[0].Applicant == "吉克·阿牛" {
			t.Errorf("%s of %s: %+v, %v", x.kind, x.office, page.Cases, err)
		}
	}
	for _, x := range []struct {
		by     casework.Actor
		office string
	}{{city, "public-security-510411"}, {over("civil-affairs-510402"), street}, {officer, county}, {clerk, foreign}} {
		kind := "office"
		if x.by.Account == clerk.Account {
			kind = "received"
		}
		_, err := c.Queue(ctx, x.by, casework.QueueFilter{Kind: kind, Office: x.office})
		wantCode(t, err, fault.Forbidden, "case.not-supervised")
	}
	// A window takes cases of all lines: of another line's, its list shows a supervisor nothing.
	def := *(&allowance{}).Definition()
	def.Authority = "public-security"
	police := c.node(mustCatalogue(t, &allowance{def: &def}), "node-2")
	if page, err := police.Queue(ctx, city, casework.QueueFilter{Kind: "received", Office: window}); err != nil || len(page.Cases) != 0 {
		t.Errorf("another line's cases: %+v, %v", page.Cases, err)
	}
	if page, err := c.Queue(ctx, officer, casework.QueueFilter{Kind: "office"}); err != nil || page.Offices != nil {
		t.Errorf("an officer is offered %v, %v", page.Offices, err)
	}
}

// TestEveryReaderIsLogged: who is shown a person's data by acting or typing leaves an entry as well as who opens the page.
func TestEveryReaderIsLogged(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	d := c.draft(0)
	last := 1                    // that of opening it
	entries := func() []string { // since the last look; those of one moment are in no order
		all := c.entries(0)
		fresh := all[last:]
		last = len(all)
		c.moveTo("2026-03-02", fmt.Sprintf("10:%02d", last))
		return slices.Sorted(slices.Values(fresh))
	}
	entries()
	for range 2 {
		var err error
		if d, err = c.SaveDraft(ctx, clerk, d.ID, d.Revision, []byte(`{"form":{"reason":"age"}}`)); err != nil {
			t.Fatal(err)
		}
	}
	if got := entries(); len(got) != 0 {
		t.Errorf("who opened it is logged again: %v", got)
	}
	for range 2 {
		var err error
		if d, err = c.SaveDraft(ctx, colleague, d.ID, d.Revision, []byte(`{"form":{"reason":"age"}}`)); err != nil {
			t.Fatal(err)
		}
		if d, err = c.SetPaper(ctx, colleague, d.ID, "photo", true); err != nil {
			t.Fatal(err)
		}
	}
	if got := entries(); !slices.Equal(got, []string{"a-colleague draft 办理高龄津贴"}) {
		t.Errorf("a colleague's typing: %v", got)
	}
	v, err := c.Submit(ctx, colleague, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Submit(ctx, clerk, d.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "grant"})
	wantCode(t, err, fault.Conflict, "case.wrong-phase") // shows nothing
	c.mustAct(officer, v, "accept")
	if got := entries(); !slices.Equal(got, []string{"a-clerk case 办理高龄津贴申领", "a-colleague licences+register 办理高龄津贴", "a-street case 办理高龄津贴申领"}) {
		t.Errorf("submitting and acting: %v", got)
	}
}
