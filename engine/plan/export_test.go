package plan

import "github.com/tongban/tongban/rules/facts"

// Bare returns a function that evaluates every rule of the item once over the facts of an input, and does nothing else: no
// form, no explanation. It is the yardstick for what Evaluate adds.
func (p *Plan) Bare(in Input) func() {
	e := p.begin(&in)
	e.work()
	v := e.values
	return func() {
		for _, s := range p.steps {
			if f := s.field; f != nil {
				if f.when != nil {
					_, _ = f.when.Eval(v)
				}
				if f.value != nil {
					_, _ = f.value.Eval(v)
				}
				continue
			}
			if s.conc.each == nil {
				_, _ = e.concluded(s.conc, v)
				continue
			}
			rows, _ := e.list(s.conc.each)
			for i, r := range rows {
				row, _ := r.(*facts.Values)
				_, _ = e.concluded(s.conc, s.conc.each.values(v, row, i+1))
			}
		}
		for i := range p.conditions {
			c := &p.conditions[i]
			if c.when != nil {
				_, _ = c.when.Eval(v)
			}
			_, _ = c.rule.Eval(v)
		}
		for i := range p.materials {
			if m := &p.materials[i]; m.when != nil && m.each == nil {
				_, _ = m.when.Eval(v)
			}
		}
		_, _ = p.route.jurisdiction.Eval(v)
		for _, c := range p.route.choices {
			if c.when != nil {
				_, _ = c.when.Eval(v)
			}
		}
	}
}
