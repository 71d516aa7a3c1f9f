package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
)

// Fixed are values that an example states instead of having them worked out or looked up. They are no part of an Input as
// JSON: nothing from outside can set them.
type Fixed struct {
	Results    map[string]json.RawMessage // by key of the conclusion; with forEach a list, null for a row without a value
	Parameters map[string]json.RawMessage // by key: the value on every day; of a keyed one objects within objects, by its keys
}

// fixed is Fixed, read: the values of conclusions, one for each row where there are rows, and those of parameters by their keys.
type fixed struct {
	results    map[*conclusion][]formula.Result
	parameters map[string]map[string]*dated
}

// readFixed reads what is fixed. Findings have pointers into the Input, as Vet gives them.
func (p *Plan) readFixed(in *Fixed) (fixed, diag.List) {
	out := fixed{map[*conclusion][]formula.Result{}, map[string]map[string]*dated{}}
	var found diag.List
	for _, key := range slices.Sorted(maps.Keys(in.Results)) {
		at := diag.Pointer("/fixed/results", key)
		i := slices.IndexFunc(p.derived, func(d *conclusion) bool { return d.key == key })
		if i < 0 {
			found.Add(unknown("example.unknown-result", at, key, p.resultKeys()))
			continue
		}
		values, bad := p.derived[i].readFixed(in.Results[key])
		found.Add(within(bad, "/fixed/results", key)...)
		if !bad.HasErrors() {
			out.results[p.derived[i]] = values
		}
	}
	for _, key := range slices.Sorted(maps.Keys(in.Parameters)) {
		at := diag.Pointer("/fixed/parameters", key)
		i := slices.IndexFunc(p.named, func(q *parameter) bool { return q.of.Key == key })
		if i < 0 {
			var known []string
			for _, q := range p.named {
				known = append(known, q.of.Key)
			}
			found.Add(unknown("example.unknown-parameter", at, key, known))
			continue
		}
		out.parameters[key] = map[string]*dated{}
		found.Add(within(p.named[i].readFixed(p.dict, in.Parameters[key], nil, out.parameters[key]), "/fixed/parameters", key)...)
	}
	return out, found
}

// unknown reports a name that nothing has, with the nearest one that something has.
func unknown(code, at, name string, known []string) diag.Diagnostic {
	near, _ := facts.NearestName(name, slices.Values(known))
	return diag.New(code, at, "name", name, "near", diag.CloseTo(near))
}

func (p *Plan) resultKeys() []string {
	out := make([]string, len(p.derived))
	for i, d := range p.derived {
		out[i] = d.key
	}
	return out
}

// readFixed reads what stands for a conclusion: one value, or with forEach one for each row.
func (d *conclusion) readFixed(raw json.RawMessage) ([]formula.Result, diag.List) {
	read := func(raw json.RawMessage, at string) (formula.Result, diag.List) {
		val, err := d.typ.Decode(raw)
		switch {
		case err != nil:
			return formula.Result{}, diag.List{said(err, at)}
		case val == nil:
			return formula.Result{State: facts.Absent}, nil
		}
		return formula.Result{State: facts.Known, Value: val}, nil
	}
	if d.each == nil {
		one, found := read(raw, "")
		return []formula.Result{one}, found
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil || rows == nil {
		return nil, diag.List{diag.New("example.rows", "", "name", d.label)}
	}
	var found diag.List
	out := make([]formula.Result, len(rows))
	for i, row := range rows {
		var bad diag.List
		out[i], bad = read(row, diag.Pointer("", i))
		found.Add(bad...)
	}
	return out, found
}

// readFixed reads what stands for a parameter, behind the keys read already, into out.
func (q *parameter) readFixed(dict *dictionary.Dictionary, raw json.RawMessage, keys []string, out map[string]*dated) diag.List {
	if len(keys) == len(q.of.By) {
		val, err := q.typ.Decode(raw)
		if err != nil {
			return diag.List{said(err, "")}
		}
		if val == nil {
			return diag.List{diag.New("example.no-value", "", "name", q.of.Label)}
		}
		entry := &dictionary.Dated{Keys: slices.Clone(keys), Value: raw}
		out[combined(keys)] = &dated{value: val, text: q.typ.Text(val), of: q.of, entry: entry, fixed: true}
		return nil
	}
	by := &q.of.By[len(keys)]
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || len(members) == 0 {
		return diag.List{diag.New("example.keys", "", "name", q.of.Label, "key", by.Key)}
	}
	var found diag.List
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if bad := keyFits(dict, by, key); bad != nil {
			found.Add(*bad)
			continue
		}
		found.Add(within(q.readFixed(dict, members[key], append(keys[:len(keys):len(keys)], key), out), "", key)...)
	}
	return found
}

// keyFits says what is wrong with a key of a parameter's value.
func keyFits(dict *dictionary.Dictionary, by *dictionary.ParameterKey, key string) *diag.Diagnostic {
	at := diag.Pointer("", key)
	if by.Division {
		if _, ok := dict.Division(key); !ok {
			d := diag.New("example.no-division", at, "code", key)
			return &d
		}
		return nil
	}
	typ, _ := facts.TypeOf(by.Schema, "") // Load has checked it
	raw := json.RawMessage(key)
	if typ.Kind == facts.String || typ.Kind == facts.Date {
		raw, _ = json.Marshal(key) // a string always marshals
	}
	if _, err := typ.Decode(raw); err != nil {
		d := said(err, at)
		return &d
	}
	return nil
}

// fix takes over what the input states in the place of rules.
func (e *evaluation) fix() {
	if e.in.Fixed == nil {
		return
	}
	read, found := e.plan.readFixed(e.in.Fixed)
	e.ledger.fixed = read
	for _, d := range found {
		e.problem(d, "", d.Path)
	}
}

var fromGiven = &Source{Kind: "given"}

// fixResult settles a conclusion whose value is given.
func (e *evaluation) fixResult(d *conclusion, values []formula.Result) {
	at := &e.slots[d.slot]
	at.given = true
	if d.each == nil {
		e.settle(d.slot, values[0])
		at.source = fromGiven
		return
	}
	rows, ok := e.rows(d.each, d.pointer)
	if !ok {
		at.missing = e.leaves([]int{d.each.list})
		return
	}
	if n := e.count(d.each); n != len(values) {
		e.problem(diag.New("example.row-count", "", "name", d.label, "want", n, "found", len(values)), "result."+d.key, diag.Pointer("/fixed/results", d.key))
		at.missing = []int{}
		return
	}
	known := make([]any, 0, len(values))
	for row := range rows {
		one := values[row.number-1]
		at.rows = append(at.rows, rowConclusion{result: one, name: e.rowName(d.each, row)})
		if one.State == facts.Known {
			known = append(known, one.Value)
		}
	}
	e.values.Set(d.slot, known)
	at.source = fromGiven
}

// Vet reports what in an input means nothing to the item, or is not of the type that the item wants there: what an example
// states and no rule would ever see. expected are answers that are wrong on purpose, as code@path. Findings are errors, with
// pointers into the Input as JSON; what is fixed stands below /fixed/results and /fixed/parameters.
func (p *Plan) Vet(in Input, expected []string) diag.List {
	v := vetting{plan: p, expected: expected}
	v.answers(in.Answers)
	for _, party := range slices.Sorted(maps.Keys(in.Registers)) {
		at := diag.Pointer("/registers", party)
		if v.party(party, at) {
			v.register(in.Registers[party], at)
		}
	}
	for _, party := range slices.Sorted(maps.Keys(in.Licences)) {
		at := diag.Pointer("/licences", party)
		if v.party(party, at) {
			v.licences(in.Licences[party], at)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(in.People)) {
		if r := in.People[number].Register; r != nil {
			v.register(*r, diag.Pointer("/people", number, "register"))
		}
		v.licences(in.People[number].Licences, diag.Pointer("/people", number, "licences"))
	}
	for _, id := range slices.Sorted(maps.Keys(in.Provided)) {
		if near, ok := p.KnowsMaterial(id); !ok {
			v.found.Add(diag.New("example.unknown-material", diag.Pointer("/provided", id), "name", id, "near", diag.CloseTo(near)))
		}
	}
	if in.Fixed != nil {
		_, found := p.readFixed(in.Fixed)
		v.found.Add(found...)
	}
	return v.found
}

type vetting struct {
	plan     *Plan
	expected []string
	found    diag.List
}

func keysOf[T any](all []T, key func(*T) string) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = key(&all[i])
	}
	return out
}

// party reports a group that is no party of the item.
func (v *vetting) party(name, at string) bool {
	known := []string{"applicant"}
	for _, s := range v.plan.sections {
		known = append(known, s.key)
	}
	if slices.Contains(known, name) {
		return true
	}
	v.found.Add(unknown("example.unknown-party", at, name, known))
	return false
}

func (v *vetting) register(r Register, at string) {
	elements := v.plan.dict.Elements()
	for _, key := range slices.Sorted(maps.Keys(r.Values)) {
		if _, ok := v.plan.dict.Element(key); !ok {
			known := keysOf(elements, func(e *dictionary.Element) string { return e.Key })
			v.found.Add(unknown("example.unknown-element", diag.Pointer(at, "values", key), key, known))
		}
	}
}

func (v *vetting) licences(held map[string]*Licence, at string) {
	for _, key := range slices.Sorted(maps.Keys(held)) {
		v.licence(key, held[key], diag.Pointer(at, key))
	}
}

func (v *vetting) licence(key string, l *Licence, at string) {
	i := slices.IndexFunc(v.plan.licences, func(t licence) bool { return t.of.Key == key })
	if i < 0 {
		v.found.Add(unknown("example.unknown-licence", at, key, keysOf(v.plan.licences, func(t *licence) string { return t.of.Key })))
		return
	}
	if l == nil {
		return
	}
	of := &v.plan.licences[i]
	for _, name := range slices.Sorted(maps.Keys(l.Face)) {
		where := diag.Pointer(at, "face", name)
		n := slices.IndexFunc(of.face, func(f face) bool { return f.key == name })
		if n < 0 {
			v.found.Add(unknown("example.unknown-face", where, name, keysOf(of.face, func(f *face) string { return f.key })))
			continue
		}
		if _, err := of.face[n].typ.Decode(l.Face[name]); err != nil {
			v.found.Add(said(err, where))
		}
	}
}

// answers holds every answer to its field, whether or not it would be asked.
func (v *vetting) answers(raw json.RawMessage) {
	var groups map[string]json.RawMessage
	if len(raw) > 0 && json.Unmarshal(raw, &groups) != nil {
		v.found.Add(diag.New("answer.not-an-object", "/answers"))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		at := diag.Pointer("/answers", name)
		var answers map[string]json.RawMessage
		if json.Unmarshal(groups[name], &answers) != nil {
			v.found.Add(diag.New("answer.not-an-object", at))
			continue
		}
		g := v.plan.groups[name]
		if g == nil {
			if name != "form" || len(answers) > 0 {
				v.found.Add(unknown("example.unknown-group", at, name, slices.Sorted(maps.Keys(v.plan.groups))))
			}
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(answers)) {
			v.answer(g, name, key, answers[key], diag.Pointer(at, key))
		}
	}
}

func (v *vetting) answer(g *fieldGroup, group, key string, raw json.RawMessage, at string) {
	f := g.fields[key]
	switch {
	case f == nil:
		v.found.Add(unknown("example.unknown-field", at, group+"."+key, slices.Collect(v.plan.FieldPaths())))
		return
	case f.value != nil:
		v.found.Add(diag.New("example.computed", at, "label", f.label))
		return
	}
	text, ok := facts.Check(raw)
	if !ok || text.IsNull() || f.switches {
		return
	}
	if f.columns == nil {
		v.accepted(f, text, f.path, at)
		return
	}
	if found := f.columns.misshapen(f, text); len(found) > 0 {
		for i := range found {
			found[i] = f.told(found[i])
		}
		v.wrong(found, f.path, at)
		return
	}
	i := 0
	for row := range text.Elements() {
		for key, cell := range row.Members() {
			n := slices.IndexFunc(f.columns.of, func(col *field) bool { return col.key == key })
			if n < 0 || cell.IsNull() {
				continue // what is no column was found
			}
			where := diag.Pointer(at, i, key)
			if col := f.columns.of[n]; col.value != nil {
				v.found.Add(diag.New("example.computed", where, "label", col.label))
			} else {
				v.accepted(col, cell, fmt.Sprintf("%s[%d].%s", f.path, i, key), where)
			}
		}
		i++
	}
}

// accepted holds an answer to a field or column, whose path is said.
func (v *vetting) accepted(f *field, text facts.JSON, path, at string) {
	_, found := f.accept(text)
	v.wrong(found, path, at)
}

// wrong reports what is wrong with an answer, unless it is wrong on purpose.
func (v *vetting) wrong(found diag.List, path, at string) {
	for _, d := range found {
		if d.Severity == diag.Error && !slices.Contains(v.expected, d.Code+"@"+path+dotted(d.Path)) {
			d.Path = at + d.Path
			v.found.Add(d)
		}
	}
}

// KnowsMaterial reports whether a material of the item has this id: key, key@party, or with #number one for a row. If not,
// near is the nearest id, if there is one.
func (p *Plan) KnowsMaterial(id string) (near string, ok bool) {
	plain, _, ofRow := strings.Cut(id, "#")
	known := make([]string, 0, len(p.materials))
	for i := range p.materials {
		m := &p.materials[i]
		if m.id == plain && (m.each != nil || !ofRow) {
			return "", true
		}
		known = append(known, m.id)
	}
	near, _ = facts.NearestName(plain, slices.Values(known))
	return near, false
}
