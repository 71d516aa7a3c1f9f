package plan_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/plan"
)

// A value of the register counts for as long as the dictionary says, the last day included; an older one, or one of unknown
// age, is not filled in and the person is told why.
func TestFreshness(t *testing.T) {
	p := aid(t)
	for _, c := range []struct {
		confirmed string
		taken     bool
	}{
		{"2025-03-02", true}, {"2025-03-01", false}, {"2026-03-02", true}, {"", false},
	} {
		out := p.Evaluate(plan.Input{Date: "2026-03-02", Registers: map[string]plan.Register{
			"applicant": {Values: map[string]json.RawMessage{"phone": json.RawMessage(`"13900000001"`)}, AsOf: c.confirmed},
		}})
		var phone plan.Field
		for _, s := range out.Sections {
			for _, f := range s.Fields {
				if f.Path == "applicant.phone" {
					phone = f
				}
			}
		}
		told := slices.ContainsFunc(out.Problems, func(q plan.Problem) bool { return q.Code == "answer.stale-source" && q.Path == "applicant.phone" })
		if taken := phone.State == "known" && phone.Source != nil && phone.Source.AsOf == c.confirmed; taken != c.taken || told == c.taken {
			t.Errorf("confirmed on %q: %s from %+v, told %t", c.confirmed, phone.State, phone.Source, told)
		}
	}
}
