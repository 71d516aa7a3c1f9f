package casework

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// canonical writes a value in the one form in which records are kept: compact, object keys in order, and text as it is,
// without HTML escapes. The same value gives the same bytes.
func canonical(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// object writes a JSON object with its keys in order.
func object(members map[string]json.RawMessage) json.RawMessage {
	var b strings.Builder
	b.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(key))
		b.WriteByte(':')
		b.Write(members[key])
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}

func quoted(s string) json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return raw
}
