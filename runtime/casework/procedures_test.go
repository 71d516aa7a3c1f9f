package casework_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casework"
)

// procedures are an assessment at the check and a publicity at the decision, both of which stop the clock, and an extension;
// fifteen days to answer a notice, and ten working days to hand over what was granted.
func (a *allowance) procedures(out *plan.Outcome) {
	term := func(n int, unit string) *plan.Term { return &plan.Term{N: n, Unit: unit} }
	law := []plan.LegalRef{{Title: "残疾人证管理办法", DocumentNo: "残联发〔2017〕34号"}}
	out.Procedures = []plan.Procedure{
		{Key: "assess", Kind: "inquiry", Name: lang.Text{Zh: "残疾评定", En: "Assessment"}, Need: "required", Suspends: true, Term: term(20, "workday"), Stages: []string{"check"}, Legal: law},
		{Key: "post", Kind: "publicity", Name: lang.Text{Zh: "公示", En: "Publicity"}, Need: "required", Suspends: true, Term: term(5, "workday"), Stages: []string{"decide"}, Objection: "again",
			Legal: law, Shows: []plan.Shown{{Label: lang.Text{Zh: "姓名", En: "Name"}, Text: lang.Text{Zh: "吉克·阿牛", En: "吉克·阿牛"}}}},
		{Key: "again", Kind: "inquiry", Name: lang.Text{Zh: "复核", En: "Second assessment"}, Need: "on-objection", Suspends: true, Stages: []string{"decide"}},
		{Key: "longer", Kind: "extension", Name: lang.Text{Zh: "延期", En: "Extension"}, Need: "possible", Term: term(10, "workday"), Legal: law},
		{Key: "never", Kind: "inquiry", Name: lang.Text{Zh: "听证"}, Need: "not-needed"},
	}
	out.Limit.Supplement, out.Limit.Lapse = term(15, "day"), "withdrawn"
	out.Limit.After = &plan.After{Term: *term(10, "workday"), Name: lang.Text{Zh: "制证、送达", En: "Making and handing over"}}
}

func special(t *testing.T) *city { return open(t, mustCatalogue(t, &allowance{special: true})) }

func kinds(v casework.CaseView) []string {
	var out []string
	for _, d := range v.Documents {
		out = append(out, d.Kind)
	}
	return out
}

// TestProcedures carries a case through an assessment, an extension and a publicity with an objection to its delivery, and
// looks at it as each of those sees it who may.
func TestProcedures(t *testing.T) {
	c := special(t)
	ctx := t.Context()
	v := c.received(0)
	c.moveTo("2026-03-03", "10:00")
	v, err := c.act(officer, v, casework.Action{Kind: "accept"})
	if err != nil {
		t.Fatal(err)
	}
	v = c.supplied(v)
	if len(v.Procedures) != 4 || v.Clock.PromisedDue != "2026-03-17" || v.Clock.StatutoryDue != "2026-03-31" || v.Due != "2026-03-09" {
		t.Fatalf("accepted: %+v, %+v", v.Procedures, v.Clock)
	}
	if d := v.Documents[0]; d.Kind != "acceptance" || d.Number != officeName(t, street)+"〔2026〕1号" || d.To != "吉克·阿牛" || d.On != "2026-03-03" ||
		!strings.Contains(d.Text[0].Zh, v.Number) || !strings.Contains(d.Text[3].En, "17 March 2026") {
		t.Errorf("document %+v", d)
	}

	c.moveTo("2026-03-04", "16:59")
	begin := casework.Action{Kind: "begin", Procedure: "assess", Until: "2026-03-13", Text: "请持身份证到市中心医院评定"}
	for who, code := range map[*casework.Actor]string{&clerk: "case.wrong-office", &decider: "case.wrong-office", &supervisor: "case.officer-required", &outsider: "case.not-found", &resident: "case.not-found"} {
		if _, err := c.act(*who, v, begin); fault.CodeOf(err) != code {
			t.Errorf("%s begins it: %v, want %s", who.Name, err, code)
		}
	}
	if v, err = c.act(officer, v, begin); err != nil {
		t.Fatal(err)
	}
	if p := v.Clock.Paused; p == nil || p.Since != "2026-03-04" || p.Until != "2026-03-13" || p.Procedure.Zh != "残疾评定" || v.Due != "2026-03-13" || v.Paused.En != "Assessment" {
		t.Errorf("paused %+v, due %s", p, v.Due)
	}
	// No day had counted yet; all ten run from Monday the 16th.
	if v.Clock.PromisedDue != "2026-03-27" || v.Light != "green" {
		t.Errorf("expected for %s, light %s", v.Clock.PromisedDue, v.Light)
	}
	if d := document(v, "suspension"); d == nil || !strings.Contains(d.Text[1].Zh, "《残疾人证管理办法》（残联发〔2017〕34号）") || !strings.Contains(d.Text[3].Zh, "2026年3月13日") || !strings.HasSuffix(d.Number, "〔2026〕2号") {
		t.Errorf("document %+v", d)
	}
	p, err := c.Progress(ctx, v.Number, person(0).IDNumber)
	if err != nil || p.Paused == nil || p.Paused.Reason != begin.Text || len(p.Procedures) != 2 || len(p.Documents) != 2 || p.Documents[1].To == "吉克·阿牛" || p.Due != "2026-03-27" {
		t.Errorf("the resident sees %+v of %+v, %v", p.Paused, p.Procedures, err)
	}
	if page, err := c.Queue(ctx, officer, casework.QueueFilter{Kind: "office"}); err != nil || page.Cases[0].Paused.Zh != "残疾评定" || page.Cases[0].Due != "2026-03-13" {
		t.Errorf("queue %+v, %v", page, err)
	}
	_, err = c.act(officer, v, casework.Action{Kind: "approve"})
	wantCode(t, err, fault.Conflict, "case.procedure-running")

	c.moveTo("2026-03-11", "10:00")
	if v, err = c.act(officer, v, casework.Action{Kind: "conclude", Procedure: "assess", Text: "肢体三级"}); err != nil {
		t.Fatal(err)
	}
	if v.Clock.Paused != nil || v.Clock.PromisedDue != "2026-03-25" || len(v.Clock.Ledger) != 2 || *v.Clock.Ledger[1].Workdays != 0 && v.Clock.Ledger[1].Kind == "run" {
		t.Errorf("runs again: %+v", v.Clock)
	}
	v, err = c.act(officer, v, casework.Action{Kind: "extend", Procedure: "longer", Text: "情况复杂", Approver: "王局长"})
	if err != nil || v.Clock.PromisedDue != "2026-04-09" || document(v, "extension") == nil || !strings.Contains(document(v, "extension").Text[0].Zh, "王局长批准，延长10个工作日") {
		t.Fatalf("extended: %+v, %v", v.Clock, err)
	}
	v = c.mustAct(officer, v, "approve")

	c.moveTo("2026-03-12", "09:00")
	if v, err = c.act(decider, v, casework.Action{Kind: "begin", Procedure: "post"}); err != nil {
		t.Fatal(err)
	}
	if d := document(v, "publicity"); d == nil || d.To != "" || d.Shows[0].Text.Zh != "吉克·阿牛" || v.Procedures[1].Runs[0].Until != "2026-03-19" {
		t.Errorf("published: %+v", v.Procedures[1])
	}
	c.moveTo("2026-03-16", "09:00")
	if v, err = c.act(clerk, v, casework.Action{Kind: "object", Procedure: "post", Objector: "邻居", Text: "评定不实"}); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Progress(ctx, v.Number, person(0).IDNumber); err != nil || strings.Contains(objections(p), "邻居") {
		t.Errorf("the resident learns who objected: %v", err)
	}
	c.moveTo("2026-03-20", "00:05") // its last day passed, but there is an objection
	if _, err := c.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if v, err = c.Case(ctx, decider, v.ID); err != nil || v.Procedures[1].State != "running" || !slices.Contains(v.Procedures[2].Actions, "begin") {
		t.Fatalf("%+v, %v", v.Procedures, err)
	}
	c.moveTo("2026-03-20", "09:00")
	for _, a := range []casework.Action{{Kind: "begin", Procedure: "again", Text: "复核", Until: "2026-03-27"}, {Kind: "conclude", Procedure: "again", Text: "维持"},
		{Kind: "answer", Procedure: "post", Text: "经复核，异议不成立"}} {
		if v, err = c.act(decider, v, a); err != nil {
			t.Fatal(a.Kind, err)
		}
	}
	// Friday the 13th counted; the four other days run from Monday the 23rd.
	if r := v.Procedures[1].Runs[0]; r.Until != "2026-03-26" {
		t.Errorf("published until %s", r.Until)
	}
	c.moveTo("2026-03-27", "00:05")
	if n, err := c.Sweep(ctx); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if v, err = c.Case(ctx, decider, v.ID); err != nil || v.Procedures[1].State != "done" || v.Clock.Paused != nil || v.History[len(v.History)-1].By != "通办平台" {
		t.Fatalf("%+v, %v", v.Procedures[1], err)
	}
	c.moveTo("2026-03-27", "10:00")
	v = c.mustAct(decider, v, "grant")
	if v.Phase != "granted" || v.Office != county || v.Due != "2026-04-13" || v.Stage.Zh != "制证、送达" || !slices.Equal(v.Actions, []string{"deliver"}) {
		t.Errorf("granted: %+v, %v", v.CaseSummary, v.Actions)
	}
	if p, err := c.Progress(ctx, v.Number, person(0).IDNumber); err != nil || p.Delivery == nil || p.Delivery.Due != "2026-04-13" || p.Delivery.On != "" {
		t.Errorf("progress %+v, %v", p.Delivery, err)
	}
	if v, err = c.act(clerk, v, casework.Action{Kind: "deliver", How: "window", Receiver: "本人"}); err != nil {
		t.Fatal(err)
	}
	if v.Office != "" || v.Delivery.On != "2026-03-27" || v.Delivery.How != "window" {
		t.Errorf("delivered: %+v", v.Delivery)
	}
	want := []string{"acceptance", "suspension", "extension", "publicity", "suspension", "objection-answer", "granted", "delivered"}
	if !slices.Equal(kinds(v), want) {
		t.Errorf("documents %v", kinds(v))
	}
	if p, err := c.Progress(ctx, v.Number, person(0).IDNumber); err != nil || p.Delivery.Receiver != "" || p.Delivery.On == "" {
		t.Errorf("progress %+v, %v", p.Delivery, err)
	}
}

func objections(p casework.Progress) string {
	var b strings.Builder
	for _, x := range p.Procedures {
		for _, r := range x.Runs {
			for _, o := range r.Objections {
				b.WriteString(o.Objector + o.Text)
			}
		}
	}
	for _, h := range p.History {
		b.WriteString(h.Text + h.Note.Zh)
	}
	return b.String()
}

// supplied hands in the proof that may follow after acceptance.
func (c *city) supplied(v casework.CaseView) casework.CaseView {
	c.t.Helper()
	v, err := c.act(clerk, v, casework.Action{Kind: "supply-tolerated", Materials: []string{"proof"}})
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// TestBegunAfterClosing: what is begun after the offices closed costs the applicant that day.
func TestBegunAfterClosing(t *testing.T) {
	c := special(t)
	c.moveTo("2026-03-03", "10:00")
	v := c.mustAct(officer, c.received(0), "accept")
	c.moveTo("2026-03-04", "17:00")
	v, err := c.act(officer, v, casework.Action{Kind: "begin", Procedure: "assess", Text: "送评定"})
	if err != nil || v.Clock.Paused.Since != "2026-03-05" || v.Clock.Paused.Until != "2026-04-01" {
		t.Errorf("%+v, %v", v.Clock.Paused, err)
	}
}

// TestUnansweredNotice: a notice that is not answered in its time ends the application, by the timer or by whoever comes late.
func TestUnansweredNotice(t *testing.T) {
	c := special(t)
	ctx := t.Context()
	swept, late := c.received(0), c.received(1)
	ask := casework.Action{Kind: "request-supplement", Materials: []string{"proof"}, Text: "请补证明"}
	swept, err := c.act(officer, swept, ask)
	if err != nil || swept.Clock.AnswerBy != "2026-03-17" || !strings.Contains(document(swept, "supplement").Text[3].Zh, "2026年3月17日前（含当日）到任意窗口补正；逾期不补正的，视为撤回申请") {
		t.Fatalf("%+v, %+v, %v", swept.Clock, swept.Documents, err)
	}
	if p, err := c.Progress(ctx, swept.Number, person(0).IDNumber); err != nil || p.AnswerBy != "2026-03-17" {
		t.Errorf("%+v, %v", p, err)
	}
	c.moveTo("2026-03-18", "00:00")
	if _, err := c.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if swept, err = c.Case(ctx, officer, swept.ID); err != nil || swept.Phase != "withdrawn" || swept.Decision.Lapse != "withdrawn" || document(swept, "deemed-withdrawn") == nil {
		t.Errorf("%+v, %v", swept.CaseSummary, err)
	}
	if h := swept.History[len(swept.History)-1]; h.Kind != "unanswered" || h.By != "通办平台" || h.Note.IsZero() {
		t.Errorf("history %+v", h)
	}

	c.moveTo("2026-03-02", "10:00")
	if late, err = c.Case(ctx, officer, late.ID); err != nil || late.Phase != "review" {
		t.Fatalf("the other was accepted by lapse: %s, %v", late.Phase, err)
	}
	third := c.received(2)
	if third, err = c.act(officer, third, ask); err != nil {
		t.Fatal(err)
	}
	c.moveTo("2026-03-18", "09:00")
	_, err = c.act(clerk, third, casework.Action{Kind: "supplement", Materials: []string{"proof"}})
	wantCode(t, err, fault.Conflict, "case.notice-lapsed")
	if third, err = c.Case(ctx, officer, third.ID); err != nil || third.Phase != "withdrawn" {
		t.Errorf("%s, %v", third.Phase, err)
	}
}
