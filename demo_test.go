package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// The demo's clock stands where it was told to, goes on from there, and does not stand in a year nobody knows the days off of.
func TestDemoClock(t *testing.T) {
	machine := time.Date(2031, 5, 6, 3, 0, 0, 0, time.UTC)
	data := t.TempDir()
	open := func(date string) (day, said string) {
		t.Helper()
		var out bytes.Buffer
		a, err := Open(t.Context(), Config{
			Data: data, Addr: "127.0.0.1:0", Demo: true, Residents: 1, Seed: 1, DemoDate: date, LogLevel: "warn", clock: func() time.Time { return machine },
		}, &out)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		return a.cfg.today().String(), out.String()
	}
	if day, said := open(""); day != showcaseDay || !strings.Contains(said, showcaseDay) {
		t.Errorf("made on %s: %s", day, said)
	}
	machine = machine.AddDate(0, 0, 3)
	if day, said := open(""); day != "2026-11-26" || strings.Contains(said, "clock") {
		t.Errorf("three days later %s: %s", day, said)
	}
	if day, _ := open("2026-12-07"); day != "2026-12-07" {
		t.Errorf("told to stand on the 7th: %s", day)
	}
}
