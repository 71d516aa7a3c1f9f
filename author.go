package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	dictionaries []string // folders that hold dictionary files
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

// dictionary chooses what items are read against: the folder asked for; else the one found beside the items; else the
// built-in one. It also checks every other dictionary it found.
func (l *library) dictionary(asked string) *dictionary.Dictionary {
	folders := l.dictionaries
	if asked != "" {
		folders = append([]string{asked}, slices.DeleteFunc(slices.Clone(folders), func(f string) bool { return filepath.Clean(f) == filepath.Clean(asked) })...)
	}
	var chosen *dictionary.Dictionary
	for i, folder := range folders {
		d, found := dictionary.Load(os.DirFS(folder))
		for _, f := range found {
			if f.File == "" {
				f.File = folder
			} else {
				f.File = filepath.Join(folder, f.File)
			}
			l.found.Add(f)
		}
		if i == 0 {
			chosen = d
		}
	}
	if len(folders) == 0 {
		d, found := builtinDictionary()
		l.found.Add(found...)
		return d
	}
	return chosen
}

// compile decodes and compiles every item against a dictionary; with none, it only decodes.
func (l *library) compile(dict *dictionary.Dictionary) {
	var words *plan.Vocabulary
	if dict != nil {
		words = plan.Prepare(dict)
	}
	compileAll(l.items, words)
	for _, d := range l.items {
		for _, f := range d.found {
			if f.File == "" {
				f.File = d.file
			}
			l.found.Add(f)
		}
	}
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
	Dictionary string   `help:"Dictionary the items are read against. Default: the one found under PATH, else the built-in one." placeholder:"DIR"`
	JSON       bool     `name:"json" help:"Print the diagnostics as JSON."`
}

// Run prints every diagnostic; any error among them makes the exit status 1.
func (v *checkCmd) Run(c *cli) error {
	l := collect(v.Paths)
	l.compile(l.dictionary(v.Dictionary))
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
	Dictionary string   `help:"Dictionary the items are read against. Default: the one found under PATH, else the built-in one." placeholder:"DIR"`
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
	l.compile(l.dictionary(v.Dictionary))
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
		for _, r := range suite.Run(d.plan) {
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
		fmt.Fprintf(c.stdout, "     %s %s %s\n", f.Path, f.Code, f.Text(c.lang))
	}
	for _, d := range r.Differences {
		fmt.Fprintf(c.stdout, "     %s\n", d.Name)
		fmt.Fprintf(c.stdout, "       %s %s\n", c.say(lang.Text{Zh: "应为", En: "expected"}), d.Expected)
		fmt.Fprintf(c.stdout, "       %s %s\n", c.say(lang.Text{Zh: "实为", En: "found   "}), d.Found)
	}
}

// evalCmd is `tongban eval`.
type evalCmd struct {
	Item       string `arg:"" help:"Item document."`
	At         string `help:"Evaluation date, YYYY-MM-DD." required:"" placeholder:"DATE"`
	Given      string `help:"File of facts as an example's \"given\" writes them; - reads standard input." default:"-" placeholder:"FILE"`
	Dictionary string `help:"Dictionary the item is read against; the built-in one if not given." placeholder:"DIR"`
}

// Run prints the Outcome as JSON. What is wrong with the document or the facts goes to standard error.
func (v *evalCmd) Run(c *cli) error {
	if _, err := calendar.Parse(v.At); err != nil {
		return fmt.Errorf("--at %q: want a date such as 2026-03-01", v.At)
	}
	l := collect([]string{v.Item})
	l.compile(l.dictionary(v.Dictionary))
	if len(l.items) != 1 || l.items[0].plan == nil {
		toStderr := *c
		toStderr.stdout = c.stderr
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
	given, found := suite.ReadGiven(raw, suite.Parties(p.Definition()))
	if found.HasErrors() {
		for i := range found {
			found[i].File = cmp.Or(found[i].File, v.Given)
		}
		toStderr := *c
		toStderr.stdout = c.stderr
		if _, err := toStderr.report(found, false); err != nil {
			return err
		}
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
