package plan

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/schema"
)

// columns make a field a list of rows. Each is a field of its own, with all that a field may have: an element of the
// dictionary, labels and choices, a condition, a formula, sources.
type columns struct {
	of        []*field // in the order of the document; a field's slot is that of its column in the row
	order     []*field // each after what it reads
	structure *schema.Schema
	least     int // rows
	rows      *rowScope
	identity  int // column with the number of the person a row is about, or -1
}

// rowWords are what every row has beside its columns.
var rowWords = []string{"number", "licences"}

// columnsField makes a list of a field with columns.
func (c *compiler) columnsField(f *field, d *item.Field, at string) {
	list := &columns{identity: -1, least: d.MinRows}
	var row []facts.Fact
	for i := range d.Columns {
		place := diag.Pointer(at, "columns", i)
		one := c.ownField(&d.Columns[i], "row", place)
		switch {
		case one == nil:
		case slices.Contains(rowWords, one.key):
			c.report("plan.reserved-column", place+"/key", "name", "row."+one.key)
		default:
			list.of = append(list.of, one)
			row = append(row, facts.Fact{Path: one.key, Type: one.typ, Label: one.label, Unit: one.typ.Unit})
		}
	}
	space, found := facts.NewSpace(row)
	for _, wrong := range found {
		for i, col := range d.Columns {
			if col.Key == wrong.Args["fact"] {
				wrong.Path = diag.Pointer(at, "columns", i, "key")
			}
		}
		c.found.Add(wrong)
	}
	for _, one := range list.of {
		one.slot, _ = space.Slot(one.key)
		if list.identity < 0 && one.shape.format == residentID {
			list.identity = one.slot
		}
		if one.secret != dictionary.Public && f.secret != dictionary.Sensitive {
			f.secret = one.secret // a list is as sensitive as the most sensitive of its columns
		}
	}
	f.typ = facts.Type{Kind: facts.List, Elem: &facts.Type{Kind: facts.Row, Row: space}, MaxItems: d.MaxRows}
	if d.MinRows > f.typ.Longest() {
		c.report("plan.rows-reversed", at+"/minRows", "min", d.MinRows, "max", f.typ.Longest())
	}
	f.widget, f.columns = "list", list
	f.listed = f.described()
	f.schema = list.schema(d, func(col *field) json.RawMessage {
		raw := annotated(col.schema, "x-label", col.label)
		if col.valueText != "" {
			raw = annotated(raw, "readOnly", true)
		}
		return raw
	}, func(col *field) bool { return !col.optional && col.whenText == "" && col.valueText == "" })
	// The structure alone is ours, and always a schema.
	list.structure = schema.MustCompile(list.schema(d, func(*field) json.RawMessage { return json.RawMessage(`{}`) }, func(*field) bool { return false }))
}

// schema is the JSON Schema of the list, its columns in their order.
func (l *columns) schema(d *item.Field, of func(*field) json.RawMessage, required func(*field) bool) json.RawMessage {
	var properties, needed []string
	for _, col := range l.of {
		name := strconv.Quote(col.key)
		properties = append(properties, name+":"+string(of(col)))
		if required(col) {
			needed = append(needed, name)
		}
	}
	var b strings.Builder
	b.WriteString(`{"type":"array"`)
	if d.MinRows > 0 {
		b.WriteString(`,"minItems":` + strconv.Itoa(d.MinRows))
	}
	if d.MaxRows > 0 {
		b.WriteString(`,"maxItems":` + strconv.Itoa(d.MaxRows))
	}
	b.WriteString(`,"items":{"type":"object","additionalProperties":false`)
	if len(needed) > 0 {
		b.WriteString(`,"required":[` + strings.Join(needed, ",") + `]`)
	}
	b.WriteString(`,"properties":{` + strings.Join(properties, ",") + `}}}`)
	return json.RawMessage(b.String())
}

// annotated puts a keyword in front of a schema that does not have it.
func annotated(raw json.RawMessage, keyword string, value any) json.RawMessage {
	var keywords map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keywords); err != nil || keywords[keyword] != nil {
		return raw
	}
	text, err := json.Marshal(value)
	if err != nil {
		return raw // labels and booleans always marshal
	}
	rest := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("{")))
	out := `{"` + keyword + `":` + string(text)
	if len(keywords) > 0 {
		out += ","
	}
	return json.RawMessage(out + string(rest))
}

// columnRules compiles what the columns of a list say of each other, and puts them in an order in which each comes after what
// it reads.
func (c *compiler) columnRules(f *field) {
	list := f.columns
	c.inRows(f.path, f.pointer, func(each *rowScope) {
		list.rows = each
		for _, col := range list.of {
			col.when = c.condition(col.whenText, col.pointer+"/when")
			if col.valueText != "" {
				col.value = c.value(col.valueText, col.pointer+"/value", col.typ, "")
			}
		}
	})
	if list.rows == nil {
		return
	}
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(list.of))
	var trail []string
	var visit func(i int)
	visit = func(i int) {
		col := list.of[i]
		state[i] = open
		trail = append(trail, "row."+col.key)
		for _, slot := range list.reads(col) {
			at := slices.IndexFunc(list.of, func(o *field) bool { return list.rows.base+o.slot == slot })
			switch {
			case at < 0:
			case state[at] == fresh:
				visit(at)
			case state[at] == open:
				name := "row." + list.of[at].key
				c.report("plan.cycle", col.pointer, "names", strings.Join(append(trail[slices.Index(trail, name):], name), " → "))
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = done
		list.order = append(list.order, col)
	}
	for i := range list.of {
		if state[i] == fresh {
			visit(i)
		}
	}
}

// reads are the facts a column depends on, as slots of the scope: where records of the row's person may fill it in, the number
// of that person among them.
func (l *columns) reads(col *field) []int {
	out := whenReads(col.when)
	if col.value != nil {
		out = append(out, col.value.Reads()...)
	}
	behind := l.rows.number + len(l.rows.concluded)
	person := len(col.sources) > 0 || slices.ContainsFunc(out, func(slot int) bool { return slot > behind })
	if person && l.identity >= 0 && l.identity != col.slot {
		out = append(out, l.rows.base+l.identity)
	}
	return out
}

// outside are the facts of the item that some column depends on. The row itself is not among them: a column may read another.
func (l *columns) outside() []int {
	var out []int
	for _, col := range l.of {
		for _, slot := range l.reads(col) {
			if slot < l.rows.base || slot > l.rows.number {
				out = append(out, l.rows.item(slot))
			}
		}
	}
	return out
}

// readRows takes the rows of a list from an answer, cell by cell. What is wrong with a cell, or still to be filled in, is said
// at the cell and leaves it unknown; ok is false where the answer is not a list of rows at all.
func (e *evaluation) readRows(f *field, answer facts.JSON) (rows []any, ok bool) {
	if !f.columns.shaped(f, answer) {
		found := f.columns.misshapen(f, answer)
		for _, d := range found {
			d = f.told(d)
			e.problem(d, f.path+dotted(d.Path), diag.Pointer("", f.group, f.key)+d.Path)
		}
		if len(found) > 0 {
			return nil, false
		}
	}
	var missing []int
	var cells []FieldRow
	v := f.columns.rows.space.Over(e.values)
	for element := range answer.Elements() {
		row, shown := e.readRow(f, element, v, len(rows)+1, &missing)
		rows, cells = append(rows, row), append(cells, shown)
	}
	at := &e.slots[f.slot]
	at.cells = cells
	if len(missing) > 0 {
		slices.Sort(missing)
		at.missing = slices.Compact(missing)
	}
	if rows == nil {
		rows = []any{}
	}
	return rows, true
}

// shaped reports whether an answer surely is a list of rows with these columns.
func (l *columns) shaped(f *field, answer facts.JSON) bool {
	if !answer.IsList() {
		return false
	}
	n := 0
	for row := range answer.Elements() {
		if !row.IsObject() {
			return false
		}
		for key := range row.Members() {
			if _, ok := l.rows.row.Slot(key); !ok {
				return false
			}
		}
		n++
	}
	return l.least <= n && n <= f.typ.Longest()
}

// misshapen says why an answer is not a list of rows with these columns, whatever their cells hold.
func (l *columns) misshapen(f *field, answer facts.JSON) diag.List {
	var plain any
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber()
	if err := dec.Decode(&plain); err != nil {
		return diag.List{diag.New("answer.type", "", "label", f.label)}
	}
	if found := l.structure.Check(plain); len(found) > 0 {
		return found
	}
	if list, _ := plain.([]any); len(list) > f.typ.Longest() {
		return diag.List{diag.New("schema.max-items", "", "want", f.typ.Longest())}
	}
	return nil
}

// readRow works out the cells of one row in v, which is over the facts of the item. missing gathers what its unknown cells wait
// for.
func (e *evaluation) readRow(f *field, answer facts.JSON, v *facts.Values, number int, missing *[]int) (*facts.Values, FieldRow) {
	scope := f.columns.rows
	row := scope.row.NewValues()
	e.enter(scope, v, row, number-1)
	cells := make([]facts.JSON, scope.row.Len())
	for key, cell := range answer.Members() {
		if slot, ok := scope.row.Slot(key); ok {
			cells[slot] = cell
		}
	}
	all := make([]Cell, scope.row.Len()) // without a column: not shown
	for _, col := range f.columns.order {
		var got reply
		switch e.whenOver(v, col.when, col.pointer) {
		case cond.Unmet:
			got.state = facts.Absent
		case cond.Undetermined:
			*missing = append(*missing, e.leaves(scope.lists(col.when.Missing(v)))...)
		default:
			if col.value != nil {
				r := e.settled(col.value, col.pointer+"/value", v)
				if got = (reply{state: r.State, value: r.Value}); r.State == facts.Known {
					got.source = fromComputed
				}
				*missing = append(*missing, e.leaves(scope.lists(r.Missing))...)
			} else {
				at := place{path: f.path + "[" + strconv.Itoa(number-1) + "]." + col.key, list: f, row: number, answer: cells[col.slot]}
				if got = e.asked(col, at, e.personOf(f, v)); got.state == facts.Unknown {
					*missing = append(*missing, f.slot)
				}
			}
			all[col.slot] = Cell{
				Column: col.key, State: stateNames[got.state], Source: got.source, Differs: got.differs, Editable: col.value == nil && !col.fixed(got.source),
			}
		}
		switch got.state {
		case facts.Known:
			row.Set(col.slot, got.value)
			v.Set(scope.base+col.slot, got.value)
			all[col.slot].Value, all[col.slot].Text = e.said(&col.typ, col.key, got.value)
		case facts.Absent:
			row.SetAbsent(col.slot)
			v.SetAbsent(scope.base + col.slot)
		}
		if col.slot == scope.identity {
			e.enterPerson(scope, v)
		}
	}
	all = slices.DeleteFunc(all, func(c Cell) bool { return c.Column == "" })
	return row, FieldRow{Number: number, Name: e.rowName(scope, rowFacts{number, v}), Cells: all}
}

// personOf is whose records may fill in a row.
func (e *evaluation) personOf(f *field, v *facts.Values) person {
	known := e.in.People[e.personIn(f.columns.rows, v)]
	return person{register: known.Register, licences: known.Licences}
}

// personIn is the identity number of the person a row is about, or empty.
func (e *evaluation) personIn(s *rowScope, v *facts.Values) string {
	if s.identity < 0 || v.State(s.base+s.identity) != facts.Known {
		return ""
	}
	number, _ := v.Get(s.base + s.identity).(string)
	return number
}

// described are the columns of a list as screens draw them; nil for a field that is no list of rows.
func (f *field) described() []Column {
	if f.columns != nil {
		out := make([]Column, len(f.columns.of))
		for i, col := range f.columns.of {
			out[i] = Column{
				Key: col.key, Label: col.label, Help: col.help, Widget: col.widget, Choices: col.choices, Computed: col.valueText != "",
				Required: !col.optional && col.valueText == "", Conditional: col.whenText != "", Sensitive: col.secret,
			}
		}
		return out
	}
	if f.typ.Kind != facts.List || f.typ.Elem.Kind != facts.Row {
		return nil
	}
	rows := f.shape.items
	out := make([]Column, len(rows.members))
	for slot := range out {
		member := f.typ.Elem.Row.At(slot)
		out[slot] = Column{
			Key: member.Path, Label: member.Label, Widget: widget(member.Type, rows.members[slot].format, rows.members[slot].longer),
			Choices: labelledChoices(member.Type), Required: slices.Contains(rows.needed, slot),
		}
		if member.Label.IsZero() {
			out[slot].Label = lang.Text{Zh: member.Path, En: member.Path}
		}
	}
	return out
}

// labelledChoices are the allowed values of a type with their labels; a value without one is its own.
func labelledChoices(t facts.Type) []Choice {
	var out []Choice
	for _, ch := range t.Enum {
		label := ch.Label
		if label.IsZero() {
			label = facts.Type{Kind: t.Kind, Money: t.Money}.Text(ch.Value)
		}
		out = append(out, Choice{Value: ch.Value, Label: label})
	}
	return out
}

// People lists whose records an evaluation of these answers asks for beside the parties': the identity numbers in rows of lists
// that are filled in from such records, whose licences stand for documents asked for in each row, or about whose licences rules
// ask. Nobody else's are needed, so nobody else's should
// be looked up.
func (p *Plan) People(answers json.RawMessage) []string {
	var tree map[string]map[string]json.RawMessage
	if len(p.people) == 0 || json.Unmarshal(answers, &tree) != nil {
		return nil
	}
	var out []string
	for _, list := range p.people {
		var rows []map[string]json.RawMessage
		if json.Unmarshal(tree[list.group][list.key], &rows) != nil {
			continue
		}
		for _, row := range rows[:min(len(rows), list.longest)] {
			var written string
			if json.Unmarshal(row[list.column], &written) != nil {
				continue
			}
			number, wrong := canonical(residentID, written)
			if wrong == nil && !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	return out
}

// peopleList is a list of which the records of the persons in it are wanted.
type peopleList struct {
	group, key, column string
	longest            int
}

// peopleLists finds them.
func (c *compiler) peopleLists() {
	for _, f := range c.fields {
		s := c.rows[f.path]
		if s == nil || s.identity < 0 {
			continue
		}
		filled := f.columns != nil && slices.ContainsFunc(f.columns.of, func(col *field) bool {
			return len(col.sources) > 0 && col.slot != s.identity && col.valueText == ""
		})
		shown := slices.ContainsFunc(c.plan.materials, func(m material) bool { return m.each == s && len(m.types) > 0 })
		if filled || shown || len(s.licences) > 0 {
			c.plan.people = append(c.plan.people, peopleList{f.group, f.key, s.row.At(s.identity).Path, f.typ.Longest()})
		}
	}
}
