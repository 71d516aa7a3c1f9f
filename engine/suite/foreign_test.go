package suite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// TestForeignBenefits holds the engine to benefits of other countries, each with a dictionary of its own: family allowances of
// France (Code de la sécurité sociale L521-1), child benefit of the United Kingdom (SSCBA 1992 s 141-147), food stamps of the
// United States (7 CFR 273.9 to 273.11), the Best Start credit and the rates rebate of New Zealand (Income Tax Act 2007, Rates
// Rebate Act 1973). Their examples are cases that OpenFisca and PolicyEngine publish, and a few worked out from the statutes.
func TestForeignBenefits(t *testing.T) {
	items, err := filepath.Glob("testdata/*/items/*.json")
	if err != nil || len(items) < 5 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	for _, file := range items {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			dict, found := dictionary.Load(os.DirFS(filepath.Join(filepath.Dir(file), "..", "dictionary")))
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			report := func(found diag.List) {
				for _, d := range found {
					if d.Severity == diag.Error {
						t.Errorf("%s:%d:%d %s %s", d.File, d.Line, d.Col, d.Code, d.Text(lang.En))
					}
				}
			}
			report(found)
			def, doc, found := item.Decode(raw, file)
			report(found)
			if dict == nil || def == nil {
				return
			}
			p, found := plan.Compile(def, doc, dict)
			report(found)
			if p == nil {
				return
			}
			report(suite.Check(p, doc))
			for _, r := range suite.Run(p, doc) {
				for _, d := range r.Differences {
					t.Errorf("%s: %s: expected %s, found %s", r.Name, d.Name, d.Expected, d.Found)
				}
				for _, q := range r.Problems {
					t.Errorf("%s: %d:%d %s %s", r.Name, q.Line, q.Col, q.Code, q.Text.En)
				}
			}
		})
	}
}
