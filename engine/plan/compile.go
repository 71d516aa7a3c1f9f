package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/phrase"
	"github.com/tongban/tongban/rules/schema"
	"github.com/tongban/tongban/rules/source"
)

// Compile checks a definition against the dictionary and compiles every rule in it. It reports everything it finds at once;
// with an error among the findings the Plan is nil. doc is the text the definition was decoded from, for lines and columns;
// it may be nil for a definition that never was text.
func Compile(def *item.Definition, doc *source.Document, dict *dictionary.Dictionary) (*Plan, diag.List) {
	c := &compiler{
		plan: &Plan{def: def, dict: dict, legal: map[string]LegalRef{}, today: -1},
		doc:  doc,
		dict: dict,
		lib:  funcs.Standard(dict.Calendar()),
		used: map[int]bool{},
	}
	c.legal()
	c.declare()
	if !c.found.HasErrors() {
		c.environment()
	}
	c.rules()
	c.order()
	c.lint()
	if c.found.HasErrors() {
		return nil, c.located()
	}
	for i := range c.plan.parameters {
		q := &c.plan.parameters[i]
		q.read = q.slot >= 0 && c.used[q.slot]
		q.used = q.read || c.calls(q)
	}
	c.plan.ref = ItemRef{Code: def.Code, Version: def.Version, Plan: fingerprint(c.plan), Name: def.Name}
	return c.plan, c.located()
}

type compiler struct {
	plan     *Plan
	doc      *source.Document
	dict     *dictionary.Dictionary
	lib      *funcs.Library
	found    diag.List
	declared []facts.Fact
	groups   []usedGroup
	fields   []*field
	scope    // of rules that stand outside rows; nil without facts
	rows     map[string]*rowScope
	used     map[int]bool // slots that some rule reads
	text     string       // of the whole definition, once it is asked for
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
		src.Map = func(offset int) (int, int) { return c.doc.Inside(pointer, offset) }
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

// declare lists every fact the item's rules may name and builds the fields.
func (c *compiler) declare() {
	text := facts.Type{Kind: facts.String}
	date := facts.Type{Kind: facts.Date}
	add := func(path string, t facts.Type, label lang.Text) int {
		c.declared = append(c.declared, facts.Fact{Path: path, Type: t, Label: label})
		c.plan.origin = append(c.plan.origin, given)
		return len(c.declared) - 1
	}
	p := c.plan
	p.today = add("today", date, lang.Text{Zh: "办理当日", En: "the day of handling"})
	p.channel = add("case.channel", facts.Type{Kind: facts.String, Enum: channels}, lang.Text{Zh: "办理渠道", En: "channel"})
	p.division = add("case.division", text, lang.Text{Zh: "收件地", En: "place of receipt"})
	p.receivedOn = add("case.received_on", date, lang.Text{Zh: "收件日期", En: "date of receipt"})
	p.acceptedOn = add("case.accepted_on", date, lang.Text{Zh: "受理日期", En: "date of acceptance"})

	for _, l := range c.dict.LicenceTypes() {
		one := licence{of: &l}
		one.present = add("licences."+l.Key+".present", facts.Type{Kind: facts.Bool}, l.Name)
		one.number = add("licences."+l.Key+".number", text, join(l.Name, lang.Text{Zh: "编号", En: " number"}))
		one.validTo = add("licences."+l.Key+".valid_to", date, join(l.Name, lang.Text{Zh: "有效期止", En: " valid until"}))
		for _, f := range l.Face {
			t, ds := facts.TypeOf(f.Schema, "")
			c.dictionaryFindings(ds, "licence", l.Key)
			t = labelled(t, f.Choices)
			slot := add("licences."+l.Key+"."+f.Key, t, join(l.Name, spaced(f.Label)))
			one.face = append(one.face, face{key: f.Key, slot: slot, typ: t})
		}
		p.licences = append(p.licences, one)
	}
	c.declareParameters(add)
	c.declareGroups(add)
	c.declareFields(add)
	for i := range p.def.Derive {
		d := &p.def.Derive[i]
		typ := derivedType(d.Type)
		if d.ForEach != "" {
			elem := typ
			typ = facts.Type{Kind: facts.List, Elem: &elem}
		}
		slot := add("result."+d.Key, typ, d.Label)
		p.origin[slot] = concluded
		p.derived = append(p.derived, &conclusion{
			of: d, slot: slot, pointer: diag.Pointer("/derive", i), typ: derivedType(d.Type),
			legal: c.articles(d.Legal, diag.Pointer("/derive", i, "legal")),
		})
	}
	space, ds := facts.NewSpace(c.declared)
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
		for i := len(c.plan.def.Derive) - 1; i >= 0; i-- {
			if c.plan.def.Derive[i].Key == key {
				d.Path = diag.Pointer("/derive", i, "key")
				return d
			}
		}
	}
	return d
}

func (c *compiler) dictionaryFindings(ds diag.List, kind, key string) {
	for _, d := range ds {
		if d.Severity == diag.Error {
			c.report("plan.bad-dictionary", "", "kind", kind, "name", key, "reason", d.Text(lang.En))
		}
	}
}

func (c *compiler) declareGroups(add func(string, facts.Type, lang.Text) int) {
	p := c.plan
	for i, use := range p.def.Use {
		key, optional := strings.CutSuffix(use, "?")
		g, ok := c.dict.Group(key)
		if !ok {
			c.report("plan.unknown-group", diag.Pointer("/use", i), "name", key)
			continue
		}
		c.groups = append(c.groups, usedGroup{g, optional})
		sec := section{key: g.Key, title: g.Title, optional: optional}
		presence := -1
		if optional {
			label := g.Ask
			if label.IsZero() {
				label = g.Title
			}
			t := facts.Type{Kind: facts.Bool}
			presence = add(g.Key+".present", t, label)
			p.origin[presence] = asked
			f := &field{
				slot: presence, group: g.Key, key: "present", path: g.Key + ".present", label: label, typ: t,
				schema: json.RawMessage(`{"type":"boolean"}`), widget: "boolean", presence: -1, switches: true,
			}
			sec.fields = append(sec.fields, f)
			c.fields = append(c.fields, f)
		}
		for _, m := range g.Elements {
			e, ok := c.dict.Element(m.Element)
			if !ok {
				continue // Load refuses such a dictionary
			}
			name := m.Key
			if name == "" {
				name = e.Key
			}
			label := e.Label
			if !m.Label.IsZero() {
				label = m.Label
			}
			f := c.elementField(e, g.Key, name, label, "")
			f.optional, f.presence = m.Optional, presence
			f.slot = add(f.path, f.typ, owned(g, label))
			p.origin[f.slot] = asked
			if e.Value != "" {
				p.origin[f.slot] = computed
			}
			sec.fields = append(sec.fields, f)
			c.fields = append(c.fields, f)
		}
		p.sections = append(p.sections, sec)
	}
}

// elementField makes the field of a data element in a group (or in the form).
func (c *compiler) elementField(e *dictionary.Element, group, name string, label lang.Text, pointer string) *field {
	f := &field{
		group: group, key: name, path: group + "." + name, pointer: pointer, label: label, help: e.Help,
		schema: e.Schema, locked: e.Locked, secret: e.Sensitive, presence: -1, sources: c.sources(e),
		party: "applicant",
	}
	if g, ok := c.dict.Group(group); ok && g.Party {
		f.party = group
	}
	c.typed(f, e.Choices, pointer)
	return f
}

func (c *compiler) sources(e *dictionary.Element) []sourceRef {
	var out []sourceRef
	for _, s := range e.Sources {
		parts := strings.Split(s, ".")
		switch {
		case len(parts) == 2 && parts[0] == "resident":
			out = append(out, sourceRef{register: parts[1]})
		case len(parts) == 3 && parts[0] == "licence":
			if l, ok := c.dict.LicenceType(parts[1]); ok {
				out = append(out, sourceRef{licence: l, face: parts[2]})
			}
		}
	}
	return out
}

// typed reads a field's schema: its type, checker, format and the way it is drawn.
func (c *compiler) typed(f *field, choices []dictionary.Choice, pointer string) {
	t, ds := facts.TypeOf(f.schema, pointer)
	if pointer == "" {
		c.dictionaryFindings(ds, "element", f.path)
	} else {
		c.found.Add(ds...)
	}
	f.typ = labelled(t, choices)
	check, err := schema.Compile(f.schema)
	if err != nil {
		c.report("schema.invalid", pointer, "reason", err)
	}
	f.check = check
	var s struct {
		Format    string `json:"format"`
		MaxLength int    `json:"maxLength"`
	}
	// A schema that is not an object was reported by TypeOf already.
	_ = json.Unmarshal(f.schema, &s)
	f.format = s.Format
	for _, ch := range f.typ.Enum {
		f.choices = append(f.choices, Choice{Value: ch.Value, Label: ch.Label})
	}
	f.widget = widget(f.typ, s.Format, s.MaxLength)
}

var widgetOfFormat = map[string]string{
	"resident-id": "idcard", "division": "division", "mobile": "phone", "phone": "phone", "bank-card": "bankcard",
}

func widget(t facts.Type, format string, maxLength int) string {
	switch {
	case len(t.Enum) > 0:
		return "choice"
	case t.Kind == facts.Bool:
		return "boolean"
	case t.Kind == facts.Int && t.Money:
		return "money"
	case t.Kind == facts.Int, t.Kind == facts.Number:
		return "number"
	case t.Kind == facts.Date:
		return "date"
	case t.Kind == facts.List:
		return "list"
	}
	if w, ok := widgetOfFormat[format]; ok {
		return w
	}
	if maxLength > 100 {
		return "longtext"
	}
	return "text"
}

func (c *compiler) declareFields(add func(string, facts.Type, lang.Text) int) {
	p := c.plan
	own := []section{}
	index := map[string]int{}
	for i, s := range p.def.Sections {
		if _, twice := index[s.Key]; twice {
			c.report("plan.duplicate", diag.Pointer("/sections", i, "key"), "name", s.Key)
		}
		index[s.Key] = len(own)
		own = append(own, section{key: s.Key, title: s.Title})
	}
	for i := range p.def.Fields {
		d := &p.def.Fields[i]
		at := diag.Pointer("/fields", i)
		var f *field
		if d.Element != "" {
			e, ok := c.dict.Element(d.Element)
			if !ok {
				c.report("plan.unknown-element", at+"/element", "name", d.Element)
				continue
			}
			label := e.Label
			if !d.Label.IsZero() {
				label = d.Label
			}
			f = c.elementField(e, "form", d.Key, label, at)
			if len(d.Choices) > 0 {
				c.report("plan.repeats-dictionary", at+"/choices", "name", d.Element)
			}
		} else {
			f = &field{group: "form", key: d.Key, path: "form." + d.Key, pointer: at, label: d.Label, schema: d.Schema, presence: -1}
			choices := make([]dictionary.Choice, len(d.Choices))
			for j, ch := range d.Choices {
				choices[j] = dictionary.Choice(ch)
			}
			c.typed(f, choices, at+"/schema")
			c.choicesComplete(f, d, at)
		}
		if !d.Help.IsZero() {
			f.help = d.Help
		}
		f.optional = d.Optional
		f.slot = add(f.path, f.typ, f.label)
		p.origin[f.slot] = asked
		if d.Value != "" {
			p.origin[f.slot] = computed
		}
		at2, ok := index[d.Section]
		if !ok {
			if d.Section != "" {
				c.report("plan.unknown-section", at+"/section", "name", d.Section)
				continue
			}
			index[""] = len(own)
			at2 = len(own)
			own = append(own, section{key: "form", title: lang.Text{Zh: "申请信息", En: "Application"}})
		}
		own[at2].fields = append(own[at2].fields, f)
		c.fields = append(c.fields, f)
	}
	p.sections = append(p.sections, own...)
}

// choicesComplete holds the labels of an enumeration to its values.
func (c *compiler) choicesComplete(f *field, d *item.Field, at string) {
	for j, ch := range d.Choices {
		if !slices.ContainsFunc(f.typ.Enum, func(e facts.Choice) bool { return fmt.Sprint(e.Value) == fmt.Sprint(ch.Value) }) {
			c.report("plan.choice-not-in-schema", diag.Pointer(at, "choices", j), "value", ch.Value)
		}
	}
	for _, e := range f.typ.Enum {
		if e.Label.IsZero() {
			c.report("plan.choice-without-label", at+"/schema", "value", e.Value)
		}
	}
}

// labelled gives the values of an enumeration their labels.
func labelled(t facts.Type, choices []dictionary.Choice) facts.Type {
	if len(t.Enum) == 0 || len(choices) == 0 {
		return t
	}
	enum := slices.Clone(t.Enum)
	for i := range enum {
		for _, ch := range choices {
			if fmt.Sprint(ch.Value) == fmt.Sprint(enum[i].Value) {
				enum[i].Label = ch.Label
			}
		}
	}
	t.Enum = enum
	return t
}

var channels = []facts.Choice{
	{Value: "window", Label: lang.Text{Zh: "窗口", En: "window"}},
	{Value: "online", Label: lang.Text{Zh: "网上", En: "online"}},
	{Value: "mobile", Label: lang.Text{Zh: "手机", En: "mobile"}},
	{Value: "mail", Label: lang.Text{Zh: "邮寄", En: "mail"}},
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

func join(a, b lang.Text) lang.Text {
	return lang.Text{Zh: a.Zh + b.Zh, En: a.In(lang.En) + b.In(lang.En)}
}

// owned says whose a fact is, for sentences in which several parties may appear.
func owned(g *dictionary.Group, label lang.Text) lang.Text {
	title, name := g.Title.In(lang.En), label.In(lang.En)
	if g.Party {
		title += "'s"
	}
	return lang.Text{Zh: g.Title.Zh + label.Zh, En: title + " " + lowerFirst(name)}
}

// lowerFirst makes a label fit into a sentence, unless it begins with an abbreviation (ID number).
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:min(1, len(s))]) + s[min(1, len(s)):]
}

// spaced puts a space before the English, which joins words by spaces where Chinese does not.
func spaced(t lang.Text) lang.Text { return lang.Text{Zh: t.Zh, En: " " + t.In(lang.En)} }

// selfName finds the self of a group's own rules in the dictionary.
var selfName = regexp.MustCompile(`\bself\.`)

func inGroup(rule, group string) string { return selfName.ReplaceAllString(rule, group+".") }

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
	env, err := cond.NewEnv(space, c.lib)
	if err != nil {
		c.report("plan.bad-environment", "", "reason", err)
		return scope{}
	}
	return scope{env, formula.NewEnv(space, c.lib), phrase.New(space, c.lib).Naming(func(code string) (lang.Text, bool) {
		name := c.dict.FullName(code)
		return lang.Text{Zh: name, En: name}, name != ""
	})}
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
		f.when = c.condition(d.When, at+"/when")
		if d.Value != "" {
			f.value = c.value(d.Value, at+"/value", f.typ, "")
		}
	}
	for i, d := range p.derived {
		at := diag.Pointer("/derive", i)
		outside := c.scope
		if d.each = c.rowScope(d.of.ForEach, at+"/forEach"); d.each != nil {
			c.scope = d.each.scope
		}
		d.when = c.condition(d.of.When, at+"/when")
		round := money.Rounding(d.of.Round)
		if d.of.Value != "" {
			d.value = c.value(d.of.Value, at+"/value", d.typ, round)
			if d.value != nil {
				d.reads = d.value.Reads()
			}
		}
		if d.of.Table != nil {
			d.table = c.table(d.of.Table, at+"/table", d.typ, round)
			if d.table != nil {
				d.reads = d.table.Reads()
			}
		}
		c.scope = outside
		if d.each != nil {
			d.reads = d.each.outside(d.reads)
		}
		c.read(d.reads)
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
		one.when = c.condition(d.When, at+"/when")
		if one.rule = c.condition(d.Rule, at+"/rule"); one.rule != nil {
			one.sentence, one.clauses = c.sentences(one.rule)
		}
		p.conditions = append(p.conditions, one)
	}
	c.materials()
	for i := range p.def.Fees {
		d := &p.def.Fees[i]
		at := diag.Pointer("/fees", i)
		p.fees = append(p.fees, fee{
			of: d, pointer: at, when: c.condition(d.When, at+"/when"),
			value: c.value(d.Value, at+"/value", facts.Type{Kind: facts.Int, Money: true}, ""), legal: c.articles(d.Legal, at+"/legal"),
		})
	}
	c.routes()
	for i := range p.def.Results {
		d := &p.def.Results[i]
		at := diag.Pointer("/results", i)
		one := result{of: d, pointer: at, when: c.condition(d.When, at+"/when")}
		if d.Value != "" {
			one.value = c.value(d.Value, at+"/value", facts.Type{Kind: facts.Int, Money: true}, "")
		}
		p.results = append(p.results, one)
	}
}

func (c *compiler) groupRules() {
	for _, u := range c.groups {
		for _, m := range u.group.Elements {
			e, ok := c.dict.Element(m.Element)
			if !ok {
				continue
			}
			name := m.Key
			if name == "" {
				name = e.Key
			}
			f := c.fieldAt(u.group.Key + "." + name)
			if f == nil {
				continue
			}
			before := len(c.found)
			if m.When != "" {
				f.when = c.condition(inGroup(m.When, u.group.Key), "")
			}
			if e.Value != "" {
				f.value = c.value(inGroup(e.Value, u.group.Key), "", f.typ, "")
			}
			for i := before; i < len(c.found); i++ {
				c.found[i] = diag.New("plan.bad-dictionary", diag.Pointer("/use", c.useIndex(u.group.Key)),
					"kind", "element", "name", f.path, "reason", c.found[i].Text(lang.En))
			}
		}
	}
}

func (c *compiler) useIndex(group string) int {
	return slices.IndexFunc(c.plan.def.Use, func(s string) bool { return strings.TrimSuffix(s, "?") == group })
}

func (c *compiler) fieldAt(path string) *field {
	for _, f := range c.fields {
		if f.path == path {
			return f
		}
	}
	return nil
}

func (c *compiler) condition(text, at string) *cond.Condition {
	if text == "" || c.cond == nil {
		return nil
	}
	out, ds := c.cond.Compile(c.source(text, at))
	c.found.Add(ds...)
	if out != nil {
		c.read(out.Reads())
	}
	return out
}

func (c *compiler) value(text, at string, want facts.Type, round money.Rounding) *formula.Formula {
	if c.formula == nil {
		return nil
	}
	out, ds := c.formula.Compile(c.source(text, at), want, round)
	c.found.Add(ds...)
	if out != nil {
		c.read(out.Reads())
	}
	return out
}

// read notes what rules look at. Slots behind the item's own are facts of a row, which are read with their list.
func (c *compiler) read(slots []int) {
	for _, s := range slots {
		if s < len(c.declared) {
			c.used[s] = true
		}
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
		outside := c.scope
		if m.each = c.rowScope(d.ForEach, at+"/forEach"); m.each != nil {
			c.scope = m.each.scope
		}
		if m.when = c.condition(d.When, at+"/when"); m.when != nil {
			m.why, _ = c.sentences(m.when)
		}
		c.scope = outside
		m.legal = c.articles(d.Legal, at+"/legal")
		p.materials = append(p.materials, m)
	}
}

func (c *compiler) routes() {
	p := c.plan
	d := &p.def.Route
	p.route.jurisdiction = c.value(d.Jurisdiction, "/route/jurisdiction", facts.Type{Kind: facts.String}, "")
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
