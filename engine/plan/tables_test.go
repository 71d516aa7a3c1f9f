package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/item/dmn"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/source"
)

// TestTables evaluates the decision tables of testdata/tables: each archive holds the "derive" of an item, which is put into
// testdata/city/tables.item, the cases it is asked, and what was found and concluded.
func TestTables(t *testing.T) {
	dict, found := dictionary.Load(os.DirFS("testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	frame, err := os.ReadFile("testdata/city/tables.item")
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("testdata/tables/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := tables(t, dict, bytes.Replace(frame, []byte(`"derive": []`), append([]byte(`"derive": `), bytes.TrimSpace(ar.Files[0].Data)...), 1), ar.Files[1].Data)
			if *update {
				ar.Files = append(ar.Files[:2], txtar.File{Name: "golden", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(ar.Files[2].Data); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// tables says what is found in an item, and what its tables give in each case.
func tables(t *testing.T, dict *dictionary.Dictionary, raw, cases []byte) string {
	var out strings.Builder
	def, doc, found := item.Decode(raw, "item.json")
	var p *plan.Plan
	if def != nil {
		again, err := item.Encode(def)
		if err != nil {
			t.Fatal(err)
		}
		if other, _, found := item.Decode(again, "again"); found.HasErrors() || !reflect.DeepEqual(other.Derive, def.Derive) {
			t.Errorf("written and read again: %v", found)
		}
		p, found = plan.Compile(def, doc, dict)
	}
	for _, d := range found {
		fmt.Fprintf(&out, "%d:%d %s %s %s\n  %s\n  %s\n", d.Line, d.Col, d.Severity, d.Code, d.Path, d.Text(lang.En), d.Text(lang.Zh))
		if text := d.Text(lang.En); text == d.Code || strings.Contains(text, "{") {
			t.Errorf("%s has no complete text: %s", d.Code, text)
		}
	}
	if p == nil {
		return out.String()
	}
	concluded := conclusions(p, cases)
	again, n := throughDMN(t, def, doc)
	p, found = plan.Compile(again, nil, dict)
	if p == nil {
		t.Fatalf("by way of DMN: %v", found)
	}
	if other := conclusions(p, cases); other != concluded {
		t.Errorf("by way of DMN:\n%s\nand not\n%s", other, concluded)
	}
	fmt.Fprintf(&out, "%d of %d entries go through DMN and come to the same\n", n, len(def.Derive))
	return out.String() + concluded
}

// throughDMN writes every table as DMN that can be written so, reads it again, and gives the item with what was read.
func throughDMN(t *testing.T, def *item.Definition, doc *source.Document) (*item.Definition, int) {
	out := *def
	out.Derive = slices.Clone(def.Derive)
	n := 0
	for i := range out.Derive {
		d := &out.Derive[i]
		file, _ := dmn.Export(def, doc, d.Key, "")
		if file == nil {
			continue
		}
		read, found := dmn.Import(file, d.Key)
		if len(read) != 1 {
			t.Fatalf("%v\n%s", found, file)
		}
		n++
		d.Type, d.Round, d.Table = read[0].Type, read[0].Round, read[0].Table
	}
	return &out, n
}

// conclusions says what the tables give in each case, a line each: a date and the answers.
func conclusions(p *plan.Plan, cases []byte) string {
	var out strings.Builder
	for line := range strings.Lines(string(cases)) {
		date, answers, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		answers = strings.TrimSpace(answers)
		fmt.Fprintf(&out, "%s %s\n", date, answers)
		o := p.Evaluate(plan.Input{Date: date, Answers: json.RawMessage(`{"form": ` + answers + `}`)})
		for _, d := range o.Derived {
			fmt.Fprintf(&out, "  %s: %s %s", d.Key, d.State, d.Value)
			if d.State == "known" {
				fmt.Fprintf(&out, " (%s; %s)", d.Text.Zh, d.Text.In(lang.En))
			}
			if d.Row > 0 {
				fmt.Fprintf(&out, " row %d", d.Row)
			}
			for _, m := range d.Matched {
				fmt.Fprintf(&out, " [%d: %s]", m.Row, m.Text.In(lang.En))
			}
			if d.Since != "" {
				fmt.Fprintf(&out, " since %s", d.Since)
			}
			for _, l := range d.Legal {
				fmt.Fprintf(&out, " §%s", l.ID)
			}
			if len(d.Missing) > 0 {
				fmt.Fprintf(&out, " waits for %v", d.Missing)
			}
			fmt.Fprintln(&out)
		}
		for _, q := range o.Problems {
			fmt.Fprintf(&out, "  %s %s: %s\n", q.Code, q.Pointer, q.Text.In(lang.En))
		}
		for _, c := range o.Eligibility.Conditions {
			fmt.Fprintf(&out, "  %s: %s (%s)\n", c.ID, c.Verdict, c.Sentence.In(lang.En))
		}
	}
	return out.String()
}
