package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tongban/tongban/rules/diag"
)

// Check validates plain values (as encoding/json gives them, numbers as json.Number) and returns what is wrong, each at
// the JSON pointer of the value it is about: a missing or unknown property is reported at the property, not its parent.
// The list is empty exactly if the value is valid.
func (s *Schema) Check(v any) diag.List {
	if found := unwieldy(v); found != nil {
		return found.Sorted()
	}
	if s.covered && accepts(s.compiled, v) {
		return nil
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

// collect adds what an error of the validator says, or what its causes do.
func (s *Schema) collect(ve *jsonschema.ValidationError, v any, out *diag.List) {
	keyword, ofName := keywordOf(ve.KeywordLocation)
	at := unescaped(ve.InstanceLocation)
	causes := ve.Causes
	switch {
	case ofName: // whatever the rule is that the name breaks
		out.Add(diag.New("schema.property-name", at, "name", lastToken(at)))
		return
	case alternatives(keyword):
		causes = s.meant(ve)
	case keyword == "minContains" || keyword == "not": // each entry fails for its own reason, and none has to succeed
		causes = nil
	}
	if len(causes) > 0 {
		for _, c := range causes {
			s.collect(c, v, out)
		}
		return
	}
	from, want := s.said(ve)
	found := lookup(v, at)
	if want == false && keyword != "additionalProperties" { // the schema that nothing fits
		switch keyword {
		case "unevaluatedProperties":
			out.Add(diag.New("schema.unknown-property", at, "name", lastToken(at), "near", diag.CloseTo("")))
		case "items", "unevaluatedItems":
			out.Add(diag.New("schema.extra-item", at))
		default:
			out.Add(diag.New("schema.forbidden", at))
		}
		return
	}
	before := len(*out)
	switch keyword {
	case "required":
		names, _ := want.([]any)
		has, _ := found.(map[string]any)
		for _, n := range names {
			if name, _ := n.(string); !contains(has, name) {
				out.Add(diag.New("schema.required", diag.Pointer(at, name), "name", name))
			}
		}
	case "dependentRequired":
		if name, ok := want.(string); ok {
			out.Add(diag.New("schema.required", diag.Pointer(at, name), "name", name))
		}
	case "additionalProperties":
		around := parent(from.pointer)
		known, _ := lookup(from.schema, around+"/properties").(map[string]any)
		patterns, _ := lookup(from.schema, around+"/patternProperties").(map[string]any)
		has, _ := found.(map[string]any)
		for name := range has {
			if !contains(known, name) && !fits(name, patterns) {
				out.Add(diag.New("schema.unknown-property", diag.Pointer(at, name), "name", name, "near", diag.CloseTo(nearest(name, known))))
			}
		}
	case "type":
		out.Add(diag.New("schema.type", at, "want", plain(want), "found", typeOf(found)))
	case "enum":
		out.Add(diag.New("schema.enum", at, "found", plain(found), "want", plain(want)))
	case "const":
		out.Add(diag.New("schema.const", at, "want", plain(want)))
	case "contains":
		out.Add(diag.New("schema.contains", at))
	case "minContains":
		if want == nil { // unsaid, it is one
			out.Add(diag.New("schema.contains", at))
			break
		}
		out.Add(diag.New("schema.min-contains", at, "want", plain(want)))
	case "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
		"multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "maxContains":
		out.Add(diag.New("schema."+kebab(keyword), at, "want", plain(want), "found", plain(found)))
	case "oneOf", "anyOf":
		switch choices := constants(want); {
		case len(ve.Causes) == 0:
			out.Add(diag.New("schema.several-alternatives", at))
		case choices != nil:
			out.Add(diag.New("schema.enum", at, "found", plain(found), "want", plain(choices)))
		default:
			out.Add(diag.New("schema.no-alternative", at))
		}
	case "not":
		out.Add(diag.New("schema.forbidden", at))
	}
	if len(*out) == before {
		out.Add(diag.New("schema.other", at, "keyword", keyword))
	}
}

// meant gives the errors of the one alternative that a value was meant to be: null apart, or else those apart that do not even
// have its type. Where that leaves none or several, each would only say why it is not itself.
func (s *Schema) meant(ve *jsonschema.ValidationError) []*jsonschema.ValidationError {
	others := func(c *jsonschema.ValidationError) bool { return otherKind(c, ve.InstanceLocation) }
	null := func(c *jsonschema.ValidationError) bool {
		_, want := s.said(c)
		return want == "null" && others(c)
	}
	for _, apart := range []func(*jsonschema.ValidationError) bool{null, others} {
		if left := slices.DeleteFunc(slices.Clone(ve.Causes), apart); len(left) == 1 {
			return left
		}
	}
	return nil
}

// otherKind reports whether an alternative fails because the very value at a place is of another type.
func otherKind(ve *jsonschema.ValidationError, at string) bool {
	keyword, _ := keywordOf(ve.KeywordLocation)
	if len(ve.Causes) == 0 {
		return ve.InstanceLocation == at && (keyword == "type" || keyword == "const")
	}
	one := func(c *jsonschema.ValidationError) bool { return otherKind(c, at) }
	if alternatives(keyword) {
		return !slices.ContainsFunc(ve.Causes, func(c *jsonschema.ValidationError) bool { return !one(c) })
	}
	return slices.ContainsFunc(ve.Causes, one)
}

func alternatives(keyword string) bool { return keyword == "oneOf" || keyword == "anyOf" }

// said is what a schema says where an error comes from, and the schema around it with its place there.
func (s *Schema) said(ve *jsonschema.ValidationError) (from place, want any) {
	url, fragment, _ := strings.Cut(ve.AbsoluteKeywordLocation, "#")
	from = place{s.resources[url], unescaped(fragment)}
	return from, lookup(from.schema, from.pointer)
}

type place struct {
	schema  any
	pointer string
}

// constants are the values of alternatives that are one value each: an enumeration with titles.
func constants(alternatives any) []any {
	var out []any
	list, _ := alternatives.([]any)
	for _, one := range list {
		only, _ := one.(map[string]any)
		value, ok := only["const"]
		if !ok {
			return nil
		}
		out = append(out, value)
	}
	return out
}

// before says what follows a keyword in the path through a schema: a name or an index.
var before = map[string]bool{
	"properties": true, "patternProperties": true, "dependentSchemas": true, "dependentRequired": true, "$defs": true, "definitions": true,
	"dependencies": true, "allOf": true, "anyOf": true, "oneOf": true, "prefixItems": true,
}

// keywordOf is the last keyword of a path through a schema. ofName says that the path leads through propertyNames, so that
// what is checked is a name.
func keywordOf(path string) (keyword string, ofName bool) {
	tokens := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := 0; i < len(tokens); i++ {
		keyword = tokens[i]
		ofName = ofName || keyword == "propertyNames"
		if before[keyword] {
			i++
		}
		if keyword == "dependentRequired" {
			i++
		}
	}
	return keyword, ofName
}

// fits reports whether a name matches one of the patterns that are the keys.
func fits(name string, patterns map[string]any) bool {
	for p := range patterns {
		if re, err := regexp.Compile(goPattern(p)); err == nil && re.MatchString(name) {
			return true
		}
	}
	return false
}

// unescaped takes the escapes of URLs off a pointer; those of pointers stay.
func unescaped(pointer string) string {
	if out, err := url.PathUnescape(pointer); err == nil {
		return out
	}
	return pointer
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
	if pointer == "" {
		return v
	}
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = plainToken(token)
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

// plainToken takes the escapes of a pointer off one of its tokens.
func plainToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

func lastToken(p string) string { return plainToken(p[strings.LastIndexByte(p, '/')+1:]) }

func parent(p string) string { return p[:max(strings.LastIndexByte(p, '/'), 0)] }

// nearest returns the known name closest to what was written, or "" where none is close.
func nearest(name string, known map[string]any) string {
	best, bestAt := "", min(3, len(name)/2+1)
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
