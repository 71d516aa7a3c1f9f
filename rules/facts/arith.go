package facts

import (
	"errors"
	"math/big"

	"github.com/shopspring/decimal"
)

// Errors of arithmetic.
var (
	ErrOverflow     = errors.New("facts: number out of range")
	ErrDivideByZero = errors.New("facts: division by zero")
)

// The operands and results of the functions below are int64, decimal.Decimal, or *big.Rat: a quotient that no decimal writes
// exactly, such as 2/3. Nothing is rounded between operations: 2/3*900 is 600, and stays 600 when rounded down. Settle makes
// a decimal of a quotient where a rule hands it on. Two ints give an int, anything else a Number.
// An operand of another type panics: types are checked before rules run.

// maxBits bounds the parts of a quotient. A chain of divisions long enough to reach it is no rule.
const maxBits = 1024

// Add gives a+b.
func Add(a, b any) (any, error) {
	if x, y, ok := ints(a, b); ok {
		return wholeOr(AddInt(x, y))
	}
	if x, y, ok := decimals(a, b); ok {
		return bounded(x.Add(y))
	}
	return boundedRat(new(big.Rat).Add(rat(a), rat(b)))
}

// Sub gives a-b.
func Sub(a, b any) (any, error) {
	if x, y, ok := ints(a, b); ok {
		return wholeOr(SubInt(x, y))
	}
	if x, y, ok := decimals(a, b); ok {
		return bounded(x.Sub(y))
	}
	return boundedRat(new(big.Rat).Sub(rat(a), rat(b)))
}

// Mul gives a*b.
func Mul(a, b any) (any, error) {
	if x, y, ok := ints(a, b); ok {
		return wholeOr(MulInt(x, y))
	}
	if x, y, ok := decimals(a, b); ok {
		return bounded(x.Mul(y))
	}
	return boundedRat(new(big.Rat).Mul(rat(a), rat(b)))
}

// Div gives the exact quotient a/b, a Number also of two ints.
func Div(a, b any) (any, error) {
	if x, y, ok := ints(a, b); ok && y > 0 {
		if x%y == 0 {
			return decimal.NewFromInt(x / y), nil
		}
		return boundedRat(new(big.Rat).SetFrac64(x, y))
	}
	d := rat(b)
	if d.Sign() == 0 {
		return nil, ErrDivideByZero
	}
	return boundedRat(new(big.Rat).Quo(rat(a), d))
}

// Neg gives -a.
func Neg(a any) (any, error) {
	switch x := a.(type) {
	case int64:
		return wholeOr(SubInt(0, x))
	case decimal.Decimal:
		return x.Neg(), nil
	default:
		return boundedRat(new(big.Rat).Neg(rat(a)))
	}
}

// Settle makes a decimal of a quotient, to MaxDigits significant digits and at most MaxScale decimals, halves to the even
// neighbour, as IEEE 754 decimal128 does. Any other value is returned as it is.
func Settle(v any) any {
	q, ok := v.(*big.Rat)
	if !ok {
		return v
	}
	whole := decimal.NewFromBigInt(new(big.Int).Quo(q.Num(), q.Denom()), 0)
	places := int32(MaxScale)
	if !whole.IsZero() {
		places = int32(max(0, MaxDigits-whole.NumDigits()))
	}
	// scale, divide with remainder, and decide the last digit exactly
	scaled := new(big.Int).Mul(q.Num(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	quo, rem := new(big.Int).QuoRem(scaled, q.Denom(), new(big.Int))
	half := rem.Abs(rem).Lsh(rem, 1).Cmp(q.Denom())
	if half > 0 || half == 0 && quo.Bit(0) == 1 {
		quo.Add(quo, big.NewInt(int64(q.Sign())))
	}
	n, _ := NormalNumber(decimal.NewFromBigInt(quo, -places))
	return n
}

func ints(a, b any) (x, y int64, ok bool) {
	x, okX := a.(int64)
	y, okY := b.(int64)
	return x, y, okX && okY
}

func decimals(a, b any) (x, y decimal.Decimal, ok bool) {
	x, okX := asDecimal(a)
	y, okY := asDecimal(b)
	return x, y, okX && okY
}

func asDecimal(a any) (decimal.Decimal, bool) {
	switch x := a.(type) {
	case int64:
		return decimal.NewFromInt(x), true
	case decimal.Decimal:
		return x, true
	default:
		return decimal.Decimal{}, false
	}
}

func rat(a any) *big.Rat {
	switch x := a.(type) {
	case *big.Rat:
		return x
	case int64:
		return new(big.Rat).SetInt64(x)
	}
	d, ok := asDecimal(a)
	if !ok {
		panic("facts: arithmetic on something that is not a number")
	}
	return d.Rat()
}

func wholeOr(n int64, ok bool) (any, error) {
	if !ok {
		return nil, ErrOverflow
	}
	return n, nil
}

// bounded keeps a decimal within the limits of a Number, going over to a quotient where only the digits are too many.
func bounded(d decimal.Decimal) (any, error) {
	if n, ok := NormalNumber(d); ok {
		return n, nil
	}
	return boundedRat(d.Rat())
}

var most = new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(MaxDigits), nil))

func boundedRat(q *big.Rat) (any, error) {
	if n, finite, ok := small(q); ok && finite {
		return n, nil
	} else if ok {
		return q, nil
	}
	if q.Num().BitLen() > maxBits || q.Denom().BitLen() > maxBits || new(big.Rat).Abs(q).Cmp(most) >= 0 {
		return nil, ErrOverflow
	}
	if places, finite := q.FloatPrec(); finite && places <= MaxScale {
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
		num := new(big.Int).Quo(scale.Mul(scale, q.Num()), q.Denom())
		if n, ok := NormalNumber(decimal.NewFromBigInt(num, int32(-places))); ok {
			return n, nil
		}
	}
	return q, nil
}

// small is boundedRat for quotients of int64, which nearly all are: whether a decimal writes it, and which one. ok is false
// where int64 does not do.
func small(q *big.Rat) (n decimal.Decimal, finite, ok bool) {
	if !q.Num().IsInt64() || !q.Denom().IsInt64() {
		return decimal.Decimal{}, false, false
	}
	num, denom := q.Num().Int64(), q.Denom().Int64()
	places, rest := 0, denom
	for rest%10 == 0 {
		rest /= 10
		places++
	}
	for rest%2 == 0 { // in lowest terms what is left are twos, fives, or no decimal
		rest /= 2
		places++
		num, ok = MulInt(num, 5)
		if !ok {
			return decimal.Decimal{}, false, false
		}
	}
	for rest%5 == 0 {
		rest /= 5
		places++
		if num, ok = MulInt(num, 2); !ok {
			return decimal.Decimal{}, false, false
		}
	}
	if rest != 1 {
		return decimal.Decimal{}, false, true
	}
	return decimal.New(num, int32(-places)), true, true
}

// AddInt, SubInt and MulInt report false instead of overflowing.
func AddInt(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// SubInt gives a-b.
func SubInt(a, b int64) (int64, bool) {
	c := a - b
	return c, (c < a) == (b > 0)
}

// MulInt gives a*b.
func MulInt(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	if (c < 0) != ((a < 0) != (b < 0)) || c/b != a {
		return 0, false
	}
	return c, true
}

// DateArithmetic says what to write where somebody calculates with dates as if they were numbers, and whether they do.
func DateArithmetic(l, r Type) (string, bool) {
	switch {
	case l.Kind == Date && r.Kind == Date:
		return "days_between(from, to)", true
	case l.Kind == Date && r.Kind == Int:
		return "add_days(d, n)", true
	}
	return "", false
}
