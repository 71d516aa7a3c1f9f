package casework_test

import (
	"bytes"

	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"

	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/licence"
)

// The offices of the test: a community window of 仁和, the street it belongs to, the county's bureau, and others elsewhere.
const (
	window  = "service-510411100901"
	street  = "service-510411100"
	county  = "civil-affairs-510411"
	foreign = "service-510411001901"
)

var (
	clerk      = casework.Actor{Account: "a-clerk", Name: "李窗口", Roles: []string{"clerk"}, Office: window}
	colleague  = casework.Actor{Account: "a-colleague", Name: "周窗口", Roles: []string{"clerk"}, Office: window}
	outsider   = casework.Actor{Account: "a-outsider", Name: "钱窗口", Roles: []string{"clerk", "officer", "supervisor"}, Office: foreign}
	officer    = casework.Actor{Account: "a-street", Name: "王街道", Roles: []string{"officer"}, Office: street}
	decider    = casework.Actor{Account: "a-county", Name: "赵县局", Roles: []string{"officer"}, Office: county}
	supervisor = casework.Actor{Account: "a-super", Name: "孙督办", Roles: []string{"supervisor"}, Office: street}
	resident   = casework.Actor{Account: "a-resident", Name: "居民", Roles: []string{"resident"}}
	anybody    = casework.Actor{}
)

var dict = sync.OnceValue(func() *dictionary.Dictionary {
	d, found := dictionary.Load(os.DirFS("../../seeds/dictionary"))
	if d == nil {
		panic(fmt.Sprint(found))
	}
	return d
})

// city is a service on a store of its own with a clock that stands still until it is moved.
type city struct {
	*casework.Service
	t     testing.TB
	store store.Store
	clock atomic.Pointer[time.Time]
	ids   *locked
}

// at is a moment in the city's time.
func at(day, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, time.FixedZone("CST", 8*60*60))
	if err != nil {
		panic(err)
	}
	return t
}

func open(t testing.TB, items casework.Items) *city {
	t.Helper()
	c := &city{t: t, ids: &locked{r: rand.NewChaCha8([32]byte{7})}}
	c.moveTo("2026-03-02", "09:30") // a Monday
	db, err := sqlite.Config{Dir: t.TempDir(), Now: c.now}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c.store = db
	if items == nil {
		var err error
		if items, err = casework.NewCatalogue([]*allowance{{}}); err != nil {
			t.Fatal(err)
		}
	}
	c.Service = c.node(items, "node-1")
	people := []licence.Resident{person(0), person(1)}
	if err := licence.NewLibrary(db, c.now, c.ids).Import(t.Context(), people, []licence.Record{
		card("id_card", 0, "valid", ""), card("id_card", 1, "revoked", ""), card("hukou_book", 0, "valid", "2026-03-01"),
		card("social_security_card", 0, "valid", "2036-01-01"),
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// node is one more instance of the service on the same store.
func (c *city) node(items casework.Items, name string) *casework.Service {
	return casework.New(casework.Deps{Store: c.store, Items: items, Dictionary: dict(), Clock: c.now, Entropy: c.ids, Node: name})
}

func (c *city) now() time.Time { return *c.clock.Load() }

func (c *city) moveTo(day, clock string) {
	t := at(day, clock)
	c.clock.Store(&t)
}

// locked makes a reader safe for concurrent use.
type locked struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// person makes the n-th resident, born in 1940 under an unassigned division.
func person(n int) licence.Resident {
	names := []string{"吉克·阿牛", "欧阳小兰", "张三", "李四"}
	birth, ok := calendar.Of(1940, time.January, 1+n)
	if !ok {
		panic("no such day")
	}
	id, err := ident.NewID("510499", birth, 10+n)
	if err != nil {
		panic(err)
	}
	return licence.Resident{Person: licence.Person{IDType: "resident-id", IDNumber: id}, AsOf: "2026-02-01",
		Values: map[string]json.RawMessage{"name": quote(names[n%len(names)]), "hukou_division": quote("510411100")}}
}

func card(typ string, n int, status licence.Status, validTo string) licence.Record {
	return licence.Record{Identifier: fmt.Sprintf("%s-%d", typ, n), Type: typ, Number: fmt.Sprintf("N%d", n), Holder: person(n).Person,
		IssuedOn: "2016-03-01", ValidTo: validTo, Status: status}
}

func quote(s string) json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return raw
}

// allowance stands for a compiled item. It needs form.reason, an id card (an e-licence will do), the agent's id card if
// there is an agent, and a photo; a proof may follow.
type allowance struct {
	version int
	def     *item.Definition
	special bool // with special procedures, time to answer a notice, and a clock after the decision
}

func (a *allowance) People(json.RawMessage) []string { return nil }

func (a *allowance) Definition() *item.Definition {
	if a.def != nil {
		return a.def
	}
	return &item.Definition{Code: "512B0003600037", Version: a.version, Name: lang.Text{Zh: "高龄津贴申领", En: "Old-age allowance"},
		PlainName: lang.Text{Zh: "老人补贴"}, Aliases: []string{"敬老金"}, Authority: "civil-affairs", CaseType: item.CasePromise,
		Scope: item.ScopeCity, Channels: []item.Channel{item.ChannelWindow}, Effective: item.Period{From: "2026-01-01"},
		Use:   []string{"applicant", "agent?", "payee"},
		Legal: []item.Legal{{ID: "elderly-33", Title: "中华人民共和国老年人权益保障法", Article: "第三十三条"}}}
}

func (a *allowance) Ref() plan.ItemRef {
	d := a.Definition()
	return plan.ItemRef{Code: d.Code, Version: d.Version, Plan: fmt.Sprintf("plan-%d", d.Version), Name: d.Name}
}

func (a *allowance) Evaluate(in plan.Input) plan.Outcome {
	out := plan.Outcome{Item: a.Ref(), Date: in.Date, Problems: []plan.Problem{}, Todo: []plan.Problem{},
		Eligibility: plan.Eligibility{Verdict: plan.Undetermined}, Fees: plan.Fees{State: "known"},
		Limit: plan.Limit{CaseType: "promise", Promised: plan.Term{N: 10, Unit: "workday"}, Statutory: &plan.Term{N: 20, Unit: "workday"}},
		Derived: []plan.Derived{{Key: "monthly", State: "known", Type: "money", Value: json.RawMessage("5000")},
			{Key: "step", State: "known", Hidden: true}}}
	if a.special {
		a.procedures(&out)
	}
	var answers struct {
		Agent *struct {
			IDNumber string `json:"id_number"`
		} `json:"agent"`
		Form struct{ Reason string } `json:"form"`
	}
	if len(in.Answers) > 0 {
		if err := json.Unmarshal(in.Answers, &answers); err != nil {
			panic(err)
		}
	}
	if answers.Form.Reason == "" {
		out.Todo = append(out.Todo, plan.Problem{Code: "answer.required", Severity: "error", Path: "form.reason"})
	}
	if answers.Form.Reason == "wrong" {
		out.Problems = append(out.Problems, plan.Problem{Code: "answer.enum", Severity: "error", Path: "form.reason"},
			plan.Problem{Code: "answer.odd", Severity: "warning", Path: "form.reason"})
	}
	need := func(id, key, of, needed string, types ...string) {
		m := plan.Material{ID: id, Key: key, Of: of, Name: lang.Text{Zh: key}, OfName: lang.Text{Zh: of}, Need: needed, MaxBytes: 50 << 10, Copies: 1}
		for _, t := range types {
			if l := in.Licences[of][t]; l != nil {
				m.Satisfied = &plan.Satisfied{By: "licence", Identifier: l.Identifier, Number: l.Number}
			}
		}
		if how, ok := in.Provided[id]; ok && m.Satisfied == nil {
			m.Satisfied = &plan.Satisfied{By: how}
		}
		if id == "proof" {
			m.Tolerate = 10
		}
		if needed == "required" && m.Satisfied == nil && m.Tolerate == 0 {
			out.Todo = append(out.Todo, plan.Problem{Code: "material.required", Severity: "error", Path: id})
		}
		out.Materials = append(out.Materials, m)
	}
	need("id-card", "id-card", "applicant", "required", "id_card")
	need("hukou-book", "hukou-book", "applicant", "optional", "hukou_book")
	agent := "not-needed"
	if answers.Agent != nil {
		agent = "required"
	}
	need("id-card@agent", "id-card", "agent", agent, "id_card")
	need("photo", "photo", "applicant", "required")
	need("proof", "proof", "applicant", "required")
	if name := in.Registers["applicant"].Values["name"]; name != nil || answers.Form.Reason != "" {
		out.Route = plan.Route{State: "known", Jurisdiction: "510411100", Stages: []plan.Stage{
			{Key: "accept", Name: lang.Text{Zh: "受理"}, Act: "accept", Office: street, OfficeName: "街道"},
			{Key: "check", Name: lang.Text{Zh: "审核"}, Act: "check", Office: street, OfficeName: "街道", Days: 4},
			{Key: "decide", Name: lang.Text{Zh: "决定"}, Act: "decide", Office: county, OfficeName: "县局"}}}
	}
	out.Ready = len(out.Todo) == 0 && out.Route.State == "known" && len(out.Problems) == 0
	return out
}

// newID makes the id a client would make.
func (c *city) newID() string { return ulid.MustNew(ulid.Timestamp(c.now()), c.ids).String() }

func photo(t testing.TB, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 30, 40))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// draft opens a draft for the n-th resident and fails the test if that does not work.
func (c *city) draft(n int) casework.DraftView {
	c.t.Helper()
	v, err := c.OpenDraft(c.t.Context(), clerk, c.request(n))
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *city) request(n int) casework.OpenDraft {
	p := person(n)
	return casework.OpenDraft{ID: c.newID(), Item: "512B0003600037", IDType: p.IDType, IDNumber: p.IDNumber, Purpose: "办理高龄津贴"}
}

// filled is a draft of the n-th resident with everything that is needed.
func (c *city) filled(n int) casework.DraftView {
	c.t.Helper()
	v := c.draft(n)
	ctx := c.t.Context()
	v, err := c.SaveDraft(ctx, clerk, v.ID, v.Revision, json.RawMessage(`{"form":{"reason":"age"}}`))
	if err == nil {
		v, err = c.AttachFile(ctx, clerk, v.ID, "photo", "照片.jpg", photo(c.t, 100))
	}
	if err == nil && n > 0 { // only the first resident has an e-licence that is valid
		v, err = c.SetPaper(ctx, clerk, v.ID, "id-card", true)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// received is a case of the n-th resident as just submitted.
func (c *city) received(n int) casework.CaseView {
	c.t.Helper()
	v, err := c.Submit(c.t.Context(), clerk, c.filled(n).ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// act carries out an act under an Op of its own.
func (c *city) act(by casework.Actor, v casework.CaseView, a casework.Action) (casework.CaseView, error) {
	a.Revision = v.Revision
	if a.Op == "" {
		a.Op = c.newID()
	}
	return c.Act(c.t.Context(), by, v.ID, a)
}

func (c *city) mustAct(by casework.Actor, v casework.CaseView, kind string) casework.CaseView {
	c.t.Helper()
	a := casework.Action{Kind: kind}
	switch kind {
	case "refuse":
		a.Text, a.Legal = "未满80周岁", []string{"elderly-33"}
	case "return", "not-accept":
		a.Text = "材料不清楚"
	case "request-supplement":
		a.Text, a.Materials = "请重新提交照片", []string{"photo"}
	}
	v, err := c.act(by, v, a)
	if err != nil {
		c.t.Fatalf("%s: %v", kind, err)
	}
	return v
}

func (c *city) entries(n int) []string {
	c.t.Helper()
	log, _, err := licence.NewLibrary(c.store, c.now, c.ids).LogOf(c.t.Context(), person(n).Person, "", 500)
	if err != nil {
		c.t.Fatal(err)
	}
	var out []string
	for _, e := range log {
		out = append(out, e.Account+" "+strings.Join(e.What, "+")+" "+e.Purpose)
	}
	return out
}

func wantCode(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.CodeOf(err) != code || fault.KindOf(err) != kind {
		t.Errorf("got %v, want %s %s", err, kind, code)
	}
}

func ids(page casework.QueuePage) []string {
	var out []string
	for _, s := range page.Cases {
		out = append(out, s.ID)
	}
	return out
}

// officeName is how people know an office.
func officeName(t testing.TB, key string) string {
	t.Helper()
	o, ok := dict().Office(key)
	if !ok {
		t.Fatalf("no office %s", key)
	}
	return o.Name
}
