package table

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/money"
)

// Hit says what becomes of several matching rows.
type Hit string

// The hit policies.
const (
	Unique       Hit = "unique"        // at most one row matches; two are an error
	Any          Hit = "any"           // several may match if their outputs agree; otherwise an error
	First        Hit = "first"         // the first matching row counts
	RuleOrder    Hit = "rule-order"    // the list of all outputs, in the order of the rows
	Collect      Hit = "collect"       // the same: the list of all outputs
	CollectSum   Hit = "collect-sum"   // their sum; 0 if no row matches
	CollectMin   Hit = "collect-min"   // the least of them
	CollectMax   Hit = "collect-max"   // the greatest of them
	CollectCount Hit = "collect-count" // how many rows match
)

var hits = []Hit{Unique, Any, First, RuleOrder, Collect, CollectSum, CollectMin, CollectMax, CollectCount}

func (h Hit) single() bool { return h == Unique || h == Any || h == First }

func (h Hit) list() bool { return h == RuleOrder || h == Collect }

// complete reports whether the policy gives a value of its own when no row matches.
func (h Hit) complete() bool { return h.list() || h == CollectSum || h == CollectCount }

// Limits. The largest published table seen, a tariff of fees, has some four hundred rows. A candidate set of MaxRows is
// kept on the stack.
const (
	MaxRows   = 1024
	MaxInputs = 32
)

// Source is the text of a formula or a cell and its place in a document.
type Source = formula.Source

// Definition is a table as people write it.
type Definition struct {
	At      Source  // the table itself; its text is not used
	Hit     Source  // the text is one of the hit policies
	Inputs  []Input // one a column
	Rows    []Row
	Default Source // the output if no row matches; an empty text is none
}

// Input is a column: a formula over the facts.
type Input struct {
	Expr Source
}

// Row has a cell for each input, and the output.
type Row struct {
	At   Source // the row itself; its text is not used
	When []Source
	Then Source
}

// Env compiles the formulas of a table; *formula.Env is one.
type Env interface {
	Space() *facts.Space
	Compile(src Source, want facts.Type, round money.Rounding) (*formula.Formula, diag.List)
}

// Table is a compiled decision table. It is immutable and safe for concurrent use.
type Table struct {
	def      Definition
	space    *facts.Space
	hit      Hit
	typ      facts.Type
	words    int
	all      rowSet
	columns  []compiledColumn
	outputs  []output
	then     []int // of each row, its output; rows with the same text share one
	fallback int   // the output of Default, or -1
	only     [][]int
	reads    []int
}

type compiledColumn struct {
	column
	read         output
	cells        []cell
	partition    *partition
	index        *index
	tested       rowSet // rows whose cell is not "-"
	dynamic      rowSet // rows whose cell names a fact
	someDynamic  bool
	admitsAbsent bool
}

// output is a formula, or the part of one that needs no evaluation: a constant, or a fact as it stands.
type output struct {
	formula  *formula.Formula
	slot     int // of the fact, or -1
	constant bool
	value    formula.Result
}

func (o *output) eval(v *facts.Values) (formula.Result, error) {
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

func newOutput(f *formula.Formula, text string, space *facts.Space) output {
	o := output{formula: f, slot: -1}
	if slot, ok := space.Slot(strings.TrimSpace(text)); ok && space.At(slot).Type.Kind == f.Type().Kind {
		o.slot = slot
	} else if len(f.Reads()) == 0 {
		if r, err := f.Eval(space.NewValues()); err == nil {
			o.constant, o.value = true, r
		}
	}
	return o
}

// Compile compiles a table. want is the type of the result (an Invalid kind is any) and round how an output becomes fen or
// an integer. The table is nil if the list has errors. Gaps, overlaps, unreachable rows and columns that never matter are
// reported with a counterexample each, unless cells name facts: then Analyze does so for given values of those.
func Compile(def Definition, env Env, want facts.Type, round money.Rounding) (*Table, diag.List) {
	c := &compiler{def: &def, space: env.Space(), env: env, round: round}
	t := c.table(want)
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	if len(t.Refers()) == 0 {
		c.found.Add(t.Analyze(c.space.NewValues())...)
	}
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	return t, c.found.Sorted()
}

// Type is the type of the result.
func (t *Table) Type() facts.Type { return t.typ }

// Hit is the hit policy.
func (t *Table) Hit() Hit { return t.hit }

// Reads lists the slots of all facts that the table may read, in order.
func (t *Table) Reads() []int { return slices.Clone(t.reads) }

// Refers lists the slots of the facts that cells name, in order.
func (t *Table) Refers() []int {
	var out []int
	for i := range t.columns {
		for j := range t.columns[i].cells {
			for _, s := range t.columns[i].cells[j].tests {
				for _, e := range []end{s.lo, s.hi} {
					if e.kind == endFact {
						out = append(out, e.slot)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
