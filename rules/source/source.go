// Package source reads JSON documents that people write and remembers where everything stands, so that a finding about a
// value, or about a character inside a string, can name its line and column. It is stricter than encoding/json: a key may
// stand once, nesting and size are bounded, nothing may follow the document. It imports only diag of ours.
package source

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/diag"
)

// Limits. An item document of the largest kind seen is 60 KB and nests 9 deep; a hostile one must not cost more than
// reading it.
const (
	MaxBytes = 2 << 20
	MaxDepth = 64
)

// Document is a parsed JSON document with positions. It is immutable.
type Document struct {
	file   string
	raw    []byte
	root   any
	values map[string]span // by JSON pointer
	keys   map[string]int  // offset of the key of a member, by the member's pointer
	lines  []int           // offset of each line's first byte
}

type span struct{ from, to int }

// Parse reads one document. On an error the Document is nil and the list says where reading stopped.
func Parse(raw []byte, file string) (*Document, diag.List) {
	d := &Document{file: file, raw: raw, values: map[string]span{}, keys: map[string]int{}, lines: []int{0}}
	for i, c := range raw {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	if len(raw) > MaxBytes {
		return nil, diag.List{d.located(diag.New("json.too-large", "", "size", len(raw), "limit", MaxBytes), 0)}
	}
	if i := invalidUTF8(raw); i >= 0 {
		return nil, diag.List{d.located(diag.New("json.not-utf8", ""), i)}
	}
	p := parser{doc: d, raw: raw}
	if len(raw) >= 3 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF {
		p.pos = 3 // a byte order mark, as Windows editors write it
	}
	root, ok := p.value("", 0)
	if ok {
		if p.space(); p.pos < len(raw) {
			p.fail("json.trailing", "")
		}
	}
	if p.found.HasErrors() {
		return nil, p.found
	}
	d.root = root
	return d, p.found
}

// File returns the name the document was parsed under.
func (d *Document) File() string { return d.file }

// Root returns the document as plain values: map[string]any, []any, string, bool, nil and json.Number. It must not be
// changed.
func (d *Document) Root() any { return d.root }

// Raw returns the text of the value at pointer, or nil.
func (d *Document) Raw(pointer string) []byte {
	s, ok := d.values[pointer]
	if !ok {
		return nil
	}
	return d.raw[s.from:s.to]
}

// Has reports whether a value stands at pointer.
func (d *Document) Has(pointer string) bool { _, ok := d.values[pointer]; return ok }

// At returns the line and column of the value at pointer, or of the nearest enclosing value that exists.
func (d *Document) At(pointer string) (line, col int) {
	for {
		if s, ok := d.values[pointer]; ok {
			return d.lineCol(s.from)
		}
		cut := lastSlash(pointer)
		if cut < 0 {
			return 1, 1
		}
		pointer = pointer[:cut]
	}
}

// Key returns the line and column of the key of the member at pointer; for anything else, of the value.
func (d *Document) Key(pointer string) (line, col int) {
	if off, ok := d.keys[pointer]; ok {
		return d.lineCol(off)
	}
	return d.At(pointer)
}

// Inside returns the line and column of the character with the given index (counted in characters, from 0) of the string
// at pointer, escapes taken into account.
func (d *Document) Inside(pointer string, index int) (line, col int) {
	s, ok := d.values[pointer]
	if !ok || d.raw[s.from] != '"' {
		return d.At(pointer)
	}
	i := s.from + 1
	for n := 0; n < index && i < s.to-1; n++ {
		if d.raw[i] == '\\' {
			if d.raw[i+1] != 'u' {
				i += 2
				continue
			}
			high, _ := strconv.ParseUint(string(d.raw[i+2:i+6]), 16, 32)
			i += 6
			if high >= 0xD800 && high < 0xDC00 && i+6 <= s.to && d.raw[i] == '\\' && d.raw[i+1] == 'u' {
				i += 6
			}
			continue
		}
		_, size := utf8.DecodeRune(d.raw[i:])
		i += size
	}
	return d.lineCol(i)
}

// Locate fills in the file and, where it is not known yet, the line and column of a finding from its path.
func (d *Document) Locate(f diag.Diagnostic) diag.Diagnostic {
	f.File = d.file
	if f.Line == 0 {
		f.Line, f.Col = d.At(f.Path)
	}
	return f
}

func (d *Document) located(f diag.Diagnostic, offset int) diag.Diagnostic {
	f.File = d.file
	f.Line, f.Col = d.lineCol(offset)
	return f
}

func (d *Document) lineCol(offset int) (line, col int) {
	i := sort.SearchInts(d.lines, offset+1) - 1
	return i + 1, utf8.RuneCount(d.raw[d.lines[i]:min(offset, len(d.raw))]) + 1
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}

func invalidUTF8(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

type parser struct {
	doc   *Document
	raw   []byte
	pos   int
	found diag.List
}

func (p *parser) fail(code, pointer string, args ...any) (any, bool) {
	p.found.Add(p.doc.located(diag.New(code, pointer, args...), p.pos))
	return nil, false
}

func (p *parser) space() {
	for p.pos < len(p.raw) {
		switch p.raw[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) unexpected(pointer string) (any, bool) {
	if p.pos >= len(p.raw) {
		return p.fail("json.end", pointer)
	}
	r, _ := utf8.DecodeRune(p.raw[p.pos:])
	return p.fail("json.syntax", pointer, "found", string(r))
}

func (p *parser) value(pointer string, depth int) (any, bool) {
	p.space()
	if p.pos >= len(p.raw) {
		return p.unexpected(pointer)
	}
	if depth > MaxDepth {
		return p.fail("json.too-deep", pointer, "limit", MaxDepth)
	}
	from := p.pos
	var v any
	var ok bool
	switch c := p.raw[p.pos]; {
	case c == '{':
		v, ok = p.object(pointer, depth)
	case c == '[':
		v, ok = p.array(pointer, depth)
	case c == '"':
		v, ok = p.str(pointer)
	case c == '-' || c >= '0' && c <= '9':
		v, ok = p.number(pointer)
	default:
		v, ok = p.word(pointer)
	}
	if ok {
		p.doc.values[pointer] = span{from, p.pos}
	}
	return v, ok
}

func (p *parser) object(pointer string, depth int) (any, bool) {
	p.pos++
	out := map[string]any{}
	if p.space(); p.pos < len(p.raw) && p.raw[p.pos] == '}' {
		p.pos++
		return out, true
	}
	for {
		p.space()
		if p.pos >= len(p.raw) || p.raw[p.pos] != '"' {
			return p.unexpected(pointer)
		}
		at := p.pos
		k, ok := p.str(pointer)
		if !ok {
			return nil, false
		}
		key := k.(string)
		member := diag.Pointer(pointer, key)
		if _, twice := out[key]; twice {
			p.found.Add(p.doc.located(diag.New("json.duplicate-key", member, "key", key), at))
		}
		p.doc.keys[member] = at
		if p.space(); p.pos >= len(p.raw) || p.raw[p.pos] != ':' {
			return p.unexpected(member)
		}
		p.pos++
		v, ok := p.value(member, depth+1)
		if !ok {
			return nil, false
		}
		out[key] = v
		if p.space(); p.pos < len(p.raw) {
			switch p.raw[p.pos] {
			case ',':
				p.pos++
				continue
			case '}':
				p.pos++
				return out, true
			}
		}
		return p.unexpected(member)
	}
}

func (p *parser) array(pointer string, depth int) (any, bool) {
	p.pos++
	out := []any{}
	if p.space(); p.pos < len(p.raw) && p.raw[p.pos] == ']' {
		p.pos++
		return out, true
	}
	for i := 0; ; i++ {
		element := pointer + "/" + strconv.Itoa(i)
		v, ok := p.value(element, depth+1)
		if !ok {
			return nil, false
		}
		out = append(out, v)
		if p.space(); p.pos < len(p.raw) {
			switch p.raw[p.pos] {
			case ',':
				p.pos++
				continue
			case ']':
				p.pos++
				return out, true
			}
		}
		return p.unexpected(element)
	}
}

// str finds the end of a string and leaves its escapes to encoding/json.
func (p *parser) str(pointer string) (any, bool) {
	from := p.pos
	for i := p.pos + 1; i < len(p.raw); i++ {
		switch c := p.raw[i]; {
		case c == '\\':
			i++
		case c < 0x20:
			p.pos = i
			return p.fail("json.control-character", pointer, "code", fmt.Sprintf("U+%04X", c))
		case c == '"':
			var s string
			if err := json.Unmarshal(p.raw[from:i+1], &s); err != nil {
				return p.fail("json.bad-string", pointer)
			}
			p.pos = i + 1
			return s, true
		}
	}
	p.pos = len(p.raw)
	return p.unexpected(pointer)
}

func (p *parser) number(pointer string) (any, bool) {
	from := p.pos
	for p.pos < len(p.raw) {
		switch c := p.raw[p.pos]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			p.pos++
			continue
		}
		break
	}
	text := p.raw[from:p.pos]
	if !json.Valid(text) {
		p.pos = from
		return p.fail("json.bad-number", pointer, "text", string(text))
	}
	return json.Number(text), true
}

func (p *parser) word(pointer string) (any, bool) {
	for text, v := range map[string]any{"true": true, "false": false, "null": nil} {
		end := p.pos + len(text)
		if end <= len(p.raw) && string(p.raw[p.pos:end]) == text {
			p.pos = end
			return v, true
		}
	}
	return p.unexpected(pointer)
}
