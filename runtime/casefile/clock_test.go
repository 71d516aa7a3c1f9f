package casefile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/runtime/casefile"
)

// days is the calendar of these tests: the spring festival of 2026 and its make-up days, and nothing off in 2027.
var days = func() *calendar.Calendar {
	off := []calendar.Date{}
	for d := 15; d <= 23; d++ {
		off = append(off, calendar.Must(2026, 2, d))
	}
	c, err := calendar.New([]calendar.Year{
		{Year: 2026, Off: off, Work: []calendar.Date{calendar.Must(2026, 2, 14), calendar.Must(2026, 2, 28)}},
		{Year: 2027},
	})
	if err != nil {
		panic(err)
	}
	return c
}()

func term(n int, unit calendar.Unit) plan.Term { return plan.Term{N: n, Unit: string(unit)} }

func TestCount(t *testing.T) {
	run := func(from, to string) casefile.Interval {
		return casefile.Interval{Kind: casefile.ClockRuns, From: from, To: to}
	}
	stop := func(from, to string) casefile.Interval {
		return casefile.Interval{Kind: casefile.ClockSuspended, From: from, To: to}
	}
	longer := casefile.Interval{Kind: casefile.ClockExtended, From: "2026-03-05", To: "2026-03-05", N: 5, Unit: "workday"}
	for _, c := range []struct {
		title string
		clock []casefile.Interval
		from  string
		term  plan.Term
		until string
		want  string
	}{
		{"the first day is not counted", []casefile.Interval{run("2026-03-02", "")}, "2026-03-02", term(10, calendar.Workday), "", "2026-03-16"},
		{"stopped from the 4th to the 10th: only the 3rd counted before", []casefile.Interval{run("2026-03-02", "2026-03-03"), stop("2026-03-04", "2026-03-10"), run("2026-03-10", "")},
			"2026-03-02", term(10, calendar.Workday), "", "2026-03-23"},
		{"stopped on the day of acceptance itself", []casefile.Interval{run("2026-03-02", "2026-03-02"), stop("2026-03-02", "2026-03-05"), run("2026-03-05", "")},
			"2026-03-02", term(10, calendar.Workday), "", "2026-03-19"},
		{"over before it was stopped", []casefile.Interval{run("2026-03-02", "2026-03-20"), stop("2026-03-21", "2026-03-29"), run("2026-03-29", "")},
			"2026-03-02", term(10, calendar.Workday), "", "2026-03-16"},
		{"stands still: as if it ended when expected", []casefile.Interval{run("2026-03-02", "2026-03-03"), stop("2026-03-04", "")},
			"2026-03-02", term(10, calendar.Workday), "2026-03-10", "2026-03-23"},
		{"expected to end on a Friday: resumes on Monday", []casefile.Interval{run("2026-03-02", "2026-03-03"), stop("2026-03-04", "")},
			"2026-03-02", term(2, calendar.Workday), "2026-03-06", "2026-03-09"},
		{"extended by five", []casefile.Interval{run("2026-03-02", "2026-03-05"), longer, run("2026-03-05", "")}, "2026-03-02", term(10, calendar.Workday), "", "2026-03-23"},
		{"an extension before the stage is not the stage's", []casefile.Interval{run("2026-03-02", "2026-03-05"), longer, run("2026-03-05", "")}, "2026-03-06", term(3, calendar.Workday), "", "2026-03-11"},
		{"seven days, the last on a Sunday", []casefile.Interval{run("2026-03-01", "")}, "2026-03-01", term(7, calendar.Day), "", "2026-03-09"},
		{"days, stopped for three", []casefile.Interval{run("2026-03-02", "2026-03-03"), stop("2026-03-04", "2026-03-06"), run("2026-03-06", "")}, "2026-03-02", term(7, calendar.Day), "", "2026-03-12"},
		{"would end on the Sunday before it was stopped: on the day it runs again", []casefile.Interval{run("2026-03-02", "2026-03-08"), stop("2026-03-09", "2026-03-10"), run("2026-03-10", "")},
			"2026-03-02", term(6, calendar.Day), "", "2026-03-11"},
		{"a month that nothing stops", []casefile.Interval{run("2026-01-31", "")}, "2026-01-31", term(1, calendar.Month), "", "2026-02-28"},
		{"a month, stopped for three days", []casefile.Interval{run("2026-03-02", "2026-03-03"), stop("2026-03-04", "2026-03-06"), run("2026-03-06", "")}, "2026-03-02", term(1, calendar.Month), "", "2026-04-06"},
		{"no time at all", []casefile.Interval{run("2026-03-02", "")}, "2026-03-02", term(0, calendar.Workday), "", "2026-03-02"},
	} {
		if got, err := casefile.Count(days, c.clock, c.from, c.term, c.until); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.title, got, err, c.want)
		}
	}
	_, err := casefile.Count(days, []casefile.Interval{run("2027-12-20", "")}, "2027-12-20", term(20, calendar.Workday), "")
	if fault.CodeOf(err) != "case.calendar-missing" {
		t.Errorf("a year without a notice: %v", err)
	}
}

// TestCountDayByDay compares Count with a walk over the days, one after the other, for random ledgers; without a stop it is
// what the calendar itself says.
func TestCountDayByDay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		day := calendar.Must(2026, 1, 1)
		move := func(n int) string { d, _ := day.AddDays(n); day = d; return d.String() }
		from := move(r.IntN(60))
		clock := []casefile.Interval{{Kind: casefile.ClockRuns, From: from}}
		extra := 0
		unit := []calendar.Unit{calendar.Workday, calendar.Day}[r.IntN(2)]
		for range r.IntN(4) {
			n := len(clock)
			if r.IntN(4) == 0 {
				clock[n-1].To = move(r.IntN(5))
				clock = append(clock, casefile.Interval{Kind: casefile.ClockExtended, From: day.String(), To: day.String(), N: 3}, casefile.Interval{Kind: casefile.ClockRuns, From: day.String()})
				extra += 3
				continue
			}
			clock[n-1].To = move(r.IntN(8))
			stopped := move(1)
			last := move(r.IntN(10))
			clock = append(clock, casefile.Interval{Kind: casefile.ClockSuspended, From: stopped, To: last}, casefile.Interval{Kind: casefile.ClockRuns, From: last})
		}
		n := 1 + r.IntN(30)
		got, err := casefile.Count(days, clock, from, term(n, unit), "")
		if err != nil {
			t.Fatal(err)
		}
		if want := walk(clock, from, n+extra, unit); got != want {
			t.Fatalf("%d %s from %s over %v: %s, day by day %s", n, unit, from, clock, got, want)
		}
		if len(clock) == 1 {
			start, _ := calendar.Parse(from)
			if want, _ := days.Due(start, n, unit); got != want.String() {
				t.Fatalf("%d %s from %s: %s, the calendar %s", n, unit, from, got, want)
			}
		}
	}
}

func walk(clock []casefile.Interval, from string, n int, unit calendar.Unit) string {
	runs := func(day string) bool {
		for _, in := range clock {
			if in.Kind == casefile.ClockRuns && day > in.From && (in.To == "" || day <= in.To) {
				return true
			}
		}
		return false
	}
	d, _ := calendar.Parse(from)
	for {
		d, _ = d.AddDays(1)
		work, _ := days.IsWorkday(d)
		switch {
		case !runs(d.String()):
			continue
		case unit == calendar.Workday && work, unit == calendar.Day:
			n--
		}
		if n <= 0 && work {
			return d.String()
		}
	}
}

func ExampleCount() {
	clock := []casefile.Interval{
		{Kind: casefile.ClockRuns, From: "2026-03-02", To: "2026-03-03"},
		{Kind: casefile.ClockSuspended, From: "2026-03-04", To: "2026-03-10", Procedure: "assessment"},
		{Kind: casefile.ClockRuns, From: "2026-03-10"},
	}
	due, err := casefile.Count(days, clock, "2026-03-02", plan.Term{N: 10, Unit: "workday"}, "")
	fmt.Println(due, err)
	// Output: 2026-03-23 <nil>
}
