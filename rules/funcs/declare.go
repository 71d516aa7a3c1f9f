package funcs

import (
	"math"
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Types of parameters and results.
var (
	boolean = facts.Type{Kind: facts.Bool}
	integer = facts.Type{Kind: facts.Int}
	fen     = facts.Type{Kind: facts.Int, Money: true}
	number  = facts.Type{Kind: facts.Number}
	text    = facts.Type{Kind: facts.String}
	date    = facts.Type{Kind: facts.Date}
)

// Relative costs of a call; 1 is a comparison.
const (
	cheap  = 2 // arithmetic on a few numbers
	parsed = 8 // reads a number character by character
)

func param(name string, t facts.Type) Param { return Param{Name: name, Type: t} }

func both(zh, en string) lang.Text { return lang.Text{Zh: zh, En: en} }

func example(expr, want string) Example { return Example{Expr: expr, Want: want} }

// day is an argument of kind Date.
func day(v any) calendar.Date { return calendar.FromTime(v.(time.Time)) }

// amount is an argument of kind Int that counts something. Saturating is exact enough: no count of days or months beyond
// 32 bits stays within the calendar, and the error must not depend on the machine's int.
func amount(v any) int { return int(max(math.MinInt32, min(math.MaxInt32, v.(int64)))) }

// dated makes a computed date a value.
func dated(d calendar.Date, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return d.Time(), nil
}

// Error says that a function has no answer for its arguments. Code is one of the Code constants.
type Error struct {
	code string
	args map[string]string
}

// The codes of Error.
const (
	CodeBeforeBirth = "funcs.before-birth" // args: birth, at
	CodeCategory    = "funcs.category"     // args: category, known
	CodeTooLarge    = "funcs.too-large"    // args: value
)

func (e *Error) Error() string { return e.code }

// Code is the error's code in the catalogue.
func (e *Error) Code() string { return e.code }

// Args are the arguments of the error's text. The map must not be changed.
func (e *Error) Args() map[string]string { return e.args }
