package table

import "github.com/tongban/tongban/rules/facts"

// Match says whether a cell or a row holds.
type Match string

// The answers. Possible means that a fact is missing that would decide it.
const (
	Matches  Match = "yes"
	Fails    Match = "no"
	Possible Match = "possible"
)

// Read is what an input formula came to.
type Read struct {
	State   facts.State
	Value   any
	Missing []int // slots, if Unknown
	Err     error // of the formula; the table goes on, for the input may not matter
}

// Trace is an evaluation with everything that was looked at, found row by row and cell by cell without the index. Its
// Result is the same as that of Eval.
type Trace struct {
	Result Result
	Inputs []Read
	Rows   []RowTrace // every row of the table, as they stand in the document
}

// RowTrace is one row of a trace.
type RowTrace struct {
	Match Match
	Cells []Match
}

// Trace evaluates the table and says how. The trace is complete even if there is an error, which is that of Eval.
func (t *Table) Trace(v *facts.Values) (Trace, error) {
	tr := Trace{Inputs: make([]Read, len(t.columns)), Rows: make([]RowTrace, len(t.then))}
	for i := range t.columns {
		tr.Inputs[i] = t.columns[i].value(v)
	}
	read := reader{v: v}
	matched := newRowSet(len(t.then))
	certain := true
	for row := range t.then {
		whole := yes
		cells := make([]Match, len(t.columns))
		for i := range t.columns {
			m := t.columns[i].holds(row, tr.Inputs[i], &read)
			cells[i] = m.word()
			whole = min(whole, m)
		}
		if whole == yes {
			matched.add(row)
		}
		certain = certain && whole != maybe
		tr.Rows[t.numbers[row]-1] = RowTrace{Match: whole.word(), Cells: cells}
	}
	var err error
	switch err = t.beyond(v); {
	case err != nil:
	case certain:
		tr.Result, err = t.conclude(matched, v)
	default:
		tr.Result, err = t.weigh(v)
	}
	return tr, err
}

// value evaluates the input of the column.
func (col *compiledColumn) value(v *facts.Values) Read {
	r, err := col.read.eval(v)
	return Read{State: r.State, Value: r.Value, Missing: r.Missing, Err: err}
}

// holds says whether the cell of a row holds for an input.
func (col *compiledColumn) holds(row int, in Read, v *reader) tri {
	c := &col.cells[row]
	switch {
	case c.any:
		return yes
	case in.Err != nil || in.State == facts.Unknown || in.State == facts.Absent && !col.admitsAbsent:
		return maybe
	case in.State == facts.Known:
		return c.match(col.typ.Kind, in.Value, v)
	case c.matchAbsent():
		return yes
	default:
		return no
	}
}

func (m tri) word() Match {
	switch m {
	case yes:
		return Matches
	case no:
		return Fails
	default:
		return Possible
	}
}
