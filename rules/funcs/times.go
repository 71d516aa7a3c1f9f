package funcs

import (
	"regexp"
	"strconv"
)

// Times of day are texts: 08:30, or 08:30:00+08:00 as "format": "time" of JSON Schema has them, of which the hour and the minute
// count. There is no kind of fact for them: what rules ask is how many minutes lie between two of them.

const dayMinutes = 24 * 60

func timeFuncs() []Func {
	const zh, en = "时刻写作 08:30，00:00 至 24:00；秒和时区不计。不是时刻是错误。", " Times are written 08:30, from 00:00 to 24:00; seconds and offsets do not count. Anything else is an error."
	return grouped(Times, []Func{
		{
			Name:     "minute_of_day",
			Params:   []Param{param("time", text)},
			Result:   integer,
			Doc:      both("一天中的第几分钟，0 至 1440。"+zh, "The minute of the day, 0 to 1440."+en),
			Phrase:   both("零时至{0}的分钟数", "the minutes from midnight to {0}"),
			Unit:     both("分钟", "minutes"),
			Examples: []Example{example(`minute_of_day("08:30")`, "510"), example(`minute_of_day("24:00")`, "1440"), example(`minute_of_day("08:30:59+08:00")`, "510")},
			Cost:     parsed,
			Call: func(args []any) (any, error) {
				minute, err := minuteOf(args[0])
				if err != nil {
					return nil, err
				}
				return int64(minute), nil
			},
		},
		{
			Name:     "minutes_between",
			Params:   []Param{param("from", text), param("to", text)},
			Result:   integer,
			Doc:      both("从一个时刻到另一个时刻的分钟数；to 早于 from 的，为次日的 to。"+zh, "The minutes from one time of day to another, of the next day if it is earlier."+en),
			Phrase:   both("{0}至{1}的分钟数", "the minutes from {0} to {1}"),
			Unit:     both("分钟", "minutes"),
			Examples: []Example{example(`minutes_between("08:30", "12:00")`, "210"), example(`minutes_between("22:00", "06:00")`, "480")},
			Cost:     2 * parsed,
			Call: func(args []any) (any, error) {
				_, length, err := shift(args[0], args[1])
				if err != nil {
					return nil, err
				}
				return int64(length), nil
			},
		},
		{
			Name:   "minutes_overlap",
			Params: []Param{param("a_from", text), param("a_to", text), param("b_from", text), param("b_to", text)},
			Result: integer,
			Doc: both("两段时间共有的分钟数，如工作时间中属于夜间的部分；末时刻早于首时刻的，至次日。"+zh,
				"The minutes that two spells of the day have in common, such as the part of a shift that is night work; one whose end is earlier than its beginning lasts to the next day."+en),
			Phrase:   both("{0}至{1}与{2}至{3}重叠的分钟数", "the minutes common to {0} to {1} and {2} to {3}"),
			Unit:     both("分钟", "minutes"),
			Examples: []Example{example(`minutes_overlap("20:00", "04:00", "22:00", "06:00")`, "360"), example(`minutes_overlap("02:00", "09:00", "22:00", "06:00")`, "240"), example(`minutes_overlap("08:00", "12:00", "13:00", "17:00")`, "0")},
			Cost:     4 * parsed,
			Call: func(args []any) (any, error) {
				a, aLength, err := shift(args[0], args[1])
				if err != nil {
					return nil, err
				}
				b, bLength, err := shift(args[2], args[3])
				if err != nil {
					return nil, err
				}
				common := 0
				for _, day := range []int{-dayMinutes, 0, dayMinutes} { // the second may have begun the day before, or begin the day after
					common += max(0, min(a+aLength, b+day+bLength)-max(a, b+day))
				}
				return int64(common), nil
			},
		},
	})
}

// shift is where a spell of the day begins and how many minutes it has. The error is an *Error.
func shift(from, to any) (begin, length int, err error) {
	if begin, err = minuteOf(from); err != nil {
		return 0, 0, err
	}
	end, err := minuteOf(to)
	if err != nil {
		return 0, 0, err
	}
	if end < begin {
		end += dayMinutes
	}
	return begin, end - begin, nil
}

var timeOfDay = regexp.MustCompile(`^(\d\d):(\d\d)(:[0-5]\d(\.\d+)?)?(Z|z|[+-]\d\d:\d\d)?$`)

func minuteOf(v any) (int, error) {
	parts := timeOfDay.FindStringSubmatch(v.(string))
	if parts != nil {
		hour, _ := strconv.Atoi(parts[1])
		minute, _ := strconv.Atoi(parts[2])
		if at := 60*hour + minute; minute < 60 && at <= dayMinutes {
			return at, nil
		}
	}
	return 0, failed(CodeNoTime, "text", v)
}
