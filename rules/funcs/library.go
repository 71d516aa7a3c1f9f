package funcs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Library is an immutable table of functions, safe for concurrent use.
type Library struct {
	all    []Func
	byName map[string][]Func
}

// Standard is the platform's own library. cal answers questions about working days; with a nil calendar every such
// question is a *calendar.NoYearError.
func Standard(cal *calendar.Calendar) *Library {
	if cal == nil {
		cal = new(calendar.Calendar)
	}
	return newLibrary(slices.Concat(
		dateFuncs(), anniversaryFuncs(), partFuncs(), workdayFuncs(cal), sequenceFuncs(), weekdayFuncs(), periodFuncs(), windowFuncs(), retirementFuncs(),
		identifierFuncs(), divisionFuncs(), amountFuncs(), rateFuncs(), listFuncs(), shareFuncs(), textFuncs(), wordFuncs(), timeFuncs(),
	))
}

// newLibrary makes the index. Two functions of one name whose calls could not be told apart are a defect of
// the table and panic.
func newLibrary(all []Func) *Library {
	l := &Library{all: all, byName: make(map[string][]Func, len(all))}
	seen := map[string]bool{}
	for _, f := range all {
		key := f.Name
		for _, p := range f.Params {
			key += " " + kinds(p.Type)
		}
		if seen[key] {
			panic(fmt.Sprintf("funcs: %s is in the table twice", key))
		}
		seen[key] = true
		l.byName[f.Name] = append(l.byName[f.Name], f)
	}
	return l
}

// kinds writes what tells the calls of two overloads apart.
func kinds(t facts.Type) string {
	if t.Kind == facts.List && t.Elem != nil {
		return "list of " + kinds(*t.Elem)
	}
	return t.Kind.String()
}

// With returns a library that has these functions too. Two functions that a call could not tell apart panic, as in the table
// itself: callers choose names of their own.
func (l *Library) With(more ...Func) *Library { return newLibrary(slices.Concat(l.all, more)) }

// All returns every function, overloads included, in the order of documentation. The slice must not be changed.
func (l *Library) All() []Func { return l.all }

// Lookup returns the overloads of a name, none for a name the library does not have. The slice must not be changed.
func (l *Library) Lookup(name string) []Func { return l.byName[name] }

// Markdown documents the library in one language: a section for each group, and for each function its signatures, meaning
// and examples.
func (l *Library) Markdown(tag lang.Tag) string {
	var b strings.Builder
	var group Group
	for i, f := range l.all {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "## %s\n\n", groupTitles[group].In(tag))
		}
		if i == 0 || l.all[i-1].Name != f.Name {
			fmt.Fprintf(&b, "### %s\n\n", f.Name)
			for _, overload := range l.byName[f.Name] {
				fmt.Fprintf(&b, "    %s\n", overload.Signature())
			}
			fmt.Fprintf(&b, "\n%s\n\n", f.Doc.In(tag))
		}
		for _, e := range f.Examples {
			fmt.Fprintf(&b, "- `%s` = `%s`\n", e.Expr, e.Want)
		}
		if i+1 == len(l.all) || l.all[i+1].Name != f.Name {
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

var groupTitles = map[Group]lang.Text{
	Dates:       {Zh: "日期", En: "Dates"},
	Parts:       {Zh: "周、月、季、年", En: "Weeks, months, quarters, years"},
	Periods:     {Zh: "期间", En: "Periods"},
	Lists:       {Zh: "合计与名次", En: "Sums and ranks"},
	Texts:       {Zh: "文字", En: "Texts"},
	Times:       {Zh: "时刻", En: "Times of day"},
	Workdays:    {Zh: "工作日", En: "Working days"},
	Retirement:  {Zh: "退休年龄", En: "Retirement age"},
	Identifiers: {Zh: "证件与号码", En: "Identifiers"},
	Divisions:   {Zh: "行政区划", En: "Administrative divisions"},
	Amounts:     {Zh: "数额", En: "Amounts"},
}
