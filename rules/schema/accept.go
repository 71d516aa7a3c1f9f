package schema

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Nearly every document and every answer is as its schema asks, and the validator takes several maps for each value to find
// that out. accepts walks the compiled schema without allocating; what it does not accept, the validator judges and explains.
// A schema with a keyword that is not here is not covered and goes to the validator always. FuzzAccepts holds the two to
// each other.

// maxCompared is the longest list whose elements are compared with each other here.
const maxCompared = 100

// covered reports whether accepts knows every keyword in a schema. settled are the schemas that were looked at, and whether
// all of what is inside them was: one that contains itself is left to the validator, which watches for endless loops.
func covered(s *jsonschema.Schema, settled map[*jsonschema.Schema]bool) bool {
	if s == nil || s.Always != nil {
		return true
	}
	if done, seen := settled[s]; seen {
		return done
	}
	settled[s] = false
	_, tuple := s.Items.([]*jsonschema.Schema)
	if tuple || s.UniqueItems && (s.MaxItems < 0 || s.MaxItems > maxCompared) ||
		s.DynamicRef != nil || s.RecursiveRef != nil || s.Not != nil || s.If != nil || s.PropertyNames != nil || s.RegexProperties ||
		len(s.PatternProperties) > 0 || len(s.Dependencies) > 0 || len(s.DependentSchemas) > 0 || s.UnevaluatedProperties != nil ||
		len(s.PrefixItems) > 0 || s.Contains != nil || s.UnevaluatedItems != nil || s.ContentSchema != nil || s.MultipleOf != nil {
		return false
	}
	inside := slices.Concat([]*jsonschema.Schema{s.Ref, elements(s)}, s.AllOf, s.AnyOf, s.OneOf, slices.Collect(maps.Values(s.Properties)))
	if others, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		inside = append(inside, others)
	}
	settled[s] = !slices.ContainsFunc(inside, func(s *jsonschema.Schema) bool { return !covered(s, settled) })
	return settled[s]
}

// elements is the schema of every element of a list, where the draft has it; nil takes any.
func elements(s *jsonschema.Schema) *jsonschema.Schema {
	if every, ok := s.Items.(*jsonschema.Schema); ok {
		return every
	}
	return s.Items2020
}

// accepts reports whether a value is as a covered schema asks.
func accepts(s *jsonschema.Schema, v any) bool {
	if s == nil {
		return true
	}
	if s.Always != nil {
		return *s.Always
	}
	is := func(name string) bool { return isType(v, name) }
	same := func(other any) bool { return equal(v, other) }
	if len(s.Types) > 0 && !slices.ContainsFunc(s.Types, is) || len(s.Constant) > 0 && !same(s.Constant[0]) ||
		len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, same) {
		return false
	}
	if format, known := jsonschema.Formats[s.Format]; known && !format(v) {
		return false
	}
	ok := true
	switch v := v.(type) {
	case string:
		ok = between(utf8.RuneCountInString(v), s.MinLength, s.MaxLength) && (s.Pattern == nil || s.Pattern.MatchString(v))
	case json.Number:
		ok = inRange(s, v)
	case []any:
		ok = acceptsList(s, v)
	case map[string]any:
		ok = acceptsObject(s, v)
	}
	admitted := func(s *jsonschema.Schema) bool { return accepts(s, v) }
	if !ok || !accepts(s.Ref, v) || len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, admitted) {
		return false
	}
	for _, all := range s.AllOf {
		if !admitted(all) {
			return false
		}
	}
	matching := 0
	for _, one := range s.OneOf {
		if admitted(one) {
			matching++
		}
	}
	return len(s.OneOf) == 0 || matching == 1
}

func acceptsList(s *jsonschema.Schema, v []any) bool {
	if !between(len(v), s.MinItems, s.MaxItems) {
		return false
	}
	every := elements(s)
	for i, e := range v {
		if !accepts(every, e) || s.UniqueItems && slices.ContainsFunc(v[:i], func(other any) bool { return equal(e, other) }) {
			return false
		}
	}
	return true
}

func acceptsObject(s *jsonschema.Schema, v map[string]any) bool {
	has := func(name string) bool { return contains(v, name) }
	lacks := func(name string) bool { return !has(name) }
	if !between(len(v), s.MinProperties, s.MaxProperties) || slices.ContainsFunc(s.Required, lacks) {
		return false
	}
	for name, others := range s.DependentRequired {
		if has(name) && slices.ContainsFunc(others, lacks) {
			return false
		}
	}
	for name, member := range v {
		known, ok := s.Properties[name]
		if !ok {
			if s.AdditionalProperties == false {
				return false
			}
			known, _ = s.AdditionalProperties.(*jsonschema.Schema)
		}
		if !accepts(known, member) {
			return false
		}
	}
	return true
}

// between holds a size to its bounds, of which a negative one is none.
func between(n, least, most int) bool { return n >= least && (most < 0 || n <= most) }

func inRange(s *jsonschema.Schema, n json.Number) bool {
	whole, err := strconv.ParseInt(n.String(), 10, 64)
	compare := func(bound *big.Rat) int {
		if err == nil && bound.IsInt() && bound.Num().IsInt64() {
			return cmp.Compare(whole, bound.Num().Int64())
		}
		return fraction(n).Cmp(bound)
	}
	return (s.Minimum == nil || compare(s.Minimum) >= 0) && (s.ExclusiveMinimum == nil || compare(s.ExclusiveMinimum) > 0) &&
		(s.Maximum == nil || compare(s.Maximum) <= 0) && (s.ExclusiveMaximum == nil || compare(s.ExclusiveMaximum) < 0)
}

// fraction is a number of a document, which has passed unwieldy.
func fraction(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return new(big.Rat) // no JSON number is written like that
	}
	return r
}

func isType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	case json.Number:
		return name == "number" || name == "integer" && (!strings.ContainsAny(v.String(), ".eE") || fraction(v).IsInt())
	}
	return false
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && (a == b || fraction(a).Cmp(fraction(b)) == 0)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	}
	return a == b
}
