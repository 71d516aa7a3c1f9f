package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/calendar"
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
// is in Outcome.Problems, each at its place. What an Outcome points to may be shared with the plan and with other Outcomes: it
// must not be changed in place.
func (p *Plan) Evaluate(in Input) Outcome {
	e := p.begin(&in)
	e.work()
	e.tell()
	out := e.out
	e.end()
	return out
}

// begin makes an evaluation of which nothing is known yet.
func (p *Plan) begin(in *Input) *evaluation {
	e := p.idle.Get().(*evaluation)
	e.in = in
	e.out = Outcome{
		Item: p.ref, Date: in.Date, Sections: make([]Section, 0, len(p.sections)), Questions: []Question{},
		Materials: []Material{}, Derived: make([]Derived, 0, len(p.derived)), Results: make([]Result, 0, len(p.results)),
		Parameters: make([]Parameter, 0, len(p.named)), Problems: []Problem{}, Todo: []Problem{},
		Eligibility: Eligibility{Conditions: make([]Condition, 0, len(p.conditions))},
		Fees:        Fees{Lines: make([]Fee, 0, len(p.fees))}, Route: Route{Stages: []Stage{}},
	}
	return e
}

// end gives the evaluation back for the next one. Nothing of it may be in the outcome.
func (e *evaluation) end() {
	e.in, e.out = nil, Outcome{}
	e.json, e.founds, e.clauses, e.waits = nil, nil, nil, false
	e.values.Reset()
	e.ledger.fixed, e.ledger.all, e.ledger.now = fixed{}, e.ledger.all[:0], e.ledger.now[:0]
	clear(e.slots)
	clear(e.groups)
	e.plan.idle.Put(e)
}

// work settles every fact: what is given, what is answered or known already, and what follows from these.
func (e *evaluation) work() {
	e.fix()
	e.given()
	e.answers()
	e.follow()
}

func (e *evaluation) follow() {
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
	ledger  *ledger      // which the values keep
	slots   []progress   // by slot
	groups  []groupState // by number of the group
	waits   bool         // something can still change by what is asked
	json    []byte       // where values are written
	founds  []Found      // room for what rules looked at
	clauses []Clause     // and for what they came to
	out     Outcome
}

// progress is what an evaluation notes about one fact.
type progress struct {
	answer  facts.JSON // what was answered, if anything
	source  *Source
	missing []int           // the asked facts an unknown value waits for
	shown   bool            // the field is on the form now
	done    bool            // text is written: many rules look at the same facts
	json    json.RawMessage // the value as JSON
	text    lang.Text       // and as people write it
	differs json.RawMessage // what the source says, where the person stated otherwise
	basis   basis           // what a table took it from
	rows    []rowConclusion // what was concluded for each row of a list
	called  []*dated        // the parameters its rules called
	cells   []FieldRow      // of a list that has columns
	given   bool            // an example states it
	targets []string        // what it can still change
}

// groupState says what was answered for a group of fields.
type groupState uint8

const (
	groupOpen   groupState = iota
	groupAbsent            // answered with null
	groupGiven
)

// What these sources say is always the same.
var (
	fromPerson   = &Source{Kind: "person"}
	fromComputed = &Source{Kind: "computed"}
)

func (e *evaluation) problem(d diag.Diagnostic, path, pointer string) {
	e.out.Problems = append(e.out.Problems, asProblem(d, path, pointer))
}

func asProblem(d diag.Diagnostic, path, pointer string) Problem {
	return Problem{Code: d.Code, Severity: string(d.Severity), Path: path, Pointer: pointer, Args: d.Args, Text: d.Both()}
}

// todo notes what is still to be done about what word names.
func (e *evaluation) todo(code, path, argument string, word lang.Text) {
	e.out.Todo = append(e.out.Todo, Problem{Code: code, Severity: string(diag.Error), Path: path, Text: diag.Say(code, argument, word)})
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
	for _, q := range p.named {
		e.parameter(q)
	}
	if of := e.in.Licences["applicant"]; len(of) > 0 {
		for i := range p.licences {
			e.licence(&p.licences[i], of, v)
		}
	}
}

// parameter sets param.<key> to the value in force today.
func (e *evaluation) parameter(q *parameter) {
	today := e.plan.today
	if q.slot < 0 || e.values.State(today) != facts.Known {
		return
	}
	day, _ := e.values.Get(today).(time.Time)
	if d, ok := q.taken(e.ledger, day, ""); ok {
		e.values.Set(q.slot, d.value)
		if d.fixed {
			e.slots[q.slot].source = fromGiven
		}
		return
	}
	if q.read {
		e.problem(diag.New("evaluate.parameter-missing", "", "name", q.of.Label, "date", e.in.Date), "param."+q.of.Key, "")
	}
}

// licence sets what a licence of a person says.
func (e *evaluation) licence(l *licence, of map[string]*Licence, v *facts.Values) {
	got, asked := of[l.of.Key]
	if !asked {
		return // the library was not asked: everything about it stays unknown
	}
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
		if slot < len(e.slots) { // not of a row's person
			e.slots[slot].source = from
		}
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
				e.problem(diag.New("answer.bad-source", "", "label", f.key).As(diag.Warning), v.Space().At(f.slot).Path, "")
				v.SetUnknown(f.slot)
				continue
			}
			if val != nil {
				set(f.slot, val)
			}
		}
	}
}

// answers finds what was filled in, by group and key. Of repetitions the last one counts.
func (e *evaluation) answers() {
	if len(bytes.TrimSpace(e.in.Answers)) == 0 {
		return
	}
	tree, ok := facts.Check(e.in.Answers)
	if !ok || !tree.IsObject() && !tree.IsNull() {
		e.problem(diag.New("answer.not-an-object", ""), "", "")
		return
	}
	var odd []oddity
	for name, value := range tree.Members() {
		g := e.plan.groups[name]
		if g == nil {
			odd = append(odd, oddity{group: name})
			continue
		}
		if e.groups[g.number] != groupOpen {
			odd = slices.DeleteFunc(odd, func(o oddity) bool { return o.group == name })
			for _, f := range g.fields {
				e.slots[f.slot].answer = nil
			}
		}
		switch {
		case value.IsNull():
			e.groups[g.number] = groupAbsent
		case !value.IsObject():
			e.groups[g.number] = groupOpen
			odd = append(odd, oddity{group: name, known: true})
		default:
			e.groups[g.number] = groupGiven
			for key, answer := range value.Members() {
				if f := g.fields[key]; f != nil {
					e.slots[f.slot].answer = answer
				} else {
					odd = append(odd, oddity{group: name, known: true, key: key})
				}
			}
		}
	}
	e.odd(odd)
}

// oddity is a part of the answers that belongs to no field: a group nobody declared, a group that is no object, a key nobody
// declared.
type oddity struct {
	group string
	known bool
	key   string
}

// odd reports what was answered and belongs nowhere.
func (e *evaluation) odd(all []oddity) {
	slices.SortFunc(all, func(a, b oddity) int { return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.key, b.key)) })
	for _, o := range slices.Compact(all) {
		switch path := o.group + "." + o.key; {
		case !o.known:
			e.problem(diag.New("answer.unknown-field", "", "name", o.group).As(diag.Warning), o.group, diag.Pointer("", o.group))
		case o.key == "":
			e.problem(diag.New("answer.not-an-object", ""), o.group, diag.Pointer("", o.group))
		default:
			e.problem(diag.New("answer.unknown-field", "", "name", path).As(diag.Warning), path, diag.Pointer("", o.group, o.key))
		}
	}
}

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
		if e.slots[s].missing == nil {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
			continue
		}
		for _, m := range e.slots[s].missing {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// field works out one fact of the form.
func (e *evaluation) field(f *field) {
	v, at := e.values, &e.slots[f.slot]
	if f.switches {
		at.shown = true
		v.Set(f.slot, e.groups[f.of.number] == groupGiven) // a party nobody named takes no part: it need not be ruled out one by one
		return
	}
	if f.presence >= 0 {
		switch {
		case v.State(f.presence) != facts.Known:
			at.missing = []int{f.presence}
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
		at.missing = e.whenMissing(f.when)
		return
	}
	at.shown = true
	if f.value != nil {
		e.formula(f.value, f.slot, f.pointer)
		return
	}
	e.ask(f, at)
}

// formula computes the value of a field.
func (e *evaluation) formula(fm *formula.Formula, slot int, pointer string) {
	e.settle(slot, e.settled(fm, pointer+"/value", e.values))
}

// settled works out a formula over the facts in v. An error is recorded; its value is unknown and waits for nothing.
func (e *evaluation) settled(fm *formula.Formula, pointer string, v *facts.Values) formula.Result {
	r, err := fm.Eval(v)
	if err != nil {
		e.failed(err, pointer)
		return formula.Result{Missing: []int{}}
	}
	return r
}

// settle takes over what a rule came to.
func (e *evaluation) settle(slot int, r formula.Result) {
	switch r.State {
	case facts.Known:
		e.values.Set(slot, r.Value)
		e.slots[slot].source = fromComputed
	case facts.Absent:
		e.values.SetAbsent(slot)
	default:
		e.slots[slot].missing = e.leaves(r.Missing)
	}
}

// ask takes the value of a field from the answers, or else from the first source that has one.
func (e *evaluation) ask(f *field, at *progress) {
	of := person{party: f.party, licences: e.in.Licences[f.party]}
	if reg, ok := e.in.Registers[f.party]; ok {
		of.register = &reg
	}
	got := e.asked(f, place{path: f.path, answer: at.answer}, of)
	switch got.state {
	case facts.Known:
		e.values.Set(f.slot, got.value)
	case facts.Absent:
		e.values.SetAbsent(f.slot)
	}
	at.source, at.differs = got.source, got.differs
}

// place is where an answer stands: the fact it is for, the row it is in, from 1, if any, and what it is, if there is one.
type place struct {
	path   string
	list   *field // of the row
	row    int
	answer facts.JSON
}

// pointer is where the answer is among the answers.
func (p place) pointer(f *field) string {
	if p.list != nil {
		return diag.Pointer("", p.list.group, p.list.key, p.row-1, f.key)
	}
	return diag.Pointer("", f.group, f.key)
}

// person is somebody whose records may know a value already.
type person struct {
	party    string
	register *Register
	licences map[string]*Licence
}

// reply is what became of a question.
type reply struct {
	state   facts.State
	value   any
	source  *Source
	differs json.RawMessage // what the source says, where the person stated otherwise
}

// fixed reports whether a value from a source is not the form's to change.
func (f *field) fixed(from *Source) bool {
	return f.locked && from != nil && (from.Kind == "register" || from.Kind == "licence")
}

// asked takes a value from an answer, or else from the first source that has one. What is wrong, or still to be answered, is
// said at its place.
func (e *evaluation) asked(f *field, at place, of person) reply {
	known, from := e.lookUp(f, at.path, of)
	answer := at.answer
	if answer != nil && f.locked && from != nil {
		if !sameJSON(json.RawMessage(answer), f.typ.Encode(known)) {
			e.problem(diag.New("answer.locked", "", "label", f.label), at.path, at.pointer(f))
		}
		answer = nil
	}
	switch {
	case answer != nil && !answer.IsNull():
	case answer == nil && from != nil:
		return reply{state: facts.Known, value: known, source: from}
	case f.optional && (answer != nil || e.in.Final || at.row > 0): // a row that is there was filled in as far as it goes
		return reply{state: facts.Absent}
	case f.optional:
		return reply{}
	default:
		e.todo("answer.required", at.path, "label", f.label)
		return reply{}
	}
	val, ok := e.read(f, answer, at)
	if ok && !e.offered(f, val) {
		e.problem(diag.New("answer.not-offered", "", "label", f.label, "value", f.typ.Text(val), "date", e.in.Date), at.path, at.pointer(f))
		ok = false
	}
	if !ok {
		return reply{}
	}
	got := reply{state: facts.Known, value: val, source: fromPerson}
	if from != nil {
		if stated := f.typ.Encode(known); bytes.Equal(stated, f.typ.Encode(val)) {
			got.source = from
		} else {
			got.differs = stated
		}
	}
	return got
}

// read checks one answer and turns it into a value; what is wrong with it is a problem at its place.
func (e *evaluation) read(f *field, answer facts.JSON, at place) (any, bool) {
	if f.columns != nil {
		return e.readRows(f, answer)
	}
	val, found := f.accept(answer)
	for _, d := range found {
		e.problem(d, at.path+dotted(d.Path), at.pointer(f)+d.Path)
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

// lookUp asks the sources of a field in order, in the records of a person. A value that is not of the field's type is reported
// and passed over.
func (e *evaluation) lookUp(f *field, path string, of person) (any, *Source) {
	for i := range f.sources {
		s := &f.sources[i]
		var raw json.RawMessage
		var l *Licence
		if s.register != "" {
			if of.register != nil {
				raw = of.register.Values[s.register]
			}
		} else if l = of.licences[s.licence.Key]; l != nil {
			raw = faceValue(l, s.face)
		}
		if len(raw) == 0 || isNull(raw) {
			continue
		}
		if l == nil && !e.fresh(f, of.register.AsOf) {
			e.problem(diag.New("answer.stale-source", "", "label", f.label, "date", of.register.AsOf, "months", f.fresh).As(diag.Warning), path, "")
			continue
		}
		var val any
		if text, ok := facts.Check(raw); ok {
			known, found := f.accept(text)
			if !found.HasErrors() {
				val = known
			}
		}
		switch {
		case val == nil:
			e.problem(diag.New("answer.bad-source", "", "label", f.label).As(diag.Warning), path, "")
		case l == nil:
			return val, &Source{Kind: "register", Name: registerName, AsOf: of.register.AsOf, Party: of.party}
		default:
			return val, &Source{Kind: "licence", Name: s.licence.Name, Ref: l.Number, AsOf: l.IssuedOn, Party: of.party}
		}
	}
	return nil, nil
}

// fresh reports whether the register's value of a field still counts today, confirmed as it was on a day.
func (e *evaluation) fresh(f *field, confirmed string) bool {
	if f.fresh == 0 {
		return true
	}
	today, known := e.values.Get(e.plan.today).(time.Time)
	from, err := calendar.Parse(confirmed)
	if err != nil || !known {
		return false
	}
	last, err := from.AddMonths(f.fresh)
	return err == nil && !calendar.FromTime(today).After(last)
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

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
	e.ledger.now = e.ledger.now[:0]
	if values, ok := e.ledger.results[d]; ok {
		e.fixResult(d, values)
		return
	}
	if d.each != nil {
		e.concludeRows(d)
	} else {
		r, on := e.concluded(d, e.values)
		e.settle(d.slot, r)
		e.slots[d.slot].basis = on
	}
	if len(e.ledger.now) > 0 {
		e.slots[d.slot].called = slices.Clone(e.ledger.now)
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
		return e.settled(d.value, d.pointer+"/value", v), basis{}
	}
	r, on, err := d.table.eval(v, d.output)
	if err != nil {
		part := "/table"
		if d.of.Table == nil {
			part = "/versions"
		}
		e.failed(err, d.pointer+part)
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
	out.Stages = make([]Stage, 0, len(t.Stages))
	for i := range t.Stages {
		s := &t.Stages[i]
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
		*paths = append(*paths, e.plan.space.Path(s))
		if of := &e.slots[s].targets; !slices.Contains(*of, target) {
			*of = append(*of, target)
		}
	}
	e.waits = e.waits || len(slots) > 0
}

// questions lists the asked facts that can still change something, most decisive first: conditions weigh more than
// materials, these more than the rest; the order of the form decides between equals.
func (e *evaluation) questions() {
	if !e.waits {
		return
	}
	weight := func(slot int) int {
		w := 0
		for _, t := range e.slots[slot].targets {
			switch {
			case strings.HasPrefix(t, "condition:"):
				w += 100
			case strings.HasPrefix(t, "material:"):
				w += 10
			default:
				w++
			}
		}
		return w
	}
	var slots []int
	for i := range e.plan.sections {
		for _, f := range e.plan.sections[i].fields {
			// A list may be known while some of its cells are not.
			if at := &e.slots[f.slot]; at.targets != nil && (e.values.State(f.slot) == facts.Unknown || at.missing != nil) {
				slots = append(slots, f.slot)
			}
		}
	}
	slices.SortStableFunc(slots, func(a, b int) int { return weight(b) - weight(a) })
	for _, s := range slots {
		e.out.Questions = append(e.out.Questions, Question{Path: e.plan.space.Path(s), Label: e.plan.space.Label(s), For: e.slots[s].targets})
	}
}
