package plan

import (
	"slices"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// limitChoice is a pair of limits for the cases that a condition names.
type limitChoice struct {
	of      *item.LimitChoice
	pointer string
	when    *cond.Condition
	why     lang.Text
}

// placedTerm is a term of the item and where it stands.
type placedTerm struct {
	of *item.Term
	at string
}

// terms lists every term of the item that may name articles.
func (p *Plan) terms() []placedTerm {
	d := p.def
	var out []placedTerm
	add := func(t *item.Term, at string) {
		if t != nil {
			out = append(out, placedTerm{t, at})
		}
	}
	add(d.Limit.Statutory, "/limit/statutory")
	add(&d.Limit.Promised, "/limit/promised")
	for i := range d.Limit.Choose {
		at := diag.Pointer("/limit/choose", i)
		add(d.Limit.Choose[i].Statutory, at+"/statutory")
		add(&d.Limit.Choose[i].Promised, at+"/promised")
	}
	if d.Limit.After != nil {
		add(&d.Limit.After.Term, "/limit/after")
	}
	if d.Supplement != nil {
		add(&d.Supplement.Within, "/supplement/within")
	}
	for i := range d.Procedures {
		add(d.Procedures[i].Term, diag.Pointer("/procedures", i, "term"))
	}
	return out
}

func (c *compiler) limits() {
	p := c.plan
	for i := range p.def.Limit.Choose {
		of := &p.def.Limit.Choose[i]
		one := limitChoice{of: of, pointer: diag.Pointer("/limit/choose", i), why: of.Why}
		if one.when = c.condition(of.When, one.pointer+"/when"); one.when != nil && one.why.IsZero() {
			one.why, _ = c.sentences(one.when)
		}
		p.limits = append(p.limits, one)
	}
}

// lintLimit: a promise is not longer than the law allows; an item decided on the spot promises no time; what the law sets
// names its article; a permit says until when it is handed over (行政许可法 44).
func (c *compiler) lintLimit() {
	d := c.plan.def
	c.lintPair(d.Limit.Statutory, d.Limit.Promised, "/limit")
	for i, v := range d.Limit.Choose {
		c.lintPair(v.Statutory, v.Promised, diag.Pointer("/limit/choose", i))
	}
	for _, t := range c.plan.terms() {
		c.articles(t.of.Legal, t.at+"/legal")
	}
	if a := d.Limit.After; a != nil && len(a.Legal) == 0 {
		c.warn("plan.after-without-basis", "/limit/after", "name", a.Name)
	}
	licence := slices.ContainsFunc(d.Results, func(r item.Result) bool { return r.Kind == item.ResultLicence })
	if d.Limit.After == nil && d.Type == item.TypePermit && d.CaseType == item.CasePromise && licence {
		c.found.Add(diag.New("plan.permit-without-delivery", "/limit").As(diag.Hint))
	}
	if s := d.Supplement; s != nil {
		if s.Within.N == 0 {
			c.report("plan.supplement-without-time", "/supplement/within/n")
		}
		if len(s.Within.Legal) == 0 {
			c.warn("plan.supplement-without-basis", "/supplement/within")
		}
	}
}

func (c *compiler) lintPair(statutory *item.Term, promised item.Term, at string) {
	d := c.plan.def
	if d.CaseType == item.CaseInstant && promised.N != 0 {
		c.report("plan.instant-with-limit", at+"/promised/n", "n", promised.N)
	}
	if d.CaseType == item.CasePromise && promised.N == 0 {
		c.report("plan.promise-without-limit", at+"/promised/n")
	}
	if statutory == nil {
		return
	}
	if longest(promised) > longest(*statutory) {
		c.report("plan.promise-longer-than-law", at+"/promised", "promised", promised.N, "promisedUnit", units[promised.Unit],
			"statutory", statutory.N, "statutoryUnit", units[statutory.Unit])
	} else if promised.Unit != statutory.Unit {
		if start, last, limit, found := c.exceeds(promised, *statutory); found {
			c.warn("plan.promise-longer-some-days", at+"/promised", "start", start, "last", last, "limit", limit)
		}
	}
	if len(statutory.Legal) == 0 {
		c.warn("plan.limit-without-basis", at+"/statutory")
	}
}

var units = map[item.Unit]lang.Text{
	item.Workday: {Zh: "个工作日", En: "working days"},
	item.Day:     {Zh: "日", En: "days"},
	item.Month:   {Zh: "个月", En: "months"},
}

// longest compares terms of different units by calendar days: 5 working days are at least 7 days, a month up to 31.
func longest(t item.Term) int {
	switch t.Unit {
	case item.Workday:
		return t.N + t.N/5*2
	case item.Month:
		return t.N * 31
	}
	return t.N
}

// limit states the time limits, with due dates when the clock has started. While it is not known which hold, those that hold
// otherwise are stated: they are what the office may rely on.
func (e *evaluation) limit() {
	d, out := &e.plan.def.Limit, &e.out.Limit
	out.CaseType = string(e.plan.def.CaseType)
	statutory, promised := d.Statutory, d.Promised
choices:
	for i := range e.plan.limits {
		ch := &e.plan.limits[i]
		switch e.when(ch.when, ch.pointer) {
		case cond.Met:
			statutory, promised, out.Why = ch.of.Statutory, ch.of.Promised, ch.why
			break choices
		case cond.Undetermined:
			e.wait(e.whenMissing(ch.when), "limit", &out.Missing)
			break choices
		}
	}
	out.Promised = e.due(term(promised), e.in.Case.AcceptedOn)
	if statutory != nil {
		t := e.due(term(*statutory), e.in.Case.AcceptedOn)
		out.Statutory = &t
	}
	if a := d.After; a != nil {
		out.After = &After{Term: term(a.Term), Name: a.Name}
	}
	if s := e.plan.def.Supplement; s != nil {
		t := term(s.Within)
		out.Supplement, out.Lapse = &t, string(s.Then)
	}
}

func term(t item.Term) Term { return Term{N: t.N, Unit: string(t.Unit)} }

// due counts a term from a start; a missing holiday notice is a problem, not a guess.
func (e *evaluation) due(t Term, from string) Term {
	start, err := calendar.Parse(from)
	if err != nil {
		return t
	}
	end, err := e.plan.dict.Calendar().Due(start, t.N, calendar.Unit(t.Unit))
	if err != nil {
		d := said(err, "/limit")
		if !slices.ContainsFunc(e.out.Problems, func(p Problem) bool { return p.Code == d.Code }) {
			e.problem(d, "", "/limit")
		}
		return t
	}
	t.Due = end.String()
	return t
}
