// Package plan gives an item its meaning: Compile turns a definition and the city's dictionary into a Plan, in which every
// rule is typed, compiled and bound to slots, and Evaluate turns facts into an Outcome. Both are pure: no clock, no store,
// no log. A Plan is immutable and safe for concurrent use.
package plan

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/formula"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/schema"
)

// Plan is a compiled item.
type Plan struct {
	def   *item.Definition
	dict  *dictionary.Dictionary
	ref   ItemRef
	space *facts.Space
	legal map[string]LegalRef

	common
	sections   []section
	steps      []step // fields and conclusions, each after what it reads
	conditions []condition
	materials  []material
	derived    []*conclusion
	fees       []fee
	limits     []limitChoice
	route      route
	procedures []procedure
	results    []result
	people     []peopleList

	groups map[string]*fieldGroup
	named  []*parameter // those that the rules name
	room   int          // for facts of a row, behind those of the item
	looks  int          // at facts, by all clauses and conclusions
	parts  int          // clauses
	frame  int          // bytes of the effective schema around the fields, at most
	idle   *sync.Pool   // of *evaluation
}

// fieldGroup are the fields that are answered under one name.
type fieldGroup struct {
	number int
	fields map[string]*field
}

// prepare makes ready what every evaluation needs.
func (p *Plan) prepare() {
	p.groups = map[string]*fieldGroup{}
	for i := range p.sections {
		for _, f := range p.sections[i].fields {
			g := p.groups[f.group]
			if g == nil {
				g = &fieldGroup{number: len(p.groups), fields: map[string]*field{}}
				p.groups[f.group] = g
			}
			g.fields[f.key], f.of = f, g
			f.room = len(f.schema) + 2*len(f.key) + len(`"":,"",`)
			if f.columns != nil {
				p.extend(f.columns.rows)
			}
		}
	}
	p.frame = len(schemaHead) + len(`}}`)
	for name := range p.groups {
		p.frame += len(name) + len(`"`+groupHead+`}`+requireHead+`]},`)
	}
	for i := range p.parameters {
		if p.parameters[i].used {
			p.named = append(p.named, &p.parameters[i])
		}
	}
	for i := range p.conditions {
		p.extend(p.conditions[i].each)
		p.conditions[i].rule.EachClause(func(reads []int) {
			p.parts++
			p.looks += len(reads)
		})
	}
	for _, d := range p.derived {
		p.looks += len(d.reads)
		p.extend(d.each)
	}
	for i := range p.materials {
		p.extend(p.materials[i].each)
	}
	for i := range p.fees {
		p.extend(p.fees[i].each)
	}
	for i := range p.results {
		p.extend(p.results[i].each)
	}
	p.idle = &sync.Pool{New: func() any {
		values, notes := p.space.Extensible(p.room), &ledger{}
		values.Keep(notes)
		return &evaluation{
			plan: p, values: values, ledger: notes, slots: make([]progress, p.space.Len()), groups: make([]groupState, len(p.groups)),
		}
	}}
}

// extend makes room for the facts of a row.
func (p *Plan) extend(s *rowScope) {
	if s != nil {
		p.room = max(p.room, s.space.Len()-p.space.Len())
	}
}

// Ref names the compiled version.
func (p *Plan) Ref() ItemRef { return p.ref }

// Definition returns the source. It must not be changed.
func (p *Plan) Definition() *item.Definition { return p.def }

// Dictionary returns the dictionary that the item was compiled against.
func (p *Plan) Dictionary() *dictionary.Dictionary { return p.dict }

// Field returns the type of the field with this path, such as applicant.name.
func (p *Plan) Field(path string) (facts.Type, bool) {
	group, key, _ := strings.Cut(path, ".")
	if g := p.groups[group]; g != nil && g.fields[key] != nil {
		return g.fields[key].typ, true
	}
	return facts.Type{}, false
}

// FieldPaths goes through the paths of all fields, in the order of the form.
func (p *Plan) FieldPaths() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range p.sections {
			for _, f := range p.sections[i].fields {
				if !yield(f.path) {
					return
				}
			}
		}
	}
}

// Facts returns the facts the item's rules may name, in slot order.
func (p *Plan) Facts() *facts.Space { return p.space }

// parameter is a dated value of the dictionary: a fact where it has no keys, and a function of date and keys in any case.
type parameter struct {
	slot   int // of param.<key>, or -1 for a keyed one
	of     *dictionary.Parameter
	typ    facts.Type
	series map[string][]dated // by combination of keys, in order of from
	open   []openKeys         // by position of the key
	read   bool               // a rule of this item names the fact
	used   bool               // or calls the function
}

// dated is a value in force from from to to, both included; a zero to is open.
type dated struct {
	from, to time.Time
	value    any
	text     lang.Text // the value as people write it
	of       *dictionary.Parameter
	entry    *dictionary.Dated
	fixed    bool // by an example
}

// at finds the value in force on a day.
func (q *parameter) at(day time.Time, keys string) (*dated, bool) {
	series := q.series[keys]
	i, found := slices.BinarySearchFunc(series, day, func(d dated, on time.Time) int { return d.from.Compare(on) })
	if !found {
		i--
	}
	if i < 0 || !series[i].to.IsZero() && series[i].to.Before(day) {
		return nil, false
	}
	return &series[i], true
}

type licence struct {
	of      *dictionary.LicenceType
	present int
	number  int
	validTo int
	face    []face
}

type face struct {
	key  string
	slot int
	typ  facts.Type
}

type section struct {
	key      string
	title    lang.Text
	optional bool
	fields   []*field
}

// field is one fact of the form.
type field struct {
	slot                int
	group               string // "form" for the item's own
	of                  *fieldGroup
	key                 string
	path                string
	pointer             string // of the rules, for evaluation errors: in the item, or empty for the dictionary
	label               lang.Text
	help                lang.Text
	typ                 facts.Type
	schema              json.RawMessage
	check               *schema.Schema
	shape               *shape
	widget              string
	choices             []Choice
	whenText, valueText string // the rules as they are written
	when                *cond.Condition
	value               *formula.Formula
	offer               *parameter // the keys of which that have a value today are the choices
	columns             *columns   // of a list of rows that has them
	listed              []Column   // of every list of rows, as screens draw it
	optional            bool
	fresh               int // months; see dictionary.Element
	locked              bool
	secret              dictionary.Sensitivity
	sources             []sourceRef
	party               string // whose records are asked: the group's own if it is a party, else the applicant's
	presence            int    // slot of the group's present, or -1
	room                int    // bytes of its part of the effective schema, at most
	switches            bool   // this is a group's present itself
}

// sourceRef is one place the dictionary names where a value may be known already.
type sourceRef struct {
	register string                  // key in the resident register, or
	licence  *dictionary.LicenceType // a licence type with
	face     string                  // an item on its face
}

// step is a fact the evaluation works out, in an order in which everything it reads comes before.
type step struct {
	field *field
	conc  *conclusion
}

// conclusion is one entry of derive.
type conclusion struct {
	of      *item.Derive
	key     string // result.<key> is the fact
	label   lang.Text
	kind    string // name of the type
	slot    int
	pointer string
	typ     facts.Type // of one value; the fact is a list of these with each
	round   money.Rounding
	each    *rowScope
	when    *cond.Condition
	value   *formula.Formula
	table   *decision
	output  int // of the table
	reads   []int
	legal   []LegalRef
}

type condition struct {
	of       *item.Condition
	pointer  string
	each     *rowScope
	when     *cond.Condition
	rule     *cond.Condition
	sentence lang.Text
	clauses  []lang.Text
	legal    []LegalRef

	otherwise words
}

type material struct {
	of      *item.Material
	id      string
	key     string
	party   string
	partyOf lang.Text
	doc     *dictionary.Material
	pointer string
	each    *rowScope
	when    *cond.Condition
	why     lang.Text
	note    words
	types   []*dictionary.LicenceType
	legal   []LegalRef
	present int // slot of the party's present, or -1
}

type fee struct {
	of      *item.Fee
	pointer string
	each    *rowScope
	when    *cond.Condition
	value   *formula.Formula
	legal   []LegalRef
}

type route struct {
	jurisdiction *formula.Formula
	choices      []routeChoice
	divisions    []string // whose offices may be competent
}

type routeChoice struct {
	pointer  string
	when     *cond.Condition
	template *dictionary.RouteTemplate
	why      lang.Text
}

type result struct {
	of      *item.Result
	pointer string
	each    *rowScope
	when    *cond.Condition
	value   *formula.Formula
}
