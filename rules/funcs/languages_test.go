package funcs_test

import (
	"testing"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/money"
)

// TestExamplesAsConditions runs every example as the condition that it equals its value.
func TestExamplesAsConditions(t *testing.T) {
	space, found := facts.NewSpace(nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	lib := library(t)
	env, err := cond.NewEnv(space, lib)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lib.All() {
		for _, e := range f.Examples {
			c, found := env.Compile(cond.Source{Text: e.Expr + " == " + e.Want})
			if found.HasErrors() {
				t.Errorf("%s: %v", e.Expr, found)
				continue
			}
			verdict, err := c.Eval(space.NewValues())
			if err != nil || verdict != cond.Met {
				t.Errorf("%s is not %s: %s, %v", e.Expr, e.Want, verdict, err)
			}
		}
	}
}

// TestExamplesAsFormulas runs every example, and its value, as formulas.
func TestExamplesAsFormulas(t *testing.T) {
	space, found := facts.NewSpace(nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	lib := library(t)
	env := formula.NewEnv(space, lib)
	eval := func(text string) any {
		f, found := env.Compile(formula.Source{Text: text}, facts.Type{}, money.Exact)
		if found.HasErrors() {
			t.Errorf("%s: %v", text, found)
			return nil
		}
		got, err := f.Eval(space.NewValues())
		if err != nil || got.State != facts.Known {
			t.Errorf("%s: %+v, %v", text, got, err)
			return nil
		}
		return got.Value
	}
	for _, f := range lib.All() {
		for _, e := range f.Examples {
			if got, want := eval(e.Expr), eval(e.Want); !facts.Equal(got, want) {
				t.Errorf("%s = %v, want %s", e.Expr, got, e.Want)
			}
		}
	}
}
