package casework_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/casework"
)

func TestSubmit(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	d := c.filled(0)
	v, err := c.Submit(ctx, clerk, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v.ID != d.ID || v.Phase != "received" || v.Office != street || v.ReceivedBy != officeName(t, window) || v.Revision != 1 {
		t.Errorf("case %+v", v.CaseSummary)
	}
	if v.Clock.ReceivedOn != "2026-03-02" || v.Clock.NoticeBy != "2026-03-09" || v.Clock.AcceptedOn != "" || v.Due != "2026-03-09" {
		t.Errorf("clock %+v, due %s", v.Clock, v.Due)
	}
	if !strings.HasPrefix(v.Number, "510411-20260302-00001-") || len(v.Number) > 50 {
		t.Errorf("number %q", v.Number)
	}
	if !slices.Equal(v.Actions, []string{"withdraw"}) {
		t.Errorf("the clerk may %v", v.Actions)
	}
	if strings.Contains(v.ApplicantID, person(0).IDNumber[6:14]) {
		t.Errorf("id number %q", v.ApplicantID)
	}
	again, err := c.Submit(ctx, colleague, d.ID)
	if err != nil || again.Number != v.Number {
		t.Errorf("submitted again: %s, %v", again.Number, err)
	}
	// The draft has become the case.
	read, err := c.Draft(ctx, clerk, d.ID)
	if err != nil || read.CaseID != d.ID || len(read.Files) != 1 {
		t.Errorf("draft after submission: case %q, files %v, %v", read.CaseID, read.Files, err)
	}
	if list, err := c.Drafts(ctx, clerk); err != nil || len(list) != 0 {
		t.Errorf("drafts left: %v, %v", list, err)
	}
	_, err = c.SaveDraft(ctx, clerk, d.ID, d.Revision, nil)
	wantCode(t, err, fault.Conflict, "case.submitted")
	_, err = c.AttachFile(ctx, clerk, d.ID, "photo", "a.jpg", photo(t, 3))
	wantCode(t, err, fault.Conflict, "case.submitted")
	wantCode(t, c.DiscardDraft(ctx, clerk, d.ID), fault.Conflict, "case.submitted")
}

func TestSubmitTwiceAtOnce(t *testing.T) {
	c := open(t, nil)
	d := c.filled(0)
	other, err := casework.NewCatalogue([]*allowance{{}})
	if err != nil {
		t.Fatal(err)
	}
	nodes := []*casework.Service{c.Service, c.node(other, "node-2")}
	var wg sync.WaitGroup
	numbers, errs := make([]string, 6), make([]error, 6)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, err := nodes[i%2].Submit(t.Context(), clerk, d.ID)
			numbers[i], errs[i] = v.Number, err
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if slices.Sort(numbers); len(slices.Compact(numbers)) != 1 {
		t.Errorf("numbers %v", numbers)
	}
	page, err := c.Queue(t.Context(), officer, casework.QueueFilter{Kind: "office"})
	if err != nil || len(page.Cases) != 1 {
		t.Errorf("%d cases, %v", len(page.Cases), err)
	}
}

func TestOneRunningCase(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	first, second, third := c.filled(0), c.filled(0), c.filled(0)
	v, err := c.Submit(ctx, clerk, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Submit(ctx, clerk, second.ID)
	wantCode(t, err, fault.Conflict, "case.duplicate")
	var f *fault.Error
	if !errors.As(err, &f) || f.Args["number"] != v.Number {
		t.Errorf("the running case is not named: %v", err)
	}
	c.mustAct(clerk, v, "withdraw")
	if _, err = c.Submit(ctx, clerk, second.ID); err != nil {
		t.Errorf("after the first was withdrawn: %v", err)
	}
	_, err = c.Submit(ctx, clerk, third.ID)
	wantCode(t, err, fault.Conflict, "case.duplicate")
}

func TestOneRunningCaseOfTwoAtOnce(t *testing.T) {
	c := open(t, nil)
	var drafts []casework.DraftView
	for range 4 {
		drafts = append(drafts, c.filled(0))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(drafts))
	for i, d := range drafts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, errs[i] = c.Submit(t.Context(), clerk, d.ID)
		}()
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		switch code := fault.CodeOf(err); {
		case err == nil:
			made++
		case code != "case.duplicate" && code != "case.duplicate-pending":
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d cases were made: %v", made, errs)
	}
}

func TestWholeWay(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0)

	c.moveTo("2026-03-03", "10:00")
	seen, err := c.Case(ctx, officer, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen.Actions, []string{"accept", "request-supplement", "not-accept"}) || seen.Applicant != "吉克·阿牛" {
		t.Errorf("the street may %v with %s", seen.Actions, seen.Applicant)
	}
	if log := c.entries(0); log[len(log)-1] != "a-street case 办理高龄津贴申领" {
		t.Errorf("access log %v", log)
	}
	seen = c.mustAct(officer, seen, "accept")
	// Ten working days from 3 March, which is not counted: the 17th. The check has four of them.
	if k := seen.Clock; k.AcceptedOn != "2026-03-03" || k.PromisedDue != "2026-03-17" || k.StatutoryDue != "2026-03-31" || seen.Due != "2026-03-09" {
		t.Errorf("clock %+v, due %s", k, seen.Due)
	}
	if l := seen.Outcome.Limit; l.Promised.Due != "2026-03-17" || l.Statutory.Due != "2026-03-31" {
		t.Errorf("outcome %+v", l)
	}
	c.moveTo("2026-03-04", "10:00")
	seen = c.mustAct(officer, seen, "approve")
	if seen.Office != county || seen.Due != "2026-03-17" || seen.Route[1].State != "done" || seen.Route[1].Officer != "王街道" || seen.Route[2].State != "current" {
		t.Errorf("at %s due %s, route %+v", seen.Office, seen.Due, seen.Route)
	}
	_, err = c.act(officer, seen, casework.Action{Kind: "grant"})
	wantCode(t, err, fault.Forbidden, "case.wrong-office")
	_, err = c.act(decider, seen, casework.Action{Kind: "return"})
	wantCode(t, err, fault.Invalid, "case.reasons-required")
	_, err = c.act(decider, seen, casework.Action{Kind: "return", Stage: "decide", Text: "再看"})
	wantCode(t, err, fault.Invalid, "case.not-earlier-stage")
	seen = c.mustAct(decider, seen, "return")
	if seen.Office != street || !seen.Returned || seen.Route[1].State != "current" {
		t.Errorf("returned to %s: %+v", seen.Office, seen.Route)
	}
	page, err := c.Queue(ctx, officer, casework.QueueFilter{Kind: "office"})
	if err != nil || len(page.Cases) != 1 || !page.Cases[0].Returned || page.Cases[0].Stage.Zh != "审核" || page.Cases[0].Applicant == "吉克·阿牛" {
		t.Errorf("queue %+v, %v", page, err)
	}
	seen = c.mustAct(officer, seen, "approve")
	seen = c.mustAct(decider, seen, "refuse")
	if d := seen.Decision; d == nil || d.Granted || d.By != "赵县局" || d.Articles[0].Article != "第三十三条" ||
		!strings.Contains(d.Remedies.Zh, "60日") || !strings.Contains(d.Remedies.Zh, "6个月") || !strings.Contains(d.Remedies.En, "60 days") ||
		!strings.Contains(d.Remedies.Zh, "人民政府申请行政复议") || !strings.Contains(d.Remedies.Zh, "人民法院提起行政诉讼") {
		t.Errorf("decision %+v", d)
	}
	if len(seen.Actions) != 0 || seen.Office != "" || seen.Light != "none" || seen.Clock.DecidedOn != "2026-03-04" {
		t.Errorf("closed case: actions %v, office %q, light %s, clock %+v", seen.Actions, seen.Office, seen.Light, seen.Clock)
	}
	if page, err := c.Queue(ctx, decider, casework.QueueFilter{Kind: "office"}); err != nil || len(page.Cases) != 0 {
		t.Errorf("queue after the end %+v, %v", page, err)
	}
	var kinds []string
	for _, h := range seen.History {
		kinds = append(kinds, h.Kind)
	}
	if !slices.Equal(kinds, []string{"received", "accepted", "approved", "returned", "approved", "refused"}) {
		t.Errorf("history %v", kinds)
	}
}

func TestWhoSeesACase(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0)
	hash := v.Files[0].Hash
	for _, a := range []casework.Actor{clerk, colleague, officer, decider, supervisor} {
		if _, err := c.Case(ctx, a, v.ID); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
		if _, _, err := c.File(ctx, a, v.ID, hash); err != nil {
			t.Errorf("%s, file: %v", a.Name, err)
		}
	}
	member := resident
	member.Office = street // an account of the office without a role there
	for _, a := range []casework.Actor{outsider, resident, anybody, member} {
		_, err := c.Case(ctx, a, v.ID)
		_, errNone := c.Case(ctx, a, c.newID())
		if fault.CodeOf(err) != "case.not-found" || err.Error() != errNone.Error() {
			t.Errorf("%s sees %v, and of a case that does not exist %v", a.Name, err, errNone)
		}
		_, err = c.act(a, v, casework.Action{Kind: "withdraw"})
		wantCode(t, err, fault.NotFound, "case.not-found")
		_, _, err = c.File(ctx, a, v.ID, hash)
		wantCode(t, err, fault.NotFound, "case.file-not-found")
		_, err = c.Receipt(ctx, a, v.ID)
		wantCode(t, err, fault.NotFound, "case.not-found")
	}
	_, err := c.act(supervisor, v, casework.Action{Kind: "accept"})
	wantCode(t, err, fault.Forbidden, "case.officer-required")
	_, err = c.Receipt(ctx, officer, v.ID)
	wantCode(t, err, fault.NotFound, "case.not-found")
	for _, x := range []struct {
		by   casework.Actor
		kind string
		code string
	}{
		{clerk, "office", "case.officer-required"}, {officer, "received", "case.clerk-required"},
		{resident, "office", "case.officer-required"}, {anybody, "received", "case.clerk-required"}, {clerk, "mine", "case.bad-queue"},
	} {
		_, err := c.Queue(ctx, x.by, casework.QueueFilter{Kind: x.kind})
		if fault.CodeOf(err) != x.code {
			t.Errorf("queue %s of %s: %v", x.kind, x.by.Name, err)
		}
	}
	if page, err := c.Queue(ctx, outsider, casework.QueueFilter{Kind: "received"}); err != nil || len(page.Cases) != 0 {
		t.Errorf("another window's cases: %+v, %v", page, err)
	}
}

func TestActsAreDoneOnce(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0)
	accept := casework.Action{Kind: "accept", Op: "press-000001", Revision: v.Revision}
	first, err := c.Act(ctx, officer, v.ID, accept)
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Act(ctx, officer, v.ID, accept)
	if err != nil || second.Revision != first.Revision || len(second.History) != 2 {
		t.Errorf("again: revision %d, %v", second.Revision, err)
	}
	accept.Kind = "approve"
	_, err = c.Act(ctx, officer, v.ID, accept)
	wantCode(t, err, fault.Conflict, "case.op-reused")
	_, err = c.Act(ctx, officer, v.ID, casework.Action{Kind: "approve", Op: "press-000002", Revision: v.Revision})
	wantCode(t, err, fault.Conflict, "case.stale")
	_, err = c.Act(ctx, officer, v.ID, casework.Action{Kind: "explode", Op: "press-000003", Revision: first.Revision})
	wantCode(t, err, fault.Invalid, "case.unknown-act")
}

func TestActsAtOnce(t *testing.T) {
	c := open(t, nil)
	v := c.received(0)
	kinds := []string{"accept", "not-accept", "request-supplement", "accept"}
	errs := make([]error, len(kinds))
	var wg sync.WaitGroup
	for i, kind := range kinds {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, errs[i] = c.Act(t.Context(), officer, v.ID, casework.Action{Kind: kind, Op: fmt.Sprintf("press-%06d", i),
				Revision: v.Revision, Text: "理由", Materials: []string{"photo"}})
		}()
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if fault.CodeOf(err) != "case.stale" {
			t.Error(err)
		}
	}
	if seen, err := c.Case(t.Context(), officer, v.ID); err != nil || done != 1 || seen.Revision != 2 || len(seen.History) != 2 {
		t.Errorf("%d acts done, revision %d, %v", done, seen.Revision, err)
	}
}

func TestSupplement(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0)
	old := v.Files[0].Hash
	c.moveTo("2026-03-09", "23:59") // the last minute of the fifth working day
	v, err := c.act(officer, v, casework.Action{Kind: "request-supplement", Materials: []string{"photo", "proof"}, Text: "请重交照片并补证明"})
	if err != nil {
		t.Fatal(err)
	}
	if v.Phase != "supplement" || v.Due != "" || v.Light != "none" || len(v.Supplement.Outstanding) != 2 || v.Supplement.Names[0].Zh != "photo" {
		t.Errorf("asked: %+v, %+v", v.CaseSummary, v.Supplement)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "request-supplement", Materials: []string{"id-card"}})
	wantCode(t, err, fault.Conflict, "case.supplement-once")

	// Two weeks later the applicant comes back to the window.
	c.moveTo("2026-03-23", "09:00")
	if n, err := c.Sweep(ctx); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if v, err = c.Case(ctx, clerk, v.ID); err != nil || v.Phase != "supplement" {
		t.Fatalf("after the sweep %s, %v", v.Phase, err)
	}
	_, err = c.AttachFile(ctx, clerk, v.ID, "id-card", "a.jpg", photo(t, 9))
	wantCode(t, err, fault.Invalid, "case.not-asked")
	d, err := c.AttachFile(ctx, clerk, v.ID, "photo", "新照片.jpg", photo(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Files) != 2 || d.CaseID != v.ID {
		t.Errorf("collected %+v", d.Files)
	}
	if _, _, err := c.File(ctx, clerk, v.ID, d.Files[1].Hash); err != nil {
		t.Errorf("a collected file: %v", err)
	}
	if list, err := c.Drafts(ctx, clerk); err != nil || len(list) != 0 {
		t.Errorf("what is collected shows as a draft: %v, %v", list, err)
	}
	if v, err = c.act(clerk, v, casework.Action{Kind: "supplement"}); err != nil {
		t.Fatal(err)
	}
	if v.Phase != "received" || !slices.Equal(v.Supplement.Outstanding, []string{"proof"}) || len(v.Files) != 2 || v.Due != "2026-03-30" {
		t.Errorf("a part supplied: %+v, %+v, files %v", v.CaseSummary, v.Supplement, v.Files)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "accept"})
	wantCode(t, err, fault.Conflict, "case.supplement-outstanding")
	if v, err = c.act(clerk, v, casework.Action{Kind: "supplement", Materials: []string{"proof"}}); err != nil {
		t.Fatal(err)
	}
	if len(v.Files) != 2 || !slices.Equal(v.Paper, []string{"proof"}) {
		t.Errorf("files %v, paper %v", v.Files, v.Paper)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "not-accept", Text: "仍不齐"})
	wantCode(t, err, fault.Conflict, "case.must-accept")
	v = c.mustAct(officer, v, "accept")
	if v.Clock.AcceptedOn != "2026-03-23" || v.Outcome.Materials[4].Satisfied == nil || v.Outcome.Materials[4].Satisfied.By != "paper" {
		t.Errorf("accepted on %s with %+v", v.Clock.AcceptedOn, v.Outcome.Materials[4])
	}
	if v.Outcome.Date != "2026-03-02" {
		t.Errorf("evaluated for %s, not for the day of the application", v.Outcome.Date)
	}
	if v.Files[0].Hash != old {
		t.Error("the first photo is gone from the record")
	}
}

// TestDeemedAcceptance: five working days without a notice, and the case is accepted as of its receipt.
func TestDeemedAcceptance(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v, other := c.received(0), c.received(1)
	c.mustAct(officer, other, "accept")
	c.moveTo("2026-03-09", "23:59")
	if n, err := c.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("swept %d before the day ended, %v", n, err)
	}
	c.moveTo("2026-03-10", "00:00")
	second := c.node(mustCatalogue(t, &allowance{}), "node-2")
	var wg sync.WaitGroup
	counts, errs := make([]int, 2), make([]error, 2)
	for i, s := range []*casework.Service{c.Service, second} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			counts[i], errs[i] = s.Sweep(ctx)
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil || counts[0]+counts[1] != 2 {
		t.Errorf("swept %v, %v", counts, err)
	}
	seen, err := c.Case(ctx, officer, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	h := seen.History[len(seen.History)-1]
	if seen.Phase != "review" || seen.Clock.AcceptedOn != "2026-03-02" || seen.Clock.PromisedDue != "2026-03-16" || !h.Deemed || h.By != "通办平台" || len(seen.History) != 2 {
		t.Errorf("phase %s, clock %+v, history %+v", seen.Phase, seen.Clock, h)
	}
	if seen.Due != "2026-03-16" { // the stage's four days would end on the 16th as well, counted from the 10th
		t.Errorf("due %s", seen.Due)
	}
	if n, err := c.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("swept %d once more, %v", n, err)
	}
	if other, err = c.Case(ctx, officer, other.ID); err != nil || other.Clock.AcceptedOn != "2026-03-02" || other.History[1].Deemed {
		t.Errorf("the accepted one: %+v, %v", other.Clock, err)
	}
}

// TestLapseBeforeTheSweep: an act after the period comes too late even if nobody swept.
func TestLapseBeforeTheSweep(t *testing.T) {
	c := open(t, nil)
	v := c.received(0)
	c.moveTo("2026-03-10", "08:00")
	_, err := c.act(officer, v, casework.Action{Kind: "request-supplement", Materials: []string{"photo"}})
	wantCode(t, err, fault.Conflict, "case.deemed-accepted")
	seen, err := c.Case(t.Context(), officer, v.ID)
	if err != nil || seen.Phase != "review" || seen.Clock.AcceptedOn != "2026-03-02" {
		t.Errorf("%s, %+v, %v", seen.Phase, seen.Clock, err)
	}
	if n, err := c.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
}

// TestPinned: the version a case was received under decides, even if another is in force or the plan is gone.
func TestPinned(t *testing.T) {
	c := open(t, mustCatalogue(t, &allowance{version: 1}))
	v := c.received(0)
	newer := *(&allowance{version: 2}).Definition()
	newer.Effective.From = "2026-03-03"
	c.moveTo("2026-03-03", "09:00")
	both := c.node(mustCatalogue(t, &allowance{version: 1}, &allowance{version: 2, def: &newer}), "node-2")
	guide, err := both.Guide(t.Context(), anybody, v.ItemRef.Code)
	if err != nil || guide.Version != 2 {
		t.Fatalf("in force: version %d, %v", guide.Version, err)
	}
	only := c.node(mustCatalogue(t, &allowance{version: 2, def: &newer}), "node-3")
	accepted, err := only.Act(t.Context(), officer, v.ID, casework.Action{Kind: "accept", Revision: v.Revision, Op: c.newID()})
	if err != nil || accepted.ItemRef.Version != 1 || accepted.Outcome.Item.Version != 1 || accepted.Outcome.Limit.Promised.Due != "2026-03-17" {
		t.Errorf("%+v, %v", accepted.Outcome.Item, err)
	}
}

func mustCatalogue(t testing.TB, plans ...*allowance) *casework.Catalogue {
	t.Helper()
	c, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestQueueOrderAndLights(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	late := c.received(0) // received on the 2nd, notice due on the 9th
	c.moveTo("2026-03-04", "09:00")
	soon := c.received(1) // notice due on the 11th
	c.moveTo("2026-03-05", "09:00")
	asked := c.mustAct(officer, c.received(2), "request-supplement") // no limit runs
	c.moveTo("2026-03-06", "09:00")
	green := c.received(3) // due on the 13th
	want := []string{late.ID, soon.ID, green.ID, asked.ID}
	page, err := c.Queue(ctx, officer, casework.QueueFilter{Kind: "office"})
	if err != nil || !slices.Equal(ids(page), want) {
		t.Fatalf("queue %v, want %v, %v", ids(page), want, err)
	}
	light := func(day string) string {
		c.moveTo(day, "09:00")
		page, err := c.Queue(ctx, supervisor, casework.QueueFilter{Kind: "office"})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range page.Cases {
			days := "-"
			if s.DaysLeft != nil {
				days = fmt.Sprint(*s.DaysLeft)
			}
			out = append(out, s.Light+" "+days)
		}
		return strings.Join(out, ", ")
	}
	for day, want := range map[string]string{
		"2026-03-06": "yellow 1, green 3, green 5, none -", // a Friday; the 9th is the next working day
		"2026-03-09": "yellow 0, yellow 2, green 4, none -",
		"2026-03-14": "red -5, red -3, red -1, none -", // a Saturday: Friday was the last day of the third
	} {
		if got := light(day); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	c.moveTo("2026-03-06", "10:00")
	var walked []string
	f := casework.QueueFilter{Kind: "received", Limit: 3}
	for {
		page, err := c.Queue(ctx, clerk, f)
		if err != nil {
			t.Fatal(err)
		}
		walked = append(walked, ids(page)...)
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if !slices.Equal(walked, want) {
		t.Errorf("page by page %v, want %v", walked, want)
	}
}

func TestProgress(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.mustAct(officer, c.received(0), "accept")
	v, err := c.act(officer, v, casework.Action{Kind: "approve", Text: "内部意见：邻居张某反映属实"})
	if err != nil {
		t.Fatal(err)
	}
	id := person(0).IDNumber
	for _, typed := range []string{v.Number, strings.ReplaceAll(v.Number, "-", ""), " " + strings.ReplaceAll(v.Number, "-", " ") + " "} {
		p, err := c.Progress(ctx, typed, strings.ToLower(id)+" ")
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		text := fmt.Sprintf("%+v", p)
		for _, secret := range []string{"吉克·阿牛", id, "王街道", "李窗口", "邻居", "a-street"} {
			if strings.Contains(text, secret) {
				t.Errorf("progress tells %q: %s", secret, text)
			}
		}
		if p.Phase != "review" || p.Due != "2026-03-16" || p.Contact.Phone == "" || len(p.History) != 3 || p.Stages[1].State != "done" {
			t.Errorf("progress %s", text)
		}
	}
	_, errID := c.Progress(ctx, v.Number, person(1).IDNumber)
	other := c.received(1)
	_, errOther := c.Progress(ctx, other.Number, id)
	unknown := "510411-20260302-00007-" + checkDigit("510411"+"20260302"+"00007")
	_, errNumber := c.Progress(ctx, unknown, id)
	_, errEmpty := c.Progress(ctx, v.Number, "")
	for _, err := range []error{errID, errOther, errNumber, errEmpty} {
		wantCode(t, err, fault.NotFound, "case.progress-not-found")
		if err.Error() != errID.Error() {
			t.Errorf("%v differs from %v", err, errID)
		}
	}
	for i, digit := range []byte(v.Number) { // every single slip of the finger is found
		if digit == '-' {
			continue
		}
		for other := byte('0'); other <= '9'; other++ {
			slip := v.Number[:i] + string(other) + v.Number[i+1:]
			if _, err := c.Progress(ctx, slip, id); other != digit && fault.CodeOf(err) != "case.number-mistyped" {
				t.Errorf("%s for %s: %v", slip, v.Number, err)
			}
		}
	}
	for _, typed := range []string{"", "1", v.Number + "0", strings.Repeat("1", 4000), "５１０４１１", v.Number[:22] + "x"} {
		_, err := c.Progress(ctx, typed, id)
		wantCode(t, err, fault.Invalid, "case.number-mistyped")
	}

	v = c.mustAct(decider, v, "refuse")
	p, err := c.Progress(ctx, v.Number, id)
	if err != nil || p.Decision == nil || p.Decision.By != "" || p.Decision.Reasons == "" || p.Decision.Remedies == nil || p.Due != "" {
		t.Errorf("%+v, %v", p.Decision, err)
	}
}

func checkDigit(digits string) string {
	p := 10
	for _, d := range digits {
		if p = (p + int(d-'0')) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return fmt.Sprint((11 - p) % 10)
}

func TestReceipt(t *testing.T) {
	c := open(t, nil)
	v := c.received(0)
	r, err := c.Receipt(t.Context(), colleague, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	how := map[string]string{}
	for _, l := range r.Materials {
		how[l.Name.Zh] = l.How + l.Reference
	}
	want := map[string]string{"id-card": "licenceN0", "photo": "upload", "proof": "tolerated"}
	if fmt.Sprint(how) != fmt.Sprint(want) {
		t.Errorf("materials %v, want %v", how, want)
	}
	if r.Number != v.Number || r.Applicant != "吉克·阿牛" || r.NoticeBy != "2026-03-09" || r.Promised.N != 10 || r.Clerk != "李窗口" ||
		r.Contact.Phone == "" || len(r.Derived) != 1 || len(r.Stages) != 3 {
		t.Errorf("receipt %+v", r)
	}
}

func TestYearWithoutANotice(t *testing.T) {
	c := open(t, nil)
	c.moveTo("2026-12-30", "09:00")
	d := c.filled(0)
	_, err := c.Submit(t.Context(), clerk, d.ID)
	wantCode(t, err, fault.Unavailable, "case.calendar-missing")
	c.moveTo("2026-12-21", "09:00")
	d = c.filled(1)
	v, err := c.Submit(t.Context(), clerk, d.ID)
	if err != nil || v.Clock.NoticeBy != "2026-12-28" {
		t.Fatalf("%+v, %v", v.Clock, err)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "accept"})
	wantCode(t, err, fault.Unavailable, "case.calendar-missing") // ten working days reach into 2027
}

func TestGuideAndEvaluate(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	g, err := c.Guide(ctx, anybody, "512B0003600037")
	if err != nil || g.Authority.Zh == "" || len(g.Legal) != 1 || g.Scope != "city" || g.Outcome.Ready {
		t.Errorf("%+v, %v", g, err)
	}
	out, err := c.Evaluate(ctx, anybody, "512B0003600037", casework.EvaluateRequest{Answers: []byte(`{"form":{"reason":"age"}}`), Provided: map[string]string{"photo": "paper"}})
	if err != nil || out.Date != "2026-03-02" || len(out.Todo) != 1 {
		t.Errorf("%+v, %v", out.Todo, err)
	}
	for _, x := range []struct {
		req  casework.EvaluateRequest
		code string
	}{
		{casework.EvaluateRequest{Date: "2026-02-30"}, "case.bad-date"},
		{casework.EvaluateRequest{Date: "2025-12-31"}, "case.item-not-found"}, // not in force yet
		{casework.EvaluateRequest{Answers: []byte(`"x"`)}, "case.answers-invalid"},
		{casework.EvaluateRequest{Provided: map[string]string{"photo": "licence"}}, "case.bad-provided"},
	} {
		if _, err := c.Evaluate(ctx, anybody, "512B0003600037", x.req); fault.CodeOf(err) != x.code {
			t.Errorf("%+v: got %v, want %s", x.req, err, x.code)
		}
	}
}
