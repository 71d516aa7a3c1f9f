package funcs_test

import (
	"testing"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
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
