package suite_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/seeds"
)

// TestNoItemRepeatsTheDictionary: what the city calls by one name is defined once. No field of an item has the label of a
// data element, no two items define a field alike, and no amount of money stands in a rule where a parameter belongs.
func TestNoItemRepeatsTheDictionary(t *testing.T) {
	dict, found := dictionary.Load(seeds.Dictionary())
	if found.HasErrors() {
		t.Fatal(found)
	}
	elements := map[string]string{} // label -> key
	for _, e := range dict.Elements() {
		if other, twice := elements[e.Label.Zh]; twice {
			t.Errorf("the elements %s and %s have the same label %s", other, e.Key, e.Label.Zh)
		}
		elements[e.Label.Zh] = e.Key
	}
	fields := map[string]string{} // label and schema -> item
	for name, def := range definitions(t) {
		for _, f := range slices.Concat(def.Fields, columnsOf(def)) {
			if f.Columns != nil || f.Element != "" || f.Value != "" {
				continue
			}
			if key, ok := elements[f.Label.Zh]; ok {
				t.Errorf("%s: the field %s is the data element %s", name, f.Key, key)
			}
			var schema any
			if err := json.Unmarshal(f.Schema, &schema); err != nil {
				t.Fatal(err)
			}
			canonical, err := json.Marshal(schema)
			if err != nil {
				t.Fatal(err)
			}
			mark := f.Label.Zh + string(canonical)
			if other, twice := fields[mark]; twice && other != name {
				t.Errorf("%s and %s both define %s (%s): make it a data element", other, name, f.Label.Zh, f.Key)
			}
			fields[mark] = name
		}
	}
}

// TestItemsAreComplete holds every seed item to what a published one needs.
func TestItemsAreComplete(t *testing.T) {
	first := []string{"512B0003600037", "512B0003600031", "512B0011200070"} // of the first release: six examples
	all := definitions(t)
	if len(all) < 13 {
		t.Errorf("%d items, want thirteen", len(all))
	}
	for name, def := range all {
		least := 8
		if slices.Contains(first, def.Code) {
			least = 6
		}
		if len(def.Examples) < least {
			t.Errorf("%s has %d examples, want %d", name, len(def.Examples), least)
		}
		verdicts := map[string]bool{}
		for _, x := range def.Examples {
			verdicts[x.Expect.Verdict] = true
		}
		for _, v := range []string{"met", "unmet"} {
			if !verdicts[v] {
				t.Errorf("%s has no example whose verdict is %s", name, v)
			}
		}
	}
}

// columnsOf are the columns of every list of an item.
func columnsOf(def *item.Definition) []item.Field {
	var out []item.Field
	for _, f := range def.Fields {
		out = append(out, f.Columns...)
	}
	return out
}

func definitions(t *testing.T) map[string]*item.Definition {
	t.Helper()
	out := map[string]*item.Definition{}
	err := fs.WalkDir(seeds.Files(), "items", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".json") {
			return err
		}
		raw, err := fs.ReadFile(seeds.Files(), name)
		if err != nil {
			return err
		}
		def, _, found := item.Decode(raw, name)
		if def == nil {
			t.Fatal(found)
		}
		out[name] = def
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
