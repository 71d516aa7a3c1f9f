package plan

import (
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

func (c *compiler) table(t *item.Table, at string, want facts.Type, round money.Rounding) *table.Table {
	if c.formula == nil {
		return nil
	}
	def := table.Definition{
		At: c.source("", at), Hit: c.source(t.Hit, at+"/hit"), Outputs: []table.Output{{Type: want, Round: round}},
	}
	for i, in := range t.Inputs {
		def.Inputs = append(def.Inputs, table.Input{Expr: c.source(in.Expr, diag.Pointer(at, "inputs", i, "expr"))})
	}
	for i, r := range t.Rows {
		row := table.Row{At: c.source("", diag.Pointer(at, "rows", i)), Then: []table.Source{c.source(r.Then, diag.Pointer(at, "rows", i, "then"))}}
		for j, cell := range r.When {
			row.When = append(row.When, c.source(cell, diag.Pointer(at, "rows", i, "when", j)))
		}
		def.Rows = append(def.Rows, row)
	}
	if t.Default != "" {
		def.Default = []table.Source{c.source(t.Default, at+"/default")}
	}
	out, found := table.Compile(def, c.formula)
	c.found.Add(found...)
	if len(out) == 0 {
		return nil
	}
	return out[0]
}
