// Package funcs is the one table of functions that rules may call. Conditions and formulas register them from here, the
// designer lists them from here, sentences take their words from here, and the examples in the table run as tests.
//
// Every function is a pure function of its arguments and of the working-day calendar the library was made with; none reads
// a clock. What a function cannot answer is a typed error (diag.Coded), never a guess.
package funcs

import (
	"strings"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Func is one function. Overloads share a name and differ in the kinds of their parameters.
type Func struct {
	Name     string
	Params   []Param
	Result   facts.Type
	Group    Group
	Doc      lang.Text // meaning, boundary conventions, source of the rule
	Phrase   lang.Text // how a call reads in a sentence; {0}, {1} stand for the arguments
	Unit     lang.Text // what a whole number it gives counts: 周岁, months; empty where nothing is counted
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

// Group is the heading a function stands under in documentation.
type Group string

// The groups, in the order of documentation.
const (
	Dates       Group = "dates"
	Workdays    Group = "workdays"
	Retirement  Group = "retirement"
	Identifiers Group = "identifiers"
	Divisions   Group = "divisions"
	Amounts     Group = "amounts"
)

// Signature writes the function as documentation does: age(birth date, at date) -> int.
func (f Func) Signature() string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + " " + p.Type.String())
	}
	b.WriteString(") -> " + f.Result.String())
	return b.String()
}
