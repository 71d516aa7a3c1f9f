package funcs

import (
	"fmt"
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
)

// Limits of generated lists. A rule that sums over them must be bounded before it runs, and inside the rows of another list.
const (
	MaxMonths   = 600  // fifty years: a working life
	MaxWeeks    = 1000 // nineteen years: a childhood
	MaxDays     = 4000 // nearly eleven years
	MaxYears    = 150
	MaxIntegers = 1000
)

func listUpTo(elem facts.Type, most int) facts.Type {
	t := listOf(elem)
	t.MaxItems = most
	return t
}

func sequenceFuncs() []Func {
	const emptyZh, emptyEn = "to 早于 from 时列表为空。", " Empty if to is earlier than from."
	return grouped(Periods, []Func{
		{
			Name:   "months_in",
			Params: []Param{param("from", date), param("to", date)},
			Result: listUpTo(date, MaxMonths),
			Doc: both(
				fmt.Sprintf("from 至 to（均计入）涉及的各个自然月的第一日，依次排列；至多 %d 个月，超出是错误。%s逐月求和写作 sum(months_in(a, b), param_x(#))。", MaxMonths, emptyZh),
				fmt.Sprintf("The first days of the calendar months that have a day from one date to another, both included, in order; at most %d months, more are an error.%s A sum month by month is sum(months_in(a, b), param_x(#)).", MaxMonths, emptyEn),
			),
			Phrase: both("{0}至{1}的各月", "the months from {0} to {1}"),
			Examples: []Example{
				example(`months_in(date("2026-01-15"), date("2026-03-01"))`, `[date("2026-01-01"), date("2026-02-01"), date("2026-03-01")]`),
				example(`months_in(date("2026-01-15"), date("2026-01-15"))`, `[date("2026-01-01")]`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				return each("months_in", day(args[0]), day(args[0]).FirstOfMonth(), day(args[1]), MaxMonths, calendar.Date.AddMonths)
			},
		},
		{
			Name:   "weeks_in",
			Params: []Param{param("from", date), param("to", date), param("first", weekdays)},
			Result: listUpTo(date, MaxWeeks),
			Doc: both(
				fmt.Sprintf("from 至 to（均计入）涉及的各周的第一日，一周以 first（1 为星期一，7 为星期日）为首日；至多 %d 周，超出是错误。%s首周的第一日可能早于 from。", MaxWeeks, emptyZh),
				fmt.Sprintf("The first days of the weeks that have a day from one date to another, both included, where weeks begin on first (1 is Monday, 7 is Sunday); at most %d weeks, more are an error.%s The first of them may lie before from.", MaxWeeks, emptyEn),
			),
			Phrase:   both("{0}至{1}的各周（以{2}为首日）", "the weeks (beginning on {2}) from {0} to {1}"),
			Examples: []Example{example(`weeks_in(date("2026-03-04"), date("2026-03-09"), 1)`, `[date("2026-03-02"), date("2026-03-09")]`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				if err := chosen(weekdays, args[2]); err != nil {
					return nil, err
				}
				first, err := day(args[0]).WeekdayOnOrBefore(amount(args[2]))
				if err != nil {
					return nil, err
				}
				return each("weeks_in", day(args[0]), first, day(args[1]), MaxWeeks, func(d calendar.Date, n int) (calendar.Date, error) { return d.AddDays(7 * n) })
			},
		},
		{
			Name:   "days_in",
			Params: []Param{param("from", date), param("to", date)},
			Result: listUpTo(date, MaxDays),
			Doc: both(
				fmt.Sprintf("from 至 to（均计入）的各日；至多 %d 日，超出是错误。%s", MaxDays, emptyZh),
				fmt.Sprintf("The days from one date to another, both included; at most %d days, more are an error.%s", MaxDays, emptyEn),
			),
			Phrase:   both("{0}至{1}的各日", "the days from {0} to {1}"),
			Examples: []Example{example(`days_in(date("2026-02-28"), date("2026-03-01"))`, `[date("2026-02-28"), date("2026-03-01")]`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				return each("days_in", day(args[0]), day(args[0]), day(args[1]), MaxDays, calendar.Date.AddDays)
			},
		},
		{
			Name:   "years_in",
			Params: []Param{param("from", date), param("to", date)},
			Result: listUpTo(date, MaxYears),
			Doc: both(
				fmt.Sprintf("from 至 to（均计入）涉及的各个公历年的第一日；至多 %d 年，超出是错误。%s", MaxYears, emptyZh),
				fmt.Sprintf("The first days of the calendar years that have a day from one date to another, both included; at most %d years, more are an error.%s", MaxYears, emptyEn),
			),
			Phrase:   both("{0}至{1}的各年", "the years from {0} to {1}"),
			Examples: []Example{example(`years_in(date("2025-12-31"), date("2026-03-01"))`, `[date("2025-01-01"), date("2026-01-01")]`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				first := calendar.Must(day(args[0]).Year(), time.January, 1)
				return each("years_in", day(args[0]), first, day(args[1]), MaxYears, calendar.Date.AddYears)
			},
		},
		{
			Name:   "every_months",
			Params: []Param{param("from", date), param("to", date), param("n", integer)},
			Result: listUpTo(date, MaxMonths),
			Doc: both(
				fmt.Sprintf("from、其后 n 个月、2n 个月……不晚于 to 的各日：按日计月的各期首日。没有对应日的为月末日，且都自 from 起算（民法典第202条）：1月31日之后为2月28日、3月31日。至多 %d 个，超出是错误；n 不足1是错误。%s", MaxMonths, emptyZh),
				fmt.Sprintf("The date, n months later, 2n months later and so on, up to another date: first days of terms counted by the day of the month. Where there is no corresponding day the last of the month, always counted from the first date (Civil Code art. 202): 31 January, 28 February, 31 March. At most %d, more are an error, as is an n below 1.%s", MaxMonths, emptyEn),
			),
			Phrase:   both("自{0}起每隔{2 个月}、至{1}为止的各日", "the days at intervals of {2 months} from {0} up to {1}"),
			Examples: []Example{example(`every_months(date("2026-01-31"), date("2026-03-31"), 1)`, `[date("2026-01-31"), date("2026-02-28"), date("2026-03-31")]`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				return stepping("every_months", args, MaxMonths, calendar.Date.AddMonths)
			},
		},
		{
			Name:   "every_days",
			Params: []Param{param("from", date), param("to", date), param("n", integer)},
			Result: listUpTo(date, MaxDays),
			Doc: both(
				fmt.Sprintf("from、其后 n 日、2n 日……不晚于 to 的各日；至多 %d 个，超出是错误；n 不足1是错误。%s", MaxDays, emptyZh),
				fmt.Sprintf("The date, n days later, 2n days later and so on, up to another date; at most %d, more are an error, as is an n below 1.%s", MaxDays, emptyEn),
			),
			Phrase:   both("自{0}起每隔{2 日}、至{1}为止的各日", "the days at intervals of {2 days} from {0} up to {1}"),
			Examples: []Example{example(`every_days(date("2026-02-20"), date("2026-03-10"), 14)`, `[date("2026-02-20"), date("2026-03-06")]`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				return stepping("every_days", args, MaxDays, calendar.Date.AddDays)
			},
		},
		{
			Name:   "integers",
			Params: []Param{param("from", integer), param("to", integer)},
			Result: listUpTo(integer, MaxIntegers),
			Doc: both(
				fmt.Sprintf("from 至 to（均计入）的各个整数；公式里也可写作 from..to。至多 %d 个，超出是错误。to 小于 from 时列表为空。", MaxIntegers),
				fmt.Sprintf("The whole numbers from one to another, both included; in formulas also from..to. At most %d, more are an error. Empty if to is less than from.", MaxIntegers),
			),
			Phrase:   both("{0}至{1}的各整数", "the whole numbers from {0} to {1}"),
			Examples: []Example{example("integers(1, 4)", "[1, 2, 3, 4]"), example("integers(-1, 1)", "[-1, 0, 1]")},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				list, err := Integers(args[0].(int64), args[1].(int64))
				if err != nil {
					return nil, err
				}
				return list, nil
			},
		},
	})
}

// Integers are the whole numbers from one to another, both included; none if to is the smaller. More than MaxIntegers are an
// *Error.
func Integers(from, to int64) ([]any, error) {
	if to < from {
		return []any{}, nil
	}
	if n, ok := facts.SubInt(to, from); !ok || n >= MaxIntegers {
		return nil, failed(CodeTooMany, "name", "integers", "max", MaxIntegers)
	}
	out := make([]any, 0, to-from+1)
	for n := from; ; n++ {
		out = append(out, n)
		if n == to {
			return out, nil
		}
	}
}

// each lists first and the dates 1, 2, ... steps later that are not after to; none if to is before from.
func each(name string, from, first, to calendar.Date, most int, later func(calendar.Date, int) (calendar.Date, error)) (any, error) {
	out := []any{}
	if to.Before(from) {
		return out, nil
	}
	for d, n := first, 1; !d.After(to); n++ {
		if len(out) == most {
			return nil, failed(CodeTooMany, "name", name, "max", most)
		}
		out = append(out, d.Time())
		next, ended := later(first, n)
		if ended != nil {
			return out, nil //nolint:nilerr // the calendar ends here, and with it the sequence
		}
		d = next
	}
	return out, nil
}

// stepping is each in steps of the third argument.
func stepping(name string, args []any, most int, later func(calendar.Date, int) (calendar.Date, error)) (any, error) {
	step := amount(args[2])
	if step < 1 {
		return nil, failed(CodeStep, "name", name, "value", step)
	}
	return each(name, day(args[0]), day(args[0]), day(args[1]), most, func(d calendar.Date, n int) (calendar.Date, error) {
		return later(d, amount(int64(step)*int64(n)))
	})
}
