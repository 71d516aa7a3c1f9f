package lang_test

import (
	"testing"

	"github.com/tongban/tongban/rules/lang"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  理由 ":               "理由",
		"\u200b\u202e\u0000 ": "",
		"一\n二\t三":             "一\n二\t三",
		"阿\u200d木":            "阿木",
		"\u2028":              "",
	} {
		if got := lang.Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestInFallsBackToChinese(t *testing.T) {
	if got := (lang.Text{Zh: "中"}).In(lang.En); got != "中" {
		t.Errorf("%q", got)
	}
}
