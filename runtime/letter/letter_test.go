package letter_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/letter"
)

func TestWrite(t *testing.T) {
	facts := map[string]lang.Text{"item": {Zh: "残疾人证新办", En: "Disability card"}, "case": {Zh: "1-2"}, "on": {Zh: "今天", En: "today"}, "reason": {Zh: "见 {item}"}}
	l, err := letter.Write("refused", facts)
	if err != nil || len(l.Text) != 2 || l.Open {
		t.Fatalf("%+v, %v: only what is known is said", l, err)
	}
	if !strings.Contains(l.Text[0].En, "“Disability card” (case 1-2) on today") || l.Text[1].Zh != "理由：见 {item}" {
		t.Errorf("%+v", l.Text)
	}
	if _, err := letter.Write("nonsense", facts); fault.CodeOf(err) != "case.unknown-document" {
		t.Error(err)
	}
}

// TestBothLanguages: a paragraph names the same facts in both languages, and every kind has a title and a text in each.
func TestBothLanguages(t *testing.T) {
	raw, err := os.ReadFile("letters.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct{ Text []lang.Text }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, kind := range letter.Kinds() {
		l, err := letter.Write(kind, everything())
		if err != nil || len(l.Text) != len(file[kind].Text) || l.Title.Zh == "" || l.Title.En == "" {
			t.Errorf("%s: %+v, %v", kind, l, err)
		}
		for _, p := range l.Text {
			for _, name := range names {
				if strings.Contains(p.Zh, "<"+name+">") != strings.Contains(p.En, "<"+name+">") {
					t.Errorf("%s: %s stands in one language only: %s / %s", kind, name, p.Zh, p.En)
				}
			}
		}
	}
}

var names = []string{"item", "case", "accepted", "gaps", "statutory", "promised", "materials", "reason", "answerBy", "lapse", "legal", "competent",
	"remedies", "procedure", "basis", "first", "until", "approver", "n", "on", "contact", "finding", "deliverBy", "deliver", "unsupplied", "how", "receiver"}

// everything knows every fact by its name.
func everything() map[string]lang.Text {
	m := map[string]lang.Text{}
	for _, n := range names {
		m[n] = lang.Text{Zh: "<" + n + ">", En: "<" + n + ">"}
	}
	return m
}
