// Package diag is the one form in which every check of the platform reports what it found: a code, a severity, the place
// in the document, and arguments. Text in Chinese and English is rendered from code and arguments by one catalogue; no
// program ever looks at a text. The package imports nothing of ours but lang.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/lang"
)

// Severity says what a diagnostic means for the document: an Error keeps it from being used.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Hint    Severity = "hint"
)

func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	default:
		return 2
	}
}

// Diagnostic is one finding. Line and Col count from 1 and in characters, not bytes; 0 means "not known".
type Diagnostic struct {
	Code     string            `json:"code" doc:"Stable code, dotted lower case, such as cond.unknown-name"`
	Severity Severity          `json:"severity" enum:"error,warning,hint"`
	File     string            `json:"file,omitempty"`
	Path     string            `json:"path" doc:"JSON pointer (RFC 6901) into the document; empty for the whole document"`
	Line     int               `json:"line,omitempty"`
	Col      int               `json:"col,omitempty"`
	Args     map[string]string `json:"args,omitempty" doc:"Arguments of the text"`
	// Words are arguments that are text for people themselves, such as the label of a field.
	Words map[string]lang.Text `json:"words,omitempty"`
}

// New makes an error diagnostic. args are name, value pairs; a lang.Text becomes one of the Words, other values are
// formatted with %v.
func New(code, path string, args ...any) Diagnostic {
	d := Diagnostic{Code: code, Severity: Error, Path: path}
	for i := 0; i+1 < len(args); i += 2 {
		if text, ok := args[i+1].(lang.Text); ok {
			if d.Words == nil {
				d.Words = map[string]lang.Text{}
			}
			d.Words[fmt.Sprint(args[i])] = text
			continue
		}
		if d.Args == nil {
			d.Args = make(map[string]string, len(args)/2)
		}
		d.Args[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return d
}

// As returns a copy with another severity.
func (d Diagnostic) As(s Severity) Diagnostic { d.Severity = s; return d }

// At returns a copy with a line and column.
func (d Diagnostic) At(line, col int) Diagnostic { d.Line, d.Col = line, col; return d }

// MaxShown bounds a list: a hostile document must not produce an unbounded report.
const MaxShown = 200

// List collects diagnostics. The zero value is ready to use.
type List []Diagnostic

// Add appends findings.
func (l *List) Add(ds ...Diagnostic) { *l = append(*l, ds...) }

// HasErrors reports whether any finding is an Error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the findings ordered by file, line, column, path, severity and code, without repetitions, at most
// MaxShown of them (errors are never dropped in favour of warnings).
func (l List) Sorted() List {
	out := slices.Clone(l)
	if len(out) > MaxShown {
		slices.SortStableFunc(out, func(a, b Diagnostic) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	}
	key := func(d Diagnostic) string { return d.argsKey() }
	slices.SortStableFunc(out[:min(len(out), MaxShown)], func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Severity.rank(), b.Severity.rank()), cmp.Compare(a.Code, b.Code),
			cmp.Compare(key(a), key(b)))
	})
	out = out[:min(len(out), MaxShown)]
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Path == b.Path && a.File == b.File && a.Line == b.Line && a.Col == b.Col && key(a) == key(b)
	})
}

func (d Diagnostic) argsKey() string {
	keys := make([]string, 0, len(d.Args)+len(d.Words))
	for k, v := range d.Args {
		keys = append(keys, k+"="+v)
	}
	for k, v := range d.Words {
		keys = append(keys, k+"="+v.Zh)
	}
	slices.Sort(keys)
	return strings.Join(keys, ";")
}

// Pointer appends reference tokens to a JSON pointer, escaping them as RFC 6901 asks.
func Pointer(base string, tokens ...any) string {
	var b strings.Builder
	b.WriteString(base)
	for _, t := range tokens {
		var s string
		switch t := t.(type) {
		case string:
			s = t
		case int:
			s = strconv.Itoa(t)
		default:
			s = fmt.Sprint(t)
		}
		s = strings.ReplaceAll(s, "~", "~0")
		s = strings.ReplaceAll(s, "/", "~1")
		b.WriteByte('/')
		b.WriteString(s)
	}
	return b.String()
}
