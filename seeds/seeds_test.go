package seeds_test

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/tongban/tongban/seeds"
)

// An item is found by its code and its department: the file's place must say the same as the document.
func TestItemsAreWhereTheyBelong(t *testing.T) {
	names, err := fs.Glob(seeds.Files(), "items/*/*.json")
	if err != nil || len(names) < 3 {
		t.Fatalf("%d items, %v; want at least 3", len(names), err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(seeds.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		var item struct {
			Code, Authority string
			Examples        []json.RawMessage
		}
		if err := json.Unmarshal(raw, &item); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if code := strings.TrimSuffix(path.Base(name), ".json"); item.Code != code {
			t.Errorf("%s holds the item %s", name, item.Code)
		}
		if folder := path.Base(path.Dir(name)); item.Authority != folder {
			t.Errorf("%s belongs to %s", name, item.Authority)
		}
		if len(item.Examples) < 6 {
			t.Errorf("%s has %d examples, want six or more", name, len(item.Examples))
		}
	}
}

// Whatever only a local document can fix is marked as a stand-in until that document is entered.
func TestLocalAmountsAreMarkedIllustrative(t *testing.T) {
	names, err := fs.Glob(seeds.Dictionary(), "*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range names {
		raw, err := fs.ReadFile(seeds.Dictionary(), name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Parameters []struct {
				Key          string
				Illustrative bool
				Series       []struct{ Document string }
			}
		}
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range file.Parameters {
			for _, v := range p.Series {
				seen++
				if strings.Contains(v.Document, "示意") != p.Illustrative {
					t.Errorf("%s: %s rests on %q, but illustrative is %v", name, p.Key, v.Document, p.Illustrative)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no parameter has a value")
	}
}
