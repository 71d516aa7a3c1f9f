package table

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of the analysis. A search that goes on longer ends with the hint table.analysis-incomplete; a table of a hundred
// rows over four ordered columns stays far below.
const (
	maxSteps    = 1 << 16
	maxFindings = 8 // of one kind: a table with more needs a second look anyway
)

// Analyze looks for what is wrong with the table as a whole: values that no row covers, overlaps that the hit policy
// forbids, rows that can never count, columns that never matter. Facts that cells depend on are read from v; the findings hold
// for their values there. Columns are taken to be independent of each other: two columns over the same fact may be
// reported to leave a gap that no person can fall into.
//
// Every finding names a counterexample in the notation of cells, and is exact: up to the limit above there is neither a
// false one nor one left out.
func (s *selection) Analyze(v *facts.Values) diag.List {
	a := &analysis{t: s, steps: maxSteps}
	read := reader{v: v}
	for i := range s.columns {
		col := &s.columns[i]
		p := col.partition
		if within := slices.Concat(col.values, col.given); col.someDynamic || len(within) > 0 {
			p = divide(col.typ, col.cells, within, &read)
		}
		if !p.unsure.empty() || p.vague {
			return diag.List{a.incomplete()}
		}
		a.classes = append(a.classes, classesOf(col, p))
	}
	a.rowsThatNeverMatch()
	switch {
	case s.hit.first():
		a.shadowedRows()
	case s.hit == Unique || s.hit == Any:
		a.overlaps()
	}
	if len(s.def.Default) == 0 && !s.hit.complete() {
		a.gaps()
	}
	if !a.found.HasErrors() {
		a.idleColumns()
	}
	if a.steps < 0 {
		a.found.Add(a.incomplete())
	}
	return a.found.Sorted()
}

// class is a set of values of a column that no cell can tell apart.
type class struct {
	rows    rowSet // whose cells hold for them
	example string // one of them, as a cell would be written
}

// classesOf merges the segments that satisfy the same rows.
func classesOf(col *compiledColumn, p *partition) []class {
	var out []class
	keep := func(rows rowSet, example func() string) {
		if !slices.ContainsFunc(out, func(c class) bool { return slices.Equal(c.rows, rows) }) {
			out = append(out, class{rows, example()})
		}
	}
	// Points first: they make the plainer examples.
	for _, point := range []bool{true, false} {
		for seg, rows := range p.rows {
			if p.live[seg] && p.point(seg) == point {
				keep(rows, func() string { return p.sample(seg, col.typ) })
			}
		}
	}
	if col.admitsAbsent && !slices.ContainsFunc(col.given, func(c cell) bool { return !c.matchAbsent() }) {
		keep(p.absent, func() string { return "null" })
	}
	return out
}

type analysis struct {
	t       *selection
	classes [][]class
	steps   int
	found   diag.List
}

func (a *analysis) incomplete() diag.Diagnostic {
	return located("table.analysis-incomplete", a.t.def.At, "steps", maxSteps).As(diag.Hint)
}

// example writes a combination of classes; an input that may be anything is left out.
func (a *analysis) example(choice []string) lang.Text {
	var zh, en []string
	for i, c := range choice {
		if c != "" && c != "-" {
			label := a.t.columns[i].label
			zh, en = append(zh, label.Zh+": "+c), append(en, label.In(lang.En)+": "+c)
		}
	}
	if len(en) == 0 {
		return lang.Text{Zh: "-", En: "-"}
	}
	return lang.Text{Zh: strings.Join(zh, "; "), En: strings.Join(en, "; ")}
}

func (a *analysis) rowsThatNeverMatch() {
	for row, def := range a.t.def.Rows {
		for i, classes := range a.classes {
			if !slices.ContainsFunc(classes, func(c class) bool { return c.rows.has(row) }) {
				a.found.Add(located("table.cell-never", def.When[i], "row", a.t.numbers[row], "cell", a.t.columns[i].cells[row].text,
					"input", a.t.columns[i].label).As(diag.Warning))
			}
		}
	}
}

// overlaps compares the rows in pairs. Two rows overlap if in every column some value satisfies both cells.
func (a *analysis) overlaps() {
	reported := 0
	for second := range a.t.def.Rows {
		for first := range second {
			if a.t.hit == Any && a.t.alike(first, second) {
				continue
			}
			if a.steps--; a.steps < 0 {
				return
			}
			example, overlap := a.overlap(first, second)
			if !overlap {
				continue
			}
			code, severity := "table.overlap", diag.Error
			if a.t.hit == Any {
				code = "table.outputs-differ"
				if severity = diag.Warning; a.differ(first, second) {
					severity = diag.Error
				}
			}
			a.found.Add(located(code, a.t.def.Rows[second].At, "row", a.t.numbers[second], "other", a.t.numbers[first], "example", example).As(severity))
			if reported++; reported == maxFindings {
				return
			}
		}
	}
}

func (a *analysis) overlap(first, second int) (lang.Text, bool) {
	choice := make([]string, len(a.classes))
	for i, classes := range a.classes {
		at := slices.IndexFunc(classes, func(c class) bool { return c.rows.has(first) && c.rows.has(second) })
		if at < 0 {
			return lang.Text{}, false
		}
		choice[i] = classes[at].example
		if !a.t.columns[i].tested.has(first) && !a.t.columns[i].tested.has(second) {
			choice[i] = "-"
		}
	}
	return a.example(choice), true
}

// alike reports whether two rows have the same outputs, as written.
func (s *selection) alike(first, second int) bool {
	return !slices.ContainsFunc(s.outputs, func(o *Table) bool { return o.then[first] != o.then[second] })
}

// differ reports whether some output of two rows is known to differ, being a constant.
func (a *analysis) differ(first, second int) bool {
	return slices.ContainsFunc(a.t.outputs, func(o *Table) bool {
		x, y := &o.outputs[o.then[first]], &o.outputs[o.then[second]]
		return x.constant && y.constant && (x.value.State != y.value.State || !facts.Equal(x.value.Value, y.value.Value))
	})
}

// gaps looks for values that satisfy no row.
func (a *analysis) gaps() {
	cover := a.newCover(a.t.all, -1)
	cover.most = maxFindings
	cover.search(slices.Clone(a.t.all), 0)
	for _, choice := range cover.gaps {
		if a.t.def.Unread {
			a.found.Add(located("table.gap-unless", a.t.def.At, "example", a.example(choice)).As(diag.Hint))
		} else {
			a.found.Add(located("table.gap", a.t.def.At, "example", a.example(choice)).As(diag.Warning))
		}
	}
}

// shadowedRows looks for rows of a first or priority table that the rows before them cover completely.
func (a *analysis) shadowedRows() {
	code := "table.row-unreachable"
	if a.t.hit == Priority {
		code = "table.row-outranked"
	}
	above := newRowSet(len(a.t.def.Rows))
	for row := range a.t.def.Rows {
		cover := a.newCover(above, row)
		if !above.empty() && cover.matchable {
			cover.most = 1
			cover.search(slices.Clone(above), 0)
			if len(cover.gaps) == 0 && a.steps >= 0 {
				by := a.shadows(above, row)
				a.found.Add(located(code, a.t.def.Rows[row].At, "row", a.t.numbers[row],
					"above", listed(a.t.numbered(by)), "example", a.rowExample(row)).As(diag.Warning))
			}
		}
		above.add(row)
	}
}

// shadows are the rows above that share some value with a row.
func (a *analysis) shadows(above rowSet, row int) rowSet {
	out := newRowSet(len(a.t.def.Rows))
	for other := range above.rows {
		if _, ok := a.overlap(other, row); ok {
			out.add(other)
		}
	}
	return out
}

// rowExample is a combination of values that satisfies a row.
func (a *analysis) rowExample(row int) lang.Text {
	example, _ := a.overlap(row, row)
	return example
}

// A cover is the search for combinations of classes that satisfy none of some rows.
type cover struct {
	a         *analysis
	within    [][]class // the classes to look at: all, or those that satisfy one row
	matchable bool      // every column has some
	rest      []rowSet  // rest[i]: the rows that hold for every class looked at in the columns from i on
	choice    []string
	seen      map[string]bool
	gaps      [][]string
	most      int
}

func (a *analysis) newCover(rows rowSet, row int) *cover {
	n := len(a.classes)
	c := &cover{a: a, within: a.classes, matchable: true, rest: make([]rowSet, n+1), choice: make([]string, n), seen: map[string]bool{}}
	if row >= 0 {
		c.within = make([][]class, n)
		for i, classes := range a.classes {
			for _, k := range classes {
				if k.rows.has(row) {
					c.within[i] = append(c.within[i], k)
				}
			}
			c.matchable = c.matchable && len(c.within[i]) > 0
		}
	}
	c.rest[n] = slices.Clone(rows)
	for i := n - 1; i >= 0; i-- {
		c.rest[i] = slices.Clone(c.rest[i+1])
		for _, k := range c.within[i] {
			c.rest[i].and(k.rows)
		}
	}
	return c
}

// search looks at the columns from i on; rows are those that hold for what was chosen before.
func (c *cover) search(rows rowSet, i int) {
	if len(c.gaps) >= c.most || c.a.steps < 0 || rows.meets(c.rest[i]) {
		return
	}
	if rows.empty() {
		for j := i; j < len(c.choice); j++ {
			c.choice[j] = ""
			if len(c.within[j]) < len(c.a.classes[j]) {
				c.choice[j] = c.within[j][0].example
			}
		}
		c.gaps = append(c.gaps, slices.Clone(c.choice))
		return
	}
	key := string(rune(i)) + rows.key()
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.a.steps--
	for _, k := range c.within[i] {
		next := slices.Clone(rows)
		next.and(k.rows)
		c.choice[i] = k.example
		c.search(next, i+1)
	}
}

// idleColumns looks for columns whose value never changes the outcome.
func (a *analysis) idleColumns() {
	for i := range a.t.columns {
		col := &a.t.columns[i]
		idle := &idleness{a: a, column: i, seen: map[string]bool{}}
		if !col.tested.empty() {
			idle.search(slices.Clone(a.t.all), 0)
		}
		if !idle.matters && a.steps >= 0 {
			a.found.Add(located("table.column-idle", a.t.def.Inputs[i].Expr, "input", col.label).As(diag.Warning))
		}
	}
}

type idleness struct {
	a       *analysis
	column  int
	matters bool
	seen    map[string]bool
}

// search goes through the combinations of the other columns and compares the outcomes over the one in question.
func (d *idleness) search(rows rowSet, i int) {
	if d.matters || d.a.steps < 0 || rows.empty() {
		return
	}
	if i == d.column {
		i++
	}
	key := string(rune(i)) + rows.key()
	if d.seen[key] {
		return
	}
	d.seen[key] = true
	d.a.steps--
	if i < len(d.a.classes) {
		for _, k := range d.a.classes[i] {
			next := slices.Clone(rows)
			next.and(k.rows)
			d.search(next, i+1)
		}
		return
	}
	outcome := ""
	for n, k := range d.a.classes[d.column] {
		left := slices.Clone(rows)
		left.and(k.rows)
		switch got := d.a.t.outcomeKey(left); {
		case n == 0:
			outcome = got
		case got != outcome:
			d.matters = true
			return
		}
	}
}

// outcomeKey names what a set of matching rows comes to, as far as that shows without evaluating outputs.
func (s *selection) outcomeKey(rows rowSet) string {
	if s.hit.single() && !rows.empty() {
		one := newRowSet(len(s.def.Rows))
		one.add(rows.first())
		rows = one
	}
	key := ""
	for _, o := range s.outputs {
		key += o.outputsKey(rows)
	}
	return key
}

// listed writes numbers of rows for people: 1, 2, 5.
func listed(rows []int) string {
	words := make([]string, len(rows))
	for i, row := range rows {
		words[i] = strconv.Itoa(row)
	}
	return strings.Join(words, ", ")
}
