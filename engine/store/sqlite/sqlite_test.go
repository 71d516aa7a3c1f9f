package sqlite_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/engine/store/storetest"
)

func TestConformance(t *testing.T) {
	var dirs sync.Map // store.Store -> its folder
	open := func(t testing.TB, dir string) store.Store {
		s, err := sqlite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		dirs.Store(s, dir)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	folder := func(s store.Store) string {
		dir, _ := dirs.Load(s)
		return dir.(string)
	}
	storetest.Run(t, storetest.Driver{
		Open: func(t testing.TB) store.Store { return open(t, t.TempDir()) },
		Reopen: func(t testing.TB, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, folder(s))
		},
		Damage: func(t testing.TB, s store.Store, blob string) {
			path := filepath.Join(folder(s), "blobs", blob[:2], blob[2:4], blob)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content[len(content)/2] ^= 1
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	})
}
