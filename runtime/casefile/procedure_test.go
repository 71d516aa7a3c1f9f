package casefile_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
)

// procedures are an assessment at the check, a publicity at the decision whose objections open a second assessment, a check
// of the means that stops nothing, and an extension.
func procedures() []plan.Procedure {
	month, five := term(20, "workday"), term(5, "workday")
	return []plan.Procedure{
		{Key: "assess", Kind: "inquiry", Name: lang.Text{Zh: "评定"}, Need: "required", Suspends: true, Term: &month, Stages: []string{"check"}},
		{Key: "post", Kind: "publicity", Name: lang.Text{Zh: "公示"}, Need: "required", Suspends: true, Term: &five, Stages: []string{"decide"}, Objection: "again",
			Shows: []plan.Shown{{Label: lang.Text{Zh: "姓名"}, Text: lang.Text{Zh: "吉*·*牛"}}}},
		{Key: "again", Kind: "inquiry", Name: lang.Text{Zh: "复核"}, Need: "on-objection", Suspends: true, Stages: []string{"decide"}},
		{Key: "means", Kind: "inquiry", Name: lang.Text{Zh: "核对"}, Need: "possible"},
		{Key: "longer", Kind: "extension", Name: lang.Text{Zh: "延期"}, Need: "possible", Term: &five},
	}
}

// clockedWith is an acceptance on a day with the special procedures; ten working days promised, twenty in law, three at the check.
func clockedWith(on string) casefile.Clocked {
	c := clocked()
	promised, statutory := term(10, "workday"), term(20, "workday")
	c.Promised, c.Statutory, c.Procedures = &promised, &statutory, procedures()
	c.PromisedDue, c.StatutoryDue, c.StageDue = due(on, 10), due(on, 20), due(on, 3)
	return c
}

func due(from string, n int) string {
	d, err := casefile.Count(days, []casefile.Interval{{Kind: casefile.ClockRuns, From: from}}, from, term(n, "workday"), "")
	if err != nil {
		panic(err)
	}
	return d
}

func accepted(t testing.TB) *script {
	s := start(t)
	return s.must(street, casefile.Accept{Clocked: clockedWith(s.on)})
}

func (s *script) wants(code string, by casefile.Actor, act casefile.Act) {
	s.t.Helper()
	if err := s.do(by, act); fault.CodeOf(err) != code {
		s.t.Errorf("%s: got %v, want %s", act.Kind(), err, code)
	}
}

func (s *script) dues() [3]string {
	return [3]string{s.state.Accept.PromisedDue, s.state.Accept.StatutoryDue, s.state.StageDue}
}

func TestAssessmentStopsTheClock(t *testing.T) {
	s := accepted(t)
	s.wants("case.procedure-required", street, casefile.Approve{})
	s.wants("case.wrong-office", county, casefile.Begin{Procedure: "assess", Text: "送评定"})
	s.wants("case.officer-required", casefile.Actor{Account: "a", Office: "street"}, casefile.Begin{Procedure: "assess", Text: "送评定"})
	s.wants("case.unknown-procedure", street, casefile.Begin{Procedure: "nonsense", Text: "送评定"})
	s.wants("case.reasons-required", street, casefile.Begin{Procedure: "assess"})
	s.wants("case.procedure-elsewhere", street, casefile.Begin{Procedure: "post"})
	s.wants("case.procedure-elsewhere", street, casefile.Begin{Procedure: "again", Text: "复核"})
	s.wants("case.procedure-extends", street, casefile.Begin{Procedure: "longer", Text: "延期"})
	s.wants("case.procedure-too-long", street, casefile.Begin{Procedure: "assess", Text: "送评定", Until: "2026-05-01"})
	s.wants("case.until-required", street, casefile.Begin{Procedure: "means", Text: "核对"})
	s.wants("case.until-required", street, casefile.Begin{Procedure: "means", Text: "核对", Until: "2026-03-01"})

	s.on = "2026-03-04" // the 3rd was counted
	s.must(street, casefile.Begin{Procedure: "assess", Text: "送市残联指定机构评定", Until: "2026-03-13"})
	if !s.state.Suspended() || s.dues() != [3]string{"2026-03-26", "2026-04-09", "2026-03-17"} {
		t.Errorf("stands still %v, expected %v", s.state.Suspended(), s.dues())
	}
	if due, from := s.state.Due(); due != "2026-03-13" || from != "2026-03-04" {
		t.Errorf("due %s from %s", due, from)
	}
	for _, act := range []casefile.Act{casefile.Approve{}, casefile.Return{To: 0, Text: "退回"}} {
		if err := s.do(street, act); err == nil {
			t.Errorf("%s while it is assessed", act.Kind())
		}
	}
	s.wants("case.procedure-running", street, casefile.Begin{Procedure: "assess", Text: "再送"})
	s.wants("case.clock-stands", street, casefile.Extend{Procedure: "longer", Text: "疑难", Approver: "王局"})
	s.on = "2026-03-20" // a week later than expected
	s.wants("case.reasons-required", street, casefile.Conclude{Procedure: "assess"})
	s.must(street, casefile.Conclude{Procedure: "assess", Text: "肢体三级"})
	want := []casefile.Interval{{Kind: casefile.ClockRuns, From: "2026-03-02", To: "2026-03-03"},
		{Kind: casefile.ClockSuspended, From: "2026-03-04", To: "2026-03-22", Procedure: "assess"}, {Kind: casefile.ClockRuns, From: "2026-03-22"}}
	if !reflect.DeepEqual(s.state.Clock, want) || s.dues() != [3]string{"2026-04-02", "2026-04-16", "2026-03-24"} {
		t.Errorf("runs again: %v, %v", s.state.Clock, s.dues())
	}
	s.must(street, casefile.Approve{StageDue: "2026-04-02"})
}

func TestBegunAfterHours(t *testing.T) {
	s := accepted(t)
	s.on = "2026-03-04"
	c := s.command(street, casefile.Begin{Procedure: "assess", Text: "送评定"})
	c.Closed = true
	if err := s.send(c); err != nil {
		t.Fatal(err)
	}
	if s.state.Clock[0].To != "2026-03-04" || s.state.Clock[1].From != "2026-03-05" {
		t.Errorf("the day itself counts: %v", s.state.Clock)
	}
	if r := s.state.Procedures[0].Runs[0]; r.Until != "2026-04-01" {
		t.Errorf("until %s, not the longest", r.Until)
	}
}

// TestLongestUnknown: the longest time ends in a year without a notice; an earlier day can be told all the same.
func TestLongestUnknown(t *testing.T) {
	s := start(t)
	facts := clockedWith(s.on)
	facts.Promised, facts.Statutory = nil, nil
	s.state.Route = slices.Clone(stages)
	s.state.Route[1].Days = 0
	s.must(street, casefile.Accept{Clocked: facts})
	s.on = "2027-12-20"
	s.wants("case.calendar-missing", street, casefile.Begin{Procedure: "assess", Text: "送评定"})
	s.must(street, casefile.Begin{Procedure: "assess", Text: "送评定", Until: "2027-12-22"})
}

func TestExtendedOnce(t *testing.T) {
	s := accepted(t)
	s.wants("case.reasons-required", street, casefile.Extend{Procedure: "longer", Approver: "王局"})
	s.wants("case.approver-required", street, casefile.Extend{Procedure: "longer", Text: "疑难"})
	s.wants("case.no-extension", street, casefile.Extend{Procedure: "means", Text: "疑难", Approver: "王局"})
	s.must(street, casefile.Extend{Procedure: "longer", Text: "案情复杂", Approver: "王局"})
	if s.dues() != [3]string{"2026-03-23", "2026-04-06", "2026-03-12"} {
		t.Errorf("extended: %v", s.dues())
	}
	s.wants("case.extended-already", street, casefile.Extend{Procedure: "longer", Text: "还要", Approver: "王局"})
	late := accepted(t)
	late.on = "2026-03-31"
	late.wants("case.extension-late", street, casefile.Extend{Procedure: "longer", Text: "案情复杂", Approver: "王局"})
}

// published brings a case to the publicity, from Monday the 9th to Monday the 16th of March.
func published(t testing.TB) *script {
	s := accepted(t)
	s.must(street, casefile.Begin{Procedure: "assess", Text: "送评定"})
	s.on = "2026-03-06"
	s.must(street, casefile.Conclude{Procedure: "assess", Text: "三级"}, casefile.Approve{StageDue: "2026-03-20"})
	s.on = "2026-03-09"
	return s.must(county, casefile.Begin{Procedure: "post", Until: "2026-03-09"})
}

func TestPublicity(t *testing.T) {
	s := published(t)
	run := s.state.Procedures[1].Runs[0]
	if run.Until != "2026-03-16" || !s.state.Suspended() {
		t.Errorf("published until %s", run.Until)
	}
	s.on = "2026-03-16"
	s.wants("case.publicity-lasts", county, casefile.Conclude{Procedure: "post"})
	s.wants("case.publicity-lasts", nobody, casefile.Conclude{Procedure: "post"})
	s.wants("case.procedure-running", county, casefile.Grant{})
	s.on = "2026-03-20"
	s.wants("case.wrong-office", nobody, casefile.Extend{Procedure: "longer", Text: "x", Approver: "x"})
	s.must(nobody, casefile.Conclude{Procedure: "post"})
	if last := s.state.Clock[len(s.state.Clock)-1]; s.state.Suspended() || last.From != "2026-03-16" {
		t.Errorf("the clock runs on from the day after the publicity, not from when somebody looked: %v", last)
	}
	s.must(county, casefile.Grant{DeliverBy: "2026-03-30", Deliver: lang.Text{Zh: "发证"}})
	if due, _ := s.state.Due(); due != "2026-03-30" || s.state.Office() != "county" || s.state.Closed() || !s.state.AwaitsDelivery() {
		t.Errorf("after the decision: due %s at %q", due, s.state.Office())
	}
	s.wants("case.bad-delivery", clerk, casefile.Deliver{How: "pigeon", Receiver: "本人"})
	s.wants("case.receiver-required", clerk, casefile.Deliver{How: "window"})
	s.wants("case.wrong-office", stranger, casefile.Deliver{How: "window", Receiver: "本人"})
	s.must(clerk, casefile.Deliver{How: "window", Receiver: "本人"})
	if !s.state.Closed() || s.state.Office() != "" || s.state.Phase != casefile.Granted {
		t.Errorf("handed over: %s at %q", s.state.Phase, s.state.Office())
	}
	s.wants("case.wrong-phase", clerk, casefile.Deliver{How: "window", Receiver: "本人"})
}

func TestObjection(t *testing.T) {
	s := published(t)
	s.on = "2026-03-11" // the 10th has counted
	s.wants("case.objector-required", clerk, casefile.Object{Procedure: "post", Text: "不属实"})
	s.must(clerk, casefile.Object{Procedure: "post", Objector: "居民某", Text: "不属实"})
	s.wants("case.objection-open", county, casefile.Conclude{Procedure: "post"})
	s.wants("case.objection-inquiry", county, casefile.Answer{Procedure: "post", Text: "属实"})
	s.must(county, casefile.Begin{Procedure: "again", Text: "复核", Until: "2026-03-20"})
	s.wants("case.objection-inquiry", county, casefile.Answer{Procedure: "post", Text: "属实"})
	s.on = "2026-03-18"
	s.must(county, casefile.Conclude{Procedure: "again", Text: "结论不变"})
	if !s.state.Suspended() {
		t.Error("the clock runs, though the publicity goes on")
	}
	s.must(county, casefile.Answer{Procedure: "post", Text: "经复核，异议不成立"})
	if p := s.state.Procedures[1]; p.Open() >= 0 || p.Runs[0].Until != "2026-03-24" { // four days were left
		t.Errorf("published until %s: %v", p.Runs[0].Until, p.Runs[0].Clock)
	}
	s.on = "2026-03-25"
	s.must(county, casefile.Conclude{Procedure: "post"}, casefile.Grant{})

	right := published(t)
	right.must(county, casefile.Object{Procedure: "post", Objector: "居民某", Text: "不属实"}, casefile.Begin{Procedure: "again", Text: "复核", Until: "2026-03-20"},
		casefile.Conclude{Procedure: "again", Text: "异议属实"}, casefile.Answer{Procedure: "post", Upheld: true, Text: "异议成立"})
	if p := right.state.Procedures[1]; p.Running() || p.Done() || right.state.Suspended() {
		t.Errorf("an objection that was right: %+v", p)
	}
	right.wants("case.procedure-required", county, casefile.Grant{})
	if may := casefile.AllowedProcedure(right.state, county, right.state.Procedures[1], right.on); !slices.Equal(may, []string{"begin"}) {
		t.Errorf("with the publicity the county may %v", may)
	}
	right.must(county, casefile.Refuse{Text: "异议属实", Legal: []string{"law-33"}})
}

func TestUnanswered(t *testing.T) {
	ask := casefile.RequestSupplement{Materials: []string{"photo", "proof"}, AnswerBy: "2026-03-17", Lapse: "withdrawn"}
	s := start(t).must(street, ask).must(clerk, casefile.Supply{Paper: []string{"photo"}, DecideBy: "2026-03-09"})
	s.on = "2026-03-17"
	s.wants("case.wrong-phase", nobody, casefile.Unanswered{})
	s.on = "2026-03-18"
	s.wants("case.platform-only", street, casefile.Unanswered{})
	s.wants("case.notice-lapsed", clerk, casefile.Supply{Paper: []string{"proof"}})
	s.must(nobody, casefile.Unanswered{})
	if s.state.Phase != casefile.Withdrawn || s.state.Ending.Lapse != "withdrawn" {
		t.Errorf("%s, %+v", s.state.Phase, s.state.Ending)
	}
	full := start(t).must(street, ask).must(clerk, casefile.Supply{Paper: []string{"photo", "proof"}, DecideBy: "2026-03-09"})
	full.on = "2026-03-18"
	full.wants("case.wrong-phase", nobody, casefile.Unanswered{})
	full.must(street, casefile.Accept{Clocked: clocked()})
}

// lawfulClock checks the ledger and what rests on it after every act.
func lawfulClock(t testing.TB, st, before casefile.State, last casefile.Event) {
	t.Helper()
	for i, in := range st.Clock {
		end := i == len(st.Clock)-1
		switch {
		case (in.To == "") != (end && !st.Phase.Final()), !end && in.To < in.From, !end && in.Kind == st.Clock[i+1].Kind:
			t.Fatalf("clock %+v in %s", st.Clock, st.Phase)
		case !end && in.Kind == casefile.ClockSuspended && st.Clock[i+1].From != in.To:
			t.Fatalf("clock %+v leaves days out", st.Clock)
		}
	}
	extensions, standing := 0, false
	for _, p := range st.Procedures {
		if p.Kind == "extension" {
			extensions += len(p.Runs)
		}
		standing = standing || p.Suspends && p.Running()
		if st.Phase == casefile.Granted && (p.Running() || p.Need == "required" && !p.Done()) {
			t.Fatalf("granted with %s at %+v", p.Key, p.Runs)
		}
		for _, r := range p.Runs {
			if p.Kind == "publicity" && r.Ended != "" && !r.Failed && (r.Ended != r.Until || slices.ContainsFunc(r.Objections, func(o casefile.Objection) bool { return o.Answered == "" || o.Upheld })) {
				t.Fatalf("published %+v", r)
			}
		}
	}
	if extensions > 1 {
		t.Fatalf("extended %d times", extensions)
	}
	if st.Phase == casefile.Review && standing != st.Suspended() {
		t.Fatalf("suspended %v by %+v", st.Suspended(), st.Procedures)
	}
	// The days last told are those that the ledger gives, and only acts on the clock change them.
	if st.Phase != casefile.Review || st.Accept.Promised == nil || before.Phase != casefile.Review {
		return
	}
	if reflect.DeepEqual(before.Clock, st.Clock) && !standing {
		if before.Accept.PromisedDue != st.Accept.PromisedDue {
			t.Fatalf("%s moved the limit", last.Body.Kind())
		}
		return
	}
	until := ""
	for _, p := range st.Procedures {
		if p.Suspends && p.Running() {
			until = max(until, p.Runs[len(p.Runs)-1].Until)
		}
	}
	for limit, told := range map[*plan.Term]string{st.Accept.Promised: st.Accept.PromisedDue, st.Accept.Statutory: st.Accept.StatutoryDue} {
		want, err := casefile.Count(days, st.Clock, st.Accept.On, *limit, until)
		if err != nil || want != told {
			t.Fatalf("%s: %d days end on %s, told %s, %v: %+v", last.Body.Kind(), limit.N, want, told, err, st.Clock)
		}
	}
}

// everyProcedure is the log of a case with every act about special procedures, and what follows an unanswered notice.
func everyProcedure(t testing.TB) []casefile.Event {
	s := accepted(t)
	s.must(street, casefile.Begin{Procedure: "assess", Text: "送评定", Until: "2026-03-06"}, casefile.Conclude{Procedure: "assess", Text: "三级"},
		casefile.Extend{Procedure: "longer", Text: "案情复杂", Approver: "王局"}, casefile.Approve{})
	s.must(county, casefile.Begin{Procedure: "post"}, casefile.Object{Procedure: "post", Objector: "居民某", Text: "不属实"},
		casefile.Begin{Procedure: "again", Text: "复核", Until: "2026-03-05"}, casefile.Conclude{Procedure: "again", Text: "结论不变"},
		casefile.Answer{Procedure: "post", Text: "异议不成立"}, casefile.Object{Procedure: "post", Objector: "居民某", Text: "不属实"},
		casefile.Begin{Procedure: "again", Text: "复核", Until: "2026-03-05"}, casefile.Conclude{Procedure: "again", Text: "属实"},
		casefile.Answer{Procedure: "post", Upheld: true, Text: "异议成立"}, casefile.Begin{Procedure: "post"})
	s.on = "2026-03-10"
	s.must(county, casefile.Conclude{Procedure: "post"}, casefile.Grant{Text: "准予", DeliverBy: "2026-03-24", Deliver: lang.Text{Zh: "发证", En: "Issue"}}).
		must(clerk, casefile.Deliver{How: "window", Receiver: "本人", Text: "当面"})
	log := s.log[1:]
	log[0].Document = &casefile.Document{Kind: "acceptance", Number: "街道办〔2026〕1号", On: "2026-03-02", Office: "street",
		Title: lang.Text{Zh: "受理通知书", En: "Notice of acceptance"}, Text: []lang.Text{{Zh: "已受理。", En: "Accepted."}}}
	lapsed := start(t).must(street, casefile.RequestSupplement{Materials: []string{"photo"}, AnswerBy: "2026-03-17", Lapse: "withdrawn"})
	lapsed.on = "2026-03-18"
	return append(log, lapsed.must(nobody, casefile.Unanswered{}).log[1:]...)
}
