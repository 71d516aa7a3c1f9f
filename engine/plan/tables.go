package plan

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

// decision is a decision table with its versions, one without dates where the same rows hold on every day; or a formula with its
// versions.
type decision struct {
	asOf     *formula.Formula // the day whose version counts; nil without dates
	versions []version        // in order of from
}

// version is a table in force from from to to, both included; a zero to is open.
type version struct {
	from, to time.Time
	since    string // from, as it is written
	outputs  []*table.Table
	value    *formula.Formula   // in place of outputs
	legal    map[int][]LegalRef // by row, from 1
}

// basis is the row a value was read from.
type basis struct {
	version  *version
	row      int        // from 1; 0 is none
	gathered []gathered // all rows, where the value is made of several
}

// gathered is a row that takes part in a value, and its output. Where rows are only counted there is none.
type gathered struct {
	row    int
	output formula.Result
}

func (b basis) legal() []LegalRef {
	if b.version == nil {
		return nil
	}
	return b.version.legal[b.row]
}

func (b basis) since() string {
	if b.version == nil {
		return ""
	}
	return b.version.since
}

// eval works out one output over the facts in v.
func (d *decision) eval(v *facts.Values, output int) (formula.Result, basis, error) {
	in := &d.versions[0]
	if d.asOf != nil {
		day, err := d.asOf.Eval(v)
		switch {
		case err != nil:
			return formula.Result{}, basis{}, err
		case day.State == facts.Unknown:
			return day, basis{}, nil
		}
		if in, err = d.inForce(day); err != nil {
			return formula.Result{}, basis{}, err
		}
	}
	if in.value != nil {
		r, err := in.value.Eval(v)
		return r, basis{version: in}, err
	}
	r, err := in.outputs[output].Eval(v)
	if err != nil {
		return formula.Result{}, basis{}, err
	}
	on := basis{version: in}
	if len(r.Rows) > 0 {
		on.row = r.Rows[0]
	}
	if of := in.outputs[output]; of.Hit().Gathers() && r.State != facts.Unknown {
		for _, row := range r.Rows {
			one := gathered{row: row}
			if of.Hit() != table.CollectCount {
				if one.output, err = of.Row(row, v); err != nil {
					return formula.Result{}, basis{}, err
				}
			}
			on.gathered = append(on.gathered, one)
		}
	}
	return formula.Result{State: r.State, Value: r.Value, Missing: r.Missing}, on, nil
}

// inForce finds the version of a day.
func (d *decision) inForce(day formula.Result) (*version, error) {
	on, known := day.Value.(time.Time)
	if day.State != facts.Known || !known {
		return nil, &noVersion{}
	}
	i, found := slices.BinarySearchFunc(d.versions, on, func(v version, on time.Time) int { return v.from.Compare(on) })
	if !found {
		i--
	}
	if i < 0 || !d.versions[i].to.IsZero() && d.versions[i].to.Before(on) {
		return nil, &noVersion{on.Format(facts.DateLayout)}
	}
	return &d.versions[i], nil
}

// reads are the facts an output may read, on whatever day.
func (d *decision) reads(output int) []int {
	var out []int
	if d.asOf != nil {
		out = append(out, d.asOf.Reads()...)
	}
	for i := range d.versions {
		if of := d.versions[i].value; of != nil {
			out = append(out, of.Reads()...)
		} else {
			out = append(out, d.versions[i].outputs[output].Reads()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// noVersion says that a dated table or formula says nothing of a day, or that there is no such day. Nothing is assumed in its place.
type noVersion struct{ date string }

func (e *noVersion) Error() string { return "no version is in force on " + e.date }

// Code is the error's code in the catalogue.
func (e *noVersion) Code() string {
	if e.date == "" {
		return "evaluate.no-date"
	}
	return "evaluate.not-in-force"
}

// Args are the arguments of the error's text.
func (e *noVersion) Args() map[string]string { return map[string]string{"date": e.date} }

// conclusions are what one entry of derive gives: a value, or one for each output of its table.
func (c *compiler) conclusions(d *item.Derive, at string) []*conclusion {
	one := &conclusion{
		of: d, key: d.Key, label: d.Label, kind: d.Type, round: money.Rounding(d.Round), pointer: at, legal: c.articles(d.Legal, at+"/legal"),
	}
	if d.Table == nil || len(d.Table.Outputs) == 0 {
		if d.Type == "" {
			c.report("plan.no-type", at)
		}
		one.typ = c.given(d.Type, d.Round, d.Unit, d.Choices, at)
		switch {
		case d.Table != nil:
			if len(d.Table.Values) > 0 {
				one.typ.Enum = c.choices(one.typ, d.Table.Values, at+"/table/values")
			}
			one.typ = collected(one.typ, d.Table)
		case d.List:
			elem := one.typ
			one.typ = facts.Type{Kind: facts.List, Elem: &elem}
		}
		return []*conclusion{one}
	}
	for _, name := range []string{"type", "round"} {
		if name == "type" && d.Type != "" || name == "round" && d.Round != "" {
			c.report("plan.beside-outputs", at+"/"+name, "name", name)
		}
	}
	if len(d.Table.Values) > 0 {
		c.report("plan.beside-outputs", at+"/table/values", "name", "values")
	}
	var out []*conclusion
	for i, o := range d.Table.Outputs {
		column := *one
		column.output, column.key, column.label = i, d.Key+"."+o.Key, join(d.Label, lang.Text{Zh: "：" + o.Label.Zh, En: ": " + o.Label.In(lang.En)})
		column.kind, column.round = o.Type, money.Rounding(o.Round)
		place := diag.Pointer(at, "table", "outputs", i)
		column.typ = c.given(o.Type, o.Round, o.Unit, o.Choices, place)
		if len(o.Values) > 0 {
			column.typ.Enum = c.choices(column.typ, o.Values, place+"/values")
		}
		column.typ = collected(column.typ, d.Table)
		out = append(out, &column)
	}
	return out
}

// given is the type of one value of a conclusion.
func (c *compiler) given(name, round string, unit lang.Text, choices []item.Choice, at string) facts.Type {
	typ := derivedType(name)
	if round != "" && typ.Kind != facts.Int {
		c.warn("plan.nothing-to-round", at+"/round", "type", typ.Name())
	}
	c.measured(&typ, unit, at)
	labels := make([]facts.Choice, len(choices))
	for i, ch := range choices {
		labels[i] = facts.Choice(ch)
	}
	typ, found := typ.WithChoices(labels, at+"/choices")
	c.found.Add(found...)
	return typ
}

// measured gives a number its unit.
func (c *compiler) measured(typ *facts.Type, unit lang.Text, at string) {
	of := typ
	if typ.Kind == facts.List {
		of = typ.Elem
	}
	switch {
	case unit.IsZero():
	case of.Money || of.Kind != facts.Int && of.Kind != facts.Number:
		c.warn("plan.unit-of-nothing", at+"/unit", "type", typ.Name())
	default:
		of.Unit = unit
	}
}

// choices are the values that an output may give, in order of their priority. They have the labels of the type's choices.
func (c *compiler) choices(typ facts.Type, values []any, at string) []facts.Choice {
	var out []facts.Choice
	for i, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			c.report("plan.bad-value", diag.Pointer(at, i), "reason", err)
			continue
		}
		val, err := typ.Decode(raw)
		if err != nil {
			c.found.Add(said(err, diag.Pointer(at, i)))
			continue
		}
		label, _ := typ.Label(val)
		out = append(out, facts.Choice{Value: val, Label: label})
	}
	return out
}

// collected is the type of what a table gives: a list where it gathers its outputs.
func collected(typ facts.Type, t *item.Table) facts.Type {
	if table.Hit(t.Hit).List() {
		return facts.Type{Kind: facts.List, Elem: &typ}
	}
	return typ
}

// decision compiles a table for the conclusions it gives, which are one for each output.
func (c *compiler) decision(t *item.Table, at string, outputs []*conclusion) *decision {
	if c.formula == nil {
		return nil
	}
	def := table.Definition{Hit: c.source(t.Hit, at+"/hit")}
	for i, in := range t.Inputs {
		def.Inputs = append(def.Inputs, table.Input{Expr: c.source(in.Expr, diag.Pointer(at, "inputs", i, "expr")), Label: in.Label, Values: c.source(string(in.Values), diag.Pointer(at, "inputs", i, "values"))})
	}
	for _, o := range outputs {
		def.Outputs = append(def.Outputs, table.Output{Type: o.typ, Round: o.round})
	}
	narrowed(outputs[0].when, &def)
	out := &decision{}
	from, _ := facts.ParseDate(c.plan.def.Effective.From) // item.Decode has seen that it is a date
	to, _ := facts.ParseDate(c.plan.def.Effective.To)
	if len(t.Versions) == 0 {
		one := version{from: from, to: to}
		c.version(&one, def, &t.TableRows, at)
		out.versions = append(out.versions, one)
		return out.compiled()
	}
	day := t.AsOf
	if day == "" {
		day = "today"
	}
	out.asOf = c.value(day, at+"/asOf", facts.Type{Kind: facts.Date}, "")
	c.begins(t.Versions[0].From, t.AsOf, at)
	for name, beside := range map[string]bool{"rows": len(t.Rows) > 0, "default": len(t.Default) > 0, "legal": len(t.Legal) > 0} {
		if beside {
			c.report("plan.beside-versions", at+"/"+name, "name", name)
		}
	}
	before := len(c.found)
	for i := range t.Versions {
		next := ""
		if i+1 < len(t.Versions) {
			next = t.Versions[i+1].From
		}
		v := c.period(&t.Versions[i], next, diag.Pointer(at, "versions", i))
		watched := v
		if t.AsOf == "" { // its rows meet the parameters of these days only
			watched.from, watched.to = later(from, v.from), earlier(to, v.to)
		} else {
			watched.from, watched.to = from, to
		}
		c.version(&watched, def, &t.Versions[i].TableRows, diag.Pointer(at, "versions", i))
		v.outputs, v.legal = watched.outputs, watched.legal
		out.versions = append(out.versions, v)
	}
	c.found = append(c.found[:before], gapsOnce(idleThroughout(c.found[before:], len(t.Versions)), at, t.Versions)...)
	if out.asOf == nil {
		return nil
	}
	return out.compiled()
}

// idleThroughout leaves out that a column never matters in a version where it matters in another.
func idleThroughout(found diag.List, versions int) diag.List {
	idle := map[string]int{}
	for _, d := range found {
		if d.Code == "table.column-idle" {
			idle[d.Path]++
		}
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "table.column-idle" && idle[d.Path] < versions })
}

// datedValue compiles a formula that changes over time.
func (c *compiler) datedValue(d *item.Derive, at string, one *conclusion) *decision {
	if c.formula == nil {
		return nil
	}
	day := d.AsOf
	if day == "" {
		day = "today"
	}
	out := &decision{asOf: c.value(day, at+"/asOf", facts.Type{Kind: facts.Date}, "")}
	c.begins(d.Versions[0].From, d.AsOf, at)
	for i := range d.Versions {
		next, place := "", diag.Pointer(at, "versions", i)
		if i+1 < len(d.Versions) {
			next = d.Versions[i+1].From
		}
		v := c.period(&item.TableVersion{From: d.Versions[i].From, To: d.Versions[i].To}, next, place)
		v.value = c.value(d.Versions[i].Value, place+"/value", one.typ, one.round)
		out.versions = append(out.versions, v)
	}
	if out.asOf == nil {
		return nil
	}
	return out.compiled()
}

// begins looks whether versions that go by today are there from the first day of the item. first is the first day of the first.
func (c *compiler) begins(first, asOf, at string) {
	if from := c.plan.def.Effective.From; asOf == "" && first > from {
		c.warn("plan.versions-late", at+"/versions/0/from", "from", first, "item", from)
	}
}

// gapsOnce says a gap that several versions have in common once, at the first of them, and names the versions.
func gapsOnce(found diag.List, at string, versions []item.TableVersion) diag.List {
	type gap struct{ code, text string }
	where := map[gap][]string{}
	of := func(d diag.Diagnostic) (gap, bool) {
		return gap{d.Code, d.Text(lang.En)}, d.Code == "table.gap" || d.Code == "table.gap-unless"
	}
	for i := range versions {
		for _, d := range found {
			if g, ok := of(d); ok && d.Path == diag.Pointer(at, "versions", i) {
				where[g] = append(where[g], versions[i].From)
			}
		}
	}
	return slices.Collect(func(yield func(diag.Diagnostic) bool) {
		for _, d := range found {
			g, ok := of(d)
			if since, known := where[g]; ok && !known {
				continue // said already
			} else if ok && len(since) > 1 {
				once := diag.New("plan.in-versions", d.Path, "from", strings.Join(since, ", "), "finding", d.Both()).As(d.Severity)
				once.File, once.Line, once.Col = d.File, d.Line, d.Col
				d = once
			}
			delete(where, g)
			if !yield(d) {
				return
			}
		}
	})
}

// compiled is the decision if every version could be compiled.
func (d *decision) compiled() *decision {
	if slices.ContainsFunc(d.versions, func(v version) bool { return v.outputs == nil && v.value == nil }) {
		return nil
	}
	return d
}

// period reads from when to when a version is in force. next is the first day of the one after it.
func (c *compiler) period(t *item.TableVersion, next, at string) version {
	v := version{since: t.From}
	var err error
	if v.from, err = facts.ParseDate(t.From); err != nil {
		c.found.Add(said(err, at+"/from"))
	}
	if t.To != "" {
		if v.to, err = facts.ParseDate(t.To); err != nil {
			c.found.Add(said(err, at+"/to"))
		}
		if t.To < t.From {
			c.report("plan.period-reversed", at+"/to", "from", t.From, "to", t.To)
		}
	}
	if next != "" && (next <= t.From || t.To >= next) {
		c.report("plan.versions-overlap", at, "from", t.From, "next", next)
	}
	if start, err := facts.ParseDate(next); next != "" && err == nil && v.to.IsZero() {
		v.to = start.AddDate(0, 0, -1)
	}
	return v
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier compares ends, of which a zero one is open.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// version compiles the rows of a table, and looks at them with the parameters of every day from v.from to v.to.
func (c *compiler) version(v *version, def table.Definition, rows *item.TableRows, at string) {
	def.At = c.source("", at)
	for i, r := range rows.Rows {
		row := table.Row{At: c.source("", diag.Pointer(at, "rows", i)), Then: c.several(r.Then, diag.Pointer(at, "rows", i, "then"))}
		for j, cell := range r.When {
			row.When = append(row.When, c.source(cell, diag.Pointer(at, "rows", i, "when", j)))
		}
		def.Rows = append(def.Rows, row)
	}
	def.Default = c.several(rows.Default, at+"/default")
	for key, ids := range rows.Legal {
		place := diag.Pointer(at, "legal", key)
		row, err := strconv.Atoi(key)
		if err != nil || row < 0 || row >= len(rows.Rows) {
			c.report("plan.no-such-row", place, "row", key, "last", len(rows.Rows)-1)
			continue
		}
		if v.legal == nil {
			v.legal = map[int][]LegalRef{}
		}
		v.legal[row+1] = c.articles(ids, place)
	}
	out, found := table.Compile(def, c.formula)
	c.found.Add(found...)
	if out == nil {
		return
	}
	v.outputs = out
	c.watch(v, rows, at)
}

// several places texts that stand alone or in a list.
func (c *compiler) several(texts item.Outputs, at string) []table.Source {
	var out []table.Source
	alone := len(texts) == 1 && (c.doc == nil || !c.doc.Has(at+"/0"))
	for i, text := range texts {
		place := at
		if !alone {
			place = diag.Pointer(at, i)
		}
		out = append(out, c.source(text, place))
	}
	return out
}

// maxDays bounds on how many days a table is looked at: a parameter that changes twice a year, for thirty years.
const maxDays = 60

// datedCalls are the parameters that cells ask for a value on a day of their choice.
func (c *compiler) datedCalls(rows *item.TableRows) []*parameter {
	var out []*parameter
	for i := range c.plan.parameters {
		q := &c.plan.parameters[i]
		for _, r := range rows.Rows {
			if slices.ContainsFunc(r.When, func(cell string) bool {
				return slices.Contains(parameterName.FindAllString(cell, -1), "param_"+q.of.Key)
			}) {
				out = append(out, q)
				break
			}
		}
	}
	return out
}

// watch analyzes a table whose cells name parameters, or work something out of them, once for each day on which one of these
// changes: a parameter may open a gap years after the table was written. What is found is said with the day, once.
func (c *compiler) watch(v *version, rows *item.TableRows, at string) {
	named := v.outputs[0].Refers()
	if len(named) == 0 {
		return
	}
	today, _ := c.plan.space.Slot("today")
	dated := c.datedCalls(rows)
	days := []time.Time{v.from}
	var params []*parameter
	for _, slot := range named {
		i := slices.IndexFunc(c.plan.parameters, func(q parameter) bool { return q.slot == slot })
		switch {
		case i >= 0:
			params = append(params, &c.plan.parameters[i])
		case slot != today || len(dated) == 0:
			c.found.Add(diag.New("plan.table-varies", at, "name", c.formula.Space().At(slot).Path).As(diag.Hint))
			return
		}
	}
	for _, q := range slices.Concat(params, dated) {
		for _, series := range q.series {
			for _, d := range series {
				if d.from.After(v.from) && (v.to.IsZero() || !d.from.After(v.to)) {
					days = append(days, d.from)
				}
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	if len(days) > maxDays {
		days = days[:maxDays]
	}
	said := map[string]bool{}
	for _, day := range days {
		values := c.formula.Space().NewValues()
		complete := true
		for _, q := range params {
			d, ok := q.at(day, "")
			if complete = complete && ok; ok {
				values.Set(q.slot, d.value)
			}
		}
		if len(dated) > 0 {
			values.Set(today, day)
		}
		if !complete {
			continue // a value that is missing is a finding of its own
		}
		for _, d := range v.outputs[0].Analyze(values) {
			on := diag.New("plan.table-on-day", d.Path, "date", day.Format(facts.DateLayout), "code", d.Code, "finding", d.Both())
			on.File, on.Line, on.Col, on.Severity = d.File, d.Line, d.Col, diag.Warning
			if d.Severity == diag.Hint {
				on.Severity = diag.Hint
			}
			if key := d.Path + d.Text(lang.En); !said[key] {
				said[key] = true
				c.found.Add(on)
			}
		}
	}
}
