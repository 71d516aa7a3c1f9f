// Package schema checks values against JSON Schema (2020-12) and says what is wrong as codes at places, for the document
// checker and for forms alike. It is the only package that imports the validator. It imports only diag of ours.
//
// Formats are asserted, where the standard leaves that open; one that the validator does not know is not. Patterns are those of
// ECMAScript without look-around and back references.
package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tongban/tongban/rules/diag"
)

// Schema is a compiled JSON Schema: immutable, safe for concurrent use.
type Schema struct {
	compiled  *jsonschema.Schema
	covered   bool           // by accepts
	resources map[string]any // the schema by its URL, and those inside it that have an $id of their own
}

// Compile reads a schema. References may only point into the schema itself. What is wrong with it has the code
// schema.invalid, schema.reference or schema.number-size and the pointer inside the schema, as far as it is known.
func Compile(raw json.RawMessage) (*Schema, diag.List) {
	invalid := func(at string, reason any) (*Schema, diag.List) {
		return nil, diag.List{diag.New("schema.invalid", at, "reason", fmt.Sprint(reason))}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return invalid("", err)
	}
	if found := unwieldy(plain); found != nil {
		return nil, found.Sorted()
	}
	s := &Schema{resources: map[string]any{self: plain}}
	base, err := url.Parse(self)
	if err != nil {
		return invalid("", err)
	}
	s.resource(base, plain)
	if found := s.references(base, plain); found != nil {
		return nil, found.Sorted()
	}
	if bytes.Contains(raw, []byte(`\\`)) { // only then is there an escape in a pattern
		if raw, err = json.Marshal(inGo(plain)); err != nil {
			return invalid("", err)
		}
	}
	if sameInDraft7(plain) {
		if enumerated(plain) {
			if raw, err = json.Marshal(plain); err != nil {
				return invalid("", err)
			}
		}
		// The metaschema of draft 7 is one schema where that of 2020-12 is eight: a third of the work.
		s.compiled, err = compile(raw, jsonschema.Draft7)
	}
	if s.compiled == nil || err != nil {
		s.compiled, err = compile(raw, jsonschema.Draft2020)
	}
	var against *jsonschema.ValidationError
	switch {
	case errors.As(err, &against):
		for len(against.Causes) > 0 { // which come in no order
			against = slices.MinFunc(against.Causes, func(a, b *jsonschema.ValidationError) int {
				return cmp.Or(cmp.Compare(a.InstanceLocation, b.InstanceLocation), cmp.Compare(a.KeywordLocation, b.KeywordLocation))
			})
		}
		return invalid(unescaped(against.InstanceLocation), against.Message)
	case err != nil:
		return invalid("", err)
	}
	s.covered = covered(s.compiled, map[*jsonschema.Schema]bool{})
	return s, nil
}

func compile(raw json.RawMessage, draft *jsonschema.Draft) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.Draft = draft
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("reference to %s: only local references", url)
	}
	c.AssertFormat = true
	if err := c.AddResource(self, bytes.NewReader(raw)); err != nil {
		return nil, err
	}
	return c.Compile(self)
}

// A keyword holds a value, a schema, a list of schemas, or schemas by name.
const (
	holdsValue = iota
	holdsSchema
	holdsList
	holdsNamed
)

// draft7 are keywords that draft 7 has with the meaning they have in 2020-12. Most of what is declared about fields is said
// with these.
var draft7 = map[string]int{
	"title": holdsValue, "description": holdsValue, "$comment": holdsValue,
	"type": holdsValue, "enum": holdsValue, "const": holdsValue, "format": holdsValue,
	"minLength": holdsValue, "maxLength": holdsValue, "pattern": holdsValue,
	"minItems": holdsValue, "maxItems": holdsValue, "uniqueItems": holdsValue, "required": holdsValue,
	"minimum": holdsValue, "maximum": holdsValue, "exclusiveMinimum": holdsValue, "exclusiveMaximum": holdsValue, "multipleOf": holdsValue,
	"items": holdsSchema, "additionalProperties": holdsSchema, "oneOf": holdsList, "anyOf": holdsList, "properties": holdsNamed,
}

// within are the schemas directly inside one, as far as draft 7 knows where they stand.
func within(schema map[string]any) []any {
	var out []any
	for keyword, v := range schema {
		switch draft7[keyword] {
		case holdsSchema:
			out = append(out, v)
		case holdsList:
			list, _ := v.([]any)
			out = append(out, list...)
		case holdsNamed:
			named, _ := v.(map[string]any)
			out = slices.AppendSeq(out, maps.Values(named))
		}
	}
	return out
}

// sameInDraft7 reports whether a schema means in draft 7 what it means in 2020-12.
func sameInDraft7(v any) bool {
	s, ok := v.(map[string]any)
	if !ok {
		_, ok = v.(bool)
		return ok
	}
	for keyword := range s {
		if _, ok := draft7[keyword]; !ok && !strings.HasPrefix(keyword, "x-") {
			return false
		}
	}
	return !slices.ContainsFunc(within(s), func(v any) bool { return !sameInDraft7(v) })
}

// enumerated writes a oneOf of different texts with titles as the enum it stands for, which takes one schema and not one for
// each. It reports whether there was any.
func enumerated(v any) bool {
	s, ok := v.(map[string]any)
	if !ok {
		return false
	}
	changed := false
	if choices := titled(s["oneOf"]); len(choices) > 1 && !contains(s, "enum") {
		delete(s, "oneOf")
		s["enum"] = choices
		changed = true
	}
	for _, in := range within(s) {
		changed = enumerated(in) || changed
	}
	return changed
}

// titled are the constants of alternatives that are one text each and nothing but titles beside it; nil for any others.
func titled(alternatives any) []any {
	list, _ := alternatives.([]any)
	var out []any
	for _, one := range list {
		only, _ := one.(map[string]any)
		text, ok := only["const"].(string)
		title, named := only["title"]
		_, isText := title.(string)
		parts := 1
		if named {
			parts++
		}
		if contains(only, "x-label") {
			parts++
		}
		if !ok || named && !isText || len(only) != parts || slices.Contains(out, any(text)) {
			return nil
		}
		out = append(out, text)
	}
	return out
}

const self = "tongban:///schema.json"

// based is the URL that a schema's references are relative to: its own $id, or what is around it.
func based(base *url.URL, schema map[string]any) *url.URL {
	if id, ok := schema["$id"].(string); ok {
		if own, err := base.Parse(id); err == nil {
			return own
		}
	}
	return base
}

// resource keeps the schemas that findings are explained from.
func (s *Schema) resource(base *url.URL, v any) {
	switch v := v.(type) {
	case map[string]any:
		if own := based(base, v); own != base {
			base = own
			if at := strings.TrimSuffix(base.String(), "#"); s.resources[at] == nil {
				s.resources[at] = v
			}
		}
		for _, in := range v {
			s.resource(base, in)
		}
	case []any:
		for _, in := range v {
			s.resource(base, in)
		}
	}
}

// references finds the references that lead out of the schema, or to a place in it that is not there.
func (s *Schema) references(base *url.URL, v any) diag.List {
	var found diag.List
	switch v := v.(type) {
	case map[string]any:
		base = based(base, v)
		if text, ok := v["$ref"].(string); ok && !s.leads(base, text) {
			found.Add(diag.New("schema.reference", "/$ref", "found", clip(text)))
		}
		for name, in := range v {
			if name != "enum" && name != "const" {
				found.Add(inside(s.references(base, in), name)...)
			}
		}
	case []any:
		for i, in := range v {
			found.Add(inside(s.references(base, in), i)...)
		}
	}
	return found
}

// inside places what was found in a part of a value.
func inside[T string | int](found diag.List, token T) diag.List {
	for i := range found {
		found[i].Path = diag.Pointer("", token) + found[i].Path
	}
	return found
}

// leads reports whether a reference leads somewhere. Names of anchors are left to the validator, and it knows the schemas of
// JSON Schema itself.
func (s *Schema) leads(base *url.URL, text string) bool {
	target, err := base.Parse(text)
	if err != nil {
		return false
	}
	fragment := target.Fragment
	target.Fragment, target.RawFragment = "", ""
	schema, known := s.resources[target.String()]
	if !known {
		return target.Host == "json-schema.org"
	}
	return !strings.HasPrefix(fragment, "/") || lookup(schema, fragment) != nil
}

// MustCompile is Compile for schemas that are part of the program.
func MustCompile(raw json.RawMessage) *Schema {
	s, found := Compile(raw)
	if found != nil {
		panic(found)
	}
	return s
}

// maxNumber bounds a number's text and its power of ten. The validator expands numbers to whole fractions, so that a few
// characters could ask for gigabytes; it gives up, badly, at a power of a million.
const maxNumber = 1_000

// unwieldy finds numbers beyond maxNumber.
func unwieldy(v any) diag.List {
	var out diag.List
	switch v := v.(type) {
	case json.Number:
		at := strings.IndexAny(v.String(), "eE")
		power, err := 0, error(nil)
		if at >= 0 {
			power, err = strconv.Atoi(v.String()[at+1:])
		}
		if err != nil || len(v) > maxNumber || power > maxNumber || power < -maxNumber {
			out.Add(diag.New("schema.number-size", "", "found", plain(v), "max", maxNumber))
		}
	case []any:
		for i, e := range v {
			out.Add(inside(unwieldy(e), i)...)
		}
	case map[string]any:
		for key, e := range v {
			out.Add(inside(unwieldy(e), key)...)
		}
	}
	return out
}
