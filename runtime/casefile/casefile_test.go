package casefile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The cast: a community window receives, its street accepts, checks it, and the county decides.
var (
	clerk    = casefile.Actor{Account: "a-clerk", Name: "窗口李", Office: "window", Clerk: true}
	street   = casefile.Actor{Account: "a-street", Name: "街道王", Office: "street", Officer: true}
	county   = casefile.Actor{Account: "a-county", Name: "县局赵", Office: "county", Officer: true}
	stranger = casefile.Actor{Account: "a-other", Name: "别处钱", Office: "elsewhere", Officer: true, Clerk: true}
	trainee  = casefile.Actor{Account: "a-trainee", Name: "见习孙", Office: "county"}
	nobody   = casefile.Actor{}
)

var stages = []plan.Stage{
	{Key: "accept", Name: lang.Text{Zh: "受理"}, Act: "accept", Office: "street", OfficeName: "街道办"},
	{Key: "check", Name: lang.Text{Zh: "审核"}, Act: "check", Office: "street", OfficeName: "街道办", Days: 3},
	{Key: "decide", Name: lang.Text{Zh: "决定"}, Act: "decide", Office: "county", OfficeName: "县民政局"},
}

func receive() casefile.Receive {
	return casefile.Receive{
		Number: "510411-20260302-00001-1", Item: plan.ItemRef{Code: "X1", Version: 1, Plan: "abc", Name: lang.Text{Zh: "高龄津贴"}},
		Applicant: casefile.Applicant{IDType: "resident-id", IDNumber: "510499194001010013", Name: "吉克·阿牛"},
		NoticeBy:  "2026-03-09", Route: stages,
		Legal:     []casefile.Article{{ID: "law-33", Title: "老年人权益保障法", Article: "第三十三条"}},
		Materials: []string{"id-card", "photo", "proof"},
		Input:     json.RawMessage(`{"date":"2026-03-02"}`), Outcome: json.RawMessage(`{"ready":true}`),
	}
}

func clocked() casefile.Clocked {
	return casefile.Clocked{PromisedDue: "2026-03-16", StatutoryDue: "2026-03-30", StageDue: "2026-03-05", Outcome: json.RawMessage(`{"ready":true,"at":2}`)}
}

// tolerant is an acceptance that waits for a photo and for one of two proofs.
func tolerant(on string) casefile.Clocked {
	c := clocked()
	c.Gaps = []casefile.Gap{{Material: "photo", Since: on, Due: "2026-03-10"}, {Material: "proof", Group: "why", Since: on, Due: "2026-03-06"},
		{Material: "id-card", Group: "why", Since: on, Due: "2026-03-06"}}
	return c
}

func supplied(paper ...string) casefile.SupplyTolerated {
	return casefile.SupplyTolerated{Paper: paper, Outcome: json.RawMessage(`{"ready":true,"at":3}`)}
}

// script drives a case by commands, each under an Op of its own and seeing the newest revision.
type script struct {
	t     testing.TB
	state casefile.State
	log   []casefile.Event
	ops   int
	on    string
}

func (s *script) command(by casefile.Actor, act casefile.Act) casefile.Command {
	s.ops++
	at, err := time.Parse(time.DateOnly, s.on)
	if err != nil {
		s.t.Fatal(err)
	}
	return casefile.Command{Op: fmt.Sprintf("op-%06d", s.ops), Seen: s.state.Revision(), By: by, At: at.Add(time.Duration(s.ops) * time.Second), On: s.on, Act: act, Calendar: days}
}

func (s *script) send(c casefile.Command) error {
	events, err := casefile.Decide(s.state, c)
	for _, e := range events {
		s.state = casefile.Fold(s.state, e)
		s.log = append(s.log, e)
	}
	return err
}

func (s *script) do(by casefile.Actor, act casefile.Act) error { return s.send(s.command(by, act)) }

func (s *script) must(by casefile.Actor, acts ...casefile.Act) *script {
	s.t.Helper()
	for _, a := range acts {
		if err := s.do(by, a); err != nil {
			s.t.Fatalf("%s: %v", a.Kind(), err)
		}
	}
	return s
}

func start(t testing.TB) *script {
	t.Helper()
	s := &script{t: t, on: "2026-03-02"}
	return s.must(clerk, receive())
}

func TestReceiptIsNotAcceptance(t *testing.T) {
	s := start(t)
	if s.state.Phase != casefile.Received || s.state.Accept != nil || len(s.state.Clock) != 0 {
		t.Errorf("after receipt: phase %s, acceptance %v, clock %v", s.state.Phase, s.state.Accept, s.state.Clock)
	}
	if due, from := s.state.Due(); due != "2026-03-09" || from != "2026-03-02" {
		t.Errorf("the running limit is that of the notice, got %s from %s", due, from)
	}
}

func TestWholeWay(t *testing.T) {
	s := start(t)
	s.on = "2026-03-04"
	s.must(street, casefile.Accept{Clocked: clocked()})
	if due, _ := s.state.Due(); s.state.Office() != "street" || s.state.Stage != 1 || due != "2026-03-05" {
		t.Errorf("after acceptance: office %s stage %d due %s", s.state.Office(), s.state.Stage, due)
	}
	s.must(street, casefile.Approve{Text: "情况属实"})
	if due, from := s.state.Due(); s.state.Office() != "county" || due != "2026-03-16" || from != "2026-03-04" {
		t.Errorf("at the deciding stage: office %s due %s from %s", s.state.Office(), due, from)
	}
	s.must(county, casefile.Return{To: 1, Text: "请补充入户照片"})
	if s.state.Office() != "street" || !s.state.Returned || s.state.Records[1].Done != nil {
		t.Errorf("returned: office %s returned %v records %v", s.state.Office(), s.state.Returned, s.state.Records)
	}
	s.must(street, casefile.Approve{}).must(county, casefile.Grant{})
	want := []casefile.Interval{{Kind: casefile.ClockRuns, From: "2026-03-04", To: "2026-03-04"}}
	if s.state.Phase != casefile.Granted || s.state.Office() != "" || !reflect.DeepEqual(s.state.Clock, want) {
		t.Errorf("at the end: %s, office %q, clock %v", s.state.Phase, s.state.Office(), s.state.Clock)
	}
	if s.state.Ending.Remedies != nil {
		t.Error("a decision in the applicant's favour names remedies")
	}
}

func TestLapseIsBackDated(t *testing.T) {
	s := start(t)
	s.on = "2026-03-09"
	if err := s.do(nobody, casefile.Lapse{Clocked: clocked()}); fault.CodeOf(err) != "case.wrong-phase" {
		t.Errorf("on the last day itself: %v", err)
	}
	s.on = "2026-03-10"
	for _, c := range []struct {
		by  casefile.Actor
		act casefile.Act
	}{{street, casefile.Accept{}}, {street, casefile.NotAccept{Text: "x"}}, {street, casefile.RequestSupplement{Materials: []string{"photo"}}}} {
		if err := s.do(c.by, c.act); fault.CodeOf(err) != "case.deemed-accepted" {
			t.Errorf("%s after the period: %v", c.act.Kind(), err)
		}
	}
	if err := s.do(street, casefile.Lapse{Clocked: clocked()}); fault.CodeOf(err) != "case.platform-only" {
		t.Errorf("an officer declares a lapse: %v", err)
	}
	s.must(nobody, casefile.Lapse{Clocked: clocked()})
	if a := s.state.Accept; a == nil || !a.Deemed || a.On != "2026-03-02" || s.state.Clock[0].From != "2026-03-02" {
		t.Errorf("deemed acceptance: %+v, clock %v", a, s.state.Clock)
	}
	if s.state.StageSince != "2026-03-10" {
		t.Errorf("the next stage has it since %s, not since it got it", s.state.StageSince)
	}
}

func TestNoticeOnlyOnce(t *testing.T) {
	s := start(t)
	s.must(street, casefile.RequestSupplement{Materials: []string{"photo", "proof", "photo"}, Text: "请补照片和证明"})
	if got := s.state.Outstanding(); !slices.Equal(got, []string{"photo", "proof"}) {
		t.Errorf("outstanding %v", got)
	}
	if due, _ := s.state.Due(); due != "" {
		t.Errorf("a limit runs while the applicant is asked: %s", due)
	}
	for _, c := range []struct {
		by   casefile.Actor
		act  casefile.Act
		code string
	}{
		{street, casefile.RequestSupplement{Materials: []string{"id-card"}}, "case.supplement-once"},
		{street, casefile.Accept{}, "case.wrong-phase"},
		{street, casefile.NotAccept{Text: "未补正"}, "case.supplement-awaited"},
		{clerk, casefile.Supply{Paper: []string{"id-card"}}, "case.not-asked"},
		{clerk, casefile.Supply{}, "case.nothing-supplied"},
		{stranger, casefile.Supply{Paper: []string{"photo"}}, "case.wrong-office"},
		{nobody, casefile.Lapse{}, "case.wrong-phase"},
	} {
		if err := s.do(c.by, c.act); fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.act.Kind(), err, c.code)
		}
	}
	s.on = "2026-03-20" // after the notice period: the applicant's time is not counted, nothing lapses
	s.must(clerk, casefile.Supply{Paper: []string{"photo"}, DecideBy: "2026-03-27"})
	if err := s.do(street, casefile.Accept{}); fault.CodeOf(err) != "case.supplement-outstanding" {
		t.Errorf("accepted with a part missing: %v", err)
	}
	if err := s.do(street, casefile.RequestSupplement{Materials: []string{"id-card"}}); fault.CodeOf(err) != "case.supplement-once" {
		t.Errorf("second notice: %v", err)
	}
	s.must(clerk, casefile.Supply{Files: []casefile.File{{Material: "proof", Hash: "h"}}, DecideBy: "2026-03-27"})
	if err := s.do(street, casefile.NotAccept{Text: "还是不行"}); fault.CodeOf(err) != "case.must-accept" {
		t.Errorf("not accepted although everything asked for was given: %v", err)
	}
	s.must(street, casefile.Accept{Clocked: clocked()})
	if s.state.Accept.On != "2026-03-20" {
		t.Errorf("the clock starts on %s", s.state.Accept.On)
	}
}

func TestRefusal(t *testing.T) {
	at := func(t *testing.T) *script {
		return start(t).must(street, casefile.Accept{Clocked: clocked()}, casefile.Approve{})
	}
	for _, c := range []struct {
		title string
		by    casefile.Actor
		act   casefile.Refuse
		code  string
	}{
		{"no reasons", county, casefile.Refuse{Legal: []string{"law-33"}}, "case.reasons-required"},
		{"blank reasons", county, casefile.Refuse{Text: " \n　", Legal: []string{"law-33"}}, "case.reasons-required"},
		{"no article", county, casefile.Refuse{Text: "不符合条件"}, "case.legal-required"},
		{"an article of another item", county, casefile.Refuse{Text: "不符合条件", Legal: []string{"law-99"}}, "case.unknown-legal"},
		{"another office", street, casefile.Refuse{Text: "不符合条件", Legal: []string{"law-33"}}, "case.wrong-office"},
		{"no officer", trainee, casefile.Refuse{Text: "不符合条件", Legal: []string{"law-33"}}, "case.officer-required"},
		{"the machine", nobody, casefile.Refuse{Text: "不符合条件", Legal: []string{"law-33"}}, "case.wrong-office"},
		{"too long", county, casefile.Refuse{Text: strings.Repeat("长", casefile.MaxText+1), Legal: []string{"law-33"}}, "case.text-too-long"},
	} {
		t.Run(c.title, func(t *testing.T) {
			if err := at(t).do(c.by, c.act); fault.CodeOf(err) != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	s := at(t).must(county, casefile.Refuse{Text: " 未满80周岁 ", Legal: []string{"law-33", "law-33"}})
	e := s.state.Ending
	if s.state.Phase != casefile.Refused || e.Reasons != "未满80周岁" || len(e.Legal) != 1 || e.Remedies == nil || *e.Remedies != (casefile.Remedies{ReviewDays: 60, LitigationMonths: 6}) {
		t.Errorf("refusal %+v", e)
	}
}

// TestTolerance: what was tolerated as missing may follow from the window or the office that has the case; nothing is granted
// before, and nothing is refused by itself.
func TestTolerance(t *testing.T) {
	s := start(t)
	if err := s.do(clerk, supplied("photo")); fault.CodeOf(err) != "case.wrong-phase" {
		t.Errorf("before acceptance: %v", err)
	}
	s.must(street, casefile.Accept{Clocked: tolerant(s.on)})
	if got := s.state.OpenGaps(); !slices.Equal(got, []string{"photo", "proof", "id-card"}) {
		t.Errorf("open %v", got)
	}
	if due, from := s.state.GapDue(); due != "2026-03-06" || from != "2026-03-02" {
		t.Errorf("due %s from %s", due, from)
	}
	s.must(street, casefile.Approve{}) // passing it on waits for nothing
	for _, c := range []struct {
		title string
		by    casefile.Actor
		act   casefile.Act
		code  string
	}{
		{"granted with gaps", county, casefile.Grant{}, "case.gaps-open"},
		{"an office that had it before", street, supplied("photo"), "case.wrong-office"},
		{"somebody else", stranger, supplied("photo"), "case.wrong-office"},
		{"no officer", trainee, supplied("photo"), "case.wrong-office"},
		{"nothing", clerk, supplied(), "case.nothing-supplied"},
		{"something nobody waits for", clerk, supplied("nonsense"), "case.not-tolerated"},
		{"without the outcome", clerk, casefile.SupplyTolerated{Paper: []string{"photo"}}, "case.incomplete-supply"},
		{"refused for what is not late yet", county, casefile.Refuse{Text: "未补交", Legal: []string{"law-33"}, Unsupplied: []string{"proof"}}, "case.gap-not-late"},
	} {
		if err := s.do(c.by, c.act); fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.title, err, c.code)
		}
	}
	if slices.Contains(casefile.Allowed(s.state, county, s.on), casefile.KindGrant) || !slices.Contains(casefile.Allowed(s.state, county, s.on), casefile.KindSupplyTolerated) {
		t.Errorf("the county may %v", casefile.Allowed(s.state, county, s.on))
	}
	s.on = "2026-03-09" // one is late by now, which changes nothing by itself
	if s.state.Phase != casefile.Review || !s.state.Gaps[1].Late(s.on) || s.state.Gaps[0].Late(s.on) {
		t.Errorf("phase %s, gaps %+v", s.state.Phase, s.state.Gaps)
	}
	refuse := s.command(county, casefile.Refuse{Text: "未按期补交", Legal: []string{"law-33"}, Unsupplied: []string{"proof", "proof"}})
	if events, err := casefile.Decide(s.state, refuse); err != nil || !slices.Equal(casefile.Fold(s.state, events[0]).Ending.Unsupplied, []string{"proof"}) {
		t.Errorf("refused for what did not come: %v, %v", events, err)
	}
	s.must(clerk, supplied("id-card")) // late is better than never, and one of a group is enough
	if got := s.state.OpenGaps(); !slices.Equal(got, []string{"photo"}) || s.state.Gaps[1].SuppliedOn != s.on {
		t.Errorf("open %v: %+v", got, s.state.Gaps)
	}
	if err := s.do(clerk, supplied("proof")); fault.CodeOf(err) != "case.not-tolerated" {
		t.Errorf("the other of the group: %v", err)
	}
	s.must(county, casefile.SupplyTolerated{Files: []casefile.File{{Material: "photo", Hash: "h"}}, Outcome: json.RawMessage(`{"at":4}`)})
	if due, from := s.state.GapDue(); due != "" || from != "" || string(s.state.Outcome) != `{"at":4}` || len(s.state.Files) != 1 {
		t.Errorf("due %s from %s, outcome %s, files %v", due, from, s.state.Outcome, s.state.Files)
	}
	if err := s.do(clerk, supplied("photo")); fault.CodeOf(err) != "case.wrong-phase" {
		t.Errorf("nothing is awaited any more: %v", err)
	}
	s.must(county, casefile.Grant{})
}

func TestToleranceIsCounted(t *testing.T) {
	for title, change := range map[string]func(*casefile.Clocked){
		"twice":             func(c *casefile.Clocked) { c.Gaps = append(c.Gaps, c.Gaps[0]) },
		"a strange paper":   func(c *casefile.Clocked) { c.Gaps[0].Material = "nonsense" },
		"no first day":      func(c *casefile.Clocked) { c.Gaps[0].Since = "" },
		"over before begun": func(c *casefile.Clocked) { c.Gaps[0].Due = "2026-03-01" },
	} {
		s := start(t)
		facts := tolerant(s.on)
		change(&facts)
		if err := s.do(street, casefile.Accept{Clocked: facts}); fault.CodeOf(err) != "case.incomplete-gap" {
			t.Errorf("%s: %v", title, err)
		}
	}
}

func TestRefuseOnlyWhereDecided(t *testing.T) {
	s := start(t)
	refuse := casefile.Refuse{Text: "x", Legal: []string{"law-33"}}
	if err := s.do(street, refuse); fault.CodeOf(err) != "case.wrong-phase" {
		t.Errorf("before acceptance: %v", err)
	}
	s.must(street, casefile.Accept{Clocked: clocked()})
	for _, act := range []casefile.Act{refuse, casefile.Grant{}} {
		if err := s.do(street, act); fault.CodeOf(err) != "case.wrong-phase" {
			t.Errorf("%s at the checking stage: %v", act.Kind(), err)
		}
	}
	s.must(street, casefile.Approve{})
	if err := s.do(county, casefile.Approve{}); fault.CodeOf(err) != "case.wrong-phase" {
		t.Errorf("approve at the deciding stage: %v", err)
	}
	if err := s.do(county, casefile.Return{To: 2, Text: "x"}); fault.CodeOf(err) != "case.not-earlier-stage" {
		t.Errorf("return to the same stage: %v", err)
	}
}

func TestOps(t *testing.T) {
	s := start(t)
	accept := s.command(street, casefile.Accept{Clocked: clocked()})
	if err := s.send(accept); err != nil {
		t.Fatal(err)
	}
	before := s.state
	if err := s.send(accept); err != nil || !reflect.DeepEqual(s.state, before) {
		t.Errorf("the same command again: %v", err)
	}
	again := accept
	again.Act = casefile.Withdraw{}
	if err := s.send(again); fault.CodeOf(err) != "case.op-reused" {
		t.Errorf("an Op used for something else: %v", err)
	}
	again = accept
	again.By = county
	if err := s.send(again); fault.CodeOf(err) != "case.op-reused" {
		t.Errorf("an Op of somebody else: %v", err)
	}
	stale := s.command(street, casefile.Approve{})
	stale.Seen--
	if err := s.send(stale); fault.CodeOf(err) != "case.stale" {
		t.Errorf("a person who saw an older case: %v", err)
	}
	short := s.command(street, casefile.Approve{})
	short.Op = "1234567"
	if err := s.send(short); fault.CodeOf(err) != "case.bad-op" {
		t.Errorf("a short Op: %v", err)
	}
}

func TestReceiveNeedsARoute(t *testing.T) {
	for title, change := range map[string]func(*casefile.Receive){
		"none":            func(r *casefile.Receive) { r.Route = nil },
		"does not accept": func(r *casefile.Receive) { r.Route = stages[1:] },
		"never decides":   func(r *casefile.Receive) { r.Route = stages[:2] },
		"stage of nobody": func(r *casefile.Receive) { r.Route = slices.Clone(stages); r.Route[1].Office = "" },
	} {
		r := receive()
		change(&r)
		s := &script{t: t, on: "2026-03-02"}
		if err := s.do(clerk, r); fault.CodeOf(err) != "case.no-route" {
			t.Errorf("%s: %v", title, err)
		}
	}
	s := start(t)
	if err := s.do(clerk, receive()); fault.CodeOf(err) != "case.exists" {
		t.Errorf("received twice: %v", err)
	}
	empty := &script{t: t, on: "2026-03-02"}
	if err := empty.do(street, casefile.Accept{}); fault.CodeOf(err) != "case.not-found" {
		t.Errorf("no case: %v", err)
	}
	if err := empty.do(street, receive()); fault.CodeOf(err) != "case.clerk-required" {
		t.Errorf("received by no clerk: %v", err)
	}
}

// TestEncoding holds the stored form of every kind of event still: what was written once must be readable for ever.
func TestEncoding(t *testing.T) {
	file := casefile.File{Material: "photo", Hash: "00ff", Name: "照片<1>.jpg", Type: "image/jpeg", Size: 10, At: time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)}
	full := receive()
	full.Files, full.Paper, full.Evidence = []casefile.File{file}, []string{"id-card"}, json.RawMessage(`{"applicant":{}}`)
	s := &script{t: t, on: "2026-03-02"}
	s.must(clerk, full).
		must(street, casefile.RequestSupplement{Materials: []string{"photo"}, Text: "请补"}).
		must(clerk, casefile.Supply{Files: []casefile.File{file}, Text: "已补", DecideBy: "2026-03-09"}).
		must(street, casefile.Accept{Clocked: clocked(), Text: "受理"}, casefile.Approve{Text: "同意", StageDue: "2026-03-10"}).
		must(county, casefile.Return{To: 1, Text: "退回", StageDue: "2026-03-11"}).
		must(street, casefile.Approve{}).
		must(county, casefile.Refuse{Text: "不符合", Legal: []string{"law-33"}})
	log := s.log
	lapsed := start(t)
	lapsed.on = "2026-03-10"
	log = append(log, lapsed.must(nobody, casefile.Lapse{Clocked: clocked()}).log[1])
	log = append(log, start(t).must(clerk, casefile.Withdraw{Text: "不办了"}).log[1])
	log = append(log, start(t).must(street, casefile.NotAccept{Text: "非本机关职权", Legal: []string{"law-33"}, Competent: "市公安局"}).log[1])
	log = append(log, start(t).must(street, casefile.Accept{Clocked: clocked()}, casefile.Approve{}).must(county, casefile.Grant{Text: "准予"}).log[3])
	late := start(t).must(street, casefile.Accept{Clocked: tolerant("2026-03-02")}).
		must(clerk, casefile.SupplyTolerated{Files: []casefile.File{file}, Paper: []string{"proof"}, Text: "已补", Outcome: json.RawMessage(`{"ready":true}`)})
	log = append(log, late.log[1:]...)
	late = start(t).must(street, casefile.Accept{Clocked: tolerant("2026-03-02")}, casefile.Approve{})
	late.on = "2026-03-12"
	log = append(log, late.must(county, casefile.Refuse{Text: "未补交", Legal: []string{"law-33"}, Unsupplied: []string{"photo"}}).log[3])
	log = append(log, everyProcedure(t)...)

	var b bytes.Buffer
	for _, e := range log {
		kind, body, err := casefile.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n%s\n", kind, body)
		back, err := casefile.Decode(e.Seq, e.At, kind, body)
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%s: read back %+v, %v; was %+v", kind, back, err, e)
		}
	}
	const golden = "testdata/events.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("the stored form of events changed; a new shape needs a new kind\ngot:\n%s", b.Bytes())
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range [][2]string{{"accepted.9", `{"op":"x","data":{}}`}, {"accepted", `{`}, {"accepted", `{"op":"x","data":7}`}} {
		if _, err := casefile.Decode(1, time.Time{}, c[0], json.RawMessage(c[1])); err == nil {
			t.Errorf("%s %s was read", c[0], c[1])
		}
	}
}

// TestAnyCommands sends random commands by random people on random days and checks after each that the law holds.
func TestAnyCommands(t *testing.T) {
	seen := map[casefile.Phase]int{}
	refusedWhy := map[string]int{}
	for seed := range uint64(400) {
		seen[randomCase(t, rand.New(rand.NewPCG(seed, 20260302)), 120, refusedWhy)]++
	}
	for _, p := range []casefile.Phase{casefile.Granted, casefile.Refused, casefile.NotAccepted, casefile.Withdrawn} {
		if seen[p] == 0 {
			t.Errorf("no random case ended as %s: the test does not reach it (%v)", p, seen)
		}
	}
	for code := range refusedWhy {
		if _, ok := diag.Codes()[code]; !ok {
			t.Errorf("%s is not in the catalogue", code)
		}
	}
	for _, code := range []string{"case.gaps-open", "case.gap-not-late", "case.not-tolerated", "case.procedure-required", "case.procedure-running",
		"case.publicity-lasts", "case.extended-already", "case.notice-lapsed", "case.clock-stands"} {
		if refusedWhy[code] == 0 {
			t.Errorf("no random command was refused with %s: the test does not reach it", code)
		}
	}
	if len(refusedWhy) < 18 {
		t.Errorf("only %d reasons to refuse a command were met: %v", len(refusedWhy), refusedWhy)
	}
}

func FuzzCommands(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { randomCase(t, rand.New(rand.NewPCG(seed, 1)), 200, map[string]int{}) })
}

func randomCase(t testing.TB, r *rand.Rand, steps int, why map[string]int) casefile.Phase {
	t.Helper()
	s := &script{t: t, on: "2026-03-02"}
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	actors := []casefile.Actor{clerk, street, county, stranger, trainee, nobody}
	pick := func(list ...string) []string {
		var out []string
		for _, v := range list {
			if r.IntN(2) == 0 {
				out = append(out, v)
			}
		}
		return out
	}
	text := func() string { return []string{"", " ", "理由"}[r.IntN(3)] }
	var by casefile.Actor
	key := func() string {
		for _, p := range s.state.Procedures { // else a publicity seldom gets far
			if r.IntN(2) == 0 && len(casefile.AllowedProcedure(s.state, by, p, s.on)) > 0 {
				return p.Key
			}
		}
		return []string{"assess", "post", "again", "means", "longer", "nonsense"}[r.IntN(6)]
	}
	soon := func() string { return []string{"", day.AddDate(0, 0, r.IntN(9)).Format(time.DateOnly)}[r.IntN(2)] }
	late := func() []string {
		if r.IntN(3) > 0 {
			return nil
		}
		return pick("photo", "proof")
	}
	facts := func() casefile.Clocked {
		c := clocked()
		if r.IntN(2) == 0 {
			c = clockedWith(s.on)
		}
		if r.IntN(3) > 0 {
			for _, m := range pick("photo", "proof", "id-card") {
				c.Gaps = append(c.Gaps, casefile.Gap{Material: m, Group: []string{"", "one", "one"}[len(c.Gaps)], Since: s.on,
					Due: day.AddDate(0, 0, r.IntN(12)).Format(time.DateOnly)})
			}
		}
		return c
	}
	var sent []casefile.Command
	states := map[int]casefile.State{}
	for range steps {
		if r.IntN(6) == 0 {
			day = day.AddDate(0, 0, r.IntN(4))
			s.on = day.Format(time.DateOnly)
		}
		by = actors[r.IntN(len(actors))]
		for range r.IntN(4) { // somebody who has something to do, more often than not
			if s.state.Phase == "" {
				by = clerk
			} else if len(casefile.Allowed(s.state, by, s.on)) == 0 {
				by = actors[r.IntN(len(actors))]
			}
		}
		receipt := receive()
		receipt.NoticeBy = day.AddDate(0, 0, 7).Format(time.DateOnly)
		acts := []casefile.Act{receipt, casefile.Lapse{Clocked: facts()}, casefile.Accept{Clocked: facts()},
			supplied(pick("photo", "proof", "id-card")...), casefile.NotAccept{Text: text(), Competent: text()}, casefile.RequestSupplement{Materials: pick("photo", "proof", "nonsense"), Text: text(), AnswerBy: soon(), Lapse: "returned"},
			casefile.Supply{Paper: pick("photo", "proof"), DecideBy: s.on}, casefile.Approve{}, casefile.Return{To: r.IntN(4) - 1, Text: text()},
			casefile.Unanswered{}, casefile.Begin{Procedure: key(), Text: text(), Until: soon()}, casefile.Conclude{Procedure: key(), Text: text()},
			casefile.Begin{Procedure: key(), Text: "理由"}, casefile.Conclude{Procedure: key(), Text: "结论"},
			casefile.Extend{Procedure: "longer", Text: text(), Approver: text()}, casefile.Object{Procedure: "post", Objector: text(), Text: text()},
			casefile.Answer{Procedure: "post", Upheld: r.IntN(3) == 0, Text: text()}, casefile.Deliver{How: "mail", Receiver: text()},
			casefile.Grant{DeliverBy: soon()}, casefile.Refuse{Text: text(), Legal: pick("law-33", "law-99"), Unsupplied: late()}, casefile.Withdraw{}}
		if may := casefile.Allowed(s.state, by, s.on); len(may) > 0 && r.IntN(2) == 0 { // else a case seldom gets far
			acts = slices.DeleteFunc(acts, func(a casefile.Act) bool { return !slices.Contains(may, a.Kind()) })
		}
		act := acts[r.IntN(len(acts))]
		if act.Kind() == casefile.KindWithdraw && r.IntN(20) > 0 {
			act = casefile.Approve{}
		}
		cmd := s.command(by, act)
		if r.IntN(10) == 0 {
			cmd.Seen--
		}
		if len(sent) > 0 && r.IntN(8) == 0 {
			cmd = sent[r.IntN(len(sent))] // a repetition
		}
		sent = append(sent, cmd)
		before, n := s.state, len(s.log)
		allowed := casefile.Allowed(before, cmd.By, cmd.On)
		repeated := before.Did(cmd.Op)
		err := s.send(cmd)
		if err != nil {
			why[fault.CodeOf(err)]++
			if refused := new(fault.Error); !errors.As(err, &refused) {
				t.Fatalf("%T is no fault", err)
			}
			if !reflect.DeepEqual(before, s.state) {
				t.Fatal("a refused command changed the state")
			}
			continue
		}
		if repeated {
			if len(s.log) != n {
				t.Fatalf("%s was carried out twice", cmd.Op)
			}
			continue
		}
		if kind := cmd.Act.Kind(); kind != casefile.KindReceive && cmd.By != nobody && !slices.Contains(allowed, kind) {
			t.Fatalf("%s was done but not offered", kind)
		}
		if before.Closed() || before.Phase.Final() && cmd.Act.Kind() != casefile.KindDeliver {
			t.Fatalf("%s changed a case that is %s", cmd.Act.Kind(), before.Phase)
		}
		lawful(t, s, before)
		states[len(s.log)] = s.state
	}
	// Every state that Decide ever saw is what the log up to then comes to: nothing later reached back into it.
	for n, state := range states {
		if got := casefile.Replay(s.log[:n]); !reflect.DeepEqual(got, state) {
			t.Fatalf("the first %d events come to\n%+v\nbut Decide saw\n%+v", n, got, state)
		}
	}
	return s.state.Phase
}

// lawful checks what must hold after every act.
func lawful(t testing.TB, s *script, before casefile.State) {
	t.Helper()
	st, last := s.state, s.log[len(s.log)-1]
	if st.Seq != int64(len(s.log)) || st.Seq != before.Seq+1 {
		t.Fatalf("sequence %d after %d events", st.Seq, len(s.log))
	}
	notices, acceptances := 0, 0
	awaited := map[string]string{} // by material, its last day
	group := map[string]string{}
	for _, e := range s.log {
		switch b := e.Body.(type) {
		case casefile.WasAskedToSupplement:
			notices++
			if b.On > st.NoticeBy {
				t.Fatalf("notice on %s, after %s", b.On, st.NoticeBy)
			}
		case casefile.WasAccepted:
			acceptances++
			if b.Deemed && (b.On != st.ReceivedOn || notices > 0 || b.Recorded <= st.NoticeBy) {
				t.Fatalf("deemed acceptance %+v", b)
			}
			for _, g := range b.Gaps {
				awaited[g.Material], group[g.Material] = g.Due, g.Group
			}
		case casefile.WasSuppliedTolerated:
			for _, m := range b.Paper {
				for other, name := range group {
					if other == m || name != "" && name == group[m] {
						delete(awaited, other)
					}
				}
			}
		}
	}
	if notices > 1 || acceptances > 1 {
		t.Fatalf("%d notices, %d acceptances", notices, acceptances)
	}
	if st.Phase == casefile.Review != (acceptances == 1) && !st.Phase.Final() {
		t.Fatalf("phase %s with %d acceptances", st.Phase, acceptances)
	}
	switch b := last.Body.(type) {
	case casefile.WasRefused:
		if !last.By.Officer || last.By.Office != st.Route[len(st.Route)-1].Office || b.Text == "" || len(b.Legal) == 0 || b.Remedies.ReviewDays != 60 || acceptances != 1 {
			t.Fatalf("refused by %+v: %+v", last.By, b)
		}
		for _, m := range b.Unsupplied {
			if due, ok := awaited[m]; !ok || due >= b.On {
				t.Fatalf("refused on %s because %s is missing, which may come until %q", b.On, m, due)
			}
		}
	case casefile.WasNotAccepted:
		if !last.By.Officer || b.Text == "" || b.Remedies.LitigationMonths != 6 || acceptances != 0 {
			t.Fatalf("not accepted by %+v: %+v", last.By, b)
		}
	case casefile.WasGranted:
		if last.By.Office != "county" || acceptances != 1 || len(awaited) > 0 {
			t.Fatalf("granted by %+v while %v is awaited", last.By, awaited)
		}
	case casefile.WasSuppliedTolerated:
		if before.Phase != casefile.Review || st.Phase != casefile.Review || before.Office() != st.Office() || !reflect.DeepEqual(before.Clock, st.Clock) {
			t.Fatalf("handing in %v moved the case", b.Paper)
		}
		if last.By.Office != before.ReceivedBy.Office && last.By.Office != before.Office() {
			t.Fatalf("handed in by %+v", last.By)
		}
		for _, m := range b.Paper {
			if !slices.Contains(before.OpenGaps(), m) {
				t.Fatalf("%s was taken, but only %v is awaited", m, before.OpenGaps())
			}
		}
	}
	if st.Phase == casefile.Review && len(st.OpenGaps()) != len(awaited) || st.Phase.Final() && st.OpenGaps() != nil {
		t.Fatalf("%s waits for %v, the log for %v", st.Phase, st.OpenGaps(), awaited)
	}
	if last.By == nobody {
		switch b := last.Body.(type) {
		case casefile.WasAccepted:
			if !b.Deemed {
				t.Fatal("the platform itself accepted")
			}
		case casefile.WasUnanswered:
			if b.On <= before.Notice.AnswerBy || len(before.Outstanding()) == 0 {
				t.Fatalf("%+v although the notice was answered", b)
			}
		case casefile.WasConcluded:
			if b.Procedure != "post" {
				t.Fatalf("the platform itself concluded %s", b.Procedure)
			}
		default:
			t.Fatalf("the platform itself did %s", last.Body.Kind())
		}
	}
	if (st.Office() == "") != st.Closed() {
		t.Fatalf("phase %s at office %q", st.Phase, st.Office())
	}
	lawfulClock(t, st, before, last)
}
