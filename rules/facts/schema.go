package facts

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// schema is the part of JSON Schema (draft 2020-12) that decides a type. Bounds, lengths and patterns are the validator's.
type schema struct {
	Type       json.RawMessage   `json:"type"`
	Format     string            `json:"format"`
	Enum       []json.RawMessage `json:"enum"`
	Const      json.RawMessage   `json:"const"`
	OneOf      []choiceSchema    `json:"oneOf"`
	Items      json.RawMessage   `json:"items"`
	MaxItems   *int              `json:"maxItems"`
	Properties json.RawMessage   `json:"properties"`
	Title      string            `json:"title"`
}

// choiceSchema is one branch of the labelled enumeration {"oneOf": [{"const": …, "title": …}]}.
type choiceSchema struct {
	Const json.RawMessage `json:"const"`
	named
}

// named is what a schema calls its value: x-label in both languages, or else title, which is Chinese.
type named struct {
	Title string    `json:"title"`
	Label lang.Text `json:"x-label"`
}

func (n named) label() lang.Text {
	if n.Label.Zh == "" {
		n.Label.Zh = n.Title
	}
	return n.Label
}

// elsewhere are the keywords that refer to a schema written elsewhere. A field's schema stands by itself, because forms and
// clients take it out of its surroundings.
var elsewhere = []string{"$ref", "$dynamicRef", "$recursiveRef"}

// undecidable are the keywords under which members have no names, or entries of one list several types.
var undecidable = []string{"patternProperties", "prefixItems"}

// stringFormats are the formats of strings that a fact may have; a format that nobody checks would be a silent promise.
var stringFormats = []string{
	"", "date", "resident-id", "uscc", "division", "mobile", "phone", "bank-card", "email", "uri", "time", "date-time", "textarea",
}

// TypeOf reads the type of a fact off its JSON Schema: boolean; integer ("format": "money" is fen); number; string ("format":
// "date" is a Date); array; object, whose properties become the members of a Row. "type" may add "null", which every fact
// allows anyway. enum, or oneOf of const and title, gives the allowed values. Members and values of oneOf may have "x-label",
// {"zh": …, "en": …}, in place of title. Other keywords, such as if, allOf, not or dependentRequired, limit the values beyond the
// type; the validator holds answers to them. at is the JSON pointer of the schema. Everything that leaves the type open is
// reported: facts.schema-json, facts.schema-ref, facts.schema-type, facts.schema-keyword, facts.schema-format, facts.schema-enum,
// facts.schema-items, facts.schema-depth and facts.schema-size.
func TypeOf(raw json.RawMessage, at string) (Type, diag.List) {
	text, ok := Check(raw)
	if !ok {
		return Type{}, diag.List{diag.New("facts.schema-json", at)}
	}
	return typeOf(text, at, 0)
}

func typeOf(text JSON, at string, depth int) (Type, diag.List) {
	var found diag.List
	if depth > MaxDepth {
		found.Add(diag.New("facts.schema-depth", at, "max", MaxDepth))
		return Type{}, found
	}
	var s schema
	if !text.IsObject() || json.Unmarshal(text, &s) != nil {
		found.Add(diag.New("facts.schema-json", at))
		return Type{}, found
	}
	refuse := func(code string, names []string) {
		for k := range text.Members() {
			if slices.Contains(names, k) {
				found.Add(diag.New(code, diag.Pointer(at, k), "keyword", k))
			}
		}
	}
	refuse("facts.schema-ref", elsewhere)
	refuse("facts.schema-keyword", undecidable)
	if len(found) > 0 {
		return Type{}, found
	}
	name, ok := typeName(s.Type)
	if !ok {
		where := at
		if s.Type != nil {
			where = diag.Pointer(at, "type")
		}
		found.Add(diag.New("facts.schema-type", where))
		return Type{}, found
	}
	var t Type
	badFormat := func() {
		found.Add(diag.New("facts.schema-format", diag.Pointer(at, "format"), "format", s.Format, "type", name))
	}
	switch name {
	case "boolean":
		t.Kind = Bool
	case "integer":
		t.Kind = Int
		switch s.Format {
		case "":
		case "money":
			t.Money = true
		default:
			badFormat()
		}
	case "number":
		t.Kind = Number
		if s.Format != "" {
			badFormat()
		}
	case "string":
		t.Kind = String
		switch {
		case s.Format == "date":
			t.Kind = Date
		case !slices.Contains(stringFormats, s.Format):
			badFormat()
		}
	case "array":
		t.Kind = List
		if s.Items == nil {
			found.Add(diag.New("facts.schema-items", at))
			return Type{}, found
		}
		elem, sub := typeOf(JSON(s.Items), diag.Pointer(at, "items"), depth+1)
		found.Add(sub...)
		t.Elem = &elem
		if s.MaxItems != nil {
			if *s.MaxItems < 0 || *s.MaxItems > MaxItems {
				found.Add(diag.New("facts.schema-size", diag.Pointer(at, "maxItems"), "max", MaxItems))
			} else {
				t.MaxItems = max(*s.MaxItems, 1)
			}
		}
	case "object":
		t.Kind = Row
		row, sub := rowOf(s.Properties, at, depth)
		found.Add(sub...)
		t.Row = row
	}
	if found.HasErrors() {
		return Type{}, found
	}
	values := s.Enum
	labels := make([]lang.Text, len(values))
	keyword := "enum"
	if len(values) == 0 {
		keyword = "oneOf"
		if !slices.ContainsFunc(s.OneOf, func(c choiceSchema) bool { return c.Const != nil }) {
			s.OneOf = nil // no values to choose from, but conditions of which one must hold
		}
		for _, c := range s.OneOf {
			values, labels = append(values, c.Const), append(labels, c.label())
		}
	}
	if len(values) == 0 && s.Const != nil && t.Kind != Bool { // one that must be yes is ticked, and no choice of one
		keyword = "const"
		values, labels = []json.RawMessage{s.Const}, []lang.Text{{}}
	}
	plain := t // without the values already taken: each is held to the type alone
	for i, v := range values {
		val, err := plain.Decode(v)
		switch {
		case err != nil || v == nil || t.Kind == List || t.Kind == Row:
			found.Add(diag.New("facts.schema-enum", diag.Pointer(at, keyword, i), "type", t))
		case val == nil: // "null" among the values only says that the fact may be absent
		default:
			t.Enum = append(t.Enum, Choice{Value: val, Label: labels[i]})
		}
	}
	if found.HasErrors() {
		return Type{}, found
	}
	return t, found
}

// typeName reads "type", which may be a pair of a name and "null".
func typeName(raw json.RawMessage) (string, bool) {
	var names []string
	if bytes.HasPrefix(raw, []byte{'"'}) {
		names = []string{unquoted(JSON(raw))}
	} else if json.Unmarshal(raw, &names) != nil {
		return "", false
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "null" })
	if len(names) != 1 {
		return "", false
	}
	known := []string{"boolean", "integer", "number", "string", "array", "object"}
	return names[0], slices.Contains(known, names[0])
}

// rowOf makes the space of an object's properties, in the order in which they are written.
func rowOf(raw json.RawMessage, at string, depth int) (*Space, diag.List) {
	var found diag.List
	properties, ok := Check(raw)
	if !ok || len(properties) == 0 {
		found.Add(diag.New("facts.schema-properties", at))
		return nil, found
	}
	where := diag.Pointer(at, "properties")
	var fs []Fact
	for name, value := range properties.Members() {
		t, sub := typeOf(value, diag.Pointer(where, name), depth+1)
		found.Add(sub...)
		if sub.HasErrors() {
			continue
		}
		var in named
		if json.Unmarshal(value, &in) != nil {
			found.Add(diag.New("facts.schema-json", diag.Pointer(where, name)))
			continue
		}
		fs = append(fs, Fact{Path: name, Type: t, Label: in.label()})
	}
	if len(fs) == 0 && len(found) == 0 {
		found.Add(diag.New("facts.schema-properties", at))
		return nil, found
	}
	space, sub := NewSpace(fs)
	for _, d := range sub {
		d.Path = diag.Pointer(where, d.Args["fact"])
		found.Add(d)
	}
	return space, found
}
