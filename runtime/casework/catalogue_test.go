package casework_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casework"
)

// shelf is a catalogue of items that differ in their words only.
func shelf(t testing.TB) *casework.Catalogue {
	t.Helper()
	var plans []*allowance
	add := func(code, name, en, plain string, aliases ...string) {
		plans = append(plans, &allowance{version: 1, def: &item.Definition{Code: code, Version: 1, Name: lang.Text{Zh: name, En: en},
			PlainName: lang.Text{Zh: plain}, Aliases: aliases, Effective: item.Period{From: "2026-01-01"}}})
	}
	add("512B0003600037", "高龄津贴申领", "Old-age allowance", "老人补贴", "敬老金")
	add("512B0003600031", "临时救助金给付", "Temporary assistance", "临时困难补助")
	add("512B0011200070", "居住证申领", "Residence permit", "办居住证", "暂住证")
	add("510100000001", "残疾人长期护理补贴", "Long-term care subsidy", "")
	add("510100000002", "重点优抚对象短期疗养", "", "")
	add("510100000003", "老年人优待证办理（2026版）", "Senior card", "老年证")
	add("510100000004", "旅居老人登记", "", "")
	c, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSearch(t *testing.T) {
	c := shelf(t)
	for _, x := range []struct {
		query string
		want  string // codes' last two digits and what matched, best first
	}{
		{"高龄津贴", "37 name"},
		{"高龄津贴申领", "37 name"},
		{"老人补贴", "37 plainName"},
		{"敬老金", "37 alias"},
		{"暂住证", "70 alias"},
		{"居住证", "70 name"},
		{"512B0003600037", "37 code"},
		{"512b00036", "31 code, 37 code"},
		{"glj", "37 initials"},
		{"GLJTSL", "37 initials"},
		{"gljt", "37 initials"},
		{"lrbt", "37 initials"},
		{"jzz", "70 initials"},
		{"zzz", "70 initials"}, // 暂住证
		{"gaoling", "37 pinyin"},
		{"gaolingjintie", "37 pinyin"},
		{"gao ling jin tie", "37 pinyin"},
		{"gaoljt", "37 pinyin"},
		{"juzhuzheng", "70 pinyin"},
		{"juzhuzh", "70 pinyin"},
		{"changqihuli", "01 pinyin"}, // 长 read chang
		{"zhangqihuli", "01 pinyin"}, // and zhang: typed either way
		{"zdyf", "02 initials"},      // 重点: zhong
		{"cdyf", "02 initials"},      // 重点: chong
		{"lvju", "04 pinyin"},
		{"luju", "04 pinyin"},
		{"zhldyf", ""},
		{"old-age", "37 name"},
		{"ALLOWANCE", "37 name"},
		{"２０２６", "03 name"}, // full width
		{"老 补贴", "37 plainName"},
		{"老补贴", "37 plainName"}, // characters in between left out
		{"临时 给付", "31 name"},
		{"临时 居住证", ""},
		{"证办", "03 name"},
		{"老年证", "03 plainName"},
		{"老人", "37 plainName, 04 name, 03 name"},
		{"……", "all"},
		{"", "all"},
		{"完全没有", ""},
		{"'; DROP TABLE", ""},
		{strings.Repeat("gl", 60), ""},
	} {
		var got []string
		found := c.Search(x.query, "2026-03-02")
		for _, m := range found {
			code := m.Plan.Ref().Code
			got = append(got, strings.TrimSpace(code[len(code)-2:]+" "+m.Matched))
		}
		text := strings.Join(got, ", ")
		if len(found) == 7 {
			text = "all"
		}
		if text != x.want {
			t.Errorf("%q found %s, want %s", x.query, text, x.want)
		}
	}
}

func TestSearchItemsByPage(t *testing.T) {
	c := open(t, shelf(t))
	var codes []string
	after := ""
	for {
		page, err := c.SearchItems(t.Context(), anybody, "", after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			codes = append(codes, i.Code)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(codes) != 7 || codes[0] != "510100000001" || codes[6] != "512B0011200070" {
		t.Errorf("walked %v", codes)
	}
	if page, err := c.SearchItems(t.Context(), anybody, "", "no-such-code", 3); err != nil || len(page.Items) != 0 {
		t.Errorf("after an unknown cursor: %+v, %v", page, err)
	}
	_, err := c.SearchItems(t.Context(), anybody, strings.Repeat("长", 101), "", 3)
	wantCode(t, err, "invalid", "case.query-too-long")
}

func TestVersions(t *testing.T) {
	version := func(n int, from, to string) *allowance {
		d := *(&allowance{version: n}).Definition()
		d.Effective = item.Period{From: from, To: to}
		return &allowance{version: n, def: &d}
	}
	c := mustCatalogue(t, version(1, "2026-01-01", "2026-06-30"), version(3, "2026-03-01", "2026-03-31"), version(2, "2026-08-01", ""))
	for date, want := range map[string]int{"2025-12-31": 0, "2026-01-01": 1, "2026-02-28": 1, "2026-03-01": 3, "2026-03-31": 3,
		"2026-04-01": 1, "2026-06-30": 1, "2026-07-01": 0, "2026-08-01": 2, "2030-01-01": 2} {
		got := 0
		if p, err := c.Current("512B0003600037", date); err == nil {
			got = p.Ref().Version
		}
		if got != want {
			t.Errorf("on %s version %d, want %d", date, got, want)
		}
		if n := len(c.Search("高龄", date)); n != min(want, 1) {
			t.Errorf("on %s a search finds %d", date, n)
		}
	}
	if _, err := c.Pinned(plan.ItemRef{Code: "512B0003600037", Version: 1, Plan: "plan-1"}); err != nil {
		t.Error(err)
	}
	_, err := c.Pinned(plan.ItemRef{Code: "512B0003600037", Version: 1, Plan: "another"})
	wantCode(t, err, "not_found", "case.item-not-pinned")
	if _, err := casework.NewCatalogue([]*allowance{{version: 1}, {version: 1}}); err == nil {
		t.Error("one version twice was taken")
	}
}

func BenchmarkSearch(b *testing.B) {
	c := shelf(b)
	for b.Loop() {
		c.Search("gaoljt", "2026-03-02")
	}
}

// TestEveryFaultHasAText walks the sources of the case packages for codes of faults and looks each up.
func TestEveryFaultHasAText(t *testing.T) {
	n := 0
	for _, dir := range []string{".", "../casefile", "../licence", "../document"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok {
					return true
				}
				for _, arg := range call.Args {
					lit, ok := arg.(*ast.BasicLit)
					if !ok || lit.Kind != token.STRING {
						continue
					}
					code, err := strconv.Unquote(lit.Value)
					if err != nil || !strings.HasPrefix(code, "case.") && !strings.HasPrefix(code, "document.") {
						continue
					}
					n++
					if text, ok := diag.Codes()[code]; !ok || text.Zh == "" || text.En == "" {
						t.Errorf("%s: %s lacks a text", name, code)
					}
				}
				return true
			})
		}
	}
	if n < 50 {
		t.Errorf("only %d codes were found: the walk is broken", n)
	}
}
