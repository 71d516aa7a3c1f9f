package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

var blobTests = []test{
	{"content comes back under its hash", func(e *env) {
		big := make([]byte, 3<<20)
		r := rand.NewChaCha8([32]byte{7})
		_, _ = r.Read(big) // never fails
		for _, content := range [][]byte{{}, {0}, []byte("户口簿"), []byte("\xff\xfe\x00"), big} {
			sum := sha256.Sum256(content)
			for range 2 { // storing again is no change
				name, err := e.PutBlob(e.ctx, content)
				e.ok(err)
				e.same(name, hex.EncodeToString(sum[:]))
			}
			got, err := e.Blob(e.ctx, hex.EncodeToString(sum[:]))
			e.ok(err)
			if !bytes.Equal(got, content) {
				e.Errorf("%d bytes came back as %d others", len(content), len(got))
			}
		}
	}},
	{"the empty blob", func(e *env) {
		name, err := e.PutBlob(e.ctx, nil)
		e.ok(err)
		got, err := e.Blob(e.ctx, name)
		e.ok(err)
		e.same(len(got), 0)
	}},
	{"a name without content is not found", func(e *env) {
		name, err := e.PutBlob(e.ctx, []byte("x"))
		e.ok(err)
		for _, bad := range []string{
			"", "x", "..", "../../../etc/passwd", strings.Repeat("0", 64), strings.ToUpper(name), name + "0", name[:62], name[:63] + "/", "tmp",
			strings.Repeat("../", 21) + "x", name + "\x00",
		} {
			if _, err := e.Blob(e.ctx, bad); fault.KindOf(err) != fault.NotFound {
				e.Errorf("%q: %v", bad, err)
			}
		}
	}},
	{"damaged content is told from absent content, and can be stored anew", func(e *env) {
		content := []byte("survival proof")
		name, err := e.PutBlob(e.ctx, content)
		e.ok(err)
		e.driver.Damage(e.TB, e.bare, name)
		_, err = e.Blob(e.ctx, name)
		e.refused(err, fault.Internal)
		_, err = e.PutBlob(e.ctx, content)
		e.ok(err)
		got, err := e.Blob(e.ctx, name)
		e.ok(err)
		e.same(string(got), string(content))
	}},
	{"many at once", func(e *env) {
		together(16, func(i int) {
			for j := range 4 {
				content := bytes.Repeat([]byte{byte(j)}, 10_000) // the same four from all
				name, err := e.PutBlob(e.ctx, content)
				if err != nil {
					e.Errorf("writer %d: %v", i, err)
					return
				}
				if got, err := e.Blob(e.ctx, name); err != nil || !bytes.Equal(got, content) {
					e.Errorf("writer %d: %v", i, err)
				}
			}
		})
	}},
	{"limits", func(e *env) {
		_, err := e.PutBlob(e.ctx, make([]byte, store.MaxBlob+1))
		e.refused(err, fault.Invalid)
	}},
}
