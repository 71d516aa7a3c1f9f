package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"

	"github.com/tongban/tongban/rules/beside"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

// The benchmark table: 40 rows over age, area, grade and residence, as an allowance of tiers would have it.
var (
	benchBounds = [...]int64{60, 65, 70, 75, 80, 85, 90, 95, 100, 105, 110}
	benchGrades = [...]string{"one", "two"}
)

func benchTable(tb testing.TB) (table.Definition, *facts.Space) {
	space := newSpace(tb, fact("person.age", facts.Int), fact("person.area", facts.String), fact("person.grade", facts.String),
		fact("person.resident", facts.Bool))
	var rows [][]string
	for i := range len(benchBounds) - 1 {
		for j, area := range []string{"urban", "rural"} {
			for k, grade := range benchGrades {
				rows = append(rows, []string{fmt.Sprintf("[%d..%d)", benchBounds[i], benchBounds[i+1]), `"` + area + `"`, `"` + grade + `"`,
					"true", fmt.Sprint(100*i + 10*j + k)})
			}
		}
	}
	return definition(table.First, []string{"person.age", "person.area", "person.grade", "person.resident"}, rows, "0"), space
}

// byHand is the same table as a programmer would write it.
func byHand(age int64, area, grade string, resident bool) int64 {
	if !resident || age < benchBounds[0] || age >= benchBounds[len(benchBounds)-1] {
		return 0
	}
	tier := (age - benchBounds[0]) / 5
	var a, g int64
	switch area {
	case "urban":
	case "rural":
		a = 1
	default:
		return 0
	}
	switch grade {
	case "one":
	case "two":
		g = 1
	default:
		return 0
	}
	return 100*tier + 10*a + g
}

type benchPerson struct {
	age         int64
	area, grade string
	resident    bool
}

var benchPeople = []benchPerson{
	{83, "rural", "two", true}, {61, "urban", "one", true}, {109, "urban", "two", true}, {59, "urban", "one", true}, {97, "rural", "one", false},
}

func benchValues(space *facts.Space, p benchPerson) *facts.Values {
	v := space.NewValues()
	for i, val := range []any{p.age, p.area, p.grade, p.resident} {
		v.Set(i, val)
	}
	return v
}

func TestBenchmarkTableIsTheHandWrittenOne(t *testing.T) {
	def, space := benchTable(t)
	tab, found := compile(t, def, space, facts.Type{}, money.Exact)
	if len(found) > 0 {
		t.Fatal(found)
	}
	for age := int64(55); age < 115; age++ {
		for _, area := range []string{"urban", "rural", "other"} {
			for _, grade := range []string{"one", "two", "three"} {
				for _, resident := range []bool{true, false} {
					r, err := tab.Eval(benchValues(space, benchPerson{age, area, grade, resident}))
					if want := byHand(age, area, grade, resident); err != nil || r.Value != want {
						t.Fatalf("%d %s %s %v: got %v, %v; want %d", age, area, grade, resident, r, err, want)
					}
				}
			}
		}
	}
}

// oneExpression is the table as one conditional expression, which CEL and expr write alike.
func oneExpression() string {
	var b strings.Builder
	for i := range len(benchBounds) - 1 {
		for j, area := range []string{"urban", "rural"} {
			for k, grade := range benchGrades {
				fmt.Fprintf(&b, `age >= %d && age < %d && area == %q && grade == %q && resident ? %d : `, benchBounds[i], benchBounds[i+1], area, grade, 100*i+10*j+k)
			}
		}
	}
	return b.String() + "0"
}

func celEnv(tb testing.TB) *cel.Env {
	env, err := cel.NewEnv(cel.Variable("age", cel.IntType), cel.Variable("area", cel.StringType), cel.Variable("grade", cel.StringType),
		cel.Variable("resident", cel.BoolType))
	if err != nil {
		tb.Fatal(err)
	}
	return env
}

func celProgram(tb testing.TB, env *cel.Env) cel.Program {
	ast, issues := env.Compile(oneExpression())
	if issues.Err() != nil {
		tb.Fatal(issues.Err())
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		tb.Fatal(err)
	}
	return program
}

// boxed is cel-go's cheapest way to be given values: converted once, and found without a map.
type boxed struct{ age, area, grade, resident ref.Val }

func (b *boxed) ResolveName(name string) (any, bool) {
	switch name {
	case "age":
		return b.age, true
	case "area":
		return b.area, true
	case "grade":
		return b.grade, true
	case "resident":
		return b.resident, true
	}
	return nil, false
}

func (b *boxed) Parent() cel.Activation { return nil }

func boxedPeople(env *cel.Env) []*boxed {
	var out []*boxed
	to := env.CELTypeAdapter().NativeToValue
	for _, p := range benchPeople {
		out = append(out, &boxed{to(p.age), to(p.area), to(p.grade), to(p.resident)})
	}
	return out
}

func exprProgram(tb testing.TB) *vm.Program {
	program, err := expr.Compile(oneExpression(), expr.Env(map[string]any{"age": 0, "area": "", "grade": "", "resident": false}))
	if err != nil {
		tb.Fatal(err)
	}
	return program
}

func exprPeople() []map[string]any {
	var out []map[string]any
	for _, p := range benchPeople {
		out = append(out, map[string]any{"age": int(p.age), "area": p.area, "grade": p.grade, "resident": p.resident})
	}
	return out
}

// TestOneExpressionIsTheTable: what the benchmarks compare says the same.
func TestOneExpressionIsTheTable(t *testing.T) {
	env := celEnv(t)
	inCEL, inExpr := celProgram(t, env), exprProgram(t)
	cels, exprs := boxedPeople(env), exprPeople()
	for i, p := range benchPeople {
		want := byHand(p.age, p.area, p.grade, p.resident)
		if got, _, err := inCEL.Eval(cels[i]); err != nil || got.Value() != want {
			t.Errorf("CEL: %v: %v, %v; want %d", p, got, err, want)
		}
		if got, err := expr.Run(inExpr, exprs[i]); err != nil || got != int(want) {
			t.Errorf("expr: %v: %v, %v; want %d", p, got, err, want)
		}
	}
}

// BenchmarkTable is a table of 40 rows and 4 columns, beside the same as one expression of CEL (cel-go at its best) and of expr
// (with its machine used again), and in hand-written Go.
func BenchmarkTable(b *testing.B) {
	def, space := benchTable(b)
	tab, _ := compile(b, def, space, facts.Type{}, money.Exact)
	var people []*facts.Values
	for _, p := range benchPeople {
		people = append(people, benchValues(space, p))
	}
	env := celEnv(b)
	inCEL, cels := celProgram(b, env), boxedPeople(env)
	inExpr, exprs := exprProgram(b), exprPeople()
	var machine vm.VM
	n := 0
	next := func() int {
		if n++; n == len(people) {
			n = 0
		}
		return n
	}
	var sum int64
	beside.Measure(b,
		beside.Side{Name: "tongban", Do: func() {
			if _, err := tab.Eval(people[next()]); err != nil {
				b.Fatal(err)
			}
		}},
		beside.Side{Name: "cel-go", Do: func() {
			if _, _, err := inCEL.Eval(cels[next()]); err != nil {
				b.Fatal(err)
			}
		}},
		beside.Side{Name: "expr", Do: func() {
			if _, err := machine.Run(inExpr, exprs[next()]); err != nil {
				b.Fatal(err)
			}
		}},
		beside.Side{Name: "by-hand", Do: func() {
			p := &benchPeople[next()]
			sum += byHand(p.age, p.area, p.grade, p.resident)
		}},
	)
	if sum < 0 {
		b.Fatal(sum)
	}
}

// BenchmarkCompile is what the same costs to compile.
func BenchmarkCompile(b *testing.B) {
	def, space := benchTable(b)
	formulas, cels := env(b, space), celEnv(b)
	beside.Measure(b,
		beside.Side{Name: "tongban", Do: func() {
			if t, found := table.Compile(def, formulas); t == nil {
				b.Fatal(found)
			}
		}},
		beside.Side{Name: "cel-go", Do: func() { celProgram(b, cels) }},
		beside.Side{Name: "expr", Do: func() { exprProgram(b) }},
	)
}

func BenchmarkTrace(b *testing.B) {
	def, space := benchTable(b)
	tab, _ := compile(b, def, space, facts.Type{}, money.Exact)
	v := benchValues(space, benchPeople[0])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tab.Trace(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnknown(b *testing.B) {
	def, space := benchTable(b)
	tab, _ := compile(b, def, space, facts.Type{}, money.Exact)
	v := benchValues(space, benchPeople[0])
	v.SetUnknown(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tab.Eval(v); err != nil {
			b.Fatal(err)
		}
	}
}
