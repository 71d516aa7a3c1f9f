// Package money counts in fen, the hundredth of a yuan, as int64, and is the one place where an exact decimal becomes a whole
// number. The conversion rounds only when told how, and refuses what does not fit; nothing is ever cut off silently.
package money

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// Fen is an amount in fen (分); 100 fen are one yuan (元).
type Fen = int64

// Rounding says what becomes of a fraction when a decimal is made whole.
type Rounding string

// The roundings. The texts are those of item documents.
const (
	Exact    Rounding = ""          // a fraction is an error
	Down     Rounding = "down"      // towards zero: 去尾
	Up       Rounding = "up"        // away from zero: 进一
	HalfUp   Rounding = "half-up"   // to the nearest, halves away from zero: 四舍五入
	HalfEven Rounding = "half-even" // to the nearest, halves to the even neighbour: 四舍六入五成双 (GB/T 8170)
)

// Valid reports whether r is one of the roundings.
func (r Rounding) Valid() bool {
	switch r {
	case Exact, Down, Up, HalfUp, HalfEven:
		return true
	}
	return false
}

// Error says why a decimal is not the whole number asked for. Code is money.not-whole (a fraction, and no rounding was
// declared), money.out-of-range (beyond int64) or money.bad-rounding.
type Error struct {
	code     string
	Value    decimal.Decimal
	Rounding Rounding
}

func (e *Error) Error() string {
	return fmt.Sprintf("money: %s (rounding %q): %s", short(e.Value), string(e.Rounding), e.code)
}

// Code is the error's code in the catalogue.
func (e *Error) Code() string { return e.code }

// Args are the arguments of the error's text.
func (e *Error) Args() map[string]string {
	return map[string]string{"value": short(e.Value), "rounding": string(e.Rounding)}
}

// The codes of Error.
const (
	codeNotWhole    = "money.not-whole"
	codeOutOfRange  = "money.out-of-range"
	codeBadRounding = "money.bad-rounding"
)

// short writes a decimal for a message: one of a million digits must not fill the log.
func short(d decimal.Decimal) string {
	if d.NumDigits() > 40 || d.Exponent() > 40 || d.Exponent() < -40 {
		return fmt.Sprintf("a number of %d digits and exponent %d", d.NumDigits(), d.Exponent())
	}
	return d.String()
}

// Whole makes d a whole number. The error is an *Error.
func Whole(d decimal.Decimal, r Rounding) (int64, error) {
	// More digits before the point than int64 has are refused before anything is computed: rescaling 1e999999999 would
	// fill the memory. Likewise a vanishing fraction, 1e-999999999, is decided by its sign alone.
	switch whole := int64(d.NumDigits()) + int64(d.Exponent()); {
	case !r.Valid():
		return 0, &Error{codeBadRounding, d, r}
	case d.IsZero():
		return 0, nil
	case whole > 20:
		return 0, &Error{codeOutOfRange, d, r}
	case whole < 0: // |d| < 0.1
		switch r {
		case Exact:
			return 0, &Error{codeNotWhole, d, r}
		case Up:
			return int64(d.Sign()), nil
		default:
			return 0, nil
		}
	}
	var n decimal.Decimal
	switch r {
	case Exact:
		if n = d.Truncate(0); !n.Equal(d) {
			return 0, &Error{codeNotWhole, d, r}
		}
	case Down:
		n = d.Truncate(0)
	case Up:
		n = d.RoundUp(0)
	case HalfUp:
		n = d.Round(0)
	case HalfEven:
		n = d.RoundBank(0)
	}
	fen := n.BigInt()
	if !fen.IsInt64() {
		return 0, &Error{codeOutOfRange, d, r}
	}
	return fen.Int64(), nil
}

// RoundQuotient rounds a quotient to so many decimals (tens, hundreds and so on if negative), exactly: it is not made a decimal of
// some length first, which could carry it to a half and beyond. r is any rounding but Exact.
func RoundQuotient(q *big.Rat, places int32, r Rounding) decimal.Decimal {
	if places == 0 && q.Num().IsInt64() && q.Denom().IsInt64() {
		return decimal.NewFromInt(roundInts(q.Num().Int64(), q.Denom().Int64(), r))
	}
	num, denom := new(big.Int).Set(q.Num()), new(big.Int).Set(q.Denom())
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil)
	if places >= 0 {
		num.Mul(num, scale)
	} else {
		denom.Mul(denom, scale)
	}
	whole, rest := new(big.Int).QuoRem(num, denom, new(big.Int)) // towards zero
	half := new(big.Int).Lsh(rest.Abs(rest), 1).Cmp(denom)
	away := rest.Sign() != 0
	switch r {
	case Down:
		away = false
	case HalfUp:
		away = half >= 0
	case HalfEven:
		away = half > 0 || half == 0 && whole.Bit(0) == 1
	}
	if away {
		whole.Add(whole, big.NewInt(int64(q.Sign())))
	}
	return decimal.NewFromBigInt(whole, -places)
}

// roundInts is RoundQuotient to a whole number, of int64: fen divided by persons, days or months.
func roundInts(num, denom int64, r Rounding) int64 {
	whole, rest := num/denom, num%denom
	sign := int64(1)
	if rest < 0 {
		sign, rest = -1, -rest
	}
	away := rest != 0
	switch over := rest - (denom - rest); r { // more than half, half, or less
	case Down:
		away = false
	case HalfUp:
		away = away && over >= 0
	case HalfEven:
		away = over > 0 || over == 0 && whole%2 != 0
	}
	if away {
		whole += sign
	}
	return whole
}

// OfYuan makes an amount in yuan an amount in fen. The error is an *Error.
func OfYuan(yuan decimal.Decimal, r Rounding) (Fen, error) {
	if yuan.Exponent() > math.MaxInt32-2 {
		return 0, &Error{codeOutOfRange, yuan, r}
	}
	return Whole(yuan.Shift(2), r)
}

// Yuan returns an amount in fen as an exact decimal of yuan.
func Yuan(f Fen) decimal.Decimal { return decimal.New(f, -2) }

// Plain writes an amount in yuan with two decimals and no unit: -1234.50.
func Plain(f Fen) string {
	sign, abs := "", uint64(f)
	if f < 0 {
		sign, abs = "-", -abs
	}
	return fmt.Sprintf("%s%d.%02d", sign, abs/100, abs%100)
}

// Zh writes an amount for Chinese readers: 1,234.50元.
func Zh(f Fen) string { return grouped(f) + "元" }

// En writes an amount for English readers: CNY 1,234.50.
func En(f Fen) string { return "CNY " + grouped(f) }

// grouped is Plain with a comma between thousands.
func grouped(f Fen) string {
	s := Plain(f)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + "." + fraction
}

// Capital writes an amount in the capital numerals that Chinese receipts and payment papers use: 1,234.50元 is
// 壹仟贰佰叁拾肆元伍角整.
func Capital(f Fen) string {
	const figures = "零壹贰叁肆伍陆柒捌玖"
	figure := func(c byte) string { return string([]rune(figures)[c-'0']) }

	s := strings.Replace(Plain(f), ".", "", 1)
	var b strings.Builder
	if s[0] == '-' {
		b.WriteString("负")
		s = s[1:]
	}
	whole, jiao, fen := strings.TrimLeft(s[:len(s)-2], "0"), s[len(s)-2], s[len(s)-1]

	// Four digits are read as one group with its own unit; zeros inside a group, or between groups, are read once.
	zero := false
	for i := range len(whole) {
		place := len(whole) - 1 - i
		if whole[i] == '0' {
			zero = true
		} else {
			if zero {
				b.WriteString("零")
				zero = false
			}
			b.WriteString(figure(whole[i]) + []string{"", "拾", "佰", "仟"}[place%4])
		}
		if place > 0 && place%4 == 0 && strings.Trim(whole[max(0, i-3):i+1], "0") != "" {
			b.WriteString([]string{"", "万", "亿", "兆", "京"}[place/4])
		}
	}
	switch {
	case whole != "":
		b.WriteString("元")
	case jiao == '0' && fen == '0':
		return "零元整"
	}
	if jiao != '0' {
		b.WriteString(figure(jiao) + "角")
	} else if whole != "" && fen != '0' {
		b.WriteString("零")
	}
	if fen != '0' {
		return b.String() + figure(fen) + "分"
	}
	return b.String() + "整"
}
