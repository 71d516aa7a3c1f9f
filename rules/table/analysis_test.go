package table_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/source"
	"github.com/tongban/tongban/rules/table"
)

// document is a table as the archive writes it.
type document struct {
	Facts  map[string]json.RawMessage `json:"facts"`
	Known  map[string]json.RawMessage `json:"known"` // values that Analyze is given
	Hit    string                     `json:"hit"`
	Inputs []string                   `json:"inputs"`
	Rows   []struct {
		When []string `json:"when"`
		Then texts    `json:"then"`
	} `json:"rows"`
	Default texts             `json:"default"`
	Outputs []json.RawMessage `json:"outputs"` // their schemas; one of any type where there are none
}

// texts is one string, or a list of them.
type texts []string

func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// typed reads schemas of outputs: of a list where the hit policy gives one.
func typed(t *testing.T, schemas []json.RawMessage, hit table.Hit) []table.Output {
	if len(schemas) == 0 {
		return make([]table.Output, 1)
	}
	var out []table.Output
	for _, raw := range schemas {
		typ, found := facts.TypeOf(raw, "")
		if found.HasErrors() {
			t.Fatal(found)
		}
		one := table.Output{Type: typ}
		if hit.List() {
			one.Type = facts.Type{Kind: facts.List, Elem: &typ}
		}
		out = append(out, one)
	}
	return out
}

// TestAnalysis holds the findings about the tables of testdata/analysis.txtar to their golden, places and both texts
// included.
func TestAnalysis(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/analysis.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, file := range archive.Files {
		fmt.Fprintf(&out, "%s\n", strings.TrimSuffix(file.Name, ".json"))
		for _, d := range findings(t, file.Name, file.Data) {
			zh, en := d.Text(lang.Zh), d.Text(lang.En)
			fmt.Fprintf(&out, "  %d:%d %s %s %s\n    %s\n    %s\n", d.Line, d.Col, d.Path, d.Severity, d.Code, en, zh)
			if strings.ContainsAny(zh+en, "{}") {
				t.Errorf("%s: an argument is missing: %s %s", d.Code, zh, en)
			}
			if _, ok := diag.Codes()[d.Code]; !ok {
				t.Errorf("%s is not in the catalogue", d.Code)
			}
		}
	}
	golden(t, "analysis.golden", out.String())
}

func findings(t *testing.T, name string, raw []byte) diag.List {
	t.Helper()
	doc, found := source.Parse(raw, name)
	if doc == nil {
		t.Fatal(found)
	}
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	var fs []facts.Fact
	for _, path := range slices.Sorted(maps.Keys(d.Facts)) {
		typ, found := facts.TypeOf(d.Facts[path], "")
		if found.HasErrors() {
			t.Fatal(found)
		}
		fs = append(fs, facts.Fact{Path: path, Type: typ})
	}
	space := newSpace(t, fs...)

	at := func(text string, path ...any) table.Source {
		src := table.Source{Text: text, File: name, Path: diag.Pointer("", path...)}
		src.Line, src.Col = doc.At(src.Path)
		if text != "" {
			src.Map = func(index int) (int, int) { return doc.Inside(src.Path, index) }
		}
		return src
	}
	def := table.Definition{At: at(""), Hit: at(d.Hit, "hit"), Outputs: typed(t, d.Outputs, table.Hit(d.Hit))}
	for i, text := range d.Default {
		def.Default = append(def.Default, at(text, "default", i))
	}
	for i, in := range d.Inputs {
		def.Inputs = append(def.Inputs, table.Input{Expr: at(in, "inputs", i)})
	}
	for i, r := range d.Rows {
		row := table.Row{At: at("", "rows", i)}
		for j, text := range r.Then {
			path := []any{"rows", i, "then"}
			if len(r.Then) > 1 {
				path = append(path, j)
			}
			row.Then = append(row.Then, at(text, path...))
		}
		for j, cell := range r.When {
			row.When = append(row.When, at(cell, "rows", i, "when", j))
		}
		def.Rows = append(def.Rows, row)
	}
	tabs, found := table.Compile(def, env(t, space))
	if tabs == nil && !found.HasErrors() {
		t.Errorf("%s: refused without an error", name)
	}
	if tabs == nil || d.Known == nil {
		return found
	}
	v := space.NewValues()
	for path, raw := range d.Known {
		slot, _ := space.Slot(path)
		val, err := space.At(slot).Type.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		v.Set(slot, val)
	}
	return append(found, tabs[0].Analyze(v)...)
}

// A hostile table must not cost more than the limit. Whether rows cover everything is as hard as whether a formula of logic
// is always true; this is a hard one of those.
func TestAnalysisIsBounded(t *testing.T) {
	const columns, clauses = 30, 140
	r := rand.New(rand.NewPCG(3, 3))
	var fs []facts.Fact
	var inputs []string
	for i := range columns {
		fs = append(fs, fact(fmt.Sprintf("x.c%d", i), facts.Bool))
		inputs = append(inputs, fs[i].Path)
	}
	var rows [][]string
	for range clauses {
		row := slices.Repeat([]string{"-"}, columns)
		for range 3 {
			row[r.IntN(columns)] = fmt.Sprint(r.IntN(2) == 0)
		}
		rows = append(rows, append(row, "1"))
	}
	space := newSpace(t, fs...)
	start := time.Now()
	tab, found := compile(t, definition(table.First, inputs, rows, ""), space, facts.Type{}, money.Exact)
	if tab == nil {
		t.Fatal(found)
	}
	if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "table.analysis-incomplete" && d.Severity == diag.Hint }) {
		t.Errorf("no hint that the analysis was cut short: %v", found)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the analysis took %v", took)
	}

	// And with everything unknown, the evaluation is bounded as well.
	start = time.Now()
	if got, err := tab.Eval(space.NewValues()); err != nil || got.State != facts.Unknown || len(got.Missing) != columns {
		t.Errorf("got %v, %v", got, err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the evaluation took %v", took)
	}
}

// Every code of the table area has both texts, and every evaluation error its own.
func TestCatalogue(t *testing.T) {
	for code, text := range diag.Codes() {
		if strings.HasPrefix(code, "table.") && (text.Zh == "" || text.En == "") {
			t.Errorf("%s: %q", code, text)
		}
	}
	for _, code := range []string{"table.no-row", "table.two-rows", "table.rows-differ", "table.absent-input", "table.sum-overflow"} {
		if _, ok := diag.Codes()[code]; !ok {
			t.Errorf("%s is not in the catalogue", code)
		}
	}
}
