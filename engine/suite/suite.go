// Package suite runs the examples inside an item document: given facts, expected outcome. Expectations are really compared,
// field by field; publishing an item runs them, and the seeds' examples are the engine's regression suite.
package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/source"
)

// Given is what an example states: the answers by group at the top level, beside these names for what comes from elsewhere,
// and for values that are stated instead of worked out. An evaluation's Input can be written in the same form.
type Given struct {
	Registers map[string]plan.Register
	Licences  map[string]map[string]*plan.Licence
	People    map[string]plan.Person
	Provided  map[string]string
	Case      plan.CaseFacts
	Final     bool
	Fixed     *plan.Fixed
	Answers   json.RawMessage

	short map[string]bool // licence types that were written without a party
}

// Names with a meaning of their own in "given"; every other name is a group of answers.
const (
	nameRegisters = "registers"
	nameLicences  = "licences"
	namePeople    = "people"
	nameProvided  = "provided"
	nameCase      = "case"
	nameFinal     = "final"
	nameResult    = "result"
	nameParam     = "param"
)

// ReadGiven splits a "given" into answers and the rest. "licences" may be written by type alone, meaning the applicant's:
// {"id_card": {...}, "disability_card": null}; or by party: {"agent": {"id_card": {...}}}. parties names the groups of the
// item.
func ReadGiven(raw json.RawMessage, parties []string) (Given, diag.List) {
	var g Given
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(raw, &tree); err != nil {
		return g, diag.List{diag.New("example.not-an-object", "")}
	}
	var found diag.List
	take := func(name string, into any) {
		part, ok := tree[name]
		if !ok {
			return
		}
		delete(tree, name)
		if err := strict(part, into); err != nil {
			found.Add(diag.New("example.bad-given", diag.Pointer("", name), "name", name, "reason", err))
		}
	}
	take(nameRegisters, &g.Registers)
	take(namePeople, &g.People)
	take(nameProvided, &g.Provided)
	take(nameCase, &g.Case)
	take(nameFinal, &g.Final)
	var stated plan.Fixed
	take(nameResult, &stated.Results)
	take(nameParam, &stated.Parameters)
	if stated.Results != nil || stated.Parameters != nil {
		g.Fixed = &stated
	}
	var licences map[string]json.RawMessage
	take(nameLicences, &licences)
	g.Licences, g.short = map[string]map[string]*plan.Licence{}, map[string]bool{}
	for name, part := range licences {
		if slices.Contains(parties, name) {
			var of map[string]*plan.Licence
			if err := strict(part, &of); err != nil {
				found.Add(diag.New("example.bad-given", diag.Pointer("", nameLicences, name), "name", name, "reason", err))
			}
			g.Licences[name] = merged(g.Licences[name], of)
			continue
		}
		var one *plan.Licence
		if err := strict(part, &one); err != nil {
			found.Add(diag.New("example.bad-given", diag.Pointer("", nameLicences, name), "name", name, "reason", err))
		}
		g.short[name] = true
		g.Licences["applicant"] = merged(g.Licences["applicant"], map[string]*plan.Licence{name: one})
	}
	answers, err := json.Marshal(tree)
	if err != nil {
		found.Add(diag.New("example.bad-given", "", "name", "given", "reason", err))
	}
	g.Answers = answers
	return g, found.Sorted()
}

// Vet reports what of the given means nothing to an item, with pointers into the given. expected are answers that are wrong on
// purpose, as code@path.
func (g Given) Vet(p *plan.Plan, expected []string) diag.List {
	found := p.Vet(g.Input(""), expected)
	for i := range found {
		at := found[i].Path
		for from, to := range map[string]string{
			"/answers/": "/", "/fixed/results/": "/" + nameResult + "/", "/fixed/parameters/": "/" + nameParam + "/",
		} {
			if rest, ok := strings.CutPrefix(at, from); ok {
				found[i].Path = to + rest
			}
		}
		if rest, ok := strings.CutPrefix(at, "/licences/applicant/"); ok {
			if name, _, _ := strings.Cut(rest, "/"); g.short[name] {
				found[i].Path = "/" + nameLicences + "/" + rest
			}
		}
	}
	return found
}

// strict decodes JSON that has no members beside those of into.
func strict(raw json.RawMessage, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

func merged(a, b map[string]*plan.Licence) map[string]*plan.Licence {
	if a == nil {
		return b
	}
	maps.Copy(a, b)
	return a
}

// Input makes the evaluation input of a given at a date.
func (g Given) Input(date string) plan.Input {
	return plan.Input{
		Date: date, Answers: g.Answers, Registers: g.Registers, Licences: g.Licences, People: g.People, Provided: g.Provided, Case: g.Case, Final: g.Final,
		Fixed: g.Fixed,
	}
}

// Difference is one expectation that was not met.
type Difference struct {
	Path     string `json:"path"` // JSON pointer inside the document
	Name     string `json:"name"` // what was compared, such as materials/id-card
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// Result is what one example came to.
type Result struct {
	Name        string       `json:"name"`
	Path        string       `json:"path"`
	Differences []Difference `json:"differences,omitempty"`
	Problems    []Problem    `json:"problems,omitempty"` // errors of the evaluation, of an example that did not pass
	Findings    diag.List    `json:"findings,omitempty"` // the example itself is wrong
}

// Problem is an error of an evaluation, with its place in the document: the rule that failed, or what is given.
type Problem struct {
	plan.Problem
	At   string `json:"at,omitempty"` // JSON pointer inside the document
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// Passed reports whether everything expected was found.
func (r Result) Passed() bool { return len(r.Differences) == 0 && !r.Findings.HasErrors() }

// Run runs every example of a compiled item, in order. doc is the item's text, for lines and columns; it may be nil. An example
// that is wrong itself, as Check finds, is not run.
func Run(p *plan.Plan, doc *source.Document) []Result {
	def := p.Definition()
	out := make([]Result, len(def.Examples))
	for i := range def.Examples {
		r := run(p, &def.Examples[i], diag.Pointer("/examples", i))
		if doc != nil {
			located(r.Findings, doc)
			r.Findings = r.Findings.Sorted()
			for j := range r.Problems {
				q := &r.Problems[j]
				q.Line, q.Col = doc.At(q.At)
			}
		}
		out[i] = r
	}
	return out
}

func run(p *plan.Plan, x *item.Example, at string) Result {
	r := Result{Name: x.Name, Path: at}
	given, found := read(p, x, at)
	r.Findings = found
	if found.HasErrors() {
		return r
	}
	in := given.Input(x.At)
	if x.Expect.Promised != "" && in.Case.AcceptedOn == "" {
		in.Case.AcceptedOn = x.At
	}
	c := comparison{def: p.Definition(), result: &r, at: at + "/expect"}
	out := p.Evaluate(in)
	c.outcome(&x.Expect, out)
	if !r.Passed() {
		r.Problems = problems(out, at)
	}
	return r
}

// problems are the errors of an outcome. What is about an answer has the path of a fact and stands in the given; a rule that
// failed has none, and stands in the item.
func problems(out plan.Outcome, example string) []Problem {
	var all []Problem
	for _, p := range out.Problems {
		if p.Severity != string(diag.Error) {
			continue
		}
		one := Problem{Problem: p, At: p.Pointer}
		if p.Path != "" {
			one.At = example + "/given" + p.Pointer
		}
		all = append(all, one)
	}
	return all
}

// Parties lists the groups an item uses, without the marks of optional ones.
func Parties(def *item.Definition) []string {
	out := []string{"applicant"}
	for _, use := range def.Use {
		if n := len(use); n > 0 && use[n-1] == '?' {
			use = use[:n-1]
		}
		out = append(out, use)
	}
	return out
}

// comparison collects the differences of one example.
type comparison struct {
	def    *item.Definition
	result *Result
	at     string
}

const nothing = "—" // shown where there is no value at all

func (c *comparison) same(name, expected, found string) {
	if expected != found {
		c.differs(name, expected, found)
	}
}

func (c *comparison) differs(name, expected, found string) {
	c.result.Differences = append(c.result.Differences, Difference{Path: c.at + "/" + name, Name: name, Expected: expected, Found: found})
}

func (c *comparison) outcome(want *item.Expect, got plan.Outcome) {
	if want.Verdict != "" {
		c.same("verdict", want.Verdict, string(got.Eligibility.Verdict))
	}
	conditions, materials, satisfied, procedures := map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for _, x := range got.Eligibility.Conditions {
		conditions[x.ID] = x.Verdict
		for _, row := range x.Rows {
			conditions[x.ID+"#"+strconv.Itoa(row.Number)] = row.Verdict
		}
	}
	for _, m := range got.Materials {
		materials[m.ID] = m.Need
		satisfied[m.ID] = ""
		if m.Satisfied != nil {
			satisfied[m.ID] = m.Satisfied.By
		}
	}
	for _, p := range got.Procedures {
		procedures[p.Key] = p.Need
	}
	c.texts("procedures", want.Procedures, procedures)
	c.texts("conditions", want.Conditions, conditions)
	c.texts("materials", want.Materials, materials)
	c.texts("satisfied", want.Satisfied, satisfied)
	c.facts(want, got)
	if want.Fees != nil {
		found := got.Fees.State
		if found == "known" {
			found = strconv.FormatInt(got.Fees.Total, 10)
		}
		c.value("fees", want.Fees, found)
	}
	if want.Offices != nil {
		var offices []string
		for _, s := range got.Route.Stages {
			offices = append(offices, s.Office)
		}
		c.same("offices", fmt.Sprint(want.Offices), fmt.Sprint(offices))
	}
	if want.Promised != "" {
		c.same("promised", want.Promised, got.Limit.Promised.Due)
	}
	if want.Questions != nil {
		questions := []string{}
		for _, q := range got.Questions {
			questions = append(questions, q.Path)
		}
		c.same("questions", fmt.Sprint(want.Questions), fmt.Sprint(questions))
	}
	c.errors(want.Errors, got)
}

// facts compares fields and conclusions by value; null means known to be absent.
func (c *comparison) facts(want *item.Expect, got plan.Outcome) {
	fields, shown, results := map[string]string{}, map[string]bool{}, map[string]string{}
	for _, s := range got.Sections {
		for _, f := range s.Fields {
			fields[f.Path], shown[f.Path] = shownValue(f.State, f.Value), true
		}
	}
	for _, d := range got.Derived {
		results[d.Key] = shownValue(d.State, d.Value)
	}
	for _, path := range slices.Sorted(maps.Keys(want.Fields)) {
		found, ok := fields[path]
		if !ok {
			found = "null" // what is not shown is known to be absent
		}
		c.value("fields/"+path, want.Fields[path], found)
	}
	for _, path := range slices.Sorted(maps.Keys(want.Shown)) {
		c.same("shown/"+path, strconv.FormatBool(want.Shown[path]), strconv.FormatBool(shown[path]))
	}
	for _, key := range slices.Sorted(maps.Keys(want.Result)) {
		found, ok := results[key]
		if !ok {
			found = nothing
		}
		c.value("result/"+key, want.Result[key], found)
	}
}

func shownValue(state string, raw json.RawMessage) string {
	switch state {
	case "known":
		return string(raw)
	case "absent":
		return "null"
	}
	return state
}

func (c *comparison) texts(name string, want, got map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		found, ok := got[key]
		if !ok {
			found = nothing
		}
		c.same(name+"/"+key, want[key], found)
	}
}

// errors compares the errors, all of them: an example that expects none has none. A rule that failed may be expected without
// saying where it stands.
func (c *comparison) errors(want []string, got plan.Outcome) {
	open := slices.Clone(want)
	var found []string
	for _, p := range got.Problems {
		if p.Severity != string(diag.Error) {
			continue
		}
		at := p.Code + "@" + p.Path
		if p.Path == "" && !slices.Contains(open, at) {
			at += c.place(p.Pointer)
		}
		if i := slices.Index(open, at); i >= 0 {
			open = slices.Delete(open, i, i+1)
		}
		found = append(found, at)
	}
	slices.Sort(found)
	want = slices.Sorted(slices.Values(want))
	c.same("errors", fmt.Sprint(want), fmt.Sprint(found))
}

// place names the rule at a pointer by what it belongs to: result.<key>, conditions.<id>, fees.<id>, else by the pointer.
func (c *comparison) place(pointer string) string {
	tokens := strings.Split(pointer, "/")
	if len(tokens) < 3 {
		return pointer
	}
	i, err := strconv.Atoi(tokens[2])
	switch {
	case err != nil:
	case tokens[1] == "derive" && i < len(c.def.Derive):
		return "result." + c.def.Derive[i].Key
	case tokens[1] == "conditions" && i < len(c.def.Conditions):
		return "conditions." + c.def.Conditions[i].ID
	case tokens[1] == "fees" && i < len(c.def.Fees):
		return "fees." + c.def.Fees[i].ID
	}
	return pointer
}
