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

// written is a value as JSON and as people write it.
type written struct {
	json json.RawMessage
	text lang.Text
	done bool
}

// write puts a slot's value into both forms, once. It is for when every fact is settled.
func (e *evaluation) write(slot int) *written {
	w := &e.written[slot]
	if w.done || e.values.State(slot) != facts.Known {
		return w
	}
	w.done = true
	w.json, w.text = e.said(e.plan.space.At(slot), e.values.Get(slot))
	return w
}

// said gives the value of a fact as JSON and as people write it.
func (e *evaluation) said(f facts.Fact, val any) (json.RawMessage, lang.Text) {
	raw, text := f.Type.Encode(val), f.Type.Text(val)
	if s, ok := val.(string); ok && strings.HasSuffix(f.Path, "division") {
		if name := e.plan.dict.FullName(s); name != "" {
			text = lang.Text{Zh: name, En: name}
		}
	}
	return raw, text
}

// value gives a slot's value as JSON, or nothing.
func (e *evaluation) value(slot int) json.RawMessage { return e.write(slot).json }

func (e *evaluation) text(slot int) lang.Text { return e.write(slot).text }

// found lists the facts in v that a rule looked at; each is the scope of v if they are those of a row. Facts that were
// computed bring along nothing of their own: the clause names them.
func (e *evaluation) found(slots []int, v *facts.Values, each *rowScope) []Found {
	out := make([]Found, 0, len(slots))
	for _, s := range slots {
		f := v.Space().At(s)
		one := Found{Path: f.Path, Label: f.Label, State: stateNames[v.State(s)]}
		switch {
		case s < e.plan.space.Len():
			one.Value, one.Text, one.Source = e.value(s), e.text(s), e.sources[s]
		case v.State(s) == facts.Known:
			one.Value, one.Text = e.said(f, v.Get(s))
			one.Source = e.sources[each.item(s)]
		}
		out = append(out, one)
	}
	return out
}

// sections draws the form: every field that is asked or shown now, and the JSON Schema of what may be answered.
func (e *evaluation) sections() {
	var tree schemaTree
	for _, s := range e.plan.sections {
		sec := Section{Key: s.key, Title: s.title, Optional: s.optional, Fields: []Field{}}
		for _, f := range s.fields {
			if !e.shown[f.slot] {
				continue
			}
			out := Field{
				Path: f.path, Label: f.label, Help: f.help, Schema: f.schema, Widget: f.widget, Choices: f.choices,
				Required: !f.optional && !f.switches && f.value == nil, Computed: f.value != nil,
				State: stateNames[e.values.State(f.slot)], Value: e.value(f.slot), Source: e.sources[f.slot],
				Differs: e.differs[f.slot], Sensitive: f.secret,
			}
			fromSource := out.Source != nil && (out.Source.Kind == "register" || out.Source.Kind == "licence")
			out.Editable = f.value == nil && !(f.locked && fromSource)
			sec.Fields = append(sec.Fields, out)
			if !f.switches && f.value == nil {
				tree.add(f.group, f.key, f.schema, out.Required)
			}
		}
		if len(sec.Fields) > 0 {
			e.out.Sections = append(e.out.Sections, sec)
		}
	}
	e.out.Schema = tree.bytes()
}

// schemaTree assembles the effective JSON Schema of the answers from the schemas of the fields, group by group.
type schemaTree struct {
	order  []string
	groups map[string]*schemaGroup
}

type schemaGroup struct {
	properties strings.Builder
	required   []string
}

func (t *schemaTree) add(group, key string, schema json.RawMessage, required bool) {
	g, ok := t.groups[group]
	if !ok {
		if t.groups == nil {
			t.groups = map[string]*schemaGroup{}
		}
		g = &schemaGroup{}
		t.groups[group] = g
		t.order = append(t.order, group)
	}
	if g.properties.Len() > 0 {
		g.properties.WriteByte(',')
	}
	g.properties.WriteString(`"` + key + `":`)
	g.properties.Write(schema)
	if required {
		g.required = append(g.required, `"`+key+`"`)
	}
}

func (t *schemaTree) bytes() json.RawMessage {
	var b strings.Builder
	b.WriteString(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{`)
	for i, name := range t.order {
		if i > 0 {
			b.WriteByte(',')
		}
		g := t.groups[name]
		b.WriteString(`"` + name + `":{"type":"object","properties":{` + g.properties.String() + `}`)
		if len(g.required) > 0 {
			b.WriteString(`,"required":[` + strings.Join(g.required, ",") + `]`)
		}
		b.WriteByte('}')
	}
	b.WriteString(`}}`)
	return json.RawMessage(b.String())
}

// eligibility judges every acceptance condition and explains each.
func (e *evaluation) eligibility() {
	overall := Met
	for i := range e.plan.conditions {
		c := &e.plan.conditions[i]
		out := Condition{
			ID: c.of.ID, Title: c.of.Title, Sentence: c.sentence, Clauses: []Clause{}, Otherwise: c.of.Otherwise, Legal: c.legal,
		}
		if c.each == nil {
			judged := e.judge(c, e.values)
			out.Verdict, out.Clauses, out.Missing = judged.verdict, judged.clauses, judged.missing
		} else {
			e.judgeRows(c, &out)
		}
		switch out.Verdict {
		case string(Unmet):
			overall = Unmet
		case string(Undetermined), failedVerdict:
			if overall == Met {
				overall = Undetermined
			}
		}
		e.out.Eligibility.Conditions = append(e.out.Eligibility.Conditions, out)
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
	rows, ok := e.rows(c.each)
	if !ok {
		out.Verdict = string(Undetermined)
		e.wait(e.leaves([]int{c.each.list}), "condition:"+c.of.ID, &out.Missing)
		return
	}
	out.Verdict = notApplicable
	out.Rows = make([]ConditionRow, len(rows))
	for i, row := range rows {
		judged := e.judge(c, row.facts)
		out.Rows[i] = ConditionRow{Number: row.number, Name: row.name, Verdict: judged.verdict}
		if heavier[judged.verdict] > heavier[out.Verdict] {
			out.Verdict = judged.verdict
		}
		if judged.verdict == string(Met) || judged.verdict == notApplicable {
			continue
		}
		out.Rows[i].Clauses, out.Rows[i].Missing = judged.clauses, judged.missing
		for _, path := range judged.missing {
			if !slices.Contains(out.Missing, path) {
				out.Missing = append(out.Missing, path)
			}
		}
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
	for i, cl := range x.Clauses {
		one := Clause{Verdict: verdict(cl.Verdict), Found: e.found(cl.Facts, v, c.each)}
		if i < len(c.clauses) {
			one.Sentence = c.clauses[i]
		}
		out.clauses = append(out.clauses, one)
	}
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
	inGroup := map[string]bool{}
	for i := range e.plan.materials {
		e.out.Materials = append(e.out.Materials, e.materialRows(&e.plan.materials[i])...)
	}
	for _, m := range e.out.Materials {
		if m.Group != "" && m.Satisfied != nil && m.Need == "required" {
			inGroup[m.Group] = true
		}
	}
	open := map[string]*oneOf{}
	var order []string
	for i := range e.out.Materials {
		m := &e.out.Materials[i]
		switch {
		case m.Need != "required" || m.Satisfied != nil || m.Tolerate > 0:
		case m.Group == "":
			e.todo("material.required", m.ID, "name", e.named(m))
		case inGroup[m.Group]:
			m.Satisfied = &Satisfied{By: "group"}
		default:
			name := e.named(m)
			if g, ok := open[m.Group]; ok {
				g.count++
				g.names = lang.Text{Zh: g.names.Zh + "、" + name.Zh, En: g.names.In(lang.En) + ", " + name.In(lang.En)}
				continue
			}
			open[m.Group] = &oneOf{first: m.ID, names: name, count: 1}
			order = append(order, m.Group)
		}
	}
	for _, g := range order {
		code := "material.one-of"
		if open[g].count == 1 {
			code = "material.required"
		}
		e.todo(code, open[g].first, "name", open[g].names, "names", open[g].names)
	}
}

// oneOf is a group of materials of which none is there yet.
type oneOf struct {
	first string
	names lang.Text
	count int
}

func (e *evaluation) named(m *Material) lang.Text {
	if m.OfName.IsZero() {
		return m.Name
	}
	return lang.Text{Zh: m.Name.Zh + "（" + m.OfName.Zh + "）", En: m.Name.In(lang.En) + " (" + m.OfName.In(lang.En) + ")"}
}

// described is what a material always says of itself.
func (m *material) described() Material {
	out := Material{
		ID: m.id, Key: m.key, Of: m.party, Name: m.doc.Name, OfName: m.partyOf, Why: m.why, Legal: m.legal, Group: m.of.Group,
		Copies: m.doc.Copies, Form: m.doc.Form, Standard: m.doc.Standard, Note: m.of.Note, MaxBytes: m.doc.MaxBytes,
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
func (e *evaluation) material(m *material, out Material, v *facts.Values) Material {
	if m.present >= 0 {
		if v.State(m.present) != facts.Known {
			out.Need = string(Undetermined)
			e.wait([]int{m.present}, "material:"+m.id, &out.Missing)
			return out
		}
		if v.Get(m.present) == false {
			out.Need = "not-needed"
			return out
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
			return out
		case applies == cond.Unmet:
			out.Need = "not-needed"
			return out
		case applies == cond.Undetermined:
			out.Need = string(Undetermined)
			e.wait(e.leaves(m.each.lists(m.when.Missing(v))), "material:"+m.id, &out.Missing)
			return out
		}
	}
	out.Satisfied = e.satisfied(m, out.ID)
	return out
}

// satisfied looks for a reason not to ask for a document: the form itself, a licence on record, or that it was handed in.
func (e *evaluation) satisfied(m *material, id string) *Satisfied {
	if m.doc.FromForm {
		return &Satisfied{By: "form"}
	}
	for _, t := range m.types {
		if l := e.in.Licences[m.party][t.Key]; l != nil && m.each == nil {
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
		on := e.table[d.slot]
		out := Derived{
			Key: d.key, Label: d.label, Type: d.kind, State: stateNames[e.values.State(d.slot)], Value: e.value(d.slot),
			Text: e.text(d.slot), Row: on.row, Since: on.since(), Legal: d.legal, Hidden: d.of.Hidden, Found: e.found(d.reads, e.values, nil), Rows: e.derivedRows(d),
		}
		if e.values.State(d.slot) == facts.Unknown {
			e.wait(e.missing[d.slot], "derive:"+d.key, &out.Missing)
		}
		if of := on.legal(); len(of) > 0 {
			out.Legal = slices.Concat(d.legal, of)
		}
		e.out.Derived = append(e.out.Derived, out)
	}
}

// fees adds up the charges.
func (e *evaluation) fees() {
	out := &e.out.Fees
	out.State = "known"
	for i := range e.plan.fees {
		f := &e.plan.fees[i]
		line := Fee{ID: f.of.ID, Label: f.of.Label, State: "unknown", Legal: f.legal}
		var ignored []string
		rows, ok := e.rows(f.each)
		if !ok {
			out.State = "unknown"
			out.Lines = append(out.Lines, line)
			e.wait(e.leaves([]int{f.each.list}), "fee:"+f.of.ID, &ignored)
		}
		for _, row := range rows {
			one := line
			if f.each != nil {
				one.ID, one.OfName = ofRow(f.of.ID, row.number), row.name
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
		rows, ok := e.rows(r.each)
		if !ok {
			e.out.Results = append(e.out.Results, out)
		}
		for _, row := range rows {
			one := out
			if r.each != nil {
				one.Number, one.OfName = row.number, row.name
			}
			v := e.amount(r.when, r.value, r.pointer, row.facts)
			one.State = stateNames[v.State]
			if v.State == facts.Known && r.value != nil {
				one.Value, one.Text = r.value.Type().Encode(v.Value), r.value.Type().Text(v.Value)
			}
			e.out.Results = append(e.out.Results, one)
		}
	}
}

// used lists the dated parameters the item's rules name.
func (e *evaluation) used() {
	day, ok := e.values.Get(e.plan.today).(time.Time)
	for i := range e.plan.parameters {
		q := &e.plan.parameters[i]
		if !q.used || !ok || q.slot < 0 {
			continue
		}
		at, ok := q.at(day, "")
		if !ok {
			continue
		}
		d := q.of.Series[at.index]
		e.out.Parameters = append(e.out.Parameters, Parameter{
			Key: q.of.Key, Label: q.of.Label, Value: d.Value, Text: e.text(q.slot), From: d.From, Document: d.Document, Illustrative: q.of.Illustrative,
		})
	}
}
