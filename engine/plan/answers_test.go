package plan_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// inCity compiles a document against the small city of testdata/city.
func inCity(t *testing.T, document string) *plan.Plan {
	t.Helper()
	dict, found := dictionary.Load(os.DirFS("testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	def, doc, found := item.Decode([]byte(document), "document")
	if found.HasErrors() {
		t.Fatal(found)
	}
	p, found := plan.Compile(def, doc, dict)
	if p == nil {
		t.Fatal(found)
	}
	return p
}

// A column that an answered row leaves out, and need not have, was left blank: rules see it as absent and wait for nothing.
func TestBlankColumnsAreAbsent(t *testing.T) {
	p := inCity(t, `{
	  "code": "BLANK001", "name": {"zh": "家庭补助", "en": "Family aid"},
	  "type": "benefit", "caseType": "promise", "authority": "civil-affairs", "scope": "city",
	  "channels": ["window"], "onSiteVisits": 1, "onSiteReason": {"zh": "当面办理", "en": "In person"}, "effective": {"from": "2026-01-01"},
	  "legal": [{"id": "law", "title": "社会救助暂行办法"}], "use": ["applicant"],
	  "fields": [{"key": "members", "label": {"zh": "家庭成员", "en": "Members"}, "schema": {"type": "array", "maxItems": 5, "items": {
	    "type": "object", "additionalProperties": false, "required": ["name"], "properties": {
	      "name": {"type": "string", "title": "姓名"},
	      "id": {"type": "string", "format": "resident-id", "title": "证件号码"},
	      "wage": {"type": "integer", "format": "money", "title": "工资"},
	      "jobs": {"type": "array", "maxItems": 3, "title": "工作", "items": {"type": "object", "required": ["post"], "properties": {
	        "post": {"type": "string", "title": "岗位"}, "pay": {"type": "integer", "format": "money", "title": "报酬"}}}}}}}}],
	  "derive": [
	    {"key": "wages", "label": {"zh": "工资", "en": "Wages"}, "type": "money", "value": "sum(form.members, .wage ?? 0)", "legal": ["law"]},
	    {"key": "first", "label": {"zh": "首位成员证件号码", "en": "Number of the first"}, "type": "string", "value": "form.members[0].id", "legal": ["law"]},
	    {"key": "pay", "label": {"zh": "报酬", "en": "Pay"}, "type": "money", "value": "sum(form.members, .jobs == nil ? 0 : sum(.jobs, .pay ?? 1))", "legal": ["law"]}],
	  "conditions": [{"id": "paid", "rule": "form.members.exists(m, present(m.wage))", "legal": ["law"], "otherwise": {"zh": "无人工作", "en": "Nobody works"}}],
	  "materials": [{"material": "form", "legal": ["law"]}],
	  "limit": {"statutory": null, "promised": {"n": 7, "unit": "workday"}},
	  "route": {"jurisdiction": "applicant.hukou_division", "template": "street"},
	  "results": [{"kind": "entitlement", "name": {"zh": "补助", "en": "Aid"}, "value": "result.wages + result.pay"}],
	  "examples": [{"name": "none", "at": "2026-03-02", "given": {}, "expect": {"verdict": "undetermined"}}]
	}`)
	evaluate := func(members string) plan.Outcome {
		return p.Evaluate(plan.Input{Date: "2026-03-02", Answers: json.RawMessage(`{"form": {"members": ` + members + `}}`)})
	}
	out := evaluate(`[{"name": "甲", "wage": 300}, {"name": "乙", "jobs": [{"post": "丙"}, {"post": "丁", "pay": 50}]}]`)
	if len(out.Problems) > 0 || out.Eligibility.Verdict != plan.Met {
		t.Errorf("%v, %v", out.Eligibility.Verdict, out.Problems)
	}
	if got := string(out.Derived[0].Value) + " " + string(out.Derived[2].Value); got != "300 51" {
		t.Errorf("wages and pay are %s, want 300 51", got)
	}
	// Formats of columns are checked as those of fields, at their place, and values take their canonical form.
	out = evaluate(`[{"name": "甲", "id": "510499 19850412 007 4"}, {"name": "乙", "id": "510499199001010012"}, {"name": "丙", "id": "1"}]`)
	var wrong []string
	for _, p := range out.Problems {
		wrong = append(wrong, p.Code+" "+p.Path+" "+p.Pointer)
	}
	if want := []string{"ident.id-check form.members[1].id /form/members/1/id", "ident.length form.members[2].id /form/members/2/id"}; !slices.Equal(wrong, want) {
		t.Errorf("problems %q, want %q", wrong, want)
	}
	if out := evaluate(`[{"name": "甲", "id": "510499 19850412 007 4", "wage": 1}]`); len(out.Problems) > 0 || string(out.Derived[1].Value) != `"510499198504120074"` {
		t.Errorf("an identity number with spaces: %s %v", out.Derived[1].Value, out.Problems)
	}
	if out := evaluate(`[{"name": "甲"}]`); out.Eligibility.Verdict != plan.Unmet {
		t.Errorf("without any wage: %v", out.Eligibility.Verdict)
	}
}

// What a schema says beyond types is told at the field that it is about, in words for the person who fills in the form.
func TestConditionsOfSchemas(t *testing.T) {
	p := inCity(t, `{
	  "code": "COND001", "name": {"zh": "家庭补助", "en": "Family aid"},
	  "type": "benefit", "caseType": "promise", "authority": "civil-affairs", "scope": "city",
	  "channels": ["window"], "onSiteVisits": 1, "onSiteReason": {"zh": "当面办理", "en": "In person"}, "effective": {"from": "2026-01-01"},
	  "legal": [{"id": "law", "title": "社会救助暂行办法"}], "use": ["applicant"],
	  "fields": [
	    {"key": "rent", "label": {"zh": "月租金", "en": "Rent"}, "schema": {"type": "integer", "format": "money", "exclusiveMinimum": 0, "multipleOf": 100}},
	    {"key": "number", "label": {"zh": "房号", "en": "Number"}, "schema": {"type": "string", "pattern": "^[0-9]+$", "not": {"const": "0"}}},
	    {"key": "agreed", "label": {"zh": "是否同意", "en": "Agreed"}, "schema": {"type": "boolean", "const": true}},
	    {"key": "members", "label": {"zh": "家庭成员", "en": "Members"}, "schema": {"type": "array", "maxItems": 5, "uniqueItems": true,
	      "contains": {"properties": {"head": {"const": true}}, "required": ["head"]}, "maxContains": 1,
	      "items": {"type": "object", "properties": {
	        "name": {"type": "string", "title": "姓名"}, "head": {"type": "boolean", "title": "是否户主"}, "job": {"type": "string", "title": "职业"},
	        "wage": {"type": "integer", "format": "money", "title": "工资"}},
	      "dependentRequired": {"job": ["wage"]}, "if": {"properties": {"head": {"const": true}}, "required": ["head"]}, "then": {"required": ["name"]},
	      "anyOf": [{"required": ["name"]}, {"required": ["head"]}]}}}],
	  "conditions": [{"id": "paid", "rule": "form.rent > 0 && form.agreed && form.number != '' && form.members.size() > 0", "legal": ["law"], "otherwise": {"zh": "无", "en": "None"}}],
	  "materials": [{"material": "form", "legal": ["law"]}],
	  "limit": {"statutory": null, "promised": {"n": 7, "unit": "workday"}},
	  "route": {"jurisdiction": "applicant.hukou_division", "template": "street"},
	  "results": [{"kind": "document", "name": {"zh": "决定", "en": "Decision"}}],
	  "examples": [{"name": "none", "at": "2026-03-02", "given": {}, "expect": {"verdict": "undetermined"}}]
	}`)
	for answers, want := range map[string]string{
		`{"rent": 0}`:       "answer.above form.rent “Rent” must be more than CNY 0.00; correct it",
		`{"rent": 150}`:     "answer.multiple form.rent “Rent” must be a multiple of CNY 1.00; correct it",
		`{"number": "1a"}`:  "answer.format form.number “Number” is not in the right form; correct it",
		`{"number": "0"}`:   "answer.combination form.number what is filled in at “Number” does not go together; check and correct it",
		`{"agreed": false}`: "answer.constant form.agreed “Agreed” must be yes; correct it",
		`{"members": [{"name": "甲", "job": "农"}, {"head": true, "name": "乙"}]}`: "answer.required form.members[0].wage Fill in “工资”",
		`{"members": [{"name": "甲"}]}`:                                          "schema.contains form.members an entry that must be there is missing; add it",
		`{"members": [{"head": true}]}`:                                         "answer.required form.members[0].name Fill in “姓名”",
		`{"members": [{"name": "甲", "head": true, "x": 1}]}`:                    "facts.unknown-member form.members[0].x There is no member named “x”; check the name.",
	} {
		out := p.Evaluate(plan.Input{Date: "2026-03-02", Answers: json.RawMessage(`{"form": ` + answers + `}`)})
		got := ""
		for _, q := range out.Problems {
			got += q.Code + " " + q.Path + " " + q.Text.In(lang.En)
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", answers, got, want)
		}
	}
}
