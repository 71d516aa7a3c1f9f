package phrase_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// anyFacts has facts of every type that a function may take, several of each.
func anyFacts(tb testing.TB) *facts.Space {
	tb.Helper()
	date, text, number := facts.Type{Kind: facts.Date}, facts.Type{Kind: facts.String}, facts.Type{Kind: facts.Number}
	whole, money := facts.Type{Kind: facts.Int}, facts.Type{Kind: facts.Int, Money: true}
	list := func(t facts.Type) facts.Type { return facts.Type{Kind: facts.List, Elem: &t} }
	fact := func(path string, t facts.Type, zh, en string) facts.Fact {
		return facts.Fact{Path: path, Type: t, Label: lang.Text{Zh: zh, En: en}}
	}
	s, found := facts.NewSpace([]facts.Fact{
		fact("form.date1", date, "起始日期", "Start"), fact("form.date2", date, "截止日期", "End"),
		fact("form.date3", date, "登记日期", "Date of registration"), fact("form.date4", date, "注销日期", "Date of deregistration"),
		fact("form.int1", whole, "宽限期", "Grace period"), fact("form.int2", whole, "年度", "Year"), fact("form.int3", whole, "名次", "Rank"),
		fact("form.money1", money, "月收入", "Monthly income"), fact("form.money2", money, "起付线", "Deductible"), fact("form.money3", money, "封顶线", "Ceiling"),
		fact("form.number1", number, "面积", "Floor area"), fact("form.number2", number, "最小面积", "Smallest area"), fact("form.number3", number, "最大面积", "Largest area"),
		fact("form.string1", text, "证件号码", "Identity number"), fact("form.string2", text, "户籍所在地", "Place of household registration"), fact("form.string3", text, "姓名", "Name"), fact("form.string4", text, "下班时刻", "End of work"),
		fact("form.dates1", list(date), "各期首日", "First days"), fact("form.dates2", list(date), "各期末日", "Last days"),
		fact("form.numbers1", list(number), "分段起点", "Lower limits"), fact("form.numbers2", list(number), "各段比例", "Rates"), fact("form.numbers3", list(number), "各段金额", "Sums"),
		fact("form.texts1", list(text), "困难类别", "Hardships"), fact("form.texts2", list(text), "优待类别", "Privileges"),
		fact("form.bools1", list(facts.Type{Kind: facts.Bool}), "各项答复", "Answers"), fact("form.bool1", facts.Type{Kind: facts.Bool}, "是否在校", "Is at school"),
		fact("form.ints1", list(whole), "各月天数", "Days of the months"), fact("form.ints2", list(whole), "各年月数", "Months of the years"),
	})
	if found.HasErrors() {
		tb.Fatal(found)
	}
	return s
}

// argument writes a fact, or a choice, for a parameter of a function; used counts the facts taken.
func argument(p funcs.Param, used map[string]int) string {
	if len(p.Type.Enum) > 0 {
		return string(p.Type.Encode(p.Type.Enum[0].Value))
	}
	var name string
	switch {
	case p.Type.Kind == facts.List && p.Type.Elem.Kind == facts.Date:
		name = "dates"
	case p.Type.Kind == facts.List && p.Type.Elem.Kind == facts.String:
		name = "texts"
	case p.Type.Kind == facts.List && p.Type.Elem.Kind == facts.Bool:
		name = "bools"
	case p.Type.Kind == facts.List && p.Type.Elem.Kind == facts.Int:
		name = "ints"
	case p.Type.Kind == facts.List:
		name = "numbers"
	case p.Type.Money:
		name = "money"
	default:
		name = p.Type.Kind.String()
	}
	used[name]++
	return fmt.Sprintf("form.%s%d", name, used[name])
}

// statement makes a condition of a call: the call itself, or its comparison with something.
func statement(f funcs.Func, call string) string {
	switch f.Result.Kind {
	case facts.Bool:
		return call
	case facts.Int:
		return call + " >= 3"
	case facts.Number:
		return call + " >= 2.5"
	case facts.Date:
		return call + ` <= date("2026-03-01")`
	case facts.List:
		return "size(" + call + ") >= 2"
	}
	return call + ` == "510402"`
}

// TestEveryFunction holds the words of every function of the library, and of its denial where it answers yes or no, to a golden
// file. A function whose words are missing, or leave an argument out, is found here.
func TestEveryFunction(t *testing.T) {
	s := anyFacts(t)
	p := phraser(s)
	var got strings.Builder
	for _, f := range funcs.Standard(nil).All() {
		used := map[string]int{}
		args := make([]string, len(f.Params))
		for i, param := range f.Params {
			args[i] = argument(param, used)
			if hole := fmt.Sprintf("{%d", i); !strings.Contains(f.Phrase.Zh, hole) || !strings.Contains(f.Phrase.En, hole) {
				t.Errorf("%s: its words leave argument %d out: %q", f.Name, i, f.Phrase)
			}
		}
		rule := statement(f, f.Name+"("+strings.Join(args, ", ")+")")
		rules := []string{rule}
		if f.Result.Kind == facts.Bool {
			rules = append(rules, "!"+rule)
		}
		for _, rule := range rules {
			text, complete := p.SentenceComplete(compile(t, s, rule))
			if !complete {
				t.Errorf("%s: not all in words: %q", rule, text)
			}
			fmt.Fprintf(&got, "%s\n    %s\n    %s\n\n", rule, text.Zh, text.En)
		}
	}
	const golden = "testdata/functions.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("words of functions changed; look at them and run with -update\n%s", difference(string(want), got.String()))
	}
}
