package facts

import "strconv"

// Limits of the work that rules make. A step is an operation on single values, or one element in the hands of a function that
// goes through a list: 10 to 100 ns.
const (
	// MaxSteps bounds one evaluation of an item, all its rules together, or of one rule on its own: up to half a second. A loop
	// over the days of ten years inside one over its weeks, with a handful of operations, is within it.
	MaxSteps = 10_000_000
	// MaxCost is from where on a rule is refused when it is compiled. Its cost is estimated from the greatest lengths that its
	// lists may have, which those of an evaluation hardly ever reach: a hundred times MaxSteps is no loop that anybody means.
	MaxCost = 100 * MaxSteps
)

// Steps is what an evaluation may still do. Loops count down as they go, so that an evaluation that would hang ends in an
// error; it never ends with a part of a result. The zero value has nothing left.
type Steps struct{ left int64 }

// NewSteps allows MaxSteps.
func NewSteps() Steps { return Steps{MaxSteps} }

// Take counts n steps and reports whether they were left.
func (s *Steps) Take(n uint64) bool {
	if s.left >= 0 {
		s.left -= int64(min(n, 1<<40))
	}
	return s.left >= 0
}

// StepsError is the evaluation error of one that has no steps left. Its code is facts.steps.
type StepsError struct{}

func (StepsError) Error() string { return "facts: more than " + strconv.Itoa(MaxSteps) + " steps" }

// Code is the error's code in the catalogue.
func (StepsError) Code() string { return "facts.steps" }

// Args are the arguments of the error's text.
func (StepsError) Args() map[string]string { return map[string]string{"max": strconv.Itoa(MaxSteps)} }
