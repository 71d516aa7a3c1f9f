package table

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
)

// Hit says what becomes of several matching rows.
type Hit string

// The hit policies.
const (
	Unique       Hit = "unique"        // at most one row matches; two are an error
	Any          Hit = "any"           // several may match if their outputs agree; otherwise an error
	First        Hit = "first"         // the first matching row counts
	Priority     Hit = "priority"      // the matching row whose output comes first in the list of the output's values counts
	OutputOrder  Hit = "output-order"  // the list of all outputs, in the order of that list
	RuleOrder    Hit = "rule-order"    // the list of all outputs, in the order of the rows
	Collect      Hit = "collect"       // the same: the list of all outputs
	CollectSum   Hit = "collect-sum"   // their sum; 0 if no row matches
	CollectMin   Hit = "collect-min"   // the least of them
	CollectMax   Hit = "collect-max"   // the greatest of them
	CollectCount Hit = "collect-count" // how many rows match
)

var hits = []Hit{Unique, Any, First, Priority, RuleOrder, OutputOrder, Collect, CollectSum, CollectMin, CollectMax, CollectCount}

// List reports whether the result is the list of the outputs of all matching rows.
func (h Hit) List() bool { return h == RuleOrder || h == OutputOrder || h == Collect }

// Gathers reports whether the result is made of the outputs of all matching rows.
func (h Hit) Gathers() bool { return !h.single() }

func (h Hit) single() bool { return h == Unique || h == Any || h.first() }

// first reports whether the first matching row counts. By priority, rows are put in order when the table is compiled.
func (h Hit) first() bool { return h == First || h == Priority }

func (h Hit) ranked() bool { return h == Priority || h == OutputOrder }

// complete reports whether the policy gives a value of its own when no row matches.
func (h Hit) complete() bool { return h.List() || h == CollectSum || h == CollectCount }

// Limits. The largest published table seen, a tariff of fees, has some four hundred rows. A candidate set of MaxRows is
// kept on the stack.
const (
	MaxRows    = 1024
	MaxInputs  = 32
	MaxOutputs = 16
)

// Source is the text of a formula or a cell and its place in a document.
type Source = formula.Source

// Definition is a table as people write it.
type Definition struct {
	At      Source   // the table itself; its text is not used
	Hit     Source   // the text is one of the hit policies
	Inputs  []Input  // one a column
	Outputs []Output // one a column
	Rows    []Row
	Default []Source // the outputs if no row matches; empty is none
	// Unread says that more is known of the inputs than Given says, so that a gap may be one that nobody falls into: it is a hint.
	Unread bool
}

// Input is a column: a formula over the facts.
type Input struct {
	Expr  Source
	Label lang.Text // what findings call it; the text of the formula where it has none
	// Values is a unary test that every value of the input satisfies; another is an evaluation error. Empty is any value.
	Values Source
	// Given are tests that are known to hold whenever the table is asked. The analysis looks at no other values.
	Given []Source
}

// Output says what an output column gives.
type Output struct {
	// Type is the type of the result: of a list where the hit policy gives one; an Invalid kind is any. For the policies
	// priority and output-order the order of its choices is their priority, the highest first. Of several outputs the
	// leftmost decides; one without choices takes no part.
	Type  facts.Type
	Round money.Rounding // how an output becomes fen or an integer
}

// Row has a cell for each input and a formula for each output.
type Row struct {
	At   Source // the row itself; its text is not used
	When []Source
	Then []Source
}

// Env compiles the formulas of a table; *formula.Env is one.
type Env interface {
	Space() *facts.Space
	Compile(src Source, want facts.Type, round money.Rounding) (*formula.Formula, diag.List)
}

// Table is one output of a compiled decision table. It is immutable and safe for concurrent use.
type Table struct {
	*selection
	typ      facts.Type
	outputs  []term
	then     []int // of each row, its output; rows with the same text share one
	fallback int   // the output of Default, or -1
	reads    []int
}

// selection is what the outputs of a table have in common: which rows match. Rows stand in the order in which they count,
// which is that of the document but where outputs have priorities.
type selection struct {
	def     Definition
	space   *facts.Space
	hit     Hit
	words   int
	all     rowSet
	columns []compiledColumn
	stated  bool    // some input has values of its own
	numbers []int   // of the rows, as people count them
	only    [][]int // the same, each as a list of its own
	outputs []*Table
}

// numbered are the rows as people count them, from 1, in the order in which they count.
func (s *selection) numbered(rows rowSet) []int {
	var out []int
	for row := range rows.rows {
		out = append(out, s.numbers[row])
	}
	return out
}

type compiledColumn struct {
	column
	read         term
	cells        []cell
	partition    *partition
	index        *index
	tested       rowSet // rows whose cell is not "-"
	dynamic      rowSet // rows whose cell names a fact or has a formula
	values       []cell // what the input may be: one test, or none
	given        []cell // and what else is known of it where the table is asked
	someDynamic  bool
	admitsAbsent bool
}

// term is a formula, or the part of one that needs no evaluation: a constant, or a fact as it stands.
type term struct {
	formula  *formula.Formula
	slot     int // of the fact, or -1
	constant bool
	value    formula.Result
}

func (o *term) eval(v *facts.Values) (formula.Result, error) {
	switch {
	case o.constant:
		return o.value, nil
	case o.slot < 0:
		return o.formula.Eval(v)
	}
	state := v.State(o.slot)
	if state == facts.Unknown {
		return formula.Result{Missing: []int{o.slot}}, nil
	}
	return formula.Result{State: state, Value: v.Get(o.slot)}, nil
}

func newTerm(f *formula.Formula, text string, space *facts.Space) term {
	o := term{formula: f, slot: -1}
	if slot, ok := space.Slot(strings.TrimSpace(text)); ok && space.At(slot).Type.Kind == f.Type().Kind && len(f.Type().Enum) == 0 {
		o.slot = slot
	} else if len(f.Reads()) == 0 {
		if r, err := f.Eval(space.NewValues()); err == nil {
			o.constant, o.value = true, r
		}
	}
	return o
}

// Compile compiles a table, giving one Table for each of its outputs; none if the list has errors. Gaps, overlaps,
// unreachable rows and columns that never matter are reported with a counterexample each, unless cells depend on facts: then
// Analyze does so for given values of those.
func Compile(def Definition, env Env) ([]*Table, diag.List) {
	c := &compiler{def: &def, space: env.Space(), env: env}
	s := c.selection()
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	if len(s.Refers()) == 0 {
		c.found.Add(s.Analyze(c.space.NewValues())...)
	}
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	return s.outputs, c.found.Sorted()
}

// Type is the type of the result.
func (t *Table) Type() facts.Type { return t.typ }

// Row works out the output of one row, by its number from 1, whether or not it matches.
func (t *Table) Row(number int, v *facts.Values) (formula.Result, error) {
	return t.outputs[t.then[slices.Index(t.numbers, number)]].eval(v)
}

// Hit is the hit policy.
func (s *selection) Hit() Hit { return s.hit }

// Reads lists the slots of all facts that inputs, cells and this output may read, in order.
func (t *Table) Reads() []int { return slices.Clone(t.reads) }

// Refers lists the slots of the facts that cells depend on, those of Values and Given included, in order.
func (s *selection) Refers() []int {
	var out []int
	for i := range s.columns {
		col := &s.columns[i]
		for _, cells := range [][]cell{col.cells, col.values, col.given} {
			for j := range cells {
				for _, test := range cells[j].tests {
					out = append(append(out, test.lo.reads()...), test.hi.reads()...)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
