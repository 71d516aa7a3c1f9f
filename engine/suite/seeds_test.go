package suite_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/seeds"
)

// TestSeeds holds the engine to the examples that the seed items carry.
func TestSeeds(t *testing.T) {
	dict, found := dictionary.Load(seeds.Dictionary())
	for _, d := range found {
		t.Errorf("%s:%d:%d %s %s", d.File, d.Line, d.Col, d.Code, d.Text(lang.En))
	}
	items := 0
	err := fs.WalkDir(seeds.Files(), "items", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".json") {
			return err
		}
		items++
		t.Run(name, func(t *testing.T) {
			raw, err := fs.ReadFile(seeds.Files(), name)
			if err != nil {
				t.Fatal(err)
			}
			def, doc, found := item.Decode(raw, name)
			var p *plan.Plan
			if def != nil {
				var more diag.List
				p, more = plan.Compile(def, doc, dict)
				found = append(found, more...)
			}
			for _, d := range found {
				if d.Severity == diag.Error {
					t.Errorf("%s:%d:%d %s %s", d.File, d.Line, d.Col, d.Code, d.Text(lang.En))
				}
			}
			if p == nil {
				return
			}
			if n := len(def.Examples); n < 6 {
				t.Errorf("only %d examples", n)
			}
			for _, d := range suite.Check(p, doc) {
				t.Errorf("%s:%d:%d %s %s", d.File, d.Line, d.Col, d.Code, d.Text(lang.En))
			}
			for _, r := range suite.Run(p, doc) {
				for _, d := range r.Differences {
					t.Errorf("%s: %s: expected %s, found %s", r.Name, d.Name, d.Expected, d.Found)
				}
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if items < 3 {
		t.Errorf("only %d items", items)
	}
}
