package phrase_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
)

// author writes random conditions that are well typed over the facts of testdata/conditions.txtar.
type author struct{ r *rand.Rand }

func (a author) pick(options ...string) string { return options[a.r.IntN(len(options))] }

func (a author) condition(depth int) string {
	if depth == 0 {
		return a.atom("")
	}
	switch a.r.IntN(9) {
	case 0, 1:
		return "(" + a.condition(depth-1) + " && " + a.condition(depth-1) + ")"
	case 2, 3:
		return "(" + a.condition(depth-1) + " || " + a.condition(depth-1) + ")"
	case 4:
		return "!(" + a.condition(depth-1) + ")"
	case 5:
		return "(" + a.condition(depth-1) + " ? " + a.condition(depth-1) + " : " + a.condition(depth-1) + ")"
	case 6:
		return "household.members." + a.pick("all", "exists", "exists_one") + "(m, " + a.pick("", "!") + "(" + a.atom("m") + a.pick(" && ", " || ") + a.atom("m") + "))"
	case 7:
		return "household.members." + a.pick("all", "exists", "exists_one") + "(m, " + a.atom("m") + ")"
	default:
		return a.atom("")
	}
}

func (a author) order() string { return a.pick("==", "!=", "<", "<=", ">", ">=") }

// atom is one comparison; over names a variable that may stand for a member of the household.
func (a author) atom(over string) string {
	k := fmt.Sprint(a.r.IntN(4))
	if over != "" && a.r.IntN(4) > 0 {
		return a.pick(over+".student", "!"+over+".student", "present("+over+".card)", over+".income "+a.order()+" "+k+"00", over+".income "+a.order()+" form.monthly_income",
			over+`.name == applicant.name`, "age("+over+".birth_date, today) "+a.order()+" "+k, over+".income * 2 "+a.order()+" form.monthly_income * 3",
			"household.members.exists(n, n.income "+a.order()+" "+over+".income && n.name "+a.pick("==", "!=")+" "+over+".name)",
			"household.members.exists_one(n, n.name == "+over+".name)")
	}
	counts := []string{"form.times", "form.household_size", "param.times", "size(household.members)", "size(form.tags)", "size(household.members.filter(f, f.student))"}
	money := []string{"form.monthly_income", "form.income_ceiling", "param.standard"}
	dates := []string{"today", "form.registered_on", "applicant.birth_date", "first_of_month(today)", "add_months(form.registered_on, " + k + ")", "add_months(today, -3)"}
	switch a.r.IntN(14) {
	case 0:
		return a.pick("form.living", "form.married", "form.low_income", "form.lives_elsewhere", "agent.present", "licences.disability_card.present")
	case 1:
		return "present(" + a.pick("applicant.phone", "form.married", "form.times", "form.registered_on", "form.kind") + ")"
	case 2:
		return a.pick(counts...) + " " + a.order() + " " + k
	case 3:
		return a.pick(counts...) + " " + a.order() + " " + a.pick(counts...)
	case 4:
		return a.pick(money...) + " " + a.order() + " " + k + "0"
	case 5:
		return a.pick(money...) + " * " + k + " " + a.order() + " " + a.pick(money...) + " * " + a.pick("1", "2", "3", "4")
	case 6:
		return a.pick(money...) + a.pick(" + ", " - ") + a.pick(money...) + a.pick(" + ", " - ") + a.pick(money...) + " " + a.order() + " " + k
	case 7:
		return "form.kind " + a.pick(`== "emergency"`, `!= "other"`, `in ["emergency", "other"]`, `in ["expenditure"]`)
	case 8:
		return a.pick(dates...) + " " + a.order() + " " + a.pick(dates...)
	case 9:
		return a.pick("months_between", "days_between", "years_between", "age") + "(form.registered_on, today) " + a.order() + " " + k
	case 10:
		return "form.area " + a.order() + " " + a.pick("1.5", "2", "form.area * 0.6", "form.area / 2")
	case 11:
		return a.pick(`"orphan" in form.tags`, `applicant.name in form.tags`, `applicant.name == payee.account_name`, `applicant.name.startsWith("a")`, `!applicant.name.contains("b")`)
	case 12:
		return "form.months." + a.pick("all", "exists") + "(n, n " + a.order() + " " + k + ")"
	default:
		return a.pick("form.times % 2 == 1", "-form.times < "+k, "(form.living ? form.times : form.household_size) < "+k, "form.monthly_income / form.household_size <= param.standard")
	}
}

func benefitFacts(tb testing.TB) *facts.Space {
	tb.Helper()
	archive, err := txtar.ParseFile("testdata/conditions.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	return space(tb, archive.Files[0].Data)
}

// world fills every fact with a small random value, so that conditions come out either way.
func world(r *rand.Rand, s *facts.Space) *facts.Values {
	v := s.NewValues()
	for i, f := range s.All() {
		v.Set(i, random(r, f.Type))
	}
	return v
}

func random(r *rand.Rand, t facts.Type) any {
	if len(t.Enum) > 0 {
		return t.Enum[r.IntN(len(t.Enum))].Value
	}
	switch t.Kind {
	case facts.Bool:
		return r.IntN(2) == 0
	case facts.Int:
		return int64(r.IntN(4))
	case facts.Number:
		return decimal.New(int64(r.IntN(5)), 0)
	case facts.String:
		return []string{"a", "b", "orphan"}[r.IntN(3)]
	case facts.Date:
		return time.Date(2024, time.January, 1+r.IntN(1000), 0, 0, 0, 0, time.UTC)
	case facts.Row:
		return world(r, t.Row)
	}
	list := make([]any, 1+r.IntN(3))
	for i := range list {
		list[i] = random(r, *t.Elem)
	}
	return list
}

// sane reports what no sentence may have: holes that nothing filled, brackets and quotes that are not shut, a code of ours.
func sane(text string) string {
	for _, pair := range [][2]string{{"（", "）"}, {"“", "”"}, {"(", ")"}} {
		if strings.Count(text, pair[0]) > strings.Count(text, pair[1]) { // a numbered part may be shut only: 1）
			return pair[0] + " is not shut"
		}
	}
	for _, bad := range []string{"{", "}", "==", "&&", "||", "  ", "the the ", "的的", "，，", "the a "} {
		if strings.Contains(text, bad) {
			return "has " + bad
		}
	}
	return ""
}

// Random conditions: the sentence is complete and sound, and where two conditions read alike, they say the same of every
// world that is tried.
func TestOneSentenceOneMeaning(t *testing.T) {
	s := benefitFacts(t)
	env, err := cond.NewEnv(s, funcs.Standard(nil))
	if err != nil {
		t.Fatal(err)
	}
	p := phraser(s)
	r := rand.New(rand.NewPCG(3, 1259))
	a := author{r}
	worlds := make([]*facts.Values, 40)
	for i := range worlds {
		worlds[i] = world(r, s)
	}
	type said struct {
		rule     string
		verdicts []cond.Verdict
	}
	zh, en := map[string]said{}, map[string]said{}
	for range 6000 {
		rule := a.condition(a.r.IntN(4))
		c, found := env.Compile(cond.Source{Text: rule})
		if c == nil {
			if found[0].Code != "cond.too-costly" {
				t.Fatalf("%s: %v", rule, found)
			}
			continue
		}
		text, complete := p.SentenceComplete(c.Node())
		if !complete || text.Zh == "" || text.En == "" {
			t.Errorf("%s: not all in words: %q", rule, text)
		}
		for _, one := range []string{text.Zh, text.En} {
			if wrong := sane(one); wrong != "" {
				t.Errorf("%s: %s: %s", rule, wrong, one)
			}
		}
		now := said{rule: rule}
		for _, w := range worlds {
			now.verdicts = append(now.verdicts, c.Explain(w).Verdict)
		}
		for _, one := range []struct {
			text string
			seen map[string]said
		}{{text.Zh, zh}, {text.En, en}} {
			before, again := one.seen[one.text]
			one.seen[one.text] = now
			if !again {
				continue
			}
			for i := range worlds {
				if before.verdicts[i] != now.verdicts[i] && before.verdicts[i] != "" && now.verdicts[i] != "" {
					t.Errorf("two conditions that differ read alike:\n%s\n%s\n%s", before.rule, now.rule, one.text)
					break
				}
			}
		}
	}
}
