package table_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

func compiled(tb testing.TB, def table.Definition, space *facts.Space, want facts.Type, round money.Rounding) *table.Table {
	tb.Helper()
	tab, found := compile(tb, def, space, want, round)
	if tab == nil {
		tb.Fatal(found)
	}
	return tab
}

// Tables of more than 64 rows take several words a set of rows.
func TestManyRows(t *testing.T) {
	const tiers = 300
	space := newSpace(t, fact("x.age", facts.Int), fact("x.bonus", facts.Bool), fact("param.top", facts.Int))
	var rows [][]string
	for i := range tiers {
		rows = append(rows, []string{fmt.Sprintf("[%d..%d)", 2*i, 2*i+2), []string{"-", "true"}[i%2], fmt.Sprint(i)})
	}
	rows = append(rows, []string{">= param.top", "-", "-1"})
	for _, hit := range []table.Hit{table.First, table.Unique, table.CollectCount} {
		tab := compiled(t, definition(hit, []string{"x.age", "x.bonus"}, rows, "1000"), space, facts.Type{}, money.Exact)
		v := space.NewValues()
		v.Set(2, int64(2*tiers))
		for age := int64(-3); age < 2*tiers+3; age++ {
			v.Set(0, age)
			for _, bonus := range []any{true, false, nil} {
				v.Set(1, bonus)
				want := int64(1000)
				switch tier := age / 2; {
				case age >= 2*tiers:
					want = -1
				case age >= 0 && (tier%2 == 0 || bonus == true):
					want = tier
				}
				if hit == table.CollectCount && want != 1000 {
					want = 1
				}
				got, err := tab.Eval(v)
				trace, traceErr := tab.Trace(v)
				if err != nil || got.Value != want || fmt.Sprint(got) != fmt.Sprint(trace.Result) || traceErr != nil {
					t.Fatalf("%s: age %d, bonus %v: got %v, %v; trace %v; want %d", hit, age, bonus, got, err, trace.Result, want)
				}
			}
		}
		v.SetUnknown(1)
		v.Set(0, int64(4))
		if got, err := tab.Eval(v); err != nil || got.State != facts.Known {
			t.Errorf("%s: the second column does not matter for an even tier: %v, %v", hit, got, err)
		}
		v.Set(0, int64(2))
		if got, err := tab.Eval(v); err != nil || got.State != facts.Unknown || !slices.Equal(got.Missing, []int{1}) {
			t.Errorf("%s: the second column decides an odd tier: %v, %v", hit, got, err)
		}
	}
}

// What a table gives is of the type that is wanted, outputs and default alike.
func TestResults(t *testing.T) {
	space := newSpace(t, fact("x.n", facts.Int), fact("param.rate", facts.Number), fact("param.day", facts.Date), fact("param.none", facts.Int))
	list := facts.Type{Kind: facts.List, Elem: &facts.Type{Kind: facts.Int}}
	fen := facts.Type{Kind: facts.Int, Money: true}
	number := decimal.RequireFromString
	cases := []struct {
		name     string
		hit      table.Hit
		then     []string // of rows for >= 1, >= 2, >= 3
		fallback string
		want     facts.Type
		round    money.Rounding
		results  map[int64]any // by input
	}{
		{"integers among numbers", table.First, []string{"1", "1.5", "2"}, "", facts.Type{}, money.Exact, map[int64]any{1: number("1"), 3: number("1")}},
		{"rounded to fen", table.CollectMax, []string{"param.rate * 3", "1", "2"}, "0", fen, money.HalfUp, map[int64]any{1: int64(4), 0: int64(0)}},
		{"list", table.RuleOrder, []string{"10", "20", "30"}, "", list, money.Exact, map[int64]any{0: []any{}, 2: []any{int64(10), int64(20)}}},
		{"list with a default", table.Collect, []string{"10", "20", "30"}, "[7]", list, money.Exact, map[int64]any{0: []any{int64(7)}, 1: []any{int64(10)}}},
		{"sum of exact numbers", table.CollectSum, []string{"0.1", "0.2", "param.rate"}, "", facts.Type{}, money.Exact, map[int64]any{0: number("0"), 2: number("0.3"), 3: number("1.55")}},
		{"an absent output adds nothing", table.CollectSum, []string{"5", "param.none", "6"}, "", facts.Type{}, money.Exact, map[int64]any{2: int64(5), 3: int64(11)}},
		{"least date", table.CollectMin, []string{"param.day", "add_days(param.day, -1)", "param.day"}, "param.day", facts.Type{}, money.Exact,
			map[int64]any{0: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 3: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}},
		{"count as a number", table.CollectCount, []string{"1", "\"a\"", "true"}, "", facts.Type{Kind: facts.Number}, money.Exact, map[int64]any{0: number("0"), 3: number("3")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var rows [][]string
			for i, then := range c.then {
				rows = append(rows, []string{fmt.Sprintf(">= %d", i+1), then})
			}
			tab := compiled(t, definition(c.hit, []string{"x.n"}, rows, c.fallback), space, c.want, c.round)
			v := space.NewValues()
			v.Set(1, number("1.25"))
			v.Set(2, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
			v.SetAbsent(3)
			for in, want := range c.results {
				v.Set(0, in)
				got, err := tab.Eval(v)
				if err != nil || got.State != facts.Known || !facts.Equal(got.Value, want) {
					t.Errorf("%d: got %v, %v; want %v", in, got, err, want)
				}
			}
		})
	}
}

// Inputs are formulas. One in error or absent matters only where some row that is left asks for it.
func TestInputsInError(t *testing.T) {
	space := newSpace(t, fact("x.a", facts.Int), fact("x.b", facts.Int), fact("x.kind", facts.String))
	tab := compiled(t, definition(table.First, []string{"x.a / x.b", "x.kind"}, [][]string{
		{"-", `"free"`, "0"},
		{">= 2", `"rich"`, "1"},
		{"< 2", `"rich"`, "2"},
	}, ""), space, facts.Type{}, money.Exact)
	v := space.NewValues()
	v.Set(0, int64(1))
	v.Set(1, int64(0))

	var wrong *formula.EvalError
	v.Set(2, "free")
	if got, err := tab.Eval(v); err != nil || got.Value != int64(0) {
		t.Errorf("free: %v, %v", got, err)
	}
	v.Set(2, "rich")
	if got, err := tab.Eval(v); !errors.As(err, &wrong) {
		t.Errorf("rich: %v, %v; want the error of the division", got, err)
	}
	v.SetUnknown(2)
	if got, err := tab.Eval(v); err != nil || got.State != facts.Unknown || !slices.Equal(got.Missing, []int{2}) {
		t.Errorf("unknown: %v, %v; the kind may make the error not matter", got, err)
	}
	trace, _ := tab.Trace(v)
	if trace.Inputs[0].Err == nil || trace.Rows[1].Match != table.Possible {
		t.Errorf("trace: %v", trace)
	}
}

// A result that rests on facts not known yet names them, also where they are in an output.
func TestUnknownOutput(t *testing.T) {
	space := newSpace(t, fact("x.n", facts.Int), fact("x.income", facts.Int), fact("param.cap", facts.Int))
	tab := compiled(t, definition(table.First, []string{"x.n"}, [][]string{{"1", "x.income * 2"}, {"2", "param.cap"}, {"-", "0"}}, ""), space, facts.Type{}, money.Exact)
	v := space.NewValues()
	for in, missing := range map[int64][]int{1: {1}, 2: {2}, 3: nil} {
		v.Set(0, in)
		got, err := tab.Eval(v)
		if err != nil || (got.State == facts.Unknown) != (missing != nil) || !slices.Equal(got.Missing, missing) || !slices.Equal(got.Rows, []int{int(in)}) {
			t.Errorf("%d: %v, %v", in, got, err)
		}
	}
	if want := []int{0, 1, 2}; !slices.Equal(tab.Reads(), want) {
		t.Errorf("reads %v, want %v", tab.Reads(), want)
	}
}

// A sum that leaves int64 is an error, never another number.
func TestSumOverflow(t *testing.T) {
	space := newSpace(t, fact("x.n", facts.Int))
	tab := compiled(t, definition(table.CollectSum, []string{"x.n"}, [][]string{{"-", "9223372036854775807"}, {">= 1", "1"}, {">= 2", "-5"}}, ""), space, facts.Type{}, money.Exact)
	v := space.NewValues()
	for in, want := range map[int64]string{0: "", 1: "table.sum-overflow", 2: "table.sum-overflow"} {
		v.Set(0, in)
		if _, err := tab.Eval(v); code(err) != want {
			t.Errorf("%d: %v, want %q", in, err, want)
		}
	}
}

// A table is shared by all evaluations at once.
func TestConcurrentEval(t *testing.T) {
	def, space := benchTable(t)
	tab := compiled(t, def, space, facts.Type{}, money.Exact)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, p := range benchPeople {
				v := benchValues(space, p)
				if r, err := tab.Eval(v); err != nil || r.Value != byHand(p.age, p.area, p.grade, p.resident) {
					t.Errorf("%v: %v, %v", p, r, err)
				}
				v.SetUnknown(0)
				if _, err := tab.Trace(v); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// The outputs of a table stand for the same rows, each with what is its own.
func TestSeveralOutputs(t *testing.T) {
	space := newSpace(t, fact("x.n", facts.Int), fact("x.m", facts.Int), fact("x.rate", facts.Int))
	enum := facts.Type{Kind: facts.String, Enum: []facts.Choice{{Value: "high"}, {Value: "low"}}}
	def := table.Definition{
		Hit: src("priority"), Inputs: []table.Input{{Expr: src("x.n")}, {Expr: src("x.m")}},
		Outputs: []table.Output{{Type: enum}, {Type: facts.Type{Kind: facts.Int}}, {Type: enum}},
		Default: []table.Source{src("nil"), src("-1"), src(`"low"`)},
	}
	for _, r := range [][5]string{
		{">= 1", "-", `"low"`, "1", `"low"`},
		{">= 2", "-", `"high"`, "x.rate", `"low"`},
		{"-", ">= 1", `"high"`, "3", `"high"`},
	} {
		def.Rows = append(def.Rows, table.Row{When: []table.Source{src(r[0]), src(r[1])}, Then: []table.Source{src(r[2]), src(r[3]), src(r[4])}})
	}
	tabs, found := table.Compile(def, env(t, space))
	if len(tabs) != 3 || len(found) > 0 {
		t.Fatal(found)
	}
	for _, c := range []struct {
		n, m any // nil is unknown
		want string
		rows string
	}{
		{int64(0), int64(0), "<nil> -1 low", "[] [] []"},
		{int64(1), int64(0), "low 1 low", "[1] [1] [1]"},
		{int64(2), int64(0), "high 70 low", "[2] [2] [2]"},
		{int64(2), int64(1), "high 3 high", "[3] [3] [3]"},
		{int64(2), nil, "high ? ?", "[3 2] [] []"},
		{nil, int64(1), "high 3 high", "[3] [3] [3]"},
		{nil, int64(0), "? ? low", "[] [] [2 1]"},
	} {
		v := space.NewValues()
		v.Set(2, int64(70))
		for i, val := range []any{c.n, c.m} {
			if val != nil {
				v.Set(i, val)
			}
		}
		var got, rows []string
		for _, tab := range tabs {
			r, err := tab.Eval(v)
			tr, _ := tab.Trace(v)
			if err != nil || fmt.Sprint(tr.Result) != fmt.Sprint(r) {
				t.Errorf("%v %v: %v; trace %v", c.n, c.m, err, tr.Result)
			}
			text := fmt.Sprint(r.Value)
			if r.State == facts.Unknown {
				text = "?"
			}
			got, rows = append(got, text), append(rows, fmt.Sprint(r.Rows))
		}
		if g, r := strings.Join(got, " "), strings.Join(rows, " "); g != c.want || r != c.rows {
			t.Errorf("%v %v: got %s of rows %s, want %s of rows %s", c.n, c.m, g, r, c.want, c.rows)
		}
	}
	if got := fmt.Sprint(tabs[0].Reads(), tabs[1].Reads()); got != "[0 1] [0 1 2]" {
		t.Errorf("reads %s", got)
	}
}
