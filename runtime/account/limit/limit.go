// Package limit slows callers down: token buckets for any number of keys in memory that never grows. A key is hashed, with
// a seed of this process, into one of a fixed number of slots; two keys that meet in a slot share its bucket, which errs on
// the side of refusing and cannot be aimed at from outside. It imports nothing of ours and reads no clock.
package limit

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// slots is the size of the table: half a megabyte, and a chance of one in 65,536 that two given keys meet.
const slots = 1 << 16

// Limiter grants each key a burst of tokens and one more every so often. It is safe for concurrent use.
type Limiter struct {
	every int64 // nanoseconds for a token to come back
	slack int64 // how far ahead of now a full burst reaches
	seed  maphash.Seed
	due   []atomic.Int64 // when the slot's bucket will be full again, Unix nanoseconds (generic cell rate algorithm)
}

// New makes a limiter: burst tokens at once (1 or more), then one every `every`.
func New(burst int, every time.Duration) *Limiter {
	return &Limiter{every: int64(every), slack: int64(every) * int64(burst-1), seed: maphash.MakeSeed(), due: make([]atomic.Int64, slots)}
}

func (l *Limiter) slot(key string) *atomic.Int64 {
	return &l.due[maphash.String(l.seed, key)%slots]
}

// Take takes a token. Where none is left it changes nothing and says how long to wait for one.
func (l *Limiter) Take(key string, now time.Time) (wait time.Duration) {
	slot, at := l.slot(key), now.UnixNano()
	for {
		due := slot.Load()
		start := max(due, at)
		if ahead := start - at; ahead > l.slack {
			return time.Duration(ahead - l.slack)
		}
		if slot.CompareAndSwap(due, start+l.every) {
			return 0
		}
	}
}

// Wait says how long Take would have to wait, without taking.
func (l *Limiter) Wait(key string, now time.Time) time.Duration {
	return max(0, time.Duration(l.slot(key).Load()-now.UnixNano()-l.slack))
}

// Reset gives the key its whole burst back.
func (l *Limiter) Reset(key string) { l.slot(key).Store(0) }

// Give gives one token back, after a Take that turned out to be harmless.
func (l *Limiter) Give(key string) { l.slot(key).Add(-l.every) }
