package casework

import (
	"errors"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
)

// noticeDays is how many working days after receipt the one-time notice may be given (行政许可法 32(4)).
const noticeDays = 5

// The light of electronic supervision turns yellow when so many working days are left, or so small a part of the limit.
const (
	yellowDays = 2
	yellowPart = 5 // a fifth
)

// today is the civil date in the city.
func (s *Service) today() string { return s.now().In(s.Zone).Format(time.DateOnly) }

// now has the precision that the store keeps.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// due counts a term from a day. A year without a holiday notice is a fault, never a guess.
func (s *Service) due(from string, n int, unit calendar.Unit) (string, error) {
	start, err := calendar.Parse(from)
	if err != nil {
		return "", uncounted(err)
	}
	end, err := s.Dictionary.Calendar().Due(start, n, unit)
	if err != nil {
		return "", uncounted(err)
	}
	return end.String(), nil
}

func uncounted(err error) error {
	var missing *calendar.NoYearError
	if errors.As(err, &missing) {
		return fault.Wrap(err, fault.Unavailable, "case.calendar-missing", "year", missing.Year)
	}
	return fault.Wrap(err, fault.Internal, "case.uncountable")
}

// stageDue is the last day of a stage's own share of the clock, which never outlasts the whole; empty if it has none.
func (s *Service) stageDue(stage plan.Stage, from, whole string) (string, error) {
	if stage.Days <= 0 {
		return "", nil
	}
	due, err := s.due(from, stage.Days, calendar.Workday)
	if err == nil && whole != "" && whole < due {
		due = whole
	}
	return due, err
}

// midnightAfter is the moment a day ends in the city: the deadline of a period that ends on it (民法典 203: 24:00).
func (s *Service) midnightAfter(day string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, s.Zone)
	if err != nil {
		return time.Time{}, uncounted(err)
	}
	return t.AddDate(0, 0, 1).UTC(), nil
}

// light says how a limit stands today, with the working days left, negative when overdue. Without a notice of the year's
// holidays the days cannot be counted; being overdue can still be seen.
func (s *Service) light(from, due string) (string, *int) {
	if due == "" {
		return "none", nil
	}
	today := s.today()
	a, errA := calendar.Parse(today)
	b, errB := calendar.Parse(due)
	left, errLeft := s.Dictionary.Calendar().WorkdaysBetween(a, b)
	if errors.Join(errA, errB, errLeft) != nil {
		if today > due {
			return "red", nil
		}
		return "none", nil
	}
	switch {
	case today > due:
		return "red", &left
	case left <= yellowDays:
		return "yellow", &left
	}
	if start, err := calendar.Parse(from); err == nil {
		if total, err := s.Dictionary.Calendar().WorkdaysBetween(start, b); err == nil && left*yellowPart <= total {
			return "yellow", &left
		}
	}
	return "green", &left
}
