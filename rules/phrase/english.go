package phrase

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// definite puts "the" before an English noun that can take it.
func definite(noun string) string {
	if len(noun) == 1 || noun != "" && noun[0] >= '0' && noun[0] <= '9' { // the entry that is called A; 3 days after
		return noun
	}
	for _, already := range []string{"“", "the ", "that ", "a ", "an ", "entry ", "[", "each ", "every "} {
		if strings.HasPrefix(noun, already) {
			return noun
		}
	}
	return "the " + noun
}

func article(noun string) string {
	word := strings.TrimLeft(noun, "“")
	if word == "" || definite(noun) == noun || plural(noun) {
		return noun
	}
	if strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// lower takes the capital from a word that is not an abbreviation.
func lower(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	if next, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[size:]
}

// verbForms are the verbs of English predicates, for one and for many.
var verbForms = []struct{ one, many string }{
	{"is ", "are "}, {"equals ", "equal "}, {"does not ", "do not "}, {"differs ", "differ "}, {"lies ", "lie "}, {"has ", "have "},
	{"begins ", "begin "}, {"ends ", "end "}, {"contains ", "contain "}, {"comes ", "come "}, {"includes ", "include "}, {"was ", "were "},
}

// agree brings the verb of an English predicate to the number of its subject.
func agree(subject, predicate string) string {
	if !plural(subject) {
		return predicate
	}
	return several(predicate)
}

// several is an English predicate of many.
func several(predicate string) string {
	for _, v := range verbForms {
		if rest, ok := strings.CutPrefix(predicate, v.one); ok {
			return v.many + rest
		}
	}
	for _, v := range deniable {
		if rest, ok := strings.CutPrefix(predicate, v.is); ok {
			if base, ok := strings.CutPrefix(v.not, "does not "); ok {
				return base + rest
			}
		}
	}
	return predicate
}

var prepositions = []string{
	"of", "for", "in", "per", "from", "to", "on", "at", "by", "with", "between", "under", "over", "that", "who", "whose", "which", "a", "when", "after",
}

// head finds the word of an English noun that says how many it means: the first that looks like several before its first
// preposition. Without one, the last word there.
func head(noun string) (words []string, at int, many bool) {
	words = strings.Fields(noun)
	if len(words) == 0 || noun[0] >= '0' && noun[0] <= '9' || strings.HasPrefix(noun, "“") || strings.HasPrefix(noun, "that ") || strings.HasPrefix(noun, "entry ") {
		return words, -1, false
	}
	last := -1
	for i, word := range words {
		if slices.Contains(prepositions, word) && i > 0 || strings.HasPrefix(word, "(") {
			break
		}
		if _, ok := one(word); ok {
			return words, i, true
		}
		last = i
	}
	return words, last, false
}

// plural guesses whether an English noun means several.
func plural(noun string) bool {
	_, _, many := head(noun)
	return many
}

// one is the singular of a word that looks like a plural.
func one(word string) (string, bool) {
	switch word {
	case "children":
		return "child", true
	case "people":
		return "person", true
	}
	if len(word) < 4 || !strings.HasSuffix(word, "s") {
		return "", false
	}
	for _, ending := range []string{"ss", "us", "is", "’s", "'s", "series", "news", "previous"} {
		if strings.HasSuffix(word, ending) {
			return "", false
		}
	}
	switch {
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y", true
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "shes"):
		return strings.TrimSuffix(word, "es"), true
	}
	return strings.TrimSuffix(word, "s"), true
}

// singular names one of several: "member of the household" of "the members of the household", and in short, "member".
// A noun that does not look like several has "entry of" it.
func singular(noun string) (whole, short string) {
	noun = strings.TrimPrefix(noun, "the ")
	words, at, many := head(noun)
	if !many {
		return "entry of " + definite(noun), "entry"
	}
	words[at], _ = one(words[at])
	return strings.Join(words, " "), words[at]
}

// pluralOf names several of a thing: "dates of birth" of "the date of birth".
func pluralOf(noun string) string {
	noun = strings.TrimPrefix(noun, "the ")
	words, at, many := head(noun)
	if many || at < 0 {
		return noun
	}
	if strings.HasSuffix(words[at], "y") && !strings.HasSuffix(words[at], "ay") && !strings.HasSuffix(words[at], "ey") {
		words[at] = strings.TrimSuffix(words[at], "y") + "ie"
	}
	words[at] += "s"
	return strings.Join(words, " ")
}

// deniable are beginnings of English statements about a person that take a "not".
var deniable = []struct{ is, not string }{
	{"is ", "is not "}, {"are ", "are not "}, {"was ", "was not "}, {"has ", "does not have "}, {"have ", "do not have "}, {"cannot ", "can "}, {"can ", "cannot "},
	{"will ", "will not "}, {"may ", "may not "}, {"must ", "need not "},
	{"lives ", "does not live "}, {"receives ", "does not receive "}, {"owns ", "does not own "}, {"holds ", "does not hold "},
	{"works ", "does not work "}, {"pays ", "does not pay "}, {"needs ", "does not need "}, {"wants ", "does not want "}, {"agrees ", "does not agree "},
	{"resides ", "does not reside "}, {"rents ", "does not rent "}, {"attends ", "does not attend "}, {"studies ", "does not study "}, {"belongs ", "does not belong "},
	{"shares ", "does not share "}, {"cares ", "does not care "}, {"suffers ", "does not suffer "}, {"applies ", "does not apply "}, {"wishes ", "does not wish "},
	{"claims ", "does not claim "}, {"uses ", "does not use "}, {"takes ", "does not take "}, {"gets ", "does not get "}, {"keeps ", "does not keep "},
	{"runs ", "does not run "}, {"intends ", "does not intend "}, {"accepts ", "does not accept "}, {"meets ", "does not meet "}, {"enrols ", "does not enrol "},
	{"qualifies ", "does not qualify "}, {"stays ", "does not stay "}, {"earns ", "does not earn "}, {"supports ", "does not support "},
}

// openers begin labels that are questions or statements.
var openers = []string{
	"what", "where", "when", "who", "how", "why", "which", "is", "are", "has", "have", "does", "do", "can", "cannot", "will", "was", "may", "must",
}

// finite are verbs that make a clause of a label, which then has to be quoted.
var finite = []string{"is", "are", "was", "were", "may", "must", "has", "have", "can", "will"}

const longLabel = 9 // words

// nounEn fits an English label into a sentence. Labels are written for forms, with a capital; those that are no plain nouns,
// or long, are quoted, so that it shows where they end.
func nounEn(label string) string {
	words := strings.Fields(label)
	if len(words) == 0 {
		return ""
	}
	odd := len(words) > longLabel || strings.ContainsAny(label, "?,:;()") || slices.Contains(openers, strings.ToLower(words[0])) ||
		slices.ContainsFunc(words, func(w string) bool { return slices.Contains(finite, w) })
	if odd {
		return "“" + strings.Join(words, " ") + "”"
	}
	return lower(strings.Join(words, " "))
}
