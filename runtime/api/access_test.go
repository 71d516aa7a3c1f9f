package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/casework"
)

// samples fill in the parameters of a path.
var samples = strings.NewReplacer("{id}", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "{code}", "512B0003600037", "{material}", "id-card",
	"{hash}", strings.Repeat("ab", 32), "*", "desk")

// TestAccess walks every route as nobody and as every role, from another machine, and compares whom it lets in with a file
// that people review. Being let in means that the edge did not refuse: whatever the request itself was then answered.
func TestAccess(t *testing.T) {
	b := newBench(t)
	routes := b.api.Routes()
	slices.Sort(routes)
	var out strings.Builder
	for _, route := range slices.Compact(routes) {
		method, path, _ := strings.Cut(route, " ")
		if method == http.MethodHead { // as GET, by the router
			continue
		}
		in := []string{}
		for _, who := range append([]string{"nobody"}, roleNames()...) {
			role := who
			if who == "nobody" {
				role = ""
			}
			switch got := b.send(method, samples.Replace(path), role, "").Code; got {
			case http.StatusUnauthorized:
				if role != "" {
					t.Errorf("%s as %s: not known, though signed in", route, who)
				}
			case http.StatusForbidden:
				if role == "" {
					t.Errorf("%s as nobody: forbidden, want unauthorized", route)
				}
			default:
				in = append(in, who)
			}
		}
		fmt.Fprintf(&out, "%s: %s\n", route, strings.Join(in, " "))
	}
	golden(t, "testdata/access.golden", out.String())
}

func roleNames() []string {
	var names []string
	for _, r := range account.Roles() {
		names = append(names, string(r))
	}
	return names
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update if it is meant to.\ngot:\n%s", name, got)
	}
}

// TestTableIsComplete holds table and routes to each other, and the document to the table.
func TestTableIsComplete(t *testing.T) {
	b := newBench(t)
	table := api.Table()
	seen := map[string]bool{}
	for _, route := range b.api.Routes() {
		if strings.HasPrefix(route, http.MethodHead+" ") {
			continue
		}
		seen[route] = true
		if _, ok := table[route]; !ok {
			t.Errorf("%s is in no row of the access table", route)
		}
	}
	for route, access := range table {
		if !seen[route] {
			t.Errorf("the access table names %s, which does not exist", route)
		}
		if len(access.Names()) == 0 {
			t.Errorf("%s is closed to everybody", route)
		}
	}
	raw, err := b.api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Access []string `json:"x-access"`
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %q", doc.OpenAPI)
	}
	n := 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			n++
			route := strings.ToUpper(method) + " " + path
			if !slices.Equal(op.Access, table[route].Names()) {
				t.Errorf("%s: the document says %v, the table %v", route, op.Access, table[route].Names())
			}
		}
	}
	if n < 20 {
		t.Errorf("the document has %d operations only", n)
	}
}

// TestRefusedBeforeReading: a caller who may not pass is told so whatever the body, and the service is never asked.
func TestRefusedBeforeReading(t *testing.T) {
	b := newBench(t)
	path := "/api/v1/drafts/01ARZ3NDEKTSV4RRFFQ69G5FAV/answers"
	b.send("PUT", path, "", "{not json").want(401, "api.signed-out")
	b.send("PUT", path, "officer", "{not json").want(403, "api.forbidden")
	b.send("PUT", path, "forged", "{}").want(401, "account.session-ended")
	b.send("PUT", path, "clerk", "{not json").want(400, "api.bad-request")
	if len(b.casework.calls) != 0 {
		t.Errorf("the service was asked: %v", b.casework.calls)
	}
}

func TestActor(t *testing.T) {
	b := newBench(t)
	b.send("GET", "/api/v1/cases?queue=received&limit=7", "clerk", "").want(200, "")
	if by := b.casework.by; by.Account != "clerk-1" || by.Name != "测试" || by.Office != "office-1" || !slices.Equal(by.Roles, []string{"clerk"}) {
		t.Errorf("actor %+v", by)
	}
	if got, want := b.casework.last, any(casework.QueueFilter{Kind: "received", Limit: 7}); got != want {
		t.Errorf("filter %+v", got)
	}
	b.send("GET", "/api/v1/cases?office=service-1", "supervisor", "").want(200, "")
	if got, want := b.casework.last, any(casework.QueueFilter{Kind: "office", Office: "service-1", Limit: 20}); got != want {
		t.Errorf("filter %+v", got)
	}
	b.send("GET", "/api/v1/items?q=gljt", "clerk", "").want(200, "")
	if by := b.casework.by; by.Account != "" {
		t.Errorf("a public operation acts for %+v", by)
	}
}

func TestMetricsAreForThisMachineAndAdministrators(t *testing.T) {
	b := newBench(t)
	b.send("GET", "/metrics", "", "").want(401, "api.signed-out")
	b.send("GET", "/metrics", "clerk", "").want(403, "api.forbidden")
	b.send("GET", "/metrics", "admin", "").want(200, "")
	b.remote = "127.0.0.1:5000"
	if a := b.send("GET", "/metrics", "", "").want(200, ""); !strings.Contains(a.Body.String(), `tongban_requests_total{route="GET /metrics",status="403"} 1`) {
		t.Errorf("figures: %s", a.Body)
	}
	b.send("GET", "/metrics", "", "", "X-Forwarded-For", "198.51.100.1").want(401, "api.signed-out")
}
