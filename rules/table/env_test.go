package table_test

import (
	"testing"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

// env compiles formulas over the facts of a test, with the functions of the platform.
func env(tb testing.TB, space *facts.Space) table.Env {
	tb.Helper()
	return formula.NewEnv(space, funcs.Standard(nil))
}

func newSpace(tb testing.TB, fs ...facts.Fact) *facts.Space {
	tb.Helper()
	space, found := facts.NewSpace(fs)
	if found.HasErrors() {
		tb.Fatalf("facts: %v", found)
	}
	return space
}

func fact(path string, kind facts.Kind) facts.Fact {
	return facts.Fact{Path: path, Type: facts.Type{Kind: kind}}
}

func src(text string) table.Source { return table.Source{Text: text} }

// compile compiles a table of one output.
func compile(tb testing.TB, def table.Definition, space *facts.Space, want facts.Type, round money.Rounding) (*table.Table, diag.List) {
	def.Outputs = []table.Output{{Type: want, Round: round}}
	tabs, found := table.Compile(def, env(tb, space))
	if tabs == nil {
		return nil, found
	}
	return tabs[0], found
}

func definition(hit table.Hit, inputs []string, rows [][]string, fallback string) table.Definition {
	def := table.Definition{Hit: src(string(hit)), Outputs: make([]table.Output, 1)}
	if fallback != "" {
		def.Default = []table.Source{src(fallback)}
	}
	for _, in := range inputs {
		def.Inputs = append(def.Inputs, table.Input{Expr: src(in)})
	}
	for _, row := range rows {
		r := table.Row{Then: []table.Source{src(row[len(row)-1])}}
		for _, cell := range row[:len(row)-1] {
			r.When = append(r.When, src(cell))
		}
		def.Rows = append(def.Rows, r)
	}
	return def
}
