package casework_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/casework"
)

// TestTolerance carries a case with a proof tolerated as missing: it is awaited for ten working days, taken from the office
// that has the case, and in the way of granting until then.
func TestTolerance(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.received(0)
	if len(v.Gaps) != 0 || v.GapDue != "" || v.GapLight != "none" {
		t.Errorf("before acceptance: %+v", v.Gaps)
	}
	follows := func() casework.ReceiptLine {
		t.Helper()
		r, err := c.Receipt(ctx, clerk, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r.Materials[len(r.Materials)-1]
	}
	if l := follows(); l.How != "tolerated" || l.Note.Zh != "受理后10个工作日内补交" {
		t.Errorf("receipt before acceptance: %+v", l)
	}

	c.moveTo("2026-03-03", "10:00")
	v = c.mustAct(officer, v, "accept")
	// Ten working days after 3 March, which is not counted: the 17th.
	if len(v.Gaps) != 1 || v.Gaps[0].Material != "proof" || v.Gaps[0].Due != "2026-03-17" || !v.Gaps[0].Open || v.Gaps[0].Late ||
		v.Gaps[0].Light != "green" || *v.Gaps[0].DaysLeft != 10 || v.GapDue != "2026-03-17" || v.GapLight != "green" {
		t.Errorf("after acceptance: %+v, %s %s", v.Gaps, v.GapDue, v.GapLight)
	}
	if h := v.History[1]; h.Note.Zh != "容缺受理，须补交：proof（2026年3月17日前）" || !strings.Contains(h.Note.En, "proof (by 17 March 2026)") {
		t.Errorf("history %+v", h.Note)
	}
	if l := follows(); l.Note.Zh != "请于2026年3月17日前（含当日）补交" {
		t.Errorf("receipt after acceptance: %+v", l)
	}
	p, err := c.Progress(ctx, v.Number, person(0).IDNumber)
	if err != nil || len(p.Gaps) != 1 || p.Gaps[0].Text.En != "To follow by 17 March 2026" || p.History[1].Note.IsZero() {
		t.Errorf("progress %+v, %v", p.Gaps, err)
	}
	v = c.mustAct(officer, v, "approve")
	if slices.Contains(v.Actions, "supply-tolerated") {
		t.Errorf("the office that passed it on may %v", v.Actions)
	}
	if v, err = c.Case(ctx, decider, v.ID); err != nil || !slices.Equal(v.Actions, []string{"supply-tolerated", "return", "refuse"}) {
		t.Errorf("the county may %v, %v", v.Actions, err)
	}
	_, err = c.act(decider, v, casework.Action{Kind: "grant"})
	wantCode(t, err, fault.Conflict, "case.gaps-open")

	// The one who has the case collects, and nobody else; and only what is awaited.
	_, err = c.AttachFile(ctx, officer, v.ID, "proof", "a.jpg", photo(t, 1))
	wantCode(t, err, fault.Forbidden, "case.clerk-required")
	_, err = c.AttachFile(ctx, outsider, v.ID, "proof", "a.jpg", photo(t, 1))
	wantCode(t, err, fault.NotFound, "case.draft-not-found")
	_, err = c.AttachFile(ctx, decider, v.ID, "photo", "a.jpg", photo(t, 1))
	wantCode(t, err, fault.Invalid, "case.not-tolerated")
	_, err = c.SetPaper(ctx, clerk, v.ID, "id-card", true)
	wantCode(t, err, fault.Invalid, "case.not-tolerated")
	_, err = c.act(decider, v, casework.Action{Kind: "supply-tolerated"})
	wantCode(t, err, fault.Invalid, "case.nothing-supplied")
	_, err = c.act(decider, v, casework.Action{Kind: "supply-tolerated", Materials: []string{"photo"}})
	wantCode(t, err, fault.Invalid, "case.not-tolerated")
	d, err := c.AttachFile(ctx, decider, v.ID, "proof", "核验.jpg", photo(t, 60))
	if err != nil || len(d.Files) != 2 || d.CaseID != v.ID {
		t.Fatalf("collected %+v, %v", d.Files, err)
	}
	if _, _, err := c.File(ctx, decider, v.ID, d.Files[1].Hash); err != nil {
		t.Errorf("a collected file: %v", err)
	}
	if log := c.entries(0); !slices.Contains(log, "a-county draft 办理高龄津贴申领") {
		t.Errorf("access log %v", log)
	}

	c.moveTo("2026-03-16", "10:00")
	press := casework.Action{Kind: "supply-tolerated", Op: c.newID(), Text: "当面核对原件"}
	due := v.Due
	if v, err = c.act(decider, v, press); err != nil {
		t.Fatal(err)
	}
	again, err := c.act(decider, v, press)
	if err != nil || again.Revision != v.Revision {
		t.Errorf("pressed again: revision %d after %d, %v", again.Revision, v.Revision, err)
	}
	if g := v.Gaps[0]; g.Open || g.Light != "none" || g.Supplied == nil || g.Text.Zh != "已于2026年3月16日补交" || v.GapDue != "" {
		t.Errorf("after it followed: %+v", g)
	}
	if m := v.Outcome.Materials[4]; m.Satisfied == nil || m.Satisfied.By != "upload" || v.Due != due || len(v.Files) != 2 ||
		v.Outcome.Limit.Promised.Due != v.Clock.PromisedDue || v.Outcome.Limit.Statutory.Due != v.Clock.StatutoryDue {
		t.Errorf("material %+v, due %s, files %v, limit %+v", m, v.Due, v.Files, v.Outcome.Limit)
	}
	if h := v.History[len(v.History)-1]; h.Kind != "supplied-tolerated" || h.Note.Zh != "补交：proof" || h.Text != "当面核对原件" {
		t.Errorf("history %+v", h)
	}
	if l := follows(); l.How != "upload" || !l.Note.IsZero() {
		t.Errorf("receipt in the end: %+v", l)
	}
	_, err = c.AttachFile(ctx, decider, v.ID, "proof", "b.jpg", photo(t, 61))
	wantCode(t, err, fault.Forbidden, "case.clerk-required") // nothing is awaited any more
	if v = c.mustAct(decider, v, "grant"); v.Phase != "granted" || v.Gaps[0].Open {
		t.Errorf("%s, %+v", v.Phase, v.Gaps)
	}
}

// TestLateGap: after its last day a gap shows red, refuses nothing by itself, and may be a reason.
func TestLateGap(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.mustAct(officer, c.mustAct(officer, c.received(0), "accept"), "approve")
	c.moveTo("2026-03-16", "23:59")
	v, err := c.Case(ctx, decider, v.ID)
	if err != nil || v.GapLight != "yellow" || v.Gaps[0].Late || *v.Gaps[0].DaysLeft != 0 {
		t.Fatalf("on the last day: %s, %+v, %v", v.GapLight, v.Gaps, err)
	}
	refuse := casework.Action{Kind: "refuse", Text: "未在期限内补交", Legal: []string{"elderly-33"}, Unsupplied: []string{"proof"}}
	_, err = c.act(decider, v, refuse)
	wantCode(t, err, fault.Conflict, "case.gap-not-late")

	c.moveTo("2026-03-17", "00:00")
	if n, err := c.Sweep(ctx); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	page, err := c.Queue(ctx, decider, casework.QueueFilter{Kind: "office"})
	if err != nil || len(page.Cases) != 1 || page.Cases[0].GapLight != "red" || page.Cases[0].Phase != "review" {
		t.Fatalf("flagged, not refused: %+v, %v", page.Cases, err)
	}
	p, err := c.Progress(ctx, v.Number, person(0).IDNumber)
	if err != nil || !p.Gaps[0].Late || p.Gaps[0].Text.Zh != "应于2026年3月16日前补交，已逾期" {
		t.Errorf("progress %+v, %v", p.Gaps, err)
	}
	refused, err := c.act(decider, v, refuse)
	if err != nil || refused.Decision.Unsupplied[0].Zh != "proof" || refused.Gaps[0].Open || refused.Gaps[0].Light != "none" || refused.GapLight != "none" {
		t.Fatalf("%+v, %+v, %v", refused.Decision, refused.Gaps, err)
	}
	if h := refused.History[len(refused.History)-1]; h.Note.Zh != "未按期补交：proof" {
		t.Errorf("history %+v", h)
	}
	// The other way: what comes late is taken all the same, at the window.
	c.moveTo("2026-03-02", "09:30")
	v = c.mustAct(officer, c.received(1), "accept")
	c.moveTo("2026-03-20", "10:00")
	v, err = c.act(clerk, v, casework.Action{Kind: "supply-tolerated", Materials: []string{"proof"}})
	if err != nil || v.Gaps[0].Open || !slices.Contains(v.Paper, "proof") {
		t.Errorf("late but there: %+v, %v", v.Gaps, err)
	}
}

// TestToleranceAfterLapse: the acceptance is dated back to the receipt, the days for what may follow are not.
func TestToleranceAfterLapse(t *testing.T) {
	c := open(t, nil)
	v := c.received(0)
	c.moveTo("2026-03-10", "00:00")
	if _, err := c.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := c.Case(t.Context(), officer, v.ID)
	if err != nil || v.Clock.AcceptedOn != "2026-03-02" || len(v.Gaps) != 1 || v.Gaps[0].Due != "2026-03-24" {
		t.Errorf("%+v, %+v, %v", v.Clock, v.Gaps, err)
	}
}

// TestToleranceWithoutThePlan: what follows is recorded even if the release that knew the plan is gone.
func TestToleranceWithoutThePlan(t *testing.T) {
	c := open(t, mustCatalogue(t, &allowance{version: 1}))
	v := c.mustAct(officer, c.received(0), "accept")
	newer := c.node(mustCatalogue(t, &allowance{version: 2}), "node-2")
	v, err := newer.Act(t.Context(), clerk, v.ID, casework.Action{Kind: "supply-tolerated", Revision: v.Revision, Op: c.newID(), Materials: []string{"proof"}})
	if err != nil || v.Outcome.Item.Version != 1 || v.Outcome.Materials[4].Satisfied == nil || v.Outcome.Materials[4].Satisfied.By != "paper" {
		t.Errorf("%+v, %v", v.Outcome.Materials, err)
	}
}

// TestNoticeAndTolerance: what the one-time notice asked for is no longer tolerated.
func TestNoticeAndTolerance(t *testing.T) {
	c := open(t, nil)
	v := c.received(0)
	v, err := c.act(officer, v, casework.Action{Kind: "request-supplement", Materials: []string{"proof"}})
	if err == nil {
		v, err = c.act(officer, v, casework.Action{Kind: "supplement", Materials: []string{"proof"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if v = c.mustAct(officer, v, "accept"); len(v.Gaps) != 0 || !v.History[len(v.History)-1].Note.IsZero() {
		t.Errorf("%+v", v.Gaps)
	}
}
