package table

import (
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
)

// index finds the rows whose cells a value satisfies.
//
// The points of an ordered column are scaled to int64: numbers by the power of ten that makes the finest literal whole,
// dates to days. A look-up is then a binary search over a few machine words, whatever the kind.
type index struct {
	kind  facts.Kind
	words int
	sets  rowSet // one rowSet a segment, end to end, in the order of partition

	ends  []int64 // ordered kinds
	scale int32

	strings []string // String, in segment order from 1; found by a scan while that is the faster way
	byText  map[string]int
}

// scanLimit is the number of strings up to which comparing one after the other beats hashing.
const scanLimit = 8

func newIndex(kind facts.Kind, p *partition) *index {
	x := &index{kind: kind, words: len(p.absent)}
	for _, rows := range p.rows {
		x.sets = append(x.sets, rows...)
	}
	switch {
	case p.ordered:
		for _, v := range p.points {
			if d, ok := v.(decimal.Decimal); ok {
				x.scale = max(x.scale, -d.Exponent())
			}
		}
		for _, v := range p.points {
			end, _ := x.scaled(v)
			x.ends = append(x.ends, end)
		}
	case kind == facts.String:
		for _, v := range p.points {
			x.strings = append(x.strings, v.(string))
		}
		if len(x.strings) > scanLimit {
			x.byText = make(map[string]int, len(x.strings))
			for i, s := range x.strings {
				x.byText[s] = i + 1
			}
		}
	}
	return x
}

// at is the set of a segment.
func (x *index) at(seg int) rowSet { return x.sets[seg*x.words:][:x.words:x.words] }

// find is the set of rows for a value of the kind.
func (x *index) find(val any) rowSet { return x.at(x.segment(val)) }

// segment is the segment of a value of the kind.
func (x *index) segment(val any) int {
	var key int64
	more := false
	switch x.kind {
	case facts.String:
		return x.text(val.(string))
	case facts.Bool: // the points are false and true, in this order
		if val.(bool) {
			return 2
		}
		return 1
	case facts.Int:
		key = val.(int64)
	default:
		key, more = x.scaled(val)
	}
	// The number of points below key; the segment is then the point itself or the gap around it.
	lo, hi := 0, len(x.ends)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if x.ends[mid] < key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	switch {
	case lo == len(x.ends) || x.ends[lo] != key:
		return 2 * lo
	case more:
		return 2*lo + 2
	default:
		return 2*lo + 1
	}
}

func (x *index) text(s string) int {
	if x.byText != nil {
		return x.byText[s]
	}
	return slices.Index(x.strings, s) + 1
}

// scaled brings a value to the scale of the points: the greatest whole number not above it, and whether it is above that.
// Values beyond the scale come out at the ends of int64, where no point lies.
func (x *index) scaled(val any) (key int64, more bool) {
	switch v := val.(type) {
	case int64:
		return scaleDecimal(v, 0, x.scale)
	case time.Time:
		return v.Unix() / (24 * 60 * 60), false // dates are midnights, so nothing is cut off
	case decimal.Decimal:
		if v.NumDigits() <= maxDigits {
			return scaleDecimal(v.CoefficientInt64(), v.Exponent(), x.scale)
		}
		whole := v.Shift(x.scale).Floor()
		if big := whole.BigInt(); big.IsInt64() {
			return big.Int64(), !whole.Equal(v.Shift(x.scale))
		}
		return saturated(v.Sign() < 0)
	}
	return 0, false
}

// scaleDecimal floors coefficient * 10^(exponent+scale).
func scaleDecimal(coefficient int64, exponent, scale int32) (key int64, more bool) {
	switch shift := exponent + scale; {
	case shift == 0 || coefficient == 0:
		return coefficient, false
	case shift < -maxDigits: // less than one unit
		if coefficient < 0 {
			return -1, true
		}
		return 0, true
	case shift < 0:
		unit := powers[-shift]
		key = coefficient / unit
		more = key*unit != coefficient
		if more && coefficient < 0 {
			key--
		}
		return key, more
	case shift > maxDigits || coefficient > math.MaxInt64/powers[shift] || coefficient < -math.MaxInt64/powers[shift]:
		return saturated(coefficient < 0)
	default:
		return coefficient * powers[shift], false
	}
}

func saturated(negative bool) (int64, bool) {
	if negative {
		return math.MinInt64, true
	}
	return math.MaxInt64, true
}

var powers = [maxDigits + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
