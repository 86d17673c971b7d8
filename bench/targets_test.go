package main

import (
	"strings"
	"testing"
)

func TestEachWorkloadHasTheTargetOfItsTokens(t *testing.T) {
	t.Parallel()
	want := map[string]float64{"unlimited": 0.93, "limited": 0.60, "hot": 0.60, "jwt": 0.93, "single": 0}
	for _, w := range workloads() {
		if got := w.target(); got != want[w.name] {
			t.Errorf("%s: %v, want %v", w.name, got, want[w.name])
		}
	}
}

func TestWhatIsMissedIsSaid(t *testing.T) {
	t.Parallel()
	r := sample()
	r.redis, r.peer = "7.0.15", true
	r.cases[0].peerRate, r.cases[0].peerRatio = 4000, spread{1.999, 1.9, 2.1}
	r.cases[0].gateRatio = spread{0.60, 0.5, 0.7}
	r.cases[0].workload.limit = highLimit
	var out strings.Builder
	r.print(&out, true)
	for _, want := range []string{
		"| hot | 0.600 [0.500, 0.700] | ≥ 0.60: reached | 4000 | 1.999 [1.900, 2.100] | ≥ 2.00: MISSED |",
		"| single | 0.000 [0.000, 0.000] | - | - | - | - |",
		"store redis 7.0.15, peer nginx+Lua on the same Redis, sync always",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &out)
		}
	}
}

func TestWithoutAPeerNoneIsClaimed(t *testing.T) {
	t.Parallel()
	r := sample()
	r.redis = "7.0.15"
	if strings.Contains(r.heading(), "nginx") {
		t.Errorf("got %s", r.heading())
	}
}
