package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/casework"
)

var update = flag.Bool("update", false, "rewrite golden files")

// recorder is a case service that notes what was asked of it, and by whom.
type recorder struct {
	mu    sync.Mutex
	calls []string
	by    casework.Actor
	last  any
	err   error
	panic string
	file  casework.File
	bytes []byte
}

func (r *recorder) note(call string, by casework.Actor, last any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.panic != "" {
		panic(r.panic)
	}
	r.calls, r.by, r.last = append(r.calls, call), by, last
	return r.err
}

func (r *recorder) SearchItems(_ context.Context, by casework.Actor, q, after string, limit int) (casework.ItemPage, error) {
	return casework.ItemPage{Items: []casework.ItemSummary{}}, r.note("SearchItems", by, []any{q, after, limit})
}
func (r *recorder) Guide(_ context.Context, by casework.Actor, code string) (casework.Guide, error) {
	return casework.Guide{}, r.note("Guide", by, code)
}
func (r *recorder) Evaluate(_ context.Context, by casework.Actor, _ string, q casework.EvaluateRequest) (plan.Outcome, error) {
	return plan.Outcome{}, r.note("Evaluate", by, q)
}
func (r *recorder) OpenDraft(_ context.Context, by casework.Actor, d casework.OpenDraft) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("OpenDraft", by, d)
}
func (r *recorder) Draft(_ context.Context, by casework.Actor, id string) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("Draft", by, id)
}
func (r *recorder) Drafts(_ context.Context, by casework.Actor) ([]casework.DraftSummary, error) {
	return []casework.DraftSummary{}, r.note("Drafts", by, nil)
}
func (r *recorder) SaveDraft(_ context.Context, by casework.Actor, _ string, _ int64, answers json.RawMessage) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("SaveDraft", by, string(answers))
}
func (r *recorder) DiscardDraft(_ context.Context, by casework.Actor, id string) error {
	return r.note("DiscardDraft", by, id)
}
func (r *recorder) AttachFile(_ context.Context, by casework.Actor, _, material, filename string, content []byte) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("AttachFile", by, []any{material, filename, len(content)})
}
func (r *recorder) DetachFile(_ context.Context, by casework.Actor, _, material, hash string) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("DetachFile", by, []any{material, hash})
}
func (r *recorder) SetPaper(_ context.Context, by casework.Actor, _, material string, taken bool) (casework.DraftView, error) {
	return casework.DraftView{}, r.note("SetPaper", by, []any{material, taken})
}
func (r *recorder) Submit(_ context.Context, by casework.Actor, draft string) (casework.CaseView, error) {
	return casework.CaseView{}, r.note("Submit", by, draft)
}
func (r *recorder) Queue(_ context.Context, by casework.Actor, f casework.QueueFilter) (casework.QueuePage, error) {
	return casework.QueuePage{Cases: []casework.CaseSummary{}}, r.note("Queue", by, f)
}
func (r *recorder) Case(_ context.Context, by casework.Actor, id string) (casework.CaseView, error) {
	return casework.CaseView{}, r.note("Case", by, id)
}
func (r *recorder) Act(_ context.Context, by casework.Actor, _ string, a casework.Action) (casework.CaseView, error) {
	return casework.CaseView{}, r.note("Act", by, a)
}
func (r *recorder) File(_ context.Context, by casework.Actor, _, hash string) (casework.File, []byte, error) {
	return r.file, r.bytes, r.note("File", by, hash)
}
func (r *recorder) Receipt(_ context.Context, by casework.Actor, id string) (casework.Receipt, error) {
	return casework.Receipt{}, r.note("Receipt", by, id)
}
func (r *recorder) Progress(_ context.Context, number, idNumber string) (casework.Progress, error) {
	return casework.Progress{}, r.note("Progress", casework.Actor{}, []any{number, idNumber})
}

// doorman knows one account a role: the token is the role's name.
type doorman struct{ signedOut, changed string }

func (d *doorman) of(role string) account.Session {
	return account.Session{
		Account: account.Account{Username: role + "-1", Name: "测试", Roles: []account.Role{account.Role(role)}, Office: "office-1"},
		Expires: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

func (d *doorman) SignIn(_ context.Context, username, password, _ string) (account.Session, error) {
	if password != "right" {
		return account.Session{}, fault.New(fault.Unauthorized, "account.wrong-password")
	}
	s := d.of(username)
	s.Token = username
	return s, nil
}

func (d *doorman) Resume(_ context.Context, token string) (account.Session, error) {
	for _, r := range account.Roles() {
		if string(r) == token {
			return d.of(token), nil
		}
	}
	return account.Session{}, fault.New(fault.Unauthorized, "account.session-ended")
}

func (d *doorman) SignOut(_ context.Context, token string) error { d.signedOut = token; return nil }

func (d *doorman) ChangePassword(_ context.Context, username, _, _, _ string) error {
	d.changed = username
	return nil
}

// sick is a store that cannot serve.
type sick struct{ err error }

func (s sick) Ping(context.Context) error { return s.err }

// bench is a server under test.
type bench struct {
	t        *testing.T
	casework *recorder
	accounts *doorman
	log      *bytes.Buffer
	api      *api.API
	remote   string
	now      time.Time
}

func newBench(t *testing.T, edit ...func(*api.Deps)) *bench {
	b := &bench{t: t, casework: &recorder{}, accounts: &doorman{}, log: &bytes.Buffer{}, remote: "203.0.113.7:5000",
		now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	d := api.Deps{Casework: b.casework, Accounts: b.accounts, Store: sick{}, Log: slog.New(slog.NewJSONHandler(b.log, nil)),
		Now: func() time.Time { return b.now }}
	for _, e := range edit {
		e(&d)
	}
	b.api = api.New(d)
	return b
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

func (a answer) problem() api.ProblemDetails {
	a.t.Helper()
	var p api.ProblemDetails
	if ct := a.Header().Get("Content-Type"); ct != "application/problem+json" {
		a.t.Fatalf("content type %q, want a problem; body %s", ct, a.Body)
	}
	if err := json.Unmarshal(a.Body.Bytes(), &p); err != nil {
		a.t.Fatal(err)
	}
	return p
}

// want checks status and problem code ("" for none).
func (a answer) want(status int, code string) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d; body %s", a.Code, status, a.Body)
	}
	if code != "" {
		if p := a.problem(); p.Code != code || p.Status != status || p.Text.Zh == "" || p.Text.En == "" || p.Text.Zh == code {
			a.t.Fatalf("problem %+v, want code %s with both texts", p, code)
		}
	}
	return a
}

// send sends a request as a role ("" for nobody), with the header that unsafe methods need.
func (b *bench) send(method, path, role, body string, headers ...string) answer {
	b.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, reader)
	r.RemoteAddr = b.remote
	r.Header.Set("X-Tongban", "1")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if role != "" {
		r.AddCookie(&http.Cookie{Name: "tongban_session", Value: role})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	b.api.Handler().ServeHTTP(w, r)
	return answer{w, b.t}
}
