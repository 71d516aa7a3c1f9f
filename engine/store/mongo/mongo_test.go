package mongo_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store/mongo"
)

// The conformance suite runs in the module beside this package, ferrettest.

func TestOpenRefusesWhatIsNoConnectionString(t *testing.T) {
	for _, uri := range []string{
		"", "data", "http://localhost", "mongodb://", "mongodb:///tongban", "mongodb://u:secret@localhost/a%2Fb", "mongodb://localhost/a.b",
		"mongodb://localhost/" + strings.Repeat("x", 64), "mongodb://localhost/x?w=many&retryWrites=perhaps", "mongodb://localhost:99999/x",
	} {
		s, err := mongo.Open(t.Context(), uri)
		if s != nil || fault.CodeOf(err) != "store.bad-uri" || !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v %v", uri, s, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error of %q tells a password", uri)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	const uri = "mongodb://127.0.0.1:1/tongban?serverSelectionTimeoutMS=50"
	s, err := mongo.Open(t.Context(), uri)
	if s != nil || fault.CodeOf(err) != "store.unreachable" {
		t.Errorf("%v %v", s, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if s, err := mongo.Open(ctx, "mongodb://127.0.0.1:1/tongban"); s != nil || fault.CodeOf(err) != "store.cancelled" {
		t.Errorf("%v %v", s, err)
	}
}
