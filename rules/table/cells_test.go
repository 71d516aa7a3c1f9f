package table_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		w, g := "", ""
		if i < len(wants) {
			w = wants[i]
		}
		if i < len(gots) {
			g = gots[i]
		}
		if w != g {
			t.Errorf("%s:%d: got  %s\n\twant %s", name, i+1, g, w)
		}
	}
}

var choices = facts.Type{Kind: facts.String, Enum: []facts.Choice{{Value: "urban"}, {Value: "rural"}}}

// cellSpace has one input of a type, and facts that cells may name.
func cellSpace(tb testing.TB, typ facts.Type) *facts.Space {
	return newSpace(tb, facts.Fact{Path: "x.input", Type: typ}, fact("limit.int", facts.Int), fact("limit.number", facts.Number),
		fact("limit.string", facts.String), fact("limit.date", facts.Date), fact("limit.absent", facts.Int),
		facts.Fact{Path: "limit.list", Type: facts.Type{Kind: facts.List, Elem: &facts.Type{Kind: facts.Int}}})
}

func cellValues(space *facts.Space) *facts.Values {
	v := space.NewValues()
	v.Set(1, int64(10))
	v.Set(2, decimal.RequireFromString("2.5"))
	v.Set(3, "s")
	v.Set(4, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	v.SetAbsent(5)
	v.Set(6, []any{int64(3), int64(5)})
	return v
}

var cellTypes = map[string]facts.Type{
	"int": {Kind: facts.Int}, "number": {Kind: facts.Number}, "string": {Kind: facts.String}, "bool": {Kind: facts.Bool}, "date": {Kind: facts.Date},
	"choice": choices,
}

// oneCell is a table with a single cell: 1 if it matches, else 0.
func oneCell(tb testing.TB, typ facts.Type, cell string) (*table.Table, *facts.Space, diag.List) {
	space := cellSpace(tb, typ)
	def := definition(table.First, []string{"x.input"}, [][]string{{cell, "1"}}, "0")
	def.Rows[0].When[0].Line, def.Rows[0].When[0].Col = 1, 1
	tab, found := compile(tb, def, space, facts.Type{}, money.Exact)
	return tab, space, found
}

// TestCells goes through testdata/cells.txt: what every notation matches, and what is said of those that are none.
func TestCells(t *testing.T) {
	raw, err := os.ReadFile("testdata/cells.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, " | ", 3)
		if len(parts) != 3 {
			t.Fatalf("%q has no three parts", line)
		}
		fmt.Fprintf(&out, "%s | %s\n", parts[0], parts[1])
		typ := cellTypes[parts[0]]
		tab, space, found := oneCell(t, typ, parts[1])
		for _, d := range found {
			if d.Severity == diag.Error {
				fmt.Fprintf(&out, "    %s at %d: %s\n    %s\n", d.Code, d.Col, d.Text(lang.En), d.Text(lang.Zh))
			}
		}
		if tab == nil {
			continue
		}
		for _, text := range strings.Fields(parts[2]) {
			v := cellValues(space)
			v.Set(0, decode(t, typ, text))
			r, err := tab.Eval(v)
			trace, _ := tab.Trace(v)
			if err != nil || (trace.Rows[0].Match == table.Matches) != (r.Value == int64(1)) {
				t.Errorf("%s with %s: %v, %v, trace %v", line, text, r, err, trace.Rows[0])
			}
			fmt.Fprintf(&out, "    %s: %s\n", text, trace.Rows[0].Match)
		}
	}
	golden(t, "cells.golden", out.String())
}

func decode(tb testing.TB, typ facts.Type, text string) any {
	tb.Helper()
	if typ.Kind == facts.Date && text != "null" {
		text = `"` + text + `"`
	}
	typ.Enum = nil
	val, err := typ.Decode(json.RawMessage(text))
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return val
}

// FuzzCell: any text is a cell that evaluates, or a finding inside the text.
func FuzzCell(f *testing.F) {
	raw, err := os.ReadFile("testdata/cells.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if parts := strings.SplitN(line, " | ", 3); len(parts) == 3 {
			f.Add(parts[1])
		}
	}
	samples := map[string]any{
		"int": int64(60), "number": decimal.RequireFromString("1.5"), "string": "urban", "bool": true, "choice": "rural",
		"date": time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for name, typ := range cellTypes {
			tab, space, found := oneCell(t, typ, cell)
			if tab == nil {
				if !found.HasErrors() {
					t.Fatalf("%s %q: refused without an error", name, cell)
				}
				for _, d := range found {
					if d.Line < 1 || d.Line > 1+strings.Count(cell, "\n") || d.Col < 1 || d.Col > len([]rune(cell))+1 {
						t.Errorf("%s %q: %s at %d:%d", name, cell, d.Code, d.Line, d.Col)
					}
				}
				continue
			}
			v := cellValues(space)
			for _, val := range []any{samples[name], nil} {
				v.Set(0, val)
				r, err := tab.Eval(v)
				trace, traceErr := tab.Trace(v)
				if why := (*formula.EvalError)(nil); errors.As(err, &why) && errors.As(traceErr, &why) {
					continue // a formula in the cell has no result
				}
				if err != nil || traceErr != nil || r.Value != trace.Result.Value || (r.Value == int64(1)) != (trace.Rows[0].Match == table.Matches) {
					t.Errorf("%s %q with %v: %v, %v; trace %v, %v", name, cell, val, r, err, trace, traceErr)
				}
			}
			v.SetUnknown(0)
			if _, err := tab.Eval(v); err != nil && !errors.As(err, new(*formula.EvalError)) {
				t.Errorf("%s %q unknown: %v", name, cell, err)
			}
		}
	})
}
