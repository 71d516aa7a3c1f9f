// Package source reads JSON documents that people write and remembers where everything stands, so that a finding about a
// value, or about a character inside a string, can name its line and column. It is stricter than encoding/json: a key may
// stand once, nesting and size are bounded, nothing may follow the document. It imports only diag of ours.
package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	file  string
	raw   []byte
	value any
	root  node
	nodes []node                   // of all values inside the root; those inside one value stand together, in their order
	index map[int32]map[string]int // of the members of large objects by name, by where these begin in nodes
	lines []int                    // offset of each line's first byte
}

// node is where a value stands.
type node struct {
	from, to     int32
	key          int32  // offset of a member's key; -1 for anything else
	first, count int32  // what is inside, in Document.nodes
	name         string // of a member
}

const (
	manyMembers   = 24 // an object with as many finds them through an index
	bytesPerValue = 24 // about; what people write has indents and Chinese text
)

func (d *Document) inside(n *node) []node { return d.nodes[n.first : n.first+n.count] }

// Parse reads one document. On an error the Document is nil and the list says where reading stopped.
func Parse(raw []byte, file string) (*Document, diag.List) {
	d := &Document{file: file, raw: raw, index: map[int32]map[string]int{}, lines: make([]int, 1, bytes.Count(raw, []byte{'\n'})+1)}
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
	d.nodes = make([]node, 0, len(raw)/bytesPerValue)
	p := parser{doc: d, raw: raw}
	if len(raw) >= 3 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF {
		p.pos = 3 // a byte order mark, as Windows editors write it
	}
	value, root, ok := p.value(node{key: -1})
	if ok {
		if p.space(); p.pos < len(raw) {
			p.fail("json.trailing")
		}
	}
	if p.found.HasErrors() {
		return nil, p.found
	}
	d.value, d.root = value, root
	return d, p.found
}

// File returns the name the document was parsed under.
func (d *Document) File() string { return d.file }

// Root returns the document as plain values: map[string]any, []any, string, bool, nil and json.Number. It must not be
// changed.
func (d *Document) Root() any { return d.value }

// Has reports whether a value stands at pointer.
func (d *Document) Has(pointer string) bool { _, ok := d.find(pointer); return ok }

// At returns the line and column of the value at pointer, or of the nearest enclosing value that exists.
func (d *Document) At(pointer string) (line, col int) {
	n, _ := d.find(pointer)
	return d.lineCol(int(n.from))
}

// Key returns the line and column of the key of the member at pointer; for anything else, of the value.
func (d *Document) Key(pointer string) (line, col int) {
	n, ok := d.find(pointer)
	if ok && n.key >= 0 {
		return d.lineCol(int(n.key))
	}
	return d.lineCol(int(n.from))
}

// find returns the node at pointer, or else the nearest one around it and false.
func (d *Document) find(pointer string) (*node, bool) {
	n := &d.root
	for pointer != "" {
		if pointer[0] != '/' {
			return n, false
		}
		var token string
		token, pointer = pointer[1:], ""
		if next := strings.IndexByte(token, '/'); next >= 0 {
			token, pointer = token[:next], token[next:]
		}
		i := d.part(n, token)
		if i < 0 {
			return n, false
		}
		n = &d.inside(n)[i]
	}
	return n, true
}

// part returns the index of the element or the member that a token of a pointer names, or -1.
func (d *Document) part(n *node, token string) int {
	if d.raw[n.from] == '[' {
		i, err := strconv.Atoi(token)
		if err != nil || i >= int(n.count) || strconv.Itoa(i) != token || i < 0 {
			return -1
		}
		return i
	}
	if strings.IndexByte(token, '~') >= 0 {
		token = unescape.Replace(token)
	}
	if n.count >= manyMembers {
		i, ok := d.index[n.first][token]
		if !ok {
			return -1
		}
		return i
	}
	return slices.IndexFunc(d.inside(n), func(m node) bool { return m.name == token })
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// Inside returns the line and column of the character with the given index (counted in characters, from 0) of the string
// at pointer, escapes taken into account.
func (d *Document) Inside(pointer string, index int) (line, col int) {
	s, ok := d.find(pointer)
	if !ok || d.raw[s.from] != '"' {
		return d.lineCol(int(s.from))
	}
	i, end := int(s.from)+1, int(s.to)
	for n := 0; n < index && i < end-1; n++ {
		if d.raw[i] == '\\' {
			if d.raw[i+1] != 'u' {
				i += 2
				continue
			}
			high, _ := strconv.ParseUint(string(d.raw[i+2:i+6]), 16, 32)
			i += 6
			if high >= 0xD800 && high < 0xDC00 && i+6 <= end && d.raw[i] == '\\' && d.raw[i+1] == 'u' {
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
	i, found := slices.BinarySearch(d.lines, offset)
	if !found {
		i--
	}
	return i + 1, utf8.RuneCount(d.raw[d.lines[i]:min(offset, len(d.raw))]) + 1
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
	path  []step // down to the value being read
	nodes []node // parts of the objects and arrays that are still open
	found diag.List
}

// step leads into a member, or with its index into an element.
type step struct {
	member  string
	element int
}

// pointer is the JSON pointer of the value being read.
func (p *parser) pointer() string {
	out := ""
	for _, s := range p.path {
		if s.element >= 0 {
			out = diag.Pointer(out, s.element)
		} else {
			out = diag.Pointer(out, s.member)
		}
	}
	return out
}

// fail reports what is wrong at the place reading has come to.
func (p *parser) fail(code string, args ...any) bool {
	p.found.Add(p.doc.located(diag.New(code, p.pointer(), args...), p.pos))
	return false
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

func (p *parser) unexpected() bool {
	if p.pos >= len(p.raw) {
		return p.fail("json.end")
	}
	r, _ := utf8.DecodeRune(p.raw[p.pos:])
	return p.fail("json.syntax", "found", string(r))
}

// value reads one value and completes n with where it stands.
func (p *parser) value(n node) (any, node, bool) {
	p.space()
	if p.pos >= len(p.raw) {
		return nil, n, p.unexpected()
	}
	if len(p.path) > MaxDepth {
		return nil, n, p.fail("json.too-deep", "limit", MaxDepth)
	}
	n.from = int32(p.pos)
	var v any
	var ok bool
	open := len(p.nodes)
	switch c := p.raw[p.pos]; {
	case c == '{':
		v, ok = p.object()
	case c == '[':
		v, ok = p.array()
	case c == '"':
		v, ok = p.str()
	case c == '-' || c >= '0' && c <= '9':
		v, ok = p.number()
	default:
		v, ok = p.word()
	}
	n.to = int32(p.pos)
	n.first, n.count = int32(len(p.doc.nodes)), int32(len(p.nodes)-open)
	p.doc.nodes = append(p.doc.nodes, p.nodes[open:]...)
	p.nodes = p.nodes[:open]
	if n.count >= manyMembers && p.raw[n.from] == '{' {
		index := make(map[string]int, n.count)
		for i, m := range p.doc.inside(&n) {
			index[m.name] = i
		}
		p.doc.index[n.first] = index
	}
	return v, n, ok
}

func (p *parser) object() (any, bool) {
	p.pos++
	out := map[string]any{}
	if p.space(); p.pos < len(p.raw) && p.raw[p.pos] == '}' {
		p.pos++
		return out, true
	}
	for {
		p.space()
		if p.pos >= len(p.raw) || p.raw[p.pos] != '"' {
			return nil, p.unexpected()
		}
		at := p.pos
		name, ok := p.str()
		if !ok {
			return nil, false
		}
		p.path = append(p.path, step{name, -1})
		if _, twice := out[name]; twice {
			p.found.Add(p.doc.located(diag.New("json.duplicate-key", p.pointer(), "key", name), at))
		}
		if p.space(); p.pos >= len(p.raw) || p.raw[p.pos] != ':' {
			return nil, p.unexpected()
		}
		p.pos++
		v, member, ok := p.value(node{key: int32(at), name: name})
		if !ok {
			return nil, false
		}
		out[name] = v
		p.nodes = append(p.nodes, member)
		if p.space(); p.pos < len(p.raw) {
			switch p.raw[p.pos] {
			case ',':
				p.pos++
				p.path = p.path[:len(p.path)-1]
				continue
			case '}':
				p.pos++
				p.path = p.path[:len(p.path)-1]
				return out, true
			}
		}
		return nil, p.unexpected()
	}
}

func (p *parser) array() (any, bool) {
	p.pos++
	out := []any{}
	if p.space(); p.pos < len(p.raw) && p.raw[p.pos] == ']' {
		p.pos++
		return out, true
	}
	for i := 0; ; i++ {
		p.path = append(p.path, step{element: i})
		v, element, ok := p.value(node{key: -1})
		if !ok {
			return nil, false
		}
		out = append(out, v)
		p.nodes = append(p.nodes, element)
		if p.space(); p.pos < len(p.raw) {
			switch p.raw[p.pos] {
			case ',':
				p.pos++
				p.path = p.path[:len(p.path)-1]
				continue
			case ']':
				p.pos++
				p.path = p.path[:len(p.path)-1]
				return out, true
			}
		}
		return nil, p.unexpected()
	}
}

// str finds the end of a string and leaves its escapes to encoding/json.
func (p *parser) str() (string, bool) {
	from, plain := p.pos, true
	for i := p.pos + 1; i < len(p.raw); i++ {
		switch c := p.raw[i]; {
		case c == '\\':
			plain = false
			i++
		case c < 0x20:
			p.pos = i
			return "", p.fail("json.control-character", "code", fmt.Sprintf("U+%04X", c))
		case c == '"':
			s := string(p.raw[from+1 : i])
			if !plain && json.Unmarshal(p.raw[from:i+1], &s) != nil {
				return "", p.fail("json.bad-string")
			}
			p.pos = i + 1
			return s, true
		}
	}
	p.pos = len(p.raw)
	return "", p.unexpected()
}

func (p *parser) number() (any, bool) {
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
		return nil, p.fail("json.bad-number", "text", string(text))
	}
	return json.Number(text), true
}

var words = []struct {
	text  string
	value any
}{{"true", true}, {"false", false}, {"null", nil}}

func (p *parser) word() (any, bool) {
	for _, w := range words {
		if bytes.HasPrefix(p.raw[p.pos:], []byte(w.text)) {
			p.pos += len(w.text)
			return w.value, true
		}
	}
	return nil, p.unexpected()
}
