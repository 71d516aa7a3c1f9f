// Package letter words the written documents of a case (文书) that the law wants: notices of acceptance, of what is missing, of
// a special procedure and the time it takes, of an extension and its reason, publicities, decisions with their remedies, and
// the record of delivery. Every text stands in one catalogue, in both languages. It knows no case: whoever issues a document
// gives its facts, and keeps what was written.
package letter

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/lang"
)

// template is the text of one kind of document.
type template struct {
	Title lang.Text   `json:"title"`
	Open  bool        `json:"open,omitempty"` // for everybody: it is posted, and addressed to nobody
	Text  []lang.Text `json:"text"`           // paragraphs
}

//go:embed letters.json
var raw []byte

var templates = func() map[string]template {
	var m map[string]template
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err) // the file is part of the program
	}
	return m
}()

// Letter is a document in words.
type Letter struct {
	Title lang.Text
	Open  bool
	Text  []lang.Text
}

// Kinds lists the kinds of documents in order of name.
func Kinds() []string { return slices.Sorted(maps.Keys(templates)) }

// Write words a document of a kind. A paragraph names facts as {name}; one of which a fact is not known is left out, so that
// a document never says half of something. An unknown kind is a fault of kind Internal.
func Write(kind string, facts map[string]lang.Text) (Letter, error) {
	t, ok := templates[kind]
	if !ok {
		return Letter{}, fault.New(fault.Internal, "case.unknown-document", "kind", kind)
	}
	l := Letter{Title: t.Title, Open: t.Open}
	for _, p := range t.Text {
		zh, knows := fill(p.Zh, facts, lang.Zh)
		en, also := fill(p.En, facts, lang.En)
		if knows && also {
			l.Text = append(l.Text, lang.Text{Zh: zh, En: en})
		}
	}
	return l, nil
}

// fill puts facts into a paragraph and reports whether all that it names are known. What a fact says is never itself filled
// in.
func fill(text string, facts map[string]lang.Text, tag lang.Tag) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		name, after, closed := strings.Cut(rest, "}")
		value := facts[name]
		if !closed || value.IsZero() {
			return "", false
		}
		b.WriteString(value.In(tag))
		text = after
	}
}
