package plan

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/phrase"
	"github.com/tongban/tongban/rules/source"
)

// Compile checks a definition against the dictionary and compiles every rule in it. It reports everything it finds at once;
// with an error among the findings the Plan is nil. doc is the text the definition was decoded from, for lines and columns;
// it may be nil for a definition that never was text. Whoever compiles many items prepares the dictionary once.
func Compile(def *item.Definition, doc *source.Document, dict *dictionary.Dictionary) (*Plan, diag.List) {
	return Prepare(dict).Compile(def, doc)
}

// Compile is the function of that name, against a dictionary made ready.
func (v *Vocabulary) Compile(def *item.Definition, doc *source.Document) (*Plan, diag.List) {
	common := v.common
	common.parameters = slices.Clone(common.parameters) // with marks of its own
	c := &compiler{
		plan: &Plan{def: def, dict: v.dict, legal: map[string]LegalRef{}, common: common},
		city: v,
		doc:  doc,
		text: &text{doc: doc},
		dict: v.dict,
		used: map[int]bool{},
	}
	defer c.forget()
	c.found.Add(v.found...)
	raw, err := json.Marshal(def)
	if err != nil {
		panic(err) // it came from JSON
	}
	c.called, c.asksLicences = mentions(raw)
	c.legal()
	c.declare()
	if !c.found.HasErrors() {
		c.environment()
	}
	c.rules()
	c.peopleLists()
	c.order()
	c.lint()
	if c.found.HasErrors() {
		return nil, c.located()
	}
	for i := range c.plan.parameters {
		q := &c.plan.parameters[i]
		q.read = q.slot >= 0 && c.used[q.slot]
		q.used = q.read || c.called["param_"+q.of.Key]
	}
	c.plan.prepare()
	c.plan.ref = ItemRef{Code: def.Code, Version: def.Version, Plan: fingerprint(c.plan, raw), Name: def.Name}
	return c.plan, c.located()
}

// forget lets go of what only compiling needs: the document, several times larger than the plan, and the scopes of rows.
func (c *compiler) forget() {
	c.text.doc = nil
	for _, s := range c.rows {
		s.scope = scope{}
	}
}

// text is the document while its item is compiled. The plan keeps the rules' sources, which find their places through it.
type text struct{ doc *source.Document }

// place finds a character of the string at a pointer; nothing is known of it any more once the item is compiled.
func (t *text) place(pointer string, index int) (line, col int) {
	if t.doc == nil {
		return 0, 0
	}
	return t.doc.Inside(pointer, index)
}

type compiler struct {
	plan         *Plan
	city         *Vocabulary
	doc          *source.Document
	text         *text
	dict         *dictionary.Dictionary
	found        diag.List
	groups       []usedGroup
	fields       []*field
	scope                  // of the rule at hand; nil without facts
	each         *rowScope // whose scope it is; nil outside rows
	rows         map[string]*rowScope
	called       map[string]bool // parameter functions that rules mention
	asksLicences bool            // some rule mentions licences of a row's person
	noted        []rule
	used         map[int]bool // slots that some rule reads
}

type usedGroup struct {
	group    *dictionary.Group
	optional bool
}

func (c *compiler) located() diag.List {
	if c.doc != nil {
		for i := range c.found {
			c.found[i] = c.doc.Locate(c.found[i])
		}
	}
	return c.found.Sorted()
}

func (c *compiler) report(code, path string, args ...any) { c.found.Add(diag.New(code, path, args...)) }

func (c *compiler) warn(code, path string, args ...any) {
	c.found.Add(diag.New(code, path, args...).As(diag.Warning))
}

// source gives a rule its place in the document.
func (c *compiler) source(text, pointer string) cond.Source {
	src := cond.Source{Text: text, Path: pointer}
	if c.doc != nil {
		src.File = c.doc.File()
		src.Line, src.Col = c.doc.Inside(pointer, 0)
		places := c.text
		src.Map = func(index int) (int, int) { return places.place(pointer, index) }
	}
	return src
}

func (c *compiler) legal() {
	for i, l := range c.plan.def.Legal {
		if _, twice := c.plan.legal[l.ID]; twice {
			c.report("plan.duplicate", diag.Pointer("/legal", i, "id"), "name", l.ID)
		}
		c.plan.legal[l.ID] = LegalRef{ID: l.ID, Title: l.Title, DocumentNo: l.DocumentNo, Article: l.Article}
	}
}

func (c *compiler) articles(ids []string, pointer string) []LegalRef {
	var out []LegalRef
	for i, id := range ids {
		ref, ok := c.plan.legal[id]
		if !ok {
			c.report("plan.unknown-legal", diag.Pointer(pointer, i), "name", id)
			continue
		}
		out = append(out, ref)
	}
	return out
}

// declare lists every fact the item's rules may name, the city's first, and builds the fields.
func (c *compiler) declare() {
	p := c.plan
	var own []facts.Fact
	add := func(path string, t facts.Type, label lang.Text) int {
		own = append(own, facts.Fact{Path: path, Type: t, Label: label, Unit: t.Unit})
		return c.city.space.Len() + len(own) - 1
	}
	c.declareGroups(add)
	c.declareFields(add)
	for i := range p.def.Derive {
		d := &p.def.Derive[i]
		for _, one := range c.conclusions(d, diag.Pointer("/derive", i)) {
			typ := one.typ
			if d.ForEach != "" {
				typ = facts.Type{Kind: facts.List, Elem: &one.typ, Gaps: d.When != ""}
			}
			one.slot = add("result."+one.key, typ, one.label)
			p.derived = append(p.derived, one)
		}
	}
	space, ds := c.city.space.With(own)
	for _, d := range ds {
		// A duplicate fact is a duplicate key of the document: say it there.
		c.found.Add(c.placed(d))
	}
	p.space = space
}

// placed moves a finding about a fact to the part of the document that declares it.
func (c *compiler) placed(d diag.Diagnostic) diag.Diagnostic {
	path := d.Args["fact"]
	if key, ok := strings.CutPrefix(path, "form."); ok {
		for i := len(c.plan.def.Fields) - 1; i >= 0; i-- {
			if c.plan.def.Fields[i].Key == key {
				d.Path = diag.Pointer("/fields", i, "key")
				return d
			}
		}
	}
	if key, ok := strings.CutPrefix(path, "result."); ok {
		for _, one := range slices.Backward(c.plan.derived) {
			if one.key == key {
				d.Path = one.pointer + "/key"
				if key != one.of.Key {
					d.Path = diag.Pointer(one.pointer, "table", "outputs", one.output, "key")
				}
				return d
			}
		}
	}
	return d
}

func derivedType(name string) facts.Type {
	switch name {
	case "money":
		return facts.Type{Kind: facts.Int, Money: true}
	case "integer":
		return facts.Type{Kind: facts.Int}
	case "number":
		return facts.Type{Kind: facts.Number}
	case "boolean":
		return facts.Type{Kind: facts.Bool}
	case "date":
		return facts.Type{Kind: facts.Date}
	}
	return facts.Type{Kind: facts.String}
}

// environment makes what rules are compiled against. It is left out when the facts themselves are wrong: every rule would
// only repeat the same complaint, and what does not depend on facts is checked all the same.
func (c *compiler) environment() {
	c.scope = c.newScope(c.plan.space)
}

// scope is what one rule is compiled against.
type scope struct {
	cond    *cond.Env
	formula *formula.Env
	phrase  *phrase.Phraser
}

func (c *compiler) newScope(space *facts.Space) scope {
	env, err := cond.NewEnv(space, c.city.lib)
	if err != nil {
		c.report("plan.bad-environment", "", "reason", err)
		return scope{}
	}
	return scope{env, formula.NewEnv(space, c.city.lib), phrase.New(space, c.city.lib).Naming(c.place).Knowing(c.lasting)}
}

// place is the name of a division, for the sentence of a rule that has its code.
func (c *compiler) place(code string) (lang.Text, bool) {
	name := c.dict.FullName(code)
	return lang.Text{Zh: name, En: name}, name != ""
}

// lasting is the value of a parameter that has only one as long as the item is in force. A sentence stands for all that time,
// so one that changes is named only; the Outcome says which value was used.
func (c *compiler) lasting(path string) (phrase.Known, bool) {
	key, ok := strings.CutPrefix(path, "param.")
	i := slices.IndexFunc(c.plan.parameters, func(q parameter) bool { return q.of.Key == key })
	if !ok || i < 0 {
		return phrase.Known{}, false
	}
	q := &c.plan.parameters[i]
	from, err := facts.ParseDate(c.plan.def.Effective.From)
	series := q.series[""]
	if err != nil || len(series) == 0 {
		return phrase.Known{}, false
	}
	last := series[len(series)-1]
	return phrase.Known{Value: last.value, Unit: q.of.Unit}, !last.from.After(from) && last.to.IsZero()
}

// rules compiles every rule of the item and of the dictionary groups it uses.
func (c *compiler) rules() {
	p := c.plan
	c.groupRules()
	for i := range p.def.Fields {
		d := &p.def.Fields[i]
		at := diag.Pointer("/fields", i)
		f := c.fieldAt("form." + d.Key)
		if f == nil {
			continue
		}
		f.when = c.condition(f.whenText, at+"/when")
		if f.valueText != "" {
			f.value = c.value(f.valueText, at+"/value", f.typ, "")
		}
		if f.columns != nil {
			c.columnRules(f)
		}
	}
	for rest := p.derived; len(rest) > 0; {
		n := 1 // conclusions of one entry are the outputs of its table
		for n < len(rest) && rest[n].of == rest[0].of {
			n++
		}
		c.derive(rest[:n])
		rest = rest[n:]
	}
	seen := map[string]bool{}
	for i := range p.def.Conditions {
		d := &p.def.Conditions[i]
		at := diag.Pointer("/conditions", i)
		if seen[d.ID] {
			c.report("plan.duplicate", at+"/id", "name", d.ID)
		}
		seen[d.ID] = true
		one := condition{of: d, pointer: at, legal: c.articles(d.Legal, at+"/legal")}
		c.inRows(d.ForEach, at, func(each *rowScope) {
			one.each, one.when = each, c.condition(d.When, at+"/when")
			one.otherwise = c.words(d.Otherwise, at+"/otherwise")
			if one.rule = c.condition(d.Rule, at+"/rule"); one.rule != nil {
				one.sentence, one.clauses = c.sentences(one.rule)
				if each != nil {
					one.sentence = each.every(c.plan.space.At(each.list).Label, one.sentence)
				}
			}
		})
		p.conditions = append(p.conditions, one)
	}
	c.materials()
	for i := range p.def.Fees {
		d := &p.def.Fees[i]
		at := diag.Pointer("/fees", i)
		one := fee{of: d, pointer: at, legal: c.articles(d.Legal, at+"/legal")}
		c.inRows(d.ForEach, at, func(each *rowScope) {
			one.each, one.when = each, c.condition(d.When, at+"/when")
			one.value = c.value(d.Value, at+"/value", facts.Type{Kind: facts.Int, Money: true}, "")
		})
		p.fees = append(p.fees, one)
	}
	c.limits()
	c.routes()
	c.procedures()
	for i := range p.def.Results {
		d := &p.def.Results[i]
		at := diag.Pointer("/results", i)
		one := result{of: d, pointer: at}
		c.inRows(d.ForEach, at, func(each *rowScope) {
			one.each, one.when = each, c.condition(d.When, at+"/when")
			if d.Value != "" {
				one.value = c.resultValue(d, at)
			}
		})
		p.results = append(p.results, one)
	}
}

// resultValue compiles what a result comes to: of the type it names, else an amount where something is granted or paid, and
// anything in other results.
func (c *compiler) resultValue(d *item.Result, at string) *formula.Formula {
	want := facts.Type{}
	switch {
	case d.Of != "":
		want = derivedType(d.Of)
	case d.Kind == item.ResultEntitlement || d.Kind == item.ResultPayment:
		want = facts.Type{Kind: facts.Int, Money: true}
	}
	if !d.Unit.IsZero() {
		c.measured(&want, d.Unit, at)
	}
	out := c.value(d.Value, at+"/value", want, "")
	if got := out.Natural(); d.Of == "" && want.Money && out != nil && got.Kind == facts.Int && !got.Money && !out.Constant() {
		c.warn("plan.not-an-amount", at+"/value", "got", got.Name())
	}
	return out
}

// derive compiles the rules of one entry, for each of its conclusions.
func (c *compiler) derive(outputs []*conclusion) {
	first := outputs[0]
	of, at := first.of, first.pointer
	c.inRows(of.ForEach, at, func(each *rowScope) {
		first.each, first.when = each, c.condition(of.When, at+"/when")
		if of.Value != "" {
			first.value = c.value(of.Value, at+"/value", first.typ, first.round)
		}
		if of.Table != nil {
			first.table = c.decision(of.Table, at+"/table", outputs)
		}
		if len(of.Versions) > 0 {
			first.table = c.datedValue(of, at, first)
		}
	})
	for _, d := range outputs {
		d.each, d.when, d.table = first.each, first.when, first.table
		switch {
		case d.value != nil:
			d.reads = d.value.Reads()
		case d.table != nil:
			d.reads = d.table.reads(d.output)
		}
		if d.each != nil {
			d.reads = d.each.outside(d.reads)
		}
		c.read(d.reads)
	}
}

func (c *compiler) condition(text, at string) *cond.Condition {
	if text == "" || c.cond == nil {
		return nil
	}
	out, ds := c.cond.Compile(c.source(text, at))
	c.found.Add(c.rowless(ds)...)
	if out != nil {
		c.read(out.Reads())
	}
	if out != nil {
		c.noted = append(c.noted, rule{pointer: at, reads: out.Reads(), each: c.each, condition: out})
	}
	return out
}

// unknownName are the findings about a name that nothing has.
var unknownName = map[string]bool{"cond.unknown-name": true, "formula.unknown-name": true}

// rowless says of a row that stands where there is none what is missing.
func (c *compiler) rowless(found diag.List) diag.List {
	if c.each != nil {
		return found
	}
	for _, d := range slices.Clone(found) {
		if unknownName[d.Code] && strings.HasPrefix(d.Args["name"], "row.") {
			hint := diag.New("plan.no-row", d.Path).As(diag.Hint)
			hint.File, hint.Line, hint.Col = d.File, d.Line, d.Col
			found.Add(hint)
		}
	}
	return found
}

func (c *compiler) value(text, at string, want facts.Type, round money.Rounding) *formula.Formula {
	if c.formula == nil {
		return nil
	}
	out, ds := c.formula.Compile(c.source(text, at), want, round)
	c.found.Add(c.rowless(ds)...)
	if out != nil {
		c.read(out.Reads())
	}
	if out != nil {
		c.noted = append(c.noted, rule{pointer: at, reads: out.Reads(), each: c.each, formula: out})
	}
	return out
}

// read notes what rules look at.
func (c *compiler) read(slots []int) {
	for _, s := range c.each.lists(slots) {
		c.used[s] = true
	}
}

// sentences puts a condition into words, whole and by its top-level parts. What only a programmer can read is reported.
func (c *compiler) sentences(rule *cond.Condition) (lang.Text, []lang.Text) {
	n := rule.Node()
	whole, complete := c.phrase.SentenceComplete(n)
	if !complete {
		c.warn("plan.sentence-incomplete", rule.Source().Path)
	}
	if n.Op != cond.OpAnd && n.Op != cond.OpOr {
		return whole, []lang.Text{whole}
	}
	parts := make([]lang.Text, len(n.Args))
	for i, a := range n.Args {
		parts[i] = c.phrase.Sentence(a)
	}
	return whole, parts
}

func (c *compiler) materials() {
	p := c.plan
	seen := map[string]bool{}
	for i := range p.def.Materials {
		d := &p.def.Materials[i]
		at := diag.Pointer("/materials", i)
		doc, ok := c.dict.Material(d.Material)
		if !ok {
			c.report("plan.unknown-material", at+"/material", "name", d.Material)
			continue
		}
		m := material{of: d, key: d.Material, id: d.Material, party: d.Of, doc: doc, pointer: at, present: -1}
		if m.party == "" {
			m.party = "applicant"
		} else {
			m.id = d.Material + "@" + d.Of
			u := slices.IndexFunc(c.groups, func(u usedGroup) bool { return u.group.Key == d.Of })
			switch {
			case u < 0:
				c.report("plan.unknown-party", at+"/of", "name", d.Of)
			case !c.groups[u].group.Party:
				c.report("plan.not-a-party", at+"/of", "name", d.Of)
			default:
				m.partyOf = c.groups[u].group.Title
				if f := c.fieldAt(d.Of + ".present"); f != nil {
					m.present = f.slot
				}
			}
		}
		if seen[m.id] {
			c.report("plan.duplicate", at+"/material", "name", m.id)
		}
		seen[m.id] = true
		for _, key := range doc.Licences {
			if l, ok := c.dict.LicenceType(key); ok {
				m.types = append(m.types, l)
			}
		}
		c.inRows(d.ForEach, at, func(each *rowScope) {
			m.each, m.note = each, c.words(d.Note, at+"/note")
			if m.when = c.condition(d.When, at+"/when"); m.when != nil {
				m.why, _ = c.sentences(m.when)
			}
		})
		m.legal = c.articles(d.Legal, at+"/legal")
		p.materials = append(p.materials, m)
	}
}

func (c *compiler) routes() {
	p := c.plan
	d := &p.def.Route
	p.route.jurisdiction = c.value(d.Jurisdiction, "/route/jurisdiction", facts.Type{Kind: facts.String}, "")
	p.route.divisions = c.jurisdictions()
	add := func(template, when string, why lang.Text, at string) {
		t, ok := c.dict.Route(template)
		if !ok {
			c.report("plan.unknown-route", at+"/template", "name", template)
			return
		}
		one := routeChoice{pointer: at, template: t, why: why}
		if one.when = c.condition(when, at+"/when"); one.when != nil && why.IsZero() {
			one.why, _ = c.sentences(one.when)
		}
		p.route.choices = append(p.route.choices, one)
		for _, d := range p.unstaffed(&one) {
			if d.Severity == diag.Error {
				c.found.Add(d)
			}
		}
	}
	if d.Template != "" {
		add(d.Template, "", lang.Text{}, "/route")
		return
	}
	for i, ch := range d.Choose {
		at := diag.Pointer("/route/choose", i)
		last := i == len(d.Choose)-1
		if ch.When == "" && !last {
			c.report("plan.unreachable-route", diag.Pointer("/route/choose", i+1), "after", i+1)
		}
		if ch.When != "" && last {
			c.report("plan.route-without-default", at)
		}
		add(ch.Template, ch.When, ch.Why, at)
	}
}
