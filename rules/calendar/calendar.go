// Package calendar counts days as Chinese law counts them: civil dates, working days by the yearly notices of the State
// Council on days off and make-up working days, and periods of days, months and years with the last-day rule.
//
// The start day of a period is never counted (民法典 201). A period of months or years ends on the same day of the last
// month, or on that month's last day (民法典 202). A period of natural days, months or years whose last day is a day off ends
// on the first working day after it (民法典 203). Periods of working days skip days off and count make-up working days, also
// those on a Saturday or Sunday (行政许可法 82).
//
// A year whose notice was not loaded is unknown: nothing is ever assumed about its days, and every answer that would
// depend on one is a *NoYearError. The package reads no clock and imports nothing of ours.
package calendar

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Unit is what a period is counted in.
type Unit string

// The units. The texts are those of item documents.
const (
	Workday Unit = "workday"
	Day     Unit = "day"
	Month   Unit = "month"
	Years   Unit = "year"
)

// Year is one year's notice: the days on which it differs from the plain week of five working days. A notice may also name
// days of the December before its year (that for 2023 named 2022-12-31); they count if that year is loaded as well.
type Year struct {
	Year    int
	Region  string // empty for the whole country, else the division whose own days off these are
	Version string // the notice's number, or any label that tells versions apart
	Off     []Date // days off
	Work    []Date // make-up working days
}

// Calendar knows which days of its years are working days. It is immutable and safe for concurrent use.
type Calendar struct {
	notices []Year // base years, then overlays in order
	spans   []span // in order, never adjacent
	hash    string
}

// span is an unbroken run of loaded years.
type span struct {
	first, last int32   // days
	before      []int32 // before[i] is how many working days lie in [first, first+i)
	work        []int32 // the working days in order
}

// NoYearError says that an answer depends on a year whose notice is not loaded. Year is that year.
type NoYearError struct{ Year int }

func (e *NoYearError) Error() string {
	return fmt.Sprintf("calendar: the notice of days off for %d is not loaded", e.Year)
}

// Code is the error's code in the catalogue.
func (e *NoYearError) Code() string { return "calendar.year-missing" }

// Args are the arguments of the error's text.
func (e *NoYearError) Args() map[string]string { return map[string]string{"year": fmt.Sprint(e.Year)} }

// UnitError says that a period is in a unit that does not exist.
type UnitError struct{ Unit Unit }

func (e *UnitError) Error() string {
	return fmt.Sprintf("calendar: %q is no unit of time", string(e.Unit))
}

// Code is the error's code in the catalogue.
func (e *UnitError) Code() string { return "calendar.bad-unit" }

// Args are the arguments of the error's text.
func (e *UnitError) Args() map[string]string { return map[string]string{"unit": string(e.Unit)} }

// NoticeError says that notices cannot be made into a calendar. Its code tells why: calendar.bad-year, calendar.year-twice,
// calendar.day-twice, calendar.foreign-day or calendar.mixed-regions.
type NoticeError struct {
	Why  string // the code
	Year int    // of the notice
	Day  Date   // the offending day, if one is
}

func (e *NoticeError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("calendar: notice for %d: %s %s", e.Year, e.Why, e.Day))
}

// Code is the error's code in the catalogue.
func (e *NoticeError) Code() string { return e.Why }

// Args are the arguments of the error's text.
func (e *NoticeError) Args() map[string]string {
	return map[string]string{"year": fmt.Sprint(e.Year), "day": e.Day.String()}
}

// New makes a calendar from notices of one region (normally the whole country), at most one a year. The days of a loaded
// year that no notice names are working days from Monday to Friday. Errors are *NoticeError.
func New(years []Year) (*Calendar, error) {
	marks, err := read(years)
	if err != nil {
		return nil, err
	}
	return build(slices.SortedFunc(slices.Values(years), byYear), marks), nil
}

// Overlay returns a calendar in which a region's own notices hold beside the base, such as the local days off of 火把节. A
// day that an overlay names is as the overlay says, whatever the base says. The base must know the overlay's years, else the
// error is a *NoYearError; other errors are *NoticeError.
func (c *Calendar) Overlay(years []Year) (*Calendar, error) {
	own, err := read(years)
	if err != nil {
		return nil, err
	}
	for _, y := range years {
		if !c.Has(y.Year) {
			return nil, &NoYearError{Year: y.Year}
		}
	}
	marks := map[Date]bool{}
	for _, s := range c.spans {
		for n := s.first; n <= s.last; n++ {
			marks[Date{n}] = s.isWork(n)
		}
	}
	maps.Copy(marks, own)
	return build(slices.Concat(c.notices, slices.SortedFunc(slices.Values(years), byYear)), marks), nil
}

func byYear(a, b Year) int { return cmp.Compare(a.Year, b.Year) }

// read collects the days that the notices of one region name: true for a working day. The error is a *NoticeError.
func read(years []Year) (map[Date]bool, error) {
	marks, seen := map[Date]bool{}, map[int]bool{}
	for _, y := range years {
		if y.Year < MinYear || y.Year > MaxYear {
			return nil, &NoticeError{Why: "calendar.bad-year", Year: y.Year}
		}
		if seen[y.Year] {
			return nil, &NoticeError{Why: "calendar.year-twice", Year: y.Year}
		}
		if y.Region != years[0].Region {
			return nil, &NoticeError{Why: "calendar.mixed-regions", Year: y.Year}
		}
		seen[y.Year] = true
		for i, d := range slices.Concat(y.Off, y.Work) {
			if year, month, _ := d.Civil(); year != y.Year && (year != y.Year-1 || month != time.December) {
				return nil, &NoticeError{Why: "calendar.foreign-day", Year: y.Year, Day: d}
			}
			if _, twice := marks[d]; twice {
				return nil, &NoticeError{Why: "calendar.day-twice", Year: y.Year, Day: d}
			}
			marks[d] = i >= len(y.Off)
		}
	}
	return marks, nil
}

func build(notices []Year, marks map[Date]bool) *Calendar {
	loaded := make([]int, 0, len(notices))
	for _, n := range notices {
		loaded = append(loaded, n.Year)
	}
	slices.Sort(loaded)
	loaded = slices.Compact(loaded)

	c := &Calendar{notices: notices}
	sum := sha256.New()
	for i := 0; i < len(loaded); {
		j := i
		for j+1 < len(loaded) && loaded[j+1] == loaded[j]+1 {
			j++
		}
		s := span{first: civil(loaded[i], time.January, 1).n, last: civil(loaded[j], time.December, 31).n}
		s.before = make([]int32, s.last-s.first+2)
		for n := s.first; n <= s.last; n++ {
			d := Date{n}
			work, marked := marks[d]
			if !marked {
				work = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
			}
			if work {
				s.work = append(s.work, n)
				fmt.Fprintln(sum, d)
			}
			s.before[n-s.first+1] = int32(len(s.work))
		}
		fmt.Fprintln(sum, loaded[i], loaded[j])
		c.spans = append(c.spans, s)
		i = j + 1
	}
	c.hash = hex.EncodeToString(sum.Sum(nil))
	return c
}

// Years returns the loaded years in order.
func (c *Calendar) Years() []int {
	var years []int
	for _, s := range c.spans {
		for y := (Date{s.first}).Year(); y <= (Date{s.last}).Year(); y++ {
			years = append(years, y)
		}
	}
	return years
}

// Has reports whether the year's notice is loaded.
func (c *Calendar) Has(year int) bool {
	return year >= MinYear && year <= MaxYear && c.span(civil(year, time.January, 1).n) != nil
}

// Version names the notices the calendar was made from, overlays after the base: "2025, 2026 + 513400 2026 火把节".
func (c *Calendar) Version() string {
	var b strings.Builder
	region := ""
	for i, n := range c.notices {
		switch {
		case i > 0 && n.Region != region:
			b.WriteString(" + ")
		case i > 0:
			b.WriteString(", ")
		}
		if n.Region != "" && (i == 0 || n.Region != region) {
			b.WriteString(n.Region + " ")
		}
		b.WriteString(fmt.Sprint(n.Year))
		if n.Version != "" {
			b.WriteString(" " + n.Version)
		}
		region = n.Region
	}
	return b.String()
}

// Fingerprint is a hash of the years and their working days: equal for calendars that give the same answers, whatever
// their notices are called. A decision that keeps it can tell later whether an amended notice touches it.
func (c *Calendar) Fingerprint() string { return c.hash }

// span returns the run of loaded years that holds day n, or nil.
func (c *Calendar) span(n int32) *span {
	for i := range c.spans {
		if s := &c.spans[i]; n >= s.first && n <= s.last {
			return s
		}
	}
	return nil
}

// at is span with its error.
func (c *Calendar) at(n int32) (*span, error) {
	if s := c.span(n); s != nil {
		return s, nil
	}
	if n < 1 {
		return nil, &NoYearError{Year: MinYear - 1}
	}
	if n > maxDay {
		return nil, &NoYearError{Year: MaxYear + 1}
	}
	return nil, &NoYearError{Year: Date{n}.Year()}
}

func (s *span) isWork(n int32) bool { return s.before[n-s.first+1] != s.before[n-s.first] }

// IsWorkday reports whether d is a working day: a weekday that is not a day off, or a make-up working day. The error is a
// *NoYearError.
func (c *Calendar) IsWorkday(d Date) (bool, error) {
	s, err := c.at(d.n)
	if err != nil {
		return false, err
	}
	return s.isWork(d.n), nil
}

// AddWorkdays returns the n-th working day after from; the start day is not counted, whether it is a working day or not. A
// negative n gives the n-th working day before from; zero gives from itself, even a day off. WorkdaysBetween is its
// inverse. Only the years of the days counted need to be loaded. The error is a *NoYearError naming the first year that is
// missing.
func (c *Calendar) AddWorkdays(from Date, n int) (Date, error) {
	switch {
	case n > 0:
		s, err := c.at(from.n + 1)
		if err != nil {
			return Date{}, err
		}
		if i := int(s.before[from.n+1-s.first]) + (n - 1); n <= len(s.work) && i < len(s.work) {
			return Date{s.work[i]}, nil
		}
		return Date{}, &NoYearError{Year: Date{s.last}.Year() + 1}
	case n < 0:
		s, err := c.at(from.n - 1)
		if err != nil {
			return Date{}, err
		}
		if i := int(s.before[from.n-s.first]) + n; i >= 0 {
			return Date{s.work[i]}, nil
		}
		return Date{}, &NoYearError{Year: Date{s.first}.Year() - 1}
	}
	return from, nil
}

// WorkdaysBetween returns how many working days lead from a to b, a itself not counted: those after a up to and including
// b, or, as a negative number, those before a down to and including b. The error is a *NoYearError.
func (c *Calendar) WorkdaysBetween(a, b Date) (int, error) {
	if a == b {
		return 0, nil
	}
	first, last := a.n+1, b.n
	if b.n < a.n {
		first, last = b.n, a.n-1
	}
	s, err := c.at(first)
	if err != nil {
		return 0, err
	}
	if last > s.last {
		return 0, &NoYearError{Year: Date{s.last}.Year() + 1}
	}
	n := int(s.before[last-s.first+1] - s.before[first-s.first])
	if b.n < a.n {
		n = -n
	}
	return n, nil
}

// WorkdaysLeft returns how many working days remain after today up to and including due: zero on the due day itself. Once
// the due day is over, overdue is true and n counts the working days gone by since, up to and including today: zero on the
// day off after it. The error is a *NoYearError.
func (c *Calendar) WorkdaysLeft(today, due Date) (n int, overdue bool, err error) {
	if today.After(due) {
		n, err = c.WorkdaysBetween(due, today)
		return n, err == nil, err
	}
	n, err = c.WorkdaysBetween(today, due)
	return n, false, err
}

// LastDay applies the last-day rule (民法典 203): a period that would end on a day off ends on the first working day after
// it. The error is a *NoYearError.
func (c *Calendar) LastDay(d Date) (Date, error) {
	work, err := c.IsWorkday(d)
	if err != nil || work {
		return d, err
	}
	return c.AddWorkdays(d, 1)
}

// AddDaysLastDayRule returns the last day of a period of n natural days from from, which is not counted itself, moved by
// the last-day rule (民法典 201, 203). For n of zero or less nothing is moved: the rule is about periods that run. Errors are
// *NoYearError and *RangeError.
func (c *Calendar) AddDaysLastDayRule(from Date, n int) (Date, error) {
	d, err := from.AddDays(n)
	return c.end(d, n, err)
}

// AddMonths returns the last day of a period of n months from from: the same day of the last month or that month's last
// day (民法典 202), moved by the last-day rule (民法典 203) if n is positive. Errors are *NoYearError and *RangeError.
func (c *Calendar) AddMonths(from Date, n int) (Date, error) {
	d, err := from.AddMonths(n)
	return c.end(d, n, err)
}

// AddYears is AddMonths for years.
func (c *Calendar) AddYears(from Date, n int) (Date, error) {
	d, err := from.AddYears(n)
	return c.end(d, n, err)
}

func (c *Calendar) end(d Date, n int, err error) (Date, error) {
	if err != nil || n <= 0 {
		return d, err
	}
	return c.LastDay(d)
}

// Due returns the last day of a period of n units that starts with an event on from: AddWorkdays for working days,
// AddDaysLastDayRule for natural days, AddMonths and AddYears for months and years. With a positive n it is never a day off.
// Errors are *NoYearError, *RangeError and *UnitError.
func (c *Calendar) Due(from Date, n int, unit Unit) (Date, error) {
	switch unit {
	case Workday:
		return c.AddWorkdays(from, n)
	case Day:
		return c.AddDaysLastDayRule(from, n)
	case Month:
		return c.AddMonths(from, n)
	case Years:
		return c.AddYears(from, n)
	}
	return Date{}, &UnitError{Unit: unit}
}
