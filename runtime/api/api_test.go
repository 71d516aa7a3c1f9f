package api_test

import (
	"os"
	"testing"

	"github.com/tongban/tongban/runtime/api"
)

func TestDocument(t *testing.T) {
	raw, err := api.New(api.Deps{}).Document()
	if err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile("/tmp/openapi.json", raw, 0o644)
}
