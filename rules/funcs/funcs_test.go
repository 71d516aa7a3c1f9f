package funcs_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// library is the standard library over the real notices of 2024 to 2026.
func library(t testing.TB) *funcs.Library {
	t.Helper()
	raw, err := os.ReadFile("../calendar/testdata/holidays-2024-2026.json")
	if err != nil {
		t.Fatal(err)
	}
	var days map[string]string
	if err := json.Unmarshal(raw, &days); err != nil {
		t.Fatal(err)
	}
	years := []calendar.Year{{Year: 2024}, {Year: 2025}, {Year: 2026}}
	for text, mark := range days {
		d, err := calendar.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		y := &years[d.Year()-2024]
		if mark == "work" {
			y.Work = append(y.Work, d)
		} else {
			y.Off = append(y.Off, d)
		}
	}
	cal, err := calendar.New(years)
	if err != nil {
		t.Fatal(err)
	}
	return funcs.Standard(cal)
}

// TestSurface keeps the functions that item documents rely on: a change of this list is a change of the rule language.
func TestSurface(t *testing.T) {
	var b strings.Builder
	for _, f := range library(t).All() {
		b.WriteString(f.Signature() + "\n")
	}
	golden(t, "testdata/surface.txt", b.String())
}

func TestMarkdown(t *testing.T) {
	lib := library(t)
	golden(t, "testdata/functions.en.md", lib.Markdown(lang.En))
	golden(t, "testdata/functions.zh.md", lib.Markdown(lang.Zh))
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", file, got)
	}
}

func TestExamples(t *testing.T) {
	lib := library(t)
	for _, f := range lib.All() {
		for _, e := range f.Examples {
			got, err := evaluate(lib, e.Expr)
			if err != nil {
				t.Errorf("%s: %v", e.Expr, err)
				continue
			}
			want, err := evaluate(lib, e.Want)
			if err != nil {
				t.Errorf("%s: %v", e.Want, err)
				continue
			}
			if !facts.Equal(got, want) {
				t.Errorf("%s = %v, want %s", e.Expr, got, e.Want)
			}
		}
	}
}

// TestTable holds every entry to what its readers rely on.
func TestTable(t *testing.T) {
	lib := library(t)
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for i, f := range lib.All() {
		if !name.MatchString(f.Name) {
			t.Errorf("%s: not a name of the rule languages", f.Name)
		}
		if f.Cost == 0 || f.Call == nil || f.Group == "" || f.Result.Kind == facts.Invalid {
			t.Errorf("%s: incomplete", f.Signature())
		}
		if len(f.Examples) == 0 {
			t.Errorf("%s: no example", f.Signature())
		}
		for _, text := range []lang.Text{f.Doc, f.Phrase} {
			if text.Zh == "" || text.En == "" {
				t.Errorf("%s: a text is missing in one language", f.Signature())
			}
		}
		for _, phrase := range []string{f.Phrase.Zh, f.Phrase.En} {
			for n, p := range f.Params {
				if !strings.Contains(phrase, fmt.Sprintf("{%d}", n)) && !strings.Contains(phrase, fmt.Sprintf("{%d ", n)) {
					t.Errorf("%s: the phrase %q does not say %s", f.Signature(), phrase, p.Name)
				}
			}
			if strings.Contains(phrase, fmt.Sprintf("{%d}", len(f.Params))) {
				t.Errorf("%s: the phrase %q has too many places", f.Signature(), phrase)
			}
		}
		for _, e := range f.Examples {
			if !strings.HasPrefix(e.Expr, f.Name+"(") {
				t.Errorf("%s: the example %s is of another function", f.Signature(), e.Expr)
			}
		}
		// The overloads of a name stand together, the narrower first: whole numbers go where a number is wanted, and the
		// first overload that fits is called.
		overloads := lib.Lookup(f.Name)
		at := slices.IndexFunc(lib.All(), func(g funcs.Func) bool { return g.Name == f.Name })
		if i < at || i >= at+len(overloads) {
			t.Errorf("%s: stands apart from its overloads", f.Signature())
		}
		for j, g := range overloads {
			for _, earlier := range overloads[:j] {
				if covers(earlier, g) {
					t.Errorf("%s can never be called: %s stands before it", g.Signature(), earlier.Signature())
				}
			}
		}
	}
	if got := lib.Lookup("no_such_function"); got != nil {
		t.Errorf("Lookup of nothing = %v", got)
	}
}

// covers reports whether every call that fits g fits f too.
func covers(f, g funcs.Func) bool {
	types := make([]facts.Type, len(g.Params))
	for i, p := range g.Params {
		types[i] = p.Type
	}
	return f.Takes(types)
}

func TestRetirement(t *testing.T) {
	lib := library(t)
	for _, row := range rows(t, "testdata/retirement.csv") {
		birth, category, wantDate := row[0], row[1], row[4]
		years, err1 := strconv.Atoi(row[2])
		months, err2 := strconv.Atoi(row[3])
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		got, err := evaluate(lib, fmt.Sprintf("retirement_months(date(%q), %q)", birth, category))
		if err != nil || got != int64(12*years+months) {
			t.Errorf("%s born %s: %v months, %v; want %d", category, birth, got, err, 12*years+months)
		}
		got, err = evaluate(lib, fmt.Sprintf("retirement_date(date(%q), %q)", birth, category))
		if want, _ := time.Parse(time.DateOnly, wantDate); err != nil || got != want {
			t.Errorf("%s born %s: %v, %v; want %s", category, birth, got, err, wantDate)
		}
	}
}

func TestFailures(t *testing.T) {
	lib := library(t)
	for _, row := range rows(t, "testdata/failures.csv") {
		got, err := evaluate(lib, row[0])
		var coded diag.Coded
		if !errors.As(err, &coded) {
			t.Errorf("%s = %v, %v; want %s", row[0], got, err, row[1])
			continue
		}
		var args []string
		for name, value := range coded.Args() {
			args = append(args, name+"="+value)
		}
		slices.Sort(args)
		if coded.Code() != row[1] || strings.Join(args, " ") != row[2] || got != nil {
			t.Errorf("%s = %v, %s %v; want %s %s", row[0], got, coded.Code(), args, row[1], row[2])
		}
		d := diag.Diagnostic{Code: coded.Code(), Args: coded.Args()}
		for _, text := range []string{d.Both().Zh, d.Both().En} {
			if text == coded.Code() || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: text %q", row[0], text)
			}
		}
	}
}

func TestNoCalendar(t *testing.T) {
	lib := funcs.Standard(nil)
	for _, call := range []string{`is_workday(date("2026-03-02"))`, `workdays_after(date("2026-03-02"), 1)`} {
		var missing *calendar.NoYearError
		if _, err := evaluate(lib, call); !errors.As(err, &missing) || missing.Year != 2026 {
			t.Errorf("%s without a calendar: %v", call, err)
		}
	}
}

// TestAgeIsReachedOnTheAnniversary holds age to add_years: age(b, d) >= n means d >= add_years(b, n), for those born on 29
// February too.
func TestAgeIsReachedOnTheAnniversary(t *testing.T) {
	lib := library(t)
	call := func(name string, args ...any) any {
		got, err := lib.Lookup(name)[0].Call(args)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	r := rand.New(rand.NewPCG(29, 2))
	for range 20000 {
		birth := time.Date(1900+4*r.IntN(31), time.February, 29, 0, 0, 0, 0, time.UTC) // 1900 has none: 1 March
		if r.IntN(2) == 0 {
			birth = time.Date(1900+r.IntN(120), time.Month(1+r.IntN(12)), 1+r.IntN(31), 0, 0, 0, 0, time.UTC)
		}
		n := int64(r.IntN(100))
		reached := call("add_years", birth, n).(time.Time)
		if got := call("age", birth, reached).(int64); got != n {
			t.Fatalf("born %s, on %s: %d, want %d", birth, reached, got, n)
		}
		if n == 0 {
			continue
		}
		if got := call("age", birth, reached.AddDate(0, 0, -1)).(int64); got != n-1 {
			t.Fatalf("born %s, the day before %s: %d, want %d", birth, reached, got, n-1)
		}
	}
}

func BenchmarkAge(b *testing.B) {
	call := library(b).Lookup("age")[0].Call
	args := []any{time.Date(1946, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	for b.Loop() {
		if _, err := call(args); err != nil {
			b.Fatal(err)
		}
	}
}

func rows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// evaluate computes a literal, a date("...") or a call over such. It knows just enough of the rule languages to test the
// table without them.
func evaluate(lib *funcs.Library, text string) (any, error) {
	e, err := parser.ParseExpr(strings.NewReplacer("[", "list(", "]", ")").Replace(text)) // Go has no such literal
	if err != nil {
		return nil, err
	}
	return value(lib, e)
}

func value(lib *funcs.Library, e ast.Expr) (any, error) {
	switch e := e.(type) {
	case *ast.Ident:
		return strconv.ParseBool(e.Name)
	case *ast.UnaryExpr:
		lit, ok := e.X.(*ast.BasicLit)
		if !ok || e.Op != token.SUB {
			return nil, fmt.Errorf("cannot evaluate %s", e.Op)
		}
		return value(lib, &ast.BasicLit{Kind: lit.Kind, Value: "-" + lit.Value})
	case *ast.BasicLit:
		switch e.Kind {
		case token.INT:
			return strconv.ParseInt(e.Value, 10, 64)
		case token.FLOAT:
			return decimal.NewFromString(e.Value)
		default:
			return strconv.Unquote(e.Value)
		}
	case *ast.CallExpr:
		name := e.Fun.(*ast.Ident).Name
		var args []any
		var types []facts.Type
		for _, arg := range e.Args {
			v, err := value(lib, arg)
			if err != nil {
				return nil, err
			}
			args = append(args, v)
			types = append(types, typeOf(v))
		}
		switch name {
		case "date":
			return time.Parse(time.DateOnly, args[0].(string))
		case "list":
			return args, nil
		}
		return call(lib, name, args, types)
	}
	return nil, fmt.Errorf("cannot evaluate %T", e)
}

// call calls the first overload that takes the arguments, as the rule languages do.
func call(lib *funcs.Library, name string, args []any, types []facts.Type) (any, error) {
	for _, f := range lib.Lookup(name) {
		if !f.Takes(types) {
			continue
		}
		for i := range args {
			args[i] = f.Convert(i, args[i])
		}
		got, err := f.Call(args)
		if want := f.ResultOf(types); err == nil && !holds(want, got) {
			return nil, fmt.Errorf("%s gives a %T", f.Signature(), got)
		}
		return got, err
	}
	return nil, fmt.Errorf("no %s for %v", name, types)
}

// holds reports whether a value has the Go type of a type's kind, and its lists are not longer than the type says.
func holds(t facts.Type, v any) bool {
	list, ok := v.([]any)
	if !ok || t.Kind != facts.List {
		return typeOf(v).Kind == t.Kind
	}
	return len(list) <= t.Longest() && !slices.ContainsFunc(list, func(e any) bool { return !holds(*t.Elem, e) })
}

func typeOf(v any) facts.Type {
	switch v := v.(type) {
	case bool:
		return facts.Type{Kind: facts.Bool}
	case int64:
		return facts.Type{Kind: facts.Int}
	case decimal.Decimal, *big.Rat:
		return facts.Type{Kind: facts.Number}
	case string:
		return facts.Type{Kind: facts.String}
	case time.Time:
		return facts.Type{Kind: facts.Date}
	case []any:
		elem := facts.Type{Kind: facts.Date} // an empty list: its elements do not matter
		for i, e := range v {
			if t := typeOf(e); i == 0 || t.Kind == facts.Number {
				elem = t
			}
		}
		return facts.Type{Kind: facts.List, Elem: &elem, MaxItems: max(1, len(v))}
	}
	return facts.Type{}
}
