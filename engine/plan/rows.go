package plan

import (
	"slices"
	"strconv"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// rowScope is what a rule that is applied to every row of a list may name: every fact of the item, and behind them row.* and
// row.number.
type rowScope struct {
	scope
	list   int // slot of the list
	base   int // number of facts of the item: the slot of the first fact of the row
	space  *facts.Space
	row    *facts.Space
	number int // slot of row.number
	name   int // slot of a text that names the row, or -1
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
	typ := c.plan.space.At(slot).Type
	if typ.Kind != facts.List || typ.Elem.Kind != facts.Row {
		c.report("plan.not-a-list", at, "name", list)
		return nil
	}
	s := &rowScope{list: slot, base: c.plan.space.Len(), row: typ.Elem.Row, name: -1}
	all := c.plan.space.All()
	for i, f := range s.row.All() {
		if s.name < 0 && f.Type.Kind == facts.String && len(f.Type.Enum) == 0 {
			s.name = i
		}
		f.Path = "row." + f.Path
		all = append(all, f)
	}
	s.number = len(all)
	all = append(all, facts.Fact{Path: "row.number", Type: facts.Type{Kind: facts.Int}, Label: lang.Text{Zh: "序号", En: "number of the entry"}})
	space, found := facts.NewSpace(all)
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

// outside turns slots of the scope into slots of the item: facts of the row are read with their list.
func (s *rowScope) outside(slots []int) []int {
	out := []int{s.list}
	for _, slot := range slots {
		if slot < s.base && !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	return out
}

// lists is outside for what an undetermined rule waits for; without a scope it changes nothing.
func (s *rowScope) lists(slots []int) []int {
	if s == nil || !slices.ContainsFunc(slots, func(slot int) bool { return slot >= s.base }) {
		return slots
	}
	return s.outside(slots)
}

// values are the facts a rule sees in one row.
func (s *rowScope) values(of *facts.Values, row *facts.Values, number int) *facts.Values {
	v := s.space.Over(of)
	for i := range s.row.Len() {
		switch row.State(i) {
		case facts.Known:
			v.Set(s.base+i, row.Get(i))
		case facts.Absent:
			v.SetAbsent(s.base + i)
		}
	}
	v.Set(s.number, int64(number))
	return v
}

// rowName says which row a document belongs to: by its first text, or by its number.
func (s *rowScope) rowName(row *facts.Values, number int) lang.Text {
	if s.name >= 0 && row.State(s.name) == facts.Known {
		text, _ := row.Get(s.name).(string)
		return lang.Text{Zh: text, En: text}
	}
	n := strconv.Itoa(number)
	return lang.Text{Zh: "第" + n + "项", En: "entry " + n}
}

// list gives the rows of a list fact; ok is false while the list is unknown. An absent list has no rows.
func (e *evaluation) list(s *rowScope) (rows []any, ok bool) {
	switch e.values.State(s.list) {
	case facts.Known:
		rows, _ = e.values.Get(s.list).([]any)
		return rows, true
	case facts.Absent:
		return nil, true
	}
	return nil, false
}

// concludeRows works out a value for each row of a list. One row that is not settled leaves the whole list unsettled.
func (e *evaluation) concludeRows(d *conclusion) {
	rows, ok := e.list(d.each)
	if !ok {
		e.missing[d.slot] = e.leaves([]int{d.each.list})
		return
	}
	values := []any{}
	missing := []int{}
	settled := true
	for i, r := range rows {
		row, _ := r.(*facts.Values)
		got, _ := e.concluded(d, d.each.values(e.values, row, i+1))
		switch got.State {
		case facts.Known:
			values = append(values, got.Value)
		case facts.Unknown:
			settled = false
			missing = append(missing, e.leaves(d.each.lists(got.Missing))...)
		}
	}
	if !settled {
		slices.Sort(missing)
		e.missing[d.slot] = slices.Compact(missing)
		return
	}
	e.values.Set(d.slot, values)
	e.sources[d.slot] = &Source{Kind: "computed"}
}

// materialRows decides on a document once, or once for each row of its list.
func (e *evaluation) materialRows(m *material) []Material {
	if m.each == nil {
		return []Material{e.material(m, m.described(), e.values)}
	}
	rows, ok := e.list(m.each)
	if !ok {
		out := m.described()
		out.Need = string(Undetermined)
		e.wait(e.leaves([]int{m.each.list}), "material:"+m.id, &out.Missing)
		return []Material{out}
	}
	var all []Material
	for i, r := range rows {
		row, _ := r.(*facts.Values)
		out := m.described()
		out.ID = m.id + "#" + strconv.Itoa(i+1)
		out.OfName = m.each.rowName(row, i+1)
		all = append(all, e.material(m, out, m.each.values(e.values, row, i+1)))
	}
	return all
}
