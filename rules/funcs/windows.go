package funcs

import (
	"sort"

	"github.com/tongban/tongban/rules/calendar"
)

// windowFuncs are about so many days within a moving window, as rules on stays and on sick leave have them: at most 90 days in any
// 180 (Schengen Borders Code art. 6(1)). A window ends with the day it is about and contains it.
func windowFuncs() []Func {
	pair := []Param{param("starts", dates), param("ends", dates)}
	const (
		zh = "期间以两个等长列表表示：各期间的首日和末日，均计入；重叠的部分只计一次。末日早于首日、两个列表长度不同，是错误。"
		en = " Periods are two lists of one length, their first and their last days, both included; days in several of them count once. An end before its start and lists of different lengths are errors."
		// 90 days of two stays; the window of 180 days that ends on 2026-06-29 begins on 1 January.
		stays = `[date("2026-01-01"), date("2026-03-02")], [date("2026-01-30"), date("2026-04-30")]`
	)
	return grouped(Periods, []Func{
		{
			Name:     "periods_overlap",
			Params:   pair,
			Result:   boolean,
			Doc:      both("是否有任何一日同时在两个以上的期间之内。"+zh, "Whether some day lies in more than one of the periods."+en),
			Phrase:   both("首日为{0}、末日为{1}的各期间有重叠", "some of the periods from {0} to {1} overlap"),
			Cost:     parsed,
			ItemCost: sorted,
			Examples: []Example{
				example(`periods_overlap([date("2026-03-01"), date("2026-03-10")], [date("2026-03-10"), date("2026-03-20")])`, "true"),
				example(`periods_overlap([date("2026-03-11"), date("2026-03-01")], [date("2026-03-20"), date("2026-03-10")])`, "false"),
			},
			Call: func(args []any) (any, error) {
				union, err := covered(args)
				if err != nil {
					return nil, err
				}
				single := 0
				for i, start := range args[0].([]any) {
					single += calendar.Period{From: day(start), To: day(args[1].([]any)[i])}.Days()
				}
				return int64(single) > daysOf(union).(int64), nil
			},
		},
		{
			Name:   "most_days_in_window",
			Params: append(pair[:2:2], param("window", integer)),
			Result: integer,
			Doc: both("任何连续 window 日之内，落在各期间的天数最多有多少。“任意180日内不超过90日”写作 most_days_in_window(…, 180) <= 90。window 不足1是错误。"+zh,
				"The most days of the periods that lie in any window of so many days. \"At most 90 days in any 180\" is most_days_in_window(…, 180) <= 90. A window below 1 is an error."+en),
			Phrase:   both("任意连续{2 日}之内，落在首日为{0}、末日为{1}的各期间的最多天数", "the most days of the periods from {0} to {1} in any run of {2 days}"),
			Unit:     both("日", "days"),
			Examples: []Example{example("most_days_in_window("+stays+", 180)", "90"), example("most_days_in_window("+stays+", 60)", "60"), example("most_days_in_window("+stays+", 1)", "1")},
			Cost:     parsed,
			ItemCost: sorted,
			Call: func(args []any) (any, error) {
				union, err := covered(args)
				if err != nil {
					return nil, err
				}
				window := amount(args[2])
				if window < 1 {
					return nil, failed(CodeStep, "name", "most_days_in_window", "value", window)
				}
				p, most := newPresence(union), 0
				for _, period := range union { // a window with the most days begins where a period does
					most = max(most, p.until(numbered(period.From)+window-1)-p.until(numbered(period.From)-1))
				}
				return int64(most), nil
			},
		},
		{
			Name:   "first_day_with_room",
			Params: append(pair[:2:2], param("window", integer), param("limit", integer), param("from", date)),
			Result: date,
			Doc: both("from 起第一个可以在场而不超限的日子：截至该日（含）的 window 日之内，各期间的天数连同该日不超过 limit。limit 不足1、大于 window 是错误。"+zh,
				"The first day from a date on that may be added without going above a limit: in the window of so many days that ends with it, the days of the periods and the day itself are at most limit. A limit below 1 or above the window is an error."+en),
			Phrase:   both("{4}起，加上首日为{0}、末日为{1}的各期间，任意{2 日}之内不超过{3 日}的第一日", "the first day from {4} on that keeps to {3 days} in any run of {2 days}, the periods from {0} to {1} included"),
			Examples: []Example{example("first_day_with_room("+stays+`, 180, 90, date("2026-05-01"))`, `date("2026-06-30")`), example("first_day_with_room("+stays+`, 180, 91, date("2026-05-01"))`, `date("2026-05-01")`)},
			Cost:     100,
			ItemCost: sorted,
			Call: func(args []any) (any, error) {
				p, window, limit, from, err := stayArgs(args)
				if err != nil {
					return nil, err
				}
				for d := from; ; {
					over := p.until(d-1) - p.until(d-window) + 1 - limit
					if over <= 0 {
						return dated(day(args[4]).AddDays(d - from))
					}
					d += over // every day that passes takes at most one out of the window
				}
			},
		},
		{
			Name:   "last_day_of_stay",
			Params: append(pair[:2:2], param("window", integer), param("limit", integer), param("from", date)),
			Result: date,
			Doc: both("自 from 起连续在场，最晚到哪一日仍不超限：每一日截至该日（含）的 window 日之内，from 之前各期间的天数连同此次的天数不超过 limit。from 当日即已超限的，为 from 的前一日。limit 不足1、不小于 window 是错误。"+zh,
				"The last day of a stay without a gap from a date on that keeps to a limit: in the window of so many days that ends with each of its days, the days of earlier periods and of the stay are at most limit. The day before the date if there is no room for the date itself. A limit below 1, and one that is not below the window, is an error."+en),
			Phrase:   both("自{4}起连续，加上首日为{0}、末日为{1}的各期间，任意{2 日}之内不超过{3 日}的最后一日", "the last day of a stay from {4} on that keeps to {3 days} in any run of {2 days}, the periods from {0} to {1} included"),
			Examples: []Example{example("last_day_of_stay("+stays+`, 180, 90, date("2026-06-30"))`, `date("2026-07-29")`), example("last_day_of_stay("+stays+`, 180, 90, date("2026-05-01"))`, `date("2026-04-30")`), example("last_day_of_stay("+stays+`, 180, 90, date("2027-01-01"))`, `date("2027-03-31")`)},
			Cost:     100,
			ItemCost: sorted,
			Call: func(args []any) (any, error) {
				p, window, limit, from, err := stayArgs(args)
				if err == nil && limit == window {
					err = failed(CodeLimits, "low", limit, "high", window-1)
				}
				if err != nil {
					return nil, err
				}
				before := p.until(from - 1)
				// With every day the stay has one more and the window loses at most one, so that once above the limit it stays above.
				days := sort.Search(window, func(i int) bool {
					return before-p.until(min(from-1, from+i-window))+i+1 > limit
				})
				return dated(day(args[4]).AddDays(days - 1))
			},
		},
	})
}

// presence counts the days of disjoint periods in order.
type presence struct {
	from, to []int // numbers of days
	before   []int // days of the periods before each
}

func newPresence(union []calendar.Period) presence {
	var p presence
	days := 0
	for _, period := range union {
		p.from, p.to, p.before = append(p.from, numbered(period.From)), append(p.to, numbered(period.To)), append(p.before, days)
		days += period.Days()
	}
	return p
}

// numbered numbers the days, so that windows may begin before the calendar does.
func numbered(d calendar.Date) int { return calendar.Date{}.DaysTo(d) }

// until is how many days there are up to one, which is included.
func (p presence) until(n int) int {
	i := sort.SearchInts(p.from, n+1) - 1
	if i < 0 {
		return 0
	}
	return p.before[i] + min(n, p.to[i]) - p.from[i] + 1
}

// stayArgs are the arguments of functions about a limit in a window. The error is an *Error.
func stayArgs(args []any) (p presence, window, limit, from int, err error) {
	union, err := covered(args)
	if err != nil {
		return p, 0, 0, 0, err
	}
	window, limit = amount(args[2]), amount(args[3])
	switch {
	case limit < 1:
		err = failed(CodeLimits, "low", 1, "high", limit)
	case limit > window:
		err = failed(CodeLimits, "low", limit, "high", window)
	}
	return newPresence(union), window, limit, numbered(day(args[4])), err
}

// weekdayFuncs are the days of a period that are given days of the week.
func weekdayFuncs() []Func {
	return grouped(Periods, []Func{
		{
			Name:   "weekdays_in",
			Params: []Param{param("from", date), param("to", date), param("weekdays", listOf(weekdays))},
			Result: listUpTo(date, MaxDays),
			Doc: both("from 至 to（均计入）之间是所列星期几的各日，依次排列（1 为星期一，7 为星期日）；from 至 to 至多 4000 日，超出是错误。to 早于 from 时列表为空。",
				"The days from one date to another, both included, that are one of these days of the week, in order (1 is Monday, 7 is Sunday). The dates may lie 4000 days apart, more are an error; none if to is earlier than from."),
			Phrase:   both("{0}至{1}之间星期几属于{2}（1 为星期一）的各日", "the days from {0} to {1} whose day of the week is among {2} (1 being Monday)"),
			Examples: []Example{example(`weekdays_in(date("2026-03-02"), date("2026-03-10"), [1, 3])`, `[date("2026-03-02"), date("2026-03-04"), date("2026-03-09")]`)},
			Cost:     MaxDays / 10, // it looks at every day
			ItemCost: cheap,
			Call: func(args []any) (any, error) {
				wanted, err := weekdaySet(args[2])
				if err != nil {
					return nil, err
				}
				all, err := each("weekdays_in", day(args[0]), day(args[0]), day(args[1]), MaxDays, calendar.Date.AddDays)
				if err != nil {
					return nil, err
				}
				out := []any{}
				for _, d := range all.([]any) {
					if wanted[day(d).ISOWeekday()] {
						out = append(out, d)
					}
				}
				return out, nil
			},
		},
		{
			Name:     "count_weekday",
			Params:   []Param{param("from", date), param("to", date), param("weekday", weekdays)},
			Result:   integer,
			Doc:      both("from 至 to（均计入）之间有几个星期几（1 为星期一，7 为星期日）。to 早于 from 时为 0。", "How many such days of the week there are from one date to another, both included (1 is Monday, 7 is Sunday); 0 if to is earlier than from."),
			Phrase:   both("{0}至{1}之间{2}的个数", "the number of {2}s from {0} to {1}"),
			Unit:     both("个", ""),
			Examples: []Example{example(`count_weekday(date("2026-03-02"), date("2026-03-09"), 1)`, "2"), example(`count_weekday(date("2026-03-03"), date("2026-03-08"), 1)`, "0")},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				if err := chosen(weekdays, args[2]); err != nil {
					return nil, err
				}
				from, to := day(args[0]), day(args[1])
				ahead := (amount(args[2]) - from.ISOWeekday() + 7) % 7
				return int64(max(0, (from.DaysTo(to)-ahead+7)/7)), nil
			},
		},
	})
}

func weekdaySet(list any) (map[int]bool, error) {
	wanted := map[int]bool{}
	for _, w := range list.([]any) {
		if err := chosen(weekdays, w); err != nil {
			return nil, err
		}
		wanted[amount(w)] = true
	}
	return wanted, nil
}
