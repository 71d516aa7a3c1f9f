package limit_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongban/tongban/runtime/account/limit"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func TestTake(t *testing.T) {
	l := limit.New(3, 10*time.Second)
	take := func(after time.Duration, want time.Duration) {
		t.Helper()
		if got := l.Take("a", start.Add(after)); got != want {
			t.Fatalf("after %v: wait %v, want %v", after, got, want)
		}
	}
	take(0, 0)
	take(0, 0)
	take(0, 0)
	take(0, 10*time.Second)
	take(4*time.Second, 6*time.Second)
	take(10*time.Second, 0) // one came back
	take(10*time.Second, 10*time.Second)
	if got := l.Wait("a", start.Add(12*time.Second)); got != 8*time.Second {
		t.Errorf("wait %v", got)
	}
	l.Give("a")
	take(10*time.Second, 0)
	l.Reset("a")
	take(10*time.Second, 0)
	take(10*time.Second, 0)
	take(time.Hour, 0)
	if got := l.Wait("b", start); got != 0 {
		t.Errorf("another key waits %v", got)
	}
}

// TestExact: side by side, no more tokens are given than there are.
func TestExact(t *testing.T) {
	l := limit.New(100, time.Hour)
	var given atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if l.Take("a", start) == 0 {
					given.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if given.Load() != 100 {
		t.Errorf("%d tokens were given", given.Load())
	}
}

// TestMemoryIsBounded: a hundred thousand keys allocate nothing, and hardly any innocent key suffers.
func TestMemoryIsBounded(t *testing.T) {
	l := limit.New(1, time.Hour)
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	i := 0
	if n := testing.AllocsPerRun(len(keys)-1, func() { l.Take(keys[i], start); i++ }); n != 0 {
		t.Errorf("%v allocations a take", n)
	}
	few := limit.New(1, time.Hour)
	for _, k := range keys[:100] {
		few.Take(k, start)
	}
	met := 0
	for _, k := range keys[100:10_100] {
		if few.Wait(k, start) > 0 {
			met++
		}
	}
	if met > 100 {
		t.Errorf("%d of 10,000 keys share a bucket with 100 others", met)
	}
}
