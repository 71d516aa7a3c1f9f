package dictionary

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io/fs"
	"regexp"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/schema"
	"github.com/tongban/tongban/rules/source"
)

// SchemaJSON is dictionary.schema.json: the JSON Schema of a dictionary file, for editors and for this package.
//
//go:embed dictionary.schema.json
var SchemaJSON []byte

var fileSchema = schema.MustCompile(SchemaJSON)

// file is one dictionary file. A dictionary is a folder of them; how entries are spread over files does not matter.
type file struct {
	City        *city           `json:"city"`
	Elements    []Element       `json:"elements"`
	Groups      []Group         `json:"groups"`
	Materials   []Material      `json:"materials"`
	Licences    []LicenceType   `json:"licences"`
	Parameters  []Parameter     `json:"parameters"`
	Departments []Department    `json:"departments"`
	Divisions   []Division      `json:"divisions"`
	Offices     []Office        `json:"offices"`
	Routes      []RouteTemplate `json:"routes"`
	Calendar    []notice        `json:"calendar"`
}

// city is what a city outside China says of itself: its divisions have codes of their own, and its offices need no unified
// social credit code.
type city struct {
	DivisionCode string `json:"divisionCode"` // pattern of the codes of divisions, whole
}

// notice fixes one year's days off and make-up working days.
type notice struct {
	Year     int             `json:"year"`
	Document string          `json:"document"`
	Off      []calendar.Date `json:"off"`
	Work     []calendar.Date `json:"work"`
}

// place is where an entry stands.
type place struct {
	doc     *source.Document
	pointer string
}

// Load reads every *.json file at the root of fsys, checks each by itself and then all of them together, and returns the
// dictionary. When the list has errors the dictionary is nil; warnings alone do not keep it from being used.
func Load(fsys fs.FS) (*Dictionary, diag.List) {
	l := &loader{dict: &Dictionary{}}
	names, err := fs.Glob(fsys, "*.json")
	if err != nil || len(names) == 0 {
		return nil, diag.List{diag.New("dictionary.empty", "")}
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			f := diag.New("dictionary.unreadable", "", "reason", err)
			f.File = name
			l.found.Add(f)
			continue
		}
		l.read(name, raw)
	}
	// What is missing from a broken file would only give false alarms in the others.
	if !l.found.HasErrors() {
		l.index()
		l.check()
	}
	if l.found.HasErrors() {
		return nil, l.found.Sorted()
	}
	l.dict.forgetPlaces()
	return l.dict, l.found.Sorted()
}

type loader struct {
	dict    *Dictionary
	notices index[notice]
	city    *city // nil in China
	cityAt  place
	codes   *regexp.Regexp // of the city's divisions
	found   diag.List
}

// read checks one file by the schema and adds its entries to those read so far.
func (l *loader) read(name string, raw []byte) {
	doc, found := source.Parse(raw, name)
	if doc == nil {
		l.found.Add(found...)
		return
	}
	for _, f := range fileSchema.Check(doc.Root()) {
		if f.Code == "schema.unknown-property" {
			f.Line, f.Col = doc.Key(f.Path)
		}
		found.Add(doc.Locate(f))
	}
	var one file
	if !found.HasErrors() {
		if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), &one); err != nil {
			// The schema admits only what the struct can hold.
			found.Add(doc.Locate(diag.New("dictionary.undecodable", "", "reason", err)))
		}
	}
	l.found.Add(found...)
	if found.HasErrors() {
		return
	}
	if one.City != nil {
		if l.city != nil {
			line, _ := l.cityAt.doc.At(l.cityAt.pointer)
			l.report(place{doc, "/city"}, "", "dictionary.duplicate", "kind", aCity, "key", "city", "file", l.cityAt.doc.File(), "line", line)
			return
		}
		l.city, l.cityAt = one.City, place{doc, "/city"}
	}
	d := l.dict
	d.elements.adopt(doc, "/elements", one.Elements)
	d.groups.adopt(doc, "/groups", one.Groups)
	d.materials.adopt(doc, "/materials", one.Materials)
	d.licences.adopt(doc, "/licences", one.Licences)
	d.parameters.adopt(doc, "/parameters", one.Parameters)
	d.departments.adopt(doc, "/departments", one.Departments)
	d.divisions.adopt(doc, "/divisions", one.Divisions)
	d.offices.adopt(doc, "/offices", one.Offices)
	d.routes.adopt(doc, "/routes", one.Routes)
	l.notices.adopt(doc, "/calendar", one.Calendar)
}

func (x *index[T]) adopt(doc *source.Document, list string, entries []T) {
	x.all = append(x.all, entries...)
	for i := range entries {
		x.places = append(x.places, place{doc, diag.Pointer(list, i)})
	}
}

func (l *loader) index() {
	d := l.dict
	l.keys(anElement, d.elements.build(func(e *Element) string { return e.Key }), "key")
	l.keys(aGroup, d.groups.build(func(g *Group) string { return g.Key }), "key")
	l.keys(aMaterial, d.materials.build(func(m *Material) string { return m.Key }), "key")
	l.keys(aLicence, d.licences.build(func(t *LicenceType) string { return t.Key }), "key")
	l.keys(aParameter, d.parameters.build(func(p *Parameter) string { return p.Key }), "key")
	l.keys(aDepartment, d.departments.build(func(p *Department) string { return p.Key }), "key")
	l.keys(aDivision, d.divisions.build(func(v *Division) string { return v.Code }), "code")
	l.keys(anOffice, d.offices.build(func(o *Office) string { return o.Key }), "key")
	l.keys(aRoute, d.routes.build(func(r *RouteTemplate) string { return r.Key }), "key")
}

// twice is an entry whose key another entry has already.
type twice struct {
	key           string
	first, second place
}

func (x *index[T]) build(key func(*T) string) []twice {
	x.at = make(map[string]int, len(x.all))
	var again []twice
	for i := range x.all {
		k := key(&x.all[i])
		if first, ok := x.at[k]; ok {
			again = append(again, twice{k, x.places[first], x.places[i]})
			continue
		}
		x.at[k] = i
	}
	return again
}

func (l *loader) keys(kind lang.Text, again []twice, name string) {
	for _, t := range again {
		line, _ := t.first.doc.At(t.first.pointer)
		l.report(t.second, diag.Pointer("", name), "dictionary.duplicate", "kind", kind, "key", t.key,
			"file", t.first.doc.File(), "line", line)
	}
}

// report adds an error at a pointer below an entry.
func (l *loader) report(at place, below, code string, args ...any) {
	l.found.Add(at.doc.Locate(diag.New(code, at.pointer+below, args...)))
}

// warn adds a warning there.
func (l *loader) warn(at place, below, code string, args ...any) {
	l.found.Add(at.doc.Locate(diag.New(code, at.pointer+below, args...).As(diag.Warning)))
}

func (d *Dictionary) forgetPlaces() {
	d.elements.places, d.groups.places, d.materials.places, d.licences.places = nil, nil, nil, nil
	d.parameters.places, d.departments.places, d.divisions.places = nil, nil, nil
	d.offices.places, d.routes.places = nil, nil
}
