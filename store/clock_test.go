package store_test

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// TestClock shows a clock at times that have passed, as seconds each, and
// expects the time that holds.
func TestClock(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * 3600
	for name, steps := range map[string][]struct{ passed, shown, now, off int }{
		"a clock that runs": {{0, 0, 0, 0}, {1, 1, 1, 0}, {1000, 1000, 1000, 0}},
		"small steps are followed": {
			{0, 0, 0, 0}, {10, 12, 12, 0}, {20, 24, 24, 0}, {30, 32, 32, 0}, {40, 40, 40, 0}, {41, 41, 41, 0},
		},
		"a clock that is set back is not followed": {
			{0, 0, 0, 0}, {10, -3590, 10, -3600}, {100, -3500, 100, -3600}, {3600, 0, 3600, -3600}, {3700, 3700, 3700, 0},
		},
		"a clock that was ahead for a moment goes back": {
			{0, 0, 0, 0}, {10, 10 + year, 10 + year, year}, {40, 40 + year, 40 + year, year}, {41, 41, 41, 0}, {42, -10, 42, -52},
		},
		"a clock that stays ahead is believed": {
			{0, 0, 0, 0}, {10, 3610, 3610, 3600}, {69, 3669, 3669, 3600}, {70, 3670, 3670, 0}, {71, 71, 3671, -3600},
		},
		"ahead twice, for a moment each": {
			{0, 0, 0, 0}, {10, 3610, 3610, 3600}, {20, 20, 20, 0}, {75, 3675, 3675, 3600}, {76, 76, 76, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c store.Clock
			begin, noon := time.Now(), time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
			second := func(n int) time.Duration { return time.Duration(n) * time.Second }
			for i, s := range steps {
				got := c.Read(noon.Add(second(s.shown)), begin.Add(second(s.passed)))
				want := store.Reading{Now: noon.Add(second(s.now)), Off: second(s.off)}
				if !got.Now.Equal(want.Now) || got.Off != want.Off {
					t.Fatalf("step %d: got %s off by %s, want %s off by %s", i, got.Now, got.Off, want.Now, want.Off)
				}
			}
		})
	}
}
