package plan

import (
	"iter"
	"slices"
	"strconv"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
)

// rowScope is what a rule that is applied to every row of a list may name: every fact of the item, and behind them the columns
// of the row as row.<column>, its number as row.number, and as row.<conclusion> what derive concludes for the same row. The
// rows of a list of plain values have one column, row.value.
type rowScope struct {
	scope
	list      int // slot of the list
	base      int // number of facts of the item: the slot of the first column
	space     *facts.Space
	row       *facts.Space
	number    int           // slot of row.number
	concluded []*conclusion // per row of the same list, in the slots behind row.number
	plain     bool          // a list of plain values, not of rows
	name      int           // column that names the row, or -1
	identity  int           // column with the number of the person the row is about, or -1
	licences  []licence     // of that person, where rules ask for them, in the slots behind the conclusions
}

// rowScope returns the scope of the rows of a list, one for each list; nil, with a finding, where there is no such list.
func (c *compiler) rowScope(list, at string) *rowScope {
	if list == "" || c.cond == nil {
		return nil
	}
	if s, ok := c.rows[list]; ok {
		return s
	}
	slot, ok := c.plan.space.Slot(list)
	if !ok {
		c.report("plan.unknown-list", at, "name", list)
		return nil
	}
	of := c.plan.space.At(slot)
	if of.Type.Kind != facts.List {
		c.report("plan.not-a-list", at, "name", list)
		return nil
	}
	s := &rowScope{list: slot, base: c.plan.space.Len(), row: rowOf(of), plain: of.Type.Elem.Kind != facts.Row, name: -1, identity: -1}
	c.naming(s, list)
	var own []facts.Fact
	for _, f := range s.row.All() {
		f.Path = "row." + f.Path
		own = append(own, f)
	}
	s.number = s.base + len(own)
	own = append(own, facts.Fact{Path: "row.number", Type: facts.Type{Kind: facts.Int}, Label: lang.Text{Zh: "序号", En: "number of the entry"}})
	for _, d := range c.plan.derived {
		if d.of.ForEach != list {
			continue
		}
		if _, taken := s.row.Slot(d.of.Key); taken || d.of.Key == "number" {
			c.report("plan.row-name-taken", d.pointer+"/key", "name", "row."+d.of.Key, "list", of.Label)
			continue
		}
		s.concluded = append(s.concluded, d)
		own = append(own, facts.Fact{Path: "row." + d.key, Type: d.typ, Label: d.label, Unit: d.typ.Unit})
	}
	if s.identity >= 0 && c.asksLicences {
		s.licences = declareLicences(c.dict, "row.licences.", func(path string, t facts.Type, label lang.Text) int {
			own = append(own, facts.Fact{Path: path, Type: t, Label: label, Unit: t.Unit})
			return s.base + len(own) - 1
		})
	}
	space, found := c.plan.space.With(own)
	if found.HasErrors() {
		c.report("plan.bad-row", at, "name", list, "reason", found[0].Both())
		return nil
	}
	s.space, s.scope = space, c.newScope(space)
	if c.rows == nil {
		c.rows = map[string]*rowScope{}
	}
	c.rows[list] = s
	return s
}

// naming finds the column that names a row, the first text that is no number or code of somebody, and the one by which the
// person it is about is known.
func (c *compiler) naming(s *rowScope, list string) {
	f := c.fieldAt(list)
	for i, column := range s.row.All() {
		format := ""
		switch {
		case f == nil || s.plain:
		case f.columns != nil:
			format = f.columns.of[i].shape.format
		case f.shape.items != nil:
			format = f.shape.items.members[i].format
		}
		if s.name < 0 && column.Type.Kind == facts.String && len(column.Type.Enum) == 0 && format == "" {
			s.name = i
		}
		if s.identity < 0 && format == residentID {
			s.identity = i
		}
	}
}

// inRows compiles rules that apply to every row of a list, if one is named, or else once to the item.
func (c *compiler) inRows(list, at string, rules func(each *rowScope)) {
	outside := c.scope
	if list != "" {
		if c.each = c.rowScope(list, at+"/forEach"); c.each == nil {
			return // the reason was given; rules over row.* would only repeat it
		}
		c.scope = c.each.scope
		c.used[c.each.list] = true
	}
	rules(c.each)
	c.scope, c.each = outside, nil
}

// every says of a sentence about a row that it is about every row of a list.
func (s *rowScope) every(list, sentence lang.Text) lang.Text {
	return s.phrase.Every(list, sentence)
}

// rowOf are the columns of a list.
func rowOf(list facts.Fact) *facts.Space {
	if list.Type.Elem.Kind == facts.Row {
		return list.Type.Elem.Row
	}
	// One fact of a valid type makes a space without findings.
	space, _ := facts.NewSpace([]facts.Fact{{Path: "value", Type: *list.Type.Elem, Label: list.Label}})
	return space
}

// item gives the slot of the item that stands for a slot of the scope: a column is read with its list, so
// are the records of the row's person, and a conclusion of the row with the list of these conclusions.
func (s *rowScope) item(slot int) int {
	switch {
	case slot < s.base:
		return slot
	case slot <= s.number, slot > s.number+len(s.concluded):
		return s.list
	}
	return s.concluded[slot-s.number-1].slot
}

// outside turns slots of the scope into slots of the item, the list among them in any case.
func (s *rowScope) outside(slots []int) []int {
	out := []int{s.list}
	for _, slot := range slots {
		if slot = s.item(slot); !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	return out
}

// lists is outside for what an undetermined rule waits for; without a scope it changes nothing.
func (s *rowScope) lists(slots []int) []int {
	if s == nil {
		return slots
	}
	out := make([]int, 0, len(slots))
	for _, slot := range slots {
		if slot = s.item(slot); !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	return out
}

// rowFacts is one row of a list in an evaluation: its number and the facts a rule sees in it, until the next row is looked at.
type rowFacts struct {
	number int // from 1
	facts  *facts.Values
}

// stepsOfRow is what applying a rule to a row counts for, whatever loops the rule has: some microseconds.
const stepsOfRow = 20

// rows goes through the rows of a list; ok is false while the list is unknown. An absent list has no rows. Without a scope
// there is one, the item as a whole. A list that the evaluation has no steps left for is an error, and unknown.
func (e *evaluation) rows(s *rowScope, pointer string) (rows iter.Seq[rowFacts], ok bool) {
	if s != nil && e.values.State(s.list) == facts.Unknown {
		return func(func(rowFacts) bool) {}, false
	}
	if s != nil && !e.values.Steps().Take(stepsOfRow*uint64(e.count(s))) {
		e.failed(facts.StepsError{}, pointer)
		return func(func(rowFacts) bool) {}, false
	}
	return func(yield func(rowFacts) bool) {
		if s == nil {
			yield(rowFacts{facts: e.values})
			return
		}
		list, _ := e.values.Get(s.list).([]any)
		v := s.space.Over(e.values)
		for i, element := range list {
			e.enter(s, v, element, i)
			if !yield(rowFacts{i + 1, v}) {
				return
			}
		}
	}, true
}

// count is the number of rows of a list, 1 while it is unknown, and 1 without a scope.
func (e *evaluation) count(s *rowScope) int {
	if s == nil || e.values.State(s.list) == facts.Unknown {
		return 1
	}
	list, _ := e.values.Get(s.list).([]any)
	return len(list)
}

// enter puts into v the facts of one row behind those of the item: the columns, and what was concluded for the row so far.
func (e *evaluation) enter(s *rowScope, v *facts.Values, element any, i int) {
	put := func(slot int, state facts.State, val any) {
		switch state {
		case facts.Known:
			v.Set(slot, val)
		case facts.Absent:
			v.SetAbsent(slot)
		default:
			v.SetUnknown(slot)
		}
	}
	row, ok := element.(*facts.Values)
	if !ok {
		v.Set(s.base, element)
	} else {
		for column := range s.row.Len() {
			put(s.base+column, row.State(column), row.Get(column))
		}
	}
	v.Set(s.number, int64(i+1))
	for n, d := range s.concluded {
		var got formula.Result
		if rows := e.slots[d.slot].rows; i < len(rows) { // else not worked out yet, or never: its list is unknown as a whole
			got = rows[i].result
		}
		put(s.number+1+n, got.State, got.Value)
	}
	e.enterPerson(s, v)
}

// enterPerson puts into v what the licences of the row's person say, as far as rules ask.
func (e *evaluation) enterPerson(s *rowScope, v *facts.Values) {
	if len(s.licences) == 0 {
		return
	}
	for slot := s.number + 1 + len(s.concluded); slot < s.space.Len(); slot++ {
		v.SetUnknown(slot)
	}
	of := e.in.People[e.personIn(s, v)].Licences
	for n := range s.licences {
		e.licence(&s.licences[n], of, v)
	}
}

// rowName says which row something is about: by its first text, or what a list of plain values holds, or by its number.
func (e *evaluation) rowName(s *rowScope, row rowFacts) lang.Text {
	if s.plain {
		_, text := e.said(s.space.Type(s.base), s.space.Path(s.base), row.facts.Get(s.base))
		return text
	}
	if s.name >= 0 && row.facts.State(s.base+s.name) == facts.Known {
		text, _ := row.facts.Get(s.base + s.name).(string)
		return lang.Text{Zh: text, En: text}
	}
	n := strconv.Itoa(row.number)
	return lang.Text{Zh: "第" + n + "项", En: "entry " + n}
}

// rowConclusion is what was concluded for one row.
type rowConclusion struct {
	result formula.Result
	on     basis
	name   lang.Text
}

// concludeRows works out a value for each row of a list. One row that is not settled leaves the whole list unsettled, while
// rules about the other rows see theirs.
func (e *evaluation) concludeRows(d *conclusion) {
	rows, ok := e.rows(d.each, d.pointer)
	if !ok {
		e.slots[d.slot].missing = e.leaves([]int{d.each.list})
		return
	}
	count := e.count(d.each)
	values := make([]any, 0, count)
	missing := []int{}
	settled := true
	all := make([]rowConclusion, 0, count)
	for row := range rows {
		got, on := e.concluded(d, row.facts)
		all = append(all, rowConclusion{got, on, e.rowName(d.each, row)})
		switch got.State {
		case facts.Known:
			values = append(values, got.Value)
		case facts.Unknown:
			settled = false
			missing = append(missing, e.leaves(d.each.lists(got.Missing))...)
		}
	}
	e.slots[d.slot].rows = all
	if !settled {
		slices.Sort(missing)
		e.slots[d.slot].missing = slices.Compact(missing)
		return
	}
	e.values.Set(d.slot, values)
	e.slots[d.slot].source = fromComputed
}

// derivedRows shows what derive came to for each row.
func (e *evaluation) derivedRows(d *conclusion) []DerivedRow {
	rows := e.slots[d.slot].rows
	if len(rows) == 0 {
		return nil
	}
	out := make([]DerivedRow, len(rows))
	for i := range rows {
		row := &rows[i]
		out[i] = DerivedRow{Number: i + 1, Name: row.name, State: stateNames[row.result.State], Row: row.on.row, Matched: e.matched(d, row.on), Since: row.on.since()}
		if row.result.State == facts.Known {
			out[i].Value, out[i].Text = e.said(&d.typ, d.key, row.result.Value)
		}
	}
	return out
}

// materialRows decides on a document once, or once for each row of its list.
func (e *evaluation) materialRows(m *material) {
	next := func() *Material {
		e.out.Materials = append(e.out.Materials, m.described())
		return &e.out.Materials[len(e.out.Materials)-1]
	}
	rows, ok := e.rows(m.each, m.pointer)
	if !ok {
		out := next()
		out.Need, out.Note = string(Undetermined), e.filled(&m.note, e.values, m.each)
		e.wait(e.leaves([]int{m.each.list}), "material:"+m.id, &out.Missing)
	}
	for row := range rows {
		out := next()
		if m.each != nil {
			out.ID, out.OfName = ofRow(m.id, row.number), e.rowName(m.each, row)
		}
		out.Note = e.filled(&m.note, row.facts, m.each)
		e.material(m, out, row.facts)
	}
}

// ofRow is the id of what is there for one row.
func ofRow(id string, number int) string { return id + "#" + strconv.Itoa(number) }
