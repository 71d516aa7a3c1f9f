package formula_test

import (
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/money"
)

// Formulas of the kinds that items have, each beside expr's own machine, which computes in floats and knows no absent or
// unknown fact: it is the lower bound of what the same text can cost, not another way to the same result.
var measured = []struct {
	name, text string
	want       any
}{
	{"amount", `applicant.age >= 80 ? param.standard * 2 / 3 : 0`, int64(6667)},
	{"whole", `applicant.age >= 80 and not form.elsewhere ? param.standard * 2 : param.standard`, int64(20000)},
	{"sum", `sum(household.members, .income) - 3 * param.standard`, int64(-29985)},
	{"filtered", `sum(filter(household.members, .works and .income > 2), .income)`, int64(12)},
}

func BenchmarkFormula(b *testing.B) {
	e, s := env(b), space(b)
	v := given(b, s, `{"applicant.age": 81, "param.standard": 10000, "form.elsewhere": false,
		"household.members": [{"income": 3, "works": true}, {"income": 2, "works": true}, {"income": 9, "works": true}, {"income": 1, "works": false}]}`)
	for _, m := range measured {
		b.Run("tongban/"+m.name, func(b *testing.B) {
			f, found := e.Compile(formula.Source{Text: m.text}, facts.Type{Kind: facts.Int, Money: true}, money.HalfUp)
			if f == nil {
				b.Fatal(found)
			}
			b.ReportAllocs()
			for b.Loop() {
				if r, err := f.Eval(v); err != nil || r.Value != m.want {
					b.Fatal(r, err)
				}
			}
		})
		b.Run("expr/"+m.name, func(b *testing.B) {
			member := func(income int, works bool) map[string]any { return map[string]any{"income": income, "works": works} }
			env := map[string]any{
				"applicant": map[string]any{"age": 81}, "param": map[string]any{"standard": 10000}, "form": map[string]any{"elsewhere": false},
				"household": map[string]any{"members": []any{member(3, true), member(2, true), member(9, true), member(1, false)}},
			}
			program, err := expr.Compile(m.text, expr.Env(env))
			if err != nil {
				b.Fatal(err)
			}
			var machine vm.VM
			b.ReportAllocs()
			for b.Loop() {
				if _, err := machine.Run(program, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	e := env(b)
	b.ReportAllocs()
	for b.Loop() {
		if f, found := e.Compile(formula.Source{Text: measured[0].text}, facts.Type{}, money.Exact); f == nil {
			b.Fatal(found)
		}
	}
}

// What stays whole allocates only the boxes of its values.
func TestAllocations(t *testing.T) {
	e, s := env(t), space(t)
	v := given(t, s, `{"applicant.age": 81, "param.standard": 10000, "form.elsewhere": false, "household.members": [{"income": 3, "works": true}]}`)
	for text, most := range map[string]float64{
		`applicant.age >= 80 and not form.elsewhere ? param.standard : 0`:      0,
		`applicant.age >= 80 ? param.standard * 2 : 0`:                         1,
		`present(applicant.age) ? max(applicant.age, 80) - applicant.age : -1`: 0,
	} {
		f, found := e.Compile(formula.Source{Text: text}, facts.Type{Kind: facts.Int}, money.Exact)
		if f == nil {
			t.Fatal(found)
		}
		if n := testing.AllocsPerRun(200, func() {
			if r, err := f.Eval(v); err != nil || r.State != facts.Known {
				t.Fatal(r, err)
			}
		}); n > most {
			t.Errorf("%v allocations, at most %v: %s", n, most, text)
		}
	}
}
