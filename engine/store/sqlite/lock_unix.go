//go:build !windows

package sqlite

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock that one process at a time can hold, or fails. The system lets it go when the file is closed or
// the process dies.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written to it
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
	return f, nil
}
