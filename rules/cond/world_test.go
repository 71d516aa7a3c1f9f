package cond_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// The facts of a small item, enough to say every kind of thing.
var world = []struct{ path, schema string }{
	{"applicant.birth_date", `{"type":"string","format":"date"}`},
	{"applicant.age", `{"type":"integer"}`},
	{"applicant.name", `{"type":"string"}`},
	{"applicant.income", `{"type":"integer","format":"money"}`},
	{"agent.present", `{"type":"boolean"}`},
	{"agent.name", `{"type":"string"}`},
	{"form.elsewhere", `{"type":"boolean"}`},
	{"form.kind", `{"type":"string","enum":["normal","emergency"]}`},
	{"form.area", `{"type":"number"}`},
	{"form.share", `{"type":"number"}`},
	{"form.tags", `{"type":"array","items":{"type":"string"}}`},
	{"form.address", `{"type":"object","properties":{"street":{"type":"string"},"floor":{"type":"integer"}}}`},
	{"household.members", `{"type":"array","maxItems":20,"items":{"type":"object","properties":{
		"name":{"type":"string"},"income":{"type":"integer","format":"money"},"born":{"type":"string","format":"date"},"works":{"type":"boolean"}}}}`},
	{"estate.votes", `{"type":"array","maxItems":10000,"items":{"type":"number"}}`},
	{"param.standard", `{"type":"integer","format":"money"}`},
	{"today", `{"type":"string","format":"date"}`},
}

func space(t testing.TB) *facts.Space {
	t.Helper()
	var fs []facts.Fact
	for _, w := range world {
		typ, found := facts.TypeOf(json.RawMessage(w.schema), "")
		if len(found) > 0 {
			t.Fatal(w.path, found)
		}
		fs = append(fs, facts.Fact{Path: w.path, Type: typ})
	}
	s, found := facts.NewSpace(fs)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

func env(t testing.TB) *cond.Env {
	t.Helper()
	cal, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := cond.NewEnv(space(t), funcs.Standard(cal))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// given sets facts from a JSON object of paths: a missing path is unknown, null is absent.
func given(t testing.TB, s *facts.Space, text string) *facts.Values {
	t.Helper()
	v := s.NewValues()
	if text == "" {
		return v
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for path, raw := range members {
		slot, ok := s.Slot(path)
		if !ok {
			t.Fatalf("no fact %s", path)
		}
		val, err := s.At(slot).Type.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		v.Set(slot, val)
	}
	return v
}

func paths(s *facts.Space, slots []int) string {
	names := make([]string, len(slots))
	for i, slot := range slots {
		names[i] = s.At(slot).Path
	}
	return strings.Join(names, " ")
}

// golden runs a txtar archive whose files come in pairs, NAME and NAME.want, and compares or rewrites the second.
func golden(t *testing.T, file string, run func(t *testing.T, input string) string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		if name, is := strings.CutSuffix(f.Name, ".want"); is {
			want[name] = string(f.Data)
		}
	}
	out := &txtar.Archive{Comment: archive.Comment}
	cases := 0
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".want") {
			continue
		}
		cases++
		t.Run(f.Name, func(t *testing.T) {
			got := run(t, strings.TrimSuffix(string(f.Data), "\n"))
			out.Files = append(out.Files, f, txtar.File{Name: f.Name + ".want", Data: []byte(got)})
			if !*update && got != want[f.Name] {
				t.Errorf("got\n%swant\n%s", got, want[f.Name])
			}
		})
	}
	if cases == 0 {
		t.Fatalf("%s has no cases", file)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func shown(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%d:%d %s %s: %s\n", d.Line, d.Col, d.Severity, d.Code, d.Text(lang.En))
	}
	return b.String()
}
