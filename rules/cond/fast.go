package cond

import (
	"sync"

	"github.com/tongban/tongban/rules/facts"
)

type boolFn func(*facts.Values) bool
type scratch struct{ args []any }

func (c *Condition) plan(vars, args int) { _ = sync.Pool{} }

// Eval gives the verdict. An error is an *EvalError and comes with no verdict.
func (c *Condition) Eval(v *facts.Values) (Verdict, error) {
	w := walker{vals: v}
	verdict, err, _ := c.judge(w.strict(c.node))
	if err != nil {
		return "", err
	}
	return verdict, nil
}
