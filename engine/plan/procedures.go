package plan

import (
	"slices"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
)

type procedure struct {
	of          *item.Procedure
	pointer     string
	when        *cond.Condition
	legal       []LegalRef
	shows       []shown
	onObjection bool // an objection to a publicity opens it
}

// shown is a fact that a publicity tells.
type shown struct {
	slot  int
	label lang.Text
	mask  func(string) string
	born  int // slot of the birth date of whose name it is, or -1: the names of minors are masked
}

func (c *compiler) procedures() {
	p := c.plan
	seen := map[string]bool{}
	for i := range p.def.Procedures {
		of := &p.def.Procedures[i]
		at := diag.Pointer("/procedures", i)
		if seen[of.Key] {
			c.report("plan.duplicate", at+"/key", "name", of.Key)
		}
		seen[of.Key] = true
		one := procedure{of: of, pointer: at, when: c.condition(of.When, at+"/when"), legal: c.articles(of.Legal, at+"/legal")}
		for n, path := range of.Shows {
			if s, ok := c.shown(path, diag.Pointer(at+"/shows", n)); ok {
				one.shows = append(one.shows, s)
			}
		}
		one.onObjection = slices.ContainsFunc(p.def.Procedures, func(other item.Procedure) bool { return other.Objection == of.Key })
		p.procedures = append(p.procedures, one)
	}
}

// shown decides how a fact is published. What must not be (telephone, bank account, address, income and whatever else is
// sensitive) is a finding: nobody is to remember it when the text is posted.
func (c *compiler) shown(path, at string) (shown, bool) {
	for _, d := range c.plan.derived {
		if "result."+d.key == path && d.each == nil {
			c.used[d.slot] = true
			return shown{slot: d.slot, label: d.label, born: -1}, true
		}
	}
	f := c.fieldAt(path)
	if f == nil {
		c.report("plan.publicity-unknown-fact", at, "name", path)
		return shown{}, false
	}
	c.used[f.slot] = true
	s := shown{slot: f.slot, label: f.label, born: -1}
	switch {
	case f.shape.format == "resident-id" || f.key == "id_number":
		s.mask = ident.MaskID
	case f.key == "name":
		s.mask = ident.MaskName
		if b := c.fieldAt(f.group + ".birth_date"); b != nil {
			s.born = b.slot
		}
	case f.shape.format == "division":
	case f.secret != dictionary.Public, f.shape.format == "mobile", f.shape.format == "phone", f.shape.format == "bank-card",
		f.typ.Kind == facts.List, f.widget == "longtext":
		c.report("plan.publicity-secret", at, "name", f.label)
		return shown{}, false
	}
	return s, true
}

// permitExtension is by how many working days the time for a permit may be extended, unless another law says otherwise
// (行政许可法 42).
const permitExtension = 10

// lintProcedures: a special procedure rests on an article, fits its kind, and can happen where it must.
func (c *compiler) lintProcedures() {
	d := c.plan.def
	for i := range c.plan.procedures {
		pr := &c.plan.procedures[i]
		of, at := pr.of, pr.pointer
		if len(of.Legal) == 0 {
			c.report("plan.procedure-without-basis", at, "name", of.Name)
		}
		if d.CaseType == item.CaseInstant {
			c.report("plan.instant-with-procedure", at, "name", of.Name)
		}
		c.lintMembers(of, at)
		c.lintStages(of, at)
		timed := of.Term != nil && of.Term.N > 0
		switch of.Kind {
		case item.Inquiry:
			if of.Suspends && !timed {
				c.found.Add(diag.New("plan.suspension-without-maximum", at, "name", of.Name).As(diag.Hint))
			}
		case item.Publicity, item.Extension:
			if !timed {
				c.report("plan.procedure-without-term", at, "name", of.Name)
			}
		}
		if of.Kind == item.Extension && timed {
			c.lintExtension(of, at+"/term")
		}
		if of.Objection != "" && !slices.ContainsFunc(d.Procedures, func(o item.Procedure) bool { return o.Key == of.Objection && o.Kind == item.Inquiry }) {
			c.report("plan.unknown-inquiry", at+"/objection", "name", of.Objection)
		}
	}
}

// lintMembers: what belongs to one kind means nothing for another.
func (c *compiler) lintMembers(of *item.Procedure, at string) {
	for _, m := range []struct {
		name string
		set  bool
		of   []item.ProcedureKind
	}{
		{"required", of.Required, []item.ProcedureKind{item.Inquiry, item.Publicity}},
		{"suspends", of.Suspends, []item.ProcedureKind{item.Inquiry, item.Publicity}},
		{"shows", len(of.Shows) > 0, []item.ProcedureKind{item.Publicity}},
		{"objection", of.Objection != "", []item.ProcedureKind{item.Publicity}},
	} {
		if m.set && !slices.Contains(m.of, of.Kind) {
			c.report("plan.procedure-member", at+"/"+m.name, "member", m.name, "kind", kindNames[of.Kind])
		}
	}
}

var kindNames = map[item.ProcedureKind]lang.Text{
	item.Inquiry:   {Zh: "查验评审", En: "an inquiry"},
	item.Extension: {Zh: "延期", En: "an extension"},
	item.Publicity: {Zh: "公示", En: "a publicity"},
}

// lintStages: a stage that no route has after acceptance is a slip, and a procedure that must happen but cannot would block
// every case of that route.
func (c *compiler) lintStages(of *item.Procedure, at string) {
	reachable := func(r routeChoice, key string) bool {
		return slices.ContainsFunc(r.template.Stages, func(s dictionary.Stage) bool { return s.Key == key && s.Act != dictionary.ActAccept })
	}
	routes := c.plan.route.choices
	for n, key := range of.Stages {
		if len(routes) > 0 && !slices.ContainsFunc(routes, func(r routeChoice) bool { return reachable(r, key) }) {
			c.report("plan.unknown-stage", diag.Pointer(at+"/stages", n), "name", key)
		}
	}
	for _, r := range routes {
		if of.Required && len(of.Stages) > 0 && !slices.ContainsFunc(of.Stages, func(key string) bool { return reachable(r, key) }) {
			c.report("plan.procedure-unreachable", at+"/stages", "name", of.Name, "route", r.template.Name)
		}
	}
}

// lintExtension: an extension is counted as the limits are, and not longer than the law allows.
func (c *compiler) lintExtension(of *item.Procedure, at string) {
	d := c.plan.def
	pairs := []item.LimitChoice{{Statutory: d.Limit.Statutory, Promised: d.Limit.Promised}}
	for _, l := range append(pairs, d.Limit.Choose...) {
		if l.Promised.Unit != of.Term.Unit || l.Statutory != nil && l.Statutory.Unit != of.Term.Unit {
			c.report("plan.extension-unit", at+"/unit", "unit", units[of.Term.Unit])
			break
		}
	}
	if most := (item.Term{N: permitExtension, Unit: item.Workday}); d.Type == item.TypePermit && longest(*of.Term) > longest(most) {
		c.warn("plan.extension-longer-than-law", at, "n", of.Term.N, "unit", units[of.Term.Unit], "most", permitExtension)
	}
}

// procedures says which special procedures concern the case.
func (e *evaluation) procedures() {
	for i := range e.plan.procedures {
		p := &e.plan.procedures[i]
		out := Procedure{
			Key: p.of.Key, Kind: string(p.of.Kind), Name: p.of.Name, Need: "possible", Suspends: p.of.Suspends, Stages: p.of.Stages,
			Objection: p.of.Objection, Legal: p.legal,
		}
		if p.of.Term != nil {
			t := term(*p.of.Term)
			out.Term = &t
		}
		switch e.when(p.when, p.pointer) {
		case cond.Unmet:
			out.Need = "not-needed"
		case cond.Undetermined:
			out.Need = string(Undetermined)
			e.wait(e.whenMissing(p.when), "procedure:"+p.of.Key, &out.Missing)
		default:
			switch {
			case p.onObjection:
				out.Need = "on-objection"
			case p.of.Required:
				out.Need = "required"
			}
			out.Shows = e.shows(p.shows)
		}
		e.out.Procedures = append(e.out.Procedures, out)
	}
}

// adulthood is the age at which a person is no minor any more (民法典 17).
const adulthood = 18

// shows writes the facts of a publicity as they may be read by anybody.
func (e *evaluation) shows(list []shown) []Shown {
	var out []Shown
	for _, s := range list {
		if e.values.State(s.slot) != facts.Known {
			continue
		}
		text := e.write(s.slot).text
		if s.mask != nil && !(s.born >= 0 && e.grown(s.born)) {
			text = lang.Text{Zh: s.mask(text.Zh), En: s.mask(text.In(lang.En))}
		}
		out = append(out, Shown{Label: s.label, Text: text})
	}
	return out
}

// grown reports whether somebody is known to be of age today.
func (e *evaluation) grown(born int) bool {
	day, ok := e.values.Get(born).(time.Time)
	today, now := e.values.Get(e.plan.today).(time.Time)
	return ok && now && !day.AddDate(adulthood, 0, 0).After(today)
}
