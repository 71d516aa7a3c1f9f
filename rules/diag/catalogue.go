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
	out := text.In(tag)
	if len(d.Args) == 0 && len(d.Words) == 0 {
		return out
	}
	pairs := make([]string, 0, 2*(len(d.Args)+len(d.Words)))
	for k, v := range d.Args {
		pairs = append(pairs, "{"+k+"}", v)
	}
	for k, v := range d.Words {
		pairs = append(pairs, "{"+k+"}", v.In(tag))
	}
	return strings.NewReplacer(pairs...).Replace(out)
}

// Both renders the diagnostic in both languages.
func (d Diagnostic) Both() lang.Text { return lang.Text{Zh: d.Text(lang.Zh), En: d.Text(lang.En)} }
