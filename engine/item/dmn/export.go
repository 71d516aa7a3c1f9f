package dmn

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/source"
	"github.com/tongban/tongban/rules/table"
)

// Export writes the table of one entry of "derive" as a DMN file. on is the day, YYYY-MM-DD, whose version of a dated table is
// meant; without one such a table is refused, for DMN knows no versions. The findings name places of the item document doc,
// which may be nil.
func Export(def *item.Definition, doc *source.Document, key, on string) ([]byte, diag.List) {
	x := &exporter{doc: doc}
	i := slices.IndexFunc(def.Derive, func(d item.Derive) bool { return d.Key == key })
	if i < 0 {
		x.report("dmn.no-such-table", "/derive", "name", key)
		return nil, x.found
	}
	d, at := &def.Derive[i], diag.Pointer("/derive", i)
	if d.Table == nil {
		x.report("dmn.no-such-table", at, "name", key)
		return nil, x.found
	}
	if d.ForEach != "" {
		x.warn("dmn.left-out", at+"/forEach", "name", "forEach")
	}
	if d.When != "" {
		x.warn("dmn.left-out", at+"/when", "name", "when")
	}
	x.table(d, at+"/table", on)
	if x.found.HasErrors() {
		return nil, x.found.Sorted()
	}
	return x.file(def, d), x.found.Sorted()
}

type exporter struct {
	doc   *source.Document
	found diag.List
	facts []string // the names before the first dot of all facts named, each once
	t     decisionTable
}

// decisionTable is a table in FEEL.
type decisionTable struct {
	policy   policy
	inputs   []column
	outputs  []column
	rows     []row
	complete bool // no default: a gap is an error
}

type column struct {
	text  string // of an input
	typ   string // of FEEL; empty if not known
	label lang.Text

	key, ours, round string   // of an output
	values           []string // one unary test of an input
	fallback         string
}

type row struct {
	when, then []string
	legal      []string
}

func (x *exporter) add(d diag.Diagnostic) {
	if x.doc != nil {
		d = x.doc.Locate(d)
	}
	x.found.Add(d)
}

func (x *exporter) report(code, at string, args ...any) { x.add(diag.New(code, at, args...)) }

func (x *exporter) warn(code, at string, args ...any) {
	x.add(diag.New(code, at, args...).As(diag.Warning))
}

// source places a text of the item document.
func (x *exporter) source(text, at string) source.Fragment {
	src := source.Fragment{Text: text, Path: at}
	if x.doc != nil {
		src.File = x.doc.File()
		src.Map = func(index int) (int, int) { return x.doc.Inside(at, index) }
		src.Line, src.Col = src.Map(0)
	}
	return src
}

// rows are those of the table that hold on a day.
func (x *exporter) rows(t *item.Table, at, on string) (*item.TableRows, string) {
	if len(t.Versions) == 0 {
		return &t.TableRows, at
	}
	if on == "" {
		x.report("dmn.dated", at+"/versions")
		return nil, at
	}
	for i, v := range slices.Backward(t.Versions) {
		if v.From <= on && (v.To == "" || on <= v.To) {
			return &t.Versions[i].TableRows, diag.Pointer(at, "versions", i)
		}
		if v.From <= on {
			break
		}
	}
	x.report("dmn.not-in-force", at+"/versions", "date", on)
	return nil, at
}

func (x *exporter) table(d *item.Derive, at, on string) {
	t := d.Table
	x.t.policy = policies[table.Hit(t.Hit)]
	if len(t.Outputs) > 1 && x.t.policy.aggregation != "" {
		x.report("dmn.aggregated-outputs", at+"/hit", "hit", t.Hit)
	}
	for i, in := range t.Inputs {
		x.t.inputs = append(x.t.inputs, column{text: x.expression(in.Expr, diag.Pointer(at, "inputs", i, "expr")), label: in.Label})
		if in.Values != "" {
			x.t.inputs[i].values = []string{x.cell(string(in.Values), diag.Pointer(at, "inputs", i, "values"), i)}
		}
	}
	if len(t.Outputs) == 0 {
		x.t.outputs = []column{x.output(d.Key, d.Type, d.Round, lang.Text{}, t.Values)}
	}
	for _, o := range t.Outputs {
		x.t.outputs = append(x.t.outputs, x.output(o.Key, o.Type, o.Round, o.Label, o.Values))
	}
	rows, at := x.rows(t, at, on)
	if rows == nil {
		return
	}
	for i, r := range rows.Rows {
		var out row
		for j, text := range r.When {
			out.when = append(out.when, x.cell(text, diag.Pointer(at, "rows", i, "when", j), j))
		}
		for j, text := range r.Then {
			out.then = append(out.then, x.expression(text, x.place(diag.Pointer(at, "rows", i, "then"), j, len(r.Then))))
		}
		out.legal = rows.Legal[fmt.Sprint(i)]
		x.t.rows = append(x.t.rows, out)
	}
	x.t.complete = len(rows.Default) == 0
	for j, text := range rows.Default {
		if j >= len(x.t.outputs) {
			break // the compiler of the item says so
		}
		text, place := text, x.place(at+"/default", j, len(rows.Default))
		if inner, ok := single(text); ok && table.Hit(t.Hit).List() {
			text = inner
		}
		x.t.outputs[j].fallback = x.expression(text, place)
	}
}

// single takes the value out of a list of one, which is how the default of a table that collects is written.
func single(text string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "[")
	if !ok {
		return "", false
	}
	inner, ok = strings.CutSuffix(inner, "]")
	return inner, ok && strings.TrimSpace(inner) != ""
}

// place is where one of several outputs stands; a single one may stand alone.
func (x *exporter) place(at string, i, n int) string {
	if n == 1 && (x.doc == nil || !x.doc.Has(at+"/0")) {
		return at
	}
	return diag.Pointer(at, i)
}

func (x *exporter) output(key, typ, round string, label lang.Text, values []any) column {
	out := column{key: key, typ: typeOf(typ), label: label, round: round}
	if out.typ != typ {
		out.ours = typ
	}
	for _, v := range values {
		text := fmt.Sprint(v)
		if s, ok := v.(string); ok {
			if text = quote(s, feel); typ == "date" {
				text = "date(" + text + ")"
			}
		}
		out.values = append(out.values, text)
	}
	return out
}

// writer writes FEEL and keeps count of the facts it names.
func (x *exporter) writer() writer {
	return writer{in: feel, name: func(t term) string {
		full := strings.Join(t.name, ".")
		if full == "today" {
			return "today()"
		}
		if !slices.Contains(x.facts, t.name[0]) {
			x.facts = append(x.facts, t.name[0])
		}
		return full
	}}
}

// expression writes a formula in FEEL. What FEEL says otherwise, or not at all, is refused.
func (x *exporter) expression(text, at string) string {
	p := newParser(x.source(text, at), ours, nil)
	t := p.whole()
	if p.failed() {
		x.refuse(p)
		return ""
	}
	return x.writer().term(t)
}

// cell writes a cell in FEEL. A name without a dot is a choice, which FEEL puts in quotes.
func (x *exporter) cell(text, at string, col int) string {
	p := newParser(x.source(text, at), ours, nil)
	c := p.cell()
	if p.failed() {
		x.refuse(p)
		return ""
	}
	for i := range c.tests {
		t := &c.tests[i]
		for _, of := range []*term{&t.lo, &t.hi} {
			if of.kind == termName && len(of.name) == 1 && of.name[0] != "today" {
				*of = term{kind: termString, text: of.name[0], at: of.at}
			}
		}
		if typ := kindNames[t.lo.kind]; typ != "" && col < len(x.t.inputs) {
			x.t.inputs[col].typ = typ
		}
		if t.op == "!=" {
			if len(c.tests) > 1 || c.negate {
				p.fail(t.lo.at, "dmn.unequal-among-others")
				x.refuse(p)
				return ""
			}
			t.op, c.negate = "", true
		}
	}
	if null := func(t test) bool { return t.lo.kind == termNull && t.op != ".." }; c.negate && !slices.ContainsFunc(c.tests, null) {
		c.tests = append(c.tests, test{}) // absence satisfies not(...) in DMN, and never here
	}
	return x.writer().cell(c)
}

func (x *exporter) refuse(p *parser) {
	d := *p.found
	if d.Code == noTest || d.Code == noExpression {
		d.Code = "dmn.cannot-say"
	}
	x.found.Add(d)
}

// file puts the table into the XML of DMN 1.3.
func (x *exporter) file(def *item.Definition, d *item.Derive) []byte {
	w := &markup{}
	w.WriteString(xml.Header)
	w.open("definitions", "xmlns", spaceDMN13, "xmlns:tongban", spaceOurs, "namespace", spaceOurs+"/"+def.Code, "name", def.Name.Zh, "id", "definitions")
	slices.Sort(x.facts)
	for _, name := range x.facts {
		w.open("inputData", "id", "input_"+name, "name", name)
		w.leaf("variable", "name", name)
		w.shut("inputData")
	}
	w.open("decision", "id", d.Key, "name", d.Key, "label", d.Label.Zh, "tongban:en", d.Label.En)
	variable := []string{"name", d.Key}
	if len(x.t.outputs) == 1 && !table.Hit(d.Table.Hit).List() {
		variable = append(variable, "typeRef", x.t.outputs[0].typ)
	}
	w.leaf("variable", variable...)
	for _, name := range x.facts {
		w.open("informationRequirement")
		w.leaf("requiredInput", "href", "#input_"+name)
		w.shut("informationRequirement")
	}
	complete := ""
	if x.t.complete {
		complete = "true"
	}
	w.open("decisionTable", "hitPolicy", x.t.policy.hit, "aggregation", x.t.policy.aggregation, "tongban:complete", complete)
	for i, in := range x.t.inputs {
		w.open("input", "id", fmt.Sprintf("in_%d", i+1), "label", in.label.Zh, "tongban:en", in.label.En)
		w.open("inputExpression", "typeRef", in.typ)
		w.text(in.text)
		w.shut("inputExpression")
		if len(in.values) > 0 {
			w.open("inputValues")
			w.text(in.values[0])
			w.shut("inputValues")
		}
		w.shut("input")
	}
	for _, o := range x.t.outputs {
		name, named := o.key, ""
		switch len(d.Table.Outputs) {
		case 0:
			name = ""
		case 1:
			named = "true"
		}
		attrs := []string{"name", name, "tongban:named", named, "label", o.label.Zh, "tongban:en", o.label.En, "typeRef", o.typ, "tongban:type", o.ours, "tongban:round", o.round}
		if len(o.values) == 0 && o.fallback == "" {
			w.leaf("output", attrs...)
			continue
		}
		w.open("output", attrs...)
		if len(o.values) > 0 {
			w.open("outputValues")
			w.text(strings.Join(o.values, ","))
			w.shut("outputValues")
		}
		if o.fallback != "" {
			w.open("defaultOutputEntry")
			w.text(o.fallback)
			w.shut("defaultOutputEntry")
		}
		w.shut("output")
	}
	for _, r := range x.t.rows {
		w.open("rule", "tongban:legal", strings.Join(r.legal, " "))
		for _, text := range r.when {
			w.open("inputEntry")
			w.text(text)
			w.shut("inputEntry")
		}
		for _, text := range r.then {
			w.open("outputEntry")
			w.text(text)
			w.shut("outputEntry")
		}
		w.shut("rule")
	}
	w.shut("decisionTable")
	w.shut("decision")
	w.shut("definitions")
	return []byte(w.String())
}

// markup writes indented XML.
type markup struct {
	strings.Builder
	depth int
}

func (w *markup) start(name string, attrs []string) {
	w.WriteString(strings.Repeat("  ", w.depth) + "<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" { // one that says nothing is left out
			w.WriteString(" " + attrs[i] + `="` + escape(attrs[i+1]) + `"`)
		}
	}
}

func (w *markup) open(name string, attrs ...string) {
	w.start(name, attrs)
	w.WriteString(">\n")
	w.depth++
}

func (w *markup) leaf(name string, attrs ...string) {
	w.start(name, attrs)
	w.WriteString("/>\n")
}

func (w *markup) shut(name string) {
	w.depth--
	w.WriteString(strings.Repeat("  ", w.depth) + "</" + name + ">\n")
}

func (w *markup) text(s string) {
	// Quotation marks, of which cells are full, need no escape outside attributes.
	w.WriteString(strings.Repeat("  ", w.depth) + "<text>" + strings.ReplaceAll(escape(s), "&#34;", `"`) + "</text>\n")
}

// escape writes text for attributes; what XML cannot hold is replaced.
func escape(s string) string {
	var b strings.Builder
	// A strings.Builder takes everything.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
