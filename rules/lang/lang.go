// Package lang holds the one type for text that people read: Chinese and English side by side.
// It knows no words of its own. Anything may import it.
package lang

import (
	"strings"
	"unicode"
)

// Text is one piece of text for people, in the two languages the platform is complete in.
// Zh (zh-CN) is the language of record; En may be empty in documents written by hand, in which case Zh is shown.
type Text struct {
	Zh string `json:"zh" doc:"Simplified Chinese, the language of record"`
	En string `json:"en,omitempty" doc:"English"`
}

// Tag names one of the two languages.
type Tag string

// The two languages.
const (
	Zh Tag = "zh"
	En Tag = "en"
)

// In returns the text in the asked language, or in Chinese where no English was written.
func (t Text) In(tag Tag) string {
	if tag == En && t.En != "" {
		return t.En
	}
	return t.Zh
}

// IsZero reports whether nothing was written in either language.
func (t Text) IsZero() bool { return t.Zh == "" && t.En == "" }

// Clean takes out of a text that people typed what nobody can see: control and formatting characters (a text of zero-width
// spaces gives no reason at all), except line breaks and tabs, and the space around it.
func Clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, text))
}
