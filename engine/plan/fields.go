package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/schema"
)

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
			if len(m.Sources) > 0 {
				f.sources, f.locked = c.city.sources(m.Sources), m.Locked
			}
			if !m.Help.IsZero() {
				f.help = m.Help
			}
			f.optional, f.presence = m.Optional, presence
			f.slot = add(f.path, f.typ, owned(g, label))
			sec.fields = append(sec.fields, f)
			c.fields = append(c.fields, f)
		}
		p.sections = append(p.sections, sec)
	}
}

// elementField makes the field of a data element in a group (or in the form).
func (c *compiler) elementField(e *dictionary.Element, group, name string, label lang.Text, pointer string) *field {
	f := c.city.elements[e.Key]
	f.group, f.key, f.path, f.pointer, f.label, f.party = group, name, group+"."+name, pointer, label, "applicant"
	if g, ok := c.dict.Group(group); ok && g.Party {
		f.party = group
	}
	return &f
}

// typed reads a field's schema: its type, checker, format and the way it is drawn.
func (f *field) typed(choices []dictionary.Choice, pointer string) diag.List {
	t, found := facts.TypeOf(f.schema, pointer)
	f.typ = labelled(t, choices)
	check, bad := schema.Compile(f.schema)
	for _, d := range bad {
		d.Path = pointer + d.Path
		found.Add(d)
	}
	f.check = check
	f.shape = shapeOf(f.schema, &t)
	f.choices = labelledChoices(f.typ)
	f.widget = widget(f.typ, f.shape.format, f.shape.longer)
	f.listed = f.described()
	return found
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
		f := c.ownField(d, "form", at)
		if f == nil {
			continue
		}
		f.slot = add(f.path, f.typ, f.label)
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

// ownField makes a field of the item, or a column of one.
func (c *compiler) ownField(d *item.Field, group, at string) *field {
	var f *field
	switch {
	case d.Element != "":
		e, ok := c.dict.Element(d.Element)
		if !ok {
			c.report("plan.unknown-element", at+"/element", "name", d.Element)
			return nil
		}
		label := e.Label
		if !d.Label.IsZero() {
			label = d.Label
		}
		f = c.elementField(e, group, d.Key, label, at)
		if group == "row" {
			f.valueText = inGroup(e.Value, group)
		}
		if len(d.Choices) > 0 {
			c.report("plan.repeats-dictionary", at+"/choices", "name", d.Element)
		}
	default:
		f = &field{group: group, key: d.Key, path: group + "." + d.Key, pointer: at, label: d.Label, schema: d.Schema, presence: -1}
		if len(d.Columns) > 0 {
			c.columnsField(f, d, at)
			break
		}
		if d.ChoicesOf != "" {
			if !c.offered(f, d.ChoicesOf, at) {
				return nil
			}
			break
		}
		choices := make([]dictionary.Choice, len(d.Choices))
		for j, ch := range d.Choices {
			choices[j] = dictionary.Choice(ch)
		}
		c.found.Add(f.typed(choices, at+"/schema")...)
		c.choicesComplete(f, d, at)
	}
	if !d.Help.IsZero() {
		f.help = d.Help
	}
	if d.Value != "" {
		f.valueText = d.Value
	}
	c.measured(&f.typ, d.Unit, at)
	f.whenText, f.optional = d.When, d.Optional
	return f
}

// offered makes the choices of a field from the key of a parameter.
func (c *compiler) offered(f *field, name, at string) bool {
	i := slices.IndexFunc(c.plan.parameters, func(q parameter) bool { return q.of.Key == name })
	if i < 0 {
		c.report("plan.unknown-parameter", at+"/choicesOf", "name", name)
		return false
	}
	q := &c.plan.parameters[i]
	if len(q.of.By) != 1 || q.of.By[0].Division {
		c.report("plan.no-choices", at+"/choicesOf", "name", name)
		return false
	}
	f.offer, f.schema = q, q.of.By[0].Schema
	c.found.Add(f.typed(q.of.By[0].Choices, at+"/choicesOf")...)
	if len(f.typ.Enum) == 0 {
		c.report("plan.no-choices", at+"/choicesOf", "name", name)
		return false
	}
	c.called["param_"+name] = true
	return true
}

// offers are the choices and the schema of a field: of one whose choices are a parameter's, those with a value on the day of
// the evaluation, each shown with it.
func (e *evaluation) offers(f *field) ([]Choice, json.RawMessage) {
	if f.offer == nil {
		return f.choices, f.schema
	}
	day, _ := e.values.Get(e.plan.today).(time.Time)
	out := []Choice{}
	values := []any{}
	for _, ch := range f.choices {
		if d, ok := f.offer.inherited(e.plan.dict, e.ledger, day, []string{keyText(ch.Value)}, 0); ok {
			value := f.offer.typ.Text(d.value)
			ch.Label = lang.Text{Zh: ch.Label.Zh + "（" + value.Zh + "）", En: ch.Label.In(lang.En) + " (" + value.In(lang.En) + ")"}
			out, values = append(out, ch), append(values, ch.Value)
		}
	}
	var keywords map[string]any
	if len(values) == 0 || json.Unmarshal(f.schema, &keywords) != nil {
		return out, f.schema // an enum of nothing is no schema
	}
	keywords["enum"] = values
	schema, err := json.Marshal(keywords)
	if err != nil {
		return out, f.schema // it came from JSON
	}
	return out, schema
}

// offered reports whether a value is among the choices in force.
func (e *evaluation) offered(f *field, val any) bool {
	if f.offer == nil {
		return true
	}
	day, _ := e.values.Get(e.plan.today).(time.Time)
	_, ok := f.offer.inherited(e.plan.dict, e.ledger, day, []string{keyText(val)}, 0)
	return ok
}

// choicesComplete holds the labels of an enumeration to its values.
func (c *compiler) choicesComplete(f *field, d *item.Field, at string) {
	enum := f.typ.Enum
	if f.typ.Kind == facts.List && f.typ.Elem != nil {
		enum = f.typ.Elem.Enum
	}
	for j, ch := range d.Choices {
		if !slices.ContainsFunc(enum, func(e facts.Choice) bool { return fmt.Sprint(e.Value) == fmt.Sprint(ch.Value) }) {
			c.report("plan.choice-not-in-schema", diag.Pointer(at, "choices", j), "value", ch.Value)
		}
	}
	for _, e := range enum {
		if e.Label.IsZero() {
			c.report("plan.choice-without-label", at+"/schema", "value", e.Value)
		}
	}
}

// labelled gives the values of an enumeration their labels.
func labelled(t facts.Type, choices []dictionary.Choice) facts.Type {
	if t.Kind == facts.List && t.Elem != nil {
		elem := labelled(*t.Elem, choices)
		t.Elem = &elem
		return t
	}
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

// selfName finds the self of a group's own rules in the dictionary.
var selfName = regexp.MustCompile(`\bself\.`)

func inGroup(rule, group string) string { return selfName.ReplaceAllString(rule, group+".") }

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
