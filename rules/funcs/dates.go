package funcs

import (
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

func dateFuncs() []Func {
	funcs := []Func{
		{
			Name:   "age",
			Params: []Param{param("birth", date), param("at", date)},
			Result: integer,
			Doc: both(
				"按公历计算的周岁年龄（民法典第200条）。生日当天即满该岁；“以上”包含本数，“不满”不包含（民法典第1259条），故“80周岁以上”写作 age(…) >= 80。2月29日出生者，在没有2月29日的年份于2月28日满岁（参照民法典第202条“没有对应日的，月末日为期间的最后一日”，取有利于当事人的理解），与 add_years 一致：age(b, d) >= n 等价于 d >= add_years(b, n)。基准日在出生之前是错误。",
				"Age in full years by the Gregorian calendar (Civil Code art. 200). A year is full on the birthday itself; 以上 includes the number and 不满 excludes it (art. 1259), so \"80 or older\" is age(…) >= 80. Someone born on 29 February reaches an age on 28 February of a year without that day (by analogy with art. 202: no corresponding day, the last day of the month; the reading that favours the person), as add_years has it: age(b, d) >= n means d >= add_years(b, n). A date before the birth is an error.",
			),
			Phrase: both("截至{1}的周岁年龄（按{0}计算）", "the age in full years on {1} (by {0})"),
			Unit:   both("周岁", "years"),
			Examples: []Example{
				example(`age(date("1946-03-01"), date("2026-02-28"))`, "79"),
				example(`age(date("1946-03-01"), date("2026-03-01"))`, "80"),
				example(`age(date("1944-02-29"), date("2026-02-27"))`, "81"),
				example(`age(date("1944-02-29"), date("2026-02-28"))`, "82"),
				example(`age(date("1944-02-29"), date("2024-02-28"))`, "79"),
				example(`age(date("1944-02-29"), date("2024-02-29"))`, "80"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				birth, at := day(args[0]), day(args[1])
				if at.Before(birth) {
					return nil, &Error{CodeBeforeBirth, map[string]string{"birth": birth.String(), "at": at.String()}}
				}
				return int64(birth.YearsTo(at)), nil
			},
		},
		{
			Name:   "years_between",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的整年数；到对应日（没有对应日的，到月末日）为满一年（民法典第202条）。to 在前时为负数。",
				"Full years from one date to another; a year is full on the corresponding day, or on the last day of the month if there is none (Civil Code art. 202). Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的整年数", "the number of full years from {0} to {1}"),
			Unit:   both("年", "years"),
			Examples: []Example{
				example(`years_between(date("2016-09-01"), date("2026-08-31"))`, "9"),
				example(`years_between(date("2016-09-01"), date("2026-09-01"))`, "10"),
				example(`years_between(date("2026-09-01"), date("2016-09-01"))`, "-10"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return int64(day(args[0]).YearsTo(day(args[1]))), nil },
		},
		{
			Name:   "months_between",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的整月数；到对应日（没有对应日的，到月末日）为满一个月（民法典第202条）。“居住半年以上”写作 months_between(…) >= 6。to 在前时为负数。",
				"Full months from one date to another; a month is full on the corresponding day, or on the last day of the month if there is none (Civil Code art. 202). \"Half a year or longer\" is months_between(…) >= 6. Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的整月数", "the number of full months from {0} to {1}"),
			Unit:   both("个月", "months"),
			Examples: []Example{
				example(`months_between(date("2025-08-15"), date("2026-02-14"))`, "5"),
				example(`months_between(date("2025-08-15"), date("2026-02-15"))`, "6"),
				example(`months_between(date("2025-08-31"), date("2026-02-28"))`, "6"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return int64(day(args[0]).MonthsTo(day(args[1]))), nil },
		},
		{
			Name:   "days_between",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的自然日数，起始日不计入（民法典第201条）。to 在前时为负数。",
				"Natural days from one date to another, the first day not counted (Civil Code art. 201). Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的天数", "the number of days from {0} to {1}"),
			Unit:   both("日", "days"),
			Examples: []Example{
				example(`days_between(date("2026-02-28"), date("2026-03-01"))`, "1"),
				example(`days_between(date("2026-03-01"), date("2026-03-01"))`, "0"),
				example(`days_between(date("2026-03-01"), date("2024-02-29"))`, "-731"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return int64(day(args[0]).DaysTo(day(args[1]))), nil },
		},
		{
			Name:   "add_days",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc: both(
				"n 个自然日之后的日期，n 为负时为之前。不作法定休假日顺延；期限届满日由事项的时限规则计算。",
				"The date n natural days later, earlier for a negative n. It is not moved for days off: the last day of a legal period is the business of an item's time limit.",
			),
			Phrase: both("{0}起满{1 日}之日", "the day that is {1 days} after {0}"),
			Examples: []Example{
				example(`add_days(date("2026-02-28"), 1)`, `date("2026-03-01")`),
				example(`add_days(date("2026-03-01"), -1)`, `date("2026-02-28")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).AddDays(amount(args[1]))) },
		},
		{
			Name:   "add_months",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc: both(
				"n 个月之后的对应日；该月没有对应日的，为该月最后一日（民法典第202条）。n 为负时为之前。不作法定休假日顺延。",
				"The corresponding day n months later, or the last day of that month if it has none (Civil Code art. 202); earlier for a negative n. Not moved for days off.",
			),
			Phrase: both("{0}起满{1 个月}之日", "the day that is {1 months} after {0}"),
			Examples: []Example{
				example(`add_months(date("2026-01-31"), 1)`, `date("2026-02-28")`),
				example(`add_months(date("2024-01-31"), 1)`, `date("2024-02-29")`),
				example(`add_months(date("2026-02-28"), 1)`, `date("2026-03-28")`),
				example(`add_months(date("2026-03-31"), -1)`, `date("2026-02-28")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).AddMonths(amount(args[1]))) },
		},
		{
			Name:   "add_years",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc: both(
				"n 年之后的对应日；2月29日在没有该日的年份为2月28日（民法典第202条）。n 为负时为之前。",
				"The corresponding day n years later; 28 February for 29 February where the year has none (Civil Code art. 202). Earlier for a negative n.",
			),
			Phrase: both("{0}起满{1 年}之日", "the day that is {1 years} after {0}"),
			Examples: []Example{
				example(`add_years(date("1946-03-01"), 80)`, `date("2026-03-01")`),
				example(`add_years(date("1944-02-29"), 82)`, `date("2026-02-28")`),
				example(`add_years(date("1944-02-29"), 80)`, `date("2024-02-29")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).AddYears(amount(args[1]))) },
		},
		{
			Name:     "first_of_month",
			Params:   []Param{param("d", date)},
			Result:   date,
			Doc:      both("所在月的第一日。", "The first day of the date's month."),
			Phrase:   both("{0}所在月的第一日", "the first day of the month of {0}"),
			Examples: []Example{example(`first_of_month(date("2026-02-28"))`, `date("2026-02-01")`)},
			Cost:     cheap,
			Call:     func(args []any) (any, error) { return dated(day(args[0]).FirstOfMonth(), nil) },
		},
		{
			Name:   "last_of_month",
			Params: []Param{param("d", date)},
			Result: date,
			Doc:    both("所在月的最后一日。", "The last day of the date's month."),
			Phrase: both("{0}所在月的最后一日", "the last day of the month of {0}"),
			Examples: []Example{
				example(`last_of_month(date("2026-02-01"))`, `date("2026-02-28")`),
				example(`last_of_month(date("2024-02-01"))`, `date("2024-02-29")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).LastOfMonth(), nil) },
		},
		{
			Name:   "first_of_next_month",
			Params: []Param{param("d", date)},
			Result: date,
			Doc: both(
				"次月第一日；“自次月起发放”以此为起始日。",
				"The first day of the month after the date's: where a benefit paid \"from the next month\" begins.",
			),
			Phrase: both("{0}次月的第一日", "the first day of the month after {0}"),
			Examples: []Example{
				example(`first_of_next_month(date("2026-01-31"))`, `date("2026-02-01")`),
				example(`first_of_next_month(date("2026-12-01"))`, `date("2027-01-01")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).FirstOfMonth().AddMonths(1)) },
		},
		part("year", both("年份。", "The year."), both("{0}的年份", "the year of {0}"), both("年", ""), "2026", calendar.Date.Year),
		part("month", both("月份，1至12。", "The month, 1 to 12."), both("{0}的月份", "the month of {0}"), both("月", ""), "3",
			func(d calendar.Date) int { return int(d.Month()) }),
		part("day", both("日，1至31。", "The day of the month, 1 to 31."), both("{0}为当月第几日的序号", "the day of the month of {0}"), both("日", ""), "8", calendar.Date.Day),
	}
	return grouped(Dates, funcs)
}

// part is a function that takes a part out of a date; its example is of 2026-03-08.
func part(name string, doc, phrase, unit lang.Text, want string, of func(calendar.Date) int) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date)},
		Result:   facts.Type{Kind: facts.Int},
		Doc:      doc,
		Phrase:   phrase,
		Unit:     unit,
		Examples: []Example{example(name+`(date("2026-03-08"))`, want)},
		Cost:     cheap,
		Call:     func(args []any) (any, error) { return int64(of(day(args[0]))), nil },
	}
}

func grouped(g Group, funcs []Func) []Func {
	for i := range funcs {
		funcs[i].Group = g
	}
	return funcs
}

func workdayFuncs(cal *calendar.Calendar) []Func {
	return grouped(Workdays, []Func{
		{
			Name:   "workdays_after",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc: both(
				"d 之后第 n 个工作日，起始日不计入（民法典第201条）；法定休假日、周末不计，调休上班日计入（行政许可法第82条）。n 为 0 时即 d，为负时为之前第 n 个工作日。所需年份的放假安排未载入时是错误。",
				"The n-th working day after d, which is not counted itself (Civil Code art. 201); days off do not count, make-up working days do (Administrative Licensing Law art. 82). Zero gives d, a negative n the n-th working day before it. A year whose notice of days off is not loaded is an error.",
			),
			Phrase: both("{0}起满{1 个工作日}之日", "the day that is {1 working days} after {0}"),
			Examples: []Example{
				example(`workdays_after(date("2026-02-10"), 5)`, `date("2026-02-24")`),
				example(`workdays_after(date("2026-02-14"), 5)`, `date("2026-02-28")`),
				example(`workdays_after(date("2026-09-24"), 20)`, `date("2026-10-29")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(cal.AddWorkdays(day(args[0]), amount(args[1]))) },
		},
		{
			Name:   "workdays_between",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的工作日数，起始日不计入、to 计入；to 在前时为负数。workdays_after 的逆运算。所需年份的放假安排未载入时是错误。",
				"Working days from one date to another, the first day not counted and the last counted; negative if to is earlier. The inverse of workdays_after. A year whose notice of days off is not loaded is an error.",
			),
			Phrase: both("{0}至{1}的工作日数", "the number of working days from {0} to {1}"),
			Unit:   both("个工作日", "working days"),
			Examples: []Example{
				example(`workdays_between(date("2026-02-10"), date("2026-02-24"))`, "5"),
				example(`workdays_between(date("2026-02-24"), date("2026-02-24"))`, "0"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				n, err := cal.WorkdaysBetween(day(args[0]), day(args[1]))
				if err != nil {
					return nil, err
				}
				return int64(n), nil
			},
		},
		{
			Name:   "is_workday",
			Params: []Param{param("d", date)},
			Result: boolean,
			Doc: both(
				"是否工作日：周一至周五且非法定休假日，或者调休上班日。该年份的放假安排未载入时是错误。",
				"Whether the date is a working day: Monday to Friday and not a day off, or a make-up working day. A year whose notice of days off is not loaded is an error.",
			),
			Phrase: both("{0}是工作日", "{0} is a working day"),
			Examples: []Example{
				example(`is_workday(date("2024-02-09"))`, "true"),
				example(`is_workday(date("2026-02-14"))`, "true"),
				example(`is_workday(date("2026-10-01"))`, "false"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				work, err := cal.IsWorkday(day(args[0]))
				if err != nil {
					return nil, err
				}
				return work, nil
			},
		},
		workdayNear("next_workday", "之后第一个工作日，当日不计。", "The first working day after the date, which is not counted itself.", "{0}之后第一个工作日", "the first working day after {0}",
			"2026-02-13", "2026-02-14", func(d calendar.Date) (calendar.Date, error) { return cal.AddWorkdays(d, 1) }),
		workdayNear("previous_workday", "之前最后一个工作日，当日不计。", "The last working day before the date, which is not counted itself.", "{0}之前最后一个工作日", "the last working day before {0}",
			"2026-02-24", "2026-02-14", func(d calendar.Date) (calendar.Date, error) { return cal.AddWorkdays(d, -1) }),
		workdayNear("workday_on_or_after", "当日为工作日的即当日，否则为其后第一个工作日（民法典第203条）。", "The date if it is a working day, else the first working day after it (Civil Code art. 203).", "{0}（遇休息日顺延至工作日）", "{0} (moved to the next working day if it is none)",
			"2026-02-15", "2026-02-24", cal.LastDay),
		workdayNear("workday_on_or_before", "当日为工作日的即当日，否则为其前最后一个工作日。", "The date if it is a working day, else the last working day before it.", "{0}（遇休息日提前至工作日）", "{0} (moved back to a working day if it is none)",
			"2026-02-23", "2026-02-14", func(d calendar.Date) (calendar.Date, error) { return workdayBefore(cal, d) }),
		workdayNear("first_workday_of_month", "所在月的第一个工作日。", "The first working day of the date's month.", "{0}所在月的第一个工作日", "the first working day of the month of {0}",
			"2026-10-20", "2026-10-08", func(d calendar.Date) (calendar.Date, error) { return cal.LastDay(d.FirstOfMonth()) }),
		workdayNear("last_workday_of_month", "所在月的最后一个工作日。", "The last working day of the date's month.", "{0}所在月的最后一个工作日", "the last working day of the month of {0}",
			"2026-05-10", "2026-05-29", func(d calendar.Date) (calendar.Date, error) { return workdayBefore(cal, d.LastOfMonth()) }),
		{
			Name:   "due_date",
			Params: []Param{param("from", date), param("n", integer), param("unit", units)},
			Result: date,
			Doc: both(
				"自 from 起 n 个单位的期间的届满日，起始日不计入（民法典第201条）：workday 工作日（行政许可法第82条）；day 自然日、month 月、year 年，最后一日是法定休假日的，以休假日结束的次日为最后一日（民法典第202、203条）。所需年份的放假安排未载入时是错误。",
				"The last day of a period of n units from a day, which is not counted itself (Civil Code art. 201): workday for working days (Administrative Licensing Law art. 82); day, month and year for natural days, months and years, moved to the first working day if they would end on a day off (Civil Code arts. 202, 203). A year whose notice of days off is not loaded is an error.",
			),
			Phrase: both("自{0}起算、期限为{1}（以{2}计）的届满日", "the last day of a period of {1} (counted in {2}) from {0}"),
			Examples: []Example{
				example(`due_date(date("2026-02-10"), 5, "workday")`, `date("2026-02-24")`),
				example(`due_date(date("2026-01-31"), 15, "day")`, `date("2026-02-24")`),
				example(`due_date(date("2026-01-31"), 1, "month")`, `date("2026-02-28")`),
				example(`due_date(date("2025-10-01"), 1, "year")`, `date("2026-10-08")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				return dated(cal.Due(day(args[0]), amount(args[1]), calendar.Unit(args[2].(string))))
			},
		},
	})
}

var units = oneOf(text, choice("workday", "工作日", "working days"), choice("day", "自然日", "natural days"), choice("month", "月", "months"), choice("year", "年", "years"))

func workdayBefore(cal *calendar.Calendar, d calendar.Date) (calendar.Date, error) {
	work, err := cal.IsWorkday(d)
	if err != nil || work {
		return d, err
	}
	return cal.AddWorkdays(d, -1)
}

// workdayNear is a function that finds a working day from a date.
func workdayNear(name, zh, en, phraseZh, phraseEn, of, want string, find func(calendar.Date) (calendar.Date, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("d", date)},
		Result:   date,
		Doc:      both(zh+"调休上班日是工作日；所需年份的放假安排未载入时是错误。", en+" Make-up working days are working days; a year whose notice of days off is not loaded is an error."),
		Phrase:   both(phraseZh, phraseEn),
		Examples: []Example{example(name+`(date("`+of+`"))`, `date("`+want+`")`)},
		Cost:     cheap,
		Call:     func(args []any) (any, error) { return dated(find(day(args[0]))) },
	}
}
