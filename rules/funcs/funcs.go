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
	Name   string
	Params []Param
	Result facts.Type
	Group  Group
	Doc    lang.Text // meaning, boundary conventions, source of the rule
	// Phrase is how a call reads in a sentence. {0}, {1} stand for the arguments; {1 months} for one with its unit, which is
	// written otherwise where the argument is itself a fact: 6 months, but the period of grace (in months).
	Phrase   lang.Text
	Unit     lang.Text // what a whole number it gives counts: 周岁, months; empty where nothing is counted
	Examples []Example // executed as tests, in both languages where both can say it
	Cost     uint64    // relative cost of a call for the static limit; 1 is a comparison
	ItemCost uint64    // and what every element of its lists adds
	// KeepsMoney says that the Int it gives, or a list of such, is money if one of its arguments, or of their elements, is.
	KeepsMoney bool
	// Quotients says that Call takes a *big.Rat where a Number is wanted, and may give one. The others get decimals.
	Quotients bool
	// Call computes the function. args hold the Go types of facts.Kind, never nil; a List of Number holds numbers only. An error
	// is an evaluation error. Call keeps neither args nor the lists in it, and changes no list.
	Call func(args []any) (any, error)
	// Within stands in the place of Call for a function that has to know in which evaluation it is called: v is what that
	// evaluation knows of the facts.
	Within func(v *facts.Values, args []any) (any, error)
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
	Parts       Group = "parts"
	Workdays    Group = "workdays"
	Periods     Group = "periods"
	Retirement  Group = "retirement"
	Identifiers Group = "identifiers"
	Divisions   Group = "divisions"
	Amounts     Group = "amounts"
	Lists       Group = "lists"
	Texts       Group = "texts"
	Times       Group = "times"
)

// Signature writes the function as documentation does: age(birth date, at date) -> int.
func (f Func) Signature() string { return f.SignatureIn(lang.En) }

// SignatureIn is Signature with the names of the types in a language: age(birth 日期, at 日期) -> 整数.
func (f Func) SignatureIn(tag lang.Tag) string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + " " + p.Type.Name().In(tag))
	}
	b.WriteString(") -> " + f.Result.Name().In(tag))
	return b.String()
}

// Signatures writes the overloads of a name, for people who gave it other arguments.
func Signatures(overloads []Func) lang.Text {
	var zh, en []string
	for _, f := range overloads {
		zh, en = append(zh, f.SignatureIn(lang.Zh)), append(en, f.SignatureIn(lang.En))
	}
	return lang.Text{Zh: strings.Join(zh, " / "), En: strings.Join(en, " / ")}
}
