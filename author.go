package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/source"
	"github.com/tongban/tongban/seeds"
)

// What a JSON document is, by what it says of itself.
type documentKind int

const (
	otherDocument documentKind = iota
	itemDocument
	dictionaryDocument
)

// dictionaryParts are the lists a dictionary file may hold.
var dictionaryParts = []string{"elements", "groups", "licences", "parameters", "departments", "divisions", "offices", "routes", "calendar", "materials"}

// kindOf recognises a document: by its $schema, else by members that only that kind has.
func kindOf(root any) documentKind {
	members, ok := root.(map[string]any)
	if !ok {
		return otherDocument
	}
	if s, ok := members["$schema"].(string); ok {
		switch {
		case strings.HasSuffix(s, "item.schema.json"):
			return itemDocument
		case strings.HasSuffix(s, "dictionary.schema.json"):
			return dictionaryDocument
		}
	}
	for _, name := range []string{"code", "conditions", "caseType"} {
		if _, ok := members[name]; ok {
			return itemDocument
		}
	}
	for _, name := range dictionaryParts {
		if _, ok := members[name].([]any); ok {
			return dictionaryDocument
		}
	}
	return otherDocument
}

// library is what the authors' verbs work on: item documents, and the dictionary they are read against.
type library struct {
	items        []*document
	dictionaries []string                    // folders that hold dictionary files
	loaded       map[string]*plan.Vocabulary // dictionaries by folder
	found        diag.List
	files        int
}

// collect walks paths (files or folders) and sorts what it finds into items and dictionaries. What cannot be read is a
// finding; what is JSON but neither is a hint, for it may be an item that is not yet recognisable.
func collect(paths []string) *library {
	l := &library{}
	for _, p := range paths {
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				l.unreadable(name, err)
				return nil
			case d.IsDir() && name != p && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
				return fs.SkipDir
			case d.IsDir() || filepath.Ext(name) != ".json" && name != p:
				return nil
			}
			raw, err := os.ReadFile(name)
			if err != nil {
				l.unreadable(name, err)
				return nil
			}
			l.add(name, raw)
			return nil
		})
		if err != nil {
			l.unreadable(p, err)
		}
	}
	return l
}

func (l *library) unreadable(name string, err error) {
	reason := err
	var pe *fs.PathError
	if errors.As(err, &pe) {
		reason = pe.Err
	}
	d := diag.New("cli.unreadable", "", "reason", reason)
	d.File = name
	l.found.Add(d)
}

func (l *library) add(name string, raw []byte) {
	l.files++
	text, found := source.Parse(raw, name)
	if text == nil {
		l.found.Add(found...)
		return
	}
	switch kindOf(text.Root()) {
	case itemDocument:
		l.items = append(l.items, &document{file: name, raw: raw})
	case dictionaryDocument:
		if dir := filepath.Dir(name); !slices.Contains(l.dictionaries, dir) {
			l.dictionaries = append(l.dictionaries, dir)
		}
	default:
		d := diag.New("cli.not-recognised", "").As(diag.Hint)
		d.File = name
		l.found.Add(d)
	}
}

// load makes the dictionary in a folder ready, once, and notes its findings; the built-in one where the folder is "". It is nil
// for one with errors.
func (l *library) load(folder string) *plan.Vocabulary {
	if words, ok := l.loaded[folder]; ok {
		return words
	}
	var d *dictionary.Dictionary
	var found diag.List
	if folder == "" {
		d, found = builtinDictionary()
	} else {
		d, found = dictionary.Load(os.DirFS(folder))
		for i := range found {
			found[i].File = filepath.Join(folder, found[i].File)
		}
	}
	l.found.Add(found...)
	var words *plan.Vocabulary
	if d != nil {
		words = plan.Prepare(d)
	}
	if l.loaded == nil {
		l.loaded = map[string]*plan.Vocabulary{}
	}
	l.loaded[folder] = words
	return words
}

// dictionaryFolder is the name under which a folder of dictionary files is found above the items.
const dictionaryFolder = "dictionary"

// nearest finds the dictionary of an item: of the folders around it, the innermost that holds a dictionary which was asked to
// be checked, wherever in it, or a folder named dictionary. It is "", the built-in one, if there is none.
func (l *library) nearest(file string) string {
	whole, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	for dir := filepath.Dir(whole); ; dir = filepath.Dir(dir) {
		for _, folder := range l.dictionaries {
			if at, err := filepath.Abs(folder); err == nil && (at == dir || strings.HasPrefix(at, strings.TrimSuffix(dir, "/")+"/")) {
				return folder
			}
		}
		beside := filepath.Join(dir, dictionaryFolder)
		if files, err := filepath.Glob(filepath.Join(beside, "*.json")); err == nil && len(files) > 0 {
			return beside
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}

// compile decodes and compiles every item against the dictionary in the folder asked for, or else the nearest. It checks the
// other dictionaries as well.
func (l *library) compile(asked string) {
	for _, folder := range l.dictionaries {
		l.load(folder)
	}
	by := map[string][]*document{}
	for _, d := range l.items {
		folder := asked
		if folder == "" {
			folder = l.nearest(d.file)
		}
		by[folder] = append(by[folder], d)
	}
	for _, folder := range slices.Sorted(maps.Keys(by)) {
		compileAll(by[folder], l.load(folder))
	}
	for _, d := range l.items {
		if slices.Contains(by[""], d) && slices.ContainsFunc(d.found, unknownName) {
			d.found.Add(diag.New("cli.builtin-dictionary", "", "folder", dictionaryFolder).As(diag.Hint))
		}
		for _, f := range d.found {
			if f.File == "" {
				f.File = d.file
			}
			l.found.Add(f)
		}
	}
}

// unknownName reports whether a finding is that a name is nowhere, neither in the item nor in the dictionary.
func unknownName(d diag.Diagnostic) bool {
	_, what, _ := strings.Cut(d.Code, ".")
	return strings.HasPrefix(what, "unknown-")
}

// builtinDictionary is the dictionary inside the binary.
func builtinDictionary() (*dictionary.Dictionary, diag.List) {
	d, found := dictionary.Load(seeds.Dictionary())
	for i := range found {
		found[i].File = "(built-in) dictionary/" + found[i].File
	}
	return d, found
}

// finding is a diagnostic as --json prints it.
type finding struct {
	diag.Diagnostic
	Text lang.Text `json:"text"`
}

// report prints findings, one a line, and returns how many are errors.
func (c *cli) report(found diag.List, asJSON bool) (int, error) {
	sorted, errs := found.Sorted(), 0
	out := make([]finding, 0, len(sorted))
	for _, d := range sorted {
		if d.Severity == diag.Error {
			errs++
		}
		out = append(out, finding{d, d.Both()})
	}
	if asJSON {
		return errs, printJSON(c.stdout, out)
	}
	for _, f := range out {
		line, col := max(f.Line, 1), max(f.Col, 1)
		fmt.Fprintf(c.stdout, "%s:%d:%d: %s %s %s\n", f.File, line, col, f.Severity, f.Code, f.Text.In(c.lang))
	}
	return errs, nil
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// checkCmd is `tongban check`.
type checkCmd struct {
	Paths      []string `arg:"" name:"path" help:"Item documents, dictionary files, or folders of them."`
	Dictionary string   `help:"Dictionary the items are read against. Default: the nearest one, under PATH or in a folder named dictionary above it, else the built-in one." placeholder:"DIR"`
	JSON       bool     `name:"json" help:"Print the diagnostics as JSON."`
}

// Run prints every diagnostic; any error among them makes the exit status 1.
func (v *checkCmd) Run(c *cli) error {
	l := collect(v.Paths)
	l.compile(v.Dictionary)
	for _, d := range l.items {
		if d.plan != nil {
			l.found.Add(suite.Check(d.plan, d.text)...)
			for _, f := range d.plan.Unstaffed() {
				l.found.Add(d.text.Locate(f))
			}
		}
	}
	errs, err := c.report(l.found, v.JSON)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.stderr, c.say(lang.Text{
		Zh: fmt.Sprintf("文件 %d 个，错误 %d 处，其他提示 %d 处", l.files, errs, len(l.found.Sorted())-errs),
		En: fmt.Sprintf("files: %d, errors: %d, other findings: %d", l.files, errs, len(l.found.Sorted())-errs),
	}))
	if errs > 0 {
		return errFound
	}
	return nil
}

// testCmd is `tongban test`.
type testCmd struct {
	Paths      []string `arg:"" name:"path" help:"Item documents or folders of them."`
	Dictionary string   `help:"Dictionary the items are read against. Default: the nearest one, under PATH or in a folder named dictionary above it, else the built-in one." placeholder:"DIR"`
	JSON       bool     `name:"json" help:"Print the results as JSON."`
	Verbose    bool     `short:"v" help:"Also list the examples that passed."`
}

// testResult is one example as --json prints it.
type testResult struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Item string `json:"item"`
	suite.Result
	Passed bool `json:"passed"`
}

// Run runs the examples inside the documents and shows each difference; a failure makes the exit status 1. A document that
// does not compile counts as one failure, whatever it holds.
func (v *testCmd) Run(c *cli) error {
	l := collect(v.Paths)
	l.compile(v.Dictionary)
	var errorsOnly diag.List
	for _, d := range l.found {
		if d.Severity == diag.Error {
			errorsOnly.Add(d)
		}
	}
	if !v.JSON {
		if _, err := c.report(errorsOnly, false); err != nil {
			return err
		}
	}
	passed, failed := 0, 0
	results := []testResult{}
	for _, d := range l.items {
		if d.plan == nil {
			failed++
			continue
		}
		for _, r := range suite.Run(d.plan, d.text) {
			line, _ := d.text.At(r.Path)
			results = append(results, testResult{File: d.file, Line: line, Item: d.def.Code, Result: r, Passed: r.Passed()})
			if r.Passed() {
				passed++
			} else {
				failed++
			}
		}
	}
	if len(l.items) == 0 && len(errorsOnly) > 0 {
		failed++ // nothing could be read: not a success
	}
	if v.JSON {
		if err := printJSON(c.stdout, results); err != nil {
			return err
		}
	} else {
		for _, r := range results {
			c.showResult(r, v.Verbose)
		}
		fmt.Fprintf(c.stdout, "%d passed, %d failed\n", passed, failed)
	}
	if failed > 0 {
		return errFound
	}
	return nil
}

// showResult prints one example: its differences field by field, what was expected first.
func (c *cli) showResult(r testResult, verbose bool) {
	if r.Passed {
		if verbose {
			fmt.Fprintf(c.stdout, "ok   %s:%d: %s\n", r.File, r.Line, r.Name)
		}
		return
	}
	fmt.Fprintf(c.stdout, "FAIL %s:%d: %s\n", r.File, r.Line, r.Name)
	for _, f := range r.Findings {
		fmt.Fprintf(c.stdout, "     %s:%d:%d: %s %s %s\n", r.File, f.Line, f.Col, f.Severity, f.Code, f.Text(c.lang))
	}
	for _, d := range r.Differences {
		fmt.Fprintf(c.stdout, "     %s\n", d.Name)
		fmt.Fprintf(c.stdout, "       %s %s\n", c.say(lang.Text{Zh: "应为", En: "expected"}), d.Expected)
		fmt.Fprintf(c.stdout, "       %s %s\n", c.say(lang.Text{Zh: "实为", En: "found   "}), d.Found)
	}

	for _, p := range r.Problems {
		about := ""
		if p.Path != "" {
			about = "@" + p.Path
		}
		fmt.Fprintf(c.stdout, "     %s:%d:%d: %s%s %s\n", r.File, p.Line, p.Col, p.Code, about, p.Text.In(c.lang))
	}
}

// evalCmd is `tongban eval`.
type evalCmd struct {
	Item       string `arg:"" help:"Item document."`
	At         string `help:"Evaluation date, YYYY-MM-DD." required:"" placeholder:"DATE"`
	Given      string `help:"File of facts as an example's \"given\" writes them; - reads standard input." default:"-" placeholder:"FILE"`
	Dictionary string `help:"Dictionary the item is read against. Default: the nearest one, in a folder named dictionary beside or above the item, else the built-in one." placeholder:"DIR"`
}

// Run prints the Outcome as JSON. What is wrong with the document or the facts goes to standard error.
func (v *evalCmd) Run(c *cli) error {
	if _, err := calendar.Parse(v.At); err != nil {
		return fmt.Errorf("--at %q: want a date such as 2026-03-01", v.At)
	}
	toStderr := *c
	toStderr.stdout = c.stderr
	l := collect([]string{v.Item})
	l.compile(v.Dictionary)
	if len(l.items) != 1 || l.items[0].plan == nil {
		if _, err := toStderr.report(l.found, false); err != nil {
			return err
		}
		return errFound
	}
	raw, err := c.read(v.Given)
	if err != nil {
		return err
	}
	p := l.items[0].plan
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	text, _ := source.Parse(raw, v.Given) // a text that is no JSON is found below
	given, found := suite.ReadGiven(raw, suite.Parties(p.Definition()))
	unreadable := found.HasErrors()
	if !unreadable {
		found = given.Vet(p, nil) // the outcome is printed all the same
	}
	for i := range found {
		found[i].File = v.Given
		if text != nil {
			found[i] = text.Locate(found[i])
		}
	}
	if _, err := toStderr.report(found, false); err != nil {
		return err
	}
	if unreadable {
		return errFound
	}
	return printJSON(c.stdout, p.Evaluate(given.Input(v.At)))
}

// maxGiven bounds a file of facts.
const maxGiven = 4 << 20

// read reads a file, or standard input for "-".
func (c *cli) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(c.stdin, maxGiven))
	}
	return os.ReadFile(name)
}
