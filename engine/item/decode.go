package item

import (
	"bytes"
	_ "embed"
	"encoding/json"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/schema"
	"github.com/tongban/tongban/rules/source"
)

// SchemaJSON is item.schema.json: the JSON Schema of the document format, for editors and for this package.
//
//go:embed item.schema.json
var SchemaJSON []byte

var documentSchema = schema.MustCompile(SchemaJSON)

// Decode reads one item document strictly. On errors the Definition is nil; the source document is there whenever the text
// was JSON at all, so that callers can place further findings. file is only a name for the findings.
func Decode(raw []byte, file string) (*Definition, *source.Document, diag.List) {
	doc, found := source.Parse(raw, file)
	if doc == nil {
		return nil, nil, found
	}
	for _, f := range documentSchema.Check(doc.Root()) {
		if f.Code == "schema.unknown-property" {
			f.Line, f.Col = doc.Key(f.Path)
		}
		found.Add(doc.Locate(f))
	}
	if found.HasErrors() {
		return nil, doc, found.Sorted()
	}
	var def Definition
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))))
	dec.UseNumber()
	if err := dec.Decode(&def); err != nil {
		// The schema admits only what the struct can hold; a test mutates documents to keep that true.
		found.Add(doc.Locate(diag.New("item.undecodable", "", "reason", err)))
		return nil, doc, found
	}
	return upgrade(&def), doc, found.Sorted()
}

// upgrade brings a document of an older format to SchemaVersion. Format 1 is the first, so only the number is filled in.
func upgrade(def *Definition) *Definition {
	def.SchemaVersion = SchemaVersion
	if def.Version == 0 {
		def.Version = 1
	}
	return def
}

// Encode writes a definition canonically: fields in their declared order, two-space indent, no HTML escapes, a final
// newline. Decode(Encode(d)) equals d.
func Encode(def *Definition) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(def); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
