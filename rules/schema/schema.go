// Package schema checks values against JSON Schema (2020-12) and says what is wrong as codes at places, for the document
// checker and for forms alike. It is the only package that imports the validator. It imports only diag of ours.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// Schema is a compiled JSON Schema: immutable, safe for concurrent use.
type Schema struct {
	compiled *jsonschema.Schema
	raw      any
}

// Compile reads a schema. References may only point into the schema itself. The error is a *diag.Diagnostic's content:
// code schema.invalid with the pointer inside the schema where known.
func Compile(raw json.RawMessage) (*Schema, error) {
	s := &Schema{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&s.raw); err != nil {
		return nil, err
	}
	if found := unwieldy(s.raw); len(found) > 0 {
		return nil, errors.New(found[0].Path + ": " + found[0].Text(lang.En))
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("reference to %s: only local references", url)
	}
	c.AssertFormat = true
	if err := c.AddResource(self, bytes.NewReader(raw)); err != nil {
		return nil, err
	}
	var err error
	if s.compiled, err = c.Compile(self); err != nil {
		return nil, err
	}
	return s, nil
}

const self = "tongban:///schema.json"

// MustCompile is Compile for schemas that are part of the program.
func MustCompile(raw json.RawMessage) *Schema {
	s, err := Compile(raw)
	if err != nil {
		panic(err)
	}
	return s
}

// Check validates plain values (as encoding/json gives them, numbers as json.Number) and returns what is wrong, each at
// the JSON pointer of the value it is about: a missing or unknown property is reported at the property, not its parent.
func (s *Schema) Check(v any) diag.List {
	if found := unwieldy(v); len(found) > 0 {
		return found.Sorted()
	}
	err := s.compiled.Validate(v)
	if err == nil {
		return nil
	}
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return diag.List{diag.New("schema.not-checkable", "")}
	}
	var out diag.List
	s.collect(ve, v, &out)
	return out.Sorted()
}

// maxNumber bounds a number's text and its power of ten. The validator expands numbers to whole fractions, so that a few
// characters could ask for gigabytes; it gives up, badly, at a power of a million.
const maxNumber = 1_000

// unwieldy finds numbers beyond maxNumber.
func unwieldy(v any) diag.List {
	var out diag.List
	inside := func(v, token any) {
		for _, d := range unwieldy(v) {
			d.Path = diag.Pointer("", token) + d.Path
			out.Add(d)
		}
	}
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
			inside(e, i)
		}
	case map[string]any:
		for key, e := range v {
			inside(e, key)
		}
	}
	return out
}

// choices are keywords whose branches' own errors would only confuse: each branch fails for its own reason.
var choices = map[string]bool{"oneOf": true, "anyOf": true, "not": true}

func (s *Schema) collect(ve *jsonschema.ValidationError, v any, out *diag.List) {
	keyword := lastToken(ve.KeywordLocation)
	if len(ve.Causes) > 0 && !choices[keyword] {
		for _, c := range ve.Causes {
			s.collect(c, v, out)
		}
		return
	}
	_, fragment, _ := strings.Cut(ve.AbsoluteKeywordLocation, "#")
	want := lookup(s.raw, fragment)
	at := ve.InstanceLocation
	found := lookup(v, at)
	switch keyword {
	case "required", "dependentRequired":
		names, _ := want.([]any)
		has, _ := found.(map[string]any)
		for _, n := range names {
			if name, _ := n.(string); !contains(has, name) {
				out.Add(diag.New("schema.required", diag.Pointer(at, name), "name", name))
			}
		}
	case "additionalProperties", "unevaluatedProperties":
		known, _ := lookup(s.raw, parent(fragment)+"/properties").(map[string]any)
		has, _ := found.(map[string]any)
		for name := range has {
			if !contains(known, name) {
				out.Add(diag.New("schema.unknown-property", diag.Pointer(at, name), "name", name, "suggestion", nearest(name, known)))
			}
		}
	case "propertyNames":
		out.Add(diag.New("schema.property-name", at))
	case "type":
		out.Add(diag.New("schema.type", at, "want", plain(want), "found", typeOf(found)))
	case "enum":
		out.Add(diag.New("schema.enum", at, "found", plain(found), "want", plain(want)))
	case "const":
		out.Add(diag.New("schema.const", at, "want", plain(want)))
	case "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
		"multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "contains":
		out.Add(diag.New("schema."+kebab(keyword), at, "want", plain(want), "found", plain(found)))
	case "oneOf", "anyOf":
		out.Add(diag.New("schema.no-alternative", at))
	case "not":
		out.Add(diag.New("schema.forbidden", at))
	default:
		out.Add(diag.New("schema.other", at, "keyword", keyword))
	}
}

func contains(m map[string]any, name string) bool { _, ok := m[name]; return ok }

func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain writes a schema value for people: lists without brackets, strings without quotes, nothing longer than a line.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return clip(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = plain(e)
		}
		return clip(strings.Join(parts, ", "))
	case nil:
		return "null"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return clip(string(raw))
}

func clip(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func typeOf(v any) string {
	switch n := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if _, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
			return "integer"
		}
	}
	return "number"
}

func lookup(v any, pointer string) any {
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if token == "" {
			continue
		}
		token = strings.NewReplacer("~1", "/", "~0", "~", "%25", "%").Replace(token)
		switch c := v.(type) {
		case map[string]any:
			v = c[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

func lastToken(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

func parent(p string) string { return p[:max(strings.LastIndexByte(p, '/'), 0)] }

// nearest returns the known name closest to what was written, or "" where none is close.
func nearest(name string, known map[string]any) string {
	best, bestAt := "", 3
	for k := range known {
		if d := distance(name, k); d < bestAt || d == bestAt && k < best {
			best, bestAt = k, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
