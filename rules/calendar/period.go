package calendar

import (
	"cmp"
	"slices"
)

// Period is a run of days; both its ends belong to it. From is never after To.
type Period struct{ From, To Date }

// Days returns how many days the period has.
func (p Period) Days() int { return p.From.DaysTo(p.To) + 1 }

// Within returns the part of the period that lies in a window; ok is false if there is none.
func (p Period) Within(window Period) (part Period, ok bool) {
	part = Period{From: later(p.From, window.From), To: earlier(p.To, window.To)}
	return part, !part.From.After(part.To)
}

// Union returns the days that lie in at least one of the periods, as the fewest periods in order: those that overlap, or follow
// each other without a day between them, become one. Periods is not changed.
func Union(periods []Period) []Period {
	sorted := slices.Clone(periods)
	slices.SortFunc(sorted, func(a, b Period) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	var out []Period
	for _, p := range sorted {
		if last := len(out) - 1; last >= 0 && p.From.n <= out[last].To.n+1 {
			out[last].To = later(out[last].To, p.To)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// Months counts the calendar months of disjoint periods in order, as Union gives them: touched are those with at least one day
// in them, whole those of which every day is.
func Months(union []Period) (touched, whole int) {
	last := -1 // the last month counted as touched
	for _, p := range union {
		first, end := p.From.month(), p.To.month()
		touched += end - first + 1
		if first == last {
			touched--
		}
		last = end
		if p.From.Day() > 1 {
			first++
		}
		if p.To.Day() < p.To.DaysInMonth() {
			end--
		}
		whole += max(0, end-first+1)
	}
	return touched, whole
}

// month numbers the months.
func (d Date) month() int { y, m, _ := d.Civil(); return y*12 + int(m) }

func later(a, b Date) Date {
	if a.n > b.n {
		return a
	}
	return b
}

func earlier(a, b Date) Date {
	if a.n < b.n {
		return a
	}
	return b
}
