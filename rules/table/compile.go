package table

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
)

type compiler struct {
	def   *Definition
	space *facts.Space
	env   Env
	round money.Rounding
	found diag.List
}

// located makes a finding at the beginning of a piece of the document.
func located(code string, src Source, args ...any) diag.Diagnostic {
	return src.Found(0, code, args...)
}

func (c *compiler) table(want facts.Type) *Table {
	t := &Table{def: *c.def, space: c.space, hit: Hit(c.def.Hit.Text), fallback: -1}
	if !slices.Contains(hits, t.hit) {
		c.found.Add(located("table.hit-unknown", c.def.Hit, "found", c.def.Hit.Text, "hits", joinHits()))
	}
	switch rows := len(c.def.Rows); {
	case rows == 0:
		c.found.Add(located("table.no-rows", c.def.At))
	case rows > MaxRows:
		c.found.Add(located("table.too-many-rows", c.def.At, "rows", rows, "limit", MaxRows))
	}
	switch inputs := len(c.def.Inputs); {
	case inputs == 0:
		c.found.Add(located("table.no-inputs", c.def.At))
	case inputs > MaxInputs:
		c.found.Add(located("table.too-many-inputs", c.def.At, "inputs", inputs, "limit", MaxInputs))
	}
	if c.found.HasErrors() {
		return t
	}
	c.outputs(t, want)
	c.columns(t)
	t.words = (len(c.def.Rows) + 63) / 64
	t.all = newRowSet(len(c.def.Rows))
	for row := range c.def.Rows {
		t.all.add(row)
		t.only = append(t.only, []int{row + 1})
	}
	c.reads(t)
	return t
}

func joinHits() string {
	names := make([]string, len(hits))
	for i, h := range hits {
		names[i] = string(h)
	}
	return strings.Join(names, ", ")
}

// columns compiles the inputs and every cell.
func (c *compiler) columns(t *Table) {
	t.columns = make([]compiledColumn, len(c.def.Inputs))
	for i, in := range c.def.Inputs {
		col := &t.columns[i]
		col.expr = strings.TrimSpace(in.Expr.Text)
		f, found := c.env.Compile(in.Expr, facts.Type{}, money.Exact)
		c.found.Add(found...)
		if f == nil {
			continue
		}
		col.typ = f.Type()
		col.read = newOutput(f, in.Expr.Text, c.space)
		if col.read.slot >= 0 {
			col.typ = c.space.At(col.read.slot).Type // with the choices of the fact
		}
		switch col.typ.Kind {
		case facts.Bool, facts.Int, facts.Number, facts.String, facts.Date:
		default:
			c.found.Add(located("table.input-type", in.Expr, "input", col.expr, "type", col.typ))
			col.typ = facts.Type{}
		}
		col.tested, col.dynamic = newRowSet(len(c.def.Rows)), newRowSet(len(c.def.Rows))
		col.cells = make([]cell, len(c.def.Rows))
	}
	for r, row := range c.def.Rows {
		if len(row.When) != len(c.def.Inputs) {
			c.found.Add(located("table.row-width", row.At, "row", r+1, "cells", len(row.When), "inputs", len(c.def.Inputs)))
			continue
		}
		for i, src := range row.When {
			col := &t.columns[i]
			if col.typ.Kind == facts.Invalid {
				continue // the input itself is wrong, and said so
			}
			parsed, found := parseCell(src, col.column, c.space)
			c.found.Add(found...)
			if parsed == nil {
				continue
			}
			col.cells[r] = *parsed
			if !parsed.any {
				col.tested.add(r)
			}
			if parsed.dynamic() {
				col.dynamic.add(r)
			}
		}
	}
	if c.found.HasErrors() {
		return
	}
	for i := range t.columns {
		col := &t.columns[i]
		col.partition = divide(col.typ, col.cells, nil)
		col.index = newIndex(col.typ.Kind, col.partition)
		col.someDynamic = !col.dynamic.empty()
		col.admitsAbsent = t.fallback >= 0 || t.hit.complete() ||
			slices.ContainsFunc(col.cells, func(c cell) bool { return c.null })
	}
}

// outputs compiles the output of every row and the default, and settles the type of the result.
func (c *compiler) outputs(t *Table, want facts.Type) {
	each := want // the type of one row's output
	wanted := want.Kind != facts.Invalid
	switch {
	case wanted && (t.hit.list() != (want.Kind == facts.List && want.Elem != nil) ||
		(t.hit == CollectSum || t.hit == CollectCount) && !numeric(want.Kind)):
		c.found.Add(located("table.result-type", c.def.Hit, "hit", t.hit, "type", want))
		return
	case wanted && t.hit.list():
		each = *want.Elem
	case t.hit == CollectCount:
		each = facts.Type{}
	}
	types := c.thens(t, each)
	if c.found.HasErrors() {
		return
	}
	if each.Kind == facts.Invalid && t.hit != CollectCount {
		each = common(types)
		if each.Kind == facts.Number { // integers among numbers become numbers
			types = c.thens(t, each)
		}
		for row, typ := range types {
			if typ.Kind != each.Kind && typ.Kind != facts.Invalid {
				c.found.Add(located("table.output-type", c.def.Rows[row].Then, "found", typ, "type", each))
			}
		}
	}
	t.typ = each
	switch {
	case t.hit == CollectSum && !numeric(each.Kind), (t.hit == CollectMin || t.hit == CollectMax) && !ordered(each.Kind):
		c.found.Add(located("table.result-type", c.def.Hit, "hit", t.hit, "type", each))
	case t.hit.list() && wanted:
		t.typ = want
	case t.hit.list():
		t.typ = facts.Type{Kind: facts.List, Elem: &each}
	case t.hit == CollectCount:
		t.typ = facts.Type{Kind: facts.Int}
	}
	if src := c.def.Default; strings.TrimSpace(src.Text) != "" {
		f, found := c.env.Compile(src, t.typ, c.round)
		c.found.Add(found...)
		if f != nil {
			t.fallback = len(t.outputs)
			t.outputs = append(t.outputs, newOutput(f, src.Text, c.space))
		}
	}
}

// thens compiles the outputs of the rows, each text once, and returns the type of every row's.
func (c *compiler) thens(t *Table, each facts.Type) []facts.Type {
	t.outputs, t.then = nil, make([]int, len(c.def.Rows))
	types := make([]facts.Type, len(c.def.Rows))
	known := make(map[string]int, len(c.def.Rows))
	for row := range c.def.Rows {
		src := c.def.Rows[row].Then
		text := strings.TrimSpace(src.Text)
		id, ok := known[text]
		if !ok {
			f, found := c.env.Compile(src, each, c.round)
			c.found.Add(found...)
			if f == nil {
				continue // and again at the next row with this text, so that each place is reported
			}
			id = len(t.outputs)
			known[text] = id
			t.outputs = append(t.outputs, newOutput(f, text, c.space))
		}
		t.then[row], types[row] = id, t.outputs[id].formula.Type()
	}
	return types
}

// common is the type that all outputs can have: of the first that has one, or a number if any is.
func common(types []facts.Type) facts.Type {
	out := facts.Type{}
	for _, typ := range types {
		if out.Kind == facts.Invalid || out.Kind == facts.Int && typ.Kind == facts.Number {
			out = typ
		}
	}
	out.Enum = nil
	return out
}

// reads gathers the facts of inputs, cells and outputs.
func (c *compiler) reads(t *Table) {
	slots := t.Refers()
	for i := range t.columns {
		if f := t.columns[i].read.formula; f != nil {
			slots = append(slots, f.Reads()...)
		}
	}
	for i := range t.outputs {
		slots = append(slots, t.outputs[i].formula.Reads()...)
	}
	slices.Sort(slots)
	t.reads = slices.Compact(slots)
}
