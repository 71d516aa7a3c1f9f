package table_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/table"
)

// The oracle of these tests knows nothing of cells' text, indexes or bitsets: a random cell is a predicate over a small
// domain that is written out for the table and asked directly.

type domain struct {
	kind   facts.Kind
	values []any // every class of values that the cells below can tell apart, and null
}

var domains = map[facts.Kind]domain{
	facts.Int:    {facts.Int, []any{int64(-1), int64(0), int64(1), int64(2), int64(3), int64(4), nil}},
	facts.Number: {facts.Number, numbers("-1", "0", "0.5", "1", "1.25", "1.5", "1.75", "2", "2.5", "3")},
	facts.String: {facts.String, []any{"a", "b", "c", "z", nil}},
	facts.Bool:   {facts.Bool, []any{false, true, nil}},
	facts.Date:   {facts.Date, []any{day(0), day(1), day(2), day(3), day(4), nil}},
}

func numbers(texts ...string) []any {
	var out []any
	for _, s := range texts {
		out = append(out, decimal.RequireFromString(s))
	}
	return append(out, nil)
}

func day(n int) time.Time { return time.Date(2026, 2, 27+n, 0, 0, 0, 0, time.UTC) }

// A probe is a random cell: its text and what it means.
type probe struct {
	text  string
	holds func(val any) bool // val may be nil
}

func anything() probe { return probe{"-", func(any) bool { return true }} }

// parameters are facts that cells may name instead of writing a value.
var parameters = map[string]any{}

// literal is a random value as a cell writes it, now and then through a parameter. The values lie inside the domain, which
// has something on each side of every end point.
func literal(r *rand.Rand, kind facts.Kind) (any, string) {
	val, text := constant(r, kind)
	if r.IntN(8) > 0 {
		return val, text
	}
	name := "param." + strings.ToLower(regexp.MustCompile(`\W`).ReplaceAllString(fmt.Sprintf("%s_%v", kind, val), "_"))
	parameters[name] = val
	return val, name
}

func constant(r *rand.Rand, kind facts.Kind) (any, string) {
	switch kind {
	case facts.Int:
		n := int64(r.IntN(4))
		return n, fmt.Sprint(n)
	case facts.Number:
		s := []string{"0", "1", "1.5", "2.0"}[r.IntN(4)]
		return decimal.RequireFromString(s), s
	case facts.String:
		s := []string{"a", "b", "c"}[r.IntN(3)]
		return s, []string{`"` + s + `"`, `'` + s + `'`}[r.IntN(2)]
	case facts.Bool:
		b := r.IntN(2) == 0
		return b, fmt.Sprint(b)
	default:
		d := day(1 + r.IntN(3))
		s := d.Format(time.DateOnly)
		return d, []string{s, `date("` + s + `")`}[r.IntN(2)]
	}
}

func order(a, b any) int {
	n, ok := facts.Compare(a, b)
	if !ok {
		panic("no order")
	}
	return n
}

func randomTest(r *rand.Rand, kind facts.Kind) probe {
	ordered := kind == facts.Int || kind == facts.Number || kind == facts.Date
	val, text := literal(r, kind)
	known := func(f func(any) bool) func(any) bool { return func(v any) bool { return v != nil && f(v) } }
	shape := r.IntN(8)
	if !ordered {
		shape = r.IntN(4)
	}
	switch shape {
	case 0, 1:
		return probe{[]string{"", "= ", "=="}[r.IntN(3)] + text, known(func(v any) bool { return facts.Equal(v, val) })}
	case 2:
		return probe{"!= " + text, known(func(v any) bool { return !facts.Equal(v, val) })}
	case 3:
		return probe{"null", func(v any) bool { return v == nil }}
	case 4:
		return probe{">=" + text, known(func(v any) bool { return order(v, val) >= 0 })}
	case 5:
		return probe{"< " + text, known(func(v any) bool { return order(v, val) < 0 })}
	default:
		high, highText := literal(r, kind)
		if order(high, val) < 0 {
			val, text, high, highText = high, highText, val, text
		}
		openLow, openHigh := r.IntN(2) == 0, r.IntN(2) == 0
		if order(high, val) == 0 {
			openLow, openHigh = false, false
		}
		left, right := "[", "]"
		if openLow {
			left = []string{"(", "]"}[r.IntN(2)]
		}
		if openHigh {
			right = []string{")", "["}[r.IntN(2)]
		}
		return probe{left + text + ".." + highText + right, known(func(v any) bool {
			l, h := order(v, val), order(v, high)
			return (l > 0 || l == 0 && !openLow) && (h < 0 || h == 0 && !openHigh)
		})}
	}
}

func randomCell(r *rand.Rand, kind facts.Kind) probe {
	if r.IntN(4) == 0 {
		return anything()
	}
	tests := []probe{randomTest(r, kind)}
	for r.IntN(3) == 0 {
		tests = append(tests, randomTest(r, kind))
	}
	var texts []string
	for _, t := range tests {
		texts = append(texts, t.text)
	}
	some := func(v any) bool { return slices.ContainsFunc(tests, func(t probe) bool { return t.holds(v) }) }
	if r.IntN(5) == 0 {
		return probe{"not(" + strings.Join(texts, ", ") + ")", func(v any) bool { return v != nil && !some(v) }}
	}
	return probe{strings.Join(texts, ","), some}
}

type randomTable struct {
	hit      table.Hit
	kinds    []facts.Kind
	cells    [][]probe // row, column
	then     []int64
	fallback bool
	space    *facts.Space
	params   map[string]any
	def      table.Definition
}

var kindNames = []string{facts.Invalid.String(), facts.Bool.String(), facts.Int.String(), facts.Number.String(), facts.String.String(), facts.Date.String()}

// values holds the parameters and nothing else.
func (rt *randomTable) values() *facts.Values {
	v := rt.space.NewValues()
	for name, val := range rt.params {
		slot, _ := rt.space.Slot(name)
		v.Set(slot, val)
	}
	return v
}

const fallbackValue = int64(77)

// priorities are the outputs of tables that go by them, the first first.
var priorities = []int64{1, 2, 0, fallbackValue}

// result is the type asked of the table: any, but where priorities are declared with it.
func (rt *randomTable) result() facts.Type {
	typ := facts.Type{Kind: facts.Int}
	for _, p := range priorities {
		typ.Enum = append(typ.Enum, facts.Choice{Value: p})
	}
	switch rt.hit {
	case table.Priority:
		return typ
	case table.OutputOrder:
		return facts.Type{Kind: facts.List, Elem: &typ}
	}
	return facts.Type{}
}

func newRandomTable(tb testing.TB, r *rand.Rand) *randomTable {
	all := []table.Hit{table.Unique, table.Any, table.First, table.Priority, table.RuleOrder, table.OutputOrder, table.CollectSum, table.CollectMin, table.CollectMax, table.CollectCount}
	kinds := []facts.Kind{facts.Int, facts.Number, facts.String, facts.Bool, facts.Date}
	rt := &randomTable{hit: all[r.IntN(len(all))], fallback: r.IntN(2) == 0, params: map[string]any{}}
	clear(parameters)
	var fs []facts.Fact
	var inputs []string
	for i := range 1 + r.IntN(3) {
		kind := kinds[r.IntN(len(kinds))]
		rt.kinds = append(rt.kinds, kind)
		fs = append(fs, fact(fmt.Sprintf("x.c%d", i), kind))
		inputs = append(inputs, fs[i].Path)
	}
	var rows [][]string
	for range 1 + r.IntN(5) {
		var row []string
		var cells []probe
		for _, kind := range rt.kinds {
			c := randomCell(r, kind)
			cells = append(cells, c)
			row = append(row, c.text)
		}
		out := int64(r.IntN(3))
		rt.cells, rt.then = append(rt.cells, cells), append(rt.then, out)
		rows = append(rows, append(row, fmt.Sprint(out)))
	}
	fallback := ""
	if rt.fallback {
		fallback = fmt.Sprint(fallbackValue)
		if rt.hit.List() {
			fallback, rt.fallback = "", false // a list; other tests have it
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		kind := facts.Kind(slices.IndexFunc(kindNames, func(k string) bool { return strings.HasPrefix(name, "param."+k+"_") }))
		fs = append(fs, fact(name, kind))
		rt.params[name] = parameters[name]
	}
	rt.space = newSpace(tb, fs...)
	rt.def = definition(rt.hit, inputs, rows, fallback)
	return rt
}

// matched are the rows, from 1, that hold for values given for every column, in the order in which they count.
func (rt *randomTable) matched(vals []any) []int {
	var out []int
	for row, cells := range rt.cells {
		all := true
		for i, c := range cells {
			all = all && c.holds(vals[i])
		}
		if all {
			out = append(out, row+1)
		}
	}
	if rt.hit == table.Priority || rt.hit == table.OutputOrder {
		slices.SortStableFunc(out, func(a, b int) int {
			return slices.Index(priorities, rt.then[a-1]) - slices.Index(priorities, rt.then[b-1])
		})
	}
	return out
}

// admitsAbsent says whether an absent input means something in a column.
func (rt *randomTable) admitsAbsent(col int) bool {
	switch rt.hit {
	case table.RuleOrder, table.OutputOrder, table.CollectSum, table.CollectCount:
		return true
	}
	if rt.fallback {
		return true
	}
	return slices.ContainsFunc(rt.cells, func(cells []probe) bool { return strings.Contains(cells[col].text, "null") })
}

// want is what the table should say for values given for every column: a value, or an error code.
func (rt *randomTable) want(vals []any) (value any, rows []int, code string) {
	rows = rt.matched(vals)
	outs := func() (out []int64) {
		for _, r := range rows {
			out = append(out, rt.then[r-1])
		}
		return out
	}
	if len(rows) == 0 {
		switch {
		case rt.fallback:
			return fallbackValue, nil, ""
		case rt.hit == table.CollectSum || rt.hit == table.CollectCount:
			return int64(0), nil, ""
		case rt.hit.List():
			return []any{}, nil, ""
		default:
			return nil, nil, "table.no-row"
		}
	}
	switch rt.hit {
	case table.First, table.Priority:
		return rt.then[rows[0]-1], rows[:1], ""
	case table.Unique:
		if len(rows) > 1 {
			return nil, nil, "table.two-rows"
		}
		return rt.then[rows[0]-1], rows, ""
	case table.Any:
		if slices.Min(outs()) != slices.Max(outs()) {
			return nil, nil, "table.rows-differ"
		}
		return rt.then[rows[0]-1], rows, ""
	case table.CollectMin:
		return slices.Min(outs()), rows, ""
	case table.CollectMax:
		return slices.Max(outs()), rows, ""
	case table.CollectCount:
		return int64(len(rows)), rows, ""
	case table.CollectSum:
		sum := int64(0)
		for _, n := range outs() {
			sum += n
		}
		return sum, rows, ""
	default:
		list := []any{}
		for _, n := range outs() {
			list = append(list, n)
		}
		return list, rows, ""
	}
}

// combinations calls f with every combination of values of the columns that are free, the others being given.
func (rt *randomTable) combinations(vals []any, free []bool, f func([]any)) {
	vals = slices.Clone(vals)
	var walk func(int)
	walk = func(i int) {
		switch {
		case i == len(vals):
			f(vals)
		case !free[i]:
			walk(i + 1)
		default:
			for _, v := range domains[rt.kinds[i]].values {
				if v == nil && !rt.admitsAbsent(i) {
					continue
				}
				vals[i] = v
				walk(i + 1)
			}
		}
	}
	walk(0)
}

func code(err error) string {
	var e *table.EvalError
	if errors.As(err, &e) {
		return e.Code()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestRandomTables(t *testing.T) {
	tables := 1000
	if testing.Short() {
		tables = 200
	}
	accepted := 0
	for seed := range tables {
		r := rand.New(rand.NewPCG(1, uint64(seed)))
		rt := newRandomTable(t, r)
		tab, found := compile(t, rt.def, rt.space, rt.result(), money.Exact)
		if tab != nil && len(tab.Refers()) > 0 {
			if len(found) > 0 {
				t.Errorf("seed %d: findings before the parameters are known: %v", seed, found)
			}
			found = tab.Analyze(rt.values())
		}
		rt.checkAnalysis(t, seed, found)
		if tab == nil {
			continue // an overlap, which keeps a table from being used
		}
		accepted++
		rt.checkEval(t, seed, tab)
		if t.Failed() {
			t.Fatalf("seed %d: %s\n%s", seed, rt.hit, rt)
		}
	}
	if accepted < tables/3 {
		t.Errorf("only %d of %d random tables were accepted", accepted, tables)
	}
}

func (rt *randomTable) String() string {
	var b strings.Builder
	for i, row := range rt.def.Rows {
		fmt.Fprintf(&b, "%d:", i+1)
		for _, c := range row.When {
			fmt.Fprintf(&b, " | %s", c.Text)
		}
		fmt.Fprintf(&b, " => %s\n", row.Then[0].Text)
	}
	return b.String() + fmt.Sprintf("default %v", rt.def.Default)
}

// checkEval holds Eval and Trace to the oracle, for every combination of known, absent and unknown inputs.
func (rt *randomTable) checkEval(t *testing.T, seed int, tab *table.Table) {
	t.Helper()
	type unknown struct{}
	choices := make([][]any, len(rt.kinds))
	for i, kind := range rt.kinds {
		choices[i] = append(slices.Clone(domains[kind].values), unknown{})
	}
	var walk func(vals []any)
	walk = func(vals []any) {
		if i := len(vals); i < len(choices) {
			for _, v := range choices[i] {
				walk(append(slices.Clone(vals), v))
			}
			return
		}
		v := rt.values()
		free := make([]bool, len(vals)) // not known, or absent where that means nothing
		absent := false
		var unknowns []int
		for i, val := range vals {
			switch val {
			case unknown{}:
				free[i] = true
				unknowns = append(unknowns, i)
			default:
				v.Set(i, val)
				if val == nil && !rt.admitsAbsent(i) {
					free[i], absent = true, true
				}
			}
		}
		got, err := tab.Eval(v)
		trace, traceErr := tab.Trace(v)
		if fmt.Sprint(got, err) != fmt.Sprint(trace.Result, traceErr) {
			t.Errorf("seed %d, %v: Eval gives %v, %v; Trace %v, %v", seed, vals, got, err, trace.Result, traceErr)
		}

		if !slices.Contains(free, true) {
			value, rows, wantCode := rt.want(vals)
			if code(err) != wantCode || wantCode == "" && (got.State != facts.Known || !facts.Equal(got.Value, value) || !slices.Equal(got.Rows, rows)) {
				t.Errorf("seed %d, %v: got %v, %q; want %v of rows %v, %q", seed, vals, got, code(err), value, rows, wantCode)
			}
			for row := range trace.Rows {
				if (trace.Rows[row].Match == table.Matches) != slices.Contains(rt.matched(vals), row+1) {
					t.Errorf("seed %d, %v: trace of row %d says %s", seed, vals, row+1, trace.Rows[row].Match)
				}
			}
			return
		}
		// Whatever the free inputs turn out to be: all alike, or not.
		var seen []string
		rt.combinations(vals, free, func(vals []any) {
			value, _, wantCode := rt.want(vals)
			if s := fmt.Sprint(value, wantCode); !slices.Contains(seen, s) {
				seen = append(seen, s)
			}
		})
		switch {
		case len(seen) == 1 && strings.HasPrefix(seen[0], "<nil>") && got.State == facts.Unknown && (absent || len(got.Missing) > 0):
			// An error whatever comes, but which rows are to blame is not known yet.
		case len(seen) == 1:
			want := seen[0]
			if s := fmt.Sprint(got.Value, code(err)); s != want {
				t.Errorf("seed %d, %v: got %v, %q; all possibilities give %s", seed, vals, got, code(err), want)
			}
		case absent && len(unknowns) == 0:
			if code(err) != "table.absent-input" {
				t.Errorf("seed %d, %v: got %v, %q; want an absent input to be an error", seed, vals, got, code(err))
			}
		case absent && err != nil:
			// Right if the unknown inputs cannot help: whatever they are, the absent one matters.
			unknown := make([]bool, len(vals))
			for _, i := range unknowns {
				unknown[i] = true
			}
			rt.combinations(vals, unknown, func(vals []any) {
				seen := map[string]bool{}
				missing := make([]bool, len(vals))
				for i := range vals {
					missing[i] = vals[i] == nil && !rt.admitsAbsent(i)
				}
				rt.combinations(vals, missing, func(vals []any) {
					value, _, wantCode := rt.want(vals)
					seen[fmt.Sprint(value, wantCode)] = true
				})
				if len(seen) == 1 {
					t.Errorf("seed %d: got %v, but with %v the absent input does not matter", seed, err, vals)
				}
			})
		case err != nil || got.State != facts.Unknown:
			t.Errorf("seed %d, %v: got %v, %v; the possibilities are %v", seed, vals, got, err, seen)
		default:
			for _, slot := range got.Missing {
				if !slices.Contains(unknowns, slot) {
					t.Errorf("seed %d, %v: missing %v, but unknown are %v", seed, vals, got.Missing, unknowns)
				}
			}
			if len(got.Missing) == 0 {
				t.Errorf("seed %d, %v: undetermined, and nothing is missing", seed, vals)
			}
		}
	}
	walk(nil)
}

// checkAnalysis holds the findings to what going through the whole domain finds.
func (rt *randomTable) checkAnalysis(t *testing.T, seed int, found diag.List) {
	t.Helper()
	free := make([]bool, len(rt.kinds))
	for i := range free {
		free[i] = true
	}
	counts := map[string]int{}
	for _, d := range found {
		counts[d.Code]++
	}
	gap := false
	reached := make([]bool, len(rt.cells)) // by some values first
	matches := make([]bool, len(rt.cells))
	conflicts := map[[2]int]bool{}
	outcomes := make([]map[string]string, len(rt.kinds)) // of a column: values of the others -> outcome
	matters := make([]bool, len(rt.kinds))
	for i := range outcomes {
		outcomes[i] = map[string]string{}
	}
	rt.combinations(make([]any, len(rt.kinds)), free, func(vals []any) {
		rows := rt.matched(vals)
		gap = gap || len(rows) == 0
		for i, a := range rows {
			matches[a-1] = true
			reached[a-1] = reached[a-1] || i == 0
			for _, b := range rows[i+1:] {
				if rt.hit == table.Unique || rt.then[a-1] != rt.then[b-1] {
					conflicts[[2]int{a, b}] = true
				}
			}
		}
		outcome := []int64{}
		for _, r := range rows {
			outcome = append(outcome, rt.then[r-1])
		}
		if (rt.hit == table.First || rt.hit == table.Priority || rt.hit == table.Unique || rt.hit == table.Any) && len(outcome) > 1 {
			outcome = outcome[:1]
		}
		for i := range vals {
			others := slices.Clone(vals)
			others[i] = "*"
			key := fmt.Sprint(others...)
			if old, ok := outcomes[i][key]; ok && old != fmt.Sprint(outcome) {
				matters[i] = true
			}
			outcomes[i][key] = fmt.Sprint(outcome)
		}
	})
	gap = gap && !rt.fallback && !rt.hit.List() && rt.hit != table.CollectSum && rt.hit != table.CollectCount
	if gap != (counts["table.gap"] > 0) {
		t.Errorf("seed %d: gap is %v, findings %v", seed, gap, found)
	}
	for row := range rt.cells {
		if !matches[row] && counts["table.cell-never"] == 0 {
			t.Errorf("seed %d: row %d never matches, findings %v", seed, row+1, found)
		}
	}
	shadowed := 0
	for row := range rt.cells {
		if (rt.hit == table.First || rt.hit == table.Priority) && matches[row] && !reached[row] {
			shadowed++
		}
	}
	if shadowed != counts["table.row-unreachable"]+counts["table.row-outranked"] {
		t.Errorf("seed %d: %d rows are never reached, findings %v", seed, shadowed, found)
	}
	overlaps := 0
	if rt.hit == table.Unique || rt.hit == table.Any {
		overlaps = min(len(conflicts), 8)
	}
	if overlaps != counts["table.overlap"]+counts["table.outputs-differ"] {
		t.Errorf("seed %d: overlaps %v, findings %v", seed, conflicts, found)
	}
	if !found.HasErrors() {
		idle := 0
		for _, m := range matters {
			if !m {
				idle++
			}
		}
		if idle != counts["table.column-idle"] {
			t.Errorf("seed %d: %d columns never matter, findings %v", seed, idle, found)
		}
	}
	if t.Failed() {
		t.Fatalf("seed %d: %s\n%s", seed, rt.hit, rt)
	}
}
