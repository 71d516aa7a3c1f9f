package funcs

import (
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

var weekdays = oneOf(integer, choice(int64(1), "星期一", "Monday"), choice(int64(2), "星期二", "Tuesday"), choice(int64(3), "星期三", "Wednesday"),
	choice(int64(4), "星期四", "Thursday"), choice(int64(5), "星期五", "Friday"), choice(int64(6), "星期六", "Saturday"), choice(int64(7), "星期日", "Sunday"))

var months = oneOf(integer, upTo(12)...)

// upTo are the whole numbers from 1 to n, without labels: a sentence writes them as they are.
func upTo(n int64) []facts.Choice {
	out := make([]facts.Choice, n)
	for i := range out {
		out[i].Value = int64(i) + 1
	}
	return out
}

// partFuncs take dates apart into weeks, months, quarters and years, and find days by their place in them.
func partFuncs() []Func {
	return grouped(Parts, []Func{
		part("weekday", both("星期几，1（星期一）至7（星期日）（GB/T 7408.1）。", "The day of the week, 1 (Monday) to 7 (Sunday), as ISO 8601 numbers them."),
			both("{0}为星期几的序号（星期一为1）", "the day of the week of {0} (Monday being 1)"), lang.Text{}, "7", calendar.Date.ISOWeekday),
		part("quarter", both("季度，1至4。", "The quarter, 1 to 4."), both("{0}所在季度的序号", "the quarter of {0}"), lang.Text{}, "1",
			func(d calendar.Date) int { return (int(d.Month())-1)/3 + 1 }),
		part("half_year", both("上半年为1，下半年为2。", "The half of the year, 1 or 2."), both("{0}所在半年的序号（上半年为1、下半年为2）", "the half of the year of {0} (1 or 2)"), lang.Text{}, "1",
			func(d calendar.Date) int { return (int(d.Month())-1)/6 + 1 }),
		part("week_of_year", both("一年中的第几周，1至53（GB/T 7408.1：周一为一周首日，含该年首个星期四的为第1周）。年份用 week_year，不用 year。",
			"The week of the year, 1 to 53 (ISO 8601: weeks begin on Monday, the first has the year's first Thursday). Its year is week_year and not year."),
			both("{0}所在周在全年中的序号", "the week of the year of {0}"), lang.Text{}, "10", func(d calendar.Date) int { _, w := d.ISOWeek(); return w }),
		part("week_year", both("week_of_year 所属的年份（GB/T 7408.1）；1月1日可能属于上一年的最后一周。", "The year that week_of_year belongs to (ISO 8601); 1 January may lie in the last week of the year before."),
			both("{0}所在周所属的年份", "the year of the week of {0}"), both("年", ""), "2026", func(d calendar.Date) int { y, _ := d.ISOWeek(); return y }),
		part("day_of_year", both("一年中的第几日，1至366。", "The day of the year, 1 to 366."), both("{0}为全年第几日的序号", "the day of the year of {0}"), lang.Text{}, "67", calendar.Date.DayOfYear),
		part("days_in_month", both("所在月的天数。", "The number of days of the date's month."), both("{0}所在月的天数", "the number of days of the month of {0}"), both("日", "days"), "31", calendar.Date.DaysInMonth),
		part("days_in_year", both("所在年的天数，365或366。", "The number of days of the date's year, 365 or 366."), both("{0}所在年的天数", "the number of days of the year of {0}"), both("日", "days"), "365", calendar.Date.DaysInYear),
		part("school_year", both("所在学年的起始年份：学年自9月1日起（中小学、高等学校通行）。学年自其他日期起的，用 start_of_year_beginning。",
			"The year in which the date's school year began: school years begin on 1 September. For other beginnings see start_of_year_beginning."),
			both("{0}所在学年的起始年份", "the year in which the school year of {0} began"), both("年", ""), "2025", func(d calendar.Date) int {
				if d.Month() < time.September {
					return d.Year() - 1
				}
				return d.Year()
			}),
		{
			Name:     "date_of",
			Params:   []Param{param("year", integer), param("month", integer), param("day", integer)},
			Result:   date,
			Doc:      both("由年、月、日组成的日期；没有这一天（如平年2月29日）是错误。", "The date of a year, month and day; a day that does not exist, such as 29 February of a common year, is an error."),
			Phrase:   both("年为{0}、月为{1}、日为{2}的日期", "the date with year {0}, month {1} and day {2}"),
			Examples: []Example{example("date_of(2026, 3, 1)", `date("2026-03-01")`), example("date_of(2024, 2, 29)", `date("2024-02-29")`)},
			Cost:     cheap,
			Call: func(args []any) (any, error) {
				y, m, d := amount(args[0]), amount(args[1]), amount(args[2])
				got, ok := calendar.Of(y, time.Month(m), d)
				if !ok {
					return nil, failed(CodeNoDay, "year", y, "month", m, "day", d)
				}
				return got.Time(), nil
			},
		},
		beginning("first_of_year", "所在年的1月1日。", "1 January of the date's year.", "{0}所在年的第一日", "the first day of the year of {0}", "2026-01-01",
			func(d calendar.Date) (calendar.Date, error) { return d.YearDayOnOrBefore(time.January, 1) }),
		beginning("last_of_year", "所在年的12月31日。", "31 December of the date's year.", "{0}所在年的最后一日", "the last day of the year of {0}", "2026-12-31",
			func(d calendar.Date) (calendar.Date, error) { return d.YearDayOnOrAfter(time.December, 31) }),
		beginning("start_of_quarter", "所在季度的第一日。", "The first day of the date's quarter.", "{0}所在季度的第一日", "the first day of the quarter of {0}", "2026-01-01",
			func(d calendar.Date) (calendar.Date, error) {
				return d.FirstOfMonth().AddMonths(-(int(d.Month()) - 1) % 3)
			}),
		beginning("start_of_half_year", "所在半年的第一日：1月1日或7月1日。", "The first day of the date's half year: 1 January or 1 July.", "{0}所在半年的第一日", "the first day of the half year of {0}", "2026-01-01",
			func(d calendar.Date) (calendar.Date, error) {
				return d.FirstOfMonth().AddMonths(-(int(d.Month()) - 1) % 6)
			}),
		beginning("start_of_school_year", "所在学年的第一日，9月1日。", "The first day of the date's school year, 1 September.", "{0}所在学年的第一日", "the first day of the school year of {0}", "2025-09-01",
			func(d calendar.Date) (calendar.Date, error) { return d.YearDayOnOrBefore(time.September, 1) }),
		yearly("start_of_year_beginning", "以 month 月 day 日为一年首日时，所在年度的第一日（当日或之前最近的该日）：税务年度、参保年度、学年。2月29日在平年按2月28日。",
			"The first day of the date's year where years begin on that day of that month, such as tax or insurance years: the last such day not after the date. 29 February is 28 February in common years.",
			"以{1}月{2}日为首日的年度中，{0}所在年度的第一日", "the first day of the year (beginning on day {2} of month {1}) in which {0} lies",
			[]Example{example(`start_of_year_beginning(date("2026-04-05"), 4, 6)`, `date("2025-04-06")`), example(`start_of_year_beginning(date("2026-04-06"), 4, 6)`, `date("2026-04-06")`)},
			calendar.Date.YearDayOnOrBefore),
		yearly("year_day_on_or_after", "当日或之后最近的 month 月 day 日。2月29日在平年按2月28日。", "The first such day of the year not before the date. 29 February is 28 February in common years.",
			"{0}当日或之后最近的{1}月{2}日", "the first day {2} of month {1} on or after {0}",
			[]Example{example(`year_day_on_or_after(date("2026-09-01"), 9, 1)`, `date("2026-09-01")`), example(`year_day_on_or_after(date("2026-09-02"), 9, 1)`, `date("2027-09-01")`)},
			calendar.Date.YearDayOnOrAfter),
		weekly("start_of_week", "以 first 为一周首日时，所在周的第一日。", "The first day of the date's week where weeks begin on that day.",
			"以{1}为首日的一周中，{0}所在周的第一日", "the first day of the week (beginning on {1}) in which {0} lies", "first",
			[]Example{example(`start_of_week(date("2026-03-08"), 1)`, `date("2026-03-02")`), example(`start_of_week(date("2026-03-08"), 7)`, `date("2026-03-08")`)},
			calendar.Date.WeekdayOnOrBefore),
		weekly("weekday_on_or_after", "当日或之后最近的星期几。", "The first such day of the week not before the date.", "{0}当日或之后最近的{1}", "the first {1} on or after {0}", "weekday",
			[]Example{example(`weekday_on_or_after(date("2026-03-08"), 1)`, `date("2026-03-09")`), example(`weekday_on_or_after(date("2026-03-09"), 1)`, `date("2026-03-09")`)},
			calendar.Date.WeekdayOnOrAfter),
		weekly("weekday_on_or_before", "当日或之前最近的星期几。", "The last such day of the week not after the date.", "{0}当日或之前最近的{1}", "the last {1} on or before {0}", "weekday",
			[]Example{example(`weekday_on_or_before(date("2026-03-08"), 1)`, `date("2026-03-02")`), example(`weekday_on_or_before(date("2026-03-08"), 7)`, `date("2026-03-08")`)},
			calendar.Date.WeekdayOnOrBefore),
		{
			Name:   "nth_weekday_of_month",
			Params: []Param{param("d", date), param("n", integer), param("weekday", weekdays)},
			Result: date,
			Doc:    both("所在月的第 n 个星期几；n 为 -1 时为最后一个。没有这一个是错误。", "The n-th such day of the week of the date's month, the last for an n of -1. One that does not exist is an error."),
			Phrase: both("{0}所在月第{1}个{2}", "the {2} number {1} of the month of {0}"),
			Examples: []Example{
				example(`nth_weekday_of_month(date("2026-03-20"), 1, 1)`, `date("2026-03-02")`),
				example(`nth_weekday_of_month(date("2026-03-20"), 5, 2)`, `date("2026-03-31")`),
				example(`nth_weekday_of_month(date("2026-03-20"), -1, 5)`, `date("2026-03-27")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				d, n := day(args[0]), amount(args[1])
				if err := chosen(weekdays, args[2]); err != nil {
					return nil, err
				}
				if n == -1 {
					return dated(d.LastOfMonth().WeekdayOnOrBefore(amount(args[2])))
				}
				got, err := d.FirstOfMonth().WeekdayOnOrAfter(amount(args[2]))
				if err == nil && n >= 1 && n <= 5 {
					got, err = got.AddDays(7 * (n - 1))
				}
				if err != nil || n < 1 || n > 5 || got.Month() != d.Month() {
					return nil, failed(CodeNoWeekday, "n", n, "weekday", args[2], "month", d.String()[:7])
				}
				return got.Time(), nil
			},
		},
		{
			Name:   "weekdays_after",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc: both(
				"d 之后第 n 个周一至周五的日子，起始日不计入；不看放假安排，因此任何年份都可计算。n 为 0 时即 d，为负时为之前第 n 个。法律所称工作日用 workdays_after。",
				"The n-th day from Monday to Friday after d, which is not counted itself; days off do not matter, so that any year can be counted. Zero gives d, a negative n the n-th before it. What the law calls working days is workdays_after.",
			),
			Phrase: both("{0}起满{1 日}之日（只计周一至周五）", "the day that is {1 days} after {0} (Monday to Friday only)"),
			Examples: []Example{
				example(`weekdays_after(date("2026-09-30"), 1)`, `date("2026-10-01")`),
				example(`weekdays_after(date("2026-03-06"), 1)`, `date("2026-03-09")`),
				example(`weekdays_after(date("2030-03-08"), -6)`, `date("2030-02-28")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).AddWeekdays(amount(args[1]))) },
		},
		{
			Name:   "weekdays_between",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的周一至周五的天数，起始日不计入、to 计入，不看放假安排；to 在前时为负数。weekdays_after 的逆运算。",
				"Days from Monday to Friday from one date to another, the first day not counted and the last counted, whatever the days off; negative if to is earlier. The inverse of weekdays_after.",
			),
			Phrase: both("{0}至{1}的天数（只计周一至周五）", "the number of days from {0} to {1} (Monday to Friday only)"),
			Unit:   both("日", "days"),
			Examples: []Example{
				example(`weekdays_between(date("2026-09-30"), date("2026-10-08"))`, "6"),
				example(`weekdays_between(date("2026-03-06"), date("2026-03-08"))`, "0"),
				example(`weekdays_between(date("2026-03-09"), date("2026-03-06"))`, "-1"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return int64(day(args[0]).WeekdaysTo(day(args[1]))), nil },
		},
		monthly("month_day_on_or_after", "当日或之后最近的每月 n 日；当月没有 n 日的，为该月最后一日。", "The first day n of a month not before the date; the last day of a month that has no such day.",
			"{0}当日或之后最近的一个{1}日（每月）", "the first day numbered {1} of a month, on or after {0}",
			[]Example{example(`month_day_on_or_after(date("2026-03-16"), 15)`, `date("2026-04-15")`), example(`month_day_on_or_after(date("2026-02-10"), 31)`, `date("2026-02-28")`)},
			calendar.Date.MonthDayOnOrAfter),
		monthly("month_day_on_or_before", "当日或之前最近的每月 n 日；当月没有 n 日的，为该月最后一日。", "The last day n of a month not after the date; the last day of a month that has no such day.",
			"{0}当日或之前最近的一个{1}日（每月）", "the last day numbered {1} of a month, on or before {0}",
			[]Example{example(`month_day_on_or_before(date("2026-03-14"), 15)`, `date("2026-02-15")`), example(`month_day_on_or_before(date("2026-03-15"), 15)`, `date("2026-03-15")`)},
			calendar.Date.MonthDayOnOrBefore),
	})
}

// beginning is a function from a date to a date; its example is of 2026-03-08.
func beginning(name, zh, en, phraseZh, phraseEn, want string, of func(calendar.Date) (calendar.Date, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date)},
		Result:   date,
		Doc:      both(zh, en),
		Phrase:   both(phraseZh, phraseEn),
		Examples: []Example{example(name+`(date("2026-03-08"))`, `date("`+want+`")`)},
		Cost:     cheap,
		Call:     func(args []any) (any, error) { return dated(of(day(args[0]))) },
	}
}

// weekly is a function of a date and a day of the week.
func weekly(name, zh, en, phraseZh, phraseEn, weekday string, examples []Example, of func(calendar.Date, int) (calendar.Date, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date), param(weekday, weekdays)},
		Result:   date,
		Doc:      both(zh+"1 为星期一，7 为星期日。", en+" 1 is Monday, 7 is Sunday."),
		Phrase:   both(phraseZh, phraseEn),
		Examples: examples,
		Cost:     cheap,
		Call: func(args []any) (any, error) {
			if err := chosen(weekdays, args[1]); err != nil {
				return nil, err
			}
			return dated(of(day(args[0]), amount(args[1])))
		},
	}
}

// monthly is a function of a date and a day of the month.
func monthly(name, zh, en, phraseZh, phraseEn string, examples []Example, of func(calendar.Date, int) (calendar.Date, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date), param("n", integer)},
		Result:   date,
		Doc:      both(zh, en),
		Phrase:   both(phraseZh, phraseEn),
		Examples: examples,
		Cost:     cheap,
		Call: func(args []any) (any, error) {
			n := amount(args[1])
			if n < 1 || n > 31 {
				return nil, failed(CodeNoDay, "year", "", "month", "", "day", n)
			}
			return dated(of(day(args[0]), n))
		},
	}
}

// yearly is a function of a date and a day of the year.
func yearly(name, zh, en, phraseZh, phraseEn string, examples []Example, of func(calendar.Date, time.Month, int) (calendar.Date, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date), param("month", months), param("day", integer)},
		Result:   date,
		Doc:      both(zh, en),
		Phrase:   both(phraseZh, phraseEn),
		Examples: examples,
		Cost:     cheap,
		Call: func(args []any) (any, error) {
			m, d := amount(args[1]), amount(args[2])
			if _, ok := calendar.Of(2000, time.Month(m), d); !ok { // a leap year has every day that a year may have
				return nil, failed(CodeNoDay, "year", "", "month", m, "day", d)
			}
			return dated(of(day(args[0]), time.Month(m), d))
		},
	}
}
