package cond_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Every mistake has its code, its place and its advice.
func TestDiagnostics(t *testing.T) {
	e := env(t)
	golden(t, "testdata/diagnostics.txtar", func(t *testing.T, input string) string {
		c, found := e.Compile(cond.Source{Text: input, File: "item.json", Path: "/conditions/0/rule", Line: 1, Col: 1})
		if (c == nil) != found.HasErrors() {
			t.Errorf("condition %v with %v", c, found)
		}
		for _, d := range found {
			if d.File != "item.json" || d.Path != "/conditions/0/rule" || d.Text(lang.Zh) == d.Code {
				t.Errorf("incomplete: %+v", d)
			}
		}
		return shown(found)
	})
}

// A case is a condition and then lines of facts; each line gives a verdict, what is missing, or an error with its place.
func TestEvaluation(t *testing.T) {
	e, s := env(t), space(t)
	golden(t, "testdata/evaluation.txtar", func(t *testing.T, input string) string {
		rule, rest, _ := strings.Cut(input, "\n")
		c, found := e.Compile(cond.Source{Text: rule, Line: 1, Col: 1})
		if c == nil {
			t.Fatal(found)
		}
		var b strings.Builder
		for line := range strings.Lines(rest) {
			v := given(t, s, line)
			fmt.Fprintln(&b, said(s, c, v))
		}
		return b.String()
	})
}

func said(s *facts.Space, c *cond.Condition, v *facts.Values) string {
	verdict, err := c.Eval(v)
	var why *cond.EvalError
	switch {
	case errors.As(err, &why):
		return strings.TrimSpace(fmt.Sprintf("error %s %d:%d %s%s", why.Code, why.Line, why.Col, why.Fact, nameUnless(why.Fact, why.Name)))
	case verdict == cond.Undetermined:
		return "undetermined: " + paths(s, c.Missing(v))
	default:
		return string(verdict)
	}
}

func nameUnless(fact, name string) string {
	if fact != "" {
		return ""
	}
	return name
}

func TestExplain(t *testing.T) {
	e, s := env(t), space(t)
	rule := `applicant.age >= 80 && (form.elsewhere || applicant.name == "李") && applicant.income < param.standard`
	c, found := e.Compile(cond.Source{Text: rule, Line: 7, Col: 11})
	if c == nil {
		t.Fatal(found)
	}
	x := c.Explain(given(t, s, `{"applicant.age": 79, "applicant.name": "王", "applicant.income": null, "param.standard": 1}`))
	if x.Verdict != cond.Unmet || len(x.Clauses) != 3 {
		t.Fatalf("%+v", x)
	}
	var got strings.Builder
	for _, part := range x.Clauses {
		code := ""
		if part.Err != nil {
			code = part.Err.Code
		}
		fmt.Fprintf(&got, "%d:%d %q %s [%s] [%s]\n", part.Node.Line, part.Node.Col, part.Verdict, code, paths(s, part.Facts), paths(s, part.Missing))
	}
	want := `7:11 "unmet"  [applicant.age] []
7:35 "undetermined"  [form.elsewhere applicant.name] [form.elsewhere]
7:79 "" cond.absent [applicant.income param.standard] []
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// A position goes through Map where the document has escapes.
func TestMappedPositions(t *testing.T) {
	src := cond.Source{Text: `a.b`, Map: func(i int) (int, int) { return 40, 2*i + 5 }}
	_, found := env(t).Compile(src)
	if len(found) != 1 || found[0].Line != 40 || found[0].Col != 5 {
		t.Errorf("%+v", found)
	}
}

// Whatever is written, compiling ends, and what compiles evaluates without a panic and to one and the same meaning.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`applicant.age >= 80`, `household.members.exists(m, m.income > 1) && !form.elsewhere`, `form.area * 2 / 0.0 == 1`,
		`form.tags[0] in ["a", 'b', r"\d"]`, `x.y.z(1)`, `"\u0000" == applicant.name`, `((((((((1))))))))`, `age(applicant.birth_date, today) > -1`,
		`household.members.map(m, m.income).filter(i, i > 1).size() % 0 == 1`, `1e400 > 0.0`, `9223372036854775808 > 1`, `b"x" == 1u`,
	} {
		f.Add(s)
	}
	e, s := env(f), space(f)
	v := given(f, s, `{"applicant.age": 81, "form.area": 1.5, "form.tags": ["a"], "household.members": [{"income": 3}, {"income": null}], "form.elsewhere": null}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, found := e.Compile(cond.Source{Text: text, Line: 1, Col: 1})
		if (c == nil) != found.HasErrors() {
			t.Fatalf("%q: %v %v", text, c, found)
		}
		if c != nil {
			agree(t, c, v)
		}
	})
}

// agree checks that the short and the explained evaluation say the same.
func agree(t *testing.T, c *cond.Condition, v *facts.Values) {
	t.Helper()
	verdict, err := c.Eval(v)
	x := c.Explain(v)
	var why *cond.EvalError
	if errors.As(err, &why) != (x.Err != nil) || verdict != x.Verdict || why != nil && (why.Code != x.Err.Code || why.Col != x.Err.Col) {
		t.Fatalf("%s: %q %v, explained %q %v", c.Source().Text, verdict, err, x.Verdict, x.Err)
	}
	if (verdict == cond.Undetermined) != (len(c.Missing(v)) > 0) {
		t.Fatalf("%s: %s but missing %v", c.Source().Text, verdict, c.Missing(v))
	}
}
