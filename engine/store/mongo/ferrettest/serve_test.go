package ferrettest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// node is a running program.
type node struct {
	url    string
	person string // ID number of the first person of the demo
}

// serve starts the program on a store and waits until it answers; t stops it.
func serve(t *testing.T, program, store string) node {
	cmd := exec.Command(program, "--lang", "en", "serve", "--store", store, "--addr", "127.0.0.1:0", "--demo", "--residents", "40", "--log-level", "error")
	cmd.Dir = t.TempDir()
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
			t.Errorf("the program left %v in its folder: %v", left, err)
		}
	})
	var n node
	people := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			n.url = lines.Text()[at:]
		}
		if fields := strings.Fields(lines.Text()); people && len(fields) > 0 {
			n.person = fields[0]
			break
		}
		people = people || strings.HasPrefix(lines.Text(), "People")
	}
	if n.person == "" {
		t.Fatal("the program ended before it was ready")
	}
	return n
}

// call sends JSON and decodes the answer into out, which may be nil.
func call(t *testing.T, client *http.Client, method, url string, body, out any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Tongban", "1")
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s", method, url, answer.Status, text.String())
	}
	if out != nil {
		if err := json.Unmarshal(text.Bytes(), out); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoProgramsServeOneCity signs a clerk in at one node and lets the other take over in the middle of an application.
func TestTwoProgramsServeOneCity(t *testing.T) {
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "tongban")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := fresh(t, server(t, &gate{}))
	store := withDatabase(p.uri, p.name)
	a, b := serve(t, program, store), serve(t, program, store)

	jar, err := cookiejar.New(nil) // cookies do not know of ports: both nodes get the same
	if err != nil {
		t.Fatal(err)
	}
	clerk := &http.Client{Jar: jar}
	call(t, clerk, "POST", a.url+"/api/v1/session", map[string]string{"username": "clerk", "password": "demo-tongban"}, nil)
	var account struct {
		Account struct {
			Username string `json:"username"`
		} `json:"account"`
	}
	call(t, clerk, "GET", b.url+"/api/v1/session", nil, &account)
	if account.Account.Username != "clerk" {
		t.Fatalf("the other node knows %+v", account)
	}
	var items struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	call(t, clerk, "GET", b.url+"/api/v1/items?limit=1", nil, &items)
	if len(items.Items) != 1 {
		t.Fatal("no items")
	}
	draft := "/api/v1/drafts/01JN8YHXG0000000000000000A"
	var opened, taken struct {
		Revision int64 `json:"revision"`
	}
	call(t, clerk, "PUT", a.url+draft, map[string]string{"item": items.Items[0].Code, "idType": "resident-id", "idNumber": a.person, "purpose": "an application at the window"}, &opened)
	call(t, clerk, "GET", b.url+draft, nil, &taken)
	if opened.Revision == 0 || taken.Revision != opened.Revision {
		t.Fatal(fmt.Sprint("one node has revision ", opened.Revision, ", the other ", taken.Revision))
	}
	call(t, clerk, "PUT", b.url+draft+"/answers", map[string]any{"revision": taken.Revision, "answers": map[string]any{}}, &taken)
	call(t, clerk, "GET", a.url+draft, nil, &opened)
	if opened.Revision != taken.Revision {
		t.Fatal(fmt.Sprint("one node has revision ", opened.Revision, ", the other ", taken.Revision))
	}
	call(t, clerk, "DELETE", a.url+draft, nil, nil)
	call(t, clerk, "GET", b.url+"/readyz", nil, nil)
	call(t, clerk, "DELETE", b.url+"/api/v1/session", nil, nil)
	r, err := http.NewRequestWithContext(t.Context(), "GET", a.url+"/api/v1/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := clerk.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Fatalf("signed out at one node, the other answers %s", answer.Status)
	}
}
