package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// blobs is a folder of files named by their content, two levels deep: ab/cd/abcd...
type blobs struct {
	dir string // holds the fan-out and, beside it, tmp

	mu      sync.Mutex
	durable map[string]bool // folders whose own names are known to be on the disk
}

// openBlobs makes the folder and removes what a process left unfinished.
func openBlobs(dir string) (*blobs, error) {
	tmp := filepath.Join(dir, "tmp")
	if err := os.RemoveAll(tmp); err != nil {
		return nil, err
	}
	return &blobs{dir: dir, durable: map[string]bool{}}, makeDir(tmp)
}

func (b *blobs) path(name string) string { return filepath.Join(b.dir, name[:2], name[2:4], name) }

// makeFanOut makes the folder of a blob and flushes the names above it, once for each folder: one that exists may have been
// made by a call, or a process, that did not come to the flush.
func (b *blobs) makeFanOut(dir string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.durable[dir] {
		return nil
	}
	if err := makeDir(dir); err != nil {
		return err
	}
	for _, above := range []string{filepath.Dir(dir), b.dir} {
		if err := syncDir(above); err != nil {
			return err
		}
	}
	b.durable[dir] = true
	return nil
}

// put writes content under its name by way of a temporary file, so that a file with that name is whole, and flushes file
// and folder before it returns.
func (b *blobs) put(name string, content []byte) (err error) {
	path := b.path(name)
	if err := b.makeFanOut(filepath.Dir(path)); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Join(b.dir, "tmp"), name[:8]+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// PutBlob implements [store.Blobs]. Content whose file is there and sound is not written again; a damaged file is
// replaced.
func (s *Store) PutBlob(ctx context.Context, content []byte) (string, error) {
	if len(content) > store.MaxBlob {
		return "", fault.New(fault.Invalid, "store.too-large", "field", "blob", "max", store.MaxBlob)
	}
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	name := blobName(content)
	if old, err := os.ReadFile(s.blobs.path(name)); err == nil && blobName(old) == name {
		// Another call may have renamed the file and not yet flushed the folders.
		dir := filepath.Dir(s.blobs.path(name))
		if err := errors.Join(s.blobs.makeFanOut(dir), syncDir(dir)); err != nil {
			return "", broken(err)
		}
		return name, nil
	}
	if err := s.blobs.put(name, content); err != nil {
		return "", broken(err)
	}
	return name, nil
}

// Blob implements [store.Blobs].
func (s *Store) Blob(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	// A name that is no hash names nothing, and must not become a path.
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != name {
		return nil, fault.New(fault.NotFound, "store.not-found")
	}
	content, err := os.ReadFile(s.blobs.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "store.not-found")
	case err != nil:
		return nil, broken(err)
	case blobName(content) != name:
		return nil, fault.New(fault.Internal, "store.blob-damaged", "name", name)
	}
	return content, nil
}

func blobName(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// makeDir makes a folder and those above it, each name durable before it returns.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return os.Mkdir(dir, 0o700)
	}
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}
