// Package funcs is the one table of functions that rules may call. Conditions and formulas register them from here, the
// designer lists them from here, sentences take their words from here, and the examples in the table run as tests.
package funcs

import (
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Func is one function. Overloads share a name and differ in the kinds of their parameters.
type Func struct {
	Name     string
	Params   []Param
	Result   facts.Type
	Doc      lang.Text // meaning, boundary conventions, source of the rule
	Phrase   lang.Text // how a call reads in a sentence; {0}, {1} stand for the arguments
	Examples []Example // executed as tests, in both languages where both can say it
	Cost     uint64    // relative cost of a call for the static limit; 1 is a comparison
	// Call computes the function. args hold the Go types of facts.Kind, never nil. An error is an evaluation error.
	Call func(args []any) (any, error)
}

// Param is one parameter.
type Param struct {
	Name string
	Type facts.Type
}

// Example is an expression and the value it must have, both written in the rule language.
type Example struct {
	Expr string
	Want string
}
