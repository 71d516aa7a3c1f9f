package funcs

import (
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// periodFuncs are the arithmetic of periods, which rules hold as two lists: their first and their last days.
func periodFuncs() []Func {
	pair := []Param{param("starts", dates), param("ends", dates)}
	window := append(pair[:2:2], param("from", date), param("to", date))
	const (
		sourceZh = "期间以两个等长列表表示：各期间的首日和末日，均计入；重叠的部分只计一次。没有末日（尚未结束）的期间应先给出替代值：公式里写 map(form.periods, .to ?? today)，条件里写 form.periods.map(p, present(p.to) ? p.to : today)。末日早于首日、两个列表长度不同，是错误。"
		sourceEn = " Periods are two lists of one length, their first and their last days, both included; days in several of them count once. A period without an end needs another date for it first: map(form.periods, .to ?? today) in a formula, form.periods.map(p, present(p.to) ? p.to : today) in a condition. An end before its start and lists of different lengths are errors."
		three    = `[date("2026-03-01"), date("2026-03-05"), date("2026-04-01")], [date("2026-03-10"), date("2026-03-12"), date("2026-04-02")]`
	)
	over := func(name string, params []Param, result facts.Type, doc, phrase, unit lang.Text, example Example, of func([]calendar.Period, []any) any) Func {
		return Func{
			Name:     name,
			Params:   params,
			Result:   result,
			Doc:      both(doc.Zh+sourceZh, doc.En+sourceEn),
			Phrase:   phrase,
			Unit:     unit,
			Examples: []Example{example},
			Cost:     parsed,
			ItemCost: sorted,
			Call: func(args []any) (any, error) {
				union, err := covered(args)
				if err != nil {
					return nil, err
				}
				return of(union, args), nil
			},
		}
	}
	return grouped(Periods, []Func{
		{
			Name:   "overlap_days",
			Params: []Param{param("a_from", date), param("a_to", date), param("b_from", date), param("b_to", date)},
			Result: integer,
			Doc: both("两个期间共有的天数，首末日均计入；没有重叠为 0。末日早于首日是错误。",
				"The days that two periods have in common, their first and last days included; 0 if they do not meet. An end before its start is an error."),
			Phrase: both("{0}至{1}与{2}至{3}两个期间重叠的天数", "the number of days common to the periods from {0} to {1} and from {2} to {3}"),
			Unit:   both("日", "days"),
			Examples: []Example{
				example(`overlap_days(date("2026-03-01"), date("2026-03-31"), date("2026-03-20"), date("2026-04-10"))`, "12"),
				example(`overlap_days(date("2026-03-01"), date("2026-03-31"), date("2026-03-31"), date("2026-04-10"))`, "1"),
				example(`overlap_days(date("2026-03-01"), date("2026-03-31"), date("2026-04-01"), date("2026-04-10"))`, "0"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				a, err := period(args[0], args[1])
				if err != nil {
					return nil, err
				}
				b, err := period(args[2], args[3])
				if err != nil {
					return nil, err
				}
				if common, ok := a.Within(b); ok {
					return int64(common.Days()), nil
				}
				return int64(0), nil
			},
		},
		over("days_covered", pair, integer, both("各期间合并后的天数。", "The days that lie in at least one of the periods."),
			both("首日为{0}、末日为{1}的各期间合并后的天数", "the number of days in any of the periods that begin on {0} and end on {1}"), both("日", "days"),
			example("days_covered("+three+")", "14"), func(union []calendar.Period, _ []any) any { return daysOf(union) }),
		over("days_covered_within", window, integer, both("各期间合并后在 from 至 to 之内的天数。", "The days from one date to another that lie in at least one of the periods."),
			both("首日为{0}、末日为{1}的各期间合并后在{2}至{3}之内的天数", "the number of days from {2} to {3} in any of the periods that begin on {0} and end on {1}"), both("日", "days"),
			example("days_covered_within("+three+`, date("2026-03-10"), date("2026-04-01"))`, "4"),
			func(union []calendar.Period, args []any) any { return daysOf(within(union, args)) }),
		over("day_covered", append([]Param{param("d", date)}, pair...), boolean, both("某日是否在任一期间之内。", "Whether a day lies in at least one of the periods."),
			both("{0}在首日为{1}、末日为{2}的任一期间之内", "{0} lies in one of the periods that begin on {1} and end on {2}"), lang.Text{},
			example(`day_covered(date("2026-03-11"), `+three+")", "true"),
			func(union []calendar.Period, args []any) any {
				d := day(args[0])
				for _, p := range union {
					if !d.Before(p.From) && !d.After(p.To) {
						return true
					}
				}
				return false
			}),
		over("months_covered", pair, integer, both("每一日都在期间之内的自然月数。", "The calendar months of which every day lies in one of the periods."),
			both("首日为{0}、末日为{1}的各期间完整覆盖的月数", "the number of calendar months wholly covered by the periods that begin on {0} and end on {1}"), both("个月", "months"),
			example(`months_covered([date("2026-01-31"), date("2026-03-15")], [date("2026-03-14"), date("2026-04-01")])`, "2"),
			func(union []calendar.Period, _ []any) any { _, whole := calendar.Months(union); return int64(whole) }),
		over("months_touched", pair, integer, both("至少有一日在期间之内的自然月数（“不足一个月按一个月计算”）。", "The calendar months with at least one day in one of the periods, where a part of a month counts as one."),
			both("首日为{0}、末日为{1}的各期间涉及的月数", "the number of calendar months touched by the periods that begin on {0} and end on {1}"), both("个月", "months"),
			example(`months_touched([date("2026-01-31"), date("2026-03-15")], [date("2026-03-14"), date("2026-04-01")])`, "4"),
			func(union []calendar.Period, _ []any) any {
				touched, _ := calendar.Months(union)
				return int64(touched)
			}),
		over("longest_run", pair, integer, both("最长的连续天数；前一期间末日的次日即后一期间首日的，视为连续。", "The longest run of days without a gap; a period that begins the day after another ends goes on with it."),
			both("首日为{0}、末日为{1}的各期间最长的连续天数", "the number of days of the longest run in the periods that begin on {0} and end on {1}"), both("日", "days"),
			example("longest_run("+three+")", "12"),
			func(union []calendar.Period, _ []any) any {
				longest := 0
				for _, p := range union {
					longest = max(longest, p.Days())
				}
				return int64(longest)
			}),
		over("longest_gap", window, integer, both("from 至 to 之内最长的间断天数。", "The longest run of days from one date to another that lie in none of the periods."),
			both("{2}至{3}之内，首日为{0}、末日为{1}的各期间最长的间断天数", "the number of days of the longest gap, from {2} to {3}, between the periods that begin on {0} and end on {1}"), both("日", "days"),
			example("longest_gap("+three+`, date("2026-03-01"), date("2026-04-30"))`, "28"),
			func(union []calendar.Period, args []any) any {
				from, to := day(args[2]), day(args[3])
				longest, free := 0, from // the first day not yet known to be covered
				for _, p := range within(union, args) {
					longest = max(longest, free.DaysTo(p.From))
					free, _ = p.To.AddDays(1) // no date after the last of the calendar
				}
				if !free.IsZero() && !from.After(to) {
					longest = max(longest, free.DaysTo(to)+1)
				}
				return int64(longest)
			}),
		over("union_starts", pair, dates, both("各期间合并后各段的首日，依次排列；与 union_ends 一一对应。", "The first days of the periods that remain when those that overlap or follow each other are joined, in order, beside union_ends."),
			both("首日为{0}、末日为{1}的各期间合并后的各首日", "the first days of the joined periods that begin on {0} and end on {1}"), lang.Text{},
			example("union_starts("+three+")", `[date("2026-03-01"), date("2026-04-01")]`), func(union []calendar.Period, _ []any) any { return startsOf(union) }),
		over("union_ends", pair, dates, both("各期间合并后各段的末日，依次排列；与 union_starts 一一对应。", "The last days of the periods that remain when those that overlap or follow each other are joined, in order, beside union_starts."),
			both("首日为{0}、末日为{1}的各期间合并后的各末日", "the last days of the joined periods that begin on {0} and end on {1}"), lang.Text{},
			example("union_ends("+three+")", `[date("2026-03-12"), date("2026-04-02")]`), func(union []calendar.Period, _ []any) any { return endsOf(union) }),
		over("union_starts_within", window, dates, both("各期间合并并截取 from 至 to 之内的部分后，各段的首日。", "union_starts of the parts of the periods that lie from one date to another."),
			both("首日为{0}、末日为{1}的各期间在{2}至{3}之内合并后的各首日", "the first days, from {2} to {3}, of the joined periods that begin on {0} and end on {1}"), lang.Text{},
			example("union_starts_within("+three+`, date("2026-03-10"), date("2026-04-01"))`, `[date("2026-03-10"), date("2026-04-01")]`),
			func(union []calendar.Period, args []any) any { return startsOf(within(union, args)) }),
		over("union_ends_within", window, dates, both("各期间合并并截取 from 至 to 之内的部分后，各段的末日。", "union_ends of the parts of the periods that lie from one date to another."),
			both("首日为{0}、末日为{1}的各期间在{2}至{3}之内合并后的各末日", "the last days, from {2} to {3}, of the joined periods that begin on {0} and end on {1}"), lang.Text{},
			example("union_ends_within("+three+`, date("2026-03-10"), date("2026-04-01"))`, `[date("2026-03-12"), date("2026-04-01")]`),
			func(union []calendar.Period, args []any) any { return endsOf(within(union, args)) }),
	})
}

// period is two arguments of kind Date that are the first and last day of a period. The error is an *Error.
func period(from, to any) (calendar.Period, error) {
	p := calendar.Period{From: day(from), To: day(to)}
	if p.From.After(p.To) {
		return p, failed(CodePeriod, "number", 1, "from", p.From, "to", p.To)
	}
	return p, nil
}

// covered is the union of the periods that two neighbouring lists among the arguments hold. The error is an *Error.
func covered(args []any) ([]calendar.Period, error) {
	if _, is := args[0].([]any); !is {
		args = args[1:]
	}
	starts, ends := args[0].([]any), args[1].([]any)
	if len(starts) != len(ends) {
		return nil, failed(CodeLengths, "first", len(starts), "second", len(ends), "want", len(starts))
	}
	periods := make([]calendar.Period, len(starts))
	for i := range starts {
		periods[i] = calendar.Period{From: day(starts[i]), To: day(ends[i])}
		if p := periods[i]; p.From.After(p.To) {
			return nil, failed(CodePeriod, "number", i+1, "from", p.From, "to", p.To)
		}
	}
	return calendar.Union(periods), nil
}

// within is the part of a union in the window that the third and fourth argument are; an empty window has none.
func within(union []calendar.Period, args []any) []calendar.Period {
	window := calendar.Period{From: day(args[2]), To: day(args[3])}
	var out []calendar.Period
	for _, p := range union {
		if part, ok := p.Within(window); ok {
			out = append(out, part)
		}
	}
	return out
}

func daysOf(union []calendar.Period) any {
	days := 0
	for _, p := range union {
		days += p.Days()
	}
	return int64(days)
}

func startsOf(union []calendar.Period) any {
	out := make([]any, len(union))
	for i, p := range union {
		out[i] = p.From.Time()
	}
	return out
}

func endsOf(union []calendar.Period) any {
	out := make([]any, len(union))
	for i, p := range union {
		out[i] = p.To.Time()
	}
	return out
}
