package table

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
)

// A partition cuts the values of a column into segments within which no cell can tell two values apart, and holds for each
// the rows whose cells it satisfies.
//
// Of an ordered kind with the points p0 < p1 < ... the segments are: 0 below p0, 1 p0 itself, 2 between p0 and p1, and so on.
// Of another kind they are: 0 any value that no cell names, 1 p0, 2 p1, ...
type partition struct {
	ordered bool
	points  []any
	rows    []rowSet
	live    []bool // whether the segment holds any value: there is no integer between 3 and 4, and none beyond what the input may be
	absent  rowSet
	vague   bool   // what the values are within is not known
	unsure  rowSet // rows whose cell depends on something that is not known
}

// divide makes the partition of a column: of the values that all of within hold for. What cells name is read from v.
func divide(typ facts.Type, cells, within []cell, v *reader) *partition {
	p := &partition{ordered: ordered(typ.Kind), absent: newRowSet(len(cells)), unsure: newRowSet(len(cells))}
	if typ.Kind == facts.Bool {
		p.points = append(p.points, false, true) // in this order, on which the index relies
	}
	fixed := make([][]span, len(cells))
	for row := range cells {
		if cells[row].matchAbsent() {
			p.absent.add(row)
		}
		var ok bool
		if fixed[row], ok = p.fixed(cells[row].tests, v); !ok {
			p.unsure.add(row)
		}
	}
	bounds := make([][]span, 0, len(within))
	for i := range within {
		spans, ok := p.fixed(within[i].tests, v)
		p.vague = p.vague || !ok
		bounds = append(bounds, spans)
	}
	for _, c := range typ.Enum {
		p.points = append(p.points, c.Value)
	}
	p.sortPoints()

	segments := len(p.points) + 1
	if p.ordered {
		segments += len(p.points)
	}
	backing := make(rowSet, segments*len(p.absent))
	p.rows, p.live = make([]rowSet, segments), make([]bool, segments)
	for seg := range segments {
		p.rows[seg] = backing[seg*len(p.absent):][:len(p.absent):len(p.absent)]
		p.live[seg] = p.inhabited(seg, typ)
	}
	inside := make([]bool, segments)
	for row := range cells {
		if p.unsure.has(row) {
			continue
		}
		clear(inside)
		for i := range fixed[row] {
			p.mark(inside, &fixed[row][i])
		}
		for seg := range segments {
			if cells[row].any || inside[seg] != cells[row].negate {
				p.rows[seg].add(row)
			}
		}
	}
	for i := range within {
		if p.vague || within[i].any {
			continue
		}
		clear(inside)
		for j := range bounds[i] {
			p.mark(inside, &bounds[i][j])
		}
		for seg := range segments {
			p.live[seg] = p.live[seg] && inside[seg] != within[i].negate
		}
	}
	return p
}

// fixed is fix, and takes the ends of the spans for points.
func (p *partition) fixed(tests []span, v *reader) ([]span, bool) {
	spans, ok := fix(tests, v)
	for _, s := range spans {
		for _, e := range []end{s.lo, s.hi} {
			if e.kind == endValue {
				p.points = append(p.points, e.val)
			}
		}
	}
	return spans, ok
}

// fix replaces what spans name by its value. What is known to be absent bounds nothing, so its span holds for no value; ok is
// false if something is not known.
func fix(spans []span, r *reader) (out []span, ok bool) {
	if !slices.ContainsFunc(spans, span.named) {
		return spans, true
	}
	for _, s := range spans {
		dropped := false
		for _, e := range []*end{&s.lo, &s.hi} {
			if !e.named() {
				continue
			}
			val, state := e.resolve(r)
			switch {
			case state == facts.Unknown:
				return nil, false
			case state == facts.Absent:
				dropped = true
			case e.list:
				dropped = true
				for _, one := range val.([]any) {
					out = append(out, at(end{kind: endValue, val: one}))
				}
			default:
				e.kind, e.val = endValue, val
			}
		}
		switch {
		case !dropped:
			out = append(out, s)
		case s.differ: // every value differs from one that does not exist
			out = append(out, span{})
		}
	}
	return out, true
}

func (p *partition) sortPoints() {
	if p.ordered {
		slices.SortFunc(p.points, compare)
		p.points = slices.CompactFunc(p.points, facts.Equal)
		return
	}
	seen := make(map[any]bool, len(p.points))
	p.points = slices.DeleteFunc(p.points, func(v any) bool {
		twice := seen[v]
		seen[v] = true
		return twice
	})
}

// segmentOf is the segment of a point.
func (p *partition) segmentOf(val any) int {
	if p.ordered {
		i, _ := slices.BinarySearchFunc(p.points, val, compare)
		return 2*i + 1
	}
	return slices.Index(p.points, val) + 1
}

// mark sets the segments that satisfy a span whose ends are points.
func (p *partition) mark(inside []bool, s *span) {
	if s.differ {
		skip := p.segmentOf(s.lo.val)
		for seg := range inside {
			inside[seg] = inside[seg] || seg != skip
		}
		return
	}
	from, to := 0, len(inside)-1
	if s.lo.kind == endValue {
		from = p.segmentOf(s.lo.val)
		if s.lo.open {
			from++
		}
	}
	if !p.ordered {
		if s.lo.kind == endValue {
			to = from
		}
	} else if s.hi.kind == endValue {
		to = p.segmentOf(s.hi.val)
		if s.hi.open {
			to--
		}
	}
	for seg := from; seg <= to; seg++ {
		inside[seg] = true
	}
}

// inhabited reports whether any value of the type lies in a segment.
func (p *partition) inhabited(seg int, typ facts.Type) bool {
	if len(typ.Enum) > 0 {
		return slices.ContainsFunc(typ.Enum, func(c facts.Choice) bool { return p.find(c.Value) == seg })
	}
	if typ.Kind == facts.Bool {
		return seg != 0
	}
	if p.ordered && seg%2 == 1 && typ.Kind == facts.Int { // a point is a fraction where the cell names a number
		return exact(p.points[seg/2]).IsInteger()
	}
	if !p.ordered || seg%2 == 1 || seg == 0 || seg == len(p.live)-1 {
		return true
	}
	below, above := p.points[seg/2-1], p.points[seg/2]
	switch typ.Kind {
	case facts.Int:
		next := floor(below) + 1
		return compare(next, above) < 0
	case facts.Date:
		return above.(time.Time).Sub(below.(time.Time)) > day
	default:
		return true
	}
}

// find is the segment of any value.
func (p *partition) find(val any) int {
	if !p.ordered {
		return slices.Index(p.points, val) + 1
	}
	i, on := slices.BinarySearchFunc(p.points, val, compare)
	if on {
		return 2*i + 1
	}
	return 2 * i
}

const day = 24 * time.Hour

// floor is the greatest integer not above a number.
func floor(v any) int64 {
	if d, ok := v.(decimal.Decimal); ok {
		return d.Floor().IntPart()
	}
	return v.(int64)
}

// sample writes a value of the segment as a cell would: the concrete counterexample that people are shown.
func (p *partition) sample(seg int, typ facts.Type) string {
	switch {
	case len(p.points) == 0:
		return "-"
	case !p.ordered && seg > 0:
		return literal(p.points[seg-1])
	case !p.ordered:
		return "not(" + literals(p.points) + ")"
	case seg%2 == 1:
		return literal(p.points[seg/2])
	}
	i := seg / 2
	if i == 0 {
		return literal(beside(p.points[0], -1, typ.Kind))
	}
	if i < len(p.points) && typ.Kind == facts.Number {
		below, above := exact(p.points[i-1]), exact(p.points[i])
		return literal(below.Add(above).Div(decimal.NewFromInt(2)))
	}
	return literal(beside(p.points[i-1], +1, typ.Kind))
}

// beside is a value next to a point: the nearest one, of a kind that has such.
func beside(v any, step int64, kind facts.Kind) any {
	switch v := v.(type) {
	case time.Time:
		return v.AddDate(0, 0, int(step))
	case decimal.Decimal:
		if kind == facts.Int {
			if step < 0 {
				return v.Ceil().IntPart() - 1
			}
			return v.Floor().IntPart() + 1
		}
		return v.Add(decimal.NewFromInt(step))
	default:
		return v.(int64) + step
	}
}

func exact(v any) decimal.Decimal {
	if d, ok := v.(decimal.Decimal); ok {
		return d
	}
	return decimal.NewFromInt(v.(int64))
}

// point reports whether the segment is a single value.
func (p *partition) point(seg int) bool {
	if p.ordered {
		return seg%2 == 1
	}
	return seg > 0
}
