package plan_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
)

// aid compiles the item of testdata/city against the small city there, which changes only with these tests.
func aid(t testing.TB) *plan.Plan {
	t.Helper()
	dict, found := dictionary.Load(os.DirFS("testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	raw, err := os.ReadFile("testdata/city/aid.item")
	if err != nil {
		t.Fatal(err)
	}
	def, doc, found := item.Decode(raw, "aid.item")
	if found.HasErrors() {
		t.Fatal(found)
	}
	p, found := plan.Compile(def, doc, dict)
	for _, d := range found {
		if d.Severity != diag.Hint {
			t.Fatal(found)
		}
	}
	return p
}

// TestOutcomes compares whole outcomes: testdata/outcomes/<case>.json is the input, <case>.golden what comes of it.
func TestOutcomes(t *testing.T) {
	p := aid(t)
	names, err := filepath.Glob("testdata/outcomes/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var in plan.Input
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&in); err != nil {
				t.Fatal(err)
			}
			out := p.Evaluate(in)
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", " ")
			if err := enc.Encode(out); err != nil {
				t.Fatal(err)
			}
			var schema any
			if err := json.Unmarshal(out.Schema, &schema); err != nil {
				t.Errorf("the effective schema is not JSON: %v", err)
			}
			golden := strings.TrimSuffix(name, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("differs from %s; run with -update and read the difference\n%s", golden, got.String())
			}
		})
	}
}

// TestEvaluateIsPure gives the same bytes for the same input, whatever was evaluated before and however many at once.
func TestEvaluateIsPure(t *testing.T) {
	p := aid(t)
	raw, err := os.ReadFile("testdata/outcomes/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var in plan.Input
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatal(err)
	}
	once := func() string {
		b, err := json.Marshal(p.Evaluate(in))
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	want := once()
	results := make(chan string)
	const workers = 8
	for range workers {
		go func() {
			for range 20 {
				p.Evaluate(plan.Input{Date: "2026-01-01"})
			}
			results <- once()
		}()
	}
	for range workers {
		if got := <-results; got != want {
			t.Error("another outcome for the same input")
		}
	}
}

// TestFingerprint changes with everything that decides what an item says, and with nothing else.
func TestFingerprint(t *testing.T) {
	a, b := aid(t), aid(t)
	if a.Ref() != b.Ref() || len(a.Ref().Plan) != 32 {
		t.Fatalf("%v and %v", a.Ref(), b.Ref())
	}
}

// What an example states in the place of rules is no part of an input as JSON: nothing that comes from outside can set it.
func TestFixedComesFromNoJSON(t *testing.T) {
	var in plan.Input
	stated := `{"date":"2026-03-01","fixed":{"results":{"total":1}},"Fixed":{"Results":{"total":1}},"-":{"Results":{"total":1}}}`
	if err := json.Unmarshal([]byte(stated), &in); err != nil || in.Fixed != nil {
		t.Errorf("%v, %v", in.Fixed, err)
	}
	raw, err := json.Marshal(plan.Input{Fixed: &plan.Fixed{Results: map[string]json.RawMessage{"total": json.RawMessage("1")}}})
	if err != nil || bytes.Contains(raw, []byte("total")) {
		t.Errorf("%s, %v", raw, err)
	}
}
