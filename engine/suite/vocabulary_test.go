package suite_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/seeds"
)

// TestNoItemRepeatsTheDictionary: what the city calls by one name is defined once. No field or column of an item has the label of
// a data element, also in other words, or its choices; no two items define a field alike, or choices alike; no amount of money
// stands in a rule where a parameter belongs; and an item gives a material no name, issuer or standard of its own.
func TestNoItemRepeatsTheDictionary(t *testing.T) {
	dict, found := dictionary.Load(seeds.Dictionary())
	if found.HasErrors() {
		t.Fatal(found)
	}
	elements, choices := map[string]string{}, map[string]string{} // name, choices -> key
	for _, e := range dict.Elements() {
		if other, twice := elements[plainly(e.Label.Zh)]; twice {
			t.Errorf("the elements %s and %s have the same label %s", other, e.Key, e.Label.Zh)
		}
		elements[plainly(e.Label.Zh)] = e.Key
		var labels []string
		for _, c := range e.Choices {
			labels = append(labels, c.Label.Zh)
		}
		choices[strings.Join(labels, "\x00")] = "the element " + e.Key
	}
	fields := map[string]string{} // label and schema -> item
	for name, def := range definitions(t) {
		_, hints := plan.Compile(def, nil, dict)
		for _, d := range hints {
			if d.Code == "plan.bare-amount" {
				t.Errorf("%s: an amount stands in the rule %s", name, d.Path)
			}
		}
		for _, f := range slices.Concat(def.Fields, columnsOf(def)) {
			if f.Columns != nil || f.Element != "" || f.Value != "" {
				continue
			}
			if key, ok := elements[plainly(f.Label.Zh)]; ok {
				t.Errorf("%s: the field %s is the data element %s", name, f.Key, key)
			}
			var labels []string
			for _, c := range f.Choices {
				labels = append(labels, c.Label.Zh)
			}
			if all := strings.Join(labels, "\x00"); all != "" {
				if other, twice := choices[all]; twice {
					t.Errorf("%s: the choices of %s are those of %s", name, f.Key, other)
				}
				choices[all] = name + " " + f.Key
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

// plainly takes from a label what only says how it is asked.
func plainly(label string) string {
	label = strings.TrimPrefix(strings.TrimRight(label, "？?"), "是否")
	label, _, _ = strings.Cut(label, "（")
	return strings.ReplaceAll(label, "的", "")
}

// TestItemsAreComplete holds every seed item to what a published one needs.
func TestItemsAreComplete(t *testing.T) {
	all := definitions(t)
	if len(all) < 13 {
		t.Errorf("%d items, want thirteen", len(all))
	}
	for name, def := range all {
		if len(def.Examples) < 8 {
			t.Errorf("%s has %d examples, want eight", name, len(def.Examples))
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
