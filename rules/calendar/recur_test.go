package calendar_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
)

// Dates that recur are held against a search day by day, weeks against the standard library.
func TestRecurring(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 29))
	step := func(d calendar.Date, by int) calendar.Date {
		got, err := d.AddDays(by)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	search := func(d calendar.Date, by int, is func(calendar.Date) bool) calendar.Date {
		for !is(d) {
			d = step(d, by)
		}
		return d
	}
	for range 3000 {
		d := step(calendar.Must(1899, time.December, 20), r.IntN(80000))
		weekday, day, month := 1+r.IntN(7), 1+r.IntN(31), time.Month(1+r.IntN(12))
		isWeekday := func(d calendar.Date) bool { return (int(d.Time().Weekday())+6)%7+1 == weekday }
		last := func(d calendar.Date) int { return d.LastOfMonth().Day() }
		isDay := func(d calendar.Date) bool { return d.Day() == min(day, last(d)) }
		isYearDay := func(d calendar.Date) bool { return d.Month() == month && isDay(d) }
		for _, c := range []struct {
			name string
			got  func() (calendar.Date, error)
			by   int
			is   func(calendar.Date) bool
		}{
			{"weekday on or after", func() (calendar.Date, error) { return d.WeekdayOnOrAfter(weekday) }, 1, isWeekday},
			{"weekday on or before", func() (calendar.Date, error) { return d.WeekdayOnOrBefore(weekday) }, -1, isWeekday},
			{"month day on or after", func() (calendar.Date, error) { return d.MonthDayOnOrAfter(day) }, 1, isDay},
			{"month day on or before", func() (calendar.Date, error) { return d.MonthDayOnOrBefore(day) }, -1, isDay},
			{"year day on or after", func() (calendar.Date, error) { return d.YearDayOnOrAfter(month, day) }, 1, isYearDay},
			{"year day on or before", func() (calendar.Date, error) { return d.YearDayOnOrBefore(month, day) }, -1, isYearDay},
		} {
			if got, err := c.got(); err != nil || got != search(d, c.by, c.is) {
				t.Fatalf("%s %s (weekday %d, day %d, month %d): %s, %v; want %s", c.name, d, weekday, day, month, got, err, search(d, c.by, c.is))
			}
		}
		year, week := d.ISOWeek()
		if wantYear, wantWeek := d.Time().ISOWeek(); year != wantYear || week != wantWeek {
			t.Fatalf("%s: week %d of %d, want %d of %d", d, week, year, wantWeek, wantYear)
		}
		if d.DayOfYear() != d.Time().YearDay() || d.DaysInMonth() != last(d) || d.DaysInYear() != calendar.Must(d.Year(), time.December, 31).Time().YearDay() {
			t.Fatalf("%s: day %d of the year, %d in the month, %d in the year", d, d.DayOfYear(), d.DaysInMonth(), d.DaysInYear())
		}
		// months that roll over: Go's own normalization, where the day overflows by no more than the month lacks
		n := r.IntN(200)
		over, err := d.AddMonthsOver(n)
		first := d.FirstOfMonth().Time().AddDate(0, n, 0)
		want := calendar.FromTime(first).InMonth(d.Day())
		if want.Day() < d.Day() {
			want = step(want, 1)
		}
		if err != nil || over != want {
			t.Fatalf("%s and %d months: %s, %v; want %s", d, n, over, err, want)
		}
		if got := d.MonthsToOver(over); got != n {
			t.Fatalf("%s to %s: %d months, want %d", d, over, got, n)
		}
		if before := step(over, -1); n > 0 && d.MonthsToOver(before) != n-1 {
			t.Fatalf("%s to %s: %d months, want %d", d, before, d.MonthsToOver(before), n-1)
		}
	}
}

// Days from Monday to Friday are those that a calendar without days off counts as working days.
func TestWeekdays(t *testing.T) {
	var years []calendar.Year
	for y := 1990; y <= 2040; y++ {
		years = append(years, calendar.Year{Year: y})
	}
	plain, err := calendar.New(years)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 7))
	for range 3000 {
		d, err := calendar.Must(2000, time.January, 1).AddDays(r.IntN(10000))
		if err != nil {
			t.Fatal(err)
		}
		n := r.IntN(1000) - 500
		got, err := d.AddWeekdays(n)
		want, err2 := plain.AddWorkdays(d, n)
		if err != nil || err2 != nil || got != want {
			t.Fatalf("%s and %d weekdays: %s, %v; want %s, %v", d, n, got, err, want, err2)
		}
		e, err := d.AddDays(r.IntN(2000) - 1000)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.WeekdaysTo(e), must(plain.WorkdaysBetween(d, e)); got != want {
			t.Fatalf("%s to %s: %d weekdays, want %d", d, e, got, want)
		}
	}
	for _, c := range []struct {
		from calendar.Date
		n    int
	}{{calendar.Must(9999, time.December, 31), 1}, {calendar.Must(1, time.January, 1), -1}, {calendar.Date{}, 5}, {calendar.Must(2026, time.March, 1), 1 << 31}} {
		var out *calendar.RangeError
		if got, err := c.from.AddWeekdays(c.n); !errors.As(err, &out) {
			t.Errorf("%s and %d weekdays: %s, %v", c.from, c.n, got, err)
		}
	}
}

func must(n int, err error) int {
	if err != nil {
		panic(err)
	}
	return n
}

// Where the calendar ends, answers are errors and never wrap around.
func TestRecurringAtTheEnds(t *testing.T) {
	first, last := calendar.Must(calendar.MinYear, time.January, 1), calendar.Must(calendar.MaxYear, time.December, 31)
	for name, call := range map[string]func() (calendar.Date, error){
		"weekday after":  func() (calendar.Date, error) { return last.WeekdayOnOrAfter(calendar.Monday) },
		"weekday before": func() (calendar.Date, error) { return first.WeekdayOnOrBefore(calendar.Sunday) },
		"day after":      func() (calendar.Date, error) { return last.MonthDayOnOrAfter(1) },
		"day before":     func() (calendar.Date, error) { return first.MonthDayOnOrBefore(2) },
		"year after":     func() (calendar.Date, error) { return last.YearDayOnOrAfter(time.March, 1) },
		"year before":    func() (calendar.Date, error) { return first.YearDayOnOrBefore(time.March, 1) },
		"months over":    func() (calendar.Date, error) { return last.AddMonthsOver(1) },
	} {
		var out *calendar.RangeError
		if got, err := call(); !errors.As(err, &out) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, d := range []calendar.Date{first, last} {
		year, week := d.ISOWeek()
		if wantYear, wantWeek := d.Time().ISOWeek(); year != wantYear || week != wantWeek {
			t.Errorf("%s: week %d of %d, want %d of %d", d, week, year, wantWeek, wantYear)
		}
	}
}
