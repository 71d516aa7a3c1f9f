package table

import "math/bits"

// rowSet is a set of rows, counted from 0: one bit each.
type rowSet []uint64

func newRowSet(rows int) rowSet { return make(rowSet, (rows+63)/64) }

func (s rowSet) add(row int)      { s[row/64] |= 1 << (row % 64) }
func (s rowSet) remove(row int)   { s[row/64] &^= 1 << (row % 64) }
func (s rowSet) has(row int) bool { return s[row/64]&(1<<(row%64)) != 0 }

// and keeps the rows that are also in o.
func (s rowSet) and(o rowSet) {
	for i, w := range o[:len(s)] {
		s[i] &= w
	}
}

// or adds the rows of o.
func (s rowSet) or(o rowSet) {
	for i, w := range o[:len(s)] {
		s[i] |= w
	}
}

func (s rowSet) meets(o rowSet) bool {
	for i, w := range o[:len(s)] {
		if s[i]&w != 0 {
			return true
		}
	}
	return false
}

func (s rowSet) empty() bool { return s.first() < 0 }

// first is the lowest row, or -1.
func (s rowSet) first() int {
	for i, w := range s {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// single is the row of a set with exactly one, or -1.
func (s rowSet) single() int {
	found := -1
	for i, w := range s {
		if w == 0 {
			continue
		}
		if found >= 0 || w&(w-1) != 0 {
			return -1
		}
		found = i*64 + bits.TrailingZeros64(w)
	}
	return found
}

// rows calls f for the rows in order, until it returns false.
func (s rowSet) rows(f func(row int) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !f(i*64 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// key is the set as a map key.
func (s rowSet) key() string {
	b := make([]byte, 0, 8*len(s))
	for _, w := range s {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(w>>shift))
		}
	}
	return string(b)
}
