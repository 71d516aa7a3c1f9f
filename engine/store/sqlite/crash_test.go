package sqlite_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
)

// The test binary runs itself as another process: childVar names what that one does, dirVar the folder it does it in.
const (
	childVar = "TONGBAN_STORE_CHILD"
	dirVar   = "TONGBAN_STORE_DIR"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childVar) {
	case "write":
		writeForever(os.Getenv(dirVar))
	case "open":
		_, err := sqlite.Open(os.Getenv(dirVar))
		fmt.Println(fault.CodeOf(err))
	default:
		os.Exit(m.Run())
	}
}

func child(t *testing.T, does, dir string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childVar+"="+does, dirVar+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

const (
	crashWriters  = 8
	eventsEach    = 3 // of a commit
	effectsEach   = 2 // of a commit
	commitsOfCase = 4
)

// crashCommit is the commit of a case at a revision.
func crashCommit(id string, revision int64) store.Commit {
	c := store.Commit{
		Envelope: store.Envelope{ID: id, Number: "N" + id, Office: "street", Assignee: fmt.Sprint(revision)},
		Expect:   revision - 1,
	}
	for i := range eventsEach {
		body := fmt.Sprintf(`{"case":%q,"revision":%d,"pad":%q}`, id, revision, strings.Repeat("事", 500*i))
		c.Events = append(c.Events, store.Event{Kind: "k", Body: json.RawMessage(body)})
	}
	for i := range effectsEach {
		c.Effects = append(c.Effects, store.Effect{ID: fmt.Sprintf("%s/%d/%d", id, revision, i), Kind: "k"})
	}
	return c
}

// writeForever commits cases from several goroutines and prints each commit that was answered, until it is killed.
func writeForever(dir string) {
	s, err := sqlite.Open(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx := context.Background()
	for range crashWriters {
		go func() {
			for {
				n, err := s.Next(ctx, "case")
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				id := fmt.Sprintf("%06d", n)
				for revision := int64(1); revision <= commitsOfCase; revision++ {
					if _, err := s.Commit(ctx, crashCommit(id, revision)); err != nil {
						fmt.Fprintln(os.Stderr, err)
						os.Exit(1)
					}
					// One write to a pipe: a line is there whole or not at all.
					if _, err := fmt.Fprintf(os.Stdout, "%s %d\n", id, revision); err != nil {
						os.Exit(1) // nobody listens any more
					}
				}
			}
		}()
	}
	select {}
}

// TestKilled kills a writing process over and over, at moments chosen by a seed. Every commit that it had answered must be
// there whole, and no commit in part. (The system outlives the process here: that the flush reaches the disk is SQLite's
// part, under synchronous=FULL.)
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(20260301, 7))
	answered := map[string]int64{}
	for round := range 6 {
		cmd := child(t, "write", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for n, last := 0, 20+r.IntN(300); ; n++ {
			line, err := lines.ReadString('\n')
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if n == last {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			var id string
			var revision int64
			if _, err := fmt.Sscanf(line, "%s %d", &id, &revision); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			answered[id] = max(answered[id], revision)
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the writer ended of itself: %v", err)
		}
		checkWhole(t, dir, round, answered)
	}
	if len(answered) == 0 {
		t.Fatal("nothing was ever answered")
	}
}

// checkWhole reopens the folder: every case there has for each revision all its events and effects and nothing more, and
// what was answered is among them.
func checkWhole(t *testing.T, dir string, round int, answered map[string]int64) {
	s, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := t.Context()
	effects := map[string]bool{}
	for {
		got, err := s.Claim(ctx, "w", time.Date(2026, 1, 1, round, 0, 0, 0, time.UTC), time.Minute, store.MaxClaim)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			break
		}
		for _, f := range got {
			effects[f.ID] = true
		}
	}
	there := map[string]int64{}
	for q := (store.QueueQuery{Office: "street", Limit: store.MaxQueuePage}); ; {
		page, next, err := s.Queue(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			there[e.ID] = e.Revision
			checkCase(t, s, e, effects)
		}
		if q.After = next; next == "" {
			break
		}
	}
	if len(effects) > 0 {
		t.Errorf("round %d: %d effects without their commit, as %v", round, len(effects), effects)
	}
	lost := 0
	for id, revision := range answered {
		if there[id] < revision {
			lost++
			t.Errorf("round %d: revision %d of %s was answered, %d is there", round, revision, id, there[id])
		}
	}
	t.Logf("round %d: %d cases answered, %d there, %d lost", round, len(answered), len(there), lost)
}

// checkCase compares a case with the commits that made it and takes its effects out of effects.
func checkCase(t *testing.T, s store.Store, e store.Envelope, effects map[string]bool) {
	got, events, err := s.Case(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Assignee != fmt.Sprint(got.Revision) || int64(len(events)) != eventsEach*got.Revision {
		t.Errorf("%s: revision %d with the envelope of %s and %d events", e.ID, got.Revision, got.Assignee, len(events))
		return
	}
	for revision := int64(1); revision <= got.Revision; revision++ {
		c := crashCommit(e.ID, revision)
		for i, v := range c.Events {
			if string(events[(revision-1)*eventsEach+int64(i)].Body) != string(v.Body) {
				t.Errorf("%s: event %d of revision %d is another", e.ID, i, revision)
			}
		}
		for _, f := range c.Effects {
			if !effects[f.ID] {
				t.Errorf("%s: revision %d lacks effect %s", e.ID, revision, f.ID)
			}
			delete(effects, f.ID)
		}
	}
	if n, err := s.CaseByNumber(t.Context(), "N"+e.ID); err != nil || n.ID != e.ID {
		t.Errorf("%s is not found by its number: %v", e.ID, err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	try := func() string {
		out, err := child(t, "open", dir).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	if got := try(); got != "store.in-use" {
		t.Errorf("another process beside this one: %s", got)
	}
	if again, err := sqlite.Open(dir); again != nil || fault.CodeOf(err) != "store.in-use" || fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same process again: %v, %v", again, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := try(); got != fault.CodeOf(nil) {
		t.Errorf("another process after this one: %s", got)
	}
}
