package api

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// Limits of a JSON body. The longest form of the three items is about 4 KB of answers with eleven rows of household
// members at depth 4; these leave two orders of magnitude and stop a body made to hurt.
const (
	maxJSON  = 1 << 20
	maxDepth = 32
)

var (
	errTooDeep  = errors.New("json nested deeper than the limit")
	errEncoding = errors.New("json is not valid UTF-8")
)

// jsonFormat is huma's JSON with the nesting bound and strict UTF-8: names with rare characters must come back as sent, and
// encoding/json would replace a broken byte silently.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) {
			return errEncoding
		}
		if depth(data) > maxDepth {
			return errTooDeep
		}
		return json.Unmarshal(data, v)
	},
}

// depth returns the deepest nesting of brackets outside strings, which for valid JSON is its nesting.
func depth(data []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
