package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/engine/store"
)

// FuzzJSON holds the check of a body to encoding/json: both take the same texts, but for broken UTF-8, which is never taken.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `{"a":[1,-0,0.5e+3,1E-2,true,false,null]}`, " {\t\"a\" :\r\n[ 1 , \"b\" ] } ", `"\"\\\/\b\f\n\r\t\u00Ff"`, `"办理\ud800"`,
		``, ` `, `{`, `[1,]`, `[,1]`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `[1 2]`, `1 2`, `{}}`, `01`, `-`, `+1`, `.5`, `1.`, `1e`, `1e+`,
		`tru`, `nul`, `truex`, `"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\x01\"", "\"\x7f\"", "\"\xff\"", "\ufeff1", "\v1", "[\x00]",
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 {
			return // no body at all
		}
		at := time.Unix(0, 0)
		err := store.Document{Collection: "c", ID: "id", Body: text, Updated: at, Expires: at}.Check()
		if want := utf8.Valid(text) && json.Valid(text); want != (err == nil) {
			t.Errorf("%.200q: %v", text, err)
		}
	})
}
