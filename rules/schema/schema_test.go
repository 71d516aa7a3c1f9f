package schema_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

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
	if len(found) != 1 || found[0].Args["suggestion"] != "conditions" {
		t.Errorf("%+v", found)
	}
}

func TestCompileRefusesNumbersNobodyCanHold(t *testing.T) {
	if _, err := schema.Compile(json.RawMessage(`{"type":"number","minimum":1e11111111}`)); err == nil {
		t.Error("accepted")
	}
}
