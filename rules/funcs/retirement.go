package funcs

import (
	"time"

	"github.com/tongban/tongban/rules/calendar"
)

// retirement is one row of the decision of the Standing Committee of the National People's Congress of 2024-09-13 on the
// gradual raising of the statutory retirement age, in force from 2025-01-01.
type retirement struct {
	category string
	start    calendar.Date // those born in this month are the first concerned
	age      int           // until then, in months
	step     int           // one month more for every so many months of birth
	most     int           // months more, at most
}

var retirements = []retirement{
	{category: "male", start: calendar.Must(1965, time.January, 1), age: 60 * 12, step: 4, most: 36},
	{category: "female-cadre", start: calendar.Must(1970, time.January, 1), age: 55 * 12, step: 4, most: 36},
	{category: "female-worker", start: calendar.Must(1975, time.January, 1), age: 50 * 12, step: 2, most: 60},
}

var categories = oneOf(text, choice("male", "男职工", "man"), choice("female-cadre", "原法定退休年龄55周岁的女职工", "woman whose age was 55"),
	choice("female-worker", "原法定退休年龄50周岁的女职工", "woman whose age was 50"))

// retirementMonths returns the statutory retirement age in months. The error is an *Error.
func retirementMonths(birth calendar.Date, category string) (int, error) {
	for _, r := range retirements {
		if r.category != category {
			continue
		}
		if birth.Before(r.start) {
			return r.age, nil
		}
		return r.age + min(r.most, r.start.MonthsTo(birth)/r.step+1), nil
	}
	return 0, &Error{CodeCategory, map[string]string{"category": category, "known": "male, female-cadre, female-worker"}}
}

func retirementFuncs() []Func {
	const (
		sourceZh = "依据：《全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定》（2024年9月13日通过，2025年1月1日起施行）。类别：male 男职工；female-cadre 原法定退休年龄55周岁的女职工；female-worker 原法定退休年龄50周岁的女职工。弹性提前或延后不在此计算；城乡居民养老保险的60周岁不受影响。"
		sourceEn = "Source: the decision of the Standing Committee of the National People's Congress of 13 September 2024 on gradually raising the statutory retirement age, in force from 1 January 2025. Categories: male; female-cadre, women whose age was 55; female-worker, women whose age was 50. Flexible earlier or later retirement is not computed here; the age of 60 in the residents' pension scheme is untouched."
	)
	return grouped(Retirement, []Func{
		{
			Name:   "retirement_months",
			Params: []Param{param("birth", date), param("category", categories)},
			Result: integer,
			Doc: both(
				"法定退休年龄，以月计（60周岁为720）。男职工自1965年1月出生者起每4个月延迟1个月，至63周岁；55周岁女职工自1970年1月起每4个月延迟1个月，至58周岁；50周岁女职工自1975年1月起每2个月延迟1个月，至55周岁。"+sourceZh,
				"The statutory retirement age in months (720 is 60 years). Men born from January 1965: one month later for every four months of birth, up to 63 years; women of 55 born from January 1970: one for every four, up to 58; women of 50 born from January 1975: one for every two, up to 55. "+sourceEn,
			),
			Phrase: both("法定退休年龄的月数（按{0}和“{1}”类别确定）", "the statutory retirement age in months (by {0}, category: {1})"),
			Unit:   both("个月", "months"),
			Examples: []Example{
				example(`retirement_months(date("1964-12-31"), "male")`, "720"),
				example(`retirement_months(date("1965-01-01"), "male")`, "721"),
				example(`retirement_months(date("1976-09-01"), "male")`, "756"),
				example(`retirement_months(date("1970-01-15"), "female-cadre")`, "661"),
				example(`retirement_months(date("1984-11-30"), "female-worker")`, "660"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				n, err := retirementMonths(day(args[0]), args[1].(string))
				if err != nil {
					return nil, err
				}
				return int64(n), nil
			},
		},
		{
			Name:   "retirement_date",
			Params: []Param{param("birth", date), param("category", categories)},
			Result: date,
			Doc: both(
				"达到法定退休年龄之日：出生日加法定退休年龄的月数，没有对应日的为月末日（民法典第202条）。"+sourceZh,
				"The day on which the statutory retirement age is reached: the birth date plus the age in months, the last day of the month where there is no corresponding day (Civil Code art. 202). "+sourceEn,
			),
			Phrase: both("达到法定退休年龄之日（按{0}和“{1}”类别确定）", "the day of reaching statutory retirement age (by {0}, category: {1})"),
			Examples: []Example{
				example(`retirement_date(date("1965-01-15"), "male")`, `date("2025-02-15")`),
				example(`retirement_date(date("1965-05-20"), "male")`, `date("2025-07-20")`),
				example(`retirement_date(date("1975-03-31"), "female-worker")`, `date("2025-05-31")`),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				n, err := retirementMonths(day(args[0]), args[1].(string))
				if err != nil {
					return nil, err
				}
				return dated(day(args[0]).AddMonths(n))
			},
		},
	})
}
