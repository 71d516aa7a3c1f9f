package cond_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
)

// Random conditions, written twice: as ours, and as CEL in which the documented differences are spelt out (a comparison over
// an absent fact fails, an int beside a double is made one). Numbers are quarters, which floats hold exactly.
type writer struct{ r *rand.Rand }

type pair struct{ ours, cel string }

func same(s string) pair { return pair{s, s} }

func (w writer) pick(options ...string) string { return options[w.r.IntN(len(options))] }

func (w writer) condition(depth int) pair {
	if depth == 0 {
		return w.atom()
	}
	switch w.r.IntN(10) {
	case 0, 1:
		return w.join(" && ", depth)
	case 2, 3:
		return w.join(" || ", depth)
	case 4:
		p := w.condition(depth - 1)
		return pair{"!(" + p.ours + ")", "!(" + p.cel + ")"}
	case 5:
		a, b, c := w.condition(depth-1), w.condition(depth-1), w.condition(depth-1)
		return pair{"(" + a.ours + " ? " + b.ours + " : " + c.ours + ")", "(" + a.cel + " ? " + b.cel + " : " + c.cel + ")"}
	default:
		return w.atom()
	}
}

func (w writer) join(op string, depth int) pair {
	var ours, theirs []string
	for range 2 + w.r.IntN(3) {
		p := w.condition(depth - 1)
		ours, theirs = append(ours, p.ours), append(theirs, p.cel)
	}
	return pair{"(" + strings.Join(ours, op) + ")", "(" + strings.Join(theirs, op) + ")"}
}

const fails = "1/0 == 0"

// guarded makes CEL fail where a fact is null, as it must for us.
func guarded(expr string, over ...string) string {
	for _, fact := range over {
		expr = fmt.Sprintf("(%s == null ? %s : %s)", fact, fails, expr)
	}
	return expr
}

func (w writer) atom() pair {
	ints := []string{"applicant.age", "applicant.income", "param.standard"}
	numbers := []string{"form.area", "form.share"}
	texts := []string{"applicant.name", "agent.name"}
	order := w.pick("==", "!=", "<", "<=", ">", ">=")
	switch w.r.IntN(15) {
	case 0:
		f := w.pick("form.elsewhere", "agent.present")
		return pair{f, guarded(f+" == true", f)}
	case 1:
		f := w.pick(append(append(ints, numbers...), texts...)...)
		return pair{"present(" + f + ")", f + " != null"}
	case 2:
		f := w.pick("applicant.name", "today", "applicant.age")
		return same(f + " " + w.pick("==", "!=") + " null")
	case 3:
		f, k := w.pick(ints...), fmt.Sprint(w.r.IntN(5)-1)
		e := f + " " + order + " " + k
		return pair{e, guarded(e, f)}
	case 4:
		a, b := w.pick(ints...), w.pick(ints...)
		e := a + w.pick(" + ", " - ", " * ", " / ", " % ") + b + " " + order + " " + fmt.Sprint(w.r.IntN(4)-1)
		return pair{e, guarded(e, a, b)}
	case 5:
		f, k := w.pick(numbers...), fmt.Sprintf("%.2f", float64(w.r.IntN(9)-2)/4)
		e := f + " " + order + " " + k
		return pair{e, guarded(e, f)}
	case 6:
		n, i := w.pick(numbers...), w.pick(ints...)
		return pair{n + " * 2 " + order + " " + i, guarded("double("+n+") * 2.0 "+order+" double("+i+")", n, i)}
	case 7:
		f := w.pick(texts...)
		e := f + " " + order + " " + w.pick(`"a"`, `"b"`, `"欧阳"`)
		return pair{e, guarded(e, f)}
	case 8:
		f := w.pick(texts...)
		e := w.pick(f+` in ["a", "c"]`, f+`.startsWith("a")`, f+`.contains("阳")`, "size("+f+") == 1", f+`.matches("^[a-b]$")`)
		return pair{e, guarded(e, f)}
	case 9:
		e := "today " + order + " applicant.birth_date"
		if w.r.IntN(2) == 0 {
			return pair{`today ` + order + ` date("2026-01-02")`, guarded(`today `+order+` timestamp("2026-01-02T00:00:00Z")`, "today")}
		}
		return pair{e, guarded(e, "today", "applicant.birth_date")}
	case 10:
		i, k := fmt.Sprint(w.r.IntN(3)), fmt.Sprint(w.r.IntN(3))
		f := "household.members[" + i + "].income"
		return pair{f + " " + order + " " + k, guarded(f+" "+order+" "+k, f)}
	case 11:
		if a, b := w.pick(texts...), w.pick(texts...); w.r.IntN(2) == 0 {
			e := `"a" in [` + a + `, "b", ` + b + `]`
			return pair{e, guarded(e, a, b)}
		}
		k := fmt.Sprint(w.r.IntN(3))
		return pair{k + " in household.members.map(m, m.income)", k + " in household.members.map(m, m.income == null ? 1/0 : m.income)"}
	case 12:
		a, b, k := w.pick(ints...), w.pick(ints...), fmt.Sprint(w.r.IntN(3))
		value := "(form.elsewhere ? " + a + " : -" + b + ") " + order + " " + k
		return pair{value, guarded("form.elsewhere ? "+guarded(a+" "+order+" "+k, a)+" : "+guarded("-"+b+" "+order+" "+k, b), "form.elsewhere")}
	default:
		macro := w.pick("all", "exists", "exists_one")
		k := fmt.Sprint(w.r.IntN(3))
		return w.over(macro, "m", pair{"m.income " + order + " " + k, guarded("m.income "+order+" "+k, "m.income")})
	}
}

func (w writer) over(macro, v string, body pair) pair {
	if w.r.IntN(3) == 0 {
		return pair{"household.members.filter(m, " + body.ours + ").size() > 0", "household.members.filter(m, " + body.cel + ").size() > 0"}
	}
	head := "household.members." + macro + "(" + v + ", "
	if w.r.IntN(3) == 0 {
		return pair{head + v + ".works || " + body.ours + ")", head + guarded(v+".works == true", v+".works") + " || " + body.cel + ")"}
	}
	return pair{head + body.ours + ")", head + body.cel + ")"}
}

// The facts that random conditions speak of, and values for them.
var spoken = map[string][]any{
	"form.elsewhere": {true, false}, "agent.present": {true, false},
	"applicant.age": {int64(0), int64(1), int64(2)}, "applicant.income": {int64(-1), int64(2), int64(9223372036854775807)}, "param.standard": {int64(1), int64(3)},
	"form.area": {decimal.New(25, -2), decimal.New(1, 0), decimal.New(-50, -2)}, "form.share": {decimal.New(125, -2), decimal.New(0, 0)},
	"applicant.name": {"a", "欧阳", ""}, "agent.name": {"b", "a"},
	"today": {day(2026, 1, 2), day(2026, 1, 3)}, "applicant.birth_date": {day(1946, 1, 2), day(2026, 1, 2)},
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func members(r *rand.Rand, s *facts.Space) []any {
	slot, _ := s.Slot("household.members")
	row := s.At(slot).Type.Elem.Row
	list := []any{}
	for range r.IntN(4) {
		v := row.NewValues()
		for i, f := range row.All() {
			v.SetAbsent(i)
			switch {
			case f.Path == "income" && r.IntN(6) > 0:
				v.Set(i, int64(r.IntN(3)))
			case f.Path == "works" && r.IntN(6) > 0:
				v.Set(i, r.IntN(2) == 0)
			}
		}
		list = append(list, v)
	}
	return list
}

// complete sets every fact that is not known: to a value, or, rarely, to absent.
func complete(r *rand.Rand, v *facts.Values) {
	for slot, f := range v.Space().All() {
		if v.State(slot) != facts.Unknown {
			continue
		}
		options := spoken[f.Path]
		switch {
		case f.Path == "household.members":
			v.Set(slot, members(r, v.Space()))
		case options == nil || r.IntN(5) == 0:
			v.SetAbsent(slot)
		default:
			v.Set(slot, options[r.IntN(len(options))])
		}
	}
}

// partial forgets some facts.
func partial(r *rand.Rand, v *facts.Values) *facts.Values {
	out := v.Clone()
	for slot := range out.Space().Len() {
		if r.IntN(2) == 0 {
			out.SetUnknown(slot)
		}
	}
	return out
}

func celEnv(t testing.TB) *cel.Env {
	t.Helper()
	var opts []cel.EnvOption
	for _, f := range space(t).All() {
		typ := cel.DynType
		switch f.Type.Kind {
		case facts.Bool:
			typ = cel.NullableType(cel.BoolType)
		case facts.Int:
			typ = cel.NullableType(cel.IntType)
		case facts.Number:
			typ = cel.NullableType(cel.DoubleType)
		case facts.String:
			typ = cel.NullableType(cel.StringType)
		case facts.Date:
			typ = cel.TimestampType
		}
		opts = append(opts, cel.Variable(f.Path, typ))
	}
	e, err := cel.NewEnv(append(opts, cel.CrossTypeNumericComparisons(true))...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func celValues(v *facts.Values) map[string]any {
	out := map[string]any{}
	for slot, f := range v.Space().All() {
		out[f.Path] = celValue(v.Get(slot))
	}
	return out
}

func celValue(v any) ref.Val {
	switch x := v.(type) {
	case nil:
		return types.NullValue
	case decimal.Decimal:
		return types.Double(x.InexactFloat64())
	case *facts.Values:
		return types.DefaultTypeAdapter.NativeToValue(celValues(x))
	case []any:
		out := make([]ref.Val, len(x))
		for i, e := range x {
			out[i] = celValue(e)
		}
		return types.DefaultTypeAdapter.NativeToValue(out)
	default:
		return types.DefaultTypeAdapter.NativeToValue(x)
	}
}

// comparison holds random conditions to cel-go.
type comparison struct {
	env       *cond.Env
	space     *facts.Space
	reference *cel.Env
}

func compareWithCEL(t testing.TB) comparison { return comparison{env(t), space(t), celEnv(t)} }

// seed compares one condition. Whatever is known, it has the verdict, or the error, that cel-go gives; whatever is not, it has
// a verdict only if every way to learn the rest leads to that verdict; and learning what it says is missing settles it.
// tally counts what came out.
func (k comparison) seed(t *testing.T, seed uint64, tally map[string]int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	p := writer{r}.condition(1 + r.IntN(3))
	c, found := k.env.Compile(cond.Source{Text: p.ours, Line: 1, Col: 1})
	if c == nil {
		t.Fatalf("seed %d: %s\n%s", seed, p.ours, shown(found))
	}
	ast, issues := k.reference.Compile(p.cel)
	if issues.Err() != nil {
		t.Fatalf("seed %d: %s\n%v", seed, p.cel, issues.Err())
	}
	program, err := k.reference.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		v := k.space.NewValues()
		complete(r, v)
		verdict, evalErr := c.Eval(v)
		want, _, wantErr := program.Eval(celValues(v))
		switch {
		case (evalErr != nil) != (wantErr != nil):
			t.Fatalf("seed %d: %s\ngave %q %v, CEL %v %v\n%v", seed, p.ours, verdict, evalErr, want, wantErr, celValues(v))
		case evalErr == nil && (verdict == cond.Met) != (want == types.True):
			t.Fatalf("seed %d: %s\ngave %q, CEL %v\n%v", seed, p.ours, verdict, want, celValues(v))
		}
		agree(t, c, v)
		tally[outcome(verdict, evalErr)]++

		known := partial(r, v)
		agree(t, c, known)
		early, earlyErr := c.Eval(known)
		tally["partly "+outcome(early, earlyErr)]++
		if early != cond.Undetermined {
			for range 4 {
				full := known.Clone()
				complete(r, full)
				late, lateErr := c.Eval(full)
				if late != early || (lateErr != nil) != (earlyErr != nil) {
					t.Fatalf("seed %d: %s\nwas %q %v and became %q %v", seed, p.ours, early, earlyErr, late, lateErr)
				}
			}
		}
		for rounds := 0; early == cond.Undetermined; rounds++ {
			for _, slot := range c.Missing(known) {
				if known.State(slot) != facts.Unknown {
					t.Fatalf("seed %d: %s\nmissing %s, which is known", seed, p.ours, k.space.At(slot).Path)
				}
				known.Set(slot, v.Get(slot))
			}
			if early, _ = c.Eval(known); rounds > k.space.Len() {
				t.Fatalf("seed %d: %s\nnever settles", seed, p.ours)
			}
		}
	}
}

func TestSameAsCEL(t *testing.T) {
	k := compareWithCEL(t)
	rules := 1200
	if testing.Short() {
		rules = 150
	}
	tally := map[string]int{}
	for seed := range rules {
		k.seed(t, uint64(seed), tally)
	}
	t.Log(tally)
	for _, kind := range []string{"met", "unmet", "error", "partly met", "partly unmet", "partly undetermined", "partly error"} {
		if tally[kind] == 0 {
			t.Errorf("no case of %q: the test proves less than it says", kind)
		}
	}
}

// FuzzSameAsCEL is TestSameAsCEL for any seed.
func FuzzSameAsCEL(f *testing.F) {
	k := compareWithCEL(f)
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { k.seed(t, seed, map[string]int{}) })
}

func outcome(v cond.Verdict, err error) string {
	if err != nil {
		return "error"
	}
	return string(v)
}
