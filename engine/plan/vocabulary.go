package plan

import (
	"encoding/json"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// Vocabulary is a dictionary made ready for compiling items: what they all share is typed and checked once. It is immutable
// and safe for concurrent use.
type Vocabulary struct {
	dict     *dictionary.Dictionary
	lib      *funcs.Library
	facts    []facts.Fact // what every item may name
	space    *facts.Space // of these, in the first slots of every item's space
	common                // and where in these slots it is
	elements map[string]field
	leaves   []string  // divisions that have none inside them
	found    diag.List // what is wrong with the dictionary
}

// common are the slots of the facts that every item has.
type common struct {
	today, channel, division, receivedOn, acceptedOn int
	parameters                                       []parameter
	licences                                         []licence
	written                                          []byte // the licence types as JSON, for fingerprints
}

// Prepare makes a dictionary ready. What is wrong with it is reported with every item compiled.
func Prepare(dict *dictionary.Dictionary) *Vocabulary {
	v := &Vocabulary{dict: dict, elements: map[string]field{}}
	text := facts.Type{Kind: facts.String}
	date := facts.Type{Kind: facts.Date}
	v.today = v.add("today", date, lang.Text{Zh: "办理当日", En: "the day of handling"})
	v.channel = v.add("case.channel", facts.Type{Kind: facts.String, Enum: channels}, lang.Text{Zh: "办理渠道", En: "channel"})
	v.division = v.add("case.division", text, lang.Text{Zh: "收件地", En: "place of receipt"})
	v.receivedOn = v.add("case.received_on", date, lang.Text{Zh: "收件日期", En: "date of receipt"})
	v.acceptedOn = v.add("case.accepted_on", date, lang.Text{Zh: "受理日期", En: "date of acceptance"})
	for _, l := range dict.LicenceTypes() {
		for _, f := range l.Face {
			_, found := facts.TypeOf(f.Schema, "")
			v.wrong(found, "licence", l.Key)
		}
	}
	v.licences = declareLicences(dict, "licences.", v.add)
	for _, l := range v.licences {
		raw, err := json.Marshal(l.of)
		if err != nil {
			panic(err) // it came from JSON
		}
		v.written = append(append(v.written, raw...), '\n')
	}
	v.declareParameters()
	inside := map[string]bool{}
	for _, d := range dict.Divisions() {
		inside[d.Parent] = true
	}
	for _, d := range dict.Divisions() {
		if !inside[d.Code] {
			v.leaves = append(v.leaves, d.Code)
		}
	}
	elements := dict.Elements()
	for i := range elements {
		e := &elements[i]
		f := field{help: e.Help, schema: e.Schema, fresh: e.FreshMonths, locked: e.Locked, secret: e.Sensitive, presence: -1, sources: v.sources(e.Sources)}
		v.wrong(f.typed(e.Choices, ""), "element", e.Key)
		v.elements[e.Key] = f
	}
	space, found := facts.NewSpace(v.facts)
	v.space = space
	v.found.Add(found...)
	return v
}

// declareLicences declares what the licences of one person say, under a prefix.
func declareLicences(dict *dictionary.Dictionary, prefix string, add func(path string, t facts.Type, label lang.Text) int) []licence {
	types := dict.LicenceTypes()
	out := make([]licence, len(types))
	for i := range types {
		l := &types[i]
		at := prefix + l.Key + "."
		out[i] = licence{
			of:      l,
			present: add(at+"present", facts.Type{Kind: facts.Bool}, l.Name),
			number:  add(at+"number", facts.Type{Kind: facts.String}, onLicence(l, lang.Text{Zh: "编号", En: "number"})),
			validTo: add(at+"valid_to", facts.Type{Kind: facts.Date}, onLicence(l, lang.Text{Zh: "有效期截止日", En: "expiry date"})),
		}
		for _, f := range l.Face {
			t, _ := facts.TypeOf(f.Schema, "") // Prepare has said what is wrong
			t = labelled(t, f.Choices)
			out[i].face = append(out[i].face, face{key: f.Key, slot: add(at+f.Key, t, onLicence(l, f.Label)), typ: t})
		}
	}
	return out
}

func (v *Vocabulary) add(path string, t facts.Type, label lang.Text) int {
	v.facts = append(v.facts, facts.Fact{Path: path, Type: t, Label: label, Unit: t.Unit})
	return len(v.facts) - 1
}

// wrong reports an entry of the dictionary that cannot be used. Load has checked it; this is for dictionaries made otherwise.
func (v *Vocabulary) wrong(found diag.List, kind, key string) {
	for _, d := range found {
		if d.Severity == diag.Error {
			v.found.Add(diag.New("plan.bad-dictionary", "", "kind", kind, "name", key, "reason", d.Both()))
		}
	}
}

// sources reads where the dictionary says a value may be known already.
func (v *Vocabulary) sources(names []string) []sourceRef {
	var out []sourceRef
	for _, s := range names {
		parts := strings.Split(s, ".")
		switch {
		case len(parts) == 2 && parts[0] == "resident":
			out = append(out, sourceRef{register: parts[1]})
		case len(parts) == 3 && parts[0] == "licence":
			if l, ok := v.dict.LicenceType(parts[1]); ok {
				out = append(out, sourceRef{licence: l, face: parts[2]})
			}
		}
	}
	return out
}

var channels = []facts.Choice{
	{Value: "window", Label: lang.Text{Zh: "窗口", En: "window"}},
	{Value: "online", Label: lang.Text{Zh: "网上", En: "online"}},
	{Value: "mobile", Label: lang.Text{Zh: "手机", En: "mobile"}},
	{Value: "mail", Label: lang.Text{Zh: "邮寄", En: "mail"}},
}

func join(a, b lang.Text) lang.Text {
	return lang.Text{Zh: a.Zh + b.Zh, En: a.In(lang.En) + b.In(lang.En)}
}

// onLicence names what is on the face of a licence.
func onLicence(l *dictionary.LicenceType, label lang.Text) lang.Text {
	return lang.Text{Zh: l.Name.Zh + label.Zh, En: label.In(lang.En) + " of the " + lowerFirst(l.Name.In(lang.En))}
}

// owned says whose a fact is, for sentences in which several parties may appear.
func owned(g *dictionary.Group, label lang.Text) lang.Text {
	title, name := g.Title.In(lang.En), label.In(lang.En)
	en := title + "'s " + lowerFirst(name)
	if !g.Party {
		en = name + " of the " + lowerFirst(title)
	}
	return lang.Text{Zh: g.Title.Zh + label.Zh, En: en}
}

// lowerFirst makes a label fit into a sentence, unless it begins with an abbreviation (ID number).
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:min(1, len(s))]) + s[min(1, len(s)):]
}
