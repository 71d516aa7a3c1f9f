package dmn_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/item/dmn"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
)

// spaces are the namespaces of DMN 1.1 to 1.6, in which every model is read.
var spaces = []string{
	"http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
	"https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
	"https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20240513/MODEL/",
}

// model is a model of testdata/conformance.txt. The head of that file says how one is written.
type model struct {
	name    string
	fields  []string // of the item, as JSON
	inside  bytes.Buffer
	table   bytes.Buffer // the rest of a decision that is open
	cases   []string
	refused []string // codes, where the model is not to be read
}

// TestConformance holds tables to what DMN says of them: each model of testdata/conformance.txt is read in every version of
// DMN, put into an item, and asked its cases; then the same is done with what Export makes of it.
func TestConformance(t *testing.T) {
	dict, found := dictionary.Load(os.DirFS("../../plan/testdata/city"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	frame, err := os.ReadFile("../../plan/testdata/city/tables.item")
	if err != nil {
		t.Fatal(err)
	}
	def, _, found := item.Decode(frame, "frame")
	if def == nil {
		t.Fatal(found)
	}
	raw, err := os.ReadFile("testdata/conformance.txt")
	if err != nil {
		t.Fatal(err)
	}
	city := plan.Prepare(dict)
	for _, m := range models(t, string(raw)) {
		t.Run(m.name, func(t *testing.T) {
			def.Fields = nil
			if err := json.Unmarshal([]byte("["+strings.Join(m.fields, ",")+"]"), &def.Fields); err != nil {
				t.Fatal(err)
			}
			for _, space := range spaces {
				file := []byte(`<definitions xmlns="` + space + `" name="m" namespace="m">` + m.inside.String() + `</definitions>`)
				read, found := dmn.Import(file, m.name)
				if len(m.refused) > 0 {
					var codes []string
					for _, d := range found {
						if d.Severity != diag.Hint {
							codes = append(codes, d.Code)
						}
					}
					if got, want := strings.Join(codes, " "), strings.Join(m.refused, " "); got != want {
						t.Fatalf("%s: refused for %s, want %s", space, got, want)
					}
					continue
				}
				if len(read) == 0 {
					t.Fatalf("%s: %v\n%s", space, found, file)
				}
				m.ask(t, city, def, read)
				for i, d := range read {
					if d.Table == nil {
						continue
					}
					def.Derive = read
					out, found := dmn.Export(def, nil, d.Key, "")
					again, refused := dmn.Import(out, d.Key)
					if len(again) != 1 {
						t.Fatalf("%s: written: %v; read again: %v\n%s", d.Key, found, refused, out)
					}
					again[0].Key = d.Key
					read[i] = again[0]
				}
				m.ask(t, city, def, read)
			}
		})
	}
}

func (m *model) ask(t *testing.T, city *plan.Vocabulary, def *item.Definition, read []item.Derive) {
	t.Helper()
	def.Derive = read
	def.Conditions[0].Rule = "true"
	p, found := city.Compile(def, nil)
	if p == nil {
		for _, d := range found {
			if d.Severity == diag.Error {
				t.Errorf("%s %s: %s", d.Code, d.Path, d.Both().En)
			}
		}
		t.FailNow()
	}
	for _, c := range m.cases {
		answers, want, _ := strings.Cut(c, " => ")
		o := p.Evaluate(plan.Input{Date: "2026-03-02", Answers: json.RawMessage(`{"form":` + answers + `}`), Final: true})
		var expected map[string]any
		if err := json.Unmarshal([]byte(want), &expected); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		got := map[string]any{}
		for _, d := range o.Derived {
			if _, asked := expected[d.Key]; asked {
				var v any
				if err := json.Unmarshal([]byte(d.Value), &v); err != nil && d.State == "known" {
					t.Fatal(err)
				}
				got[d.Key] = v
				if d.State == "unknown" {
					got[d.Key] = "unknown"
					if len(o.Problems) > 0 {
						got[d.Key] = "error"
					}
				}
			}
		}
		if g, w := fmt.Sprint(got), fmt.Sprint(expected); g != w {
			t.Errorf("%s: %s; %v", c, g, o.Problems)
		}
	}
}

func models(t *testing.T, text string) []*model {
	var out []*model
	var m *model
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		mark, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || mark == "#":
		case mark == "==":
			m = &model{name: rest}
			out = append(out, m)
		case mark == "data":
			m.data(t, rest)
		case mark == "type":
			parts := split(rest, " : ")
			fmt.Fprintf(&m.inside, `<itemDefinition name=%s><typeRef>%s</typeRef></itemDefinition>`, quoted(parts[0]), parts[1])
		case mark == "xml":
			m.inside.WriteString(rest)
		case mark == "decision":
			m.decision(rest)
		case mark == "in":
			parts := split(rest, " : ")
			fmt.Fprintf(&m.table, `<input><inputExpression typeRef=%s><text>%s</text></inputExpression></input>`, quoted(parts[1]), escaped(parts[0]))
		case mark == "out":
			m.output(rest)
		case mark == "refused":
			m.refused = strings.Fields(rest)
		case strings.HasPrefix(line, "{"):
			m.cases = append(m.cases, line)
		default:
			m.row(t, line)
		}
		if mark != "in" && mark != "out" && m != nil && m.table.Len() > 0 && (mark == "refused" || strings.HasPrefix(line, "{")) {
			m.end()
		}
	}
	return out
}

func split(s, by string) []string {
	parts := strings.Split(s, by)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func quoted(s string) string { return `"` + escaped(s) + `"` }

func escaped(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

// data declares an input: NAME : TYPE, where TYPE is one of FEEL or a list of it, and NAME becomes a field.
func (m *model) data(t *testing.T, rest string) {
	parts := split(rest, " : ")
	kind, list := strings.CutPrefix(parts[1], "list of ")
	schema := map[string]string{
		"number": `{"type":"number"}`, "integer": `{"type":"integer"}`, "string": `{"type":"string"}`, "boolean": `{"type":"boolean"}`,
		"date": `{"type":"string","format":"date"}`,
	}[kind]
	if schema == "" {
		schema = `{"type":"string"}`
	}
	if list {
		schema = `{"type":"array","items":` + schema + `}`
	}
	key := strings.ToLower(strings.ReplaceAll(parts[0], " ", "_"))
	m.fields = append(m.fields, fmt.Sprintf(`{"key":%q,"schema":%s,"optional":true,"label":{"zh":%q,"en":%q}}`, key, schema, parts[0], parts[0]))
	fmt.Fprintf(&m.inside, `<inputData name=%s><variable name=%s typeRef=%s/></inputData>`, quoted(parts[0]), quoted(parts[0]), quoted(parts[1]))
}

// decision begins a table, NAME : HIT POLICY [AGGREGATION], or is an expression, NAME : TYPE = EXPRESSION.
func (m *model) decision(rest string) {
	m.end()
	name, what, _ := strings.Cut(rest, " :")
	name, what = strings.TrimSpace(name), strings.TrimSpace(what)
	if typ, text, ok := strings.Cut(what, " = "); ok {
		fmt.Fprintf(&m.inside, `<decision name=%s><variable name=%s typeRef=%s/><literalExpression><text>%s</text></literalExpression></decision>`,
			quoted(name), quoted(name), quoted(typ), escaped(text))
		return
	}
	hit, aggregation, _ := strings.Cut(what, "/")
	attributes := ""
	if hit != "" {
		attributes = ` hitPolicy=` + quoted(hit)
	}
	if aggregation != "" {
		attributes += ` aggregation=` + quoted(aggregation)
	}
	fmt.Fprintf(&m.table, `<decision name=%s><variable name=%s/><decisionTable%s>`, quoted(name), quoted(name), attributes)
}

// output is NAME : TYPE [: VALUES] [default EXPRESSION]
func (m *model) output(rest string) {
	rest, fallback, _ := strings.Cut(rest, " default ")
	parts := split(rest, " : ")
	fmt.Fprintf(&m.table, `<output name=%s typeRef=%s>`, quoted(parts[0]), quoted(parts[1]))
	if len(parts) > 2 {
		fmt.Fprintf(&m.table, `<outputValues><text>%s</text></outputValues>`, escaped(parts[2]))
	}
	if fallback != "" {
		fmt.Fprintf(&m.table, `<defaultOutputEntry><text>%s</text></defaultOutputEntry>`, escaped(fallback))
	}
	m.table.WriteString(`</output>`)
}

// row is CELL | CELL || OUTPUT | OUTPUT
func (m *model) row(t *testing.T, line string) {
	when, then, ok := strings.Cut(line, "||")
	if !ok {
		t.Fatalf("%s: no row: %s", m.name, line)
	}
	m.table.WriteString(`<rule>`)
	for _, cell := range split(when, "|") {
		fmt.Fprintf(&m.table, `<inputEntry><text>%s</text></inputEntry>`, escaped(cell))
	}
	for _, cell := range split(then, "|") {
		fmt.Fprintf(&m.table, `<outputEntry><text>%s</text></outputEntry>`, escaped(cell))
	}
	m.table.WriteString(`</rule>`)
}

func (m *model) end() {
	if m.table.Len() > 0 {
		m.inside.Write(m.table.Bytes())
		m.inside.WriteString(`</decisionTable></decision>`)
		m.table.Reset()
	}
}
