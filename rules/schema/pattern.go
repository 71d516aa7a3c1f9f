package schema

import (
	"strconv"
	"strings"
)

// inGo gives a schema whose patterns mean in Go what they mean in ECMAScript, of which JSON Schema takes them.
func inGo(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, in := range v {
			text, isText := in.(string)
			patterns, isMap := in.(map[string]any)
			switch {
			case name == "enum" || name == "const" || name == "default" || name == "examples":
				out[name] = in
			case name == "pattern" && isText:
				out[name] = goPattern(text)
			case name == "patternProperties" && isMap:
				byPattern := make(map[string]any, len(patterns))
				for p, schema := range patterns {
					byPattern[goPattern(p)] = inGo(schema)
				}
				out[name] = byPattern
			default:
				out[name] = inGo(in)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, in := range v {
			out[i] = inGo(in)
		}
		return out
	}
	return v
}

// blanks are what \s is in ECMAScript, inside brackets: the full-width blank of Chinese text as well.
const blanks = `\s\v\x{FEFF}\p{Z}`

// goPattern writes \uXXXX, \u{X}, \cX, \s and \S as Go has them; all else is the same or refused.
func goPattern(pattern string) string {
	var b strings.Builder
	class := false
	for rest := pattern; rest != ""; {
		if rest[0] != '\\' || len(rest) == 1 {
			class = rest[0] == '[' || class && rest[0] != ']'
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		written, n := goEscape(rest, class)
		b.WriteString(written)
		rest = rest[n:]
	}
	return b.String()
}

// goEscape writes the escape that a text begins with, and says how long it is.
func goEscape(s string, class bool) (written string, n int) {
	hex := func(digits string, n int) (string, int) {
		if _, err := strconv.ParseUint(digits, 16, 32); err != nil {
			return s[:2], 2
		}
		return `\x{` + digits + `}`, n
	}
	switch s[1] {
	case 'u':
		if digits, _, ok := strings.Cut(s[2:], "}"); ok && strings.HasPrefix(digits, "{") {
			return hex(digits[1:], len(`\u}`)+len(digits))
		}
		if len(s) >= len(`\uXXXX`) {
			return hex(s[2:6], len(`\uXXXX`))
		}
	case 'c':
		if len(s) > 2 && (s[2]|0x20 >= 'a' && s[2]|0x20 <= 'z') {
			return hex(strconv.FormatUint(uint64(s[2]&31), 16), len(`\cX`))
		}
	case 's':
		if class {
			return blanks, 2
		}
		return "[" + blanks + "]", 2
	case 'S':
		if !class {
			return "[^" + blanks + "]", 2
		}
	}
	return s[:2], 2
}
