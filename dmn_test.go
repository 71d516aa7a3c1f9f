package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/item"
)

// TestDMN writes a table of a built-in item as DMN, and reads it again.
func TestDMN(t *testing.T) {
	const document = "seeds/items/civil-affairs/512B0003600037.json"
	tongban := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(t.Context(), args, []string{"LANG=en_US.UTF-8"}, strings.NewReader(""), &out, &errs); got != want {
			t.Fatalf("%v: exit status %d, want %d: %s%s", args, got, want, out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
	file, _ := tongban(0, "dmn", "export", document, "benefit")
	name := filepath.Join(t.TempDir(), "benefit.dmn")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	printed, _ := tongban(0, "dmn", "import", name)
	var tables []item.Derive
	if err := json.Unmarshal([]byte(printed), &tables); err != nil || len(tables) != 1 {
		t.Fatalf("%v: %s", err, printed)
	}
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	def, _, found := item.Decode(raw, document)
	if def == nil {
		t.Fatal(found)
	}
	for _, d := range def.Derive {
		if d.Key == "benefit" && len(d.Table.Rows) != len(tables[0].Table.Rows) {
			t.Errorf("%d rows became %d", len(d.Table.Rows), len(tables[0].Table.Rows))
		}
	}
	if _, errs := tongban(1, "dmn", "export", document, "nothing"); !strings.Contains(errs, "dmn.no-such-table") {
		t.Error(errs)
	}
	if _, errs := tongban(1, "dmn", "import", document); !strings.Contains(errs, document+":1:1: error dmn.not-xml") {
		t.Error(errs)
	}
	tongban(1, "dmn", "export", document, "benefit", "--at", "2026-02-30")
}
