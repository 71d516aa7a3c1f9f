package diag

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/tongban/tongban/rules/lang"
)

// One file an area, each a map from code to text; {name} stands for an argument. Codes are unique across files.
//
//go:embed catalogue/*.json
var catalogueFiles embed.FS

var catalogue = loadCatalogue()

func loadCatalogue() map[string]lang.Text {
	all := map[string]lang.Text{}
	names, err := fs.Glob(catalogueFiles, "catalogue/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		raw, err := catalogueFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		var one map[string]lang.Text
		if err := json.Unmarshal(raw, &one); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		for code, text := range one {
			if _, twice := all[code]; twice {
				panic(fmt.Sprintf("%s: code %q is in the catalogue twice", name, code))
			}
			all[code] = text
		}
	}
	return all
}

// Codes returns the catalogue: every code with its two texts. The map must not be changed.
func Codes() map[string]lang.Text { return catalogue }

// Text renders the diagnostic for people. A code the catalogue lacks shows as the code itself; a test keeps that from
// happening.
func (d Diagnostic) Text(tag lang.Tag) string {
	text, ok := catalogue[d.Code]
	if !ok {
		return d.Code
	}
	return render(text.In(tag), func(name string) (string, bool) {
		if v, ok := d.Args[name]; ok {
			return v, true
		}
		w, ok := d.Words[name]
		return w.In(tag), ok
	})
}

// Say gives the text of a code with one argument, which is a word for people, in both languages.
func Say(code, argument string, word lang.Text) lang.Text {
	text, ok := catalogue[code]
	if !ok {
		return lang.Text{Zh: code, En: code}
	}
	say := func(tag lang.Tag) string {
		return render(text.In(tag), func(name string) (string, bool) { return word.In(tag), name == argument })
	}
	return lang.Text{Zh: say(lang.Zh), En: say(lang.En)}
}

// render puts arguments in their places. What stands in braces and is no argument stays.
func render(text string, argument func(name string) (string, bool)) string {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 48)
	for ; open >= 0; open = strings.IndexByte(text, '{') {
		b.WriteString(text[:open])
		text = text[open:]
		end := strings.IndexByte(text, '}')
		if end < 0 {
			break
		}
		if v, ok := argument(text[1:end]); ok {
			b.WriteString(v)
			text = text[end+1:]
		} else {
			b.WriteByte('{')
			text = text[1:]
		}
	}
	b.WriteString(text)
	return b.String()
}

// Both renders the diagnostic in both languages.
func (d Diagnostic) Both() lang.Text { return lang.Text{Zh: d.Text(lang.Zh), En: d.Text(lang.En)} }

// CloseTo is what a text about an unknown name adds about the nearest known one; nothing where there is none.
func CloseTo(name string) lang.Text {
	if name == "" {
		return lang.Text{}
	}
	return lang.Text{Zh: "（相近的有：" + name + "）", En: " (close to: " + name + ")"}
}
