package plan

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of the look at keyed parameters: what is beyond them is not looked for, and found when it is needed.
const (
	maxKeys = 20_000 // combinations of keys and days
	maxSpan = 50     // whole numbers that a key may range over
)

// lintParameters looks whether the parameters that rules name have a value on every day on which the item is in force, and the
// keyed ones for every key: each division that has none inside it, each value of an enumeration. What is missing would be an
// evaluation error on that day, for that key.
func (c *compiler) lintParameters() {
	from, err := facts.ParseDate(c.plan.def.Effective.From)
	if err != nil {
		return // the schema has said so
	}
	to, _ := facts.ParseDate(c.plan.def.Effective.To) // zero where it is open
	for i := range c.plan.parameters {
		q := &c.plan.parameters[i]
		switch {
		case q.slot >= 0 && c.used[q.slot]:
			day, ok := q.lacks("", from, to)
			switch date := day.Format(facts.DateLayout); {
			case !ok:
			case day.Equal(from):
				c.report("plan.parameter-without-value", "/effective/from", "name", q.of.Key, "date", date)
			default:
				c.warn("plan.parameter-ends", "/effective", "name", q.of.Key, "date", date)
			}
		case q.slot < 0 && c.called["param_"+q.of.Key]:
			c.lintKeys(q, from, to)
		}
	}
}

// lacks finds the first day from from to to, both included and a zero to open, on which a series has no value.
func (q *parameter) lacks(keys string, from, to time.Time) (time.Time, bool) {
	day := from
	for {
		d, ok := q.at(day, keys)
		if !ok {
			return day, true
		}
		if d.to.IsZero() {
			i := slices.IndexFunc(q.series[keys], func(next dated) bool { return next.from.After(d.from) })
			if i < 0 {
				return time.Time{}, false
			}
			day = q.series[keys][i].from
		} else {
			day = d.to.AddDate(0, 0, 1)
		}
		if !to.IsZero() && day.After(to) {
			return time.Time{}, false
		}
	}
}

// lintKeys tries every combination of keys of a parameter on every day on which something about it changes.
func (c *compiler) lintKeys(q *parameter, from, to time.Time) {
	days := []time.Time{from}
	for _, series := range q.series {
		for _, d := range series {
			for _, day := range []time.Time{d.from, d.to.AddDate(0, 0, 1)} {
				if (day.Equal(d.from) || !d.to.IsZero()) && day.After(from) && (to.IsZero() || !day.After(to)) {
					days = append(days, day)
				}
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	choices := make([][]string, len(q.of.By))
	combinations := len(days)
	for i := range q.of.By {
		if choices[i] = c.keysOf(q, i); len(choices[i]) == 0 {
			return // any text or number: nothing can be said of all of them
		}
		combinations *= len(choices[i])
	}
	if combinations > maxKeys {
		return
	}
	missing := 0
	var first []string
	var since time.Time
	keys := make([]string, len(choices))
	var try func(i int, day time.Time)
	try = func(i int, day time.Time) {
		if i == len(choices) {
			if _, ok := q.inherited(c.dict, nil, day, slices.Clone(keys), 0); !ok {
				if missing++; missing == 1 {
					first, since = slices.Clone(keys), day
				}
			}
			return
		}
		for _, key := range choices[i] {
			keys[i] = key
			try(i+1, day)
		}
	}
	for _, day := range days {
		if try(0, day); missing > 0 {
			c.warn("plan.parameter-lacks-keys", "/effective", "name", q.of.Key, "keys", strings.Join(first, ", "), "date", since.Format(facts.DateLayout), "more", missing-1)
			return
		}
	}
}

// keysOf are all values that a key of a parameter may take, if they can be listed.
func (c *compiler) keysOf(q *parameter, i int) []string {
	if q.of.By[i].Division {
		return c.city.leaves
	}
	typ, found := facts.TypeOf(q.of.By[i].Schema, "")
	var out []string
	switch {
	case found.HasErrors():
	case len(typ.Enum) > 0:
		for _, ch := range typ.Enum {
			out = append(out, keyText(ch.Value))
		}
	case typ.Kind == facts.Bool:
		out = []string{"true", "false"}
	case typ.Kind == facts.Int:
		s := shapeOf(q.of.By[i].Schema, &typ)
		least, ok := whole(s.least)
		most, ok2 := whole(s.most)
		if open := q.open[i].up; !ok2 && len(open) > 0 {
			most, ok2 = open[0], true // beyond it nothing changes
		}
		for n := least; ok && ok2 && n <= most && most-least < maxSpan; n++ {
			out = append(out, keyText(n))
		}
	}
	if len(out) == 0 && q.open[i].any { // then those written are all that differ
		for j := range q.of.Series {
			if keys := q.of.Series[j].Keys; !slices.Contains(out, keys[i]) {
				out = append(out, keys[i])
			}
		}
	}
	return out
}

// lintUnread: what is asked and read by no rule is only for people to read. That may be right; often it is left over.
func (c *compiler) lintUnread() {
	for _, f := range c.fields {
		if f.group != "form" || c.used[f.slot] || f.value != nil || f.typ.Kind == facts.List && c.rows[f.path] != nil {
			continue
		}
		if f.optional {
			c.warn("plan.unused-field", f.pointer, "name", f.path)
		} else {
			c.found.Add(diag.New("plan.unread-field", f.pointer, "name", f.path).As(diag.Hint))
		}
	}
}

// lintOrder: a rule that reads what is concluded or asked further down works, but a reader meets the result before its reason,
// and a person the question before the one it depends on. Both places are told.
func (c *compiler) lintOrder() {
	at := map[int]int{} // slot -> place among its kind
	places := map[int]step{}
	for i, f := range c.fields {
		at[f.slot], places[f.slot] = i, step{field: f}
	}
	for i, d := range c.plan.derived {
		at[d.slot], places[d.slot] = i, step{conc: d}
	}
	for _, s := range c.plan.steps {
		for _, slot := range s.reads() {
			other, ok := places[slot]
			if !ok || (s.field == nil) != (other.field == nil) || at[slot] <= at[s.slot()] || s.pointer() == "" || other.pointer() == s.pointer() {
				continue
			}
			reader, read := c.plan.space.Path(s.slot()), c.plan.space.Path(slot)
			c.found.Add(diag.New("plan.reads-below", s.pointer(), "name", read, "label", c.label(slot)).As(diag.Hint))
			if other.pointer() != "" {
				c.found.Add(diag.New("plan.read-above", other.pointer(), "name", reader, "label", c.label(s.slot())).As(diag.Hint))
			}
		}
	}
}

func (c *compiler) label(slot int) lang.Text { return c.plan.space.Label(slot) }

// whole reads a bound that is a whole number.
func whole(bound any) (int64, bool) {
	n, ok := bound.(decimal.Decimal)
	if !ok || !n.IsInteger() || !n.BigInt().IsInt64() {
		return 0, false
	}
	return n.IntPart(), true
}

// rule is a rule that was compiled, for looking at once all are.
type rule struct {
	pointer   string
	reads     []int
	each      *rowScope
	condition *cond.Condition // or
	formula   *formula.Formula
}

// fails reports whether the rule cannot be worked out because something is absent in v.
func (r *rule) fails(v *facts.Values) bool {
	if r.condition != nil {
		_, err := r.condition.Eval(v)
		var why *cond.EvalError
		return errors.As(err, &why) && why.Code == "cond.absent"
	}
	_, err := r.formula.Eval(v)
	var why *formula.EvalError
	return errors.As(err, &why) && why.Code == "formula.absent"
}

// lintGuards finds rules that cannot be worked out where something they read was not asked, left blank, or not concluded: with
// that alone absent and all else open they fail already, and no "when" of their own depends on anything.
func (c *compiler) lintGuards() {
	absent := map[int]bool{}
	for _, f := range c.fields {
		absent[f.slot] = f.when != nil || f.optional && f.value == nil || f.presence >= 0
	}
	for _, d := range c.plan.derived {
		absent[d.slot] = d.when != nil && d.each == nil
	}
	guarded := map[string]bool{}
	for i := range c.noted {
		if at, ok := strings.CutSuffix(c.noted[i].pointer, "/when"); ok {
			guarded[at] = true
		}
	}
	for i := range c.noted {
		r := &c.noted[i]
		at := r.pointer[:strings.LastIndexByte(r.pointer, '/')+1]
		if r.pointer == "" || guarded[strings.TrimSuffix(at, "/")] && !strings.HasSuffix(r.pointer, "/when") {
			continue
		}
		space := c.plan.space
		if r.each != nil {
			if absent[r.each.list] {
				continue // without the list there is no row to work it out for
			}
			space = r.each.space
		}
		for _, slot := range r.reads {
			if !absent[slot] {
				continue
			}
			v := space.NewValues()
			v.SetAbsent(slot)
			if r.fails(v) {
				c.warn("plan.may-be-absent", r.pointer, "name", space.Path(slot), "label", space.Label(slot))
			}
		}
	}
}

// jurisdictions are the divisions whose offices may be competent: the one that the item names, or the lowest ones of all. One
// that is named and does not exist is reported.
func (c *compiler) jurisdictions() []string {
	j := c.plan.route.jurisdiction
	if j == nil || len(j.Reads()) > 0 {
		return c.city.leaves
	}
	r, err := j.Eval(c.plan.space.NewValues())
	code, ok := r.Value.(string)
	if err != nil || !ok {
		return nil
	}
	if _, ok := c.dict.Division(code); !ok {
		c.report("plan.no-division", "/route/jurisdiction", "code", code)
		return nil
	}
	return []string{code}
}

// Unstaffed reports the stages of the item's routes for which some division has no office: a case from there would stop.
func (p *Plan) Unstaffed() diag.List {
	var found diag.List
	for i := range p.route.choices {
		found.Add(p.unstaffed(&p.route.choices[i])...)
	}
	return found
}

// unstaffed is an error for a stage that no division has an office for, and a warning for one that some have none for.
func (p *Plan) unstaffed(choice *routeChoice) diag.List {
	var found diag.List
	for i := range choice.template.Stages {
		s := &choice.template.Stages[i]
		department := s.Department
		if department == authority {
			department = p.def.Authority
		}
		missing := slices.DeleteFunc(slices.Clone(p.route.divisions), func(division string) bool {
			_, ok := p.dict.Competent(division, s.Level, department)
			return ok
		})
		if len(missing) == 0 {
			continue
		}
		d := diag.New("plan.no-office", choice.pointer+"/template", "stage", s.Name, "level", string(s.Level), "department", department,
			"division", p.dict.FullName(missing[0]), "more", len(missing)-1)
		if len(missing) < len(p.route.divisions) {
			d.Severity = diag.Warning
		}
		found.Add(d)
	}
	return found
}
