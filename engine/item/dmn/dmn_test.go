package dmn_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/item/dmn"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s:\n%s", name, got)
	}
}

func written(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func findings(t *testing.T, found diag.List) string {
	t.Helper()
	var b strings.Builder
	for _, d := range found {
		en, zh := d.Text(lang.En), d.Text(lang.Zh)
		fmt.Fprintf(&b, "%d:%d %s %s%s\n  %s\n  %s\n", d.Line, d.Col, d.Severity, d.Code, strings.TrimSuffix(" "+d.Path, " "), en, zh)
		if _, ok := diag.Codes()[d.Code]; !ok || strings.ContainsAny(en, "{}") {
			t.Errorf("%s: no complete text: %s", d.Code, en)
		}
	}
	return b.String()
}

// TestImport holds what becomes of every file of testdata to its golden: findings with their places, and tables.
func TestImport(t *testing.T) {
	names, err := filepath.Glob("testdata/*.dmn")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".dmn"), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tables, found := dmn.Import(raw, name)
			got := []byte(findings(t, found))
			if found.HasErrors() != (tables == nil) {
				t.Errorf("%d tables, and findings %v", len(tables), found)
			}
			if tables != nil {
				got = append(got, written(t, tables)...)
			}
			golden(t, strings.TrimSuffix(name, ".dmn")+".golden", got)
		})
	}
}

func decoded(t *testing.T, name string) (*item.Definition, func(key, on string) ([]byte, diag.List)) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	def, doc, found := item.Decode(raw, name)
	if def == nil {
		t.Fatal(found)
	}
	return def, func(key, on string) ([]byte, diag.List) { return dmn.Export(def, doc, key, on) }
}

// TestExport holds what is written of every table of testdata/tables.item to its golden, and reads it again: the same file
// comes of it, and where the notation of FEEL is no different, the same table.
func TestExport(t *testing.T) {
	def, export := decoded(t, "testdata/tables.item")
	var out bytes.Buffer
	for _, d := range def.Derive {
		if d.Table == nil {
			continue
		}
		on := ""
		if len(d.Table.Versions) > 0 {
			on = "2026-03-01"
		}
		file, found := export(d.Key, on)
		fmt.Fprintf(&out, "== %s\n%s%s", d.Key, findings(t, found), file)
		if file == nil {
			continue
		}
		again, found := dmn.Import(file, d.Key)
		if len(again) != 1 {
			t.Errorf("%s: not read again: %v\n%s", d.Key, found, file)
			continue
		}
		fmt.Fprint(&out, findings(t, found))
		copied := *def
		copied.Derive = again
		if second, found := dmn.Export(&copied, nil, d.Key, ""); !bytes.Equal(second, file) {
			t.Errorf("%s: written again:\n%s\n%v", d.Key, second, found)
		}
		if strings.HasPrefix(d.Key, "same_") {
			if got, want := string(written(t, again[0])), string(written(t, d)); got != want {
				t.Errorf("%s: read again:\n%s\nwant\n%s", d.Key, got, want)
			}
		} else {
			out.Write(written(t, again[0]))
		}
	}
	golden(t, "testdata/tables.golden", out.Bytes())
}

// TestExportRefuses names what cannot be written, at its place.
func TestExportRefuses(t *testing.T) {
	def, export := decoded(t, "testdata/refused.item")
	var out bytes.Buffer
	for _, key := range append([]string{"absent"}, keys(def)...) {
		file, found := export(key, "2020-01-01")
		if file != nil {
			t.Errorf("%s: written:\n%s", key, file)
		}
		fmt.Fprintf(&out, "== %s\n%s", key, findings(t, found))
	}
	file, found := export("dated", "")
	fmt.Fprintf(&out, "== dated, on no day\n%s%s", findings(t, found), file)
	golden(t, "testdata/refused.golden", out.Bytes())
}

func keys(def *item.Definition) []string {
	var out []string
	for _, d := range def.Derive {
		out = append(out, d.Key)
	}
	return out
}

// TestLimits: a hostile file costs no more than reading it.
func TestLimits(t *testing.T) {
	const head = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">`
	for name, c := range map[string]struct{ text, code string }{
		"size":     {head + strings.Repeat(" ", dmn.MaxBytes), "dmn.too-large"},
		"depth":    {head + strings.Repeat("<a>", dmn.MaxDepth), "dmn.too-deep"},
		"elements": {head + strings.Repeat("<a/>", dmn.MaxElements), "dmn.too-large"},
		"text":     {head + entry(strings.Repeat("1+", 100_000)), "dmn.text-too-long"},
		"brackets": {head + entry(strings.Repeat("(", 3000)), "dmn.unsupported-expression"},
		"signs":    {head + entry(strings.Repeat("-", 3000)), "dmn.unsupported-expression"},
		"types":    {head + `<itemDefinition name="a"><typeRef>a</typeRef></itemDefinition>` + strings.Replace(entry(`1`), `"number"`, `"a"`, 1), "dmn.unsupported-type"},
	} {
		tables, found := dmn.Import([]byte(c.text), name)
		errs := slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
		if tables != nil || len(errs) != 1 || errs[0].Code != c.code {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func entry(text string) string {
	return `<decision name="d"><decisionTable><input><inputExpression><text>x</text></inputExpression></input><output typeRef="number"/>` +
		`<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>` + text + `</text></outputEntry></rule></decisionTable></decision></definitions>`
}

// FuzzImport: any text gives tables or findings inside the file; tables can be written and read again.
func FuzzImport(f *testing.F) {
	names, err := filepath.Glob("testdata/*.dmn")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tables, found := dmn.Import(raw, "x")
		for _, d := range found {
			if d.Line < 1 || d.Col < 1 || d.Line > 1+bytes.Count(raw, []byte("\n")) {
				t.Errorf("%s at %d:%d", d.Code, d.Line, d.Col)
			}
		}
		if tables == nil && !found.HasErrors() {
			t.Error("refused without an error")
		}
		for _, d := range tables {
			if d.Table == nil {
				continue // an expression, which is not written
			}
			def := &item.Definition{Code: "X", Derive: []item.Derive{d}}
			first, refused := dmn.Export(def, nil, d.Key, "")
			if first == nil {
				t.Fatalf("%v: %+v", refused, d)
			}
			again, found := dmn.Import(first, "again")
			if len(again) != 1 {
				t.Fatalf("%v\n%s", found, first)
			}
			def.Derive = again
			if second, found := dmn.Export(def, nil, d.Key, ""); !bytes.Equal(first, second) {
				t.Fatalf("%v\n%s\n%s", found, first, second)
			}
		}
	})
}
