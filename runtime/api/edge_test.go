package api_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/casework"
)

const draft = "/api/v1/drafts/01ARZ3NDEKTSV4RRFFQ69G5FAV"

// TestDocumentIsFresh: the committed document, which the screens' types are made from, is what the server says now.
func TestDocumentIsFresh(t *testing.T) {
	raw, err := newBench(t).api.Document()
	if err != nil {
		t.Fatal(err)
	}
	const committed = "../../engine/web/src/api/openapi.json"
	want, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, want) {
		t.Errorf("%s is stale: run make generate", committed)
	}
}

func TestUnsafeMethodsNeedTheHeader(t *testing.T) {
	b := newBench(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		b.send(method, "/api/v1/session", "clerk", "", "X-Tongban", "").want(403, "api.no-header")
	}
	b.send("POST", "/api/v1/progress", "", `{"number":"1","idNumber":"2"}`, "X-Tongban", "").want(403, "api.no-header")
	if len(b.casework.calls) != 0 || b.accounts.signedOut != "" {
		t.Error("a request without the header was carried out")
	}
}

func TestSessionCookie(t *testing.T) {
	b := newBench(t)
	sign := `{"username":"clerk","password":"right"}`
	got := b.send("POST", "/api/v1/session", "", sign).want(200, "").Header().Get("Set-Cookie")
	if want := "tongban_session=clerk; Path=/; HttpOnly; SameSite=Strict"; got != want {
		t.Errorf("cookie %q, want %q", got, want)
	}
	if strings.Contains(b.log.String(), "right") {
		t.Error("the password is in the log")
	}
	b.send("POST", "/api/v1/session", "", `{"username":"clerk","password":"wrong"}`).want(401, "account.wrong-password")
	got = b.send("DELETE", "/api/v1/session", "clerk", "").want(204, "").Header().Get("Set-Cookie")
	if !strings.Contains(got, "Max-Age=0") || b.accounts.signedOut != "clerk" {
		t.Errorf("cookie %q, signed out %q", got, b.accounts.signedOut)
	}
	b.send("PUT", "/api/v1/session/password", "officer", `{"current":"a","new":"b"}`).want(204, "")
	if b.accounts.changed != "officer-1" {
		t.Errorf("password of %q was changed", b.accounts.changed)
	}
	secure := newBench(t, func(d *api.Deps) { d.Proxies = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")} })
	got = secure.send("POST", "/api/v1/session", "", sign, "X-Forwarded-Proto", "https").want(200, "").Header().Get("Set-Cookie")
	if !strings.Contains(got, "; Secure") {
		t.Errorf("cookie over TLS: %q", got)
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/desk/queue", "/api/v1/items", "/api/nothing", "/healthz"} {
		h := b.send("GET", path, "", "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := h.Get("Content-Security-Policy")
		scripts := csp[strings.Index(csp, "default-src"):]
		if _, after, ok := strings.Cut(csp, "script-src "); ok {
			scripts, _, _ = strings.Cut(after, ";")
		}
		if csp == "" || strings.Contains(scripts, "unsafe") {
			t.Errorf("%s: scripts are not bounded by %q", path, csp)
		}
		if cache := h.Get("Cache-Control"); strings.HasPrefix(path, "/api/") != (cache == "no-store") {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", path)
		}
	}
}

func TestHostileBodies(t *testing.T) {
	b := newBench(t)
	answers := func(s string) string { return `{"revision":1,"answers":` + s + `}` }
	for _, x := range []struct {
		name, body string
		status     int
		code       string
		headers    []string
	}{
		{"not JSON", `{"revision":`, 400, "api.bad-request", nil},
		{"nothing", ``, 400, "api.bad-request", nil},
		{"trailing", answers("{}") + "x", 400, "api.bad-request", nil},
		{"not UTF-8", answers("{\"a\":\"\xff\"}"), 400, "api.bad-request", nil},
		{"31 levels", answers(strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30)), 200, "", nil},
		{"33 levels", answers(strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32)), 400, "api.bad-request", nil},
		{"a million levels", strings.Repeat("[", 1_000_000), 400, "api.bad-request", nil},
		{"brackets in a string", answers(`{"a":"` + strings.Repeat("[", 500) + `\"["}`), 200, "", nil},
		{"10 MB", answers(`{"a":"` + strings.Repeat("x", 10<<20) + `"}`), 413, "api.too-large", nil},
		{"10 MB nested", strings.Repeat(`{"a":`, 2<<20), 413, "api.too-large", nil},
		{"unknown member", `{"revision":1,"answers":{},"extra":1}`, 422, "api.invalid-request", nil},
		{"a list", answers("[]"), 422, "api.invalid-request", nil},
		{"revision of the wrong kind", `{"revision":"1","answers":{}}`, 422, "api.invalid-request", nil},
		{"missing", `{"revision":1}`, 422, "api.invalid-request", nil},
		{"wrong media type", answers("{}"), 415, "api.unsupported-type", []string{"Content-Type", "text/plain"}},
		{"form", "revision=1", 415, "api.unsupported-type", []string{"Content-Type", "application/x-www-form-urlencoded"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			b.t = t
			b.send("PUT", draft+"/answers", "clerk", x.body, x.headers...).want(x.status, x.code)
		})
	}
}

// TestBrokenBody: a body that breaks off is its sender's fault, and nothing that whoever keeps the logs is woken for.
func TestBrokenBody(t *testing.T) {
	b := newBench(t)
	server := httptest.NewServer(b.api.Handler())
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/progress HTTP/1.1\r\nHost: x\r\nX-Tongban: 1\r\nContent-Type: application/json\r\n"+
		"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nnot a length\r\n")
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d, want 400", got.StatusCode)
	}
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Errorf("logged as a defect: %s", b.log)
	}
}

func TestFieldErrors(t *testing.T) {
	b := newBench(t)
	p := b.send("PUT", draft, "clerk", `{"item":"","idType":5,"secret":"510499194001011234"}`).want(422, "api.invalid-request").problem()
	got := ""
	for _, e := range p.Errors {
		if e.Text.Zh == "" || e.Text.En == "" {
			t.Errorf("%s %s has no text", e.Location, e.Code)
		}
		got += fmt.Sprintf("%s %s %v\n", e.Location, e.Code, e.Args)
	}
	want := `body api.missing-property map[name:idNumber]
body api.missing-property map[name:purpose]
body.idType api.not-string map[]
body.item api.too-short map[limit:1]
body.secret api.unexpected-property map[]
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	b.send("GET", "/api/v1/drafts/not-a-ulid", "clerk", "").want(422, "api.invalid-request")
	b.send("GET", "/api/v1/items?limit=1000", "", "").want(422, "api.invalid-request")
	b.send("GET", "/api/v1/cases?queue=all", "clerk", "").want(422, "api.invalid-request")
}

func TestFaultsBecomeProblems(t *testing.T) {
	for kind, status := range map[fault.Kind]int{
		fault.Invalid: 422, fault.NotFound: 404, fault.Conflict: 409, fault.Forbidden: 403,
		fault.Unauthorized: 401, fault.TooMany: 413, fault.Unavailable: 503,
	} {
		b := newBench(t)
		b.casework.err = fault.New(kind, "account.taken", "username", "zhang")
		a := b.send("GET", draft, "clerk", "").want(status, "account.taken")
		if p := a.problem(); p.Args["username"] != "zhang" || !strings.Contains(p.Detail, "zhang") || p.Type != "urn:tongban:problem:account.taken" {
			t.Errorf("%s: %+v", kind, p)
		}
	}
	b := newBench(t)
	b.casework.err = fault.New(fault.TooMany, "account.throttled", "seconds", 7)
	if a := b.send("GET", draft, "clerk", "").want(429, "account.throttled"); a.Header().Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", a.Header().Get("Retry-After"))
	}
	b.casework.err = fault.New(fault.NotFound, "account.unknown", "username", "li")
	if p := b.send("GET", draft, "clerk", "", "Accept-Language", "en-GB,en;q=0.9,zh;q=0.5").problem(); p.Detail != p.Text.En {
		t.Errorf("detail %q is not English", p.Detail)
	}
}

// TestNotReady: an application that cannot be submitted yet says what is left, place by place.
func TestNotReady(t *testing.T) {
	b := newBench(t)
	b.casework.err = &casework.NotReadyError{
		Fault:    fault.New(fault.Invalid, "case.not-ready", "count", 1),
		Problems: []plan.Problem{{Code: "answer.required", Severity: "error", Path: "applicant.phone", Text: lang.Text{Zh: "请填写手机号", En: "Give a phone number"}}},
	}
	p := b.send("POST", draft+"/submit", "clerk", "").want(422, "case.not-ready").problem()
	if len(p.Errors) != 1 || p.Errors[0].Location != "applicant.phone" || p.Errors[0].Code != "answer.required" || p.Errors[0].Text.Zh != "请填写手机号" {
		t.Errorf("%+v", p)
	}
}

// TestNothingInternalLeaves: causes and panics reach the log, with the request id that the caller is given, and not the caller.
func TestNothingInternalLeaves(t *testing.T) {
	const secret = "disk /var/lib/tongban is on fire"
	for name, breakIt := range map[string]func(*recorder){
		"unknown error":  func(r *recorder) { r.err = errors.New(secret) },
		"internal fault": func(r *recorder) { r.err = fault.Wrap(errors.New(secret), fault.Internal, "case.broken") },
		"panic":          func(r *recorder) { r.panic = secret },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			breakIt(b.casework)
			a := b.send("GET", draft, "clerk", "").want(500, "api.internal")
			if strings.Contains(a.Body.String(), "fire") {
				t.Errorf("the caller is told: %s", a.Body)
			}
			id := a.Header().Get("X-Request-Id")
			if !strings.Contains(a.problem().Instance, id) || !strings.Contains(b.log.String(), id) || !strings.Contains(b.log.String(), secret) {
				t.Errorf("the log cannot be found by the id %s: %s", id, b.log)
			}
		})
	}
}

// TestLogsHoldNobody: nothing of a person reaches the log, wherever in a request it stands.
func TestLogsHoldNobody(t *testing.T) {
	b := newBench(t)
	const id, name = "510499194001011234", "吉克阿依"
	b.send("GET", "/api/v1/items?q="+id, "", "")
	b.send("GET", "/api/v1/items/"+id, "", "")
	b.send("GET", "/desk/"+id, "", "")
	b.send("GET", "/api/v1/"+id, "", "")
	b.send("POST", "/api/v1/progress", "", `{"number":"`+id+`","idNumber":"`+id+`"}`)
	b.send("PUT", draft, "clerk", `{"item":"a","idType":"resident-id","idNumber":"`+id+`","purpose":"`+name+`"}`)
	b.send("PUT", draft, "clerk", `{"item":"a","idNumber":`+id+`,"name":"`+name+`"}`, "User-Agent", name, "Referer", "/?id="+id)
	if log := b.log.String(); strings.Contains(log, id) || strings.Contains(log, name) || strings.Count(log, "\n") != 7 {
		t.Errorf("log:\n%s", log)
	}
	b.remote = "127.0.0.1:1"
	if figures := b.send("GET", "/metrics", "", "").Body.String(); strings.Contains(figures, id) {
		t.Error("an id number is in the metrics")
	}
}

func TestPublicLimits(t *testing.T) {
	b := newBench(t)
	ask := func() answer { return b.send("POST", "/api/v1/progress", "", `{"number":"1","idNumber":"2"}`) }
	for range 10 {
		ask().want(200, "")
	}
	a := ask().want(429, "api.too-often")
	if got := a.Header().Get("Retry-After"); got != "20" {
		t.Errorf("Retry-After %q", got)
	}
	b.remote = "203.0.113.8:5000"
	ask().want(200, "")
	b.remote = "203.0.113.7:6000"
	ask().want(429, "api.too-often")
	// The address a caller makes up for itself is not believed.
	b.send("POST", "/api/v1/progress", "", `{"number":"1","idNumber":"2"}`, "X-Forwarded-For", "198.51.100.9").want(429, "api.too-often")
	b.now = b.now.Add(20 * time.Second)
	ask().want(200, "")
	ask().want(429, "api.too-often")
}

func TestCallersBehindAProxy(t *testing.T) {
	b := newBench(t, func(d *api.Deps) { d.Proxies = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")} })
	ask := func(forwarded string) answer {
		return b.send("POST", "/api/v1/progress", "", `{"number":"1","idNumber":"2"}`, "X-Forwarded-For", forwarded)
	}
	for range 10 {
		ask("198.51.100.1").want(200, "")
	}
	ask("198.51.100.1").want(429, "api.too-often")
	ask("192.0.2.66, 198.51.100.1, 203.0.113.9").want(429, "api.too-often") // made up before, proxies after
	ask("198.51.100.2").want(200, "")
	for range 10 {
		ask("2001:db8:1:1::1")
	}
	ask("2001:db8:1:1:ffff::2").want(429, "api.too-often") // the same network of one caller
	ask("2001:db8:1:2::1").want(200, "")
}

// form makes a multipart body.
func form(t *testing.T, field, name string, content []byte) (body, kind string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String(), w.FormDataContentType()
}

func TestUpload(t *testing.T) {
	b := newBench(t)
	path := draft + "/files/hukou-book@agent"
	send := func(field, name string, content []byte) answer {
		body, kind := form(t, field, name, content)
		return b.send("POST", path, "clerk", body, "Content-Type", kind)
	}
	for sent, stored := range map[string]string{
		"户口本.pdf": "户口本.pdf", `C:\scan\a.pdf`: "a.pdf", "../../etc/passwd": "passwd", "a\u202efdp.exe": "afdp.exe", "..": "file",
	} {
		send("file", sent, []byte("%PDF-1.7")).want(200, "")
		if got := fmt.Sprint(b.casework.last); got != fmt.Sprint([]any{"hukou-book@agent", stored, 8}) {
			t.Errorf("%q arrived as %s", sent, got)
		}
	}
	before := len(b.casework.calls)
	send("other", "a.pdf", []byte("x")).want(422, "api.no-file")
	send("file", "a.pdf", nil).want(422, "api.empty-file")
	send("file", "a.pdf", bytes.Repeat([]byte("x"), 20<<20+1)).want(413, "api.file-too-large")
	send("file", "a.pdf", bytes.Repeat([]byte("x"), 22<<20)).want(413, "api.file-too-large")
	b.send("POST", path, "clerk", `{}`).want(415, "api.unsupported-type")
	body, kind := form(t, "file", "a.pdf", []byte("cut off in the middle"))
	b.send("POST", path, "clerk", body[:len(body)/2], "Content-Type", kind).want(400, "api.broken-upload")
	b.send("POST", path, "supervisor", body, "Content-Type", kind).want(403, "api.forbidden")
	if len(b.casework.calls) != before {
		t.Errorf("a refused upload reached the service: %v", b.casework.calls[before:])
	}
	send("file", "a.pdf", bytes.Repeat([]byte("x"), 20<<20)).want(200, "")
}

func TestDownload(t *testing.T) {
	b := newBench(t)
	path := draft + "/files/" + strings.Repeat("ab", 32)
	b.casework.file, b.casework.bytes = casework.File{Name: "户口 本.pdf", Type: "application/pdf"}, []byte("%PDF")
	a := b.send("GET", path, "clerk", "").want(200, "")
	h := a.Header()
	if a.Body.String() != "%PDF" || h.Get("Content-Type") != "application/pdf" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename*=utf-8''") || h.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || len(h.Values("Content-Security-Policy")) != 1 {
		t.Errorf("%v", h)
	}
	b.casework.file = casework.File{Name: "a.html", Type: "text/html"}
	h = b.send("GET", path, "clerk", "").want(200, "").Header()
	if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", h)
	}
}

func TestPathsAreReadDecoded(t *testing.T) {
	b := newBench(t)
	b.send("PUT", draft+"/paper/hukou-book%40agent", "clerk", `{"taken":true}`).want(200, "")
	if got := fmt.Sprint(b.casework.last); got != "[hukou-book@agent true]" {
		t.Errorf("material %s", got)
	}
	b.send("PUT", draft+"/paper/a%2Fb", "clerk", `{"taken":true}`).want(405, "api.no-method")
}

func TestNoSuchRoute(t *testing.T) {
	b := newBench(t)
	b.send("GET", "/api/v1/nothing", "", "").want(404, "api.no-route")
	b.send("GET", "/api/", "", "").want(404, "api.no-route")
	b.send("GET", "/favicon.png", "", "").want(404, "api.no-route")
	b.send("PATCH", "/api/v1/items", "", "").want(405, "api.no-method")
}

func TestHealth(t *testing.T) {
	b := newBench(t)
	b.send("GET", "/healthz", "", "").want(200, "")
	b.send("GET", "/readyz", "", "").want(200, "")
	ill := newBench(t, func(d *api.Deps) { d.Store = sick{errors.New("no disk")} })
	ill.send("GET", "/healthz", "", "").want(200, "")
	ill.send("GET", "/readyz", "", "").want(503, "api.not-ready")
}

func TestScreens(t *testing.T) {
	unbuilt := newBench(t)
	if a := unbuilt.send("GET", "/", "", "").want(200, ""); !strings.Contains(a.Body.String(), "make run") || !strings.Contains(a.Body.String(), "界面") {
		t.Errorf("%s", a.Body)
	}
	b := newBench(t, func(d *api.Deps) {
		d.Screens = fstest.MapFS{
			"index.html":         {Data: []byte("<!doctype html>" + strings.Repeat(" ", 2000))},
			"assets/app-1a2b.js": {Data: []byte("console.log(1)")},
			".gitkeep":           {},
		}
	})
	for _, path := range []string{"/", "/desk", "/desk/drafts/1", "/m/progress", "/desk/../m"} {
		a := b.send("GET", path, "", "").want(200, "")
		if !strings.HasPrefix(a.Body.String(), "<!doctype html>") || a.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, a.Header())
		}
	}
	asset := b.send("GET", "/assets/app-1a2b.js", "", "").want(200, "")
	if h := asset.Header(); h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("asset: %v", h)
	}
	b.send("GET", "/assets/app-1a2b.js", "", "", "If-None-Match", asset.Header().Get("ETag")).want(http.StatusNotModified, "")
	b.send("GET", "/assets/gone.js", "", "").want(404, "api.no-route")
	if a := b.send("GET", "/", "", "", "Accept-Encoding", "gzip").want(200, ""); a.Header().Get("Content-Encoding") != "gzip" || a.Body.Len() > 500 {
		t.Errorf("not compressed: %v", a.Header())
	}
}

// TestCodesHaveTexts: every code this package answers with is in the catalogue, in both languages.
func TestCodesHaveTexts(t *testing.T) {
	for _, file := range []string{"problem.go", "files.go", "edge.go", "session.go", "api.go", "health.go", "screens.go"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for rest := string(raw); ; {
			_, after, ok := strings.Cut(rest, `"api.`)
			if !ok {
				break
			}
			name, tail, _ := strings.Cut(after, `"`)
			rest = tail
			if text := diag.Codes()["api."+name]; text.Zh == "" || text.En == "" {
				t.Errorf("%s: api.%s has no text", file, name)
			}
		}
	}
}
