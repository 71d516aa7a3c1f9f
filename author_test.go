package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestSmallestCity: what the README tells a stranger to copy is what is checked here, and it works as it says.
func TestSmallestCity(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"testdata/city/dictionary/city.json", "testdata/city/items/child.json"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shown := "    " + strings.ReplaceAll(strings.TrimRight(string(raw), "\n"), "\n", "\n    ")
		if !bytes.Contains(readme, []byte(shown)) {
			t.Errorf("the README does not show %s as it is", name)
		}
	}
	for _, c := range []struct{ verb, want string }{{"check", ""}, {"test", "2 passed, 0 failed\n"}} {
		var stdout, stderr bytes.Buffer
		args := []string{"--lang", "en", c.verb, "testdata/city/items"} // the dictionary is found beside it
		if status := run(t.Context(), args, nil, strings.NewReader(""), &stdout, &stderr); status != 0 || stdout.String() != c.want {
			t.Errorf("%s: status %d\n%s%s", c.verb, status, stdout.String(), stderr.String())
		}
	}
}
