package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
)

// authority in a route template stands for the department that owns the item.
const authority = "$authority"

// defaultMaxBytes bounds one uploaded file where the dictionary says nothing: a page scanned in colour at 300 dpi.
const defaultMaxBytes = 10 << 20

// Evaluate works out what the item says about an input. It never fails: what is wrong with the input or in the evaluation
// is in Outcome.Problems, each at its place.
func (p *Plan) Evaluate(in Input) Outcome {
	e := p.begin(&in)
	e.work()
	e.tell()
	return e.out
}

// begin makes an evaluation of which nothing is known yet.
func (p *Plan) begin(in *Input) *evaluation {
	return &evaluation{
		plan:    p,
		in:      in,
		values:  p.space.NewValues(),
		sources: make([]*Source, p.space.Len()),
		missing: make([][]int, p.space.Len()),
		shown:   make([]bool, p.space.Len()),
		written: make([]written, p.space.Len()),
		differs: map[int]json.RawMessage{},
		table:   map[int]basis{},
		perRow:  map[int][]rowConclusion{},
		out: Outcome{
			Item: p.ref, Date: in.Date, Sections: []Section{}, Questions: []Question{}, Materials: []Material{}, Derived: []Derived{},
			Results: []Result{}, Parameters: []Parameter{}, Problems: []Problem{}, Todo: []Problem{},
			Eligibility: Eligibility{Conditions: []Condition{}}, Fees: Fees{Lines: []Fee{}}, Route: Route{Stages: []Stage{}},
		},
		targets: map[int][]string{},
	}
}

// work settles every fact: what is given, what is answered or known already, and what follows from these.
func (e *evaluation) work() {
	e.given()
	e.answers()
	for _, s := range e.plan.steps {
		if s.field != nil {
			e.field(s.field)
		} else {
			e.conclude(s.conc)
		}
	}
}

// tell says what the facts come to.
func (e *evaluation) tell() {
	e.sections()
	e.eligibility()
	e.materials()
	e.conclusions()
	e.fees()
	e.limit()
	e.route()
	e.procedures()
	e.results()
	e.used()
	e.questions()
	e.out.Ready = len(e.out.Todo) == 0 && e.out.Route.State == "known" &&
		!slices.ContainsFunc(e.out.Problems, func(q Problem) bool { return q.Severity == string(diag.Error) })
}

// evaluation is the work in progress of one Evaluate.
type evaluation struct {
	plan    *Plan
	in      *Input
	values  *facts.Values
	sources []*Source
	missing [][]int   // by slot: the asked facts an unknown value waits for
	shown   []bool    // by slot: the field is on the form now
	written []written // by slot, as it is asked for: many rules look at the same facts
	differs map[int]json.RawMessage
	table   map[int]basis                         // by slot: what a table took it from
	perRow  map[int][]rowConclusion               // by slot: what was concluded for each row of a list
	groups  map[string]map[string]json.RawMessage // answers by group and key
	absent  map[string]bool                       // groups answered with null
	out     Outcome
	targets map[int][]string // by slot: what it can still change
}

func (e *evaluation) problem(d diag.Diagnostic, path, pointer string) {
	e.out.Problems = append(e.out.Problems, asProblem(d, path, pointer))
}

func asProblem(d diag.Diagnostic, path, pointer string) Problem {
	return Problem{Code: d.Code, Severity: string(d.Severity), Path: path, Pointer: pointer, Args: d.Args, Text: d.Both()}
}

func (e *evaluation) todo(code, path string, args ...any) {
	e.out.Todo = append(e.out.Todo, asProblem(diag.New(code, "", args...), path, ""))
}

// failed records an evaluation error. It is never a verdict: it blocks, with its place in the item. What the outputs of a
// table or the rows of a list have to say alike is said once.
func (e *evaluation) failed(err error, pointer string) {
	d := said(err, pointer)
	if !slices.ContainsFunc(e.out.Problems, func(p Problem) bool {
		return p.Pointer == pointer && p.Code == d.Code && maps.Equal(p.Args, d.Args)
	}) {
		e.problem(d, "", pointer)
	}
}

// given sets the facts that are part of the input.
func (e *evaluation) given() {
	p, v := e.plan, e.values
	date := func(slot int, text string) {
		if text == "" {
			return
		}
		d, err := facts.ParseDate(text)
		if err != nil {
			e.problem(diag.New("evaluate.bad-date", "", "date", text), p.space.At(slot).Path, "")
			return
		}
		v.Set(slot, d)
	}
	date(p.today, e.in.Date)
	if e.in.Date == "" {
		e.problem(diag.New("evaluate.bad-date", "", "date", ""), "today", "")
	}
	date(p.receivedOn, e.in.Case.ReceivedOn)
	date(p.acceptedOn, e.in.Case.AcceptedOn)
	if e.in.Case.Channel != "" {
		v.Set(p.channel, e.in.Case.Channel)
	}
	if e.in.Case.Division != "" {
		v.Set(p.division, e.in.Case.Division)
	}
	for i := range p.parameters {
		e.parameter(&p.parameters[i])
	}
	of := e.in.Licences["applicant"]
	for i := range p.licences {
		e.licence(&p.licences[i], of)
	}
}

// parameter sets param.<key> to the value in force today.
func (e *evaluation) parameter(q *parameter) {
	today := e.plan.today
	if q.slot < 0 || e.values.State(today) != facts.Known {
		return
	}
	day, _ := e.values.Get(today).(time.Time)
	if d, ok := q.at(day, ""); ok {
		e.values.Set(q.slot, d.value)
		return
	}
	if q.read {
		e.problem(diag.New("evaluate.parameter-missing", "", "name", q.of.Label, "date", e.in.Date), "param."+q.of.Key, "")
	}
}

func (e *evaluation) licence(l *licence, of map[string]*Licence) {
	got, asked := of[l.of.Key]
	if !asked {
		return // the library was not asked: everything about it stays unknown
	}
	v := e.values
	if got == nil {
		v.Set(l.present, false)
		v.SetAbsent(l.number)
		v.SetAbsent(l.validTo)
		for _, f := range l.face {
			v.SetAbsent(f.slot)
		}
		return
	}
	from := &Source{Kind: "licence", Name: l.of.Name, Ref: got.Number, AsOf: got.IssuedOn, Party: "applicant"}
	set := func(slot int, val any) {
		v.Set(slot, val)
		e.sources[slot] = from
	}
	set(l.present, true)
	set(l.number, got.Number)
	v.SetAbsent(l.validTo) // open-ended, unless it says otherwise
	if d, err := facts.ParseDate(got.ValidTo); got.ValidTo != "" && err == nil {
		set(l.validTo, d)
	}
	for _, f := range l.face {
		v.SetAbsent(f.slot)
		if raw, ok := got.Face[f.key]; ok {
			val, err := f.typ.Decode(raw)
			if err != nil {
				e.problem(diag.New("answer.bad-source", "", "label", f.key).As(diag.Warning), "licences."+l.of.Key+"."+f.key, "")
				v.SetUnknown(f.slot)
				continue
			}
			if val != nil {
				set(f.slot, val)
			}
		}
	}
}

// answers splits what was filled in by group and key.
func (e *evaluation) answers() {
	e.groups = map[string]map[string]json.RawMessage{}
	e.absent = map[string]bool{}
	if len(bytes.TrimSpace(e.in.Answers)) == 0 {
		return
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(e.in.Answers, &tree); err != nil {
		e.problem(diag.New("answer.not-an-object", ""), "", "")
		return
	}
	known := map[string]bool{}
	for _, s := range e.plan.steps {
		if s.field != nil {
			known[s.field.path], known[s.field.group] = true, true
		}
	}
	for _, group := range slices.Sorted(maps.Keys(tree)) {
		if !known[group] {
			e.problem(diag.New("answer.unknown-field", "", "name", group).As(diag.Warning), group, diag.Pointer("", group))
			continue
		}
		if isNull(tree[group]) {
			e.absent[group] = true
			continue
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(tree[group], &members); err != nil {
			e.problem(diag.New("answer.not-an-object", ""), group, diag.Pointer("", group))
			continue
		}
		e.groups[group] = members
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if path := group + "." + key; !known[path] {
				e.problem(diag.New("answer.unknown-field", "", "name", path).As(diag.Warning), path, diag.Pointer("", group, key))
			}
		}
	}
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

// when says whether a rule applies; a nil condition always does. Errors are recorded and count as undetermined, so that
// nothing is concluded from them.
func (e *evaluation) when(c *cond.Condition, pointer string) cond.Verdict {
	return e.whenOver(e.values, c, pointer)
}

// whenOver is when over the facts in v.
func (e *evaluation) whenOver(v *facts.Values, c *cond.Condition, pointer string) cond.Verdict {
	if c == nil {
		return cond.Met
	}
	verdict, err := c.Eval(v)
	if err != nil {
		e.failed(err, pointer+"/when")
		return cond.Undetermined
	}
	return verdict
}

func (e *evaluation) whenMissing(c *cond.Condition) []int { return e.leaves(c.Missing(e.values)) }

// leaves replaces unknown computed facts by the asked facts they wait for.
func (e *evaluation) leaves(slots []int) []int {
	out := []int{} // not nil: an unknown fact that waits for nothing (its rule failed) has no leaves at all
	for _, s := range slots {
		if e.missing[s] == nil {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
			continue
		}
		for _, m := range e.missing[s] {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// field works out one fact of the form.
func (e *evaluation) field(f *field) {
	v := e.values
	if f.switches {
		e.shown[f.slot] = true
		switch {
		case e.absent[f.group]:
			v.Set(f.slot, false)
		case e.groups[f.group] != nil:
			v.Set(f.slot, true)
		default:
			v.Set(f.slot, false) // a party nobody named takes no part: it need not be ruled out one by one
		}
		return
	}
	if f.presence >= 0 {
		switch {
		case v.State(f.presence) != facts.Known:
			e.missing[f.slot] = []int{f.presence}
			return
		case v.Get(f.presence) == false:
			v.SetAbsent(f.slot)
			return
		}
	}
	switch e.when(f.when, f.pointer) {
	case cond.Unmet:
		v.SetAbsent(f.slot)
		return
	case cond.Undetermined:
		e.missing[f.slot] = e.whenMissing(f.when)
		return
	}
	e.shown[f.slot] = true
	if f.value != nil {
		e.formula(f.value, f.slot, f.pointer+"/value", &Source{Kind: "computed"})
		return
	}
	e.ask(f)
}

func (e *evaluation) formula(fm *formula.Formula, slot int, pointer string, from *Source) {
	r, err := fm.Eval(e.values)
	if err != nil {
		e.failed(err, pointer)
		e.missing[slot] = []int{}
		return
	}
	switch r.State {
	case facts.Known:
		e.values.Set(slot, r.Value)
		e.sources[slot] = from
	case facts.Absent:
		e.values.SetAbsent(slot)
	default:
		e.missing[slot] = e.leaves(r.Missing)
	}
}

// ask takes a value from the answers, or else from the first source that has one.
func (e *evaluation) ask(f *field) {
	v := e.values
	raw, answered := e.groups[f.group][f.key]
	known, from := e.lookUp(f)
	pointer := diag.Pointer("", f.group, f.key)
	if answered && f.locked && from != nil {
		if !sameJSON(raw, f.typ.Encode(known)) {
			e.problem(diag.New("answer.locked", "", "label", f.label), f.path, pointer)
		}
		answered = false
	}
	if !answered {
		switch {
		case from != nil:
			v.Set(f.slot, known)
			e.sources[f.slot] = from
		case f.optional && e.in.Final:
			v.SetAbsent(f.slot)
		case !f.optional:
			e.todo("answer.required", f.path, "label", f.label)
		}
		return
	}
	if isNull(raw) {
		if f.optional {
			v.SetAbsent(f.slot)
		} else {
			e.todo("answer.required", f.path, "label", f.label)
		}
		return
	}
	val, ok := e.read(f, raw, pointer)
	if !ok {
		return
	}
	v.Set(f.slot, val)
	e.sources[f.slot] = &Source{Kind: "person"}
	if from != nil {
		if sameJSON(f.typ.Encode(val), f.typ.Encode(known)) {
			e.sources[f.slot] = from
		} else {
			e.differs[f.slot] = f.typ.Encode(known)
		}
	}
}

// read checks one answer and turns it into a value; what is wrong with it is a problem at its place.
func (e *evaluation) read(f *field, raw json.RawMessage, pointer string) (any, bool) {
	val, found := f.accept(raw)
	for _, d := range found {
		e.problem(d, f.path+dotted(d.Path), pointer+d.Path)
	}
	return val, !found.HasErrors()
}

// dotted turns a pointer inside a value ("/0/name") into the tail of a fact path ("[0].name").
func dotted(pointer string) string {
	var b bytes.Buffer
	for _, t := range bytes.Split([]byte(pointer), []byte("/")) {
		switch {
		case len(t) == 0:
		case t[0] >= '0' && t[0] <= '9':
			fmt.Fprintf(&b, "[%s]", t)
		default:
			fmt.Fprintf(&b, ".%s", t)
		}
	}
	return b.String()
}

// lookUp asks the sources of a field in order. A value that is not of the field's type is reported and passed over.
func (e *evaluation) lookUp(f *field) (any, *Source) {
	for _, s := range f.sources {
		var raw json.RawMessage
		var from *Source
		if s.register != "" {
			reg, ok := e.in.Registers[f.party]
			if !ok {
				continue
			}
			raw = reg.Values[s.register]
			from = &Source{Kind: "register", Name: registerName, AsOf: reg.AsOf, Party: f.party}
		} else {
			l := e.in.Licences[f.party][s.licence.Key]
			if l == nil {
				continue
			}
			raw = faceValue(l, s.face)
			from = &Source{Kind: "licence", Name: s.licence.Name, Ref: l.Number, AsOf: l.IssuedOn, Party: f.party}
		}
		if len(raw) == 0 || isNull(raw) {
			continue
		}
		val, found := f.accept(raw)
		if found.HasErrors() || val == nil {
			e.problem(diag.New("answer.bad-source", "", "label", f.label).As(diag.Warning), f.path, "")
			continue
		}
		return val, from
	}
	return nil, nil
}

var registerName = lang.Text{Zh: "居民信息库", En: "resident register"}

// faceValue reads an item on the face of a licence; number and valid_to stand on every one.
func faceValue(l *Licence, key string) json.RawMessage {
	var text string
	switch key {
	case "number":
		text = l.Number
	case "valid_to":
		text = l.ValidTo
	default:
		return l.Face[key]
	}
	if text == "" {
		return nil
	}
	raw, err := json.Marshal(text)
	if err != nil {
		return nil // a string always marshals
	}
	return raw
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// conclude works out one entry of derive.
func (e *evaluation) conclude(d *conclusion) {
	if d.each != nil {
		e.concludeRows(d)
		return
	}
	r, on := e.concluded(d, e.values)
	switch r.State {
	case facts.Known:
		e.values.Set(d.slot, r.Value)
		e.sources[d.slot] = &Source{Kind: "computed"}
	case facts.Absent:
		e.values.SetAbsent(d.slot)
	default:
		e.missing[d.slot] = e.leaves(r.Missing)
	}
	if on.version != nil {
		e.table[d.slot] = on
	}
}

// concluded works out one value over the facts in v, and what a table took it from. An error is recorded; its value is unknown and
// waits for nothing.
func (e *evaluation) concluded(d *conclusion, v *facts.Values) (formula.Result, basis) {
	failed := formula.Result{Missing: []int{}}
	if d.when != nil {
		applies, err := d.when.Eval(v)
		switch {
		case err != nil:
			e.failed(err, d.pointer+"/when")
			return failed, basis{}
		case applies == cond.Unmet:
			return formula.Result{State: facts.Absent}, basis{}
		case applies == cond.Undetermined:
			return formula.Result{Missing: d.when.Missing(v)}, basis{}
		}
	}
	if d.value != nil {
		r, err := d.value.Eval(v)
		if err != nil {
			e.failed(err, d.pointer+"/value")
			return failed, basis{}
		}
		return r, basis{}
	}
	r, on, err := d.table.eval(v, d.output)
	if err != nil {
		e.failed(err, d.pointer+"/table")
		return failed, basis{}
	}
	return r, on
}

// route finds the stages and the office of each.
func (e *evaluation) route() {
	p, out := e.plan, &e.out.Route
	out.State = "unknown"
	r, err := p.route.jurisdiction.Eval(e.values)
	if err != nil {
		e.failed(err, "/route/jurisdiction")
		out.State = "error"
		return
	}
	if r.State != facts.Known {
		e.wait(e.leaves(r.Missing), "route", &out.Missing)
		return
	}
	out.Jurisdiction, _ = r.Value.(string)
	if out.Division = p.dict.FullName(out.Jurisdiction); out.Division == "" {
		out.State = "error"
		e.problem(diag.New("evaluate.no-jurisdiction", "", "division", out.Jurisdiction), "", "/route/jurisdiction")
		return
	}
	for i := range p.route.choices {
		ch := &p.route.choices[i]
		switch e.when(ch.when, ch.pointer) {
		case cond.Unmet:
			continue
		case cond.Undetermined:
			e.wait(e.whenMissing(ch.when), "route", &out.Missing)
			return
		}
		out.Template, out.Why = ch.template.Key, ch.why
		e.stages(ch.template)
		return
	}
}

func (e *evaluation) stages(t *dictionary.RouteTemplate) {
	out := &e.out.Route
	out.State = "known"
	for _, s := range t.Stages {
		department := s.Department
		if department == authority {
			department = e.plan.def.Authority
		}
		o, ok := e.plan.dict.Competent(out.Jurisdiction, s.Level, department)
		if !ok {
			out.State = "error"
			e.problem(diag.New("evaluate.no-office", "", "division", out.Division, "stage", s.Name), "", "/route")
			continue
		}
		out.Stages = append(out.Stages, Stage{Key: s.Key, Name: s.Name, Act: string(s.Act), Office: o.Key, OfficeName: o.Name, Days: s.Days})
	}
}

// wait notes what an undetermined part waits for, and that those facts can change it.
func (e *evaluation) wait(slots []int, target string, paths *[]string) {
	for _, s := range slots {
		*paths = append(*paths, e.plan.space.At(s).Path)
		if !slices.Contains(e.targets[s], target) {
			e.targets[s] = append(e.targets[s], target)
		}
	}
}

// questions lists the asked facts that can still change something, most decisive first: conditions weigh more than
// materials, these more than the rest; the order of the form decides between equals.
func (e *evaluation) questions() {
	weight := func(slot int) int {
		w := 0
		for _, t := range e.targets[slot] {
			switch {
			case len(t) > 10 && t[:10] == "condition:":
				w += 100
			case len(t) > 9 && t[:9] == "material:":
				w += 10
			default:
				w++
			}
		}
		return w
	}
	var slots []int
	for _, s := range e.plan.sections {
		for _, f := range s.fields {
			if e.targets[f.slot] != nil && e.values.State(f.slot) == facts.Unknown {
				slots = append(slots, f.slot)
			}
		}
	}
	slices.SortStableFunc(slots, func(a, b int) int { return weight(b) - weight(a) })
	for _, s := range slots {
		f := e.plan.space.At(s)
		e.out.Questions = append(e.out.Questions, Question{Path: f.Path, Label: f.Label, For: e.targets[s]})
	}
}
