package funcs

import (
	"fmt"
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

	numbers = listOf(number)
	dates   = listOf(date)
)

func listOf(elem facts.Type) facts.Type { return facts.Type{Kind: facts.List, Elem: &elem} }

// oneOf is a type of which only these values may be given; a constant that is none of them is reported when a rule is compiled.
func oneOf(t facts.Type, choices ...facts.Choice) facts.Type {
	t.Enum = choices
	return t
}

func choice(value any, zh, en string) facts.Choice {
	return facts.Choice{Value: value, Label: lang.Text{Zh: zh, En: en}}
}

// chosen checks an argument of a type made by oneOf. The error is an *Error.
func chosen(t facts.Type, v any) error {
	choices, wrong := Param{Type: t}.Choices(v)
	if !wrong {
		return nil
	}
	return &Error{CodeChoice, map[string]string{"value": string(t.Encode(v)), "choices": choices.En}}
}

// Relative costs of a call, or of an element; 1 is a comparison.
const (
	cheap  = 2  // arithmetic on a few numbers
	parsed = 8  // reads a number character by character
	sorted = 16 // puts an element of a list into order
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
	CodeBeforeBirth = "funcs.before-birth"    // args: birth, at
	CodeCategory    = "funcs.category"        // args: category, known
	CodeTooLarge    = "funcs.too-large"       // args: value
	CodeChoice      = "funcs.not-a-choice"    // args: value, choices
	CodeNoDay       = "funcs.no-such-day"     // args: year (for any year: empty), month, day
	CodeNoWeekday   = "funcs.no-such-weekday" // args: n, weekday, month
	CodeTooMany     = "funcs.too-many"        // args: name, max
	CodeStep        = "funcs.step"            // args: name, value
	CodePeriod      = "funcs.period"          // args: number, from, to
	CodeLengths     = "funcs.lengths"         // args: first, second, want
	CodeAscending   = "funcs.ascending"       // args: position
	CodeNegative    = "funcs.negative"        // args: value
	CodeLimits      = "funcs.limits"          // args: low, high
	CodeEmpty       = "funcs.empty"           // args: name
	CodePlace       = "funcs.place"           // args: n, count
	CodeNoNumber    = "funcs.no-number"       // args: text
	CodeNoTime      = "funcs.no-time"         // args: text
)

func (e *Error) Error() string { return e.code }

func failed(code string, args ...any) *Error {
	e := &Error{code, make(map[string]string, len(args)/2)}
	for i := 0; i+1 < len(args); i += 2 {
		e.args[args[i].(string)] = fmt.Sprint(args[i+1])
	}
	return e
}

// Code is the error's code in the catalogue.
func (e *Error) Code() string { return e.code }

// Args are the arguments of the error's text. The map must not be changed.
func (e *Error) Args() map[string]string { return e.args }
