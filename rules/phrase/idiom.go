package phrase

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Idioms are comparisons that law has words of its own for: nobody is "of an age in full years not below 80", one 年满80周岁;
// three times the votes are not "at least twice the voters", two thirds vote. Civil Code art. 1259: 年满 and 已满 include the
// number, 不满 and 超过 exclude it.

// elapsing are the words for how long something has lasted. {n} is the number compared with, {0}, {1}, ... the arguments.
var elapsing = map[string]map[cond.Op]lang.Text{
	"years_between": {
		cond.OpGe: both("自{0}至{1}已满{n}年", "at least {n} full years have passed from {0} to {1}"),
		cond.OpGt: both("自{0}至{1}已满{n+1}年", "at least {n+1} full years have passed from {0} to {1}"),
		cond.OpLe: both("自{0}至{1}不满{n+1}年", "fewer than {n+1} full years have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}年", "fewer than {n} full years have passed from {0} to {1}"),
	},
	"months_between": {
		cond.OpGe: both("自{0}至{1}已满{n}个月", "at least {n} full months have passed from {0} to {1}"),
		cond.OpGt: both("自{0}至{1}已满{n+1}个月", "at least {n+1} full months have passed from {0} to {1}"),
		cond.OpLe: both("自{0}至{1}不满{n+1}个月", "fewer than {n+1} full months have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}个月", "fewer than {n} full months have passed from {0} to {1}"),
	},
	"days_between": {
		cond.OpGe: both("自{0}至{1}已满{n}日", "at least {n} days have passed from {0} to {1}"),
		cond.OpGt: both("自{0}至{1}超过{n}日", "more than {n} days have passed from {0} to {1}"),
		cond.OpLe: both("自{0}至{1}不超过{n}日", "at most {n} days have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}日", "fewer than {n} days have passed from {0} to {1}"),
	},
	"workdays_between": {
		cond.OpGe: both("自{0}至{1}已满{n}个工作日", "at least {n} working days have passed from {0} to {1}"),
		cond.OpGt: both("自{0}至{1}超过{n}个工作日", "more than {n} working days have passed from {0} to {1}"),
		cond.OpLe: both("自{0}至{1}不超过{n}个工作日", "at most {n} working days have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}个工作日", "fewer than {n} working days have passed from {0} to {1}"),
	},
}

// aging are the words for an age, of whoever is the subject.
var aging = map[cond.Op]lang.Text{
	cond.OpGe: both("年满{n}周岁", "is aged {n} or over"),
	cond.OpGt: both("年满{n+1}周岁", "is aged {n+1} or over"),
	cond.OpLt: both("不满{n}周岁", "is aged under {n}"),
	cond.OpLe: both("不满{n+1}周岁", "is aged under {n+1}"),
	cond.OpEq: both("为{n}周岁", "is aged {n}"),
	cond.OpNe: both("不是{n}周岁", "is not aged {n}"),
}

// ages are the functions that give an age, and how they count, if not as the Civil Code does.
var ages = map[string]lang.Text{
	"age":          {},
	"age_rollover": both("（2月29日出生的，平年于3月1日满岁）", " (those born on 29 February being a year older on 1 March)"),
	"age_by_eve":   both("（于生日前一日满岁）", " (an age being reached on the eve of the birthday)"),
}

// earlier are the words of functions that go forward, for going back by a constant.
var earlier = map[string]lang.Text{
	"add_days":             both("{0}之前{1 日}之日", "the day that is {1 days} before {0}"),
	"add_months":           both("{0}之前{1 个月}之日", "the day that is {1 months} before {0}"),
	"add_years":            both("{0}之前{1 年}之日", "the day that is {1 years} before {0}"),
	"workdays_after":       both("{0}之前{1 个工作日}之日", "the day that is {1 working days} before {0}"),
	"weekdays_after":       both("{0}之前{1 日}之日（只计周一至周五）", "the day that is {1 days} before {0} (Monday to Friday only)"),
	"nth_weekday_of_month": both("{0}所在月的最后{1 个}{2}", "the last {2} of the month of {0}"),
}

// before is such a call, with the constant as it is then written.
func before(n *cond.Node) (lang.Text, *cond.Node, bool) {
	words, ok := earlier[n.Name]
	if !ok || len(n.Args) < 2 || n.Args[1] == nil || n.Args[1].Op != cond.OpConst {
		return lang.Text{}, nil, false
	}
	by, whole := n.Args[1].Value.(int64)
	if !whole || by >= 0 || by == -1<<63 {
		return lang.Text{}, nil, false
	}
	constant, call := *n.Args[1], *n
	constant.Value = -by
	call.Args = slices.Clone(n.Args)
	call.Args[1] = &constant
	return words, &call, true
}

// elapsed words the comparison of an age or a length of time with a number.
func (w *writer) elapsed(call, number *cond.Node, op cond.Op) (clause, bool) {
	if call.Op != cond.OpCall || number.Op != cond.OpConst || len(call.Args) != 2 {
		return clause{}, false
	}
	words, ok := elapsing[call.Name][op]
	counted, isAge := ages[call.Name]
	if isAge {
		words, ok = aging[op]
	}
	n, whole := number.Value.(int64)
	if !ok || !whole || n < 1 || n == 1<<63-1 {
		return clause{}, false
	}
	after := fmt.Sprint(n + 1)
	words = both(strings.ReplaceAll(words.Zh, "{n+1}", after), strings.ReplaceAll(words.En, "{n+1}", after))
	written := both(fmt.Sprint(n), fmt.Sprint(n))
	if !isAge {
		return single(lang.Text{}, w.fill(words, call, written)), true
	}
	words = both(strings.ReplaceAll(words.Zh, "{n}", written.Zh), strings.ReplaceAll(words.En, "{n}", written.En))
	day := w.value(call.Args[1], facts.Type{}).bracketed()
	out := w.born(call.Args[0])
	out.setting = "截至" + day.Zh
	out.predicate = join(words, both("", " on "+day.En), out.predicate, counted)
	return out, true
}

// born finds whose birth a date is: the subject is that person, and what the age is counted by stands in the predicate. A
// label without an owner is the birth of whoever is meant.
func (w *writer) born(n *cond.Node) clause {
	by := func(t lang.Text) lang.Text { return both("（按"+t.Zh+"计算）", " (by "+t.En+")") }
	if n != nil && n.Op == cond.OpCall && n.Name == "id_birth_date" && len(n.Args) == 1 {
		number := w.label(n.Args[0])
		if number.entry != nil { // of the entry whose number it is
			return clause{entry: number.entry, predicate: by(both(number.text.Zh+"中的出生日期", "the birth date in the "+number.text.En))}
		}
		birth := w.value(n, n.Type).bracketed()
		return single(both("", "the person"), by(birth))
	}
	v := w.value(n, facts.Type{})
	zh, isBirth := strings.CutSuffix(v.text.Zh, "出生日期")
	en, isBirthEn := strings.CutSuffix(v.text.En, "date of birth")
	if !isBirth || !isBirthEn {
		return single(both("", "the person"), by(v.bracketed()))
	}
	zh, en = strings.TrimSuffix(zh, "的"), strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(en), "'s"), "’s")
	switch {
	case v.entry != nil && zh == "":
		return clause{entry: v.entry}
	case zh == "" || en == "" || en == "the":
		return single(both("", "the person"), lang.Text{})
	}
	return single(both(zh, en), lang.Text{})
}

// ofMonth words that a date is the first or the last day of its month.
func (w *writer) ofMonth(l, r *cond.Node, op cond.Op) (clause, bool) {
	which := map[string]lang.Text{"first_of_month": both("所在月的第一日", "the first day of its month"), "last_of_month": both("所在月的最后一日", "the last day of its month")}
	words, ok := which[r.Name]
	if !ok || r.Op != cond.OpCall || len(r.Args) != 1 || !same(l, r.Args[0]) || op != cond.OpEq && op != cond.OpNe {
		return clause{}, false
	}
	v := w.value(l, l.Type)
	say := textWords[op]
	return clause{subject: v.text, entry: v.entry, predicate: both(say.zh+words.Zh, say.en+" "+words.En)}, true
}

// ranked words the comparison of a value that has a name, such as a grade of disability, by the names that it may have.
func (w *writer) ranked(l, r *cond.Node, op cond.Op) (clause, bool) {
	limit, ok := r.Value.(int64)
	if !ok || r.Op != cond.OpConst || len(l.Type.Enum) == 0 || op == cond.OpEq || op == cond.OpNe {
		return clause{}, false
	}
	holds := map[cond.Op]func(v int64) bool{
		cond.OpLt: func(v int64) bool { return v < limit }, cond.OpLe: func(v int64) bool { return v <= limit },
		cond.OpGt: func(v int64) bool { return v > limit }, cond.OpGe: func(v int64) bool { return v >= limit },
	}[op]
	var items []lang.Text
	for _, choice := range l.Type.Enum {
		v, whole := choice.Value.(int64)
		if !whole || choice.Label.IsZero() {
			return clause{}, false
		}
		if holds(v) {
			items = append(items, quoted(filled(choice.Label)))
		}
	}
	if len(items) == 0 || len(items) == len(l.Type.Enum) {
		return clause{}, false
	}
	v := w.value(l, l.Type)
	return w.oneOf(clause{subject: v.text, entry: v.entry}, items, false), true
}

// share words a comparison of multiples by what part of the one the other is: a * 3 >= b * 2, a is at least two thirds of b.
func (w *writer) share(l, r *cond.Node, op cond.Op) (clause, bool) {
	if !isNumber(l.Type) {
		return clause{}, false
	}
	left, of := multiple(l)
	right, by := multiple(r)
	if isPlain(of) || right.Op == cond.OpConst || left.Op == cond.OpConst || of.Sign() <= 0 || by.Sign() <= 0 {
		return clause{}, false
	}
	like := left.Type
	like.Money = like.Kind == facts.Int && (isMoney(left) || isMoney(right))
	subject, whole := w.value(left, like), w.value(right, like).bracketed()
	if part := new(big.Rat).Quo(by, of); !isPlain(part) {
		whole = portion(whole, part)
	}
	return clause{subject: subject.text, entry: subject.entry, predicate: join(w.comparing(left, op, subject), whole)}, true
}

var unity = big.NewRat(1, 1)

func isPlain(factor *big.Rat) bool { return factor.Cmp(unity) == 0 }

// multiple takes constant factors from a number. A division of whole numbers is none: it drops the remainder.
func multiple(n *cond.Node) (base *cond.Node, factor *big.Rat) {
	base, factor = n, new(big.Rat).Set(unity)
	for base != nil && len(base.Args) == 2 && base.Args[0] != nil && base.Args[1] != nil {
		a, b := base.Args[0], base.Args[1]
		var by *big.Rat
		switch {
		case base.Op == cond.OpMul && b.Op == cond.OpConst:
			base, by = a, rational(b)
		case base.Op == cond.OpMul && a.Op == cond.OpConst:
			base, by = b, rational(a)
		case base.Op == cond.OpDiv && base.Type.Kind == facts.Number && b.Op == cond.OpConst:
			if by = rational(b); by != nil {
				base, by = a, by.Inv(by)
			}
		default:
			return base, factor
		}
		if by == nil {
			return n, new(big.Rat).Set(unity)
		}
		factor.Mul(factor, by)
	}
	return base, factor
}

// rational is a positive constant as an exact fraction, or nil.
func rational(n *cond.Node) *big.Rat {
	switch v := n.Value.(type) {
	case int64:
		if v > 0 {
			return new(big.Rat).SetInt64(v)
		}
	case decimal.Decimal:
		if v.IsPositive() && v.Exponent() > -20 && v.Exponent() < 20 {
			return v.Rat()
		}
	}
	return nil
}

var (
	partNames  = []string{"", "", "half", "third", "quarter"}
	countNames = []string{"", "one", "two", "three"}
)

// portion is a part or a multiple of something: 三分之二, 60%, 1.5倍.
func portion(of lang.Text, factor *big.Rat) lang.Text {
	p, q := factor.Num(), factor.Denom()
	if factor.Cmp(unity) < 0 && q.IsInt64() && q.Int64() <= 4 {
		parts, n := int(q.Int64()), int(p.Int64())
		name := countNames[n] + " " + partNames[parts]
		switch {
		case parts == 2:
			name = "half"
		case n > 1:
			name += "s"
		}
		return both(belonging(of.Zh, hanNumber(parts)+"分之"+hanNumber(n)), name+" of "+of.En)
	}
	if percent, exact := finite10(new(big.Rat).Mul(factor, big.NewRat(100, 1)), 2); exact && factor.Cmp(unity) < 0 {
		return both(of.Zh+"的"+percent+"%", percent+"% of "+of.En)
	}
	if times, exact := finite10(factor, 4); exact {
		return both(of.Zh+"的"+times+"倍", times+" times "+of.En)
	}
	return both(of.Zh+"的"+q.String()+"分之"+p.String(), p.String()+"/"+q.String()+" of "+of.En)
}

// finite10 writes a number in decimals, if few are enough.
func finite10(n *big.Rat, places int) (string, bool) {
	text := n.FloatString(places)
	back, ok := new(big.Rat).SetString(text)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text, ok && back.Cmp(n) == 0
}

// called is a function that answers yes or no.
func (w *writer) called(n *cond.Node, not bool) clause {
	phrase := filled(w.function(n).Phrase)
	if !not {
		return single(lang.Text{}, w.fill(phrase, n, lang.Text{}))
	}
	zh, okZh := denied(phrase.Zh, deniedZh)
	en, okEn := denied(phrase.En, deniedEn)
	text := w.fill(both(zh, en), n, lang.Text{})
	if !okZh {
		text.Zh = "并非“" + text.Zh + "”"
	}
	if !okEn {
		text.En = "it is not true that " + text.En
	}
	return single(lang.Text{}, text)
}

// A function's phrase is denied at its verb, which follows the first argument.
var (
	deniedZh = []struct{ is, not string }{{"是", "不是"}, {"在", "不在"}, {"属于", "不属于"}, {"符合", "不符合"}, {"有", "没有"}, {"与", "不与"}}
	deniedEn = []struct{ is, not string }{{" is ", " is not "}, {" lies ", " does not lie "}, {" has ", " does not have "}, {" equals ", " does not equal "}}
)

func denied(phrase string, verbs []struct{ is, not string }) (string, bool) {
	subject, rest, ok := strings.Cut(phrase, "{0}")
	if ok && subject == "" {
		for _, v := range verbs {
			if after, ok := strings.CutPrefix(rest, v.is); ok {
				return "{0}" + v.not + after, true
			}
		}
	}
	return phrase, false
}
