package suite_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/seeds"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestSentencesOfSeeds holds the sentences of the seed items, which people who know the law have read, to a golden file. All are
// in words, and two conditions of an item that are not the same rule never read alike.
func TestSentencesOfSeeds(t *testing.T) {
	dict, found := dictionary.Load(seeds.Dictionary())
	if found.HasErrors() {
		t.Fatal(found)
	}
	all := definitions(t)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	say := func(what string, text lang.Text) {
		if !text.IsZero() {
			fmt.Fprintf(&b, "\n%s\n    %s\n    %s\n", what, text.Zh, text.En)
		}
	}
	for _, name := range names {
		p, found := plan.Compile(all[name], nil, dict)
		for _, d := range found {
			if d.Severity == diag.Error || d.Code == "plan.sentence-incomplete" {
				t.Errorf("%s: %s %s", name, d.Code, d.Text(lang.En))
			}
		}
		if p == nil {
			continue
		}
		fmt.Fprintf(&b, "\n# %s\n", name)
		outcome := p.Evaluate(plan.Input{Date: all[name].Effective.From})
		rules := map[lang.Text]string{}
		for i, c := range outcome.Eligibility.Conditions {
			say("condition "+c.ID, c.Sentence)
			rule := all[name].Conditions[i].Rule
			if other, twice := rules[c.Sentence]; twice && other != rule {
				t.Errorf("%s: %s and %s both read %q", name, rule, other, c.Sentence)
			}
			rules[c.Sentence] = rule
		}
		for _, m := range outcome.Materials {
			say("material "+m.ID, m.Why)
		}
	}
	const golden = "testdata/sentences.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Error("sentences of the seed items changed; look at the difference after running with -update")
	}
}
