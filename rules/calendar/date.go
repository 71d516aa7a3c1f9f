package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a civil date: a day of the Gregorian calendar without a time or a zone, from 0001-01-01 to 9999-12-31. The zero
// value is no date at all. Dates compare with == and can be keys of a map.
type Date struct {
	n int32 // 1 is 0001-01-01, 0 is no date
}

// The years a Date can be in.
const (
	MinYear = 1
	MaxYear = 9999
)

const (
	maxDay    = 3652059 // 9999-12-31
	unixEpoch = 719163  // 1970-01-01
)

// RangeError says that a computation would leave the years MinYear to MaxYear.
type RangeError struct {
	From   Date
	Amount int
	Unit   Unit
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("calendar: %s plus %d %s is outside the years %d to %d", e.From, e.Amount, e.Unit, MinYear, MaxYear)
}

// Code is the error's code in the catalogue.
func (e *RangeError) Code() string { return "calendar.out-of-range" }

// Args are the arguments of the error's text.
func (e *RangeError) Args() map[string]string {
	return map[string]string{"from": e.From.String(), "amount": fmt.Sprint(e.Amount), "unit": string(e.Unit)}
}

// DateError says that a text is not a date written YYYY-MM-DD, or names a day that does not exist (2025-02-29).
type DateError struct{ Text string }

func (e *DateError) Error() string {
	return fmt.Sprintf("calendar: %q is not a date (YYYY-MM-DD)", e.Text)
}

// Code is the error's code in the catalogue.
func (e *DateError) Code() string { return "calendar.bad-date" }

// Args are the arguments of the error's text.
func (e *DateError) Args() map[string]string { return map[string]string{"text": e.Text} }

// Of returns the date of a year, month and day; ok is false if there is no such day.
func Of(year int, month time.Month, day int) (d Date, ok bool) {
	if year < MinYear || year > MaxYear || month < time.January || month > time.December || day < 1 || day > daysIn(year, month) {
		return Date{}, false
	}
	return civil(year, month, day), true
}

// Must is Of for dates known when the program is written; it panics if there is no such day.
func Must(year int, month time.Month, day int) Date {
	d, ok := Of(year, month, day)
	if !ok {
		panic(fmt.Sprintf("calendar: no such day: %d-%d-%d", year, month, day))
	}
	return d
}

// Parse reads a date written exactly YYYY-MM-DD. The error is a *DateError.
func Parse(s string) (Date, error) {
	if len(s) == len("2006-01-02") && s[4] == '-' && s[7] == '-' {
		y, okY := digits(s[:4])
		m, okM := digits(s[5:7])
		d, okD := digits(s[8:])
		if date, ok := Of(y, time.Month(m), d); ok && okY && okM && okD {
			return date, nil
		}
	}
	return Date{}, &DateError{Text: s}
}

// ParseCompact reads a date written exactly YYYYMMDD, as identity numbers hold it. The error is a *DateError.
func ParseCompact(s string) (Date, error) {
	if len(s) == len("20060102") {
		y, okY := digits(s[:4])
		m, okM := digits(s[4:6])
		d, okD := digits(s[6:])
		if date, ok := Of(y, time.Month(m), d); ok && okY && okM && okD {
			return date, nil
		}
	}
	return Date{}, &DateError{Text: s}
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// FromTime returns the civil date that t's clock shows in t's own zone. A time outside the range of Date gives the zero
// Date.
func FromTime(t time.Time) Date {
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	n := seconds/86400 + unixEpoch
	if seconds%86400 < 0 { // division rounds towards zero, days begin at midnight
		n--
	}
	if n < 1 || n > maxDay {
		return Date{}
	}
	return Date{int32(n)}
}

// Time returns midnight UTC of the date: the form in which fact values hold dates. The zero Date gives the zero time.
func (d Date) Time() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Unix((int64(d.n)-unixEpoch)*86400, 0).UTC()
}

// IsZero reports whether d is no date at all.
func (d Date) IsZero() bool { return d.n == 0 }

// String writes the date as YYYY-MM-DD, and the zero Date as the empty string.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// MarshalText writes the date as YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date written YYYY-MM-DD; the empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	got, err := Parse(string(text))
	if err == nil {
		*d = got
	}
	return err
}

// Civil returns the year, month and day; zeros for the zero Date.
func (d Date) Civil() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	// Counts days in a year that begins in March, so that the leap day is the last of its year.
	z := int(d.n) + 305
	era := z / 146097
	doe := z % 146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	year, month, day = yoe+era*400, time.Month(mp+3), doy-(153*mp+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// Year returns the year, 0 for the zero Date.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

// Month returns the month, 0 for the zero Date.
func (d Date) Month() time.Month { _, m, _ := d.Civil(); return m }

// Day returns the day of the month, 0 for the zero Date.
func (d Date) Day() int { _, _, day := d.Civil(); return day }

// Weekday returns the day of the week; Sunday for the zero Date.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.n % 7) }

// Compare returns -1, 0 or 1 as d is before, the same as or after e.
func (d Date) Compare(e Date) int { return cmp.Compare(d.n, e.n) }

// Before reports whether d is before e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After reports whether d is after e.
func (d Date) After(e Date) bool { return d.n > e.n }

// DaysTo returns how many days e is after d; negative if it is before.
func (d Date) DaysTo(e Date) int { return int(e.n) - int(d.n) }

// MonthsTo returns the number of full months from d to e: the greatest n for which d.AddMonths(n) is not after e, so the
// same day of a later month completes a month, and the last day of a shorter month does (民法典 202). It is negative, and
// mirrors e.MonthsTo(d), if e is before d.
func (d Date) MonthsTo(e Date) int {
	if e.n < d.n {
		return -e.MonthsTo(d)
	}
	y1, m1, d1 := d.Civil()
	y2, m2, d2 := e.Civil()
	n := (y2-y1)*12 + int(m2-m1)
	if d2 < min(d1, daysIn(y2, m2)) {
		n--
	}
	return n
}

// YearsTo returns the number of full years from d to e, counted as MonthsTo counts months: from 29 February a year is
// complete on 28 February of a common year.
func (d Date) YearsTo(e Date) int { return d.MonthsTo(e) / 12 }

// AddDays returns the date n days later (earlier for a negative n). The error is a *RangeError.
func (d Date) AddDays(n int) (Date, error) {
	if sum := int64(d.n) + int64(n); !d.IsZero() && n >= -maxDay && n <= maxDay && sum >= 1 && sum <= maxDay {
		return Date{int32(sum)}, nil
	}
	return Date{}, &RangeError{From: d, Amount: n, Unit: Day}
}

// AddMonths returns the same day n months later, or the last day of that month if it has no such day (民法典 202): one month
// after 31 January is 28 or 29 February. The error is a *RangeError.
func (d Date) AddMonths(n int) (Date, error) {
	if !d.IsZero() && n >= -12*MaxYear && n <= 12*MaxYear {
		y, m, day := d.Civil()
		months := y*12 + int(m-1) + n
		if y, m = months/12, time.Month(months%12+1); months >= 12*MinYear && y <= MaxYear {
			return civil(y, m, min(day, daysIn(y, m))), nil
		}
	}
	return Date{}, &RangeError{From: d, Amount: n, Unit: Month}
}

// AddYears returns the same day n years later, and 28 February for 29 February if that year has none (民法典 202). The error
// is a *RangeError.
func (d Date) AddYears(n int) (Date, error) {
	if n >= -MaxYear && n <= MaxYear {
		if got, err := d.AddMonths(12 * n); err == nil {
			return got, nil
		}
	}
	return Date{}, &RangeError{From: d, Amount: n, Unit: Years}
}

// FirstOfMonth returns the first day of d's month.
func (d Date) FirstOfMonth() Date {
	if d.IsZero() {
		return d
	}
	y, m, _ := d.Civil()
	return civil(y, m, 1)
}

// LastOfMonth returns the last day of d's month.
func (d Date) LastOfMonth() Date {
	if d.IsZero() {
		return d
	}
	y, m, _ := d.Civil()
	return civil(y, m, daysIn(y, m))
}

// civil is the day number of a day that exists.
func civil(year int, month time.Month, day int) Date {
	y, m := year, int(month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	doy := (153*(m-3)+2)/5 + day - 1
	return Date{int32(365*y + y/4 - y/100 + y/400 + doy - 305)}
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if leap(year) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	default:
		return 31
	}
}
