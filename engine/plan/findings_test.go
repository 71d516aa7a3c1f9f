package plan_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/seeds"
)

var update = flag.Bool("update", false, "rewrite goldens")

func city(t testing.TB) *dictionary.Dictionary {
	t.Helper()
	dict, found := dictionary.Load(seeds.Dictionary())
	if found.HasErrors() {
		t.Fatal(found)
	}
	return dict
}

// TestFindings compiles the item of each case and compares every finding: code, severity, place and both texts.
func TestFindings(t *testing.T) {
	dict := city(t)
	names, err := filepath.Glob("testdata/findings/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			def, doc, found := item.Decode(ar.Files[0].Data, ar.Files[0].Name)
			if def != nil {
				_, more := plan.Compile(def, doc, dict)
				found = append(found, more...)
			}
			for _, d := range found.Sorted() {
				fmt.Fprintf(&got, "%s:%d:%d: %s %s %s\n  %s\n  %s\n", d.File, d.Line, d.Col, d.Severity, d.Code, d.Path, d.Text(lang.Zh), d.Text(lang.En))
				if text := d.Text(lang.En); text == d.Code || strings.Contains(text, "{") {
					t.Errorf("%s has no complete text: %s", d.Code, text)
				}
			}
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "findings", Data: got.Bytes()})
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(ar.Files[1].Data); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}
