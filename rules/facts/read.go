package facts

import (
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// JSON is text that Check has found to be one JSON value and nothing beside it. What is taken out of it needs no further check.
type JSON []byte

// Check reads JSON text once and reports whether it is valid, exactly as encoding/json has it.
func Check(raw []byte) (JSON, bool) {
	s := scanner{text: raw}
	ok := s.value(0)
	s.space()
	if !ok || s.at != len(raw) {
		return nil, false
	}
	return trimmed(raw), true
}

// IsNull reports whether the value is null.
func (j JSON) IsNull() bool { return string(j) == "null" }

// IsObject reports whether the value is an object.
func (j JSON) IsObject() bool { return j[0] == '{' }

// IsList reports whether the value is a list.
func (j JSON) IsList() bool { return j[0] == '[' }

// Members are the members of an object in their order, repetitions included; a value that is no object has none.
func (j JSON) Members() iter.Seq2[string, JSON] {
	return func(yield func(string, JSON) bool) {
		if !j.IsObject() {
			return
		}
		c := cursor{text: j, at: 1}
		for c.next() != '}' {
			name := unquoted(c.take())
			c.next() // the colon
			c.at++
			if !yield(name, c.take()) {
				return
			}
		}
	}
}

// Elements are the elements of a list.
func (j JSON) Elements() iter.Seq[JSON] {
	return func(yield func(JSON) bool) {
		c := cursor{text: j, at: 1}
		for c.next() != ']' {
			if !yield(c.take()) {
				return
			}
		}
	}
}

// cursor walks over the parts of checked text.
type cursor struct {
	text JSON
	at   int
}

// next passes over space and a comma.
func (c *cursor) next() byte {
	for isSpace(c.text[c.at]) || c.text[c.at] == ',' {
		c.at++
	}
	return c.text[c.at]
}

// take passes over the next value and gives it.
func (c *cursor) take() JSON {
	c.next()
	start, depth := c.at, 0
	for {
		switch c.text[c.at] {
		case '"':
			for c.at++; c.text[c.at] != '"'; c.at++ {
				if c.text[c.at] == '\\' {
					c.at++
				}
			}
			c.at++
		case '{', '[':
			depth++
			c.at++
		case '}', ']':
			depth--
			c.at++
		case ' ', '\t', '\r', '\n', ',', ':': // within a list or an object
			c.at++
			continue
		default:
			for c.at < len(c.text) && !isDelimiter(c.text[c.at]) {
				c.at++
			}
		}
		if depth == 0 {
			return c.text[start:c.at:c.at]
		}
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func isDelimiter(b byte) bool { return isSpace(b) || b == ',' || b == ']' || b == '}' || b == ':' }

func trimmed(raw []byte) JSON {
	for isSpace(raw[0]) {
		raw = raw[1:]
	}
	for isSpace(raw[len(raw)-1]) {
		raw = raw[:len(raw)-1]
	}
	return raw
}

// unquoted reads a string as encoding/json does.
func unquoted(j JSON) string {
	inside := j[1 : len(j)-1]
	plain := true
	for _, b := range inside {
		plain = plain && b != '\\'
	}
	if plain && utf8.Valid(inside) {
		return string(inside)
	}
	var s string
	if err := json.Unmarshal(j, &s); err != nil {
		panic(err) // it was checked
	}
	return s
}

// scanner checks the grammar of RFC 8259.
type scanner struct {
	text []byte
	at   int
}

// maxNesting is how deep encoding/json goes.
const maxNesting = 10_000

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

// has passes over a byte if it is the next one.
func (s *scanner) has(b byte) bool {
	if s.at < len(s.text) && s.text[s.at] == b {
		s.at++
		return true
	}
	return false
}

func (s *scanner) value(depth int) bool {
	s.space()
	if s.at == len(s.text) {
		return false
	}
	switch b := s.text[s.at]; b {
	case '{', '[':
		s.at++
		return depth < maxNesting && s.members(b == '{', depth+1)
	case '"':
		return s.str()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

// members reads what is inside an object or a list, and its end.
func (s *scanner) members(object bool, depth int) bool {
	end := byte(']')
	if object {
		end = '}'
	}
	if s.space(); s.has(end) {
		return true
	}
	for {
		if object {
			if s.space(); !s.str() {
				return false
			}
			if s.space(); !s.has(':') {
				return false
			}
		}
		if !s.value(depth) {
			return false
		}
		if s.space(); s.has(end) {
			return true
		}
		if !s.has(',') {
			return false
		}
	}
}

func (s *scanner) word(w string) bool {
	if len(s.text)-s.at < len(w) || string(s.text[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

func (s *scanner) str() bool {
	if !s.has('"') {
		return false
	}
	for s.at < len(s.text) {
		b := s.text[s.at]
		s.at++
		switch {
		case b == '"':
			return true
		case b < ' ':
			return false
		case b == '\\' && !s.escape():
			return false
		}
	}
	return false
}

func (s *scanner) escape() bool {
	if s.at == len(s.text) {
		return false
	}
	b := s.text[s.at]
	s.at++
	switch b {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if s.at == len(s.text) || !isHex(s.text[s.at]) {
				return false
			}
			s.at++
		}
		return true
	}
	return false
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' }

func (s *scanner) number() bool {
	s.has('-')
	if !s.has('0') && !s.digits() {
		return false
	}
	if s.has('.') && !s.digits() {
		return false
	}
	if s.has('e') || s.has('E') {
		if !s.has('+') {
			s.has('-')
		}
		return s.digits()
	}
	return true
}

// digits reads one digit or more.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}
