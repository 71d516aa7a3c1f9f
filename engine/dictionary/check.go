package dictionary

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/schema"
)

// reserved are the first parts of fact paths that are no group's name.
var reserved = []string{"form", "licences", "records", "param", "case", "result", "today", "self", "row"}

// self are the facts every licence type has beside its face.
var licenceFacts = []string{"present", "number", "valid_to"}

func (l *loader) check() {
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
		l.exists(at, below, "element", rest, l.dict.elements.at)
		return
	}
	name, fact, _ := strings.Cut(rest, ".")
	t, ok := l.dict.LicenceType(name)
	if !ok {
		l.exists(at, below, "licence", name, l.dict.licences.at)
		return
	}
	if fact == "number" || fact == "valid_to" || slices.ContainsFunc(t.Face, func(f Face) bool { return f.Key == fact }) {
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
			l.exists(at, below+"/element", "element", m.Element, l.dict.elements.at)
			key := m.Name()
			if seen[key] {
				l.report(at, below, "dictionary.member-twice", "key", key, "group", g.Key)
			}
			seen[key] = true
		}
	}
}

func (l *loader) licences() {
	x := &l.dict.licences
	codes := map[string]string{}
	for i := range x.all {
		t, at := &x.all[i], x.places[i]
		l.exists(at, "/issuer", "department", t.Issuer, l.dict.departments.at)
		if other, ok := codes[t.TypeCode]; ok {
			l.report(at, "/typeCode", "dictionary.code-twice", "code", t.TypeCode, "other", other)
		}
		codes[t.TypeCode] = t.Key
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

func (l *loader) materials() {
	x := &l.dict.materials
	for i := range x.all {
		m, at := &x.all[i], x.places[i]
		for j, t := range m.Licences {
			l.exists(at, diag.Pointer("/licences", j), "licence", t, l.dict.licences.at)
		}
	}
}

func (l *loader) parameters() {
	x := &l.dict.parameters
	for i := range x.all {
		p, at := &x.all[i], x.places[i]
		decode := l.typed(at, "", p.Schema, nil)
		for j, v := range p.Series {
			below := diag.Pointer("/series", j)
			if v.To != "" && v.To < v.From {
				l.report(at, below+"/to", "dictionary.ends-before-start", "from", v.From, "to", v.To)
			}
			if j > 0 {
				switch before := p.Series[j-1]; {
				case v.From <= before.From:
					l.report(at, below+"/from", "dictionary.series-order", "from", v.From, "before", before.From)
				case before.To == "" || before.To >= v.From:
					l.report(at, below+"/from", "dictionary.series-overlap", "from", v.From, "before", before.From)
				}
			}
			if decode != nil {
				if err := decode(v.Value); err != nil {
					l.report(at, below+"/value", "dictionary.parameter-value", "value", string(v.Value), "reason", err)
				}
			}
		}
	}
}

// digits says how long the code of a division of a level is.
var digits = map[Level]int{LevelCity: 6, LevelCounty: 6, LevelStreet: 9, LevelCommunity: 12}

// within says which level contains a level.
var within = map[Level]Level{LevelCommunity: LevelStreet, LevelStreet: LevelCounty, LevelCounty: LevelCity}

func (l *loader) divisions() {
	x := &l.dict.divisions
	for i := range x.all {
		v, at := &x.all[i], x.places[i]
		if len(v.Code) != digits[v.Level] {
			l.report(at, "/code", "dictionary.code-length", "code", v.Code, "level", v.Level, "want", digits[v.Level])
		}
		if v.Parent == "" {
			if v.Level != LevelCity {
				l.report(at, "", "dictionary.no-parent", "code", v.Code, "level", v.Level)
			}
			continue
		}
		parent, ok := l.dict.Division(v.Parent)
		switch {
		case !ok:
			l.exists(at, "/parent", "division", v.Parent, l.dict.divisions.at)
		case parent.Level != within[v.Level]:
			l.report(at, "/parent", "dictionary.parent-level", "code", v.Code, "parent", v.Parent, "want", within[v.Level])
		case !strings.HasPrefix(v.Code, strings.TrimSuffix(v.Parent, "00")):
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
		codes[o.USCC] = o.Key
		if v, ok := d.Division(o.Division); !ok {
			l.exists(at, "/division", "division", o.Division, d.divisions.at)
		} else if v.Level != o.Level {
			l.report(at, "/level", "dictionary.office-level", "office", o.Key, "level", o.Level, "division", v.Level)
		}
		lines := slices.Clone(o.Departments)
		for j, p := range lines {
			l.exists(at, diag.Pointer("/departments", j), "department", p, d.departments.at)
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
				l.report(at, "", "dictionary.two-competent", "office", o.Key, "other", other.Key, "division", o.Division, "department", p)
				continue
			}
			d.seats[s] = o
		}
	}
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
				l.exists(at, below+"/department", "department", s.Department, l.dict.departments.at)
			}
			want := ActCheck
			switch j {
			case 0:
				want = ActAccept
			case last:
				want = ActDecide
			}
			if s.Act != want {
				l.report(at, below+"/act", "dictionary.act-order", "act", s.Act, "want", want)
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

// exists reports a reference to an entry that is not there.
func (l *loader) exists(at place, below, kind, key string, known map[string]int) {
	if _, ok := known[key]; !ok {
		l.report(at, below, "dictionary.dangling", "kind", kind, "key", key)
	}
}

// typed checks the schema of a fact. It returns how to check a value against it, or nil if the schema is no good.
func (l *loader) typed(at place, below string, raw json.RawMessage, choices []Choice) func(json.RawMessage) error {
	compiled, err := schema.Compile(raw)
	if err != nil {
		l.report(at, below+"/schema", "schema.invalid", "reason", err)
		return nil
	}
	return func(value json.RawMessage) error {
		var v any
		dec := json.NewDecoder(bytes.NewReader(value))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return err
		}
		if found := compiled.Check(v); found.HasErrors() {
			return errors.New(found[0].Text("zh"))
		}
		return nil
	}
}
