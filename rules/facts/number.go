package facts

import (
	"math/bits"

	"github.com/shopspring/decimal"
)

// Limits of a Number: 34 significant digits, as IEEE 754 decimal128 holds, and no digit further than 34 places from the
// point. Money, areas, shares and ages need a fraction of it; without a limit, 1e999999999 would be a few bytes of JSON and
// a gigabyte of digits.
const (
	MaxDigits = 34
	MaxScale  = 34
)

// ParseNumber reads a decimal number exactly. ok is false for what is not a number or lies outside the limits.
func ParseNumber(s string) (n decimal.Decimal, ok bool) {
	// Leading and trailing zeros do not count as digits, but bound what is parsed at all.
	if len(s) > 4*MaxDigits {
		return decimal.Decimal{}, false
	}
	n, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, false
	}
	return NormalNumber(n)
}

// NormalNumber returns the number with no zeros at its end, which is how numbers are kept: equal numbers are then
// written alike. ok is false outside the limits.
func NormalNumber(n decimal.Decimal) (normal decimal.Decimal, ok bool) {
	if n.IsZero() {
		return decimal.Zero, true
	}
	if n.Exponent() > MaxScale || n.Exponent() < -8*MaxScale || n.NumDigits() > 8*MaxDigits {
		return decimal.Decimal{}, false
	}
	if n.Exponent() > 0 {
		n = n.Add(decimal.New(0, 0)) // 12e3 becomes 12000
	}
	if e := n.Exponent(); e < 0 {
		c := n.Coefficient()
		digits := c.String()
		zeros := 0
		for zeros < int(-e) && digits[len(digits)-1-zeros] == '0' {
			zeros++
		}
		if zeros > 0 {
			n = n.Truncate(-e - int32(zeros))
		}
	}
	if n.NumDigits() > MaxDigits || n.Exponent() < -MaxScale {
		return decimal.Decimal{}, false
	}
	return n, true
}

// CompareNumbers orders two numbers exactly. Numbers of up to 18 digits, which is nearly all of them, are compared without
// allocating.
func CompareNumbers(a, b decimal.Decimal) int {
	if a.Exponent() == b.Exponent() {
		return a.Cmp(b)
	}
	if sa, sb := a.Sign(), b.Sign(); sa != sb {
		return compareOrdered(int64(sa), int64(sb))
	}
	if a.NumDigits() > 18 || b.NumDigits() > 18 {
		return a.Cmp(b)
	}
	return compareScaled(a.CoefficientInt64(), a.Exponent(), b.CoefficientInt64(), b.Exponent())
}

// CompareNumberInt orders a number and an integer exactly.
func CompareNumberInt(a decimal.Decimal, b int64) int {
	if a.NumDigits() > 18 {
		return a.Cmp(decimal.NewFromInt(b))
	}
	return compareScaled(a.CoefficientInt64(), a.Exponent(), b, 0)
}

var powersOfTen = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// compareScaled orders a*10^ea and b*10^eb, the one with the larger exponent being scaled to the other in 128 bits.
func compareScaled(a int64, ea int32, b int64, eb int32) int {
	if ea < eb {
		return -compareScaled(b, eb, a, ea)
	}
	sa, sb := sign(a), sign(b)
	if sa != sb || sa == 0 {
		return compareOrdered(sa, sb)
	}
	ua, ub := magnitude(a), magnitude(b)
	shift := ea - eb
	if int(shift) >= len(powersOfTen) {
		return int(sa) // a, at least 1 in magnitude, times 10^20 is beyond any int64
	}
	hi, lo := bits.Mul64(ua, powersOfTen[shift])
	order := 0
	switch {
	case hi > 0 || lo > ub:
		order = 1
	case lo < ub:
		order = -1
	}
	return order * int(sa)
}

func sign(a int64) int64 {
	switch {
	case a > 0:
		return 1
	case a < 0:
		return -1
	default:
		return 0
	}
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
