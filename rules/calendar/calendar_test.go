package calendar_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
)

// notices reads the real notices of 2024 to 2026, one a year.
func notices(t testing.TB) []calendar.Year {
	t.Helper()
	raw, err := os.ReadFile("testdata/holidays-2024-2026.json")
	if err != nil {
		t.Fatal(err)
	}
	var days map[string]string
	if err := json.Unmarshal(raw, &days); err != nil {
		t.Fatal(err)
	}
	years := []calendar.Year{{Year: 2024}, {Year: 2025}, {Year: 2026}}
	for text, mark := range days {
		d := date(t, text)
		y := &years[d.Year()-2024]
		switch mark {
		case "off":
			y.Off = append(y.Off, d)
		case "work":
			y.Work = append(y.Work, d)
		default:
			t.Fatalf("%s is marked %q", text, mark)
		}
	}
	return years
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func load(t testing.TB, years ...calendar.Year) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(years)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDue(t *testing.T) {
	c := load(t, notices(t)...)
	f, err := os.Open("testdata/due.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		from, unit, want, why := row[0], row[2], row[3], row[4]
		n, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Due(date(t, from), n, calendar.Unit(unit))
		said := got.String()
		var noYear *calendar.NoYearError
		var outside *calendar.RangeError
		switch {
		case errors.As(err, &noYear):
			said = fmt.Sprint("!", noYear.Year)
		case errors.As(err, &outside):
			said = "!range"
		case err != nil:
			said = err.Error()
		}
		if said != want {
			t.Errorf("%s + %d %s = %s, want %s (%s)", from, n, unit, said, want, why)
		}
	}
	if _, err := c.Due(date(t, "2026-03-02"), 1, "fortnight"); code(err) != "calendar.bad-unit" {
		t.Errorf("unknown unit: %v", err)
	}
}

// code is the catalogue code of a typed error.
func code(err error) string {
	var coded diag.Coded
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return ""
}

func TestWorkdaysOfYears(t *testing.T) {
	c := load(t, notices(t)...)
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		n, err := c.WorkdaysBetween(calendar.Must(year-1, time.December, 31), calendar.Must(year, time.December, 31))
		if err != nil || n != want {
			t.Errorf("%d has %d working days (%v), want %d", year, n, err, want)
		}
	}
}

// TestAgainstCounting compares every answer about three years with counting day by day.
func TestAgainstCounting(t *testing.T) {
	years := notices(t)
	c := load(t, years...)
	off, work := map[calendar.Date]bool{}, map[calendar.Date]bool{}
	for _, y := range years {
		for _, d := range y.Off {
			off[d] = true
		}
		for _, d := range y.Work {
			work[d] = true
		}
	}
	isWork := func(d calendar.Date) bool {
		switch d.Time().Weekday() {
		case time.Saturday, time.Sunday:
			return work[d]
		}
		return !off[d]
	}
	step := func(d calendar.Date, by int) calendar.Date {
		d, err := d.AddDays(by)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	last := date(t, "2026-12-31")
	for from := date(t, "2024-01-01"); !from.After(last); from = step(from, 1) {
		if got, err := c.IsWorkday(from); err != nil || got != isWork(from) {
			t.Fatalf("IsWorkday(%s) = %v, %v", from, got, err)
		}
		if from.Year() != 2025 { // leaves room to count into both neighbours
			continue
		}
		for _, by := range []int{1, -1} {
			d := from
			for n := 1; n <= 40; n++ {
				for d = step(d, by); !isWork(d); d = step(d, by) {
				}
				got, err := c.AddWorkdays(from, by*n)
				if err != nil || got != d {
					t.Fatalf("AddWorkdays(%s, %d) = %s, %v; counting gives %s", from, by*n, got, err, d)
				}
				if back, err := c.WorkdaysBetween(from, d); err != nil || back != by*n {
					t.Fatalf("WorkdaysBetween(%s, %s) = %d, %v; want %d", from, d, back, err, by*n)
				}
			}
		}
	}
}

func TestDueIsMonotoneAndNeverOff(t *testing.T) {
	c := load(t, notices(t)...)
	for _, unit := range []calendar.Unit{calendar.Workday, calendar.Day, calendar.Month} {
		for from := date(t, "2024-01-01"); from.Year() < 2026; {
			next, err := from.AddDays(1)
			if err != nil {
				t.Fatal(err)
			}
			before := from
			for n := 1; n <= 11; n++ {
				due, err := c.Due(from, n, unit)
				if err != nil {
					t.Fatal(err)
				}
				if ok, err := c.IsWorkday(due); err != nil || !ok {
					t.Fatalf("%s + %d %s is due on %s, a day off", from, n, unit, due)
				}
				if due.Before(before) || unit == calendar.Workday && due == before {
					t.Fatalf("%s + %d %s is due on %s, not after %s", from, n, unit, due, before)
				}
				later, err := c.Due(next, n, unit)
				if err != nil || later.Before(due) {
					t.Fatalf("starting later ends earlier: %s and %s + %d %s are due on %s and %s (%v)", from, next, n, unit, due, later, err)
				}
				before = due
			}
			from = next
		}
	}
}

func TestWorkdaysLeft(t *testing.T) {
	c := load(t, notices(t)...)
	for _, test := range []struct {
		today, due string
		n          int
		overdue    bool
	}{
		{"2026-02-10", "2026-02-24", 5, false},
		{"2026-02-15", "2026-02-24", 1, false}, // Spring Festival takes nothing away
		{"2026-02-24", "2026-02-24", 0, false},
		{"2026-03-07", "2026-03-06", 0, true}, // the Saturday after
		{"2026-03-09", "2026-03-06", 1, true},
		{"2026-03-16", "2026-03-06", 6, true},
	} {
		n, overdue, err := c.WorkdaysLeft(date(t, test.today), date(t, test.due))
		if n != test.n || overdue != test.overdue || err != nil {
			t.Errorf("on %s, due %s: %d, %v, %v; want %d, %v", test.today, test.due, n, overdue, err, test.n, test.overdue)
		}
	}
	if _, _, err := c.WorkdaysLeft(date(t, "2026-12-01"), date(t, "2027-01-05")); code(err) != "calendar.year-missing" {
		t.Errorf("due in an unknown year: %v", err)
	}
}

func TestGapBetweenYears(t *testing.T) {
	years := notices(t)
	c := load(t, years[2], years[0])
	if got := c.Years(); !slices.Equal(got, []int{2024, 2026}) {
		t.Fatalf("Years = %v", got)
	}
	if c.Has(2025) || !c.Has(2024) || !c.Has(2026) || c.Has(0) || c.Has(10000) {
		t.Error("Has does not match Years")
	}
	for name, ask := range map[string]func() error{
		"forwards":  func() error { _, err := c.AddWorkdays(date(t, "2024-12-31"), 1); return err },
		"backwards": func() error { _, err := c.AddWorkdays(date(t, "2026-01-01"), -1); return err },
		"across":    func() error { _, err := c.WorkdaysBetween(date(t, "2024-06-03"), date(t, "2026-06-03")); return err },
		"last day":  func() error { _, err := c.AddDaysLastDayRule(date(t, "2024-12-31"), 3); return err },
		"itself":    func() error { _, err := c.IsWorkday(date(t, "2025-06-03")); return err },
	} {
		var missing *calendar.NoYearError
		if err := ask(); !errors.As(err, &missing) || missing.Year != 2025 {
			t.Errorf("%s: %v, want the year 2025 missing", name, err)
		}
	}
}

func TestEmptyCalendarKnowsNothing(t *testing.T) {
	for _, c := range []*calendar.Calendar{load(t), new(calendar.Calendar)} {
		if _, err := c.IsWorkday(date(t, "2026-03-02")); code(err) != "calendar.year-missing" {
			t.Errorf("IsWorkday: %v", err)
		}
		for _, n := range []int{1, -1, math.MaxInt, math.MinInt} {
			if _, err := c.AddWorkdays(date(t, "2026-03-02"), n); code(err) != "calendar.year-missing" {
				t.Errorf("AddWorkdays %d: %v", n, err)
			}
		}
	}
}

func TestFirstAndLastYears(t *testing.T) {
	c := load(t, calendar.Year{Year: calendar.MinYear}, calendar.Year{Year: calendar.MaxYear})
	first, last := calendar.Must(calendar.MinYear, time.January, 1), calendar.Must(calendar.MaxYear, time.December, 31)
	var missing *calendar.NoYearError
	if _, err := c.AddWorkdays(last, 1); !errors.As(err, &missing) || missing.Year != 10000 {
		t.Errorf("after the last day: %v", err)
	}
	if _, err := c.AddWorkdays(first, -1); !errors.As(err, &missing) || missing.Year != 0 {
		t.Errorf("before the first day: %v", err)
	}
	if got, err := c.AddWorkdays(first, 1); err != nil || got.String() != "0001-01-02" {
		t.Errorf("first + 1 = %s, %v", got, err)
	}
}

func TestDecemberOfTheYearBefore(t *testing.T) {
	// The notice for 2023 also took 2022-12-31 off, a Saturday, and that for 2019 made 2018-12-29, a Saturday, a working day.
	of2018 := calendar.Year{Year: 2018}
	of2019 := calendar.Year{Year: 2019, Off: []calendar.Date{date(t, "2018-12-31")}, Work: []calendar.Date{date(t, "2018-12-29")}}
	with := load(t, of2018, of2019)
	for day, want := range map[string]bool{"2018-12-28": true, "2018-12-29": true, "2018-12-30": false, "2018-12-31": false} {
		if got, err := with.IsWorkday(date(t, day)); err != nil || got != want {
			t.Errorf("IsWorkday(%s) = %v, %v", day, got, err)
		}
	}
	if _, err := load(t, of2019).IsWorkday(date(t, "2018-12-29")); code(err) != "calendar.year-missing" {
		t.Errorf("a year is known only through its own notice: %v", err)
	}
}

func TestRefusedNotices(t *testing.T) {
	d := func(s string) []calendar.Date { return []calendar.Date{date(t, s)} }
	for _, test := range []struct {
		want  string
		years []calendar.Year
	}{
		{"calendar.bad-year", []calendar.Year{{}}},
		{"calendar.bad-year", []calendar.Year{{Year: 10000}}},
		{"calendar.year-twice", []calendar.Year{{Year: 2026}, {Year: 2025}, {Year: 2026}}},
		{"calendar.day-twice", []calendar.Year{{Year: 2026, Off: d("2026-01-01"), Work: d("2026-01-01")}}},
		{"calendar.day-twice", []calendar.Year{{Year: 2025, Off: d("2025-12-31")}, {Year: 2026, Off: d("2025-12-31")}}},
		{"calendar.foreign-day", []calendar.Year{{Year: 2026, Off: d("2025-11-30")}}},
		{"calendar.foreign-day", []calendar.Year{{Year: 2026, Work: d("2027-01-01")}}},
		{"calendar.foreign-day", []calendar.Year{{Year: 2026, Off: []calendar.Date{{}}}}},
		{"calendar.mixed-regions", []calendar.Year{{Year: 2025}, {Year: 2026, Region: "513400"}}},
	} {
		_, err := calendar.New(test.years)
		var refused *calendar.NoticeError
		if !errors.As(err, &refused) || refused.Code() != test.want {
			t.Errorf("New(%v) = %v, want %s", test.years, err, test.want)
		}
	}
}

func TestOverlay(t *testing.T) {
	base := load(t, notices(t)...)
	// Local days off of 火把节 (made up), and one of them worked on a Saturday.
	festival := calendar.Year{Year: 2026, Region: "510422", Version: "火把节", Off: []calendar.Date{date(t, "2026-08-06"), date(t, "2026-08-07")},
		Work: []calendar.Date{date(t, "2026-08-01")}}
	local, err := base.Overlay([]calendar.Year{festival})
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string][2]string{ // base, local
		"2026-08-05": {"2026-08-06", "2026-08-10"},
		"2026-07-31": {"2026-08-03", "2026-08-01"},
		"2026-09-30": {"2026-10-08", "2026-10-08"},
	} {
		for i, c := range []*calendar.Calendar{base, local} {
			if got, err := c.AddWorkdays(date(t, from), 1); err != nil || got.String() != want[i] {
				t.Errorf("%s: %s + 1 = %s, %v; want %s", c.Version(), from, got, err, want[i])
			}
		}
	}
	if got := local.Version(); got != "2024, 2025, 2026 + 510422 2026 火把节" {
		t.Errorf("Version = %q", got)
	}
	if base.Fingerprint() == local.Fingerprint() {
		t.Error("the overlay leaves the fingerprint as it was")
	}
	if same, err := base.Overlay(nil); err != nil || same.Fingerprint() != base.Fingerprint() {
		t.Errorf("an empty overlay changes the fingerprint (%v)", err)
	}
	if _, err := base.Overlay([]calendar.Year{{Year: 2027, Region: "510422"}}); code(err) != "calendar.year-missing" {
		t.Errorf("overlay on an unknown year: %v", err)
	}
	if _, err := base.Overlay([]calendar.Year{festival, festival}); code(err) != "calendar.year-twice" {
		t.Errorf("the same overlay twice: %v", err)
	}
}

func TestFingerprintSeesAnAmendment(t *testing.T) {
	years := notices(t)
	before := load(t, years...)
	if again := load(t, notices(t)...); again.Fingerprint() != before.Fingerprint() {
		t.Error("the same notices have two fingerprints")
	}
	named := slices.Clone(years)
	named[0].Version = "another label"
	if load(t, named...).Fingerprint() != before.Fingerprint() {
		t.Error("a label changes the fingerprint")
	}
	years[2].Off = append(years[2].Off, date(t, "2026-05-06"))
	if load(t, years...).Fingerprint() == before.Fingerprint() {
		t.Error("one day off more leaves the fingerprint as it was")
	}
	if load(t, years[:2]...).Fingerprint() == before.Fingerprint() {
		t.Error("a year less leaves the fingerprint as it was")
	}
}

// TestCatalogue holds every typed error to a text in both languages that uses no argument the error lacks.
func TestCatalogue(t *testing.T) {
	errs := []diag.Coded{
		&calendar.NoYearError{Year: 2027}, &calendar.DateError{Text: "x"}, &calendar.UnitError{Unit: "x"},
		&calendar.RangeError{Amount: 1, Unit: calendar.Day},
	}
	for _, why := range []string{"calendar.bad-year", "calendar.year-twice", "calendar.day-twice", "calendar.foreign-day", "calendar.mixed-regions"} {
		errs = append(errs, &calendar.NoticeError{Why: why, Year: 2026})
	}
	for _, err := range errs {
		d := diag.Diagnostic{Code: err.Code(), Args: err.Args()}
		for _, text := range []string{d.Both().Zh, d.Both().En} {
			if text == "" || text == err.Code() || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: text %q", err.Code(), text)
			}
		}
	}
}

func BenchmarkAddWorkdays(b *testing.B) {
	c := load(b, notices(b)...)
	from := date(b, "2026-02-10")
	for b.Loop() {
		if _, err := c.AddWorkdays(from, 20); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWorkdaysBetween(b *testing.B) {
	c := load(b, notices(b)...)
	from, to := date(b, "2024-02-10"), date(b, "2026-11-10")
	for b.Loop() {
		if _, err := c.WorkdaysBetween(from, to); err != nil {
			b.Fatal(err)
		}
	}
}
