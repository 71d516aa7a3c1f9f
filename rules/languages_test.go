package rules_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/source"
)

// The facts that languages.md speaks of, with their values.
var spoken = []struct{ path, schema, value string }{
	{"form.age", `{"type":"integer"}`, `61`},
	{"form.income", `{"type":"integer","format":"money"}`, `70`},
	{"form.kind", `{"type":"string","enum":["urban","rural"]}`, `"urban"`},
	{"form.birth", `{"type":"string","format":"date"}`, `"1965-03-01"`},
	{"form.lives_here", `{"type":"boolean"}`, `true`},
	{"form.name", `{"type":"string"}`, `"Abe"`},
	{"agent.present", `{"type":"boolean"}`, `false`},
	{"param.standard", `{"type":"integer","format":"money"}`, `50`},
	{"today", `{"type":"string","format":"date"}`, `"2026-03-02"`},
	{"form.children", `{"type":"array","maxItems":10,"items":{"type":"object","properties":{"name":{"type":"string"},"born":{"type":"string","format":"date"},
		"student":{"type":"boolean"},"cost":{"type":"integer","format":"money"}}}}`,
		`[{"name":"Ann","born":"2015-03-01","student":true,"cost":100},{"name":"Bo","born":"2018-06-15","student":false,"cost":300},
		{"name":"Cy","born":"2020-01-31","student":true,"cost":200}]`},
}

// rate is a parameter with a date: 100 until the end of 2025, 150 from then on.
var rate = funcs.Func{
	Name: "param_rate", Params: []funcs.Param{{Name: "date", Type: facts.Type{Kind: facts.Date}}}, Result: facts.Type{Kind: facts.Int, Money: true}, Cost: 4,
	Call: func(args []any) (any, error) {
		if day, _ := args[0].(time.Time); day.Year() < 2026 {
			return int64(100), nil
		}
		return int64(150), nil
	},
}

var code = regexp.MustCompile("`([^`]+)`")

// TestLanguages compiles and evaluates every expression of languages.md.
func TestLanguages(t *testing.T) {
	var declared []facts.Fact
	for _, f := range spoken {
		typ, found := facts.TypeOf(json.RawMessage(f.schema), "")
		if found.HasErrors() {
			t.Fatal(f.path, found)
		}
		declared = append(declared, facts.Fact{Path: f.path, Type: typ, Label: lang.Text{Zh: f.path, En: f.path}})
	}
	space, found := facts.NewSpace(declared)
	if len(found) > 0 {
		t.Fatal(found)
	}
	values := space.NewValues()
	for i, f := range spoken {
		v, err := space.At(i).Type.Decode(json.RawMessage(f.value))
		if err != nil {
			t.Fatal(f.path, err)
		}
		values.Set(i, v)
	}
	cal, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	lib := funcs.Standard(cal).With(rate)
	conditions, err := cond.NewEnv(space, lib)
	if err != nil {
		t.Fatal(err)
	}
	formulas := formula.NewEnv(space, lib)

	condition := func(text string) {
		c, found := conditions.Compile(source.Fragment{Text: text, Line: 1, Col: 1})
		if c == nil {
			t.Errorf("%s: %v", text, found)
			return
		}
		if v, err := c.Eval(values); err != nil || v == cond.Undetermined {
			t.Errorf("%s: %v %v", text, v, err)
		}
	}
	value := func(text string) (formula.Result, bool) {
		f, found := formulas.Compile(source.Fragment{Text: text, Line: 1, Col: 1}, facts.Type{}, "")
		if f == nil {
			t.Errorf("%s: %v", text, found)
			return formula.Result{}, false
		}
		r, err := f.Eval(values)
		if err != nil || r.State != facts.Known {
			t.Errorf("%s: %+v %v", text, r, err)
			return r, false
		}
		return r, true
	}

	raw, err := os.ReadFile("languages.md")
	if err != nil {
		t.Fatal(err)
	}
	section, checked := "", 0
	for line := range strings.Lines(string(raw)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(title)
		}
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) < 4 || strings.HasPrefix(line, "| ---") {
			continue
		}
		each := func(cell string, do func(string)) {
			for _, m := range code.FindAllStringSubmatch(strings.ReplaceAll(cell, "\x00", "|"), -1) {
				do(m[1])
				checked++
			}
		}
		switch section {
		case "Side by side":
			each(cells[2], condition)
			each(cells[3], func(text string) { value(text) })
		case "Lists in formulas":
			var results []any
			for _, cell := range cells[1:3] {
				each(cell, func(text string) {
					if r, ok := value(text); ok {
						results = append(results, r.Value)
					}
				})
			}
			if len(results) == 2 && !facts.Equal(results[0], results[1]) {
				t.Errorf("%s gives %v", strings.TrimSpace(line), results[0])
			}
		}
	}
	if checked < 70 {
		t.Errorf("only %d expressions were found", checked)
	}
}
