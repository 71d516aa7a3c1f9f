package funcs

import "github.com/tongban/tongban/rules/calendar"

// anniversaryFuncs count by other conventions than the Civil Code: those of other laws, and of rules that name them.
func anniversaryFuncs() []Func {
	const (
		overZh = "没有对应日的，顺延至次月1日（2月29日在平年为3月1日），即与民法典第202条不同的另一种算法，须有规则明文采用才可使用。"
		overEn = "Where there is no corresponding day, the first day of the next month (29 February is 1 March in a common year): the convention opposite to Civil Code art. 202, for rules that say so."
	)
	return grouped(Dates, []Func{
		{
			Name:   "age_rollover",
			Params: []Param{param("birth", date), param("at", date)},
			Result: integer,
			Doc: both(
				"周岁年龄，2月29日出生者在平年于3月1日满岁。与 age 仅此不同；须有规则明文采用才可使用。基准日在出生之前是错误。",
				"Age in full years where someone born on 29 February reaches an age on 1 March of a common year. It differs from age in nothing else; for rules that say so. A date before the birth is an error.",
			),
			Phrase: both("截至{1}的周岁年龄（按{0}计算，2月29日出生的平年于3月1日满岁）", "the age in full years on {1} (by {0}, those born on 29 February being a year older on 1 March)"),
			Unit:   both("周岁", "years"),
			Examples: []Example{
				example(`age_rollover(date("1944-02-29"), date("2026-02-28"))`, "81"),
				example(`age_rollover(date("1944-02-29"), date("2026-03-01"))`, "82"),
				example(`age_rollover(date("1944-02-29"), date("2024-02-29"))`, "80"),
				example(`age_rollover(date("1946-03-01"), date("2026-03-01"))`, "80"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				birth, at := day(args[0]), day(args[1])
				if at.Before(birth) {
					return nil, &Error{CodeBeforeBirth, map[string]string{"birth": birth.String(), "at": at.String()}}
				}
				return int64(birth.MonthsToOver(at) / 12), nil
			},
		},
		{
			Name:   "age_by_eve",
			Params: []Param{param("birth", date), param("at", date)},
			Result: integer,
			Doc: both(
				"以生日前一日终了为满岁的周岁年龄（如日本《关于年龄计算的法律》明治35年法律第50号）：生日前一日即计入。2月29日出生者每年2月28日满岁。基准日在出生之前是错误。",
				"Age in full years where a year is full with the end of the day before the birthday, which already counts (as in Japan's Act on the Calculation of Ages, No. 50 of 1902). Someone born on 29 February reaches every age on 28 February. A date before the birth is an error.",
			),
			Phrase: both("截至{1}的周岁年龄（按{0}计算，生日前一日满岁）", "the age in full years on {1} (by {0}, reached the day before the birthday)"),
			Unit:   both("周岁", "years"),
			Examples: []Example{
				example(`age_by_eve(date("1946-04-01"), date("2026-03-30"))`, "79"),
				example(`age_by_eve(date("1946-04-01"), date("2026-03-31"))`, "80"),
				example(`age_by_eve(date("1944-02-29"), date("2026-02-28"))`, "82"),
				example(`age_by_eve(date("1944-02-29"), date("2024-02-28"))`, "80"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				birth, at := day(args[0]), day(args[1])
				if at.Before(birth) {
					return nil, &Error{CodeBeforeBirth, map[string]string{"birth": birth.String(), "at": at.String()}}
				}
				next, err := at.AddDays(1)
				if err != nil {
					return nil, err
				}
				return int64(birth.MonthsToOver(next) / 12), nil
			},
		},
		{
			Name:   "birthday_eve",
			Params: []Param{param("birth", date), param("n", integer)},
			Result: date,
			Doc: both(
				"第 n 个周年生日的前一日；2月29日出生的，为2月28日。与 age_by_eve 一致：该日起满 n 岁。",
				"The day before the n-th birthday; 28 February for those born on 29 February. It is the first day on which age_by_eve is n.",
			),
			Phrase: both("{0}起满{1 周年}的前一日", "the eve of the day that is {1 years} after {0}"),
			Examples: []Example{
				example(`birthday_eve(date("2019-04-01"), 6)`, `date("2025-03-31")`),
				example(`birthday_eve(date("1944-02-29"), 82)`, `date("2026-02-28")`),
				example(`birthday_eve(date("1944-02-29"), 80)`, `date("2024-02-28")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				birthday, err := yearsOver(day(args[0]), args[1])
				if err != nil {
					return nil, err
				}
				return dated(birthday.AddDays(-1))
			},
		},
		{
			Name:   "add_months_rollover",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc:    both("n 个月之后的对应日。"+overZh, "The corresponding day n months later. "+overEn),
			Phrase: both("{0}起满{1 个月}之日（没有对应日的，为次月1日）", "the day that is {1 months} after {0} (the first of the next month where there is no such day)"),
			Examples: []Example{
				example(`add_months_rollover(date("2026-01-31"), 1)`, `date("2026-03-01")`),
				example(`add_months_rollover(date("2026-01-31"), 2)`, `date("2026-03-31")`),
				example(`add_months_rollover(date("2026-01-15"), 1)`, `date("2026-02-15")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(day(args[0]).AddMonthsOver(amount(args[1]))) },
		},
		{
			Name:   "add_years_rollover",
			Params: []Param{param("d", date), param("n", integer)},
			Result: date,
			Doc:    both("n 年之后的对应日。"+overZh, "The corresponding day n years later. "+overEn),
			Phrase: both("{0}起满{1 年}之日（2月29日在平年为3月1日）", "the day that is {1 years} after {0} (29 February being 1 March in common years)"),
			Examples: []Example{
				example(`add_years_rollover(date("1944-02-29"), 82)`, `date("2026-03-01")`),
				example(`add_years_rollover(date("1944-02-29"), 80)`, `date("2024-02-29")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return dated(yearsOver(day(args[0]), args[1])) },
		},
		{
			Name:   "months_between_rollover",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的整月数，只有到了对应日才满月，月末日不替代对应日：与 add_months_rollover 一致，也与 ISO 8601 的期间运算（如 Java 的 Period.between、FEEL 的 years and months duration）一致。与 months_between 仅此不同；须有规则明文采用才可使用。to 在前时为负数。",
				"Full months from one date to another, where only the corresponding day completes a month and the last day of a shorter month does not: as add_months_rollover has it, and as durations are counted elsewhere (Period.between of Java, years and months duration of FEEL). It differs from months_between in nothing else; for rules that say so. Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的整月数（到对应日才满月）", "the number of full months from {0} to {1} (completed by the corresponding day only)"),
			Unit:   both("个月", "months"),
			Examples: []Example{
				example(`months_between_rollover(date("2025-08-31"), date("2026-02-28"))`, "5"),
				example(`months_between_rollover(date("2025-08-31"), date("2026-03-01"))`, "6"),
				example(`months_between_rollover(date("2025-08-15"), date("2026-02-15"))`, "6"),
				example(`months_between_rollover(date("2026-02-28"), date("2025-08-31"))`, "-5"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return monthsOver(day(args[0]), day(args[1])), nil },
		},
		{
			Name:   "years_between_rollover",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的整年数，2月29日起算的，平年到3月1日才满一年。与 years_between 仅此不同；须有规则明文采用才可使用。to 在前时为负数。",
				"Full years from one date to another, where a year that began on 29 February is completed on 1 March of a common year. It differs from years_between in nothing else; for rules that say so. Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的整年数（2月29日起算的，平年到3月1日才满）", "the number of full years from {0} to {1} (those begun on 29 February completed on 1 March in common years)"),
			Unit:   both("年", "years"),
			Examples: []Example{
				example(`years_between_rollover(date("2024-02-29"), date("2026-02-28"))`, "1"),
				example(`years_between_rollover(date("2024-02-29"), date("2026-03-01"))`, "2"),
				example(`years_between_rollover(date("2016-09-01"), date("2026-09-01"))`, "10"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return monthsOver(day(args[0]), day(args[1])) / 12, nil },
		},
		{
			Name:   "days_between_360",
			Params: []Param{param("from", date), param("to", date)},
			Result: integer,
			Doc: both(
				"从 from 到 to 的天数，每月按30日、每年按360日计（31日视为30日，即 30E/360；如德国《社会法典》第二编第41条按30日计月）。须有规则明文采用才可使用。to 在前时为负数。",
				"Days from one date to another where every month has 30 days and a year 360 (the 31st counts as the 30th: 30E/360; months of 30 days are those of, for instance, § 41 of Germany's Social Code II). For rules that say so. Negative if to is earlier.",
			),
			Phrase: both("{0}至{1}的天数（每月按30日计）", "the number of days from {0} to {1} (every month having 30)"),
			Unit:   both("日", "days"),
			Examples: []Example{
				example(`days_between_360(date("2026-01-31"), date("2026-02-28"))`, "28"),
				example(`days_between_360(date("2026-01-15"), date("2026-03-31"))`, "75"),
				example(`days_between_360(date("2026-01-01"), date("2027-01-01"))`, "360"),
				example(`days_between_360(date("2026-03-01"), date("2026-02-28"))`, "-3"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) { return days360(day(args[1])) - days360(day(args[0])), nil },
		},
		{
			Name:   "full_months",
			Params: []Param{param("first", date), param("last", date)},
			Result: integer,
			Doc: both(
				"首末两日均计入的期间含有的整月数，按日计月：3月15日至4月14日为一个月。末日在首日之前是错误。",
				"Full months in a period whose first and last day both belong to it, counted by the day of the month: 15 March to 14 April is one. A last day before the first is an error.",
			),
			Phrase: both("{0}至{1}（首末日均计入）的整月数", "the number of full months from {0} to {1} (both included)"),
			Unit:   both("个月", "months"),
			Examples: []Example{
				example(`full_months(date("2026-03-15"), date("2026-04-13"))`, "0"),
				example(`full_months(date("2026-03-15"), date("2026-04-14"))`, "1"),
				example(`full_months(date("2026-01-01"), date("2026-12-31"))`, "12"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				p, err := period(args[0], args[1])
				if err != nil {
					return nil, err
				}
				return int64(inclusiveMonths(p)), nil
			},
		},
		{
			Name:   "months_begun",
			Params: []Param{param("first", date), param("last", date)},
			Result: integer,
			Doc: both(
				"首末两日均计入的期间开始了的月数，按日计月，“不足一个月按一个月计算”：3月15日至4月15日为两个月。末日在首日之前是错误。",
				"Months begun in a period whose first and last day both belong to it, counted by the day of the month, where a part of a month counts as one: 15 March to 15 April is two. A last day before the first is an error.",
			),
			Phrase: both("{0}至{1}（首末日均计入）的月数（不足一个月按一个月计）", "the number of months begun from {0} to {1} (both included)"),
			Unit:   both("个月", "months"),
			Examples: []Example{
				example(`months_begun(date("2026-03-15"), date("2026-03-15"))`, "1"),
				example(`months_begun(date("2026-03-15"), date("2026-04-14"))`, "1"),
				example(`months_begun(date("2026-03-15"), date("2026-04-15"))`, "2"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				p, err := period(args[0], args[1])
				if err != nil {
					return nil, err
				}
				return int64(p.From.MonthsTo(p.To) + 1), nil
			},
		},
	})
}

// inclusiveMonths counts the full months of a period: those up to the day after its last.
func inclusiveMonths(p calendar.Period) int {
	next, err := p.To.AddDays(1)
	if err != nil { // 31 December 9999 ends its month
		return p.From.MonthsTo(p.To) + 1
	}
	return p.From.MonthsTo(next)
}

// monthsOver is MonthsToOver in either direction.
func monthsOver(from, to calendar.Date) int64 {
	if to.Before(from) {
		return -monthsOver(to, from)
	}
	return int64(from.MonthsToOver(to))
}

// days360 numbers the days where a month has 30.
func days360(d calendar.Date) int64 {
	y, m, n := d.Civil()
	return int64(360*y + 30*int(m) + min(n, 30))
}

func yearsOver(d calendar.Date, n any) (calendar.Date, error) {
	years := amount(n)
	if years > calendar.MaxYear || years < -calendar.MaxYear {
		return calendar.Date{}, &calendar.RangeError{From: d, Amount: years, Unit: calendar.Years}
	}
	return d.AddMonthsOver(12 * years)
}
