package money_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/money"
)

// number reads digits with an optional exponent as large as a decimal can hold, which the library's own reader refuses.
func number(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	digits, exponent, _ := strings.Cut(s, "e")
	d, err := decimal.NewFromString(digits)
	if err != nil {
		t.Fatal(err)
	}
	if exponent == "" {
		return d
	}
	e, err := strconv.ParseInt(exponent, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return decimal.NewFromBigInt(d.Coefficient(), d.Exponent()+int32(e))
}

func TestWhole(t *testing.T) {
	const notWhole, outOfRange = "money.not-whole", "money.out-of-range"
	roundings := []money.Rounding{money.Exact, money.Down, money.Up, money.HalfUp, money.HalfEven}
	for _, test := range []struct {
		value string
		want  [5]any // in the order of roundings: an int, or a code
	}{
		{"0", [5]any{0, 0, 0, 0, 0}},
		{"-0.0", [5]any{0, 0, 0, 0, 0}},
		{"7", [5]any{7, 7, 7, 7, 7}},
		{"7.00", [5]any{7, 7, 7, 7, 7}},
		{"2.1", [5]any{notWhole, 2, 3, 2, 2}},
		{"2.5", [5]any{notWhole, 2, 3, 3, 2}},
		{"3.5", [5]any{notWhole, 3, 4, 4, 4}},
		{"2.50000000000000000001", [5]any{notWhole, 2, 3, 3, 3}},
		{"2.9", [5]any{notWhole, 2, 3, 3, 3}},
		{"-2.1", [5]any{notWhole, -2, -3, -2, -2}},
		{"-2.5", [5]any{notWhole, -2, -3, -3, -2}},
		{"-3.5", [5]any{notWhole, -3, -4, -4, -4}},
		{"0.5", [5]any{notWhole, 0, 1, 1, 0}},
		{"0.05", [5]any{notWhole, 0, 1, 0, 0}},
		{"-0.05", [5]any{notWhole, 0, -1, 0, 0}},
		{"1e3", [5]any{1000, 1000, 1000, 1000, 1000}},
		{"9223372036854775807", [5]any{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}},
		{"-9223372036854775808", [5]any{math.MinInt64, math.MinInt64, math.MinInt64, math.MinInt64, math.MinInt64}},
		{"9223372036854775808", [5]any{outOfRange, outOfRange, outOfRange, outOfRange, outOfRange}},
		{"9223372036854775807.5", [5]any{notWhole, math.MaxInt64, outOfRange, outOfRange, outOfRange}},
		// Numbers built to exhaust memory when they are written out.
		{"1e2000000000", [5]any{outOfRange, outOfRange, outOfRange, outOfRange, outOfRange}},
		{"1e-2000000000", [5]any{notWhole, 0, 1, 0, 0}},
		{"-1e-2000000000", [5]any{notWhole, 0, -1, 0, 0}},
		{"0e2000000000", [5]any{0, 0, 0, 0, 0}},
	} {
		d := number(t, test.value)
		for i, r := range roundings {
			got, err := money.Whole(d, r)
			var wrong *money.Error
			switch want := test.want[i].(type) {
			case int:
				if err != nil || got != int64(want) {
					t.Errorf("Whole(%s, %q) = %d, %v; want %d", test.value, r, got, err, want)
				}
			case string:
				if !errors.As(err, &wrong) || wrong.Code() != want || got != 0 {
					t.Errorf("Whole(%s, %q) = %d, %v; want %s", test.value, r, got, err, want)
				}
			}
		}
	}
	var wrong *money.Error
	if _, err := money.Whole(decimal.New(1, 0), "nearest"); !errors.As(err, &wrong) || wrong.Code() != "money.bad-rounding" {
		t.Errorf("an unknown rounding: %v", err)
	}
	if !money.Exact.Valid() || !money.HalfEven.Valid() || money.Rounding("nearest").Valid() {
		t.Error("Valid does not match the roundings")
	}
}

func TestOfYuan(t *testing.T) {
	for _, test := range []struct {
		yuan string
		r    money.Rounding
		want int64
		code string
	}{
		{"0.01", money.Exact, 1, ""},
		{"0.1", money.Exact, 10, ""},
		{"1234.5", money.Exact, 123450, ""},
		{"19.99", money.Exact, 1999, ""},
		{"0.001", money.Exact, 0, "money.not-whole"},
		{"66.666666", money.HalfUp, 6667, ""},
		{"66.665", money.HalfEven, 6666, ""},
		{"92233720368547758.07", money.Exact, math.MaxInt64, ""},
		{"92233720368547758.08", money.Exact, 0, "money.out-of-range"},
		{"1e2147483647", money.Down, 0, "money.out-of-range"},
	} {
		got, err := money.OfYuan(number(t, test.yuan), test.r)
		said := ""
		var wrong *money.Error
		if errors.As(err, &wrong) {
			said = wrong.Code()
		}
		if got != test.want || said != test.code {
			t.Errorf("OfYuan(%s, %q) = %d, %v; want %d %s", test.yuan, test.r, got, err, test.want, test.code)
		}
	}
	if got := money.Yuan(123456); got.String() != "1234.56" {
		t.Errorf("Yuan = %s", got)
	}
}

func TestWriting(t *testing.T) {
	for _, test := range []struct {
		fen                int64
		plain, zh, capital string
	}{
		{0, "0.00", "0.00元", "零元整"},
		{1, "0.01", "0.01元", "壹分"},
		{10, "0.10", "0.10元", "壹角整"},
		{99, "0.99", "0.99元", "玖角玖分"},
		{100, "1.00", "1.00元", "壹元整"},
		{105, "1.05", "1.05元", "壹元零伍分"},
		{5000, "50.00", "50.00元", "伍拾元整"},
		{100010, "1000.10", "1,000.10元", "壹仟元壹角整"},
		{123450, "1234.50", "1,234.50元", "壹仟贰佰叁拾肆元伍角整"},
		{1000100, "10001.00", "10,001.00元", "壹万零壹元整"},
		{10000000, "100000.00", "100,000.00元", "壹拾万元整"},
		{10020030, "100200.30", "100,200.30元", "壹拾万零贰佰元叁角整"},
		{200030004, "2000300.04", "2,000,300.04元", "贰佰万零叁佰元零肆分"},
		{10000000000, "100000000.00", "100,000,000.00元", "壹亿元整"},
		{10000000100, "100000001.00", "100,000,001.00元", "壹亿零壹元整"},
		{10001000000, "100010000.00", "100,010,000.00元", "壹亿零壹万元整"},
		{-123456, "-1234.56", "-1,234.56元", "负壹仟贰佰叁拾肆元伍角陆分"},
		{math.MaxInt64, "92233720368547758.07", "92,233,720,368,547,758.07元", "玖京贰仟贰佰叁拾叁兆柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分"},
		{math.MinInt64, "-92233720368547758.08", "-92,233,720,368,547,758.08元", "负玖京贰仟贰佰叁拾叁兆柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零捌分"},
	} {
		if got := money.Plain(test.fen); got != test.plain {
			t.Errorf("Plain(%d) = %s, want %s", test.fen, got, test.plain)
		}
		if got := money.Zh(test.fen); got != test.zh {
			t.Errorf("Zh(%d) = %s, want %s", test.fen, got, test.zh)
		}
		if got, want := money.En(test.fen), "CNY "+strings.TrimSuffix(test.zh, "元"); got != want {
			t.Errorf("En(%d) = %s, want %s", test.fen, got, want)
		}
		if got := money.Capital(test.fen); got != test.capital {
			t.Errorf("Capital(%d) = %s, want %s", test.fen, got, test.capital)
		}
	}
}

// TestCatalogue holds every error to a text in both languages that uses no argument the error lacks, however long the number.
func TestCatalogue(t *testing.T) {
	for _, test := range []struct {
		value string
		r     money.Rounding
	}{{"0.5", money.Exact}, {"1e30", money.Down}, {"1", "nearest"}, {"1e2000000000", money.Down}, {"0." + strings.Repeat("3", 10000), money.Exact}} {
		_, err := money.Whole(number(t, test.value), test.r)
		var coded diag.Coded
		if !errors.As(err, &coded) {
			t.Fatalf("%s: %v", test.value, err)
		}
		d := diag.Diagnostic{Code: coded.Code(), Args: coded.Args()}
		for _, text := range []string{d.Both().Zh, d.Both().En, err.Error()} {
			if text == "" || text == coded.Code() || strings.ContainsAny(text, "{}") || len(text) > 500 {
				t.Errorf("%s: text %q", coded.Code(), text)
			}
		}
	}
}

// RoundQuotient is held to the meaning of the roundings: how far from the quotient a rounded value may lie, and on which side.
func TestRoundQuotient(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 64))
	for range 20000 {
		num, denom := big.NewInt(int64(r.Uint64()>>r.IntN(63))), big.NewInt(int64(1+r.Uint64()>>(1+r.IntN(62))))
		if r.IntN(4) == 0 {
			num.Mul(num, big.NewInt(math.MaxInt64))
		}
		if r.IntN(3) == 0 {
			num, denom = big.NewInt(int64(r.IntN(41)-20)), big.NewInt(int64(1+r.IntN(8))) // halves come up
		}
		q := new(big.Rat).SetFrac(num, denom)
		places := int32(r.IntN(5) - 1)
		if r.IntN(2) == 0 {
			places = 0
		}
		unit := decimal.New(1, -places).Rat()
		for _, mode := range []money.Rounding{money.Down, money.Up, money.HalfUp, money.HalfEven} {
			got := money.RoundQuotient(q, places, mode)
			off := new(big.Rat).Sub(got.Rat(), q)
			outwards := off.Sign()*q.Sign() > 0 // away from zero
			half := new(big.Rat).Abs(off)
			half.Mul(half, big.NewRat(2, 1))
			even := new(big.Rat).Quo(got.Rat(), unit).Num().Bit(0) == 0
			ok := new(big.Rat).Quo(got.Rat(), unit).IsInt() && new(big.Rat).Abs(off).Cmp(unit) < 0
			switch order := half.Cmp(unit); mode {
			case money.Down:
				ok = ok && !outwards
			case money.Up:
				ok = ok && (outwards || off.Sign() == 0)
			case money.HalfUp:
				ok = ok && (order < 0 || order == 0 && outwards)
			case money.HalfEven:
				ok = ok && (order < 0 || order == 0 && even)
			}
			if !ok {
				t.Fatalf("%s to %d places %s: %s", q, places, mode, got)
			}
		}
	}
}
