package schema_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/schema"
)

func check(t *testing.T, s *schema.Schema, value string) []string {
	t.Helper()
	var v any
	dec := json.NewDecoder(strings.NewReader(value))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range s.Check(v) {
		out = append(out, d.Code+"@"+d.Path)
		if text := d.Both(); text.Zh == d.Code || text.En == d.Code {
			t.Errorf("%s has no text", d.Code)
		}
	}
	return out
}

func TestCheckPlacesEachFinding(t *testing.T) {
	s := schema.MustCompile(json.RawMessage(`{
		"type":"object","additionalProperties":false,"required":["name","kind"],
		"properties":{
			"name":{"type":"string","minLength":2,"maxLength":4},"kind":{"enum":["a","b"]},"n":{"type":"integer","minimum":0,"maximum":9},
			"day":{"type":"string","format":"date"},"code":{"type":"string","pattern":"^[0-9]+$"},
			"list":{"type":"array","maxItems":2,"uniqueItems":true,"items":{"$ref":"#/$defs/row"}},
			"either":{"oneOf":[{"type":"string"},{"type":"integer"}]}
		},
		"$defs":{"row":{"type":"object","required":["x/y"],"properties":{"x/y":{"type":"number","exclusiveMinimum":0}}}}
	}`))
	for _, c := range []struct {
		value string
		want  []string
	}{
		{`{"name":"ab","kind":"a"}`, nil},
		{`{}`, []string{"schema.required@/kind", "schema.required@/name"}},
		{`{"name":"a","kind":"c","nam":1}`, []string{"schema.enum@/kind", "schema.min-length@/name", "schema.unknown-property@/nam"}},
		{`{"name":"abcde","kind":"a","n":10}`, []string{"schema.max-length@/name", "schema.maximum@/n"}},
		{`{"name":"ab","kind":"a","n":1.5}`, []string{"schema.type@/n"}},
		{`{"name":"ab","kind":"a","day":"2026-02-30","code":"x"}`, []string{"schema.format@/day", "schema.pattern@/code"}},
		{`{"name":"ab","kind":"a","list":[{},{"x/y":0}]}`, []string{"schema.exclusive-minimum@/list/1/x~1y", "schema.required@/list/0/x~1y"}},
		{`{"name":"ab","kind":"a","either":true}`, []string{"schema.no-alternative@/either"}},
		{`[]`, []string{"schema.type@"}},
		{`{"name":"ab","kind":"a","n":1e11111111,"list":[{"x/y":-1E-99999}]}`, []string{"schema.number-size@/list/0/x~1y", "schema.number-size@/n"}},
		{`{"name":"ab","kind":"a","n":` + strings.Repeat("1", 1001) + `}`, []string{"schema.number-size@/n"}},
	} {
		got := check(t, s, c.value)
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.value, got, c.want)
		}
	}
}

// TestEveryKeyword breaks each keyword of the standard once, bare and where schemas are found in forms: in an array, behind a
// reference, under a name that URLs and pointers escape, and behind if, allOf and an alternative of null.
func TestEveryKeyword(t *testing.T) {
	around := map[string]struct{ schema, value, at string }{
		"bare":      {`%s`, `%s`, ""},
		"items":     {`{"items":%s}`, `[%s]`, "/0"},
		"ref":       {`{"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":%s}}`, `{"a":%s}`, "/a"},
		"resource":  {`{"properties":{"a":{"$ref":"/b"}},"$defs":{"a":{"$id":"/b","$defs":{"c":%s},"allOf":[{"$ref":"#/$defs/c"}]}}}`, `{"a":%s}`, "/a"},
		"name":      {`{"properties":{"子女 1/~%%":{"items":%s}}}`, `{"子女 1/~%%":[%s]}`, "/子女 1~1~0%/0"},
		"condition": {`{"if":true,"then":{"allOf":[{"dependentSchemas":{"a":{"properties":{"a":%s}}}}]}}`, `{"a":%s}`, "/a"},
		"nullable":  {`{"prefixItems":[{"anyOf":[{"type":"null"},{"allOf":[%s]}]}]}`, `[%s]`, "/0"},
	}
	for _, c := range []struct{ schema, value, want string }{
		{`{"type":["integer","null"]}`, `"a"`, "schema.type"},
		{`{"enum":["a","b"]}`, `"c"`, "schema.enum"},
		{`{"oneOf":[{"const":"a","title":"甲"},{"const":"b"}]}`, `"c"`, "schema.enum"},
		{`{"const":"a"}`, `"c"`, "schema.const"},
		{`{"multipleOf":0.01}`, `0.015`, "schema.multiple-of"},
		{`{"maximum":9007199254740993}`, `9007199254740994`, "schema.maximum"},
		{`{"exclusiveMaximum":1}`, `1`, "schema.exclusive-maximum"},
		{`{"minimum":0.1}`, `0.09`, "schema.minimum"},
		{`{"exclusiveMinimum":0}`, `0`, "schema.exclusive-minimum"},
		{`{"maxLength":1}`, `"𠮷野"`, "schema.max-length"},
		{`{"minLength":3}`, `"吉野"`, "schema.min-length"},
		{`{"pattern":"^\\p{Han}+$"}`, `"Ji"`, "schema.pattern"},
		{`{"format":"date"}`, `"2026-02-29"`, "schema.format"},
		{`{"maxItems":1}`, `[1,2]`, "schema.max-items"},
		{`{"minItems":1}`, `[]`, "schema.min-items"},
		{`{"uniqueItems":true}`, `[{"a":1,"b":2},{"b":2,"a":1.0}]`, "schema.unique-items"},
		{`{"contains":{"const":1}}`, `[]`, "schema.contains"},
		{`{"contains":{"const":1}}`, `[2,3]`, "schema.contains"},
		{`{"contains":{"const":1},"minContains":2}`, `[1,3]`, "schema.min-contains"},
		{`{"contains":{"const":1},"maxContains":1}`, `[1,1]`, "schema.max-contains"},
		{`{"maxProperties":0}`, `{"a":1}`, "schema.max-properties"},
		{`{"minProperties":1}`, `{}`, "schema.min-properties"},
		{`{"required":["a/b","c"]}`, `{"c":1}`, "schema.required/a~1b"},
		{`{"dependentRequired":{"a":["b","c"],"d":["e"]}}`, `{"a":1,"b":2}`, "schema.required/c"},
		{`{"dependentSchemas":{"a":{"required":["c"]}}}`, `{"a":1}`, "schema.required/c"},
		{`{"properties":{"a":{"type":"null"}}}`, `{"a":1}`, "schema.type/a"},
		{`{"properties":{"a":false}}`, `{"a":1}`, "schema.forbidden/a"},
		{`{"patternProperties":{"^a/":{"type":"null"}}}`, `{"a/~":1}`, "schema.type/a~1~0"},
		{`{"properties":{"a":{}},"patternProperties":{"^b":{}},"additionalProperties":false}`, `{"a":1,"b1":1,"c":1}`, "schema.unknown-property/c"},
		{`{"additionalProperties":{"type":"null"}}`, `{"a":1}`, "schema.type/a"},
		{`{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}`, `{"a":1,"c d":1}`, "schema.unknown-property/c d"},
		{`{"unevaluatedProperties":{"type":"null"}}`, `{"c":1}`, "schema.type/c"},
		{`{"propertyNames":{"pattern":"^[a-z]+$"}}`, `{"A b":1}`, "schema.property-name/A b"},
		{`{"prefixItems":[{"type":"null"}]}`, `[1]`, "schema.type/0"},
		{`{"prefixItems":[true],"items":false}`, `[1,2]`, "schema.extra-item/1"},
		{`{"prefixItems":[true],"unevaluatedItems":false}`, `[1,2]`, "schema.extra-item/1"},
		{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{"a":1}`, "schema.required/b"},
		{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{}`, "schema.required/c"},
		{`{"not":{"required":["a"]}}`, `{"a":1}`, "schema.forbidden"},
		{`{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{}`, "schema.no-alternative"},
		{`{"anyOf":[{"type":"string"},{"type":"object","required":["b"]}]}`, `{}`, "schema.required/b"},
		{`{"oneOf":[{"minimum":1},{"maximum":9}]}`, `5`, "schema.several-alternatives"},
		{`{"$dynamicRef":"#n","$defs":{"n":{"$dynamicAnchor":"n","type":"null"}}}`, `5`, "schema.type"},
		{`{"type":"number"}`, `1e1000001`, "schema.number-size"},
		{`{"not":{}}`, `5`, "schema.forbidden"},
	} {
		code, below, _ := strings.Cut(c.want, "/")
		if below != "" {
			below = "/" + below
		}
		for name, a := range around {
			if name != "bare" && name != "items" && (strings.Contains(c.schema, "#") || c.value == `1e1000001`) {
				continue
			}
			s, bad := schema.Compile(json.RawMessage(fmt.Sprintf(a.schema, c.schema)))
			if bad != nil {
				t.Errorf("%s, %s: %v", c.schema, name, bad)
				continue
			}
			if got, want := check(t, s, fmt.Sprintf(a.value, c.value)), code+"@"+a.at+below; len(got) != 1 || got[0] != want {
				t.Errorf("%s, %s: %v, want %s", c.schema, name, got, want)
			}
		}
	}
}

// TestPatterns: patterns mean what they mean in ECMAScript.
func TestPatterns(t *testing.T) {
	written := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for _, c := range []struct{ pattern, yes, no string }{
		{`^[\u4e00-\u9fa5]{2,}$`, "吉野", "吉1"},
		{`^\u{20BB7}$`, "\U00020BB7", "吉"},
		{`^\S+$`, "吉野", "吉\u3000野"},
		{`^\s$`, "\u3000", "野"},
		{`^[\s\d]+$`, "1\u00a02", "1x2"},
		{`^[^\s]$`, "x", "\ufeff"},
		{`^\cA$`, "\u0001", "A"},
		{`^a\\s$`, `a\s`, "a "},
		{`^[/\]]\/$`, "]/", "]]"},
	} {
		s := schema.MustCompile(json.RawMessage(`{"pattern":` + written(c.pattern) + `}`))
		if got := check(t, s, written(c.yes)); got != nil {
			t.Errorf("%s: %q: %v", c.pattern, c.yes, got)
		}
		if got := check(t, s, written(c.no)); len(got) != 1 || got[0] != "schema.pattern@" {
			t.Errorf("%s: %q: %v", c.pattern, c.no, got)
		}
	}
	s := schema.MustCompile(json.RawMessage(`{"patternProperties":{"^\\u59d3":{"type":"null"}},"additionalProperties":false,"properties":{"pattern":{"enum":["\\s"]}}}`))
	if got := check(t, s, `{"姓名":null,"pattern":"\\s","名":1}`); len(got) != 1 || got[0] != "schema.unknown-property@/名" {
		t.Error(got)
	}
}

// TestCompileSaysWhere holds what is wrong with a schema to its place in it.
func TestCompileSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		`{"properties":{"姓 名":{"type":"text"}}}`:                  "schema.invalid@/properties/姓 名/type",
		`{"items":{"pattern":"(?=a)"}}`:                           "schema.invalid@/items/pattern",
		`{"items":{"pattern":"("}}`:                               "schema.invalid@/items/pattern",
		`{"items":{"$ref":"#/$defs/absent"}}`:                     "schema.reference@/items/$ref",
		`{"items":{"$ref":"other.json#/a"}}`:                      "schema.reference@/items/$ref",
		`{"minimum":1e1000001}`:                                   "schema.number-size@/minimum",
		`{"$ref":"#nowhere"}`:                                     "schema.invalid@",
		`{"type":`:                                                "schema.invalid@",
		`{"properties":{"$ref":{"type":"string"},"enum":{}}}`:     "",
		`{"enum":[{"$ref":"x.json"}]}`:                            "",
		`{"$defs":{"":{"type":"string"}},"$ref":"#/$defs/"}`:      "",
		`{"$ref":"https://json-schema.org/draft/2020-12/schema"}`: "",
	} {
		_, found := schema.Compile(json.RawMessage(text))
		got := ""
		for _, d := range found {
			got += d.Code + "@" + d.Path
			if both := d.Both(); both.Zh == d.Code || both.En == d.Code {
				t.Errorf("%s has no text", d.Code)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestCompileReachesNothingOutside(t *testing.T) {
	for _, ref := range []string{"https://example.org/x.json", "file:///etc/passwd"} {
		if _, err := schema.Compile(json.RawMessage(`{"$ref":"` + ref + `"}`)); err == nil {
			t.Errorf("%s was followed", ref)
		}
	}
	if _, err := schema.Compile(json.RawMessage(`{"type":"nothing"}`)); err == nil {
		t.Error("an impossible schema was accepted")
	}
}

func TestSuggestion(t *testing.T) {
	s := schema.MustCompile(json.RawMessage(`{"additionalProperties":false,"properties":{"conditions":{},"materials":{}}}`))
	found := s.Check(map[string]any{"condtions": true})
	if len(found) != 1 || found[0].Words["near"] != diag.CloseTo("conditions") {
		t.Errorf("%+v", found)
	}
}

func TestCompileRefusesNumbersNobodyCanHold(t *testing.T) {
	if _, err := schema.Compile(json.RawMessage(`{"type":"number","minimum":1e11111111}`)); err == nil {
		t.Error("accepted")
	}
}
