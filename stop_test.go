package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestStopWhileReading: a verb that waits for its input ends at the first signal, as people at a console expect.
func TestStopWhileReading(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	items, err := filepath.Glob("seeds/items/civil-affairs/*.json")
	if err != nil || len(items) == 0 {
		t.Fatal("no item to evaluate", err)
	}
	cmd := exec.CommandContext(t.Context(), self, "eval", items[0], "--at", "2026-03-01", "--given", "-")
	cmd.Args[0] = "tongban" // the name under which the test binary is the program
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: once it is written, the program is reading.
	if _, err := in.Write(bytes.Repeat([]byte{' '}, 256<<10)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("ended as if it had been given its facts")
		}
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill() // it is running: that was the finding
		t.Error("still waiting for its input 20 s after SIGTERM")
	}
}
