package diag_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

var (
	codeForm    = regexp.MustCompile(`^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	english     = regexp.MustCompile(`^\P{Han}*[A-Za-z]{2}`)
	placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)
)

// Every code has a Chinese and an English text that say the same: with the same arguments.
func TestEveryCodeHasBothTexts(t *testing.T) {
	for code, text := range diag.Codes() {
		if !codeForm.MatchString(code) {
			t.Errorf("%q is not a code", code)
		}
		if !strings.ContainsFunc(text.Zh, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
			t.Errorf("%s: no Chinese: %q", code, text.Zh)
		}
		if !english.MatchString(text.En) { // which may cite a document by its Chinese number
			t.Errorf("%s: no English: %q", code, text.En)
		}
		if zh, en := placeholders(text.Zh), placeholders(text.En); !slices.Equal(zh, en) {
			t.Errorf("%s: %v in Chinese, %v in English", code, zh, en)
		}
	}
}

func placeholders(text string) []string {
	all := placeholder.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// What the rule languages report has a text, and what has a text is reported.
func TestCodesOfTheRuleLanguages(t *testing.T) {
	for _, area := range []string{"facts", "cond", "formula"} {
		used := codesIn(t, area, os.DirFS("../"+area))
		for code, where := range used {
			if _, ok := diag.Codes()[code]; !ok {
				t.Errorf("%s: %s has no text", where, code)
			}
		}
		for code := range diag.Codes() {
			if strings.HasPrefix(code, area+".") && used[code] == "" {
				t.Errorf("%s is reported nowhere", code)
			}
		}
		if len(used) == 0 {
			t.Errorf("no codes found in rules/%s: the test proves nothing", area)
		}
	}
}

// codesIn finds the string literals that are codes of an area in the Go files of a folder, with where they stand.
func codesIn(t *testing.T, area string, folder fs.FS) map[string]string {
	t.Helper()
	files, err := fs.Glob(folder, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		positions := token.NewFileSet()
		tree, err := parser.ParseFile(positions, path.Join("rules", area, name), raw, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(literal.Value); err == nil && strings.HasPrefix(text, area+".") && codeForm.MatchString(text) {
				used[text] = positions.Position(literal.Pos()).String()
			}
			return true
		})
	}
	return used
}

func TestText(t *testing.T) {
	d := diag.New("cond.unknown-name", "/a", "name", "x.{y}")
	if got := d.Text(lang.En); got != "There is no fact “x.{y}”; check the name or declare it in the item." {
		t.Error(got)
	}
	if got := diag.New("no.such-code", "").Text(lang.Zh); got != "no.such-code" {
		t.Error(got)
	}
}

func TestSorted(t *testing.T) {
	var l diag.List
	l.Add(diag.New("b", "/x").At(2, 1), diag.New("a", "/x").At(2, 1).As(diag.Hint), diag.New("c", "/x").At(1, 9), diag.New("b", "/x").At(2, 1))
	var codes []string
	for _, d := range l.Sorted() {
		codes = append(codes, d.Code)
	}
	if want := []string{"c", "b", "a"}; !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	var many diag.List
	for range diag.MaxShown * 2 {
		many.Add(diag.New("w", "").As(diag.Warning).At(len(many)+1, 1))
	}
	many.Add(diag.New("e", "").At(9999, 1))
	if shown := many.Sorted(); len(shown) != diag.MaxShown || !shown.HasErrors() {
		t.Errorf("%d shown, errors %v", len(shown), shown.HasErrors())
	}
}

func TestPointer(t *testing.T) {
	if got := diag.Pointer("/a", "b/c~d", 3); got != "/a/b~1c~0d/3" {
		t.Error(got)
	}
}
