package schema_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tongban/tongban/rules/schema"
)

// FuzzAccepts holds what is decided here to what the validator decides of the same schema as 2020-12: whether it is a
// schema, and whether a value is as it asks.
func FuzzAccepts(f *testing.F) {
	for seed := range uint64(2000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		raw, err := json.Marshal(g.schema(3))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.Draft, c.AssertFormat = jsonschema.Draft2020, true
		if err := c.AddResource("tongban:///schema.json", bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
		theirs, wrong := c.Compile("tongban:///schema.json")
		ours, found := schema.Compile(raw)
		if (found == nil) != (wrong == nil) {
			t.Fatalf("%s: %v, the validator says %v", raw, found, wrong)
		}
		if found != nil {
			return
		}
		for range 20 {
			v := g.value(3)
			if got, want := ours.Check(v), theirs.Validate(v); (len(got) == 0) != (want == nil) {
				t.Fatalf("%s: %v: %v, the validator says %v", raw, v, got, want)
			}
		}
	})
}

// generator makes schemas and values that are often close to each other.
type generator struct{ *rand.Rand }

func (g generator) one(of ...any) any { return of[g.IntN(len(of))] }

func (g generator) number() json.Number {
	return json.Number(g.one("0", "1", "2", "3", "-1", "1.0", "1.5", "10e-1", "2E2", "9223372036854775808", "-0").(string))
}

func (g generator) scalar() any {
	return g.one(nil, true, false, "", "a", "ab", "三个字", "2026-02-30", "2026-02-28", g.number(), g.number())
}

func (g generator) value(depth int) any {
	switch g.IntN(4 + min(depth, 4)) {
	case 4, 5:
		out := []any{}
		for range g.IntN(4) {
			out = append(out, g.value(depth-1))
		}
		return out
	case 6, 7:
		out := map[string]any{}
		for range g.IntN(4) {
			out[g.name()] = g.value(depth - 1)
		}
		return out
	}
	return g.scalar()
}

func (g generator) name() string { return g.one("a", "b", "c", "x/y", "$ref").(string) }

func (g generator) schemas(depth int) []any {
	out := []any{}
	for range 1 + g.IntN(3) {
		out = append(out, g.schema(depth-1))
	}
	return out
}

func (g generator) schema(depth int) any {
	if g.IntN(12) == 0 || depth == 0 && g.IntN(2) == 0 {
		return g.one(true, true, false)
	}
	out := map[string]any{}
	for range g.IntN(4) {
		g.keyword(out, depth)
	}
	return out
}

func (g generator) keyword(out map[string]any, depth int) {
	types := []any{"string", "integer", "number", "boolean", "null", "array", "object"}
	names := []any{g.name(), g.name() + "2"}
	if g.IntN(60) == 0 {
		out[g.one("type", "required", "minLength", "properties", "pattern", "items", "oneOf", "title", "$comment").(string)] = g.one(g.scalar(), "(", []any{}, []any{"a", "a"})
		return
	}
	switch k := g.IntN(28); {
	case k < 4:
		out["type"] = g.one(append(types, []any{"string", "null"}, []any{"integer", "boolean"})...)
	case k == 4:
		out["enum"] = []any{g.scalar(), g.value(1), g.scalar()}
	case k == 5:
		out["const"] = g.value(1)
	case k == 6:
		out["format"] = g.one("date", "email", "money", "resident-id")
	case k == 7:
		out["pattern"] = g.one("^a", "b$", ".", "^$")
	case k == 8:
		out["minLength"], out["maxLength"] = g.IntN(3), g.IntN(4)
	case k == 9:
		out["minItems"], out["maxItems"] = g.IntN(2), g.IntN(4)
	case k == 10:
		out["uniqueItems"], out["maxItems"] = true, g.IntN(4)
	case k == 11:
		out[g.one("minimum", "exclusiveMinimum").(string)] = g.number()
	case k == 12:
		out[g.one("maximum", "exclusiveMaximum").(string)] = g.number()
	case k == 13:
		out["required"] = names
	case k == 14:
		out["dependentRequired"] = map[string]any{g.name(): names}
	case k == 15:
		out["minProperties"] = g.IntN(3)
	case depth == 0:
	case k < 19:
		out["properties"] = map[string]any{g.name(): g.schema(depth - 1), g.name(): g.schema(depth - 1)}
	case k == 19:
		out["additionalProperties"] = g.schema(depth - 1)
	case k < 22:
		out["items"] = g.schema(depth - 1)
	case k == 22:
		out["oneOf"] = []any{map[string]any{"const": g.scalar(), "title": "x", "x-label": names}, map[string]any{"const": g.scalar()}}
	case k < 26:
		out[g.one("oneOf", "anyOf", "allOf").(string)] = g.schemas(depth)
	case k == 26:
		out[g.one("not", "propertyNames", "contains", "if").(string)] = g.schema(depth - 1)
	default:
		out["$defs"] = map[string]any{"d": g.schema(depth - 1)}
		out["items"] = map[string]any{"$ref": "#/$defs/d"}
	}
}
