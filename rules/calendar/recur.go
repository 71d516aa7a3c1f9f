package calendar

import "time"

// Weekdays are numbered as ISO 8601 does: 1 is Monday, 7 is Sunday.
const (
	Monday = 1
	Sunday = 7
)

// ISOWeekday returns the day of the week, 1 for Monday to 7 for Sunday.
func (d Date) ISOWeekday() int { return (int(d.n)+6)%7 + 1 }

// ISOWeek returns the week of ISO 8601 (GB/T 7408.1) that d lies in, 1 to 53, and the year that the week belongs to: weeks begin on
// Monday, and the first of a year is the one with its first Thursday, so that 1 January may lie in a week of the year before.
func (d Date) ISOWeek() (year, week int) {
	thursday := Date{d.n + int32(4-d.ISOWeekday())}
	if thursday.n < 1 { // 0001-01-01 is a Monday; nothing lies before it
		return MinYear, 1
	}
	if thursday.n > maxDay { // 9999-12-31 is a Friday
		thursday = d
	}
	year = thursday.Year()
	return year, (thursday.DayOfYear()-1)/7 + 1
}

// DayOfYear counts the days of the year up to d: 1 on 1 January.
func (d Date) DayOfYear() int { return civil(d.Year(), time.January, 1).DaysTo(d) + 1 }

// DaysInMonth returns the number of days of d's month.
func (d Date) DaysInMonth() int { y, m, _ := d.Civil(); return daysIn(y, m) }

// DaysInYear returns the number of days of d's year.
func (d Date) DaysInYear() int {
	if leap(d.Year()) {
		return 366
	}
	return 365
}

// WeekdayOnOrAfter returns the first day of the week numbered weekday (1 is Monday) that is not before d. The error is a
// *RangeError.
func (d Date) WeekdayOnOrAfter(weekday int) (Date, error) {
	return d.AddDays((weekday - d.ISOWeekday() + 7) % 7)
}

// WeekdayOnOrBefore returns the last day of the week numbered weekday (1 is Monday) that is not after d: the first day of d's
// week, where weeks begin on that day. The error is a *RangeError.
func (d Date) WeekdayOnOrBefore(weekday int) (Date, error) {
	return d.AddDays(-((d.ISOWeekday() - weekday + 7) % 7))
}

// InMonth returns the day numbered day of d's month, or the month's last day if it is shorter.
func (d Date) InMonth(day int) Date {
	y, m, _ := d.Civil()
	return civil(y, m, min(day, daysIn(y, m)))
}

// MonthDayOnOrAfter returns the first date not before d that is the day numbered day (1 to 31) of its month; a shorter month
// has its last day instead. The error is a *RangeError.
func (d Date) MonthDayOnOrAfter(day int) (Date, error) {
	if here := d.InMonth(day); !here.Before(d) {
		return here, nil
	}
	next, err := d.FirstOfMonth().AddMonths(1)
	if err != nil {
		return Date{}, err
	}
	return next.InMonth(day), nil
}

// MonthDayOnOrBefore returns the last date not after d that is the day numbered day (1 to 31) of its month; a shorter month has
// its last day instead. The error is a *RangeError.
func (d Date) MonthDayOnOrBefore(day int) (Date, error) {
	if here := d.InMonth(day); !here.After(d) {
		return here, nil
	}
	last, err := d.FirstOfMonth().AddDays(-1)
	if err != nil {
		return Date{}, err
	}
	return last.InMonth(day), nil
}

// YearDayOnOrAfter returns the first date not before d that is the given day of the year; 29 February is 28 February where the
// year has none. The error is a *RangeError.
func (d Date) YearDayOnOrAfter(month time.Month, day int) (Date, error) {
	if here := inYear(d.Year(), month, day); !here.Before(d) {
		return here, nil
	}
	if d.Year() == MaxYear {
		return Date{}, &RangeError{From: d, Amount: 1, Unit: Years}
	}
	return inYear(d.Year()+1, month, day), nil
}

// YearDayOnOrBefore returns the last date not after d that is the given day of the year: the first day of d's year, where years
// begin on that day (school years, tax years). 29 February is 28 February where the year has none. The error is a *RangeError.
func (d Date) YearDayOnOrBefore(month time.Month, day int) (Date, error) {
	if here := inYear(d.Year(), month, day); !here.After(d) {
		return here, nil
	}
	if d.Year() == MinYear {
		return Date{}, &RangeError{From: d, Amount: -1, Unit: Years}
	}
	return inYear(d.Year()-1, month, day), nil
}

func inYear(year int, month time.Month, day int) Date {
	return civil(year, month, min(day, daysIn(year, month)))
}

// AddMonthsOver is AddMonths by the other convention: where the month has no such day, the first day of the next month. One
// month after 31 January is 1 March. The error is a *RangeError.
func (d Date) AddMonthsOver(n int) (Date, error) {
	got, err := d.AddMonths(n)
	if err != nil {
		return Date{}, err
	}
	if got.Day() < d.Day() {
		if got.n == maxDay {
			return Date{}, &RangeError{From: d, Amount: n, Unit: Month}
		}
		got.n++
	}
	return got, nil
}

// MonthsToOver returns the number of full months from d to e, a day not before it: the greatest n for which d.AddMonthsOver(n)
// is not after e.
func (d Date) MonthsToOver(e Date) int {
	y1, m1, d1 := d.Civil()
	y2, m2, d2 := e.Civil()
	n := (y2-y1)*12 + int(m2-m1)
	if d2 < d1 {
		n--
	}
	return n
}

// weekdays counts the days from Monday to Friday up to day n, 0001-01-01 being the first of them.
func weekdays(n int) int { return n/7*5 + min(n%7, 5) }

// AddWeekdays returns the n-th day from Monday to Friday after d, which is not counted itself; a negative n gives the n-th before
// d, zero d itself. Days off do not matter: Calendar.AddWorkdays knows them. The error is a *RangeError.
func (d Date) AddWeekdays(n int) (Date, error) {
	target := weekdays(int(d.n)) + n
	switch {
	case n == 0:
		return d, nil
	case n < 0:
		target = weekdays(int(d.n)-1) + n + 1
	}
	if d.IsZero() || target < 1 || target > weekdays(maxDay) {
		return Date{}, &RangeError{From: d, Amount: n, Unit: Workday}
	}
	return Date{int32((target-1)/5*7 + (target-1)%5 + 1)}, nil
}

// WeekdaysTo returns how many days from Monday to Friday lead from d to e, d itself not counted: those after d up to and
// including e, or, as a negative number, those before d down to and including e.
func (d Date) WeekdaysTo(e Date) int {
	if e.n < d.n {
		return weekdays(int(e.n)-1) - weekdays(int(d.n)-1)
	}
	return weekdays(int(e.n)) - weekdays(int(d.n))
}
