package table

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
)

type compiler struct {
	def   *Definition
	space *facts.Space
	env   Env
	found diag.List
}

// located makes a finding at the beginning of a piece of the document.
func located(code string, src Source, args ...any) diag.Diagnostic {
	return src.Found(0, code, args...)
}

func (c *compiler) selection() *selection {
	s := &selection{space: c.space, hit: Hit(c.def.Hit.Text)}
	if !slices.Contains(hits, s.hit) {
		c.found.Add(located("table.hit-unknown", c.def.Hit, "found", c.def.Hit.Text, "hits", joinHits()))
	}
	c.size()
	if c.found.HasErrors() {
		return s
	}
	c.widths()
	for i := range c.def.Outputs {
		t := &Table{selection: s, fallback: -1}
		c.output(t, i)
		s.outputs = append(s.outputs, t)
	}
	order := c.order(s)
	if c.found.HasErrors() {
		order = nil // cells are checked all the same, as they stand
	}
	c.arrange(s, order)
	c.columns(s)
	if c.found.HasErrors() {
		return s
	}
	for _, t := range s.outputs {
		c.reads(t)
	}
	return s
}

// size holds the table to its limits.
func (c *compiler) size() {
	switch rows := len(c.def.Rows); {
	case rows == 0:
		c.found.Add(located("table.no-rows", c.def.At))
	case rows > MaxRows:
		c.found.Add(located("table.too-many-rows", c.def.At, "rows", rows, "limit", MaxRows))
	}
	if inputs := len(c.def.Inputs); inputs > MaxInputs {
		c.found.Add(located("table.too-many-inputs", c.def.At, "inputs", inputs, "limit", MaxInputs))
	}
	switch outputs := len(c.def.Outputs); {
	case outputs == 0:
		c.found.Add(located("table.no-outputs", c.def.At))
	case outputs > MaxOutputs:
		c.found.Add(located("table.too-many-outputs", c.def.At, "outputs", outputs, "limit", MaxOutputs))
	}
}

// widths holds rows and default to the columns. What is there is compiled all the same, for everything to be reported.
func (c *compiler) widths() {
	outputs := len(c.def.Outputs)
	for r, row := range c.def.Rows {
		if len(row.When) != len(c.def.Inputs) {
			c.found.Add(located("table.row-width", row.At, "row", r+1, "cells", len(row.When), "inputs", len(c.def.Inputs)))
		}
		if len(row.Then) != outputs {
			c.found.Add(located("table.row-outputs", row.At, "row", r+1, "found", len(row.Then), "outputs", outputs))
		}
	}
	if given := len(c.def.Default); given != 0 && given != outputs {
		c.found.Add(located("table.default-outputs", c.def.Default[0], "found", given, "outputs", outputs))
	}
}

// order puts the rows in the order in which they count, by the priority of their outputs. It is that of the document for
// other policies, and among rows of equal priority.
func (c *compiler) order(s *selection) []int {
	order := make([]int, len(c.def.Rows))
	for row := range order {
		order[row] = row
	}
	if !s.hit.ranked() || c.found.HasErrors() {
		return order
	}
	ranks := make([][]int, len(order))
	for i, t := range s.outputs {
		choices := t.typ.Enum
		if t.typ.Kind == facts.List {
			choices = t.typ.Elem.Enum
		}
		if len(choices) == 0 {
			continue
		}
		for row := range order {
			o := &t.outputs[t.then[row]]
			if !o.constant {
				c.found.Add(located("table.priority-not-constant", c.def.Rows[row].Then[i], "hit", s.hit))
				continue
			}
			rank := slices.IndexFunc(choices, func(c facts.Choice) bool { return facts.Equal(c.Value, o.value.Value) })
			if rank < 0 { // no value: every other goes before
				rank = len(choices)
			}
			ranks[row] = append(ranks[row], rank)
		}
	}
	if ranks[0] == nil && !c.found.HasErrors() {
		c.found.Add(located("table.no-priorities", c.def.Hit, "hit", s.hit))
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(ranks[a], ranks[b]) })
	return order
}

// arrange brings rows and outputs into an order; nil leaves them as they stand.
func (c *compiler) arrange(s *selection, order []int) {
	n := len(c.def.Rows)
	s.def, s.words, s.all = *c.def, (n+63)/64, newRowSet(n)
	for row := range n {
		s.all.add(row)
	}
	if order == nil {
		return
	}
	s.def.Rows = make([]Row, n)
	for at, row := range order {
		s.def.Rows[at] = c.def.Rows[row]
		s.numbers = append(s.numbers, row+1)
		s.only = append(s.only, []int{row + 1})
	}
	for _, t := range s.outputs {
		then := make([]int, n)
		for at, row := range order {
			then[at] = t.then[row]
		}
		t.then = then
	}
}

func joinHits() string {
	names := make([]string, len(hits))
	for i, h := range hits {
		names[i] = string(h)
	}
	return strings.Join(names, ", ")
}

// columns compiles the inputs and every cell.
func (c *compiler) columns(s *selection) {
	s.columns = make([]compiledColumn, len(c.def.Inputs))
	reads := &cells{env: c.env, formulas: map[string]*formula.Formula{}}
	for i, in := range c.def.Inputs {
		col := &s.columns[i]
		col.expr, col.label = strings.TrimSpace(in.Expr.Text), in.Label
		if col.label.IsZero() {
			col.label = lang.Text{Zh: col.expr, En: col.expr}
		}
		f, found := c.env.Compile(in.Expr, facts.Type{}, money.Exact)
		c.found.Add(found...)
		if f == nil {
			continue
		}
		col.typ = f.Type()
		col.read = newTerm(f, in.Expr.Text, c.space)
		if col.read.slot >= 0 {
			col.typ = c.space.At(col.read.slot).Type // with the choices of the fact
		}
		switch col.typ.Kind {
		case facts.Bool, facts.Int, facts.Number, facts.String, facts.Date:
		default:
			c.found.Add(located("table.input-type", in.Expr, "input", col.expr, "type", col.typ))
			col.typ = facts.Type{}
			continue
		}
		if in.Values.Text != "" {
			one, found := reads.parse(in.Values, col.column)
			c.found.Add(found...)
			if one != nil {
				col.values, s.stated = []cell{*one}, true
			}
		}
		for _, src := range in.Given {
			if one, _ := reads.parse(src, col.column); one != nil {
				col.given = append(col.given, *one)
			} else {
				s.def.Unread = true
			}
		}
		col.tested, col.dynamic = newRowSet(len(c.def.Rows)), newRowSet(len(c.def.Rows))
		col.cells = make([]cell, len(c.def.Rows))
	}
	for r, row := range s.def.Rows {
		for i, src := range row.When[:min(len(row.When), len(s.columns))] {
			col := &s.columns[i]
			if col.typ.Kind == facts.Invalid {
				continue // the input itself is wrong, and said so
			}
			parsed, found := reads.parse(src, col.column)
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
	fallback := len(c.def.Default) > 0
	for i := range s.columns {
		col := &s.columns[i]
		col.partition = divide(col.typ, col.cells, col.values, &reader{})
		col.index = newIndex(col.typ.Kind, col.partition)
		col.someDynamic = !col.dynamic.empty()
		col.admitsAbsent = fallback || s.hit.complete() ||
			slices.ContainsFunc(col.cells, func(c cell) bool { return c.null })
	}
}

// output compiles the output of every row and of the default, and settles the type of the result.
func (c *compiler) output(t *Table, i int) {
	want := c.def.Outputs[i].Type
	each := want // the type of one row's output
	wanted := want.Kind != facts.Invalid
	switch {
	case wanted && (t.hit.List() != (want.Kind == facts.List && want.Elem != nil) ||
		(t.hit == CollectSum || t.hit == CollectCount) && !numeric(want.Kind)):
		c.found.Add(located("table.result-type", c.def.Hit, "hit", t.hit, "type", want))
		return
	case wanted && t.hit.List():
		each = *want.Elem
	case t.hit == CollectCount:
		each = facts.Type{}
	}
	types, found := c.thens(t, i, each)
	c.found.Add(found...)
	if found.HasErrors() {
		return
	}
	if each.Kind == facts.Invalid && t.hit != CollectCount {
		each = common(types)
		if each.Kind == facts.Number { // integers among numbers become numbers
			types, found = c.thens(t, i, each)
			c.found.Add(found...)
		}
		for row, typ := range types {
			if typ.Kind != each.Kind && typ.Kind != facts.Invalid {
				c.found.Add(located("table.output-type", c.def.Rows[row].Then[i], "found", typ, "type", each))
			}
		}
	}
	t.typ = each
	switch {
	case t.hit == CollectSum && !numeric(each.Kind), (t.hit == CollectMin || t.hit == CollectMax) && !ordered(each.Kind):
		c.found.Add(located("table.result-type", c.def.Hit, "hit", t.hit, "type", each))
	case t.hit.List() && wanted:
		t.typ = want
	case t.hit.List():
		t.typ = facts.Type{Kind: facts.List, Elem: &each}
	case t.hit == CollectCount:
		t.typ = facts.Type{Kind: facts.Int}
	}
	if i < len(c.def.Default) {
		o, found := c.term(c.def.Default[i], t.typ, c.def.Outputs[i].Round)
		c.found.Add(found...)
		t.fallback = len(t.outputs)
		t.outputs = append(t.outputs, o)
	}
}

// thens compiles an output of the rows, each text once, and returns the type of every row's.
func (c *compiler) thens(t *Table, i int, each facts.Type) ([]facts.Type, diag.List) {
	t.outputs, t.then = nil, make([]int, len(c.def.Rows))
	types := make([]facts.Type, len(c.def.Rows))
	known := make(map[string]int, len(c.def.Rows))
	var all diag.List
	for row := range c.def.Rows {
		if i >= len(c.def.Rows[row].Then) {
			continue // which was said
		}
		src := c.def.Rows[row].Then[i]
		text := strings.TrimSpace(src.Text)
		id, ok := known[text]
		if !ok {
			o, found := c.term(src, each, c.def.Outputs[i].Round)
			all.Add(found...)
			if found.HasErrors() {
				continue // and again at the next row with this text, so that each place is reported
			}
			id = len(t.outputs)
			known[text] = id
			t.outputs = append(t.outputs, o)
		}
		t.then[row] = id
		if f := t.outputs[id].formula; f != nil {
			types[row] = f.Type()
		}
	}
	return types, all
}

// noValue is the output of a row that gives nothing. Formulas proper give a value of the wanted type.
const noValue = "nil"

func (c *compiler) term(src Source, want facts.Type, round money.Rounding) (term, diag.List) {
	if strings.TrimSpace(src.Text) == noValue {
		return term{slot: -1, constant: true, value: formula.Result{State: facts.Absent}}, nil
	}
	f, found := c.env.Compile(src, want, round)
	if f == nil {
		return term{slot: -1}, found
	}
	return newTerm(f, src.Text, c.space), found
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
		if f := t.outputs[i].formula; f != nil {
			slots = append(slots, f.Reads()...)
		}
	}
	slices.Sort(slots)
	t.reads = slices.Compact(slots)
}
