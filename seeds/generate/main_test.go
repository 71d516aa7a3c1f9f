package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCommittedFilesAreFresh(t *testing.T) {
	for name, want := range outputs() {
		got, err := os.ReadFile(filepath.Join("..", "dictionary", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what the generator writes; run go generate ./seeds", name)
		}
	}
}
