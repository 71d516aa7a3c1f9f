package plan_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
)

func seed(t testing.TB, name string) *plan.Plan {
	t.Helper()
	raw, err := os.ReadFile("../../seeds/items/" + name)
	if err != nil {
		t.Fatal(err)
	}
	def, doc, found := item.Decode(raw, name)
	if found.HasErrors() {
		t.Fatal(found)
	}
	p, found := plan.Compile(def, doc, city(t))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return p
}

// TestPublicityIsRedacted: nobody's number is published in full, and no minor's name.
func TestPublicityIsRedacted(t *testing.T) {
	p := seed(t, "disabled-persons/511F82001002.json")
	number := func(day int) string {
		n, err := ident.NewID("510499", calendar.Must(2008, 3, day), 1)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct{ number, want string }{
		{number(10), "王小明"}, // eighteen on the very day
		{number(11), "王*明"},
		{"", "王*明"}, // nobody knows how old
	} {
		applicant := map[string]any{"name": "王小明", "hukou_division": "510402002"}
		if c.number != "" {
			applicant["id_type"], applicant["id_number"] = "resident-id", c.number
		}
		answers, err := json.Marshal(map[string]any{"applicant": applicant})
		if err != nil {
			t.Fatal(err)
		}
		out := p.Evaluate(plan.Input{Date: "2026-03-10", Answers: answers})
		i := slices.IndexFunc(out.Procedures, func(p plan.Procedure) bool { return p.Key == "publicity" })
		shows := map[string]string{}
		for _, s := range out.Procedures[i].Shows {
			shows[s.Label.En] = s.Text.Zh
		}
		if shows["Name"] != c.want {
			t.Errorf("%s: %q in %v, want %q (problems %v)", c.number, shows["Name"], shows, c.want, out.Problems)
		}
		for _, text := range shows {
			if c.number != "" && (text == c.number || len(shows) != 3) {
				t.Errorf("published: %v", shows)
			}
		}
	}
}

// TestLimitOfTheCase: while it is not known which limit holds, the item says so and states the one that holds otherwise.
func TestLimitOfTheCase(t *testing.T) {
	p := seed(t, "public-security/512B0011200070.json")
	for place, want := range map[string]int{"": 15, "510402002": 15, "510422211": 30, "530302": 15} {
		answers := json.RawMessage(`{"applicant":{}}`)
		if place != "" {
			answers = json.RawMessage(`{"applicant":{"residence_division":"` + place + `"}}`)
		}
		l := p.Evaluate(plan.Input{Date: "2026-03-10", Answers: answers}).Limit
		if l.Promised.N != want || l.Statutory.N != want || (want == 30) != (l.Why.En != "") || (place == "") != (len(l.Missing) > 0) {
			t.Errorf("%s: %+v", place, l)
		}
	}
}
