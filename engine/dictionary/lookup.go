package dictionary

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/calendar"
)

// Dictionary is a city's vocabulary, checked and indexed. What its accessors return is shared and must not be changed.
type Dictionary struct {
	elements    index[Element]
	groups      index[Group]
	materials   index[Material]
	licences    index[LicenceType]
	parameters  index[Parameter]
	departments index[Department]
	divisions   index[Division]
	offices     index[Office]
	routes      index[RouteTemplate]
	calendar    *calendar.Calendar
	seats       map[seat]*Office
}

// seat is what makes an office the competent one.
type seat struct {
	division   string
	level      Level
	department string // empty for the window that takes cases
}

// index keeps the entries of one kind in the order of their files, found by key.
type index[T any] struct {
	all    []T
	at     map[string]int
	places []place // where each entry stands; only while loading
}

func (x *index[T]) get(key string) (*T, bool) {
	i, ok := x.at[key]
	if !ok {
		return nil, false
	}
	return &x.all[i], true
}

// Element returns the data element with this key.
func (d *Dictionary) Element(key string) (*Element, bool) { return d.elements.get(key) }

// Elements returns every data element, in the order of the file.
func (d *Dictionary) Elements() []Element { return d.elements.all }

// Group returns the group with this key.
func (d *Dictionary) Group(key string) (*Group, bool) { return d.groups.get(key) }

// Groups returns every group, in the order of the file.
func (d *Dictionary) Groups() []Group { return d.groups.all }

// Material returns the document type with this key.
func (d *Dictionary) Material(key string) (*Material, bool) { return d.materials.get(key) }

// Materials returns every document type, in the order of the file.
func (d *Dictionary) Materials() []Material { return d.materials.all }

// LicenceType returns the licence type with this key.
func (d *Dictionary) LicenceType(key string) (*LicenceType, bool) { return d.licences.get(key) }

// LicenceTypes returns every licence type, in the order of the file.
func (d *Dictionary) LicenceTypes() []LicenceType { return d.licences.all }

// Parameter returns the parameter with this key.
func (d *Dictionary) Parameter(key string) (*Parameter, bool) { return d.parameters.get(key) }

// Parameters returns every parameter, in the order of the file.
func (d *Dictionary) Parameters() []Parameter { return d.parameters.all }

// Department returns the department with this key.
func (d *Dictionary) Department(key string) (*Department, bool) { return d.departments.get(key) }

// Departments returns every department, in the order of the file.
func (d *Dictionary) Departments() []Department { return d.departments.all }

// Division returns the division with this code.
func (d *Dictionary) Division(code string) (*Division, bool) { return d.divisions.get(code) }

// Divisions returns every division, in the order of the file: a division comes after the one it belongs to.
func (d *Dictionary) Divisions() []Division { return d.divisions.all }

// Office returns the office with this key.
func (d *Dictionary) Office(key string) (*Office, bool) { return d.offices.get(key) }

// Offices returns every office, in the order of the file.
func (d *Dictionary) Offices() []Office { return d.offices.all }

// Route returns the route template with this key.
func (d *Dictionary) Route(key string) (*RouteTemplate, bool) { return d.routes.get(key) }

// Routes returns every route template, in the order of the file.
func (d *Dictionary) Routes() []RouteTemplate { return d.routes.all }

// Calendar returns the calendar by which the city counts working days.
func (d *Dictionary) Calendar() *calendar.Calendar { return d.calendar }

// Ancestors returns the divisions that contain the one with this code, nearest first, without itself. An unknown code has
// none.
func (d *Dictionary) Ancestors(code string) []*Division {
	var up []*Division
	v, ok := d.Division(code)
	for ok && v.Parent != "" {
		if v, ok = d.Division(v.Parent); ok {
			up = append(up, v)
		}
	}
	return up
}

// Remedies returns the bodies to which somebody turns who disagrees with an office: those of its division, or of the nearest
// around it that names them. They are empty where none does.
func (d *Dictionary) Remedies(office string) (review, court string) {
	o, ok := d.Office(office)
	if !ok {
		return "", ""
	}
	own, ok := d.Division(o.Division)
	if !ok {
		return "", ""
	}
	for _, v := range append([]*Division{own}, d.Ancestors(o.Division)...) {
		if review == "" {
			review = v.Review
		}
		if court == "" {
			court = v.Court
		}
	}
	return review, court
}

// FullName writes a division with everything that contains it: 攀枝花市仁和区仁和镇. It is empty for an unknown code.
func (d *Dictionary) FullName(code string) string {
	v, ok := d.Division(code)
	if !ok {
		return ""
	}
	parts := []string{v.Name}
	for _, a := range d.Ancestors(code) {
		parts = append(parts, a.Name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

// Competent returns the office of a level that has jurisdiction over a division for a department: the one that serves the
// division itself or the nearest division around it. For the department "" it is the window that takes cases there. There
// is at most one, because Load refuses a dictionary in which two offices claim the same.
func (d *Dictionary) Competent(division string, level Level, department string) (*Office, bool) {
	if o, ok := d.seats[seat{division, level, department}]; ok {
		return o, true
	}
	for _, a := range d.Ancestors(division) {
		if o, ok := d.seats[seat{a.Code, level, department}]; ok {
			return o, true
		}
	}
	return nil, false
}

// Index returns the position in Series of the value in force on a date (YYYY-MM-DD), or false before the first, after the
// last and in a gap between two.
func (p *Parameter) Index(date string) (int, bool) {
	// The series is in order and without overlaps: Load made sure. Dates of this form compare as text.
	i, found := slices.BinarySearchFunc(p.Series, date, func(v Dated, on string) int { return strings.Compare(v.From, on) })
	if !found {
		i--
	}
	if i < 0 || p.Series[i].To != "" && p.Series[i].To < date {
		return 0, false
	}
	return i, true
}

// At returns the value in force on a date, as Index finds it.
func (p *Parameter) At(date string) (Dated, bool) {
	i, ok := p.Index(date)
	if !ok {
		return Dated{}, false
	}
	return p.Series[i], true
}
