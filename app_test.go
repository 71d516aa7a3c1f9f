package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/schema"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/seeds/residents"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare")

// runAsServer makes the test binary be the program, so that a test can kill it.
const runAsServer = "RUN_AS_TONGBAN"

// monday is when tests take place: a working day with working days after it, within the calendars of the seeds.
var monday = time.Date(2026, 11, 16, 1, 30, 0, 0, time.UTC) // 9:30 in China

// ticking is a clock that starts at monday and goes on from there.
func ticking() func() time.Time {
	start := time.Now()
	return func() time.Time { return monday.Add(time.Since(start)) }
}

func TestMain(m *testing.M) {
	if os.Getenv(runAsServer) != "" {
		serveForTest()
		return
	}
	testscript.Main(m, map[string]func(){"tongban": main})
}

// TestVerbs runs the command line as people do: every file of testdata/script is a session. -update rewrites what they
// compare.
func TestVerbs(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, UpdateScripts: *update})
}

// serveForTest is `tongban serve --demo` on a free port, at the tests' time.
func serveForTest() {
	cfg := Config{Data: os.Args[1], Addr: "127.0.0.1:0", Demo: true, Residents: crashResidents, Seed: 1, LogLevel: "warn", clock: ticking()}
	a, err := Open(context.Background(), cfg, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(a.URL())
	if err := a.Run(context.Background()); err != nil {
		os.Exit(1)
	}
}

// start runs the platform in this process until the test ends.
func start(t testing.TB, cfg Config) *App {
	t.Helper()
	if cfg.clock == nil {
		cfg.clock = ticking()
	}
	cfg.Addr, cfg.LogLevel = "127.0.0.1:0", "warn"
	a, err := Open(t.Context(), cfg, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error("run:", err)
		}
		if err := a.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return a
}

// desk is a person at a browser.
type desk struct {
	t    testing.TB
	base string
	http *http.Client
	doc  *contract
}

func newDesk(t testing.TB, base string) *desk {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, base: base, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}, doc: theContract(t)}
}

// at signs somebody in.
func at(t testing.TB, base, username string) *desk {
	t.Helper()
	d := newDesk(t, base)
	d.must("POST", "/api/v1/session", map[string]string{"username": username, "password": demoPassword}, nil)
	return d
}

// failure is a problem that came back, or no answer at all (status 0).
type failure struct {
	status int
	api.ProblemDetails
	err error
}

func (f *failure) Error() string { return fmt.Sprint(f.status, " ", f.Code, " ", f.Errors, " ", f.err) }

// do sends a request and decodes the answer, after holding it to the OpenAPI document.
func (d *desk) do(method, path string, in, out any) error {
	var body io.Reader
	kind := "application/json"
	switch v := in.(type) {
	case nil:
	case *attachment:
		body, kind = v.form(d.t)
	default:
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, d.base+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("X-Tongban", "1")
	r.Header.Set("Content-Type", kind)
	answer, err := d.http.Do(r)
	if err != nil {
		return &failure{err: err}
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return &failure{err: err}
	}
	d.doc.check(d.t, method, path, answer, raw)
	if answer.StatusCode >= 400 {
		f := &failure{status: answer.StatusCode}
		if err := json.Unmarshal(raw, &f.ProblemDetails); err != nil {
			d.t.Errorf("%s %s: %d is no problem document: %s", method, path, answer.StatusCode, raw)
		}
		return f
	}
	switch v := out.(type) {
	case nil:
		return nil
	case *content:
		return v.same(raw)
	default:
		return json.Unmarshal(raw, out)
	}
}

func (d *desk) must(method, path string, in, out any) {
	d.t.Helper()
	if err := d.do(method, path, in, out); err != nil {
		d.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// refused checks that a request is answered with a problem.
func (d *desk) refused(status int, method, path string, in any) {
	d.t.Helper()
	var f *failure
	if err := d.do(method, path, in, nil); !errors.As(err, &f) || f.status != status {
		d.t.Errorf("%s %s: %v, want status %d", method, path, err, status)
	}
}

// attachment is a file to upload.
type attachment struct {
	name    string
	content []byte
}

func (a *attachment) form(t testing.TB) (io.Reader, string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	part, err := w.CreateFormFile("file", a.name)
	if err == nil {
		_, err = part.Write(a.content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Error(err)
	}
	return &buf, w.FormDataContentType()
}

// picture is a small image that no other is equal to.
func picture(t testing.TB, n int) []byte {
	var buf bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = byte(n >> (i % 16))
	}
	if err := png.Encode(&buf, img); err != nil {
		t.Error(err)
	}
	return buf.Bytes()
}

// contract is the OpenAPI document, which every answer is held to.
type contract struct {
	mu    sync.Mutex
	raw   map[string]any
	paths map[string]map[string]any
	known map[string]*schema.Schema
}

var theContract = func() func(testing.TB) *contract {
	var once sync.Once
	var c *contract
	return func(t testing.TB) *contract {
		once.Do(func() {
			raw, err := api.New(api.Deps{}).Document()
			if err != nil {
				t.Fatal(err)
			}
			c = &contract{known: map[string]*schema.Schema{}}
			var doc struct {
				Components map[string]any
				Paths      map[string]map[string]any
			}
			if err := json.Unmarshal(raw, &doc); err != nil {
				t.Fatal(err)
			}
			c.raw, c.paths = doc.Components, doc.Paths
		})
		return c
	}
}()

// template finds the path of the document that a path was made from.
func (c *contract) template(path string) string {
	path, _, _ = strings.Cut(path, "?")
	have := strings.Split(path, "/")
	for t := range c.paths {
		want := strings.Split(t, "/")
		same := len(want) == len(have)
		for i := 0; same && i < len(want); i++ {
			same = want[i] == have[i] || strings.HasPrefix(want[i], "{")
		}
		if same {
			return t
		}
	}
	return ""
}

func (c *contract) check(t testing.TB, method, path string, answer *http.Response, raw []byte) {
	template := c.template(path)
	if template == "" || answer.StatusCode == http.StatusNoContent {
		return
	}
	operation, ok := c.paths[template][strings.ToLower(method)].(map[string]any)
	if !ok {
		return
	}
	responses := operation["responses"].(map[string]any)
	response, ok := responses[fmt.Sprint(answer.StatusCode)].(map[string]any)
	if !ok {
		response = responses["default"].(map[string]any)
	}
	kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	media, ok := response["content"].(map[string]any)[kind].(map[string]any)
	if !ok {
		if !strings.Contains(path, "/files/") {
			t.Errorf("%s %s: %d answers with %q, which the document does not name", method, path, answer.StatusCode, kind)
		}
		return
	}
	s := c.compiled(t, media["schema"])
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return
	}
	for _, found := range s.Check(v) {
		t.Errorf("%s %s: the answer is not as documented: %s %s", method, path, found.Path, found.Text(lang.En))
	}
}

func (c *contract) compiled(t testing.TB, of any) *schema.Schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	whole, err := json.Marshal(map[string]any{"allOf": []any{of}, "components": c.raw})
	if err != nil {
		t.Fatal(err)
	}
	key, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	if c.known[string(key)] == nil {
		compiled, found := schema.Compile(whole)
		if found != nil {
			t.Fatal(found)
		}
		c.known[string(key)] = compiled
	}
	return c.known[string(key)]
}

// application is one case of an item, from an empty form to its decision.
type application struct {
	item     string
	search   string
	idNumber string
	answers  string   // groups put beside what the draft begins with
	paper    []string // originals taken
	uploads  []string
	offices  []string // username of the officer of each stage
	results  string   // conclusions, as key=value
}

// TestOneCaseOfEachItem plays the clerk, the officers and the resident through items of every kind of route, over HTTP.
func TestOneCaseOfEachItem(t *testing.T) {
	app := start(t, Config{Data: t.TempDir(), Demo: true, Residents: 40, Seed: 1})
	for _, x := range []application{
		{
			item: "512B0003600037", search: "gljt", idNumber: "510499194603019029",
			answers: `{"agent": null, "payee": {"account_name": "李秀英", "bank_name": "示例银行", "bank_account": "6222020000000000018"},
				"form": {"living": true, "lives_elsewhere": false}}`,
			offices: []string{"officer-street", "officer-county"},
			results: `eligible_from="2026-03-01" start_month="2026-11-01" benefit=5000 next_change="2036-03-01"`,
		},
		{
			item: "512B0003600031", search: "临时救助", idNumber: "510499198504129079",
			answers: `{"agent": null, "payee": null, "form": {"kind": "emergency", "cause": "fire", "incident_division": "510402002901",
				"severity": "general", "times_this_year": 0, "household_size": 2, "hukou_kind": "urban"}}`,
			paper:   []string{"hardship-proof"},
			offices: []string{"officer-street", "officer-street"},
			results: `burden= months=1 amount=150000 street_limit=300000`,
		},
		{
			item: "512B0011200070", search: "512B0011200070", idNumber: "510499199011239100",
			answers: `{"agent": null, "form": {"request": "first", "registered_on": "2026-04-16", "basis": "home"}}`,
			uploads: []string{"photo"},
			offices: []string{"officer-police", "officer-police-county"},
		},
		{ // decided on the spot: one office accepts and grants
			item: "510400-23-SYDJ", search: "生育登记", idNumber: "510499198504129079",
			answers: `{"agent": null, "other_parent": null, "marriage": null,
				"form": {"children_before": 0, "stage": "after", "births": [{"sex": "male", "born_on": "2026-10-08"}, {"sex": "female", "born_on": "2026-10-08"}]}}`,
			offices: []string{"officer-street", "officer-street"},
			results: `expected_order= orders=[1,2] place="510402002901"`,
		},
		{ // goes to a department that owns no item
			item: "511G12015001", search: "法律援助", idNumber: "510499198504129079",
			answers: `{"agent": null, "form": {"matter": "labour-pay", "proceeding": "other", "dispute_division": "510402002", "represented": false,
				"deadline_on": null, "oral": true, "means_class": "migrant-worker"}}`,
			paper:   []string{"legal-aid-case-papers", "means-exemption-proof"},
			offices: []string{"legal-aid-510402", "legal-aid-510402"},
			results: `means_free=false means_checked=false limit= per_person= urgent=false venue="510402002"`,
		},
	} {
		t.Run(x.item, func(t *testing.T) { x.play(t, app.URL()) })
	}
}

func (x application) play(t *testing.T, base string) {
	clerk := at(t, base, "clerk")
	var found casework.ItemPage
	clerk.must("GET", "/api/v1/items?q="+x.search, nil, &found)
	if len(found.Items) == 0 || found.Items[0].Code != x.item {
		t.Fatalf("a search for %s finds %+v", x.search, found.Items)
	}
	clerk.must("GET", "/api/v1/items/"+x.item, nil, nil)

	id := ulid.Make().String()
	draft := "/api/v1/drafts/" + id
	opening := api.DraftOpening{Item: x.item, IDType: "resident-id", IDNumber: x.idNumber, Purpose: "窗口受理"}
	var d casework.DraftView
	clerk.must("PUT", draft, opening, &d)
	clerk.must("PUT", draft, opening, &d) // sent twice, opened once
	if d.Outcome.Ready {
		t.Error("ready before anything was answered")
	}
	clerk.refused(422, "POST", draft+"/submit", nil)
	clerk.must("GET", draft, nil, &d)

	clerk.must("PUT", draft+"/answers", map[string]any{"revision": d.Revision, "answers": merge(t, d.Answers, x.answers)}, &d)
	for _, m := range x.paper {
		clerk.must("PUT", draft+"/paper/"+m, map[string]bool{"taken": true}, &d)
	}
	for _, m := range x.uploads {
		clerk.must("POST", draft+"/files/"+m, &attachment{"照片.png", picture(t, 1)}, &d)
		clerk.must("GET", draft+"/files/"+d.Files[0].Hash, nil, &content{picture(t, 1)})
	}
	if !d.Outcome.Ready || d.Outcome.Eligibility.Verdict != "met" {
		t.Fatalf("not ready: %s, to do %+v, wrong %+v", d.Outcome.Eligibility.Verdict, d.Outcome.Todo, d.Outcome.Problems)
	}
	var results []string
	for _, r := range d.Outcome.Derived {
		results = append(results, r.Key+"="+string(r.Value))
	}
	if got := strings.Join(results, " "); got != x.results {
		t.Errorf("concluded %s, want %s", got, x.results)
	}
	at(t, base, "service-510403001").refused(403, "GET", draft, nil) // an officer; and of another office

	var c, again casework.CaseView
	clerk.must("POST", draft+"/submit", nil, &c)
	clerk.must("POST", draft+"/submit", nil, &again)
	if c.Number == "" || c.ID != id || again.Number != c.Number {
		t.Fatalf("submitted twice: %s %s and %s %s", c.ID, c.Number, again.ID, again.Number)
	}
	var receipt casework.Receipt
	clerk.must("GET", "/api/v1/cases/"+id+"/receipt", nil, &receipt)
	if receipt.Number != c.Number || strings.Contains(receipt.IDNumber, x.idNumber) {
		t.Errorf("receipt %+v", receipt)
	}
	at(t, base, "service-510403001").refused(404, "GET", "/api/v1/cases/"+id, nil) // not a case of that office
	clerk.refused(403, "POST", "/api/v1/cases/"+id+"/actions", casework.Action{Kind: "accept", Revision: c.Revision, Op: "not-mine-" + id})

	for i, username := range x.offices {
		officer := at(t, base, username)
		var q casework.QueuePage
		officer.must("GET", "/api/v1/cases?queue=office", nil, &q)
		if !slices.ContainsFunc(q.Cases, func(s casework.CaseSummary) bool { return s.ID == id }) {
			t.Fatalf("%s does not see the case in the queue", username)
		}
		officer.must("GET", "/api/v1/cases/"+id, nil, &c)
		act := "approve"
		for _, a := range []string{"accept", "approve", "grant"} {
			if slices.Contains(c.Actions, a) {
				act = a
			}
		}
		op := casework.Action{Kind: act, Revision: c.Revision, Op: fmt.Sprintf("op-%d-%s", i, id), Text: "同意"}
		officer.must("POST", "/api/v1/cases/"+id+"/actions", op, &c)
		officer.must("POST", "/api/v1/cases/"+id+"/actions", op, nil) // the button pressed twice
		stale := op
		stale.Op = "stale-" + id
		officer.refused(409, "POST", "/api/v1/cases/"+id+"/actions", stale)
	}
	if c.Phase != "granted" || c.Decision == nil || !c.Decision.Granted {
		t.Fatalf("after the last stage the case is %s, decision %+v", c.Phase, c.Decision)
	}

	resident := newDesk(t, base)
	var p casework.Progress
	resident.must("POST", "/api/v1/progress", api.ProgressQuery{Number: c.Number, IDNumber: x.idNumber}, &p)
	if p.Phase != "granted" || len(p.History) < 2 || strings.Contains(fmt.Sprint(p), x.idNumber) {
		t.Errorf("progress: phase %s, history %+v, or it names the person", p.Phase, p.History)
	}
	resident.refused(404, "POST", "/api/v1/progress", api.ProgressQuery{Number: c.Number, IDNumber: "510499198801089157"})
	resident.refused(401, "GET", "/api/v1/cases/"+id, nil)
}

// merge puts groups of answers beside those of a draft.
func merge(t testing.TB, answers json.RawMessage, more string) map[string]json.RawMessage {
	t.Helper()
	tree := map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(answers, &tree), json.Unmarshal([]byte(more), &tree)); err != nil {
		t.Fatal(err)
	}
	return tree
}

// content is what a download must be: these bytes, or any where there are none.
type content struct{ want []byte }

func (c *content) same(raw []byte) error {
	if len(raw) == 0 || c.want != nil && !bytes.Equal(raw, c.want) {
		return fmt.Errorf("%d bytes came back, want %d", len(raw), len(c.want))
	}
	return nil
}

const (
	crashResidents = 3000 // some eighty of them may claim the old-age allowance
	crashRounds    = 3
	crashAcks      = 12 // submissions acknowledged before the program is killed
	crashDesks     = 4
)

// process is the program as the operating system sees it.
type process struct {
	cmd *exec.Cmd
	url string
}

func launch(t *testing.T, data string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, data)
	cmd.Env = append(os.Environ(), runAsServer+"=1")
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the program did not start: %v", err)
	}
	p.url = strings.TrimSpace(line)
	return p
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // gone already, the second time
	_ = p.cmd.Wait()
}

// submission is what one desk knows of one application when the program dies.
type submission struct {
	id, idNumber string
	file         string // hash, once the upload was acknowledged
	number       string // once the submission was acknowledged
	submitting   bool   // the request was sent
}

// TestKill kills the program under load, again and again, and counts: what was acknowledged is there, and what was not is
// there whole or not at all.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills the program several times")
	}
	data := t.TempDir()
	elders := elders(t, crashResidents, crashRounds*(crashAcks+crashDesks+crashRounds))
	var all []*submission
	for round := range crashRounds {
		p := launch(t, data)
		verify(t, p.url, all)
		var mu sync.Mutex
		acks, killed := 0, false
		var desks sync.WaitGroup
		clerk := at(t, p.url, "clerk")
		for range crashDesks {
			desks.Go(func() {
				for {
					mu.Lock()
					if killed || len(elders) == 0 {
						mu.Unlock()
						return
					}
					s := &submission{id: ulid.Make().String(), idNumber: elders[0]}
					elders, all = elders[1:], append(all, s)
					n := len(all)
					mu.Unlock()
					err := s.take(clerk, n)
					mu.Lock()
					var f *failure
					switch {
					case err == nil:
						if acks++; acks == crashAcks+round {
							killed = true
							p.kill()
						}
					case errors.As(err, &f) && f.status == 0 && killed:
					default:
						t.Error(err)
						killed = true
					}
					mu.Unlock()
				}
			})
		}
		desks.Wait()
		if t.Failed() {
			return
		}
		if acks < crashAcks {
			t.Fatalf("round %d: %d acknowledged only: too few people", round, acks)
		}
	}
	p := launch(t, data)
	verify(t, p.url, all)
	acknowledged := 0
	for _, s := range all {
		if s.number != "" {
			acknowledged++
		}
	}
	t.Logf("%d submissions acknowledged, %d cut off, all accounted for", acknowledged, len(all)-acknowledged)
}

// take carries an application to its submission.
func (s *submission) take(clerk *desk, n int) error {
	if err := s.fill(clerk, n, true); err != nil {
		return err
	}
	s.submitting = true
	var c casework.CaseView
	if err := clerk.do("POST", "/api/v1/drafts/"+s.id+"/submit", nil, &c); err != nil {
		return err
	}
	s.number = c.Number
	return nil
}

// fill makes a draft that is ready: of a person who lives elsewhere, with a file uploaded, or of one who does not.
func (s *submission) fill(clerk *desk, n int, elsewhere bool) error {
	draft := "/api/v1/drafts/" + s.id
	var d casework.DraftView
	if err := clerk.do("PUT", draft, api.DraftOpening{Item: "512B0003600037", IDType: "resident-id", IDNumber: s.idNumber, Purpose: "测试"}, &d); err != nil {
		return err
	}
	tree := merge(clerk.t, d.Answers, `{"agent": null, "payee": {"account_name": "本人", "bank_name": "示例银行", "bank_account": "6222020000000000018"},
		"form": {"living": true, "lives_elsewhere": `+strconv.FormatBool(elsewhere)+`}}`)
	if err := clerk.do("PUT", draft+"/answers", map[string]any{"revision": d.Revision, "answers": tree}, &d); err != nil {
		return err
	}
	if !elsewhere {
		return nil
	}
	if err := clerk.do("POST", draft+"/files/survival-proof", &attachment{"核验.png", picture(clerk.t, n)}, &d); err != nil {
		return err
	}
	s.file = d.Files[0].Hash
	return nil
}

// verify holds a restarted program to what was acknowledged before.
func verify(t *testing.T, base string, all []*submission) {
	t.Helper()
	clerk := at(t, base, "clerk")
	numbers := map[string]string{}
	for _, s := range all {
		var c casework.CaseView
		err := clerk.do("GET", "/api/v1/cases/"+s.id, nil, &c)
		var f *failure
		switch {
		case err == nil:
			if !s.submitting {
				t.Errorf("%s is a case, and was never submitted", s.id)
			}
			if s.number != "" && c.Number != s.number {
				t.Errorf("%s was acknowledged as %s and is %s", s.id, s.number, c.Number)
			}
			if other := numbers[c.Number]; other != "" {
				t.Errorf("%s and %s have the number %s", other, s.id, c.Number)
			}
			numbers[c.Number] = s.id
			if len(c.History) != 1 || c.History[0].Kind != "received" || !c.Outcome.Ready || len(c.Files) != 1 || len(c.Route) != 2 {
				t.Errorf("%s is not whole: history %+v, ready %t, files %v, %d stages", s.id, c.History, c.Outcome.Ready, c.Files, len(c.Route))
				continue
			}
			clerk.must("GET", "/api/v1/cases/"+s.id+"/receipt", nil, nil)
			clerk.must("GET", "/api/v1/cases/"+s.id+"/files/"+c.Files[0].Hash, nil, &content{})
		case errors.As(err, &f) && f.status == 404 && s.number == "":
			if s.file == "" {
				continue
			}
			var d casework.DraftView
			clerk.must("GET", "/api/v1/drafts/"+s.id, nil, &d)
			if len(d.Files) != 1 || d.Files[0].Hash != s.file {
				t.Errorf("draft %s lost an acknowledged file: %+v", s.id, d.Files)
			}
			clerk.must("GET", "/api/v1/drafts/"+s.id+"/files/"+s.file, nil, &content{})
		default:
			t.Errorf("%s, acknowledged as %q: %v", s.id, s.number, err)
		}
	}
	listed := 0
	for after := ""; ; {
		var q casework.QueuePage
		clerk.must("GET", "/api/v1/cases?queue=received&limit=100&after="+after, nil, &q)
		listed += len(q.Cases)
		if after = q.Next; after == "" {
			break
		}
	}
	if listed != len(numbers) {
		t.Errorf("the queue lists %d cases, %d are there", listed, len(numbers))
	}
}

// elders are the identity numbers of residents who may claim the old-age allowance with what is on record.
func elders(t testing.TB, among, want int) []string {
	t.Helper()
	var out []string
	city := residents.New(1, calendar.FromTime(monday.In(china)))
	for r := range city.People(among) {
		has := map[string]bool{}
		for _, l := range r.Licences {
			has[l.Type] = l.Status == "valid"
		}
		born := r.IDNumber[6:14]
		local := strings.HasPrefix(string(r.Values["hukou_division"]), `"5104`)
		phone := r.Values["phone"] != nil
		if born < "19461001" && local && phone && has["id_card"] && has["hukou_book"] && has["social_security_card"] {
			out = append(out, r.IDNumber)
		}
	}
	if len(out) < want {
		t.Fatalf("%d elders among the residents, want %d", len(out), want)
	}
	return out
}

// TestRestart: everything is there after an orderly stop, and a second start does not seed again.
func TestRestart(t *testing.T) {
	data := t.TempDir()
	var log bytes.Buffer
	for i := range 2 {
		a, err := Open(t.Context(), Config{Data: data, Addr: "127.0.0.1:0", Demo: true, Residents: 40, Seed: 1, LogLevel: "warn", clock: ticking()}, &log)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(log.String(), "40 residents"); got != 1 {
			t.Errorf("start %d: seeded %d times", i+1, got)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		var v api.SessionView
		at(t, a.URL(), "clerk").must("GET", "/api/v1/session", nil, &v)
		if v.Account.Username != "clerk" || v.OfficeName == "" {
			t.Errorf("session %+v", v)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if files, err := filepath.Glob(filepath.Join(data, "*")); err != nil || len(files) == 0 {
		t.Errorf("the data folder is empty: %v", err)
	}
}
