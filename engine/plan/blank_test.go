package plan_test

import (
	"encoding/json"
	"os"
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
	      "wage": {"type": "integer", "format": "money", "title": "工资"},
	      "jobs": {"type": "array", "maxItems": 3, "title": "工作", "items": {"type": "object", "required": ["post"], "properties": {
	        "post": {"type": "string", "title": "岗位"}, "pay": {"type": "integer", "format": "money", "title": "报酬"}}}}}}}}],
	  "derive": [
	    {"key": "wages", "label": {"zh": "工资", "en": "Wages"}, "type": "money", "value": "sum(form.members, .wage ?? 0)", "legal": ["law"]},
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
	if got := string(out.Derived[0].Value) + " " + string(out.Derived[1].Value); got != "300 51" {
		t.Errorf("wages and pay are %s, want 300 51", got)
	}
	if out := evaluate(`[{"name": "甲"}]`); out.Eligibility.Verdict != plan.Unmet {
		t.Errorf("without any wage: %v", out.Eligibility.Verdict)
	}
}
