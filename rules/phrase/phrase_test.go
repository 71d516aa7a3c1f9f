package phrase_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/phrase"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// declared is a fact as the test archives write it.
type declared struct {
	Path    string          `json:"path"`
	Schema  json.RawMessage `json:"schema"`
	Label   lang.Text       `json:"label"`
	Unit    lang.Text       `json:"unit"`
	Choices []facts.Choice  `json:"choices"`
	Labels  map[string]struct {
		Label lang.Text `json:"label"`
		Unit  lang.Text `json:"unit"`
	} `json:"labels"` // of the fields of a list of rows
}

func space(tb testing.TB, raw []byte) *facts.Space {
	tb.Helper()
	var all []declared
	if err := json.Unmarshal(raw, &all); err != nil {
		tb.Fatal(err)
	}
	var fs []facts.Fact
	for _, d := range all {
		t, found := facts.TypeOf(d.Schema, "")
		if found.HasErrors() {
			tb.Fatalf("%s: %v", d.Path, found)
		}
		if t, found = t.WithChoices(d.Choices, ""); found.HasErrors() {
			tb.Fatalf("%s: %v", d.Path, found)
		}
		if t.Kind == facts.List && t.Elem.Kind == facts.Row {
			members := t.Elem.Row.All()
			for i := range members {
				members[i].Label, members[i].Unit = d.Labels[members[i].Path].Label, d.Labels[members[i].Path].Unit
			}
			row, found := facts.NewSpace(members)
			if found.HasErrors() {
				tb.Fatalf("%s: %v", d.Path, found)
			}
			t.Elem = &facts.Type{Kind: facts.Row, Row: row}
		}
		fs = append(fs, facts.Fact{Path: d.Path, Type: t, Label: d.Label, Unit: d.Unit})
	}
	out, found := facts.NewSpace(fs)
	if found.HasErrors() {
		tb.Fatal(found)
	}
	return out
}

func compile(tb testing.TB, s *facts.Space, rule string) *cond.Node {
	tb.Helper()
	env, err := cond.NewEnv(s, funcs.Standard(nil))
	if err != nil {
		tb.Fatal(err)
	}
	c, found := env.Compile(cond.Source{Text: rule})
	if c == nil {
		for _, d := range found {
			tb.Errorf("%s: %s", rule, d.Text(lang.En))
		}
		tb.FailNow()
	}
	return c.Node()
}

var divisions = map[string]lang.Text{"510400": {Zh: "攀枝花市", En: "Panzhihua"}}

func phraser(s *facts.Space) *phrase.Phraser {
	return phrase.New(s, funcs.Standard(nil)).Naming(func(code string) (lang.Text, bool) {
		name, ok := divisions[code]
		return name, ok
	})
}

// TestSentences holds the sentences of the archives in testdata to their goldens: facts.json, rules (one a line) and
// sentences.
func TestSentences(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string][]byte{}
			for _, f := range archive.Files {
				files[f.Name] = f.Data
			}
			s := space(t, files["facts.json"])
			p := phraser(s)
			var got strings.Builder
			for rule := range strings.Lines(string(files["rules"])) {
				rule = strings.TrimSpace(rule)
				if rule == "" || strings.HasPrefix(rule, "#") {
					continue
				}
				text, complete := p.SentenceComplete(compile(t, s, rule))
				fmt.Fprintf(&got, "%s\n    %s\n    %s\n", rule, text.Zh, text.En)
				if !complete {
					got.WriteString("    (not all in words)\n")
				}
				got.WriteByte('\n')
			}
			if *update {
				for i := range archive.Files {
					if archive.Files[i].Name == "sentences" {
						archive.Files[i].Data = []byte(got.String())
					}
				}
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(files["sentences"]); got.String() != want {
				t.Errorf("sentences of %s changed; look at them and run with -update\n%s", name, difference(want, got.String()))
			}
		})
	}
}

// difference shows the lines that two texts do not share.
func difference(want, got string) string {
	var b strings.Builder
	lines := map[string]bool{}
	for l := range strings.Lines(want) {
		lines[l] = true
	}
	seen := map[string]bool{}
	for l := range strings.Lines(got) {
		if seen[l] = true; !lines[l] {
			b.WriteString("got  " + l)
		}
	}
	for l := range strings.Lines(want) {
		if !seen[l] {
			b.WriteString("want " + l)
		}
	}
	return b.String()
}

// rules are all rules of the archives with the facts they are about.
func rules(tb testing.TB, each func(s *facts.Space, rule string)) {
	tb.Helper()
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		var s *facts.Space
		for _, f := range archive.Files {
			switch f.Name {
			case "facts.json":
				s = space(tb, f.Data)
			case "rules":
				for rule := range strings.Lines(string(f.Data)) {
					if rule = strings.TrimSpace(rule); rule != "" && !strings.HasPrefix(rule, "#") {
						each(s, rule)
					}
				}
			}
		}
	}
}

// A sentence and its denial must differ, and denying twice must say what was said.
func TestDenials(t *testing.T) {
	rules(t, func(s *facts.Space, rule string) {
		p := phraser(s)
		is, not, notNot := p.Sentence(compile(t, s, rule)), p.Sentence(compile(t, s, "!("+rule+")")), p.Sentence(compile(t, s, "!(!("+rule+"))"))
		if is.Zh == not.Zh || is.En == not.En {
			t.Errorf("%s and its denial read alike: %q, %q", rule, is, not)
		}
		if is != notNot {
			t.Errorf("%s reads %q, denied twice %q", rule, is, notNot)
		}
	})
}

// Neither language leaks into the other.
func TestLanguagesStayApart(t *testing.T) {
	rules(t, func(s *facts.Space, rule string) {
		text := phraser(s).Sentence(compile(t, s, rule))
		for _, r := range text.En {
			if unicode.Is(unicode.Han, r) && !strings.ContainsRune(rule, r) {
				t.Errorf("%s: %q in English", rule, text.En)
				break
			}
		}
		for _, word := range []string{" the ", " is ", " and ", " of "} {
			if strings.Contains(text.Zh, word) {
				t.Errorf("%s: %q in Chinese", rule, text.Zh)
			}
		}
	})
}
