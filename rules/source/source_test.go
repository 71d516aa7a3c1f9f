package source_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/source"
)

func TestPositions(t *testing.T) {
	text := "{\n  \"名\": \"甲乙\",\n  \"rules\": [\n    {\"when\": \"a \\\"b\\\" \\u4e2d 𠮷 x\"}, 12\n  ]\n}\n"
	doc, found := source.Parse([]byte(text), "f.json")
	if doc == nil {
		t.Fatal(found)
	}
	type place struct{ line, col int }
	at := func(p string) place { l, c := doc.At(p); return place{l, c} }
	inside := func(p string, i int) place { l, c := doc.Inside(p, i); return place{l, c} }
	for _, c := range []struct {
		name      string
		got, want place
	}{
		{"document", at(""), place{1, 1}},
		{"value after Chinese key", at("/名"), place{2, 8}},
		{"element", at("/rules/1"), place{4, 37}},
		{"missing falls back to its parent", at("/rules/0/nothing/here"), place{4, 5}},
		{"start of a string", inside("/rules/0/when", 0), place{4, 15}},
		{"after escapes", inside("/rules/0/when", 4), place{4, 20}},
		{"after a unicode escape", inside("/rules/0/when", 7), place{4, 29}},
		{"after a 4-byte character", inside("/rules/0/when", 9), place{4, 31}},
	} {
		if c.got != c.want {
			t.Errorf("%s: at %v, want %v", c.name, c.got, c.want)
		}
	}
	if l, c := doc.Key("/rules"); l != 3 || c != 3 {
		t.Errorf("key at %d:%d", l, c)
	}
}

func TestFindings(t *testing.T) {
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	for _, c := range []struct{ text, code string }{
		{`{"a":1,"a":2}`, "json.duplicate-key"},
		{`{"a":1}x`, "json.trailing"},
		{`{"a":`, "json.end"},
		{`{"a" 1}`, "json.syntax"},
		{`{"a":01}`, "json.bad-number"},
		{`{"a":"\q"}`, "json.bad-string"},
		{"{\"a\":\"x\ny\"}", "json.control-character"},
		{`[1,]`, "json.syntax"},
		{`{"a":nul}`, "json.syntax"},
		{"", "json.end"},
		{"\"\xff\"", "json.not-utf8"},
		{deep, "json.too-deep"},
		{`"` + strings.Repeat("x", source.MaxBytes) + `"`, "json.too-large"},
	} {
		doc, found := source.Parse([]byte(c.text), "f.json")
		if doc != nil || len(found) != 1 || found[0].Code != c.code {
			t.Errorf("%.20q: %v, want %s", c.text, found, c.code)
			continue
		}
		if found[0].Line < 1 || found[0].Col < 1 || found[0].File != "f.json" {
			t.Errorf("%.20q: no place in %+v", c.text, found[0])
		}
		if text := found[0].Both(); text.Zh == c.code || text.En == c.code || strings.Contains(text.En, "{") {
			t.Errorf("%s has no text: %+v", c.code, text)
		}
	}
}

// FuzzParse holds the reader to encoding/json: what it accepts means the same there, and it accepts everything that is
// there once repeated keys and depth are set aside.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,"x\u4e2d",null,true,{"b":{}}]}`, `[]`, `"\ud83d\ude00"`, ` 0 `, "\xef\xbb\xbf{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, found := source.Parse(raw, "f")
		if doc == nil {
			if !found.HasErrors() {
				t.Fatal("nothing read and nothing said")
			}
			return
		}
		var want any
		dec := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("accepted %q, which is not JSON: %v", raw, err)
		}
		if !reflect.DeepEqual(doc.Root(), want) {
			t.Fatalf("%q read as %v, want %v", raw, doc.Root(), want)
		}
		if l, c := doc.At(diag.Pointer("", "no", "such")); l < 1 || c < 1 {
			t.Fatalf("place %d:%d", l, c)
		}
	})
}
