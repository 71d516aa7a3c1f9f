package calendar_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
)

// TestAgainstTime compares dates with package time: every day of the years people live in, and every 37th of all.
func TestAgainstTime(t *testing.T) {
	compare := func(from, to, step int) {
		for at := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() <= to; at = at.AddDate(0, 0, step) {
			d := calendar.FromTime(at)
			y, m, day := d.Civil()
			if wantY, wantM, wantD := at.Date(); y != wantY || m != wantM || day != wantD {
				t.Fatalf("%s is %d-%d-%d", at, y, m, day)
			}
			if !d.Time().Equal(at) || d.Weekday() != at.Weekday() || d.String() != at.Format(time.DateOnly) {
				t.Fatalf("%s is %s, %s, %s", at, d, d.Weekday(), d.Time())
			}
			if back, err := calendar.Parse(d.String()); err != nil || back != d {
				t.Fatalf("%s parses as %s, %v", d, back, err)
			}
			if back, err := calendar.ParseCompact(at.Format("20060102")); err != nil || back != d {
				t.Fatalf("%s parses as %s, %v", d, back, err)
			}
			if got, want := d.LastOfMonth(), at.AddDate(0, 1, -at.Day()); at.Day() <= 28 && got.Time() != want {
				t.Fatalf("last of the month of %s is %s", d, got)
			}
		}
	}
	compare(1890, 2110, 1)
	compare(calendar.MinYear, calendar.MaxYear, 37)
}

func TestFromTimeIsTheDayOfTheClock(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, shanghai) // still 28 February in UTC
	if got := calendar.FromTime(at); got.String() != "2026-03-01" {
		t.Errorf("FromTime = %s", got)
	}
	if got := calendar.FromTime(at.UTC()); got.String() != "2026-02-28" {
		t.Errorf("FromTime of UTC = %s", got)
	}
	newYork := time.FixedZone("EST", -5*3600)
	for _, at := range []time.Time{
		time.Date(1970, 1, 1, 0, 0, 0, 0, newYork), time.Date(1969, 12, 31, 23, 59, 59, 999, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, shanghai),
		time.Date(9999, 12, 31, 23, 59, 59, 0, newYork), time.Date(1944, 2, 29, 12, 0, 0, 0, newYork),
	} {
		if got, want := calendar.FromTime(at).String(), at.Format(time.DateOnly); got != want {
			t.Errorf("FromTime(%s) = %s", at, got)
		}
	}
	for _, at := range []time.Time{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 12, 31, 23, 0, 0, 0, time.UTC)} {
		if got := calendar.FromTime(at); !got.IsZero() {
			t.Errorf("FromTime(%s) = %s, not no date", at, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-2-1", "2026-02-29", "2025-13-01", "2025-00-10", "2025-01-00", "2025-04-31", "0000-01-01", "1900-02-29",
		"2026-02-01 ", "2026/02/01", "20260201", "+026-02-01", "２０２６-02-01", "2026-02-0x"} {
		var bad *calendar.DateError
		if d, err := calendar.Parse(s); !errors.As(err, &bad) || bad.Text != s || !d.IsZero() {
			t.Errorf("Parse(%q) = %s, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-02-01", "19460229", "20261301", "2026020x"} {
		if d, err := calendar.ParseCompact(s); err == nil {
			t.Errorf("ParseCompact(%q) = %s", s, d)
		}
	}
}

func TestMonthsAndYears(t *testing.T) {
	for _, test := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-02-28", 1, "2026-03-28"}, // the day is the same, not the distance to the end
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-12-15", 1, "2027-01-15"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2000-02-29", -1200, "1900-02-28"}, // 1900 was no leap year
		{"0001-12-31", -11, "0001-01-31"},
		{"9999-01-31", 11, "9999-12-31"},
	} {
		got, err := date(t, test.from).AddMonths(test.months)
		if err != nil || got.String() != test.want {
			t.Errorf("%s + %d months = %s, %v; want %s", test.from, test.months, got, err, test.want)
		}
	}
	for _, test := range []struct {
		from, to      string
		months, years int
	}{
		{"1946-03-01", "2026-02-28", 959, 79},
		{"1946-03-01", "2026-03-01", 960, 80},
		{"2024-02-29", "2025-02-27", 11, 0},
		{"2024-02-29", "2025-02-28", 12, 1},
		{"2024-02-29", "2028-02-28", 47, 3},
		{"2024-02-29", "2028-02-29", 48, 4},
		{"2026-01-31", "2026-02-27", 0, 0},
		{"2026-01-31", "2026-02-28", 1, 0},
		{"2026-01-31", "2026-03-30", 1, 0},
		{"2026-03-01", "2026-01-31", -1, 0},
		{"2026-03-01", "2026-03-01", 0, 0},
		{"2026-03-01", "2024-02-28", -24, -2},
	} {
		from, to := date(t, test.from), date(t, test.to)
		if got := from.MonthsTo(to); got != test.months {
			t.Errorf("%s to %s is %d months, want %d", from, to, got, test.months)
		}
		if got := from.YearsTo(to); got != test.years {
			t.Errorf("%s to %s is %d years, want %d", from, to, got, test.years)
		}
	}
}

// TestMonthsToIsTheGreatest holds MonthsTo and YearsTo to their definition on random pairs of dates.
func TestMonthsToIsTheGreatest(t *testing.T) {
	r := rand.New(rand.NewPCG(20260301, 1))
	any := func() calendar.Date {
		for {
			// Days at the ends of months are where mistakes live.
			day := 1 + r.IntN(31)
			if r.IntN(2) == 0 {
				day = 27 + r.IntN(5)
			}
			if d, ok := calendar.Of(1900+r.IntN(200), time.Month(1+r.IntN(12)), day); ok {
				return d
			}
		}
	}
	for range 20000 {
		a, b := any(), any()
		if b.Before(a) {
			a, b = b, a
		}
		n := a.MonthsTo(b)
		here, err1 := a.AddMonths(n)
		next, err2 := a.AddMonths(n + 1)
		if err1 != nil || err2 != nil || here.After(b) || !next.After(b) {
			t.Fatalf("%s to %s is %d months, but those end on %s and one more on %s", a, b, n, here, next)
		}
		years := a.YearsTo(b)
		here, err1 = a.AddYears(years)
		next, err2 = a.AddYears(years + 1)
		if err1 != nil || err2 != nil || here.After(b) || !next.After(b) {
			t.Fatalf("%s to %s is %d years, but those end on %s and one more on %s", a, b, years, here, next)
		}
		if b.MonthsTo(a) != -n {
			t.Fatalf("%s to %s is not mirrored", b, a)
		}
		if got, err := a.AddDays(a.DaysTo(b)); err != nil || got != b {
			t.Fatalf("%s + %d days = %s, %v", a, a.DaysTo(b), got, err)
		}
	}
}

func TestOutOfRange(t *testing.T) {
	first, last := calendar.Must(calendar.MinYear, 1, 1), calendar.Must(calendar.MaxYear, 12, 31)
	for _, n := range []int{1, math.MaxInt32, math.MaxInt, math.MaxInt/12 + 1} {
		for name, add := range map[string]func(calendar.Date, int) (calendar.Date, error){
			"days": calendar.Date.AddDays, "months": calendar.Date.AddMonths, "years": calendar.Date.AddYears,
		} {
			var outside *calendar.RangeError
			if d, err := add(last, n); !errors.As(err, &outside) {
				t.Errorf("the last day + %d %s = %s, %v", n, name, d, err)
			}
			if d, err := add(first, -n); !errors.As(err, &outside) {
				t.Errorf("the first day - %d %s = %s, %v", n, name, d, err)
			}
			if d, err := add(calendar.Date{}, n); err == nil {
				t.Errorf("no date + %d %s = %s", n, name, d)
			}
		}
	}
}

func TestZeroDate(t *testing.T) {
	var d calendar.Date
	y, m, day := d.Civil()
	if !d.IsZero() || d.String() != "" || !d.Time().IsZero() || y != 0 || m != 0 || day != 0 {
		t.Errorf("the zero Date is %q, %d-%d-%d", d, y, m, day)
	}
	if d.FirstOfMonth() != d || d.LastOfMonth() != d {
		t.Error("the zero Date has a month")
	}
}

func TestJSON(t *testing.T) {
	type doc struct {
		On  calendar.Date            `json:"on"`
		Of  *calendar.Date           `json:"of,omitempty"`
		Key map[calendar.Date]string `json:"key,omitempty"`
	}
	in := doc{On: date(t, "2026-03-01"), Key: map[calendar.Date]string{date(t, "2026-10-01"): "off"}}
	raw, err := json.Marshal(in)
	if err != nil || string(raw) != `{"on":"2026-03-01","key":{"2026-10-01":"off"}}` {
		t.Fatalf("%s, %v", raw, err)
	}
	var out doc
	if err := json.Unmarshal(raw, &out); err != nil || out.On != in.On || out.Key[date(t, "2026-10-01")] != "off" {
		t.Errorf("%+v, %v", out, err)
	}
	var bad *calendar.DateError
	if err := json.Unmarshal([]byte(`{"on":"2026-02-30"}`), &out); !errors.As(err, &bad) {
		t.Errorf("a day that does not exist: %v", err)
	}
}
