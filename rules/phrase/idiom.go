package phrase

import (
	"strings"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/lang"
)

// idioms are comparisons that law has words of its own for: nobody is "of an age in full years not below 80", one 年满80周岁.
// {n} is the number compared with, {0}, {1}, ... are the arguments of the call. Civil Code art. 1259: 年满 includes the number,
// 不满 and 超过 exclude it.
var idioms = map[string]map[cond.Op]lang.Text{
	"age": {
		cond.OpGe: both("截至{1}年满{n}周岁（按{0}计算）", "aged {n} or over as of {1} (by {0})"),
		cond.OpGt: both("截至{1}年满{n+1}周岁（按{0}计算）", "aged {n+1} or over as of {1} (by {0})"),
		cond.OpLt: both("截至{1}不满{n}周岁（按{0}计算）", "aged under {n} as of {1} (by {0})"),
		cond.OpLe: both("截至{1}不满{n+1}周岁（按{0}计算）", "aged under {n+1} as of {1} (by {0})"),
		cond.OpEq: both("截至{1}为{n}周岁（按{0}计算）", "aged {n} as of {1} (by {0})"),
		cond.OpNe: both("截至{1}不是{n}周岁（按{0}计算）", "not aged {n} as of {1} (by {0})"),
	},
	"years_between": {
		cond.OpGe: both("自{0}至{1}已满{n}年", "at least {n} full years have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}年", "fewer than {n} full years have passed from {0} to {1}"),
	},
	"months_between": {
		cond.OpGe: both("自{0}至{1}已满{n}个月", "at least {n} full months have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}个月", "fewer than {n} full months have passed from {0} to {1}"),
	},
	"days_between": {
		cond.OpGe: both("自{0}至{1}已满{n}日", "at least {n} days have passed from {0} to {1}"),
		cond.OpGt: both("自{0}至{1}超过{n}日", "more than {n} days have passed from {0} to {1}"),
		cond.OpLe: both("自{0}至{1}不超过{n}日", "at most {n} days have passed from {0} to {1}"),
		cond.OpLt: both("自{0}至{1}不满{n}日", "fewer than {n} days have passed from {0} to {1}"),
	},
}

// idiom words the comparison of a call with a constant, where there are words for it.
func (w *writer) idiom(call, number *cond.Node, op cond.Op) (clause, bool) {
	if call.Op != cond.OpCall || number.Op != cond.OpConst {
		return clause{}, false
	}
	phrase, ok := idioms[call.Name][op]
	n, whole := number.Value.(int64)
	if !ok || !whole || n == 1<<63-1 {
		return clause{}, false
	}
	next := *number
	next.Value = n + 1
	after := w.constant(&next, call.Type)
	phrase = both(strings.ReplaceAll(phrase.Zh, "{n+1}", after.Zh), strings.ReplaceAll(phrase.En, "{n+1}", after.En))
	return single(lang.Text{}, w.fill(phrase, call, w.constant(number, call.Type))), true
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
