package plan

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
			rows, _ := e.rows(s.conc.each)
			for row := range rows {
				_, _ = e.concluded(s.conc, row.facts)
			}
		}
		for i := range p.conditions {
			c := &p.conditions[i]
			rows, _ := e.rows(c.each)
			for row := range rows {
				if c.when != nil {
					_, _ = c.when.Eval(row.facts)
				}
				_, _ = c.rule.Eval(row.facts)
			}
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
