package cond_test

import (
	"testing"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/interpreter"

	"github.com/tongban/tongban/rules/beside"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
)

// Six clauses of the kinds that items have.
const six = `applicant.age >= 80 && applicant.income < param.standard && form.kind == "normal" && !form.elsewhere && today >= date("2026-01-01") && applicant.name != "x"`

const sixAsCEL = `applicant.age >= 80 && applicant.income < param.standard && form.kind == "normal" && !form.elsewhere && today >= timestamp("2026-01-01T00:00:00Z") && applicant.name != "x"`

const sixKnown = `{"applicant.age": 81, "applicant.income": 100, "param.standard": 200, "form.kind": "normal", "form.elsewhere": false, "today": "2026-03-01", "applicant.name": "李"}`

// boxed is cel-go's best case: every value boxed beforehand, and found by name.
type boxed map[string]any

func (b boxed) ResolveName(name string) (any, bool) { v, ok := b[name]; return v, ok }
func (b boxed) Parent() interpreter.Activation      { return nil }

func sixCEL(b testing.TB) (cel.Program, boxed) {
	return optimized(b, sixAsCEL), boxed(celValues(given(b, space(b), sixKnown)))
}

// optimized is a condition as cel-go runs it fastest.
func optimized(b testing.TB, rule string) cel.Program {
	reference := celEnv(b)
	ast, issues := reference.Compile(rule)
	if issues.Err() != nil {
		b.Fatal(issues.Err())
	}
	program, err := reference.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		b.Fatal(err)
	}
	return program
}

func sixClauses(b testing.TB) (*cond.Condition, *facts.Values) {
	c, found := env(b).Compile(cond.Source{Text: six})
	if c == nil {
		b.Fatal(found)
	}
	return c, given(b, space(b), sixKnown)
}

// BenchmarkSixClauses is a condition of six clauses with all facts known, beside cel-go at its best, the same in hand-written Go
// over the same values, and the explained evaluation.
func BenchmarkSixClauses(b *testing.B) {
	c, v := sixClauses(b)
	program, given := sixCEL(b)
	s := v.Space()
	slot := func(path string) int { n, _ := s.Slot(path); return n }
	age, income, standard, kind := slot("applicant.age"), slot("applicant.income"), slot("param.standard"), slot("form.kind")
	elsewhere, today, name, from := slot("form.elsewhere"), slot("today"), slot("applicant.name"), day(2026, 1, 1)
	beside.Measure(b,
		beside.Side{Name: "tongban", Do: func() {
			if got, err := c.Eval(v); got != cond.Met || err != nil {
				b.Fatal(got, err)
			}
		}},
		beside.Side{Name: "cel-go", Do: func() {
			if out, _, err := program.Eval(given); err != nil || out.Value() != true {
				b.Fatal(out, err)
			}
		}},
		beside.Side{Name: "by-hand", Do: func() {
			if !(v.Get(age).(int64) >= 80 && v.Get(income).(int64) < v.Get(standard).(int64) && v.Get(kind) == "normal" &&
				v.Get(elsewhere) == false && daysOnOrAfter(v.Get(today), from) && v.Get(name) != "x") {
				b.Fatal()
			}
		}},
		beside.Side{Name: "explained", Do: func() {
			if x := c.Explain(v); x.Verdict != cond.Met {
				b.Fatal(x)
			}
		}},
	)
}

func daysOnOrAfter(v any, from time.Time) bool { return !v.(time.Time).Before(from) }

func BenchmarkFunctionAndList(b *testing.B) {
	c, found := env(b).Compile(cond.Source{Text: `age(applicant.birth_date, today) >= 80 && household.members.exists(m, m.income > param.standard)`})
	if c == nil {
		b.Fatal(found)
	}
	v := given(b, space(b), `{"applicant.birth_date": "1940-01-01", "today": "2026-03-01", "param.standard": 5, "household.members": [{"income": 3}, {"income": 4}, {"income": 9}]}`)
	b.ReportAllocs()
	for b.Loop() {
		if got, err := c.Eval(v); got != cond.Met || err != nil {
			b.Fatal(got, err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	e := env(b)
	b.ReportAllocs()
	for b.Loop() {
		if c, found := e.Compile(cond.Source{Text: six}); c == nil {
			b.Fatal(found)
		}
	}
}

// What rules do with lists, beside cel-go.
func BenchmarkLists(b *testing.B) {
	given := given(b, space(b), `{"param.standard": 5, "household.members": [{"income": 3, "works": true}, {"income": 4, "works": false}, {"income": 9, "works": true}, {"income": 1, "works": false}]}`)
	for _, rule := range []string{
		`household.members.exists_one(m, m.income > param.standard)`,
		`household.members.filter(m, m.works).size() >= 2`,
		`household.members.map(m, m.income)[2] > param.standard`,
	} {
		b.Run(rule[len("household.members."):], func(b *testing.B) {
			c, found := env(b).Compile(cond.Source{Text: rule})
			if c == nil {
				b.Fatal(found)
			}
			program, v := optimized(b, rule), boxed(celValues(given))
			beside.Measure(b,
				beside.Side{Name: "tongban", Do: func() {
					if got, err := c.Eval(given); got != cond.Met || err != nil {
						b.Fatal(got, err)
					}
				}},
				beside.Side{Name: "cel-go", Do: func() {
					if out, _, err := program.Eval(v); err != nil || out.Value() != true {
						b.Fatal(out, err)
					}
				}},
			)
		})
	}
}

// The known path allocates nothing, with functions and lists as well.
func TestNoAllocation(t *testing.T) {
	e, s := env(t), space(t)
	known := given(t, s, `{"applicant.age": 81, "applicant.income": 100, "param.standard": 200, "form.kind": "normal", "form.elsewhere": false,
		"today": "2026-03-01", "applicant.name": "李", "applicant.birth_date": "1940-01-01", "form.area": 60.5, "form.elsewhere": false, "form.kind": "normal", "household.members": [{"income": 3}, {"income": 400}]}`)
	for _, rule := range []string{
		six,
		`form.area >= 60 && form.area < 99.95`,
		`age(applicant.birth_date, today) >= 80`,
		`household.members.exists(m, m.income > param.standard)`,
		`applicant.name in ["张", "李"] && present(applicant.income)`,
		`household.members.exists_one(m, m.income > param.standard) && household.members[1].income / 2 == param.standard`,
		`household.members.filter(m, m.income > 5).size() == 1 && size(household.members) % 2 == 0`,
		`(form.elsewhere ? applicant.age : -applicant.age) < 0 && -applicant.income < 0`,
	} {
		c, found := e.Compile(cond.Source{Text: rule})
		if c == nil {
			t.Fatal(found)
		}
		if n := testing.AllocsPerRun(200, func() {
			if got, err := c.Eval(known); got != cond.Met {
				t.Fatal(rule, got, err)
			}
		}); n > 0 {
			t.Errorf("%v allocations: %s", n, rule)
		}
	}
}
