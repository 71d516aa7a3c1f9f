package plan

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
)

// shape is what a schema says beyond the type, as far as it can be held against a value without the validator: nearly every
// answer is right, and then fits says so. It never says what is wrong.
type shape struct {
	format  string
	exact   bool     // the schema says nothing but what the type and this shape say
	least   any      // a Number, or nil
	most    any      // a Number, or nil
	shorter int      // no text or list is shorter,
	longer  int      // or longer than this; -1 is without limit
	items   *shape   // of a list
	members []*shape // of a row, by slot
	needed  []int    // slots of the members that must be there
}

// ofType are the keywords that a type already stands for, and those that only people read.
var ofType = []string{"type", "enum", "format", "title", "description", "$comment", "x-label"}

// ofKind are the keywords that a shape reads of a kind.
var ofKind = map[facts.Kind][]string{
	facts.Int: {"minimum", "maximum"}, facts.Number: {"minimum", "maximum"}, facts.String: {"minLength", "maxLength"},
	facts.List: {"items", "minItems", "maxItems"}, facts.Row: {"properties", "required", "additionalProperties"},
}

// shapeOf reads a schema whose type is t. A schema that is not an object was reported with its type.
func shapeOf(raw json.RawMessage, t *facts.Type) *shape {
	s := &shape{exact: true, longer: -1}
	keywords := map[string]facts.JSON{}
	read := func(name string, into any) {
		if value := keywords[name]; value != nil && json.Unmarshal(value, into) != nil {
			s.exact = false
		}
	}
	if text, ok := facts.Check(raw); ok && text.IsObject() {
		maps.Insert(keywords, text.Members())
	} else {
		s.exact = false
	}
	for name, value := range keywords {
		switch {
		case slices.Contains(ofType, name), slices.Contains(ofKind[t.Kind], name):
		case name == "oneOf" && keywords["enum"] == nil && choices(value, len(t.Enum)):
		default:
			s.exact = false
		}
	}
	read("format", &s.format)
	if _, ours := formats[s.format]; s.format != "" && s.format != "date" && s.format != "money" && !ours {
		s.exact = false // the validator has formats of its own
	}
	switch t.Kind {
	case facts.Int, facts.Number:
		s.least, s.most = s.bound(keywords["minimum"]), s.bound(keywords["maximum"])
	case facts.String:
		read("minLength", &s.shorter)
		read("maxLength", &s.longer)
	case facts.List:
		read("minItems", &s.shorter)
		read("maxItems", &s.longer)
		s.items = shapeOf(json.RawMessage(keywords["items"]), t.Elem)
		s.exact = s.exact && s.items.exact
	case facts.Row:
		var properties map[string]json.RawMessage
		read("properties", &properties)
		s.members = make([]*shape, t.Row.Len())
		for slot := range s.members {
			f := t.Row.At(slot)
			s.members[slot] = shapeOf(properties[f.Path], &f.Type)
			s.exact = s.exact && s.members[slot].exact
		}
		var required []string
		read("required", &required)
		for _, name := range required {
			slot, ok := t.Row.Slot(name)
			s.needed = append(s.needed, slot)
			s.exact = s.exact && ok
		}
	}
	return s
}

// bound reads a minimum or maximum.
func (s *shape) bound(raw facts.JSON) any {
	if raw == nil {
		return nil
	}
	n, ok := facts.ParseNumber(string(raw))
	s.exact = s.exact && ok
	return n
}

// choices reports whether a oneOf only lists n values with their labels.
func choices(raw facts.JSON, n int) bool {
	var branches []map[string]json.RawMessage
	if json.Unmarshal(raw, &branches) != nil || len(branches) != n {
		return false
	}
	seen := map[string]bool{}
	for _, b := range branches {
		for name := range b {
			if name != "const" && name != "title" && name != "x-label" {
				return false
			}
		}
		seen[string(b["const"])] = true
	}
	return len(seen) == n
}

// fits reports whether a value satisfies the schema for certain.
func (s *shape) fits(val any) bool {
	if !s.exact {
		return false
	}
	switch v := val.(type) {
	case string:
		return s.shorter == 0 && s.longer < 0 || s.within(utf8.RuneCountInString(v))
	case int64, decimal.Decimal:
		return !exceeds(s.least, v) && !exceeds(v, s.most)
	case []any:
		for _, e := range v {
			if !s.items.fits(e) {
				return false
			}
		}
		return s.within(len(v))
	case *facts.Values:
		for _, slot := range s.needed {
			if v.State(slot) == facts.Unknown {
				return false
			}
		}
		for slot, m := range s.members {
			if state := v.State(slot); state == facts.Absent || state == facts.Known && !m.fits(v.Get(slot)) {
				return false // a null is only right where the schema says so
			}
		}
	}
	return true
}

func (s *shape) within(n int) bool { return n >= s.shorter && (s.longer < 0 || n <= s.longer) }

// exceeds reports whether the first number is the greater one; nil is no limit.
func exceeds(a, b any) bool {
	if a == nil || b == nil {
		return false
	}
	order, _ := facts.Compare(a, b)
	return order > 0
}

// settle gives the strings in an accepted value their canonical form, and makes the columns that an answered row leaves out
// absent: the schema has seen to it that what is required is there, so they were left blank, and nobody is asked again.
// at is the pointer of the value.
func (s *shape) settle(val any, at string) (any, diag.List) {
	var found diag.List
	switch v := val.(type) {
	case string:
		form, wrong := canonical(s.format, v)
		if wrong != nil {
			wrong.Path = at
			return form, diag.List{*wrong}
		}
		if form != v {
			return form, nil
		}
	case []any:
		for i, e := range v {
			settled, ds := s.items.settle(e, "")
			v[i] = settled
			found.Add(within(ds, at, i)...)
		}
	case *facts.Values:
		for slot, m := range s.members {
			switch v.State(slot) {
			case facts.Unknown:
				v.SetAbsent(slot)
			case facts.Known:
				settled, ds := m.settle(v.Get(slot), "")
				v.Set(slot, settled)
				found.Add(within(ds, at, v.Space().Path(slot))...)
			}
		}
	}
	return val, found
}

// within moves findings about a part of a value to where it stands.
func within(found diag.List, at string, part any) diag.List {
	for i := range found {
		found[i].Path = diag.Pointer(at, part) + found[i].Path
	}
	return found
}
