package dictionary

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/schema"
)

// reserved are the first parts of fact paths, and the names beside groups in what an example states, that are no group's name.
var reserved = []string{"form", "licences", "records", "param", "case", "result", "today", "self", "row", "registers", "people", "provided", "final"}

// licenceFacts are the facts every licence type has beside its face.
var licenceFacts = []string{"present", "number", "valid_to"} // the first is no source

func (l *loader) check() {
	if l.city != nil {
		var err error
		if l.codes, err = regexp.Compile("^(?:" + l.city.DivisionCode + ")$"); err != nil {
			l.report(l.cityAt, "/divisionCode", "dictionary.code-pattern", "pattern", l.city.DivisionCode, "reason", err)
			return
		}
	}
	l.elements()
	l.groups()
	l.licences()
	l.materials()
	l.parameters()
	l.divisions()
	l.offices()
	l.routes()
	l.calendar()
}

func (l *loader) elements() {
	x := &l.dict.elements
	for i := range x.all {
		e, at := &x.all[i], x.places[i]
		l.typed(at, "", e.Schema, e.Choices)
		if e.Value != "" && len(e.Sources) > 0 {
			l.report(at, "/sources", "dictionary.computed-with-sources", "key", e.Key)
		}
		for j, s := range e.Sources {
			l.source(at, diag.Pointer("/sources", j), s)
		}
	}
}

// source checks one source of an element: "resident.<element>" or "licence.<type>.<face key>".
func (l *loader) source(at place, below, s string) {
	kind, rest, _ := strings.Cut(s, ".")
	if kind == "resident" {
		l.exists(at, below, anElement, rest, l.dict.elements.at)
		return
	}
	name, fact, _ := strings.Cut(rest, ".")
	t, ok := l.dict.LicenceType(name)
	if !ok {
		l.exists(at, below, aLicence, name, l.dict.licences.at)
		return
	}
	if slices.Contains(licenceFacts[1:], fact) || slices.ContainsFunc(t.Face, func(f Face) bool { return f.Key == fact }) {
		return
	}
	l.report(at, below, "dictionary.no-face", "licence", name, "key", fact)
}

func (l *loader) groups() {
	x := &l.dict.groups
	for i := range x.all {
		g, at := &x.all[i], x.places[i]
		if slices.Contains(reserved, g.Key) {
			l.report(at, "/key", "dictionary.reserved", "key", g.Key)
		}
		seen := map[string]bool{"present": true}
		for j, m := range g.Elements {
			below := diag.Pointer("/elements", j)
			l.exists(at, below+"/element", anElement, m.Element, l.dict.elements.at)
			key := m.Name()
			if seen[key] {
				l.report(at, below, "dictionary.member-twice", "key", key, "group", g.Key)
			}
			seen[key] = true
			for n, source := range m.Sources {
				l.source(at, diag.Pointer(below, "sources", n), source)
			}
		}
	}
}

func (l *loader) licences() {
	x := &l.dict.licences
	codes := map[string]string{}
	for i := range x.all {
		t, at := &x.all[i], x.places[i]
		l.exists(at, "/issuer", aDepartment, t.Issuer, l.dict.departments.at)
		if other, ok := codes[t.TypeCode]; ok {
			l.report(at, "/typeCode", "dictionary.code-twice", "code", t.TypeCode, "other", other)
		}
		codes[t.TypeCode] = t.Key
		if body := t.TypeCode[:usccLength]; !validUSCC(body) {
			l.report(at, "/typeCode", "dictionary.bad-uscc", "code", body)
		}
		seen := map[string]bool{}
		for _, name := range licenceFacts {
			seen[name] = true
		}
		for j, f := range t.Face {
			below := diag.Pointer("/face", j)
			if seen[f.Key] {
				l.report(at, below+"/key", "dictionary.member-twice", "key", f.Key, "group", t.Key)
			}
			seen[f.Key] = true
			l.typed(at, below, f.Schema, f.Choices)
		}
	}
}

// usccLength is that of a unified social credit code; a licence type's code begins with one.
const usccLength = 18

func validUSCC(code string) bool {
	_, err := ident.ParseUSCC(code)
	return err == nil
}

func (l *loader) materials() {
	x := &l.dict.materials
	for i := range x.all {
		m, at := &x.all[i], x.places[i]
		for j, t := range m.Licences {
			l.exists(at, diag.Pointer("/licences", j), aLicence, t, l.dict.licences.at)
		}
		if m.Source == "government" && m.Issuer.IsZero() {
			l.warn(at, "/source", "dictionary.material-without-issuer", "name", m.Name)
		}
		if m.Kind == "form" && !m.FromForm && m.Blank.IsZero() {
			l.warn(at, "/kind", "dictionary.form-without-blank", "name", m.Name)
		}
		if t := l.licenceNamed(m.Name.Zh); t != nil && !slices.Contains(m.Licences, t.Key) {
			l.warn(at, "/name", "dictionary.material-is-licence", "name", m.Name, "licence", t.Key, "item", t.Item)
		}
	}
}

// copies are what a document's name says of the paper and not of the document.
var copies = strings.NewReplacer("（", "", "）", "", "复印件", "", "原件", "", "正本", "", "副本", "", "扫描件", "")

// licenceNamed finds the licence type that a document's name is, if the library keeps it: its holder is not asked for the paper.
func (l *loader) licenceNamed(name string) *LicenceType {
	for i := range l.dict.licences.all {
		if t := &l.dict.licences.all[i]; t.Name.Zh == copies.Replace(name) {
			return t
		}
	}
	return nil
}

func (l *loader) parameters() {
	x := &l.dict.parameters
	for i := range x.all {
		p, at := &x.all[i], x.places[i]
		check := l.typed(at, "", p.Schema, p.Choices)
		keys := l.parameterKeys(p, at)
		last := map[string]*Dated{} // by combination of keys
		for j := range p.Series {
			v := &p.Series[j]
			below := diag.Pointer("/series", j)
			l.keyed(p, v, keys, at, below)
			combination := strings.Join(v.Keys, "\x00")
			if v.To != "" && v.To < v.From {
				l.report(at, below+"/to", "dictionary.ends-before-start", "from", v.From, "to", v.To)
			}
			if before, ok := last[combination]; ok {
				switch {
				case v.From <= before.From:
					l.report(at, below+"/from", "dictionary.series-order", "from", v.From, "before", before.From)
				case before.To >= v.From: // one without an end lasts until the next
					l.report(at, below+"/from", "dictionary.series-overlap", "from", v.From, "before", before.From)
				}
			}
			last[combination] = v
			if check != nil {
				for _, f := range check(v.Value) {
					f.Path = at.pointer + below + "/value" + f.Path
					l.found.Add(at.doc.Locate(f))
				}
			}
		}
	}
}

// parameterKeys checks what a parameter is keyed by, and returns for each key what its texts must be; nil where that is a
// division.
func (l *loader) parameterKeys(p *Parameter, at place) []func(json.RawMessage) diag.List {
	keys := make([]func(json.RawMessage) diag.List, len(p.By))
	for j, k := range p.By {
		below := diag.Pointer("/by", j)
		if k.Division == (len(k.Schema) > 0) {
			l.report(at, below, "dictionary.parameter-key", "name", k.Key)
		}
		if !k.Division && len(k.Schema) > 0 {
			keys[j] = l.typed(at, below, k.Schema, k.Choices)
		}
	}
	return keys
}

// keyed holds the keys of a value to those of its parameter.
func (l *loader) keyed(p *Parameter, v *Dated, keys []func(json.RawMessage) diag.List, at place, below string) {
	if len(v.Keys) != len(p.By) {
		l.report(at, below, "dictionary.parameter-keys", "name", p.Key, "want", len(p.By), "found", len(v.Keys))
		return
	}
	for j, k := range v.Keys {
		where := diag.Pointer(below, "keys", j)
		least, any, open := p.By[j].Open(k)
		if any {
			continue
		}
		if open {
			k = strconv.FormatInt(least, 10)
		}
		if p.By[j].Division {
			l.exists(at, where, aDivision, k, l.dict.divisions.at)
			continue
		}
		if keys[j] == nil {
			continue
		}
		raw := json.RawMessage(k) // a number or a boolean as it is written
		if t, _ := facts.TypeOf(p.By[j].Schema, ""); t.Kind == facts.String {
			raw = json.RawMessage(strconv.Quote(k))
		}
		for _, f := range keys[j](raw) {
			f.Path = at.pointer + where
			l.found.Add(at.doc.Locate(f))
		}
	}
}

// How the codes of divisions (GB/T 2260 and the streets and communities within) and the numbers of offices look in China.
var (
	gbt2260  = regexp.MustCompile(`^([0-9]{6}|[0-9]{9}|[0-9]{12})$`)
	landline = regexp.MustCompile(`^0[0-9]{2,3}-[0-9]{7,8}$`)
)

// digits says how long the code of a division of a level is.
var digits = map[Level]int{LevelCity: 6, LevelCounty: 6, LevelStreet: 9, LevelCommunity: 12}

// within says which level contains a level.
var within = map[Level]Level{LevelCommunity: LevelStreet, LevelStreet: LevelCounty, LevelCounty: LevelCity}

func (l *loader) divisions() {
	x := &l.dict.divisions
	for i := range x.all {
		v, at := &x.all[i], x.places[i]
		switch {
		case l.city != nil:
			if !l.codes.MatchString(v.Code) {
				l.report(at, "/code", "dictionary.code-form", "code", v.Code, "want", l.city.DivisionCode)
			}
		case !gbt2260.MatchString(v.Code):
			l.report(at, "/code", "dictionary.code-form", "code", v.Code, "want", gbt2260)
		case len(v.Code) != digits[v.Level]:
			l.report(at, "/code", "dictionary.code-length", "code", v.Code, "level", levelNames[v.Level], "want", digits[v.Level])
		}
		if v.Parent == "" {
			if v.Level != LevelCity {
				l.report(at, "", "dictionary.no-parent", "code", v.Code, "level", levelNames[v.Level])
			}
			continue
		}
		parent, ok := l.dict.Division(v.Parent)
		switch {
		case !ok:
			l.exists(at, "/parent", aDivision, v.Parent, l.dict.divisions.at)
		case parent.Level != within[v.Level]:
			l.report(at, "/parent", "dictionary.parent-level", "code", v.Code, "parent", v.Parent, "want", levelNames[within[v.Level]])
		case l.city == nil && !strings.HasPrefix(v.Code, strings.TrimSuffix(v.Parent, "00")):
			l.report(at, "/code", "dictionary.parent-code", "code", v.Code, "parent", v.Parent)
		}
	}
}

func (l *loader) offices() {
	x, d := &l.dict.offices, l.dict
	d.seats = map[seat]*Office{}
	codes := map[string]string{}
	for i := range x.all {
		o, at := &x.all[i], x.places[i]
		if other, ok := codes[o.USCC]; ok {
			l.report(at, "/uscc", "dictionary.code-twice", "code", o.USCC, "other", other)
		}
		switch {
		case o.USCC != "":
			if codes[o.USCC] = o.Key; !validUSCC(o.USCC) {
				l.report(at, "/uscc", "dictionary.bad-uscc", "code", o.USCC)
			}
		case l.city == nil:
			l.report(at, "/uscc", "schema.required", "name", "uscc")
		}
		if l.city == nil && o.Phone != "" && !landline.MatchString(o.Phone) {
			l.report(at, "/phone", "dictionary.phone", "phone", o.Phone)
		}
		if v, ok := d.Division(o.Division); !ok {
			l.exists(at, "/division", aDivision, o.Division, d.divisions.at)
		} else if v.Level != o.Level {
			l.report(at, "/level", "dictionary.office-level", "office", o.Key, "level", levelNames[o.Level], "division", levelNames[v.Level])
		}
		lines := slices.Clone(o.Departments)
		for j, p := range lines {
			l.exists(at, diag.Pointer("/departments", j), aDepartment, p, d.departments.at)
		}
		if o.Window {
			lines = append(lines, "")
		}
		if len(lines) == 0 {
			l.report(at, "", "dictionary.office-idle", "office", o.Key)
		}
		for _, p := range lines {
			s := seat{o.Division, o.Level, p}
			if other, ok := d.seats[s]; ok {
				l.report(at, "", "dictionary.two-competent", "office", o.Key, "other", other.Key, "division", o.Division, "department", l.departmentName(p))
				continue
			}
			d.seats[s] = o
		}
	}
	// Decisions name whom to turn to. One office that cannot shows the rest.
	for i := range x.all {
		o, at := &x.all[i], x.places[i]
		if review, court := d.Remedies(o.Key); l.city == nil && len(o.Departments) > 0 && (review == "" || court == "") {
			l.found.Add(at.doc.Locate(diag.New("dictionary.no-remedies", at.pointer+"/division", "office", o.Name, "division", o.Division).As(diag.Hint)))
			return
		}
	}
}

func (l *loader) departmentName(key string) lang.Text {
	if p, ok := l.dict.Department(key); ok {
		return p.Name
	}
	return lang.Text{Zh: "窗口收件", En: "the window"}
}

func (l *loader) routes() {
	x := &l.dict.routes
	for i := range x.all {
		r, at := &x.all[i], x.places[i]
		seen := map[string]bool{}
		last := len(r.Stages) - 1
		for j, s := range r.Stages {
			below := diag.Pointer("/stages", j)
			if seen[s.Key] {
				l.report(at, below+"/key", "dictionary.member-twice", "key", s.Key, "group", r.Key)
			}
			seen[s.Key] = true
			if s.Department != "" && s.Department != Authority {
				l.exists(at, below+"/department", aDepartment, s.Department, l.dict.departments.at)
			}
			want := ActCheck
			switch j {
			case 0:
				want = ActAccept
			case last:
				want = ActDecide
			}
			if s.Act != want {
				l.report(at, below+"/act", "dictionary.act-order", "act", actNames[s.Act], "want", actNames[want])
			}
		}
	}
}

func (l *loader) calendar() {
	years := make([]calendar.Year, len(l.notices.all))
	for i, n := range l.notices.all {
		years[i] = calendar.Year{Year: n.Year, Version: n.Document, Off: n.Off, Work: n.Work}
	}
	cal, err := calendar.New(years)
	if err == nil {
		l.dict.calendar = cal
		return
	}
	var bad *calendar.NoticeError
	if errors.As(err, &bad) {
		for i, n := range l.notices.all {
			if n.Year == bad.Year {
				l.report(l.notices.places[i], "", bad.Code(), pairs(bad.Args())...)
				return
			}
		}
	}
	l.found.Add(diag.New("dictionary.calendar", "", "reason", err))
}

func pairs(args map[string]string) []any {
	var out []any
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}

// Kinds of entries, as findings name them.
var (
	anElement   = lang.Text{Zh: "数据元", En: "element"}
	aCity       = lang.Text{Zh: "城市设置", En: "settings of the city"}
	aGroup      = lang.Text{Zh: "信息组", En: "group"}
	aMaterial   = lang.Text{Zh: "材料", En: "material"}
	aLicence    = lang.Text{Zh: "证照类型", En: "licence type"}
	aParameter  = lang.Text{Zh: "参数", En: "parameter"}
	aDepartment = lang.Text{Zh: "部门", En: "department"}
	aDivision   = lang.Text{Zh: "区划", En: "division"}
	anOffice    = lang.Text{Zh: "机构", En: "office"}
	aRoute      = lang.Text{Zh: "流程", En: "route"}
	levelNames  = map[Level]lang.Text{
		LevelCommunity: {Zh: "村（社区）", En: "community"}, LevelStreet: {Zh: "乡镇（街道）", En: "street"},
		LevelCounty: {Zh: "县（区）", En: "county"}, LevelCity: {Zh: "市", En: "city"},
	}
	actNames = map[Act]lang.Text{
		ActAccept: {Zh: "受理", En: "accept"}, ActCheck: {Zh: "审核", En: "check"}, ActDecide: {Zh: "决定", En: "decide"},
	}
)

// exists reports a reference to an entry that is not there.
func (l *loader) exists(at place, below string, kind lang.Text, key string, known map[string]int) {
	if _, ok := known[key]; !ok {
		l.report(at, below, "dictionary.dangling", "kind", kind, "key", key)
	}
}

// typed checks the schema of a fact and the labels of its values. It returns the check of a value against them, or nil if
// the schema is no good.
func (l *loader) typed(at place, below string, raw json.RawMessage, choices []Choice) func(json.RawMessage) diag.List {
	pointer := at.pointer + below + "/schema"
	t, found := facts.TypeOf(raw, pointer)
	compiled, bad := schema.Compile(raw)
	if !found.HasErrors() {
		for _, d := range bad {
			d.Path = pointer + d.Path
			found.Add(d)
		}
	}
	for _, f := range found {
		l.found.Add(at.doc.Locate(f))
	}
	if found.HasErrors() {
		return nil
	}
	l.choices(at, below, t, choices)
	return func(value json.RawMessage) diag.List {
		if _, err := t.Decode(value); err != nil {
			var bad *facts.DecodeError
			if errors.As(err, &bad) {
				return diag.List{bad.Diagnostic("")}
			}
		}
		var plain any
		dec := json.NewDecoder(bytes.NewReader(value))
		dec.UseNumber()
		if err := dec.Decode(&plain); err != nil {
			return diag.List{diag.New("schema.not-checkable", "")}
		}
		return compiled.Check(plain)
	}
}

// choices holds the labels of an enumeration to its values: each value has one label, and nothing else has.
func (l *loader) choices(at place, below string, t facts.Type, choices []Choice) {
	labelled := make([]bool, len(t.Enum))
	for i, c := range choices {
		raw, err := json.Marshal(c.Value)
		if err != nil {
			continue // it came from JSON
		}
		value, err := t.Decode(raw)
		k := slices.IndexFunc(t.Enum, func(e facts.Choice) bool { return facts.Equal(e.Value, value) })
		if err != nil || k < 0 || labelled[k] {
			l.report(at, diag.Pointer(below+"/choices", i, "value"), "dictionary.choice", "value", c.Value)
			continue
		}
		labelled[k] = true
	}
	for k, ok := range labelled {
		if !ok {
			l.report(at, diag.Pointer(below+"/schema/enum", k), "dictionary.no-label", "value", t.Enum[k].Value)
		}
	}
}
