package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
)

// Periods mean sets of days: unions, windows and months are held against sets counted day by day.
func TestPeriodsAreSetsOfDays(t *testing.T) {
	start := calendar.Must(2023, time.November, 17)
	day := func(n int) calendar.Date {
		d, err := start.AddDays(n)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	joined, apart := 0, 0
	for seed := range 3000 {
		r := rand.New(rand.NewPCG(uint64(seed), 17))
		var periods []calendar.Period
		set := map[calendar.Date]bool{}
		for range r.IntN(6) {
			from := r.IntN(150)
			to := from + r.IntN(1+r.IntN(90))
			periods = append(periods, calendar.Period{From: day(from), To: day(to)})
			for n := from; n <= to; n++ {
				set[day(n)] = true
			}
		}
		union := calendar.Union(periods)
		if len(union) < len(periods) {
			joined++
		} else if len(union) > 1 {
			apart++
		}
		days := 0
		for i, p := range union {
			if i > 0 && union[i-1].To.DaysTo(p.From) < 2 {
				t.Fatalf("%v: %v follows without a gap", union, p)
			}
			for d := p.From; !d.After(p.To); {
				if !set[d] {
					t.Fatalf("%v has %s, which %v does not", union, d, periods)
				}
				days++
				d, _ = d.AddDays(1)
			}
		}
		if days != len(set) {
			t.Fatalf("%v: %d days, want %d", union, days, len(set))
		}
		window := calendar.Period{From: day(r.IntN(200)), To: day(r.IntN(250))}
		within, want := 0, 0
		for _, p := range union {
			if part, ok := p.Within(window); ok {
				within += part.Days()
			}
		}
		months, whole := map[[2]int]int{}, 0
		for d := range set {
			if !d.Before(window.From) && !d.After(window.To) {
				want++
			}
			months[[2]int{d.Year(), int(d.Month())}]++
		}
		for month, n := range months {
			if calendar.Must(month[0], time.Month(month[1]), 1).DaysInMonth() == n {
				whole++
			}
		}
		if within != want {
			t.Fatalf("%v within %v: %d days, want %d", union, window, within, want)
		}
		if gotTouched, gotWhole := calendar.Months(union); gotTouched != len(months) || gotWhole != whole {
			t.Fatalf("%v: %d months touched, %d whole, want %d and %d", union, gotTouched, gotWhole, len(months), whole)
		}
	}
	if joined == 0 || apart == 0 {
		t.Errorf("%d joined, %d apart: the test proves less than it says", joined, apart)
	}
}
