// Package beside measures one way of doing something beside others, for benchmarks: a figure without a baseline of the same run
// says more about the machine than about the program. It knows nothing of rules; only tests import it.
package beside

import (
	"slices"
	"testing"
	"time"
)

// Side is one way of doing something. Its name has no spaces.
type Side struct {
	Name string
	Do   func()
}

// turn is how long a side runs before the next one takes over: long enough for the clock, short enough that all sides meet the
// same moods of the machine.
const turn = 10 * time.Millisecond

// Measure lets the sides take turns for as long as the benchmark runs. It reports the median time of each as <name>-ns, and for
// every side after the first, what the first takes of its time as of-<name>.
func Measure(b *testing.B, sides ...Side) {
	b.Helper()
	rounds, times := make([]int, len(sides)), make([][]float64, len(sides))
	for i, s := range sides {
		for rounds[i] = 1; ; rounds[i] *= 2 {
			began := time.Now()
			for range rounds[i] {
				s.Do()
			}
			if time.Since(began) >= turn {
				break
			}
		}
	}
	for b.Loop() {
		for i, s := range sides {
			began := time.Now()
			for range rounds[i] {
				s.Do()
			}
			times[i] = append(times[i], float64(time.Since(began).Nanoseconds())/float64(rounds[i]))
		}
	}
	for i, s := range sides {
		b.ReportMetric(median(times[i]), s.Name+"-ns")
		if i == 0 {
			continue
		}
		ratios := make([]float64, len(times[i]))
		for k := range ratios {
			ratios[k] = times[0][k] / times[i][k]
		}
		b.ReportMetric(median(ratios), "of-"+s.Name)
	}
	b.ReportMetric(0, "ns/op")
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}
