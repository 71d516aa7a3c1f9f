package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// TestLists evaluates items whose rules are about the rows of lists. Each archive of testdata/lists holds the parts of an item,
// which take the place of those of testdata/city/tables.item, the inputs it is given, a line each, and what was found and said.
func TestLists(t *testing.T) {
	dict, found := dictionary.Load(os.DirFS("testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	frame, err := os.ReadFile("testdata/city/tables.item")
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("testdata/lists/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := lists(t, dict, framed(t, frame, ar.Files[0].Data), string(ar.Files[1].Data))
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

// framed puts parts of an item in the place of those of a whole one.
func framed(t testing.TB, frame, parts []byte) []byte {
	t.Helper()
	var whole, own map[string]json.RawMessage
	if err := json.Unmarshal(frame, &whole); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(parts, &own); err != nil {
		t.Fatal(err)
	}
	maps.Copy(whole, own)
	raw, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// lists says what is found in an item, and what it says of each input: a date and the input, or its answers alone.
func lists(t *testing.T, dict *dictionary.Dictionary, raw []byte, cases string) string {
	var out strings.Builder
	def, doc, found := item.Decode(raw, "item.json")
	var p *plan.Plan
	if def != nil {
		p, found = plan.Compile(def, doc, dict)
	}
	for _, d := range found {
		fmt.Fprintf(&out, "%s %s %s\n  %s\n  %s\n", d.Severity, d.Code, d.Path, d.Text(lang.En), d.Text(lang.Zh))
		if text := d.Text(lang.En); text == d.Code || strings.Contains(text, "{") {
			t.Errorf("%s has no complete text: %s", d.Code, text)
		}
	}
	for line := range strings.Lines(cases) {
		date, given, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || p == nil {
			continue
		}
		var in plan.Input
		if err := json.Unmarshal([]byte(given), &in); err != nil {
			t.Fatal(err)
		}
		in.Date = date
		fmt.Fprintf(&out, "%s %s\n", date, given)
		said(&out, p.Evaluate(in))
	}
	return out.String()
}

// said writes what an outcome says of lists and their rows.
func said(out *strings.Builder, o plan.Outcome) {
	value := func(state string, raw json.RawMessage, text lang.Text) string {
		if state != "known" || raw == nil {
			return state
		}
		return fmt.Sprintf("%s (%s; %s)", raw, text.Zh, text.In(lang.En))
	}
	waits := func(missing []string) string {
		if len(missing) == 0 {
			return ""
		}
		return fmt.Sprintf(" waits for %v", missing)
	}
	for _, s := range o.Sections {
		for _, f := range s.Fields {
			if f.Widget == "choice" {
				fmt.Fprintf(out, "  %s:", f.Path)
				for _, ch := range f.Choices {
					fmt.Fprintf(out, " %v=%s", ch.Value, ch.Label.In(lang.En))
				}
				fmt.Fprintln(out)
			}
			if f.Widget == "list" {
				fmt.Fprintf(out, "  %s: %s %s\n", f.Path, f.State, f.Value)
			}
			for _, r := range f.Rows {
				fmt.Fprintf(out, "    %d %s:", r.Number, r.Name.In(lang.En))
				for _, c := range r.Cells {
					fmt.Fprintf(out, " %s=%s", c.Column, value(c.State, c.Value, c.Text))
					if c.Source != nil {
						fmt.Fprintf(out, " by %s", c.Source.Kind)
					}
					if !c.Editable {
						fmt.Fprintf(out, " fixed")
					}
					if c.Differs != nil {
						fmt.Fprintf(out, " and not %s", c.Differs)
					}
				}
				fmt.Fprintln(out)
			}
		}
	}
	for _, c := range o.Eligibility.Conditions {
		fmt.Fprintf(out, "  condition %s: %s%s (%s / %s)\n", c.ID, c.Verdict, waits(c.Missing), c.Sentence.Zh, c.Sentence.In(lang.En))
		if c.Verdict == "unmet" || strings.ContainsRune(c.Otherwise.Zh, '“') {
			fmt.Fprintf(out, "    otherwise: %s / %s\n", c.Otherwise.Zh, c.Otherwise.En)
		}
		for _, r := range c.Rows {
			fmt.Fprintf(out, "    %d %s: %s%s\n", r.Number, r.Name.In(lang.En), r.Verdict, waits(r.Missing))
			for _, cl := range r.Clauses {
				fmt.Fprintf(out, "      %s %s:", cl.Sentence.In(lang.En), cl.Verdict)
				for _, f := range cl.Found {
					fmt.Fprintf(out, " %s=%s", f.Path, value(f.State, f.Value, f.Text))
				}
				fmt.Fprintln(out)
			}
		}
	}
	for _, d := range o.Derived {
		fmt.Fprintf(out, "  %s: %s%s\n", d.Key, value(d.State, d.Value, d.Text), waits(d.Missing))
		for _, r := range d.Rows {
			fmt.Fprintf(out, "    %d %s: %s", r.Number, r.Name.In(lang.En), value(r.State, r.Value, r.Text))
			if r.Row > 0 {
				fmt.Fprintf(out, " row %d", r.Row)
			}
			if r.Since != "" {
				fmt.Fprintf(out, " since %s", r.Since)
			}
			fmt.Fprintln(out)
		}
	}
	for _, m := range o.Materials {
		by := ""
		if m.Satisfied != nil {
			by = " by " + m.Satisfied.By
		}
		fmt.Fprintf(out, "  material %s: %s%s %s%s\n", m.ID, m.Need, by, m.OfName.In(lang.En), waits(m.Missing))
		if !m.Note.IsZero() {
			fmt.Fprintf(out, "    note: %s / %s\n", m.Note.Zh, m.Note.En)
		}
	}
	for _, f := range o.Fees.Lines {
		fmt.Fprintf(out, "  fee %s: %s %d %s\n", f.ID, f.State, f.Amount, f.OfName.In(lang.En))
	}
	for _, r := range o.Results {
		fmt.Fprintf(out, "  result %s %s: %s\n", r.Name.In(lang.En), r.OfName.In(lang.En), value(r.State, r.Value, r.Text))
	}
	for _, q := range o.Questions {
		fmt.Fprintf(out, "  ask %s for %v\n", q.Path, q.For)
	}
	for _, q := range o.Todo {
		fmt.Fprintf(out, "  todo %s %s\n", q.Code, q.Path)
	}
	for _, q := range o.Problems {
		fmt.Fprintf(out, "  %s %s %s: %s\n", q.Severity, q.Code, q.Path+q.Pointer, q.Text.In(lang.En))
	}
}
