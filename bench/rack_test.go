package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARackIsReckonedFromItsParts(t *testing.T) {
	t.Parallel()
	f := sampleCosts()
	got := f.rack(8)
	// 40000 uses with a limit, 16000 additions and 8 gateways at rest
	want := rackLoad{
		gateways: 8, uses: 80_000, additions: 16_000,
		core: 0.8 + 0.16 + 0.008, primaries: 3,
		up: 8 * (40_000*250 + 16_000*500 + 8*1000), down: 8 * (40_000*100 + 16_000*50 + 8*500),
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(rackLoad{}), near); diff != "" {
		t.Error(diff)
	}
	// 640000 uses of 20 µs are 12.8 cores, which are 70 % full: 18.3
	if got := f.rack(64).primaries; got != 19 {
		t.Errorf("64 gateways need %d primaries, want 19", got)
	}
}

func TestNodesAreEnoughForTheMemoryAndAPowerOfTwo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		links, bytes float64
		want         int
	}{
		"few":             {1e6, 2000, 4},
		"a billion":       {1e9, 2000, 64}, // 2 TB over 48 GB each are 41.6
		"just four":       {4 * nodeMemory * full, 1, 4},
		"a little more":   {4*nodeMemory*full + 1000, 1, 8},
		"a smaller token": {1e9, 1000, 32},
	} {
		if got := nodes(c.links, c.bytes); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
