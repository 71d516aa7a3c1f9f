package plan_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
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
