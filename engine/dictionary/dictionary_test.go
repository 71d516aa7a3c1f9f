package dictionary_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// Each case is an archive: the files of a dictionary, and last what loading it finds.
func TestFindings(t *testing.T) {
	cases, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if last < 0 || archive.Files[last].Name != "found" {
				archive.Files = append(archive.Files, txtar.File{Name: "found"})
				last++
			}
			fsys := fstest.MapFS{}
			for _, f := range archive.Files[:last] {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			d, found := dictionary.Load(fsys)
			if (d == nil) != found.HasErrors() {
				t.Errorf("dictionary is nil: %v, errors: %v", d == nil, found.HasErrors())
			}
			got := written(found)
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(archive.Files[last].Data); got != want {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func written(found diag.List) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s:%d:%d: %s %s %s\n  %s\n  %s\n", f.File, f.Line, f.Col, f.Severity, f.Code, f.Path, f.Text(lang.Zh), f.Text(lang.En))
	}
	return b.String()
}

// Every code that loading can report has a case above.
func TestEveryCodeHasACase(t *testing.T) {
	var all strings.Builder
	cases, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	// A folder without files, a file that cannot be read, and what the schema and the calendar admit although the struct
	// and the calendar do not: nothing an archive can hold.
	elsewhere := []string{"dictionary.empty", "dictionary.unreadable", "dictionary.undecodable", "dictionary.calendar"}
	for _, code := range slices.Sorted(maps.Keys(diag.Codes())) {
		if strings.HasPrefix(code, "dictionary.") && !slices.Contains(elsewhere, code) && !strings.Contains(all.String(), " "+code+" ") {
			t.Errorf("no case shows %s", code)
		}
	}
}

func TestFolderWithoutFiles(t *testing.T) {
	d, found := dictionary.Load(fstest.MapFS{"readme.txt": &fstest.MapFile{}})
	if d != nil || len(found) != 1 || found[0].Code != "dictionary.empty" {
		t.Errorf("got %v, %v; want dictionary.empty alone", d, found)
	}
}

func TestUnreadableFile(t *testing.T) {
	d, found := dictionary.Load(fstest.MapFS{"a.json": &fstest.MapFile{Mode: os.ModeDir}})
	if d != nil || len(found) != 1 || found[0].Code != "dictionary.unreadable" || found[0].File != "a.json" {
		t.Errorf("got %v, %v; want dictionary.unreadable for a.json", d, found)
	}
}

func city(t *testing.T) *dictionary.Dictionary {
	t.Helper()
	d, found := dictionary.Load(os.DirFS("../../seeds/dictionary"))
	if len(found) > 0 {
		t.Fatalf("the seed dictionary has findings:\n%s", written(found))
	}
	return d
}

func TestCompetentOffice(t *testing.T) {
	d := city(t)
	for _, c := range []struct {
		division   string
		level      dictionary.Level
		department string
		want       string // empty: none
	}{
		{"510402002901", dictionary.LevelCommunity, "", "service-510402002901"},
		{"510402002901", dictionary.LevelStreet, "", "service-510402002"},
		{"510402002901", dictionary.LevelStreet, "civil-affairs", "service-510402002"},
		{"510402002901", dictionary.LevelStreet, "public-security", "public-security-510402002"},
		{"510402002", dictionary.LevelCounty, "public-security", "public-security-510402"},
		{"510422211901", dictionary.LevelCity, "civil-affairs", "civil-affairs-510400"},
		{"510402", dictionary.LevelStreet, "civil-affairs", ""},          // which street is not known
		{"510402002", dictionary.LevelCommunity, "", ""},                 // nor which community
		{"510402002901", dictionary.LevelCommunity, "civil-affairs", ""}, // a community decides nothing
		{"510108", dictionary.LevelCounty, "civil-affairs", ""},          // not this city
		{"510402002", dictionary.LevelCounty, "no-such-department", ""},
	} {
		o, ok := d.Competent(c.division, c.level, c.department)
		got := ""
		if ok {
			got = o.Key
		}
		if got != c.want {
			t.Errorf("Competent(%s, %s, %q) = %q, want %q", c.division, c.level, c.department, got, c.want)
		}
	}
}

// Every office can be reached by asking for what it does, in its own division.
func TestEveryOfficeIsCompetentSomewhere(t *testing.T) {
	d := city(t)
	for _, o := range d.Offices() {
		lines := slices.Clone(o.Departments)
		if o.Window {
			lines = append(lines, "")
		}
		for _, department := range lines {
			if got, ok := d.Competent(o.Division, o.Level, department); !ok || got.Key != o.Key {
				t.Errorf("%s is not who decides for %q in its own division", o.Key, department)
			}
		}
	}
	// And every street has both who takes cases and its police station.
	streets := 0
	for _, v := range d.Divisions() {
		if v.Level != dictionary.LevelStreet {
			continue
		}
		streets++
		for _, department := range []string{"", "civil-affairs", "public-security"} {
			if _, ok := d.Competent(v.Code, dictionary.LevelStreet, department); !ok {
				t.Errorf("%s has no office for %q", v.Name, department)
			}
		}
	}
	if streets != 49 {
		t.Errorf("%d streets and towns, want 49", streets)
	}
}

func TestDivisions(t *testing.T) {
	d := city(t)
	for code, want := range map[string]string{
		"510400": "攀枝花市", "510411100": "攀枝花市仁和区仁和镇", "510402002901": "攀枝花市东区炳草岗街道示例木棉社区", "510108": "",
	} {
		if got := d.FullName(code); got != want {
			t.Errorf("FullName(%s) = %q, want %q", code, got, want)
		}
	}
	var up []string
	for _, a := range d.Ancestors("510402002901") {
		up = append(up, a.Code)
	}
	if want := []string{"510402002", "510402", "510400"}; !slices.Equal(up, want) {
		t.Errorf("Ancestors(510402002901) = %v, want %v", up, want)
	}
	if up := d.Ancestors("510108"); up != nil {
		t.Errorf("Ancestors of an unknown code = %v, want none", up)
	}
}

func TestParameterAt(t *testing.T) {
	p := dictionary.Parameter{Series: []dictionary.Dated{
		{From: "2024-01-01", To: "2024-12-31", Value: []byte("1")},
		{From: "2025-01-01", To: "2025-06-30", Value: []byte("2")},
		{From: "2026-01-01", Value: []byte("3")},
	}}
	for date, want := range map[string]string{
		"2023-12-31": "", "2024-01-01": "1", "2024-12-31": "1", "2025-01-01": "2", "2025-06-30": "2", "2025-07-01": "",
		"2025-12-31": "", "2026-01-01": "3", "2099-01-01": "3",
	} {
		v, ok := p.At(date)
		if string(v.Value) != want || ok != (want != "") {
			t.Errorf("At(%s) = %q, %v; want %q", date, v.Value, ok, want)
		}
	}
}

func TestCalendarComesFromTheNotices(t *testing.T) {
	d := city(t)
	due, err := d.Calendar().AddWorkdays(calendar.Must(2026, 9, 24), 20)
	if err != nil || due != calendar.Must(2026, 10, 29) {
		t.Errorf("2026-09-24 and 20 working days is %s, %v; want 2026-10-29", due, err)
	}
	if _, err := d.Calendar().AddWorkdays(calendar.Must(2026, 12, 25), 5); err == nil {
		t.Error("2026-12-25 and 5 working days must fail: the notice for 2027 is not there")
	}
}
