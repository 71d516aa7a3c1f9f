package formula_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// The facts of a small item, enough to say every kind of thing.
var world = []struct{ path, schema string }{
	{"applicant.birth_date", `{"type":"string","format":"date"}`},
	{"applicant.age", `{"type":"integer"}`},
	{"applicant.name", `{"type":"string"}`},
	{"agent.present", `{"type":"boolean"}`},
	{"agent.name", `{"type":"string"}`},
	{"form.elsewhere", `{"type":"boolean"}`},
	{"form.kind", `{"type":"string","enum":["normal","emergency"]}`},
	{"form.area", `{"type":"number"}`},
	{"form.address", `{"type":"object","properties":{"street":{"type":"string"},"floor":{"type":"integer"}}}`},
	{"household.members", `{"type":"array","maxItems":20,"items":{"type":"object","properties":{
		"name":{"type":"string"},"income":{"type":"integer","format":"money"},"share":{"type":"number"},"works":{"type":"boolean"}}}}`},
	{"form.periods", `{"type":"array","maxItems":20,"items":{"type":"object","properties":{
		"from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"}}}}`},
	{"estate.votes", `{"type":"array","maxItems":10000,"items":{"type":"number"}}`},
	{"param.standard", `{"type":"integer","format":"money"}`},
	{"today", `{"type":"string","format":"date"}`},
}

func space(t testing.TB) *facts.Space {
	t.Helper()
	var fs []facts.Fact
	for _, w := range world {
		typ, found := facts.TypeOf(json.RawMessage(w.schema), "")
		if len(found) > 0 {
			t.Fatal(w.path, found)
		}
		fs = append(fs, facts.Fact{Path: w.path, Type: typ})
	}
	s, found := facts.NewSpace(fs)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

func env(t testing.TB) *formula.Env {
	t.Helper()
	cal, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return formula.NewEnv(space(t), funcs.Standard(cal).With(rate))
}

// rate is a parameter as plans declare them: what it is worth depends on the date.
var rate = funcs.Func{
	Name:   "param_rate",
	Params: []funcs.Param{{Name: "date", Type: facts.Type{Kind: facts.Date}}},
	Result: facts.Type{Kind: facts.Int, Money: true},
	Cost:   4,
	Call: func(args []any) (any, error) {
		if day := args[0].(time.Time); day.Year() < 2026 {
			return int64(100), nil
		}
		return int64(150), nil
	},
}

// given sets facts from a JSON object of paths: a missing path is unknown, null is absent.
func given(t testing.TB, s *facts.Space, text string) *facts.Values {
	t.Helper()
	v := s.NewValues()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for path, raw := range members {
		slot, ok := s.Slot(path)
		if !ok {
			t.Fatalf("no fact %s", path)
		}
		val, err := s.At(slot).Type.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		v.Set(slot, val)
	}
	return v
}

// golden runs a txtar archive whose files come in pairs, NAME and NAME.want, and compares or rewrites the second.
func golden(t *testing.T, file string, run func(t *testing.T, input string) string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		if name, is := strings.CutSuffix(f.Name, ".want"); is {
			want[name] = string(f.Data)
		}
	}
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".want") {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			got := run(t, strings.TrimSuffix(string(f.Data), "\n"))
			out.Files = append(out.Files, f, txtar.File{Name: f.Name + ".want", Data: []byte(got)})
			if !*update && got != want[f.Name] {
				t.Errorf("got\n%swant\n%s", got, want[f.Name])
			}
		})
	}
	if len(want) == 0 && !*update {
		t.Fatalf("%s has no cases", file)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// wanted reads "SCHEMA-TYPE ROUNDING" such as "money half-up"; empty takes the formula's own type.
func wanted(t *testing.T, text string) (facts.Type, money.Rounding) {
	name, rounding, _ := strings.Cut(text, " ")
	schemas := map[string]string{
		"bool": `{"type":"boolean"}`, "int": `{"type":"integer"}`, "money": `{"type":"integer","format":"money"}`, "number": `{"type":"number"}`,
		"string": `{"type":"string"}`, "date": `{"type":"string","format":"date"}`, "kind": `{"type":"string","enum":["normal","emergency"]}`,
		"amounts": `{"type":"array","items":{"type":"integer","format":"money"}}`,
	}
	if name == "" {
		return facts.Type{}, money.Rounding(rounding)
	}
	typ, found := facts.TypeOf(json.RawMessage(schemas[name]), "")
	if len(found) > 0 {
		t.Fatalf("%q: %v", name, found)
	}
	return typ, money.Rounding(rounding)
}

// Every mistake has its code, its place and its advice. A case may begin with a line "-> TYPE ROUNDING".
func TestDiagnostics(t *testing.T) {
	e := env(t)
	golden(t, "testdata/diagnostics.txtar", func(t *testing.T, input string) string {
		text, into := cutWanted(input)
		want, round := wanted(t, into)
		f, found := e.Compile(formula.Source{Text: text, File: "item.json", Path: "/fields/0/value", Line: 1, Col: 1}, want, round)
		if (f == nil) != found.HasErrors() {
			t.Errorf("formula %v with %v", f, found)
		}
		var b strings.Builder
		for _, d := range found {
			if d.File != "item.json" || d.Path != "/fields/0/value" || d.Text(lang.Zh) == d.Code {
				t.Errorf("incomplete: %+v", d)
			}
			fmt.Fprintf(&b, "%d:%d %s %s: %s\n", d.Line, d.Col, d.Severity, d.Code, d.Text(lang.En))
		}
		return b.String()
	})
}

func cutWanted(input string) (text, into string) {
	if rest, ok := strings.CutPrefix(input, "-> "); ok {
		into, text, _ = strings.Cut(rest, "\n")
		return text, into
	}
	return input, ""
}

// A case is a formula and then lines of facts; each line gives a value, what is missing, or an error with its place.
func TestEvaluation(t *testing.T) {
	e, s := env(t), space(t)
	golden(t, "testdata/evaluation.txtar", func(t *testing.T, input string) string {
		input, into := cutWanted(input)
		want, round := wanted(t, into)
		text, rest, _ := strings.Cut(input, "\n")
		f, found := e.Compile(formula.Source{Text: text, Line: 1, Col: 1}, want, round)
		if f == nil {
			t.Fatal(found)
		}
		var b strings.Builder
		for line := range strings.Lines(rest) {
			fmt.Fprintln(&b, said(t, f, given(t, s, line)))
		}
		return b.String()
	})
}

func said(t *testing.T, f *formula.Formula, v *facts.Values) string {
	r, err := f.Eval(v)
	var why *formula.EvalError
	switch {
	case errors.As(err, &why):
		d := why.Diagnostic("/at")
		if d.Text(lang.Zh) == d.Code || d.Text(lang.En) == "" {
			t.Errorf("%s has no text", d.Code)
		}
		about := why.Fact
		if about == "" {
			about = why.Name
		}
		return fmt.Sprintf("error %s %d:%d %s", d.Code, d.Line, d.Col, about)
	case r.State == facts.Absent:
		return "absent"
	case r.State == facts.Unknown:
		names := make([]string, len(r.Missing))
		for i, slot := range r.Missing {
			names[i] = v.Space().At(slot).Path
		}
		return "unknown: " + strings.Join(names, " ")
	default:
		return f.Type().String() + " " + string(f.Type().Encode(r.Value))
	}
}

// Random arithmetic has the value that mathematics gives it, or it is an error; it is never near it.
func TestArithmeticIsExact(t *testing.T) {
	s, e := space(t), env(t)
	overflows, zeros := 0, 0
	for seed := range 3000 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		v := s.NewValues()
		age, area := int64(r.Uint64()>>(r.IntN(63)+1)), decimal.New(int64(r.Uint64()>>(r.IntN(40)+24)), -int32(r.IntN(8)))
		ageSlot, _ := s.Slot("applicant.age")
		areaSlot, _ := s.Slot("form.area")
		v.Set(ageSlot, age)
		v.Set(areaSlot, area)
		text, exact := expression(r, 4, new(big.Rat).SetInt64(age), area.Rat())
		f, found := e.Compile(formula.Source{Text: text}, facts.Type{Kind: facts.Number}, money.Exact)
		if f == nil {
			t.Fatalf("%s: %v", text, found)
		}
		got, err := f.Eval(v)
		var why *formula.EvalError
		switch {
		case errors.As(err, &why) && why.Code == "formula.overflow":
			overflows++
		case errors.As(err, &why) && why.Code == "formula.divide-by-zero":
			zeros++
			if exact != nil {
				t.Fatalf("%s is %v: %v", text, exact, err)
			}
		case err != nil:
			t.Fatalf("%s: %v", text, err)
		case exact == nil:
			t.Fatalf("%s has a value: %v", text, got.Value)
		default:
			want := facts.Settle(exact)
			if !facts.Equal(got.Value, want) {
				t.Fatalf("%s is %v, want %v", text, got.Value, want)
			}
		}
	}
	if overflows == 0 || zeros == 0 {
		t.Errorf("%d overflows and %d divisions by zero: the test proves less than it says", overflows, zeros)
	}
}

// expression writes random arithmetic and computes it; nil is a division by zero.
func expression(r *rand.Rand, depth int, age, area *big.Rat) (string, *big.Rat) {
	if depth == 0 || r.IntN(5) == 0 {
		switch r.IntN(4) {
		case 0:
			return "applicant.age", age
		case 1:
			return "form.area", area
		case 2:
			n := r.IntN(9)
			return fmt.Sprint(n), big.NewRat(int64(n), 1)
		default:
			d := decimal.New(int64(r.IntN(2000)), -int32(1+r.IntN(3)))
			return d.StringFixed(3), d.Rat()
		}
	}
	left, a := expression(r, depth-1, age, area)
	right, b := expression(r, depth-1, age, area)
	op := []string{"+", "-", "*", "/"}[r.IntN(4)]
	text := "(" + left + " " + op + " " + right + ")"
	if a == nil || b == nil || op == "/" && b.Sign() == 0 {
		return text, nil
	}
	z := new(big.Rat)
	switch op {
	case "+":
		return text, z.Add(a, b)
	case "-":
		return text, z.Sub(a, b)
	case "*":
		return text, z.Mul(a, b)
	default:
		return text, z.Quo(a, b)
	}
}

// A result that does not wait for anything stays what it is when the rest becomes known; and one that waits is settled by
// learning what it names.
func TestUnknownsNeverChangeAResult(t *testing.T) {
	s, e := space(t), env(t)
	var formulas []*formula.Formula
	for _, text := range []string{
		`form.elsewhere ? applicant.age : param.standard`,
		`sum(filter(household.members, .works), .income) / max(1, len(household.members))`,
		`present(agent) && (agent.name ?? "") != "" ? agent.name : applicant.name`,
		`let half = param.standard / 2; applicant.age > 80 || form.elsewhere ? round(half) : param.standard`,
		`any(household.members, .income > param.standard) ? form.area * 2 : form.area`,
		`first(sortBy(filter(household.members, .income > 1), .income, "desc"))?.name ?? applicant.name`,
		`form.kind == "normal" and not form.elsewhere ? 1 : applicant.age / (applicant.age - 2)`,
	} {
		f, found := e.Compile(formula.Source{Text: text}, facts.Type{}, money.Exact)
		if f == nil {
			t.Fatal(text, found)
		}
		formulas = append(formulas, f)
	}
	full := []string{
		`{"form.elsewhere": true, "applicant.age": 81, "param.standard": 5, "household.members": [{"name": "a", "income": 9, "works": true}], "agent.present": false, "agent.name": null, "applicant.name": "李", "form.area": 1.5, "form.kind": "normal"}`,
		`{"form.elsewhere": false, "applicant.age": 2, "param.standard": 7, "household.members": [], "agent.present": true, "agent.name": "王", "applicant.name": null, "form.area": null, "form.kind": "emergency"}`,
		`{"form.elsewhere": null, "applicant.age": 70, "param.standard": 0, "household.members": [{"name": "b", "income": 2, "works": null}, {"name": null, "income": 4, "works": false}], "agent.present": true, "agent.name": null, "applicant.name": "李", "form.area": 0, "form.kind": null}`,
	}
	same := func(a formula.Result, aErr error, b formula.Result, bErr error) bool {
		return (aErr != nil) == (bErr != nil) && a.State == b.State && facts.Equal(a.Value, b.Value)
	}
	waited := 0
	for seed := range 600 {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		known := given(t, s, full[r.IntN(len(full))])
		part := known.Clone()
		for slot := range s.Len() {
			if r.IntN(2) == 0 {
				part.SetUnknown(slot)
			}
		}
		for _, f := range formulas {
			want, wantErr := f.Eval(known)
			got, err := f.Eval(part)
			learnt := part.Clone()
			for err == nil && got.State == facts.Unknown {
				waited++
				if len(got.Missing) == 0 {
					t.Fatalf("%s waits for nothing", f.Source().Text)
				}
				for _, slot := range got.Missing {
					if learnt.State(slot) != facts.Unknown {
						t.Fatalf("%s waits for %s, which is known", f.Source().Text, s.At(slot).Path)
					}
					if known.State(slot) == facts.Unknown {
						known.SetAbsent(slot)
					}
					learnt.Set(slot, known.Get(slot))
				}
				got, err = f.Eval(learnt)
			}
			if want.State == facts.Unknown {
				want, wantErr = f.Eval(known)
			}
			if !same(got, err, want, wantErr) {
				t.Fatalf("%s: %v %v, knowing all %v %v", f.Source().Text, got, err, want, wantErr)
			}
		}
	}
	if waited == 0 {
		t.Error("nothing was unknown: the test proves less than it says")
	}
}

// A formula serves many at once, each with facts of its own.
func TestConcurrentUse(t *testing.T) {
	e, s := env(t), space(t)
	f, found := e.Compile(formula.Source{Text: `let n = applicant.age; sum(1..n, # * n) + reduce(1..n, #acc + #, 0)`}, facts.Type{}, money.Exact)
	if f == nil {
		t.Fatal(found)
	}
	slot, _ := s.Slot("applicant.age")
	var all sync.WaitGroup
	for n := int64(1); n <= 8; n++ {
		v := s.NewValues()
		v.Set(slot, n)
		all.Go(func() {
			for range 300 {
				if r, err := f.Eval(v); err != nil || r.Value != n*(n+1)/2*(n+1) {
					t.Error(n, r, err)
				}
			}
		})
	}
	all.Wait()
}

// Whatever is written, compiling ends, and what compiles evaluates without a panic.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{
		`sum(household.members, .income) / 3`, `let x = form.area; x ?? 1 * 2`, `round(1.25, 1, "half-even")`, `map(household.members, #index)`,
		`[1, 2.5][0] in [1]`, `if form.elsewhere { 1 } else { nil }`, `applicant.name matches "^a" ? "x" + 'y' : string(today)`, `-9223372036854775808 % -1`,
		`household.members | filter(.works) | count()`, `reduce([1,2], #acc + #, 0)`, `sum(months_in(today, date("2030-01-01")), param_rate(#))`, `days_covered(map(form.periods, .from), map(form.periods, .to ?? today))`,
		`take(sort([1/3, 2]), 1)[0]`, `tiered(form.area, [1, 2], [0.1, 1/3, 0.3])`, `rank_highest(1, 1..9)`, `1 ** 2 ^ 3`, `0x1F + 0b11 + 1_000.5e3`, `{"a": 1}.a`, `a?.b?.[0]`, "`raw`",
		`min(max(1,2), sum([3])) .. 5`, `not not true`, `$env.applicant`, `#.x`, `date("2026-02-30")`, `concat([1],[2.5])[1] / 0`,
	} {
		f.Add(text)
	}
	e, s := env(f), space(f)
	v := given(f, s, `{"applicant.age": 81, "form.area": 1.5, "household.members": [{"income": 3, "works": true}, {"income": null}], "form.elsewhere": null, "param.standard": 7}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, found := e.Compile(formula.Source{Text: text, Line: 1, Col: 1}, facts.Type{}, money.HalfUp)
		if (c == nil) != found.HasErrors() {
			t.Fatalf("%q: %v %v", text, c, found)
		}
		for _, d := range found {
			if _, ok := diag.Codes()[d.Code]; !ok {
				t.Fatalf("%q: no text for %s", text, d.Code)
			}
		}
		if c == nil {
			return
		}
		if r, err := c.Eval(v); err == nil && r.State == facts.Known {
			typ := c.Type()
			if again, err := typ.Decode(typ.Encode(r.Value)); err != nil || !facts.Equal(again, r.Value) {
				t.Fatalf("%q gave %v of type %s, which does not survive: %v", text, r.Value, typ, err)
			}
		}
	})
}
