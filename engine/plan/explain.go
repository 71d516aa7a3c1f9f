package plan

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
)

var stateNames = [...]string{facts.Unknown: "unknown", facts.Absent: "absent", facts.Known: "known"}

func verdict(v cond.Verdict) Verdict {
	switch v {
	case cond.Met:
		return Met
	case cond.Unmet:
		return Unmet
	}
	return Undetermined
}

// write puts a slot's value into JSON and into words, each once. It is for when every fact is settled.
func (e *evaluation) write(slot int) *progress {
	w := e.writeJSON(slot)
	if w.done || e.values.State(slot) != facts.Known {
		return w
	}
	w.done, w.text = true, e.text(e.plan.space.Type(slot), e.plan.space.Path(slot), e.values.Get(slot))
	return w
}

// writeJSON is write for where nobody reads the words.
func (e *evaluation) writeJSON(slot int) *progress {
	w := &e.slots[slot]
	if w.json == nil && e.values.State(slot) == facts.Known {
		w.json = e.encode(e.values.Get(slot))
	}
	return w
}

// said gives a value of a fact as JSON and as people write it.
func (e *evaluation) said(of *facts.Type, path string, val any) (json.RawMessage, lang.Text) {
	return e.encode(val), e.text(of, path, val)
}

// text writes a value of a fact as people do: divisions by their names.
func (e *evaluation) text(of *facts.Type, path string, val any) lang.Text {
	if s, ok := val.(string); ok && strings.HasSuffix(path, "division") {
		if name := e.plan.dict.FullName(s); name != "" {
			return lang.Text{Zh: name, En: name}
		}
	}
	return of.Text(val)
}

// encode writes a value behind those written already.
func (e *evaluation) encode(val any) json.RawMessage {
	if e.json == nil {
		e.json = make([]byte, 0, 512+2*len(e.in.Answers))
	}
	start := len(e.json)
	e.json = facts.AppendJSON(e.json, val)
	return json.RawMessage(e.json[start:len(e.json):len(e.json)])
}

// found lists the facts in v that a rule looked at; each is the scope of v if they are those of a row. Facts that were
// computed bring along nothing of their own: the clause names them.
func (e *evaluation) found(slots []int, v *facts.Values, each *rowScope) []Found {
	if e.founds == nil {
		e.founds = make([]Found, 0, e.plan.looks)
	}
	start := len(e.founds)
	for _, s := range slots {
		one := Found{Path: v.Space().Path(s), Label: v.Space().Label(s), State: stateNames[v.State(s)]}
		switch {
		case s < e.plan.space.Len():
			w := e.write(s)
			one.Value, one.Text, one.Source = w.json, w.text, w.source
		case v.State(s) == facts.Known:
			one.Value, one.Text = e.said(v.Space().Type(s), v.Space().Path(s), v.Get(s))
			one.Source = e.slots[each.item(s)].source
		}
		e.founds = append(e.founds, one)
	}
	return e.founds[start:len(e.founds):len(e.founds)]
}

// sections draws the form: every field that is asked or shown now, and the JSON Schema of what may be answered.
func (e *evaluation) sections() {
	count, size := 0, e.plan.frame
	for i := range e.plan.sections {
		for _, f := range e.plan.sections[i].fields {
			if e.slots[f.slot].shown {
				count++
				size += f.room
			}
		}
	}
	fields := make([]Field, 0, count)
	tree := schemaTree{text: make([]byte, 0, size)}
	for i := range e.plan.sections {
		s := &e.plan.sections[i]
		start := len(fields)
		for _, f := range s.fields {
			if !e.slots[f.slot].shown {
				continue
			}
			w := e.writeJSON(f.slot)
			choices, schema := e.offers(f)
			fields = append(fields, Field{
				Path: f.path, Label: f.label, Help: f.help, Schema: schema, Widget: f.widget, Choices: choices,
				Required: !f.optional && !f.switches && f.value == nil, Computed: f.value != nil,
				State: stateNames[e.values.State(f.slot)], Value: w.json, Source: w.source, Differs: w.differs, Sensitive: f.secret,
				Columns: f.listed, Rows: w.cells, Editable: f.value == nil && !f.fixed(w.source),
			})
			out := &fields[len(fields)-1]
			if !f.switches && f.value == nil {
				tree.add(f, schema, out.Required)
			}
		}
		if len(fields) > start {
			e.out.Sections = append(e.out.Sections, Section{
				Key: s.key, Title: s.title, Optional: s.optional, Fields: fields[start:len(fields):len(fields)],
			})
		}
	}
	e.out.Schema = tree.end()
}

// schemaTree assembles the effective JSON Schema of the answers from the schemas of the fields, which come group by group.
type schemaTree struct {
	text     []byte
	group    *fieldGroup
	required []string
}

const (
	schemaHead  = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{`
	groupHead   = `":{"type":"object","properties":{`
	requireHead = `,"required":[`
)

func (t *schemaTree) add(f *field, schema json.RawMessage, required bool) {
	switch {
	case t.group == f.of:
		t.text = append(t.text, ',')
	case t.group == nil:
		t.text = append(t.text, schemaHead...)
	default:
		t.close()
		t.text = append(t.text, ',')
	}
	if t.group != f.of {
		t.group = f.of
		t.text = append(t.text, '"')
		t.text = append(t.text, f.group...)
		t.text = append(t.text, groupHead...)
	}
	t.text = append(t.text, '"')
	t.text = append(t.text, f.key...)
	t.text = append(t.text, '"', ':')
	t.text = append(t.text, schema...)
	if required {
		t.required = append(t.required, f.key)
	}
}

// close ends a group.
func (t *schemaTree) close() {
	t.text = append(t.text, '}')
	for i, key := range t.required {
		if i == 0 {
			t.text = append(t.text, requireHead...)
		} else {
			t.text = append(t.text, ',')
		}
		t.text = append(t.text, '"')
		t.text = append(t.text, key...)
		t.text = append(t.text, '"')
	}
	if len(t.required) > 0 {
		t.text = append(t.text, ']')
	}
	t.required = t.required[:0]
	t.text = append(t.text, '}')
}

func (t *schemaTree) end() json.RawMessage {
	if t.group == nil {
		t.text = append(t.text, schemaHead...)
	} else {
		t.close()
	}
	return append(t.text, '}', '}')
}

// eligibility judges every acceptance condition and explains each.
func (e *evaluation) eligibility() {
	overall := Met
	e.clauses = make([]Clause, 0, e.plan.parts)
	for i := range e.plan.conditions {
		c := &e.plan.conditions[i]
		e.out.Eligibility.Conditions = append(e.out.Eligibility.Conditions, Condition{
			ID: c.of.ID, Title: c.of.Title, Sentence: c.sentence, Clauses: []Clause{}, Legal: c.legal,
		})
		out := &e.out.Eligibility.Conditions[i]
		if c.each == nil {
			judged := e.judge(c, e.values)
			out.Verdict, out.Clauses, out.Missing = judged.verdict, judged.clauses, judged.missing
		} else {
			e.judgeRows(c, out)
		}
		if out.Otherwise.IsZero() {
			out.Otherwise = e.filled(&c.otherwise, e.values, c.each)
		}
		switch out.Verdict {
		case string(Unmet):
			overall = Unmet
		case string(Undetermined), failedVerdict:
			if overall == Met {
				overall = Undetermined
			}
		}
	}
	e.out.Eligibility.Verdict = overall
}

// The verdicts of a condition beside the three.
const (
	notApplicable = "not-applicable"
	failedVerdict = "error"
)

// heavier orders the verdicts of the rows of a condition: the heaviest is that of the whole.
var heavier = map[string]int{notApplicable: 0, string(Met): 1, string(Undetermined): 2, failedVerdict: 3, string(Unmet): 4}

// judgeRows applies a condition to every row of its list. It is met when every row to which it applies meets it; without such
// a row it does not apply.
func (e *evaluation) judgeRows(c *condition, out *Condition) {
	rows, ok := e.rows(c.each, c.pointer)
	if !ok {
		out.Verdict = string(Undetermined)
		e.wait(e.leaves([]int{c.each.list}), "condition:"+c.of.ID, &out.Missing)
		return
	}
	out.Verdict = notApplicable
	var said []lang.Text // to those who do not meet it
	out.Rows = make([]ConditionRow, 0, e.count(c.each))
	for row := range rows {
		judged := e.judge(c, row.facts)
		out.Rows = append(out.Rows, ConditionRow{Number: row.number, Name: e.rowName(c.each, row), Verdict: judged.verdict})
		if heavier[judged.verdict] > heavier[out.Verdict] {
			out.Verdict = judged.verdict
		}
		if judged.verdict == string(Met) || judged.verdict == notApplicable {
			continue
		}
		if judged.verdict == string(Unmet) && c.otherwise.rows {
			if text := e.filled(&c.otherwise, row.facts, c.each); !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
		one := &out.Rows[len(out.Rows)-1]
		one.Clauses, one.Missing = judged.clauses, judged.missing
		for _, path := range judged.missing {
			if !slices.Contains(out.Missing, path) {
				out.Missing = append(out.Missing, path)
			}
		}
	}
	if len(said) > 0 {
		out.Otherwise = inTurn(said)
	}
}

// judgement is what a condition comes to over the facts of the item or of one row.
type judgement struct {
	verdict string
	clauses []Clause
	missing []string
}

func (e *evaluation) judge(c *condition, v *facts.Values) judgement {
	out := judgement{clauses: []Clause{}}
	wait := func(slots []int) {
		e.wait(e.leaves(c.each.lists(slots)), "condition:"+c.of.ID, &out.missing)
	}
	switch e.whenOver(v, c.when, c.pointer) {
	case cond.Unmet:
		out.verdict = notApplicable
		return out
	case cond.Undetermined:
		out.verdict = string(Undetermined)
		wait(c.when.Missing(v))
		return out
	}
	x := c.rule.Explain(v)
	start := len(e.clauses)
	for i := range x.Clauses {
		cl := &x.Clauses[i]
		one := Clause{Verdict: verdict(cl.Verdict), Found: e.found(cl.Facts, v, c.each)}
		if i < len(c.clauses) {
			one.Sentence = c.clauses[i]
		}
		e.clauses = append(e.clauses, one)
	}
	out.clauses = e.clauses[start:len(e.clauses):len(e.clauses)]
	if x.Err != nil {
		out.verdict = failedVerdict
		e.failed(x.Err, c.pointer+"/rule")
		return out
	}
	if out.verdict = string(verdict(x.Verdict)); x.Verdict == cond.Undetermined {
		wait(x.Missing)
	}
	return out
}

// materials says which documents are needed and which of them are there already.
func (e *evaluation) materials() {
	count := 0
	for i := range e.plan.materials {
		count += e.count(e.plan.materials[i].each)
	}
	e.out.Materials = make([]Material, 0, count)
	for i := range e.plan.materials {
		e.materialRows(&e.plan.materials[i])
	}
	inGroup := map[string]bool{}
	missing := 0
	for i := range e.out.Materials {
		m := &e.out.Materials[i]
		switch {
		case m.Need != "required":
		case m.Satisfied == nil:
			missing++
		case m.Group != "":
			inGroup[m.Group] = true
		}
	}
	if missing > 0 {
		e.missing(inGroup, missing)
	}
}

// missing asks for the documents that are needed and not there. inGroup are the groups of which one is there.
func (e *evaluation) missing(inGroup map[string]bool, count int) {
	e.out.Todo = slices.Grow(e.out.Todo, count)
	var open []oneOf
	for i := range e.out.Materials {
		m := &e.out.Materials[i]
		switch {
		case m.Need != "required" || m.Satisfied != nil || m.Tolerate > 0:
		case m.Group == "":
			e.todo("material.required", m.ID, "name", named(m))
		case inGroup[m.Group]:
			m.Satisfied = &Satisfied{By: "group"}
		default:
			name := named(m)
			at := slices.IndexFunc(open, func(g oneOf) bool { return g.group == m.Group })
			if at < 0 {
				open = append(open, oneOf{group: m.Group, code: "material.required", argument: "name", first: m.ID, names: name})
				continue
			}
			g := &open[at]
			g.code, g.argument = "material.one-of", "names"
			g.names = lang.Text{Zh: g.names.Zh + "、" + name.Zh, En: g.names.In(lang.En) + ", " + name.In(lang.En)}
		}
	}
	for i := range open {
		e.todo(open[i].code, open[i].first, open[i].argument, open[i].names)
	}
}

// oneOf is a group of materials of which none is there yet.
type oneOf struct {
	group, code, argument string
	first                 string // material
	names                 lang.Text
}

func named(m *Material) lang.Text {
	if m.OfName.IsZero() {
		return m.Name
	}
	return lang.Text{Zh: m.Name.Zh + "（" + m.OfName.Zh + "）", En: m.Name.In(lang.En) + " (" + m.OfName.In(lang.En) + ")"}
}

// described is what a material always says of itself.
func (m *material) described() Material {
	out := Material{
		ID: m.id, Key: m.key, Of: m.party, Name: m.doc.Name, OfName: m.partyOf, Why: m.why, Legal: m.legal, Group: m.of.Group,
		Copies: m.doc.Copies, Form: m.doc.Form, Standard: m.doc.Standard, Blank: m.doc.Blank, MaxBytes: m.doc.MaxBytes,
	}
	if out.MaxBytes == 0 {
		out.MaxBytes = defaultMaxBytes
	}
	if m.of.Tolerate != nil {
		out.Tolerate = m.of.Tolerate.Days
	}
	return out
}

// material decides over the facts in v whether a document is needed.
func (e *evaluation) material(m *material, out *Material, v *facts.Values) {
	if m.present >= 0 {
		if v.State(m.present) != facts.Known {
			out.Need = string(Undetermined)
			e.wait([]int{m.present}, "material:"+m.id, &out.Missing)
			return
		}
		if v.Get(m.present) == false {
			out.Need = "not-needed"
			return
		}
	}
	out.Need = "required"
	if m.of.Optional {
		out.Need = "optional"
	}
	if m.when != nil {
		applies, err := m.when.Eval(v)
		switch {
		case err != nil:
			e.failed(err, m.pointer+"/when")
			out.Need = "error"
			return
		case applies == cond.Unmet:
			out.Need = "not-needed"
			return
		case applies == cond.Undetermined:
			out.Need = string(Undetermined)
			e.wait(e.leaves(m.each.lists(m.when.Missing(v))), "material:"+m.id, &out.Missing)
			return
		}
	}
	out.Satisfied = e.satisfied(m, out.ID, v)
}

var byForm = &Satisfied{By: "form"}

// satisfied looks for a reason not to ask for a document: the form itself, a licence on record, or that it was handed in.
func (e *evaluation) satisfied(m *material, id string, v *facts.Values) *Satisfied {
	if m.doc.FromForm {
		return byForm
	}
	licences := e.in.Licences[m.party]
	if m.each != nil { // it is that of the person the row is about
		licences = e.in.People[e.personIn(m.each, v)].Licences
	}
	for _, t := range m.types {
		if l := licences[t.Key]; l != nil {
			return &Satisfied{By: "licence", Name: t.Name, Identifier: l.Identifier, Number: l.Number, ValidTo: l.ValidTo}
		}
	}
	if how, ok := e.in.Provided[id]; ok {
		return &Satisfied{By: how}
	}
	return nil
}

// conclusions shows what derive came to.
func (e *evaluation) conclusions() {
	for _, d := range e.plan.derived {
		w := e.write(d.slot)
		on := w.basis
		out := Derived{
			Key: d.key, Label: d.label, Type: d.kind, State: stateNames[e.values.State(d.slot)], Value: w.json,
			Text: w.text, Row: on.row, Matched: e.matched(d, on), Since: on.since(), Legal: d.legal, Hidden: d.of.Hidden, Rows: e.derivedRows(d), Given: w.given,
		}
		if !w.given {
			out.Found = e.found(d.reads, e.values, nil)
		}
		if len(out.Rows) > 0 && out.State == "known" {
			out.Text = rowByRow(out.Rows)
		}
		for _, d := range w.called {
			out.Found = append(out.Found, d.found(e.plan.dict))
		}
		if e.values.State(d.slot) == facts.Unknown {
			e.wait(w.missing, "derive:"+d.key, &out.Missing)
		}
		if of := on.legal(); len(of) > 0 {
			out.Legal = slices.Concat(d.legal, of)
		}
		e.out.Derived = append(e.out.Derived, out)
	}
}

// matched shows the rows that a value was gathered from.
func (e *evaluation) matched(d *conclusion, on basis) []MatchedRow {
	typ := &d.typ
	if typ.Kind == facts.List {
		typ = typ.Elem
	}
	var out []MatchedRow
	for _, g := range on.gathered {
		row := MatchedRow{Row: g.row}
		if g.output.State == facts.Known {
			row.Value, row.Text = e.said(typ, d.key, g.output.Value)
		}
		out = append(out, row)
	}
	return out
}

// rowByRow writes what was concluded for each row behind the name of the row.
func rowByRow(rows []DerivedRow) lang.Text {
	var out lang.Text
	for i := range rows {
		r := &rows[i]
		if r.State != "known" {
			continue
		}
		if out.Zh != "" {
			out.Zh, out.En = out.Zh+"；", out.En+"; "
		}
		out.Zh, out.En = out.Zh+r.Name.Zh+"："+r.Text.Zh, out.En+r.Name.In(lang.En)+": "+r.Text.In(lang.En)
	}
	if out.Zh == "" {
		return facts.Type{}.Text(nil)
	}
	return out
}

// fees adds up the charges.
func (e *evaluation) fees() {
	out := &e.out.Fees
	out.State = "known"
	for i := range e.plan.fees {
		f := &e.plan.fees[i]
		line := Fee{ID: f.of.ID, Label: f.of.Label, State: "unknown", Legal: f.legal}
		var ignored []string
		rows, ok := e.rows(f.each, f.pointer)
		if !ok {
			out.State = "unknown"
			out.Lines = append(out.Lines, line)
			e.wait(e.leaves([]int{f.each.list}), "fee:"+f.of.ID, &ignored)
		}
		for row := range rows {
			one := line
			if f.each != nil {
				one.ID, one.OfName = ofRow(f.of.ID, row.number), e.rowName(f.each, row)
			}
			r := e.amount(f.when, f.value, f.pointer, row.facts)
			one.State = stateNames[r.State]
			switch r.State {
			case facts.Known:
				one.Amount, _ = r.Value.(int64)
				out.Total += one.Amount
			case facts.Unknown:
				out.State = "unknown"
				e.wait(e.leaves(f.each.lists(r.Missing)), "fee:"+f.of.ID, &ignored)
			}
			out.Lines = append(out.Lines, one)
		}
	}
}

// amount is what a fee or a result comes to over the facts in v. An error is recorded; it leaves the amount unknown. Without a
// formula there is nothing to come to, and the value is nil.
func (e *evaluation) amount(when *cond.Condition, value *formula.Formula, pointer string, v *facts.Values) formula.Result {
	switch e.whenOver(v, when, pointer) {
	case cond.Unmet:
		return formula.Result{State: facts.Absent}
	case cond.Undetermined:
		return formula.Result{Missing: when.Missing(v)}
	}
	if value == nil {
		return formula.Result{State: facts.Known}
	}
	r, err := value.Eval(v)
	if err != nil {
		e.failed(err, pointer+"/value")
		return formula.Result{}
	}
	return r
}

// results says what a granted case would produce.
func (e *evaluation) results() {
	for i := range e.plan.results {
		r := &e.plan.results[i]
		out := Result{Kind: string(r.of.Kind), Name: r.of.Name, State: "unknown"}
		rows, ok := e.rows(r.each, r.pointer)
		if !ok {
			e.out.Results = append(e.out.Results, out)
		}
		for row := range rows {
			one := out
			if r.each != nil {
				one.Number, one.OfName = row.number, e.rowName(r.each, row)
			}
			v := e.amount(r.when, r.value, r.pointer, row.facts)
			one.State = stateNames[v.State]
			if v.State == facts.Known && r.value != nil {
				one.Value, one.Text = e.encode(v.Value), r.value.Type().Text(v.Value)
			}
			e.out.Results = append(e.out.Results, one)
		}
	}
}

// used lists the values of parameters that the item's rules took: those of today that they name, and those they called for.
func (e *evaluation) used() {
	called := slices.Clone(e.ledger.all)
	e.ledger.all = e.ledger.all[:0]
	day, ok := e.values.Get(e.plan.today).(time.Time)
	for _, q := range e.plan.named {
		if !ok || !q.read {
			continue
		}
		if at, ok := q.taken(e.ledger, day, ""); ok {
			e.ledger.note(at)
		}
	}
	for _, d := range called {
		e.ledger.note(d)
	}
	for _, d := range e.ledger.all {
		e.out.Parameters = append(e.out.Parameters, d.said())
	}
}
