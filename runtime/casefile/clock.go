package casefile

import (
	"errors"
	"slices"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
)

// Interval is one entry of the clock's ledger. A case has a list of them because a clock is a history, not a date: every due
// date is counted over it (Count) and none is ever edited.
type Interval struct {
	Kind ClockKind
	// From is, where the clock runs, the day before the first that counts (民法典 201: the first day is not counted), and else
	// the first day the entry is about.
	From      string
	To        string // last day; empty while it lasts
	Procedure string // key of the special procedure that is the reason
	N         int    // of an extension: by how much
	Unit      string
}

// ClockKind says what the legal clock does in an interval.
type ClockKind string

// The kinds of interval.
const (
	ClockRuns      ClockKind = "run"
	ClockSuspended ClockKind = "suspended" // 特别程序: hearing, appraisal, ... not counted (行政许可法 45)
	ClockExtended  ClockKind = "extended"  // 延期: with approval and notice (行政许可法 42); takes no time itself
)

// Count returns the last day of a term over a ledger, counted from a day on, which is not counted itself; what lies before it
// is left out. A day counts if the clock runs on it and it is a day of the term's unit; an extension adds to the term. A term
// of natural days or months that would end on a day off ends on the next working day on which the clock runs (民法典 203); a
// term of months is taken as the days it has when nothing stops it. While the clock stands still the ledger says nothing of
// the end: it is counted as if it ran on from the day until, on which the procedure is expected to end.
//
// The fault is case.calendar-missing for a year without a notice of its holidays.
func Count(cal *calendar.Calendar, clock []Interval, from string, t plan.Term, until string) (string, error) {
	start, err := calendar.Parse(from)
	if err != nil {
		return "", uncounted(err)
	}
	n, unit := t.N, calendar.Unit(t.Unit)
	if unit == calendar.Month {
		end, err := start.AddMonths(n)
		if err != nil {
			return "", uncounted(err)
		}
		n, unit = start.DaysTo(end), calendar.Day
	}
	for _, in := range clock {
		if in.Kind == ClockExtended && in.From >= from {
			n += in.N
		}
	}
	if n <= 0 {
		return from, nil
	}
	if last := len(clock) - 1; last >= 0 && clock[last].Kind == ClockSuspended && clock[last].To == "" {
		resumes, err := lastUncounted(cal, until)
		if err != nil {
			return "", err
		}
		clock = append(slices.Clone(clock), Interval{Kind: ClockRuns, From: resumes})
	}
	for _, in := range clock {
		if in.Kind != ClockRuns || in.To != "" && in.To < from {
			continue
		}
		first, err := calendar.Parse(max(in.From, from))
		if err != nil {
			return "", uncounted(err)
		}
		end, err := ending(cal, first, n, unit)
		if err != nil {
			return "", uncounted(err)
		}
		if in.To == "" || end.String() <= in.To {
			return end.String(), nil
		}
		to, err := calendar.Parse(in.To)
		if err != nil {
			return "", uncounted(err)
		}
		done := first.DaysTo(to)
		if unit == calendar.Workday {
			if done, err = cal.WorkdaysBetween(first, to); err != nil {
				return "", uncounted(err)
			}
		}
		n = max(0, n-done)
	}
	// The case ended first: where the term would have ended had the clock run on.
	return "", nil
}

// ending is the last day of n units after a day; of none, when the days are over but none of them was a working day yet, the
// next working day.
func ending(cal *calendar.Calendar, from calendar.Date, n int, unit calendar.Unit) (calendar.Date, error) {
	if n == 0 {
		return cal.AddWorkdays(from, 1)
	}
	return cal.Due(from, n, unit)
}

// lastUncounted is the last day that is not counted when a procedure ends on a day: counting resumes on the working day after
// it.
func lastUncounted(cal *calendar.Calendar, end string) (string, error) {
	d, err := calendar.Parse(end)
	if err != nil {
		return "", uncounted(err)
	}
	next, err := cal.AddWorkdays(d, 1)
	if err != nil {
		return "", uncounted(err)
	}
	return shifted(next.String(), -1), nil
}

// shifted moves a day; one that is none stays as it is.
func shifted(day string, by int) string {
	d, err := calendar.Parse(day)
	if err != nil {
		return day
	}
	if d, err = d.AddDays(by); err != nil {
		return day
	}
	return d.String()
}

func uncounted(err error) error {
	var missing *calendar.NoYearError
	if errors.As(err, &missing) {
		return fault.Wrap(err, fault.Unavailable, "case.calendar-missing", "year", missing.Year)
	}
	return fault.Wrap(err, fault.Internal, "case.uncountable")
}

// Dues are the last days that an act on the clock leads to. While the clock stands still they hold if the procedure ends when
// it is expected to.
type Dues struct {
	PromisedDue  string `json:"promisedDue,omitempty"`
	StatutoryDue string `json:"statutoryDue,omitempty"`
	StageDue     string `json:"stageDue,omitempty"`
}

// dues counts every limit of a case anew, over the ledger as it is now.
func (s State) dues(cal *calendar.Calendar) (Dues, error) {
	var d Dues
	var until string
	for _, r := range s.suspending() {
		until = max(until, r.Until)
	}
	count := func(from string, t *plan.Term) (string, error) {
		if t == nil {
			return "", nil
		}
		return Count(cal, s.Clock, from, *t, until)
	}
	var err error
	if d.PromisedDue, err = count(s.Accept.On, s.Accept.Promised); err != nil {
		return Dues{}, err
	}
	if d.StatutoryDue, err = count(s.Accept.On, s.Accept.Statutory); err != nil {
		return Dues{}, err
	}
	if days := s.Route[s.Stage].Days; days > 0 {
		if d.StageDue, err = count(s.StageSince, &plan.Term{N: days, Unit: string(calendar.Workday)}); err != nil {
			return Dues{}, err
		}
		if d.PromisedDue != "" {
			d.StageDue = min(d.StageDue, d.PromisedDue)
		}
	}
	return d, nil
}

// pause stops a ledger from a day on; one that stands still already stays so.
func pause(clock []Interval, first, procedure string) []Interval {
	n := len(clock)
	if n == 0 || clock[n-1].Kind != ClockRuns {
		return clock
	}
	clock = slices.Clone(clock)
	clock[n-1].To = max(clock[n-1].From, shifted(first, -1))
	return append(clock, Interval{Kind: ClockSuspended, From: first, Procedure: procedure})
}

// resume lets a ledger run on after a day, the last that is not counted.
func resume(clock []Interval, last string) []Interval {
	n := len(clock)
	if n == 0 || clock[n-1].Kind != ClockSuspended {
		return clock
	}
	clock = slices.Clone(clock)
	clock[n-1].To = max(last, clock[n-1].From)
	return append(clock, Interval{Kind: ClockRuns, From: clock[n-1].To})
}

// extend notes an extension on a day on which the clock runs.
func extend(clock []Interval, on string, e Interval) []Interval {
	n := len(clock)
	clock = slices.Clone(clock)
	clock[n-1].To = max(on, clock[n-1].From)
	e.Kind, e.From, e.To = ClockExtended, clock[n-1].To, clock[n-1].To
	return append(clock, e, Interval{Kind: ClockRuns, From: e.To})
}

// Suspended reports whether the clock of an accepted case stands still.
func (s State) Suspended() bool {
	n := len(s.Clock)
	return s.Phase == Review && n > 0 && s.Clock[n-1].Kind == ClockSuspended
}
