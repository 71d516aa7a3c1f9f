package table

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
)

// Result is what a table says.
type Result struct {
	State   facts.State
	Value   any   // of the Go type of Type().Kind if Known
	Rows    []int // the rows the result rests on, from 1, those that count more first; none if it is the default. Not to be changed.
	Missing []int // slots of facts that would settle an Unknown result
}

// EvalError is an evaluation error of a table: it blocks and is never a result. Errors of the formulas of inputs and outputs
// are returned as those formulas give them, wrapped.
type EvalError struct {
	code  string
	Rows  []int  // from 1
	Input string // the text of the input, for table.absent-input and table.not-a-value
	Value string // what it is, for table.not-a-value, as a cell would be written
}

// The codes of EvalError.
const (
	codeNoRow    = "table.no-row"       // no row matches and there is no default
	codeOverlap  = "table.two-rows"     // several rows of a unique table match
	codeDiffer   = "table.rows-differ"  // several rows of an any table match and say different things
	codeAbsent   = "table.absent-input" // an input is absent and the table does not say what then
	codeBeyond   = "table.not-a-value"  // an input is none of the values it is said to have
	codeOverflow = "table.sum-overflow" // a sum of integers leaves int64
)

// Code is the error's code in the catalogue.
func (e *EvalError) Code() string { return e.code }

// Args are the arguments of the error's text.
func (e *EvalError) Args() map[string]string {
	return map[string]string{"rows": listed(e.Rows), "input": e.Input, "value": e.Value}
}

func (e *EvalError) Error() string {
	return fmt.Sprintf("%s (rows %v, input %q)", e.code, e.Rows, e.Input)
}

// Eval evaluates the table. An error is an *EvalError or that of a formula.
func (t *Table) Eval(v *facts.Values) (Result, error) {
	if t.stated {
		if err := t.beyond(v); err != nil {
			return Result{}, err
		}
	}
	if t.words == 1 {
		return t.evalWord(v)
	}
	return t.evalWords(v)
}

// beyond reports an input that is known and none of the values it is said to have.
func (s *selection) beyond(v *facts.Values) error {
	read := reader{v: v}
	for i := range s.columns {
		col := &s.columns[i]
		if len(col.values) == 0 {
			continue
		}
		if in := col.value(v); in.Err == nil && in.State == facts.Known && col.values[0].match(col.typ.Kind, in.Value, &read) == no {
			return &EvalError{code: codeBeyond, Input: col.expr, Value: literal(in.Value)}
		}
	}
	return nil
}

func (t *Table) evalWords(v *facts.Values) (Result, error) {
	var buffer [(MaxRows + 63) / 64]uint64
	candidates := rowSet(buffer[:t.words])
	copy(candidates, t.all)
	read := reader{v: v}
	for i := range t.columns {
		col := &t.columns[i]
		if !candidates.meets(col.tested) {
			continue
		}
		val, state := col.known(v)
		switch {
		case state == facts.Known && !col.someDynamic:
			candidates.and(col.index.find(val))
		case state == facts.Known:
			if !col.narrow(candidates, val, &read) {
				return t.weigh(v)
			}
		case state == facts.Absent && col.admitsAbsent:
			candidates.and(col.partition.absent)
		default:
			return t.weigh(v)
		}
	}
	return t.conclude(candidates, v)
}

// evalWord is Eval for tables of up to 64 rows, which nearly all are: the candidates are one machine word.
func (t *Table) evalWord(v *facts.Values) (Result, error) {
	candidates := t.all[0]
	read := reader{v: v}
	for i := range t.columns {
		col := &t.columns[i]
		if candidates&col.tested[0] == 0 {
			continue
		}
		val, state := col.known(v)
		switch {
		case state == facts.Known && !col.someDynamic:
			candidates &= col.index.sets[col.index.segment(val)]
		case state == facts.Known:
			word := [1]uint64{candidates}
			if !col.narrow(word[:], val, &read) {
				return t.weigh(v)
			}
			candidates = word[0]
		case state == facts.Absent && col.admitsAbsent:
			candidates &= col.partition.absent[0]
		default:
			return t.weigh(v)
		}
	}
	if candidates != 0 && (t.hit.first() || t.hit == Unique && candidates&(candidates-1) == 0) {
		row := bits.TrailingZeros64(candidates)
		if o := &t.outputs[t.then[row]]; o.constant {
			return Result{State: o.value.State, Value: o.value.Value, Rows: t.only[row]}, nil
		}
		return t.output(t.then[row], t.only[row], v)
	}
	return t.conclude(rowSet{candidates}, v)
}

// known is the value of the input; an error counts as Unknown, for weigh to look into.
func (col *compiledColumn) known(v *facts.Values) (any, facts.State) {
	if slot := col.read.slot; slot >= 0 {
		return v.Get(slot), v.State(slot)
	}
	in, err := col.read.eval(v)
	if err != nil {
		return nil, facts.Unknown
	}
	return in.Value, in.State
}

// narrow is the step of Eval for a column in which some cells name facts or have formulas. It reports false if one of those is not
// known.
func (col *compiledColumn) narrow(candidates rowSet, val any, v *reader) bool {
	fixed := col.index.find(val)
	for i, word := range col.dynamic {
		for rest := candidates[i] & word; rest != 0; rest &= rest - 1 {
			row := i*64 + bits.TrailingZeros64(rest)
			switch col.cells[row].match(col.typ.Kind, val, v) {
			case no:
				candidates.remove(row)
			case maybe:
				return false
			}
		}
		candidates[i] &= fixed[i] | word
	}
	return true
}

// conclude makes the result of the rows that match.
func (t *Table) conclude(matched rowSet, v *facts.Values) (Result, error) {
	row := matched.first()
	if row < 0 && t.fallback >= 0 {
		return t.output(t.fallback, nil, v)
	}
	switch t.hit {
	case Unique, Any, First, Priority:
		if row < 0 {
			return Result{}, &EvalError{code: codeNoRow}
		}
		if !t.hit.first() && matched.single() < 0 {
			return t.several(matched, v)
		}
		return t.output(t.then[row], t.only[row], v)
	case CollectCount:
		rows := t.numbered(matched)
		return Result{State: facts.Known, Value: t.count(len(rows)), Rows: rows}, nil
	default:
		return t.collect(matched, v)
	}
}

func (t *Table) output(id int, rows []int, v *facts.Values) (Result, error) {
	r, err := t.outputs[id].eval(v)
	if err != nil {
		return Result{}, fmt.Errorf("output of rows %v: %w", rows, err)
	}
	return Result{State: r.State, Value: r.Value, Rows: rows, Missing: r.Missing}, nil
}

// several is conclude for two and more matching rows of a unique or any table.
func (t *Table) several(matched rowSet, v *facts.Values) (Result, error) {
	rows := t.numbered(matched)
	if t.hit == Unique {
		return Result{}, &EvalError{code: codeOverlap, Rows: rows}
	}
	first := matched.first()
	out, err := t.output(t.then[first], rows, v)
	if err != nil {
		return out, err
	}
	for row := range matched.rows {
		if t.then[row] == t.then[first] {
			continue
		}
		next, err := t.output(t.then[row], rows, v)
		switch {
		case err != nil:
			return next, err
		case out.State == facts.Unknown || next.State == facts.Unknown:
			out.State, out.Value = facts.Unknown, nil
			out.Missing = union(out.Missing, next.Missing)
		case out.State != next.State || !facts.Equal(out.Value, next.Value):
			return Result{}, &EvalError{code: codeDiffer, Rows: rows}
		}
	}
	return out, nil
}

// collect gathers the outputs of the rows. An absent output contributes nothing.
func (t *Table) collect(matched rowSet, v *facts.Values) (Result, error) {
	out := Result{State: facts.Known, Rows: t.numbered(matched)}
	values := make([]any, 0, len(out.Rows))
	for row := range matched.rows {
		r, err := t.output(t.then[row], out.Rows, v)
		if err != nil {
			return r, err
		}
		switch r.State {
		case facts.Unknown:
			out.State = facts.Unknown
			out.Missing = union(out.Missing, r.Missing)
		case facts.Known:
			values = append(values, r.Value)
		}
	}
	if out.State == facts.Unknown {
		return out, nil
	}
	switch t.hit {
	case RuleOrder, OutputOrder, Collect:
		out.Value = values
	case CollectSum:
		sum, ok := t.sum(values)
		if !ok {
			return Result{}, &EvalError{code: codeOverflow, Rows: out.Rows}
		}
		out.Value = sum
	case CollectMin, CollectMax:
		switch {
		case len(out.Rows) == 0:
			return Result{}, &EvalError{code: codeNoRow}
		case len(values) == 0:
			out.State = facts.Absent
		case t.hit == CollectMin:
			out.Value = slices.MinFunc(values, compare)
		default:
			out.Value = slices.MaxFunc(values, compare)
		}
	}
	return out, nil
}

func (t *Table) count(n int) any {
	if t.typ.Kind == facts.Number {
		return decimal.NewFromInt(int64(n))
	}
	return int64(n)
}

func (t *Table) sum(values []any) (any, bool) {
	if t.typ.Kind == facts.Number {
		sum := decimal.Zero
		for _, v := range values {
			sum = sum.Add(v.(decimal.Decimal))
		}
		return facts.NormalNumber(sum)
	}
	var sum int64
	for _, v := range values {
		n := v.(int64)
		next := sum + n
		if (next > sum) != (n > 0) {
			return nil, false
		}
		sum = next
	}
	return sum, true
}

// union joins two sorted sets of slots.
func union(a, b []int) []int {
	if len(a) == 0 {
		return b
	}
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}
