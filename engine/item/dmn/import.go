package dmn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/source"
	"github.com/tongban/tongban/rules/table"
)

// Import reads the decision tables of a DMN file, in the order in which they stand there. The findings name lines and columns
// of the file; with an error among them there are no tables. file is only a name for the findings.
func Import(raw []byte, file string) ([]item.Derive, diag.List) {
	doc, found := read(raw, file)
	if doc == nil {
		return nil, found
	}
	if doc.root.name != "definitions" || !slices.Contains(spaces, doc.root.space) {
		return nil, diag.List{doc.found(doc.root.at, "dmn.not-dmn", "found", doc.root.space+" "+doc.root.name)}
	}
	r := &importer{doc: doc, keys: map[string]string{}, own: map[*element]string{}, types: map[string]*element{}, renamed: map[string]string{}, paths: map[string]bool{}}
	decisions := r.vocabulary()
	var out []item.Derive
	for _, e := range decisions {
		if one, ok := r.decision(e); ok {
			out = append(out, one)
		}
	}
	for _, e := range doc.root.all("businessKnowledgeModel") {
		r.found.Add(doc.found(e.at, "dmn.knowledge-model", "name", e.attr("name")).As(diag.Warning))
	}
	if len(out) == 0 && !r.found.HasErrors() {
		r.found.Add(doc.found(doc.root.at, "dmn.no-table"))
	}
	if r.found.HasErrors() {
		return nil, r.found.Sorted()
	}
	return out, r.found.Sorted()
}

type importer struct {
	doc     *document
	found   diag.List
	names   []string            // that parsers must know: with spaces or signs in them, the longest first
	keys    map[string]string   // of decisions, by name
	own     map[*element]string // the same, by decision: names may be missing, or stand twice
	types   map[string]*element // item definitions, by name
	renamed map[string]string   // facts that names became
	paths   map[string]bool     // the same facts
}

func (r *importer) report(e *element, code string, args ...any) {
	r.found.Add(r.doc.found(e.at, code, args...))
}

func (r *importer) hint(e *element, code string, args ...any) {
	r.found.Add(r.doc.found(e.at, code, args...).As(diag.Hint))
}

// vocabulary gathers the names of the model, and gives its decisions.
func (r *importer) vocabulary() []*element {
	root := r.doc.root
	var walk func(e *element)
	walk = func(e *element) {
		for _, in := range e.inside {
			switch in.name {
			case "inputData", "decision", "variable", "itemComponent", "output":
				if name := strings.TrimSpace(in.attr("name")); name != "" {
					r.names = append(r.names, name)
				}
			}
			walk(in)
		}
	}
	walk(root)
	plain := func(name string) bool {
		return !strings.ContainsFunc(name, func(c rune) bool { return !letter(c) && !digit(c) })
	}
	r.names = slices.DeleteFunc(r.names, plain)
	slices.SortFunc(r.names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	r.names = slices.Compact(r.names)
	for _, e := range root.all("itemDefinition") {
		r.types[e.attr("name")] = e
	}
	decisions := root.all("decision")
	taken := map[string]bool{}
	for i, e := range decisions {
		key := distinct(snake(e.attr("name")), "decision_"+strconv.Itoa(i+1), taken)
		r.own[e] = key
		r.keys[strings.TrimSpace(e.attr("name"))] = key
		if v := e.first("variable"); v != nil {
			r.keys[strings.TrimSpace(v.attr("name"))] = key
		}
	}
	return decisions
}

// decision reads one decision; ok is false for one that is no table.
func (r *importer) decision(e *element) (out item.Derive, ok bool) {
	name := strings.TrimSpace(e.attr("name"))
	t := e.first("decisionTable")
	if one, ok := r.formula(e); ok {
		return one, true
	}
	if t == nil {
		r.found.Add(r.doc.found(e.at, "dmn.not-a-table", "name", name).As(diag.Warning))
		return out, false
	}
	out.Key, out.Label = r.own[e], r.label(e)
	out.Table = &item.Table{}
	hit, aggregation := t.attr("hitPolicy"), t.attr("aggregation")
	if hit == "" {
		hit = policies[table.Unique].hit
	}
	for ours, p := range policies {
		if p.hit == hit && p.aggregation == aggregation {
			out.Table.Hit = string(ours)
		}
	}
	if out.Table.Hit == "" {
		r.report(t, "dmn.hit-unknown", "found", strings.TrimSpace(hit+" "+aggregation))
	}
	r.language(t)
	for i, in := range t.all("input") {
		out.Table.Inputs = append(out.Table.Inputs, r.input(in, i))
	}
	columns := t.all("output")
	fallback := make(item.Outputs, len(columns))
	given := false
	for i, o := range columns {
		fallback[i] = "nil"
		if d := o.first("defaultOutputEntry", "text"); !d.blank() {
			given = true
			fallback[i] = r.expression(d, o)
			if table.Hit(out.Table.Hit).List() && fallback[i] != "nil" {
				fallback[i] = "[" + fallback[i] + "]"
			}
		}
	}
	r.rules(t, out.Table)
	r.outputs(e, columns, &out)
	switch complete := t.attrIn(spaceOurs, "complete") == "true"; {
	case given:
		out.Table.Default = fallback
	case !complete && !alwaysGives[out.Table.Hit]:
		out.Table.Default = fallback
		r.hint(t, "dmn.default-null", "name", name)
	}
	return out, true
}

// formula reads a decision that is an expression; ok is false for one that goes beyond formulas, which is left out.
func (r *importer) formula(e *element) (out item.Derive, ok bool) {
	text := e.first("literalExpression", "text")
	if text.blank() {
		return out, false
	}
	p := r.parser(text, e)
	t := p.whole()
	typ := t.typed()
	if v := e.first("variable"); v != nil && v.attr("typeRef") != "" {
		typ = r.known(v.attr("typeRef"))
	}
	if p.failed() || typ == "" {
		return out, false
	}
	r.language(e)
	return item.Derive{Key: r.own[e], Label: r.label(e), Type: typ, Value: r.writer(p).term(t)}, true
}

// alwaysGives are the hit policies that have a value of their own where no row matches, the same in DMN and here.
var alwaysGives = map[string]bool{
	string(table.RuleOrder): true, string(table.OutputOrder): true, string(table.Collect): true, string(table.CollectCount): true,
}

// label is what a decision is called: its key where it has no name.
func (r *importer) label(e *element) lang.Text {
	if name := strings.TrimSpace(e.attr("name")); name != "" {
		return label(e, name)
	}
	return label(e, r.own[e])
}

func label(e *element, name string) lang.Text {
	out := lang.Text{Zh: e.attr("label"), En: e.attrIn(spaceOurs, "en")}
	if out.Zh == "" {
		out.Zh = name
	}
	return out
}

// language refuses expressions that are not in FEEL.
func (r *importer) language(e *element) {
	if found := e.attr("expressionLanguage"); found != "" && !strings.Contains(strings.ToLower(found), "feel") {
		r.report(e, "dmn.expression-language", "found", found)
	}
	for _, in := range e.inside {
		r.language(in)
	}
}

// input reads a column.
func (r *importer) input(e *element, i int) item.TableInput {
	inner := e.first("inputExpression")
	if inner == nil {
		r.report(e, "dmn.no-input", "n", i+1)
		return item.TableInput{}
	}
	text := inner.first("text")
	if text.blank() {
		r.report(inner, "dmn.no-input", "n", i+1)
		return item.TableInput{}
	}
	values := e.first("inputValues")
	if values == nil {
		values = r.types[local(inner.attr("typeRef"))].first("allowedValues")
	}
	if typ := inner.attr("typeRef"); typ != "" {
		r.typeName(inner, typ)
	}
	out := item.TableInput{Expr: r.expression(text, inner)}
	if l := e.attr("label"); l != "" {
		out.Label = label(e, "")
	}
	if values != nil && !values.first("text").blank() {
		out.Values = item.Possible(r.cell(values))
	}
	return out
}

// rules reads the rows.
func (r *importer) rules(t *element, out *item.Table) {
	for i, rule := range t.all("rule") {
		var row item.TableRow
		for _, entry := range rule.all("inputEntry") {
			row.When = append(row.When, r.cell(entry))
		}
		for _, entry := range rule.all("outputEntry") {
			row.Then = append(row.Then, r.expression(entry.first("text"), entry))
		}
		out.Rows = append(out.Rows, row)
		if ids := strings.Fields(rule.attrIn(spaceOurs, "legal")); len(ids) > 0 {
			if out.Legal == nil {
				out.Legal = map[string][]string{}
			}
			out.Legal[strconv.Itoa(i)] = ids
		}
	}
	if len(out.Rows) == 0 {
		r.report(t, "dmn.no-rules")
	}
	if a := t.first("annotation"); a != nil {
		r.hint(a, "dmn.annotations")
	}
}

func (r *importer) parser(e, around *element) *parser {
	return newParser(r.doc.source(e, around), feel, r.names)
}

// done reports what a parser found.
func (r *importer) done(p *parser) {
	if p.found != nil {
		r.found.Add(*p.found)
	}
}

func (r *importer) writer(p *parser) writer {
	return writer{in: ours, name: func(t term) string { return r.fact(t, p.src) }}
}

func (r *importer) cell(entry *element) string {
	p := r.parser(entry.first("text"), entry)
	c := p.cell()
	unequal := slices.IndexFunc(c.tests, func(t test) bool { return t.op == "!=" })
	if unequal >= 0 && (len(c.tests) > 1 || c.negate) {
		p.fail(c.tests[unequal].lo.at, noTest, "found", "!=") // of which Export could make nothing
	}
	r.done(p)
	if p.failed() {
		return ""
	}
	if unequal >= 0 && c.tests[0].lo.kind == termNull {
		c.negate, c.tests[0].op, unequal = true, "", -1 // not(null)
	}
	if unequal >= 0 || c.negate && !slices.ContainsFunc(c.tests, func(t test) bool { return t.lo.kind == termNull }) {
		r.found.Add(p.src.Found(0, "dmn.not-null").As(diag.Hint))
	}
	return r.writer(p).cell(c)
}

func (r *importer) expression(e, around *element) string {
	p := r.parser(e, around)
	t := p.whole()
	r.done(p)
	if p.failed() {
		return ""
	}
	return r.writer(p).term(t)
}

// fact is the path of the fact that a name means.
func (r *importer) fact(t term, at source.Fragment) string {
	full := strings.Join(t.name, ".")
	if path, ok := r.renamed[full]; ok {
		return path
	}
	asIs := len(t.name) > 1 || full == "today"
	parts := make([]string, len(t.name))
	for i, part := range t.name {
		parts[i] = snake(part)
		asIs = asIs && parts[i] == part
	}
	path := full
	if !asIs {
		path = r.named(t.name, parts)
		r.found.Add(at.Found(t.at, "dmn.renamed", "name", full, "path", path).As(diag.Hint))
	}
	r.renamed[full] = path
	r.paths[path] = true
	return path
}

// named makes a path of a name that is none, from its parts as keys.
func (r *importer) named(name, parts []string) string {
	if key, ok := r.keys[name[0]]; ok {
		return strings.Join(append([]string{"result", key}, parts[1:]...), ".")
	}
	for i, part := range parts {
		if part == "" || !ascii(name[i]) {
			return distinct("form.name", "", r.paths) // nothing of the name can stand in a path
		}
	}
	if len(parts) == 1 {
		return distinct("form."+parts[0], "", r.paths)
	}
	return distinct(strings.Join(parts, "."), "", r.paths)
}

func ascii(s string) bool { return !strings.ContainsFunc(s, func(c rune) bool { return c > 127 }) }

// typeName is our type for one that a model names, or "" with a finding.
func (r *importer) typeName(e *element, name string) string {
	typ := r.known(name)
	if typ == "" && local(name) != "Any" {
		r.report(e, "dmn.unsupported-type", "type", name)
	}
	return typ
}

// known is our type for one that a model names, or "". Types of the model are followed to those they are made of.
func (r *importer) known(name string) string {
	const deepest = 8
	for range deepest {
		name = local(name)
		if ours, ok := typeNames[name]; ok {
			return ours
		}
		def, ok := r.types[name]
		if !ok || def.attr("isCollection") == "true" || def.first("typeRef") == nil {
			break
		}
		name = string(def.first("typeRef").text)
	}
	return ""
}

// local is the name of a type without the prefix that DMN 1.1 and 1.2 write before it.
func local(name string) string {
	name = strings.TrimSpace(name)
	return name[strings.LastIndexByte(name, ':')+1:]
}

// declared is the definition of the type of an output, where the model has one: its own, or what that of the decision says of
// it. It may be nil.
func (r *importer) declared(decision, e *element, columns int) *element {
	if def := r.types[local(e.attr("typeRef"))]; def != nil {
		return def
	}
	v := decision.first("variable")
	if v == nil {
		return nil
	}
	def := r.types[local(v.attr("typeRef"))]
	if def == nil || columns == 1 {
		return def
	}
	for _, c := range def.all("itemComponent") {
		if c.attr("name") == e.attr("name") {
			return c
		}
	}
	return nil
}

// outputs settles types, values and keys of the output columns.
func (r *importer) outputs(decision *element, columns []*element, out *item.Derive) {
	if len(columns) == 0 {
		r.report(decision, "dmn.no-output")
		return
	}
	taken := map[string]bool{}
	var all []item.TableOutput
	for i, e := range columns {
		o := item.TableOutput{Type: r.outputType(decision, e, i, len(columns), out.Table), Round: e.attrIn(spaceOurs, "round")}
		name := strings.TrimSpace(e.attr("name"))
		o.Key = distinct(snake(name), "output_"+strconv.Itoa(i+1), taken)
		if name == "" {
			name = o.Key
		}
		o.Label = label(e, name)
		o.Values = r.values(decision, e, len(columns), table.Hit(out.Table.Hit))
		all = append(all, o)
	}
	if len(all) > 1 || columns[0].attrIn(spaceOurs, "named") == "true" {
		out.Table.Outputs = all
		return
	}
	out.Type, out.Round, out.Table.Values = all[0].Type, all[0].Round, all[0].Values
}

// outputType is the type of an output: the one declared, else that of the literals in its column.
func (r *importer) outputType(decision, e *element, i, columns int, t *item.Table) string {
	if typ := e.attrIn(spaceOurs, "type"); typ != "" {
		return typ
	}
	declared := e.attr("typeRef")
	if v := decision.first("variable"); declared == "" && columns == 1 && v != nil {
		declared = v.attr("typeRef")
	}
	if def := r.declared(decision, e, columns); declared == "" && def.first("typeRef") != nil {
		declared = string(def.first("typeRef").text)
	}
	if t.Hit == string(table.CollectCount) {
		return "integer"
	}
	if declared != "" && !r.collection(declared) {
		before := len(r.found)
		if typ := r.typeName(e, declared); typ != "" || len(r.found) > before {
			return typ
		}
	}
	kind := ""
	for _, row := range t.Rows {
		if i >= len(row.Then) || row.Then[i] == "nil" {
			continue
		}
		p := newParser(source.Fragment{Text: row.Then[i]}, ours, nil)
		if kind = p.whole().typed(); kind != "" {
			break
		}
	}
	if kind == "" {
		r.report(e, "dmn.no-type")
	}
	return kind
}

// collection reports whether a type of the model is a list, as the variable of a table that collects may be.
func (r *importer) collection(name string) bool {
	def, ok := r.types[local(name)]
	return ok && def.attr("isCollection") == "true"
}

// values are what an output may give, in the order of priority. Where its type says them and not the table, they count for
// that order.
func (r *importer) values(decision, e *element, columns int, hit table.Hit) []any {
	text := e.first("outputValues", "text")
	if def := r.declared(decision, e, columns); text.blank() && (hit == table.Priority || hit == table.OutputOrder) {
		text = def.first("allowedValues", "text")
	}
	if text.blank() {
		return nil
	}
	p := r.parser(text, e)
	var out []any
	for !p.failed() {
		t := p.value()
		v, ok := plain(t)
		if !p.failed() && !ok {
			p.fail(t.at, noExpression, "found", p.src.Token(t.at))
		}
		out = append(out, v)
		if !p.sign(",") {
			break
		}
	}
	if m := p.peek(); !p.failed() && m.kind != markEnd {
		p.unexpected(m, noExpression)
	}
	r.done(p)
	return out
}
