package table_test

import (
	"fmt"
	"testing"

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

func BenchmarkEval(b *testing.B) {
	def, space := benchTable(b)
	tab, _ := compile(b, def, space, facts.Type{}, money.Exact)
	var people []*facts.Values
	for _, p := range benchPeople {
		people = append(people, benchValues(space, p))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := tab.Eval(people[i]); err != nil {
			b.Fatal(err)
		}
		if i++; i == len(people) {
			i = 0
		}
	}
}

func BenchmarkByHand(b *testing.B) {
	i := 0
	var sum int64
	for b.Loop() {
		p := &benchPeople[i]
		sum += byHand(p.age, p.area, p.grade, p.resident)
		if i++; i == len(benchPeople) {
			i = 0
		}
	}
	if sum < 0 {
		b.Fatal(sum)
	}
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

func BenchmarkCompile(b *testing.B) {
	def, space := benchTable(b)
	formulas := env(b, space)
	b.ReportAllocs()
	for b.Loop() {
		if t, found := table.Compile(def, formulas); t == nil {
			b.Fatal(found)
		}
	}
}
