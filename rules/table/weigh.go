package table

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// maxCombinations bounds how many combinations of segments of unknown inputs are weighed. Beyond it the table counts as
// undetermined, which asks a question too many and decides nothing wrongly.
const maxCombinations = 4096

// weigh evaluates a table of which some input is not known, or in error: it goes through everything that input could still
// turn out to be. What every possibility agrees on is the result.
func (t *Table) weigh(v *facts.Values) (Result, error) {
	w := weighing{t: t, v: v, read: reader{v: v}, outcomes: map[string]outcome{}, budget: maxCombinations}
	return w.result()
}

// possible are the rows that an input leaves: those that match, and those that match or may.
type possible struct{ must, may rowSet }

func (p possible) and(o possible) possible {
	out := possible{slices.Clone(p.must), slices.Clone(p.may)}
	out.must.and(o.must)
	out.may.and(o.may)
	return out
}

type weighing struct {
	t        *Table
	v        *facts.Values
	read     reader             // what cells name
	open     [][]possible       // of each input that is not known and matters, what it could be
	outcomes map[string]outcome // by what the outputs are
	budget   int
}

func (w *weighing) result() (Result, error) {
	t := w.t
	state := possible{slices.Clone(t.all), slices.Clone(t.all)}
	inputs := make([]Read, len(t.columns))
	var open []int
	for i := range t.columns {
		col := &t.columns[i]
		inputs[i] = col.value(w.v)
		if p, settled := col.settled(inputs[i], &w.read); settled {
			state = state.and(p)
		} else {
			open = append(open, i)
		}
	}
	var missing []int
	var failure error
	for _, i := range open {
		col := &t.columns[i]
		if !state.may.meets(col.tested) {
			continue // whatever it is, no row that is left asks for it
		}
		w.open = append(w.open, col.options(&w.read))
		switch in := inputs[i]; {
		case in.Err != nil && failure == nil:
			failure = fmt.Errorf("input %d: %w", i+1, in.Err)
		case in.State == facts.Absent && failure == nil:
			failure = &EvalError{code: codeAbsent, Input: col.expr}
		case in.Err == nil:
			missing = union(missing, in.Missing)
		}
	}
	named, wrong := t.unknownReferences(state, &w.read)
	missing = union(missing, named)
	if failure == nil {
		failure = wrong
	}
	w.weigh(state, 0)
	if w.budget >= 0 {
		if r, agree, err := w.agreed(); agree {
			return r, err
		}
	}
	if len(missing) == 0 && failure != nil {
		return Result{}, failure
	}
	// As in conditions, what is not known yet may still make the error not matter.
	return Result{State: facts.Unknown, Missing: missing}, nil
}

// settled gives the rows an input leaves if its value is known, or known to be absent where that means something.
func (col *compiledColumn) settled(in Read, v *reader) (possible, bool) {
	switch {
	case in.Err != nil || in.State == facts.Unknown || in.State == facts.Absent && !col.admitsAbsent:
		return possible{}, false
	case in.State == facts.Absent:
		return possible{col.partition.absent, col.partition.absent}, true
	}
	found := col.index.find(in.Value)
	p := possible{slices.Clone(found), slices.Clone(found)}
	for row := range col.dynamic.rows {
		switch col.cells[row].match(col.typ.Kind, in.Value, v) {
		case yes:
			p.must.add(row)
			p.may.add(row)
		case maybe:
			p.may.add(row)
		}
	}
	return p, true
}

// options are the different row sets that some value of an unsettled input leaves.
func (col *compiledColumn) options(v *reader) []possible {
	p := col.partition
	if col.someDynamic {
		p = divide(col.typ, col.cells, col.values, v)
	}
	var out []possible
	seen := map[string]bool{}
	keep := func(rows rowSet) {
		if key := rows.key(); !seen[key] {
			seen[key] = true
			o := possible{rows, slices.Clone(rows)}
			o.may.or(p.unsure)
			out = append(out, o)
		}
	}
	for seg, rows := range p.rows {
		if p.live[seg] {
			keep(rows)
		}
	}
	if col.admitsAbsent {
		keep(p.absent)
	}
	return out
}

// unknownReferences are the facts that are not known and keep cells of possible rows from being read, and the first error of a
// formula in one.
func (t *Table) unknownReferences(state possible, v *reader) (missing []int, failure error) {
	for i := range t.columns {
		col := &t.columns[i]
		for row := range col.dynamic.rows {
			if !state.may.has(row) {
				continue
			}
			for _, s := range col.cells[row].tests {
				for _, e := range []end{s.lo, s.hi} {
					switch {
					case e.kind == endFact && v.v.State(e.slot) == facts.Unknown:
						missing = union(missing, []int{e.slot})
					case e.kind == endFormula:
						w := v.formula(e.formula)
						missing = union(missing, w.result.Missing)
						if w.err != nil && failure == nil {
							failure = fmt.Errorf("cell %d of row %d: %w", i+1, t.numbers[row], w.err)
						}
					}
				}
			}
		}
	}
	return missing, failure
}

// weigh goes through the combinations of options from input i on.
func (w *weighing) weigh(state possible, i int) {
	if w.budget < 0 {
		return
	}
	if i == len(w.open) {
		w.budget--
		w.note(state)
		return
	}
	for _, o := range w.open[i] {
		w.weigh(state.and(o), i+1)
	}
}

// note records the outcomes that a combination leaves open.
func (w *weighing) note(s possible) {
	t := w.t
	if !t.hit.single() {
		if !slices.Equal(s.must, s.may) {
			w.budget = -1 // outputs may cancel out: without the rows there is no saying what they come to
			return
		}
		w.outcome(s.must)
		return
	}
	several := !s.may.empty() && s.may.single() < 0
	one := newRowSet(len(t.then))
	switch {
	case t.hit.first(): // any possible row down to the first that is certain
		for row := range s.may.rows {
			w.alone(one, row)
			if s.must.has(row) {
				return
			}
		}
		w.outcome(one)
		return
	case s.must.empty():
		for row := range s.may.rows {
			w.alone(one, row)
		}
		w.outcome(one)
	default:
		w.outcome(s.must)
	}
	if several {
		w.outcome(s.may)
	}
}

// alone records that a row may be the only one to match.
func (w *weighing) alone(scratch rowSet, row int) {
	scratch.add(row)
	w.outcome(scratch)
	scratch.remove(row)
}

// An outcome is what a combination may lead to. Row sets with the same outputs lead to the same.
type outcome struct{ example, rows rowSet }

func (w *weighing) outcome(rows rowSet) {
	key := w.t.outputsKey(rows)
	known, ok := w.outcomes[key]
	if !ok {
		known = outcome{slices.Clone(rows), newRowSet(len(w.t.then))}
		w.outcomes[key] = known
	}
	known.rows.or(rows)
}

// outputsKey names the outputs of rows, in order.
func (t *Table) outputsKey(rows rowSet) string {
	var key []byte
	for row := range rows.rows {
		key = binary.AppendUvarint(key, uint64(t.then[row]))
	}
	return string(key)
}

// agreed gives the result if all outcomes come to the same.
func (w *weighing) agreed() (result Result, agree bool, err error) {
	rows := newRowSet(len(w.t.then))
	n := 0
	for _, o := range w.outcomes {
		r, failed := w.t.conclude(o.example, w.v)
		switch {
		case len(w.outcomes) == 1 && failed != nil:
			return r, true, failed
		case failed != nil, len(w.outcomes) > 1 && r.State == facts.Unknown,
			n > 0 && (r.State != result.State || !facts.Equal(r.Value, result.Value)):
			return Result{}, false, nil //nolint:nilerr // outcomes that fail or differ agree on nothing; alone, a failure is the outcome
		}
		result = r
		rows.or(o.rows)
		n++
	}
	result.Rows = w.t.numbered(rows)
	return result, true, nil
}
