// Package phrase puts conditions into words: one sentence in Chinese and one in English for every condition, as residents,
// clerks and reviewers read it. The words of facts come from their labels, those of values from the labels of choices, those
// of functions from the library; this package adds the grammar.
//
// Comparisons follow article 1259 of the Civil Code: 以上, 不低于, 不超过 and 年满 include the number, 超过, 低于 and 不满 exclude
// it. Negation is pushed inwards to the comparisons, so that no sentence denies a denial. Where "and" and "or" meet, parts
// are numbered, so that there is one way to read them.
//
// The package is pure and imports cond (only its tree), facts, funcs and lang of ours.
package phrase

import (
	"strings"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// Phraser makes sentences about the facts of one item. It is immutable and safe for concurrent use.
type Phraser struct {
	space *facts.Space
	lib   *funcs.Library
	names func(code string) (lang.Text, bool)
	known func(path string) (Known, bool)
}

// Known is what a city has set: a value that does not change as long as the sentence about it stands, and its unit.
type Known struct {
	Value any // as facts.Kind has it
	Unit  lang.Text
}

// New makes a Phraser. A nil library has no functions.
func New(space *facts.Space, lib *funcs.Library) *Phraser { return &Phraser{space: space, lib: lib} }

// Naming returns a Phraser that asks names what a text written in a rule stands for, before it is quoted as it is: the name
// of an administrative division for its code, for example. names must be pure.
func (p *Phraser) Naming(names func(code string) (lang.Text, bool)) *Phraser {
	named := *p
	named.names = names
	return &named
}

// Knowing returns a Phraser that writes the value of a fact in brackets behind its name, where known has one. known must be
// pure.
func (p *Phraser) Knowing(known func(path string) (Known, bool)) *Phraser {
	knowing := *p
	knowing.known = known
	return &knowing
}

// Sentence puts a condition into words, without a full stop.
func (p *Phraser) Sentence(n *cond.Node) lang.Text {
	text, _ := p.SentenceComplete(n)
	return text
}

// SentenceComplete is Sentence, and whether everything in it is in words. It is not if the condition has something that
// only a programmer can read, such as a regular expression, or a fact without a label; the sentence then says so in its
// place.
func (p *Phraser) SentenceComplete(n *cond.Node) (sentence lang.Text, complete bool) {
	w := &writer{Phraser: p, complete: true}
	text := w.render(w.statement(n, false), 0)
	text.En = capital(text.En)
	return text, w.complete
}

// Every says of a sentence about an entry of a list that it is about every one of them.
func (p *Phraser) Every(list, sentence lang.Text) lang.Text {
	of := noun(filled(list))
	one, _ := singular(of.En)
	en := "for every " + one + ": " + sentence.In(lang.En)
	return both("每一"+strings.TrimPrefix(of.Zh, "各")+"："+sentence.Zh, capital(en))
}

// writer is the making of one sentence.
type writer struct {
	*Phraser
	complete bool
	vars     []*variable // of the enclosing all, exists, ...
}

// beyond says in its place that something cannot be put into words.
func (w *writer) beyond() lang.Text {
	w.complete = false
	return both("〔此处无法用文字表达，请看规则原文〕", "[this part cannot be put into words: see the rule itself]")
}

func both(zh, en string) lang.Text { return lang.Text{Zh: zh, En: en} }

// filled is a text from outside with both languages there: where one was not written, the other stands for it.
func filled(t lang.Text) lang.Text {
	if t.Zh == "" {
		t.Zh = t.En
	}
	return both(t.Zh, t.In(lang.En))
}

// join puts texts together, in both languages.
func join(texts ...lang.Text) lang.Text {
	var out lang.Text
	for _, t := range texts {
		out.Zh += t.Zh
		out.En += t.En
	}
	return out
}
