package plan_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/diag"
)

// smallCity is the vocabulary of testdata/city.
func smallCity(t testing.TB) *plan.Vocabulary {
	t.Helper()
	dict, found := dictionary.Load(os.DirFS("testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return plan.Prepare(dict)
}

// through takes a document all the way: read, compiled, evaluated with its own examples and with nothing. It fails on a
// panic, on a refusal without an error that has a place and a text, and on an accepted document that does not come back
// the same from its canonical form.
func through(t *testing.T, city *plan.Vocabulary, raw []byte) {
	def, doc, found := item.Decode(raw, "item.json")
	if def == nil {
		refused(t, raw, found)
		return
	}
	p, more := city.Compile(def, doc)
	if p == nil {
		refused(t, raw, more)
		return
	}
	again, err := item.Encode(def)
	if err != nil {
		t.Fatalf("%s cannot be written: %v", raw, err)
	}
	def2, doc2, found := item.Decode(again, "again.json")
	if def2 == nil {
		t.Fatalf("the canonical form is refused: %v\n%s", found, again)
	}
	if p2, _ := city.Compile(def2, doc2); p2 == nil || p2.Ref() != p.Ref() {
		t.Fatalf("the canonical form means something else\n%s", again)
	}
	for _, x := range def.Examples {
		given, wrong := suite.ReadGiven(x.Given, suite.Parties(def))
		if len(wrong) == 0 {
			evaluated(t, p, given.Input(x.At))
		}
	}
	evaluated(t, p, plan.Input{Date: "2026-03-02"})
}

func refused(t *testing.T, raw []byte, found diag.List) {
	if !found.HasErrors() {
		t.Fatalf("refused without an error: %s", raw)
	}
	for _, d := range found {
		if d.Line < 1 || d.Col < 1 {
			t.Fatalf("%s has no place: %s", d.Code, raw)
		}
		if text := d.Both(); text.Zh == d.Code || text.En == d.Code {
			t.Fatalf("%s has no text", d.Code)
		}
	}
}

func evaluated(t *testing.T, p *plan.Plan, in plan.Input) {
	out := p.Evaluate(in)
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatalf("an outcome that is not JSON: %v", err)
	}
	if again, err := json.Marshal(p.Evaluate(in)); err != nil || !bytes.Equal(raw, again) {
		t.Fatal("another outcome for the same input")
	}
	for _, problem := range out.Problems {
		if problem.Text.Zh == problem.Code || problem.Text.En == problem.Code {
			t.Fatalf("%s has no text", problem.Code)
		}
	}
}

// FuzzItem holds every document to through.
func FuzzItem(f *testing.F) {
	city := smallCity(f)
	raw, err := os.ReadFile("testdata/city/aid.item")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	names, err := filepath.Glob("testdata/findings/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		_, document, _ := strings.Cut(string(text), "-- item.json --\n")
		document, _, _ = strings.Cut(document, "-- findings --")
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { through(t, city, raw) })
}

// TestMutations changes the item of the small city, and others about lists, in one place at a time, over a thousand times, and
// holds every change to through: a key renamed, dropped or doubled, a value of another type, a rule cut short or joined with another.
func TestMutations(t *testing.T) {
	city := smallCity(t)
	read := func(name string) []byte {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	documents := [][]byte{read("testdata/city/aid.item")}
	for _, name := range []string{"columns", "dated-values", "labels", "months", "per-row"} {
		parts := txtar.Parse(read("testdata/lists/" + name + ".txtar")).Files[0].Data
		documents = append(documents, framed(t, read("testdata/city/tables.item"), parts))
	}
	rounds := 1500
	if testing.Short() {
		rounds = 300
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rounds {
		var tree any
		dec := json.NewDecoder(bytes.NewReader(documents[i%len(documents)]))
		dec.UseNumber()
		if err := dec.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		tree = mutate(r, tree)
		changed, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		through(t, city, changed)
	}
}

var strange = []any{
	nil, true, "", "form.income", "1", json.Number("0"), json.Number("-1"), json.Number("9223372036854775808"), json.Number("1e400"),
	[]any{}, map[string]any{}, "𠮷\u0000", "result.total > 0", "sum(result.per_child) / 0", strings.Repeat("(", 200),
}

// mutate changes one place of a tree, chosen at random.
func mutate(r *rand.Rand, v any) any {
	if r.IntN(12) == 0 {
		return strange[r.IntN(len(strange))]
	}
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		if len(keys) == 0 {
			return strange[r.IntN(len(strange))]
		}
		// Map order is random; sorted keys keep the run the same for the same seed.
		slices.Sort(keys)
		k := keys[r.IntN(len(keys))]
		switch r.IntN(8) {
		case 0:
			delete(v, k)
		case 1:
			v[k+"x"] = v[k]
			delete(v, k)
		default:
			v[k] = mutate(r, v[k])
		}
		return v
	case []any:
		if len(v) == 0 {
			return strange[r.IntN(len(strange))]
		}
		i := r.IntN(len(v))
		switch r.IntN(8) {
		case 0:
			return append(v[:i:i], v[i+1:]...)
		case 1:
			return append(v, v[i])
		default:
			v[i] = mutate(r, v[i])
		}
		return v
	case string:
		runes := []rune(v)
		if len(runes) == 0 || r.IntN(3) == 0 {
			return v + " " + strange[3].(string)
		}
		i := r.IntN(len(runes))
		if r.IntN(2) == 0 {
			return string(runes[:i])
		}
		return string(runes[:i]) + string(runes[min(i+1, len(runes)):])
	}
	return strange[r.IntN(len(strange))]
}

// What passes by the shape of a schema, the validator accepts.
func FuzzShape(f *testing.F) {
	for _, s := range [][2]string{
		{`{"type":"string","minLength":2,"maxLength":3}`, `"年月"`},
		{`{"type":"integer","format":"money","minimum":0,"maximum":9}`, `9.0`},
		{`{"type":"number","minimum":0.5,"exclusiveMaximum":2}`, `2`},
		{`{"type":"string","format":"email"}`, `"nobody"`},
		{`{"type":"string","enum":["a","b"]}`, `"b"`},
		{`{"type":"array","minItems":1,"maxItems":2,"items":{"type":"object","required":["a"],"additionalProperties":false,"properties":{` +
			`"a":{"type":"string","oneOf":[{"const":"x","title":"X"},{"const":"y"}]},"b":{"type":["string","null"],"format":"date"}}}}`, `[{"a":"x","b":null}]`},
		{`{"type":"object","properties":{"a":{"type":"integer"}},"if":{"required":["a"]},"then":false}`, `{"a":1}`},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, schema, answer string) {
		if fits, valid, ok := plan.Fits(json.RawMessage(schema), []byte(answer)); ok && fits && !valid {
			t.Fatalf("%s passes by the shape of %s", answer, schema)
		}
	})
}
