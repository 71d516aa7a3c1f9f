package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tongban/tongban/"

// law says what each part may import of ours, longest prefix first: the first entry whose folder holds the file decides.
// Third-party packages that must not spread are in sole.
var law = []struct {
	folder string
	may    []string
}{
	{"rules/", []string{"rules/"}},
	{"engine/store/", []string{"engine/store", "engine/fault"}},
	{"engine/", []string{"engine/", "rules/"}},
	{"designer/", []string{"designer/", "engine/", "rules/"}},
	{"runtime/", []string{"runtime/", "engine/", "rules/"}},
	{"plugins/", []string{"plugins/"}},
	{"seeds/", []string{"seeds", "rules/ident", "rules/calendar", "rules/diag", "rules/lang"}},
}

// never lists imports forbidden beyond the law.
var never = []struct{ folder, what, why string }{
	{"runtime/api", "engine/store", "handlers go through the services"},
	{"designer/api", "engine/store", "handlers go through the services"},
	{"engine/item", "engine/store", "the engine does no I/O"},
	{"engine/plan", "engine/store", "the engine does no I/O"},
	{"engine/suite", "engine/store", "the engine does no I/O"},
	{"runtime/casefile", "engine/store", "the case machine is pure"},
	{"runtime/", "engine/store/sqlite", "only the wiring names a driver"},
	{"runtime/", "engine/store/mongo", "only the wiring names a driver"},
	{"runtime/", "designer", "the two screens' servers do not know each other"},
}

// sole names third-party packages that one folder alone may import, so that replacing them touches one place.
var sole = map[string]string{
	"github.com/google/cel-go":              "rules/cond",
	"github.com/expr-lang/expr":             "rules/formula",
	"github.com/santhosh-tekuri/jsonschema": "rules/schema",
	"github.com/mozillazg/go-pinyin":        "runtime/casework",
	"github.com/danielgtaylor/huma":         "runtime/api",
	"github.com/labstack/echo":              "runtime/api",
	"modernc.org/sqlite":                    "engine/store/sqlite",
	"go.mongodb.org/mongo-driver":           "engine/store/mongo",
	"github.com/prometheus/client_golang":   "runtime/api",
	"golang.org/x/crypto/argon2":            "runtime/account",
	"github.com/alecthomas/kong":            ".",
	"github.com/gabriel-vasile/mimetype":    "runtime/document",
}

// impure lists standard packages that the pure folders may not import: no clock, no randomness, no I/O, no log.
var (
	pure   = []string{"rules/cond", "rules/formula", "rules/table", "rules/phrase", "rules/money", "engine/plan", "engine/item", "engine/suite", "runtime/casefile"}
	impure = []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog", "database/sql", "os/exec"}
)

// TestImportLaw parses every file of the tree. It does not ask the go tool, whose cached answer would hide a new import.
func TestImportLaw(t *testing.T) {
	files := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == "data" || base != "." && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		files++
		src, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range src.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			check(t, name, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d Go files were read: the test looks in the wrong place", files)
	}
}

func check(t *testing.T, file, imported string) {
	test := strings.HasSuffix(file, "_test.go")
	if ours, ok := strings.CutPrefix(imported, module); ok {
		if !test {
			checkLaw(t, file, ours)
		}
		return
	}
	for third, folder := range sole {
		if (imported == third || strings.HasPrefix(imported, third+"/")) && !test && path.Dir(file) != folder {
			t.Errorf("%s imports %s, which belongs to %s alone", file, imported, folder)
		}
	}
	for _, folder := range pure {
		for _, std := range impure {
			if path.Dir(file) == folder && imported == std && !test {
				t.Errorf("%s imports %s, but %s is pure", file, imported, folder)
			}
		}
	}
}

func checkLaw(t *testing.T, file, ours string) {
	for _, n := range never {
		if strings.HasPrefix(file, n.folder) && (ours == n.what || strings.HasPrefix(ours, n.what+"/")) {
			t.Errorf("%s imports %s: %s", file, ours, n.why)
		}
	}
	for _, l := range law {
		if !strings.HasPrefix(file, l.folder) {
			continue
		}
		for _, may := range l.may {
			if ours == strings.TrimSuffix(may, "/") || strings.HasPrefix(ours+"/", strings.TrimSuffix(may, "/")+"/") {
				return
			}
		}
		t.Errorf("%s imports %s, which its folder %s may not", file, ours, l.folder)
		return
	}
}

// TestNoPackageInRuntime keeps the folder named like a standard package free of Go files.
func TestNoPackageInRuntime(t *testing.T) {
	names, err := fs.Glob(os.DirFS("."), "runtime/*.go")
	if err != nil || len(names) > 0 {
		t.Fatalf("runtime/ must hold folders only: %v %v", names, err)
	}
}
