package dmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/source"
)

// element is an element of the document with the text and the elements inside it.
type element struct {
	space, name string
	attrs       []xml.Attr
	inside      []*element
	text        []rune
	places      []int // of the characters of text: offsets in the document
	at          int   // offset of the start tag
	end         int   // and behind the end tag
}

// document is a file that has been read.
type document struct {
	raw   []byte
	file  string
	lines []int // offsets of their beginnings
	root  *element
}

// read reads a file into elements, within the limits.
func read(raw []byte, file string) (*document, diag.List) {
	d := &document{raw: raw, file: file, lines: []int{0}}
	for i, b := range raw {
		if b == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	if len(raw) > MaxBytes {
		return nil, diag.List{d.found(0, "dmn.too-large", "limit", MaxBytes)}
	}
	charset := ""
	dec := xml.NewDecoder(bytes.NewReader(raw))
	dec.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		charset = name
		return nil, errors.ErrUnsupported
	}
	var open []*element
	for elements := 0; ; {
		from := int(dec.InputOffset())
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && d.root != nil:
			return d, nil
		case charset != "":
			return nil, diag.List{d.found(0, "dmn.encoding", "found", charset)}
		case err != nil:
			return nil, diag.List{d.found(int(dec.InputOffset()), "dmn.not-xml", "reason", reason(err))}
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, diag.List{d.found(from, "dmn.doctype")}
		case xml.StartElement:
			e := &element{space: t.Name.Space, name: t.Name.Local, attrs: t.Attr, at: from}
			if elements++; elements > MaxElements {
				return nil, diag.List{d.found(from, "dmn.too-large", "limit", MaxElements)}
			}
			switch {
			case len(open) >= MaxDepth:
				return nil, diag.List{d.found(from, "dmn.too-deep", "limit", MaxDepth)}
			case len(open) > 0:
				over := open[len(open)-1]
				over.inside = append(over.inside, e)
			case d.root != nil:
				return nil, diag.List{d.found(from, "dmn.not-xml", "reason", "<"+e.name+">")}
			default:
				d.root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open[len(open)-1].end = int(dec.InputOffset())
			open = open[:len(open)-1]
		case xml.CharData:
			switch n := len(open); {
			case n > 0 && (open[n-1].name == "text" || open[n-1].name == "typeRef"):
				open[n-1].add(t, raw[from:dec.InputOffset()], from)
			case n == 0 && len(bytes.Trim(t, " \t\r\n\uFEFF")) > 0:
				return nil, diag.List{d.found(from, "dmn.not-xml", "reason", firstWord(t))}
			}
		}
	}
}

func firstWord(text []byte) string {
	const shown = 20
	word := []rune(string(bytes.Fields(text)[0]))
	return string(word[:min(len(word), shown)])
}

// reason is what the reader of XML has to say, without the line, which is given otherwise.
func reason(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg
	}
	return err.Error()
}

// add appends text that stands in the document as raw, from an offset on.
func (e *element) add(text, raw []byte, from int) {
	const section = "<![CDATA["
	i, plain := 0, bytes.HasPrefix(raw, []byte(section))
	if plain {
		i = len(section)
	}
	for _, c := range string(text) {
		e.text, e.places = append(e.text, c), append(e.places, from+i)
		switch {
		case i >= len(raw):
		case raw[i] == '&' && !plain:
			if n := bytes.IndexByte(raw[i:], ';'); n >= 0 {
				i += n + 1
			}
		case raw[i] == '\r' && i+1 < len(raw) && raw[i+1] == '\n': // which XML reads as one
			i += 2
		default:
			_, n := utf8.DecodeRune(raw[i:])
			i += n
		}
	}
}

// place gives the line and column of an offset.
func (d *document) place(offset int) (line, col int) {
	offset = min(offset, len(d.raw))
	line = sort.SearchInts(d.lines, offset+1)
	return line, utf8.RuneCount(d.raw[d.lines[line-1]:offset]) + 1
}

func (d *document) found(offset int, code string, args ...any) diag.Diagnostic {
	f := diag.New(code, "", args...)
	f.File = d.file
	return f.At(d.place(offset))
}

// source is the text of an element as rules are read from. The element may be missing.
func (d *document) source(e *element, around *element) source.Fragment {
	if e == nil {
		e = &element{at: around.at, end: around.at}
	}
	out := source.Fragment{Text: string(e.text), File: d.file}
	end := e.at
	if n := len(e.places); n > 0 {
		end = e.places[n-1] + 1
	}
	out.Map = func(index int) (int, int) {
		if index < len(e.places) {
			return d.place(e.places[index])
		}
		return d.place(end)
	}
	out.Line, out.Col = out.Map(0)
	return out
}

// attr is an attribute of DMN's, which has no namespace.
func (e *element) attr(name string) string { return e.attrIn("", name) }

func (e *element) attrIn(space, name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}

// all are the elements directly inside with a name, of DMN's.
func (e *element) all(name string) []*element {
	var out []*element
	for _, in := range e.inside {
		if in.name == name && in.space == e.space {
			out = append(out, in)
		}
	}
	return out
}

// first follows names inwards; nil if there is no such element.
func (e *element) first(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		found := e.all(name)
		if len(found) == 0 {
			return nil
		}
		e = found[0]
	}
	return e
}

// blank reports whether there is nothing to read.
func (e *element) blank() bool { return e == nil || strings.TrimSpace(string(e.text)) == "" }
