package casework_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/licence"
)

func TestOpenDraft(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	req := c.request(0)
	v, err := c.OpenDraft(ctx, clerk, req)
	if err != nil {
		t.Fatal(err)
	}
	if s := v.Outcome.Materials[0].Satisfied; s == nil || s.By != "licence" || s.Identifier != "id_card-0" {
		t.Errorf("the id card on record does not count: %+v", s)
	}
	if s := v.Outcome.Materials[1].Satisfied; s != nil {
		t.Errorf("a licence that ended yesterday counts: %+v", s)
	}
	if got := c.entries(0); !slices.Equal(got, []string{"a-clerk licences+register 办理高龄津贴"}) {
		t.Errorf("access log: %v", got)
	}

	c.moveTo("2026-03-02", "09:31")
	again, err := c.OpenDraft(ctx, clerk, req)
	if err != nil || again.Revision != v.Revision || !slices.Equal(c.entries(0)[1:], []string{"a-clerk draft 办理高龄津贴"}) {
		t.Errorf("opened again: %v, revision %d, log %v", err, again.Revision, c.entries(0))
	}
	other := req
	other.IDNumber = person(1).IDNumber
	_, err = c.OpenDraft(ctx, clerk, other)
	wantCode(t, err, fault.Conflict, "case.draft-taken")
	_, err = c.OpenDraft(ctx, outsider, req)
	wantCode(t, err, fault.Conflict, "case.draft-taken")

	for _, x := range []struct {
		title  string
		by     casework.Actor
		change func(*casework.OpenDraft)
		kind   fault.Kind
		code   string
	}{
		{"no purpose", clerk, func(r *casework.OpenDraft) { r.Purpose = " 　" }, fault.Invalid, "case.purpose-required"},
		{"long purpose", clerk, func(r *casework.OpenDraft) { r.Purpose = strings.Repeat("因", 201) }, fault.Invalid, "case.purpose-too-long"},
		{"officer", officer, func(*casework.OpenDraft) {}, fault.Forbidden, "case.clerk-required"},
		{"resident", resident, func(*casework.OpenDraft) {}, fault.Forbidden, "case.clerk-required"},
		{"nobody", anybody, func(*casework.OpenDraft) {}, fault.Forbidden, "case.clerk-required"},
		{"bad id", clerk, func(r *casework.OpenDraft) { r.ID = "../../etc" }, fault.Invalid, "case.bad-draft-id"},
		{"lower-case id", clerk, func(r *casework.OpenDraft) { r.ID = strings.ToLower(r.ID) }, fault.Invalid, "case.bad-draft-id"},
		{"no such item", clerk, func(r *casework.OpenDraft) { r.Item = "nothing" }, fault.NotFound, "case.item-not-found"},
		{"wrong kind", clerk, func(r *casework.OpenDraft) { r.IDType = "foreign-permanent" }, fault.Invalid, "case.id-kind"},
		{"no kind", clerk, func(r *casework.OpenDraft) { r.IDType = "" }, fault.Invalid, "case.id-kind"},
	} {
		req := c.request(1)
		x.change(&req)
		_, err := c.OpenDraft(ctx, x.by, req)
		if fault.CodeOf(err) != x.code || fault.KindOf(err) != x.kind {
			t.Errorf("%s: got %v, want %s", x.title, err, x.code)
		}
	}
	slip := c.request(1)
	slip.IDNumber = slip.IDNumber[:17] + "0"
	if slip.IDNumber == person(1).IDNumber {
		slip.IDNumber = slip.IDNumber[:17] + "1"
	}
	if _, err := c.OpenDraft(ctx, clerk, slip); !fault.Is(err, fault.Invalid) {
		t.Errorf("a slip in the number: %v", err)
	}
	if got := c.entries(1); got != nil {
		t.Errorf("refused openings read the register: %v", got)
	}
}

func TestOpenDraftForAStranger(t *testing.T) {
	c := open(t, nil)
	v := c.draft(3) // not in the register
	var answers map[string]map[string]string
	if err := json.Unmarshal(v.Answers, &answers); err != nil || answers["applicant"]["id_number"] != person(3).IDNumber {
		t.Errorf("answers %s", v.Answers)
	}
	if s := v.Outcome.Materials[0].Satisfied; s != nil {
		t.Errorf("a licence out of nothing: %+v", s)
	}
}

func TestSaveDraft(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.draft(0)
	agent := `{"form":{"reason":"age"},"agent":{"id_type":"resident-id","id_number":"` + strings.ToLower(person(1).IDNumber) + `"}}`
	saved, err := c.SaveDraft(ctx, clerk, v.ID, v.Revision, json.RawMessage(agent))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.entries(1); !slices.Equal(got, []string{"a-clerk licences 办理高龄津贴"}) {
		t.Errorf("of the agent only the licences are looked up: %v", got)
	}
	if m := saved.Outcome.Materials[2]; m.Need != "required" || m.Satisfied != nil {
		t.Errorf("the agent's revoked card counts: %+v", m)
	}
	if saved, err = c.SaveDraft(ctx, colleague, v.ID, saved.Revision, json.RawMessage(agent)); err != nil {
		t.Errorf("a colleague at the same window: %v", err)
	}
	if got := len(c.entries(1)); got != 1 {
		t.Errorf("the same agent was looked up %d times", got)
	}
	if _, err = c.SaveDraft(ctx, clerk, v.ID, v.Revision, nil); fault.CodeOf(err) != "case.draft-stale" {
		t.Errorf("stale: %v", err)
	}
	for _, x := range []struct{ answers, code string }{
		{`{"applicant":{"id_number":"` + person(1).IDNumber + `"}}`, "case.other-person"},
		{`{"applicant":{"id_number":7}}`, "case.other-person"},
		{`{"applicant":[]}`, "case.answers-invalid"},
		{`[1]`, "case.answers-invalid"},
		{`null`, "case.answers-invalid"},
		{`{"form":`, "case.answers-invalid"},
		{strings.Repeat("[", 200_000), "case.answers-invalid"},
		{`{"form":{"reason":"` + strings.Repeat("x", 300<<10) + `"}}`, "case.answers-too-large"},
	} {
		if _, err := c.SaveDraft(ctx, clerk, v.ID, saved.Revision, json.RawMessage(x.answers)); fault.CodeOf(err) != x.code {
			t.Errorf("%.40s: got %v, want %s", x.answers, err, x.code)
		}
	}
	read, err := c.Draft(ctx, clerk, v.ID)
	if err != nil || !bytes.Equal(read.Answers, saved.Answers) || read.Revision != saved.Revision {
		t.Errorf("read back %s at %d, %v; saved %s at %d", read.Answers, read.Revision, err, saved.Answers, saved.Revision)
	}
	if _, err := c.SaveDraft(ctx, clerk, v.ID, saved.Revision, json.RawMessage(`{"applicant":null,"form":{"reason":"wrong"}}`)); err != nil {
		t.Errorf("wrong answers must be kept as well: %v", err)
	}
}

func TestDraftsAreTheOffices(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	first, second := c.draft(0), c.draft(1)
	c.moveTo("2026-03-02", "10:00")
	if _, err := c.SaveDraft(ctx, clerk, first.ID, first.Revision, json.RawMessage(`{"applicant":{"name":"吉克·阿牛牛"}}`)); err != nil {
		t.Fatal(err)
	}
	list, err := c.Drafts(ctx, clerk)
	if err != nil || len(list) != 2 || list[0].ID != first.ID || list[1].ID != second.ID {
		t.Errorf("own drafts: %+v, %v", list, err)
	}
	if strings.Contains(list[0].Applicant, "克") {
		t.Errorf("the list shows %q", list[0].Applicant)
	}
	if list, err := c.Drafts(ctx, colleague); err != nil || len(list) != 0 {
		t.Errorf("a colleague's own drafts: %+v, %v", list, err)
	}
	for title, do := range map[string]func(casework.Actor) error{
		"read": func(a casework.Actor) error { _, err := c.Draft(ctx, a, first.ID); return err },
		"save": func(a casework.Actor) error { _, err := c.SaveDraft(ctx, a, first.ID, 2, nil); return err },
		"attach": func(a casework.Actor) error {
			_, err := c.AttachFile(ctx, a, first.ID, "photo", "a.jpg", photo(t, 1))
			return err
		},
		"detach":  func(a casework.Actor) error { _, err := c.DetachFile(ctx, a, first.ID, "photo", "00"); return err },
		"paper":   func(a casework.Actor) error { _, err := c.SetPaper(ctx, a, first.ID, "photo", true); return err },
		"submit":  func(a casework.Actor) error { _, err := c.Submit(ctx, a, first.ID); return err },
		"discard": func(a casework.Actor) error { return c.DiscardDraft(ctx, a, first.ID) },
	} {
		if err := do(outsider); fault.CodeOf(err) != "case.draft-not-found" || !fault.Is(err, fault.NotFound) {
			t.Errorf("%s by another office: %v", title, err)
		}
		if err := do(officer); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by an officer: %v", title, err)
		}
	}
	if err := c.DiscardDraft(ctx, clerk, second.ID); err != nil {
		t.Error(err)
	}
	if err := c.DiscardDraft(ctx, clerk, second.ID); err != nil {
		t.Errorf("discarded again: %v", err)
	}
	c.moveTo("2026-04-02", "09:00") // 31 days later
	if _, err := c.Draft(ctx, clerk, first.ID); fault.CodeOf(err) != "case.draft-not-found" {
		t.Errorf("a draft untouched for 31 days: %v", err)
	}
}

func TestFilesOfADraft(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.draft(0)
	jpg := photo(t, 100)
	for range 2 {
		var err error
		if v, err = c.AttachFile(ctx, clerk, v.ID, "photo", `C:\照片.JPG`, jpg); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.Files) != 1 || v.Files[0].Name != "照片.jpg" || v.Files[0].Type != "image/jpeg" || v.Outcome.Materials[3].Satisfied.By != "upload" {
		t.Fatalf("files %+v, %+v", v.Files, v.Outcome.Materials[3])
	}
	c.moveTo("2026-03-02", "09:40")
	f, content, err := c.File(ctx, colleague, v.ID, v.Files[0].Hash)
	if err != nil || !bytes.Equal(content, jpg) || f.Name != "照片.jpg" {
		t.Errorf("file %+v, %v", f, err)
	}
	if log := c.entries(0); log[len(log)-1] != "a-colleague file:"+f.Hash+" 办理高龄津贴" {
		t.Errorf("access log: %v", log)
	}
	for _, a := range []casework.Actor{outsider, officer, resident, anybody} {
		_, _, err := c.File(ctx, a, v.ID, f.Hash)
		wantCode(t, err, fault.NotFound, "case.file-not-found")
	}
	_, _, err = c.File(ctx, clerk, v.ID, strings.Repeat("0", 64))
	wantCode(t, err, fault.NotFound, "case.file-not-found")

	_, err = c.AttachFile(ctx, clerk, v.ID, "photo", "a.pdf", jpg)
	wantCode(t, err, fault.Invalid, "document.extension")
	_, err = c.AttachFile(ctx, clerk, v.ID, "no-such", "a.jpg", jpg)
	wantCode(t, err, fault.Invalid, "case.unknown-material")
	_, err = c.AttachFile(ctx, clerk, v.ID, "photo", "a.pdf", append([]byte("%PDF-1.4"), make([]byte, 51<<10)...))
	wantCode(t, err, fault.TooMany, "document.too-large") // the material's own limit
	_, err = c.SetPaper(ctx, clerk, v.ID, "no-such", true)
	wantCode(t, err, fault.Invalid, "case.unknown-material")

	if v, err = c.DetachFile(ctx, clerk, v.ID, "photo", f.Hash); err != nil || len(v.Files) != 0 || v.Outcome.Materials[3].Satisfied != nil {
		t.Errorf("detached: %+v, %v", v.Files, err)
	}
	for range 2 {
		if v, err = c.SetPaper(ctx, clerk, v.ID, "photo", true); err != nil || !slices.Equal(v.Paper, []string{"photo"}) {
			t.Errorf("paper %v, %v", v.Paper, err)
		}
	}
	if v, err = c.SetPaper(ctx, clerk, v.ID, "photo", false); err != nil || len(v.Paper) != 0 {
		t.Errorf("paper taken back: %v, %v", v.Paper, err)
	}
}

func TestAttachingAtOnce(t *testing.T) {
	c := open(t, nil)
	v := c.draft(0)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, errs[i] = c.AttachFile(t.Context(), clerk, v.ID, "photo", "a.jpg", photo(t, uint8(50*i)))
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	v, err := c.Draft(t.Context(), clerk, v.ID)
	if err != nil || len(v.Files) != len(errs) {
		t.Errorf("%d files, %v", len(v.Files), err)
	}
}

func TestSubmitNotReady(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.draft(0)
	_, err := c.Submit(ctx, clerk, v.ID)
	wantCode(t, err, fault.Invalid, "case.not-ready")
	var why *casework.NotReadyError
	if !errors.As(err, &why) || len(why.Problems) != 2 || why.Problems[0].Path != "form.reason" || why.Problems[1].Path != "photo" {
		t.Fatalf("problems %+v", why)
	}
	v = c.filled(1)
	if v, err = c.SaveDraft(ctx, clerk, v.ID, v.Revision, json.RawMessage(`{"form":{"reason":"wrong"}}`)); err != nil {
		t.Fatal(err)
	}
	_, err = c.Submit(ctx, clerk, v.ID)
	if !errors.As(err, &why) || len(why.Problems) != 1 || why.Problems[0].Code != "answer.enum" {
		t.Errorf("warnings do not stop anybody: %+v", why)
	}
}

// TestSubmitAsksAgain: a licence that was valid when the draft was opened and is revoked by now does not count.
func TestSubmitAsksAgain(t *testing.T) {
	c := open(t, nil)
	ctx := t.Context()
	v := c.filled(0)
	revoked := card("id_card", 0, licence.Revoked, "")
	if err := licence.NewLibrary(c.store, c.now, c.ids).Import(ctx, nil, []licence.Record{revoked}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Submit(ctx, clerk, v.ID)
	var why *casework.NotReadyError
	if !errors.As(err, &why) || len(why.Problems) != 1 || why.Problems[0].Path != "id-card" {
		t.Fatalf("got %v", err)
	}
	if v, err = c.Draft(ctx, clerk, v.ID); err != nil || v.Outcome.Materials[0].Satisfied != nil {
		t.Errorf("the draft still shows the licence: %+v, %v", v.Outcome.Materials[0], err)
	}
}
