package funcs_test

import (
	"encoding/binary"
	"errors"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
)

// caller calls functions of the library as rules do and fails the test on an error.
func caller(t *testing.T, lib *funcs.Library) func(name string, args ...any) any {
	return func(name string, args ...any) any {
		t.Helper()
		types := make([]facts.Type, len(args))
		for i, a := range args {
			types[i] = typeOf(a)
		}
		got, err := call(lib, name, slices.Clone(args), types)
		if err != nil {
			t.Fatalf("%s%v: %v", name, args, err)
		}
		return got
	}
}

func civil(day int) time.Time { return time.Date(2023, 11, 1+day, 0, 0, 0, 0, time.UTC) }

// Functions of periods are held against sets of days.
func TestPeriodsAsSets(t *testing.T) {
	call := caller(t, library(t))
	for seed := range 1500 {
		r := rand.New(rand.NewPCG(uint64(seed), 23))
		var starts, ends []any
		set := map[int]bool{}
		for range 1 + r.IntN(5) {
			from := r.IntN(120)
			to := from + r.IntN(1+r.IntN(40))
			starts, ends = append(starts, civil(from)), append(ends, civil(to))
			for d := from; d <= to; d++ {
				set[d] = true
			}
		}
		from, to := r.IntN(160), r.IntN(200)
		run, gap, longestRun, longestGap, within := 0, 0, 0, 0, 0
		for d := range 260 {
			if set[d] {
				run++
				longestRun = max(longestRun, run)
			} else {
				run = 0
			}
			switch {
			case d < from || d > to:
				continue
			case set[d]:
				within++
				gap = 0
			default:
				gap++
				longestGap = max(longestGap, gap)
			}
		}
		window := []any{starts, ends, civil(from), civil(to)}
		for name, want := range map[string]int{"days_covered": len(set), "longest_run": longestRun} {
			if got := call(name, starts, ends); got != int64(want) {
				t.Fatalf("%s(%v, %v) = %v, want %d", name, starts, ends, got, want)
			}
		}
		for name, want := range map[string]int{"days_covered_within": within, "longest_gap": longestGap} {
			if got := call(name, window...); got != int64(want) {
				t.Fatalf("%s%v = %v, want %d", name, window, got, want)
			}
		}
		if d := r.IntN(200); call("day_covered", civil(d), starts, ends) != set[d] {
			t.Fatalf("%v in %v to %v: not %v", civil(d), starts, ends, set[d])
		}
		// The parts of a union are the same days again, and nothing is left to join.
		for _, suffix := range []string{"", "_within"} {
			args := window[:2]
			want := len(set)
			if suffix != "" {
				args, want = window, within
			}
			a, b := call("union_starts"+suffix, args...), call("union_ends"+suffix, args...)
			if got := call("days_covered", a, b); got != int64(want) {
				t.Fatalf("the union of %v has %v days, want %d", args, got, want)
			}
			if again := call("union_starts", a, b); !facts.Equal(again, a) {
				t.Fatalf("the union of %v has a union %v of its own", args, again)
			}
		}
		a, b := slices.Min([]int{from, to}), slices.Max([]int{from, to})
		if got, want := call("overlap_days", starts[0], ends[0], civil(a), civil(b)), call("days_covered_within", starts[:1], ends[:1], civil(a), civil(b)); got != want {
			t.Fatalf("overlap %v, covered within %v", got, want)
		}
	}
}

// Sequences are held against a walk day by day.
func TestSequences(t *testing.T) {
	call := caller(t, library(t))
	for seed := range 400 {
		r := rand.New(rand.NewPCG(uint64(seed), 31))
		a, b, first := r.IntN(900), r.IntN(900), 1+r.IntN(7)
		var monthsIn, weeksIn, daysIn, yearsIn []any
		add := func(list []any, day time.Time) []any {
			if len(list) == 0 || list[len(list)-1] != any(day) {
				list = append(list, day)
			}
			return list
		}
		for d := a; d <= b; d++ {
			day := civil(d)
			week := day
			for (int(week.Weekday())+6)%7+1 != first {
				week = week.AddDate(0, 0, -1)
			}
			daysIn, weeksIn = append(daysIn, day), add(weeksIn, week)
			monthsIn = add(monthsIn, time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC))
			yearsIn = add(yearsIn, time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC))
		}
		for name, want := range map[string][]any{"months_in": monthsIn, "days_in": daysIn, "years_in": yearsIn} {
			if got := call(name, civil(a), civil(b)); !facts.Equal(got, append([]any{}, want...)) {
				t.Fatalf("%s(%v, %v) = %v, want %v", name, civil(a), civil(b), got, want)
			}
		}
		if got := call("weeks_in", civil(a), civil(b), int64(first)); !facts.Equal(got, append([]any{}, weeksIn...)) {
			t.Fatalf("weeks_in(%v, %v, %d) = %v, want %v", civil(a), civil(b), first, got, weeksIn)
		}
		step := int64(1 + r.IntN(40))
		for i, d := range call("every_days", civil(a), civil(b), step).([]any) {
			if d != any(civil(a+i*int(step))) {
				t.Fatalf("every %d days: %v at %d", step, d, i)
			}
		}
		terms := call("every_months", civil(a), civil(b), int64(1)).([]any)
		for i, d := range terms {
			if d != call("add_months", civil(a), int64(i)) {
				t.Fatalf("every month from %v: %v at %d", civil(a), d, i)
			}
		}
		if a <= b && call("months_begun", civil(a), civil(b)) != int64(len(terms)) {
			t.Fatalf("%v to %v: %v months begun, %d terms", civil(a), civil(b), call("months_begun", civil(a), civil(b)), len(terms))
		}
	}
}

// Ranks, places and sums of the greatest are held against a sorted list.
func TestRanks(t *testing.T) {
	call := caller(t, library(t))
	for seed := range 1000 {
		r := rand.New(rand.NewPCG(uint64(seed), 37))
		list := make([]any, 1+r.IntN(8))
		for i := range list {
			list[i] = int64(r.IntN(5))
		}
		up := slices.Clone(list)
		slices.SortFunc(up, func(a, b any) int { return int(a.(int64) - b.(int64)) })
		down := slices.Clone(up)
		slices.Reverse(down)
		for n := 1; n <= len(list); n++ {
			sumUp, sumDown := int64(0), int64(0)
			for i := range n {
				sumUp, sumDown = sumUp+up[i].(int64), sumDown+down[i].(int64)
			}
			for name, want := range map[string]any{
				"nth_largest": down[n-1], "nth_smallest": up[n-1], "sum_largest": sumDown, "sum_smallest": sumUp,
			} {
				if got := call(name, list, int64(n)); got != want {
					t.Fatalf("%s(%v, %d) = %v, want %v", name, list, n, got, want)
				}
			}
		}
		value := any(int64(r.IntN(6) - 1))
		for name, sorted := range map[string][]any{"rank_highest": down, "rank_lowest": up} {
			want := slices.Index(sorted, value) + 1
			if want > 0 && call(name, value, list) != int64(want) {
				t.Fatalf("%s(%v, %v) = %v, want %d", name, value, list, call(name, value, list), want)
			}
		}
		if got := call("position", value, list); got != int64(slices.Index(list, value)+1) {
			t.Fatalf("position(%v, %v) = %v", value, list, got)
		}
		if call("min", list) != up[0] || call("max", list) != down[0] {
			t.Fatalf("ends of %v", list)
		}
	}
}

// Progressive rates are held against one unit after the other, each at its own rate; and the value of a step against its last
// unit.
func TestTieredUnitByUnit(t *testing.T) {
	call := caller(t, library(t))
	for seed := range 500 {
		r := rand.New(rand.NewPCG(uint64(seed), 41))
		limits, rates := []any{}, []any{decimal.New(int64(r.IntN(50)), -2)}
		for at := int64(r.IntN(20)); len(limits) < r.IntN(5); at += 1 + int64(r.IntN(30)) {
			limits, rates = append(limits, at), append(rates, decimal.New(int64(r.IntN(50)), -2))
		}
		if len(limits) == 0 {
			limits, rates = append(limits, int64(7)), append(rates, decimal.New(1, -1))
		}
		amount := int64(r.IntN(120))
		want := decimal.Zero
		bracket := func(unit int64) int {
			at := slices.IndexFunc(limits, func(l any) bool { return unit <= l.(int64) })
			if at < 0 {
				at = len(limits)
			}
			return at
		}
		for unit := int64(1); unit <= amount; unit++ {
			want = want.Add(rates[bracket(unit)].(decimal.Decimal))
		}
		if got := call("tiered", amount, limits, rates); !facts.Equal(got, want) {
			t.Fatalf("tiered(%d, %v, %v) = %v, want %v", amount, limits, rates, got, want)
		}
		if got := call("stepped", amount, limits, rates); !facts.Equal(got, rates[bracket(amount)]) {
			t.Fatalf("stepped(%d, %v, %v) = %v", amount, limits, rates, got)
		}
		// between two neighbouring points the interpolated value divides the way as x does
		x := call("interpolate", amount, limits, rates[1:])
		if at := bracket(amount); at > 0 && at < len(limits) {
			left, right := limits[at-1].(int64), limits[at].(int64)
			share := big.NewRat(amount-left, right-left)
			from, to := rates[at].(decimal.Decimal).Rat(), rates[at+1].(decimal.Decimal).Rat()
			y := new(big.Rat).Add(from, share.Mul(share, new(big.Rat).Sub(to, from)))
			if !facts.Equal(facts.Settle(x), facts.Settle(y)) {
				t.Fatalf("interpolate(%d, %v, %v) = %v, want %v", amount, limits, rates[1:], x, y)
			}
		}
	}
}

// By either convention an age is reached on the day that the anniversary function gives, and not a day earlier.
func TestConventions(t *testing.T) {
	call := caller(t, library(t))
	r := rand.New(rand.NewPCG(2, 29))
	for range 3000 {
		birth := time.Date(1904+4*r.IntN(25), time.February, 29, 0, 0, 0, 0, time.UTC)
		if r.IntN(3) == 0 {
			birth = time.Date(1900+r.IntN(120), time.Month(1+r.IntN(12)), 1+r.IntN(31), 0, 0, 0, 0, time.UTC)
		}
		n := int64(1 + r.IntN(100))
		for age, anniversary := range map[string]string{"age_rollover": "add_years_rollover", "age_by_eve": "birthday_eve"} {
			on := call(anniversary, birth, n).(time.Time)
			if got, before := call(age, birth, on), call(age, birth, on.AddDate(0, 0, -1)); got != n || before != n-1 {
				t.Fatalf("%s born %v: %v on %v, %v the day before; want %d", age, birth, got, on, before, n)
			}
		}
		on := call("add_months_rollover", birth, n).(time.Time)
		if got, before := call("months_between_rollover", birth, on), call("months_between_rollover", birth, on.AddDate(0, 0, -1)); got != n || before != n-1 {
			t.Fatalf("%v to %v: %v months, %v a day earlier; want %d", birth, on, got, before, n)
		}
	}
}

// Whatever the arguments, a function gives a value of its type or an error with a code, twice the same, and leaves its
// arguments alone.
func FuzzCall(f *testing.F) {
	f.Add(uint64(1), []byte("2026"))
	f.Add(uint64(77), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0x80})
	all := library(f).All()
	for i := range all {
		f.Add(uint64(i), []byte{1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 121, 98, 219, 61})
	}
	f.Fuzz(func(t *testing.T, which uint64, data []byte) {
		fn := all[which%uint64(len(all))]
		d := &dice{data: data}
		args, types := make([]any, len(fn.Params)), make([]facts.Type, len(fn.Params))
		for i, p := range fn.Params {
			types[i], args[i] = p.Type, d.value(p.Type)
		}
		given := deepCopy(args)
		once, err := fn.Call(slices.Clone(args))
		again, err2 := fn.Call(slices.Clone(args))
		if !reflect.DeepEqual(args, given) {
			t.Fatalf("%s changed %v to %v", fn.Signature(), given, args)
		}
		if err != nil {
			var coded diag.Coded
			ok := errors.As(err, &coded)
			if !ok && !errors.Is(err, facts.ErrOverflow) && !errors.Is(err, facts.ErrDivideByZero) || err2 == nil || once != nil {
				t.Fatalf("%s of %v: %v, %v, then %v", fn.Signature(), args, once, err, err2)
			}
			if ok {
				if _, known := diag.Codes()[coded.Code()]; !known {
					t.Fatalf("%s: no text for %s", fn.Signature(), coded.Code())
				}
			}
			return
		}
		if !holds(fn.ResultOf(types), once) || !facts.Equal(once, again) {
			t.Fatalf("%s of %v: %v, then %v", fn.Signature(), args, once, again)
		}
	})
}

func deepCopy(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = deepCopy(e)
	}
	return out
}

// dice makes values of bytes; when they run out, small ones.
type dice struct{ data []byte }

func (d *dice) bits() uint64 {
	var eight [8]byte
	d.data = d.data[copy(eight[:1+min(7, len(d.data)%8)], d.data):]
	return binary.LittleEndian.Uint64(eight[:])
}

func (d *dice) value(t facts.Type) any {
	n := int64(d.bits())
	if len(t.Enum) > 0 && n%7 != 0 {
		return t.Enum[uint64(n)%uint64(len(t.Enum))].Value
	}
	switch t.Kind {
	case facts.Bool:
		return n%2 == 0
	case facts.Int:
		return n
	case facts.Number:
		return decimal.New(n, -int32(d.bits()%12))
	case facts.Date:
		return time.Unix((int64(uint64(n)%3652059)-719162)*86400, 0).UTC()
	case facts.List:
		list := []any{}
		for range uint64(n) % 6 {
			list = append(list, d.value(*t.Elem))
		}
		return list
	default:
		return string(d.data)
	}
}
