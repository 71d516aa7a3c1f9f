package suite

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/source"
)

// Check reports what is wrong with the examples of an item before any is run: a fact, a result or a material that the item does
// not have, a value of another type, a day on which the item is not in force. Otherwise a misspelt fact would be a fact
// left out, and an example could pass for the wrong reason. doc is the item's text, for lines and columns; it may be nil.
func Check(p *plan.Plan, doc *source.Document) diag.List {
	var found diag.List
	def := p.Definition()
	for i := range def.Examples {
		_, bad := read(p, &def.Examples[i], diag.Pointer("/examples", i))
		found.Add(bad...)
	}
	if doc != nil {
		located(found, doc)
	}
	return found.Sorted()
}

// located places findings: a name that nothing has at the name, the others at the value.
func located(found diag.List, doc *source.Document) {
	for i, d := range found {
		if strings.HasPrefix(d.Code, "example.unknown-") {
			d.Line, d.Col = doc.Key(d.Path)
		}
		found[i] = doc.Locate(d)
	}
}

// read reads what an example states, and checks it and what it expects.
func read(p *plan.Plan, x *item.Example, at string) (Given, diag.List) {
	given, found := ReadGiven(x.Given, Parties(p.Definition()))
	if !found.HasErrors() {
		found.Add(given.Vet(p, x.Expect.Errors)...)
	}
	for i := range found {
		found[i].Path = at + "/given" + found[i].Path
	}
	if of := p.Definition().Effective; x.At < of.From || of.To != "" && x.At > of.To {
		to := of.To
		if to == "" {
			to = "…"
		}
		found.Add(diag.New("example.not-in-force", at+"/at", "at", x.At, "from", of.From, "to", to).As(diag.Warning))
	}
	w := wanted{plan: p, at: at + "/expect", found: &found}
	w.names(&x.Expect)
	w.values(&x.Expect)
	return given, found
}

// wanted checks what an example expects.
type wanted struct {
	plan  *plan.Plan
	at    string
	found *diag.List
}

// unknown reports a name that the item does not have.
func (w *wanted) unknown(code, at, name string, known []string) {
	near, _ := facts.NearestName(name, slices.Values(known))
	w.found.Add(diag.New(code, at, "name", name, "near", diag.CloseTo(near)))
}

func (w *wanted) names(x *item.Expect) {
	def := w.plan.Definition()
	var conditions, procedures []string
	for i := range def.Conditions {
		conditions = append(conditions, def.Conditions[i].ID)
	}
	for i := range def.Procedures {
		procedures = append(procedures, def.Procedures[i].Key)
	}
	for _, id := range slices.Sorted(maps.Keys(x.Conditions)) {
		name, number, ofRow := strings.Cut(id, "#")
		i := slices.Index(conditions, name)
		if _, err := strconv.Atoi(number); i < 0 || ofRow && (err != nil || def.Conditions[i].ForEach == "") {
			w.unknown("example.unknown-condition", diag.Pointer(w.at, "conditions", id), id, conditions)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(x.Procedures)) {
		if !slices.Contains(procedures, key) {
			w.unknown("example.unknown-procedure", diag.Pointer(w.at, "procedures", key), key, procedures)
		}
	}
	w.materials("materials", slices.Sorted(maps.Keys(x.Materials)))
	w.materials("satisfied", slices.Sorted(maps.Keys(x.Satisfied)))
	offices := w.plan.Dictionary().Offices()
	for i, key := range x.Offices {
		if _, ok := w.plan.Dictionary().Office(key); !ok {
			var known []string
			for j := range offices {
				known = append(known, offices[j].Key)
			}
			w.unknown("example.unknown-office", diag.Pointer(w.at, "offices", i), key, known)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(x.Procedures)) {
		var known []string
		for _, p := range w.plan.Definition().Procedures {
			known = append(known, p.Key)
		}
		if !slices.Contains(known, key) {
			w.unknown("example.unknown-procedure", diag.Pointer(w.at, "procedures", key), key, known)
		}
	}
	for i, path := range x.Questions {
		w.field(path, diag.Pointer(w.at, "questions", i))
	}
	for _, path := range slices.Sorted(maps.Keys(x.Shown)) {
		w.field(path, diag.Pointer(w.at, "shown", path))
	}
}

func (w *wanted) materials(name string, ids []string) {
	for _, id := range ids {
		if near, ok := w.plan.KnowsMaterial(id); !ok {
			w.found.Add(diag.New("example.unknown-material", diag.Pointer(w.at, name, id), "name", id, "near", diag.CloseTo(near)))
		}
	}
}

// field finds a field of the form.
func (w *wanted) field(path, at string) (facts.Type, bool) {
	if typ, ok := w.plan.Field(path); ok {
		return typ, true
	}
	w.unknown("example.unknown-field", at, path, slices.Collect(w.plan.FieldPaths()))
	return facts.Type{}, false
}

// values checks the values that are expected, each against the type it can have.
func (w *wanted) values(x *item.Expect) {
	for _, path := range slices.Sorted(maps.Keys(x.Fields)) {
		at := diag.Pointer(w.at, "fields", path)
		if typ, ok := w.field(path, at); ok {
			w.value(typ, x.Fields[path], at)
		}
	}
	space := w.plan.Facts()
	for _, key := range slices.Sorted(maps.Keys(x.Result)) {
		at := diag.Pointer(w.at, "result", key)
		slot, ok := space.Slot("result." + key)
		if !ok {
			var known []string
			for _, f := range space.All() {
				if name, ok := strings.CutPrefix(f.Path, "result."); ok {
					known = append(known, name)
				}
			}
			w.unknown("example.unknown-result", at, key, known)
			continue
		}
		w.value(space.At(slot).Type, x.Result[key], at)
	}
	if x.Fees != nil {
		w.value(facts.Type{Kind: facts.Int, Money: true}, x.Fees, w.at+"/fees")
	}
}

// value checks one expected value: of the type, or of an amount or number one with a tolerance.
func (w *wanted) value(typ facts.Type, want any, at string) {
	switch v := want.(type) {
	case nil:
		return
	case []any:
		if typ.Kind == facts.List {
			for i, e := range v {
				w.value(*typ.Elem, e, diag.Pointer(at, i))
			}
			return
		}
	case map[string]any:
		if unknown(want) {
			return
		}
		if typ.Kind == facts.List {
			if _, ok := readParts(v); !ok {
				w.found.Add(diag.New("example.parts", at))
				return
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if name != "length" {
					w.value(*typ.Elem, v[name], diag.Pointer(at, name))
				}
			}
			return
		}
		if typ.Kind == facts.Int || typ.Kind == facts.Number {
			if _, ok := readTolerance(v); !ok {
				w.found.Add(diag.New("example.within", at))
			}
			return
		}
	}
	raw, err := json.Marshal(want)
	if err != nil {
		return // it came from JSON
	}
	if _, err := typ.Decode(raw); err != nil {
		var bad *facts.DecodeError
		if errors.As(err, &bad) {
			w.found.Add(bad.Diagnostic(at))
		}
	}
}
