package plan

import (
	"bytes"
	"encoding/json"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/schema"
)

// Fits reports whether an answer passes by the shape of its schema, without the validator, and whether the validator accepts it;
// ok is false where nobody would ask either of them.
func Fits(of json.RawMessage, answer []byte) (fits, valid, ok bool) {
	t, found := facts.TypeOf(of, "")
	check, bad := schema.Compile(of)
	text, isJSON := facts.Check(answer)
	if found.HasErrors() || len(bad) > 0 || !isJSON || text.IsNull() {
		return false, false, false
	}
	val, err := t.DecodeChecked(text)
	if err != nil {
		return false, false, false
	}
	var plain any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&plain); err != nil {
		return false, false, false
	}
	return shapeOf(of, &t).fits(val), len(check.Check(plain)) == 0, true
}

// Bare returns a function that evaluates every condition, table and formula of the item once over the facts of an input, for
// every row where it applies to rows, and does nothing else: no reading, no form, no explanation. It is the yardstick for what
// Evaluate adds.
func (p *Plan) Bare(in Input) func() {
	e := p.begin(&in)
	e.work()
	each := func(s *rowScope, when, rule *cond.Condition, value *formula.Formula) {
		rows, _ := e.rows(s, "")
		for row := range rows {
			if when != nil {
				_, _ = when.Eval(row.facts)
			}
			if rule != nil {
				_, _ = rule.Eval(row.facts)
			}
			if value != nil {
				_, _ = value.Eval(row.facts)
			}
		}
	}
	return func() {
		*e.values.Steps() = facts.NewSteps()
		for _, s := range p.steps {
			if f := s.field; f != nil {
				each(nil, f.when, nil, f.value)
				continue
			}
			rows, _ := e.rows(s.conc.each, "")
			for row := range rows {
				_, _ = e.concluded(s.conc, row.facts)
			}
		}
		for i := range p.conditions {
			each(p.conditions[i].each, p.conditions[i].when, p.conditions[i].rule, nil)
		}
		for i := range p.materials {
			each(p.materials[i].each, p.materials[i].when, nil, nil)
		}
		for i := range p.fees {
			each(p.fees[i].each, p.fees[i].when, nil, p.fees[i].value)
		}
		for i := range p.limits {
			each(nil, p.limits[i].when, nil, nil)
		}
		each(nil, nil, nil, p.route.jurisdiction)
		for i := range p.route.choices {
			each(nil, p.route.choices[i].when, nil, nil)
		}
		for i := range p.procedures {
			each(nil, p.procedures[i].when, nil, nil)
		}
		for i := range p.results {
			each(p.results[i].each, p.results[i].when, nil, p.results[i].value)
		}
	}
}

// Settle is the first half of Evaluate: what is given and answered is read and checked, and what follows is worked out.
func (p *Plan) Settle(in Input) {
	e := p.begin(&in)
	e.work()
	e.end()
}
