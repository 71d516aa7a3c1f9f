// Package facts says what rules may talk about: named, typed facts, each in a slot fixed when a plan is compiled. It turns
// JSON Schema into types and JSON into typed values, and holds the values of one evaluation. It knows no rule language:
// cond and formula derive their declarations from a Space. It imports only diag and lang of ours.
package facts

import (
	"github.com/tongban/tongban/rules/lang"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds, with the Go type that Values holds for each.
const (
	Invalid Kind = iota
	Bool         // bool
	Int          // int64
	Number       // decimal.Decimal (shopspring): exact
	String       // string
	Date         // time.Time, midnight UTC: a civil date
	List         // []any of Elem
	Row          // *Values over Type.Row
)

// Type is the type of a fact. Types are compared with Equal.
type Type struct {
	Kind  Kind
	Money bool      // Int in fen
	Unit  lang.Text // of an Int or Number that is no money: 天, days
	Elem  *Type     // of a List
	Row   *Space    // of a Row
	Enum  []Choice  // allowed values with labels, where the schema lists them

	MaxItems int  // of a List: its greatest length; 0 means DefaultMaxItems
	Gaps     bool // of a List: it leaves out rows, so that places in it mean nothing
}

// Choice labels one value of an enumeration.
type Choice struct {
	Value any
	Label lang.Text
}

// Fact declares one fact.
type Fact struct {
	Path  string // "applicant.birth_date": lower-case ASCII names joined by dots
	Type  Type
	Label lang.Text
	Unit  lang.Text
}

// State says what is known of a fact.
type State uint8

// The three states. The zero value is Unknown: not asked yet, or the register did not answer.
const (
	Unknown State = iota
	Absent        // known not to exist: null in JSON, nil in formulas, null in conditions
	Known
)
