package main

import (
	"math"
	"testing"
)

func TestSlotsAreThoseOfRedis(t *testing.T) {
	t.Parallel()
	if got := crc16("123456789"); got != 12739 {
		t.Errorf("the check value is %d, want 12739", got)
	}
	// as CLUSTER KEYSLOT says
	for key, want := range map[string]int{"": 0, "foo": 12182, "somekey": 11058, "hello": 866} {
		if got := slotOf(key); got != want {
			t.Errorf("%q lies in %d, want %d", key, got, want)
		}
	}
}

func TestTheFullestSlotIsAMultipleOfTheMean(t *testing.T) {
	t.Parallel()
	got := spreadLinks(clusterSlots, func(int) string { return "foo" })
	if got.most != clusterSlots || got.links != clusterSlots {
		t.Errorf("one slot has all: %+v", got)
	}
}

func TestLinksAreSpreadAsChanceWouldHaveIt(t *testing.T) {
	t.Parallel()
	const links = 1 << 19
	got := spreadLinks(links, func(n int) string { return scaleLink(uint64(n)) }).most
	want := expectedLoad(links, clusterSlots)
	if math.Abs(got/want-1) > 0.1 {
		t.Errorf("the fullest slot has %.3f of the mean, %.3f are expected", got, want)
	}
}

func TestTheExpectedLoadIsThatOfPoisson(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		links    float64
		parts    int
		from, to float64
	}{
		"one part has all":       {1e9, 1, 1 - 1e-6, 1 + 1e-6},
		"few links, one part":    {3, 1, 1 - 1e-6, 1 + 1e-6},
		"a billion over slots":   {1e9, clusterSlots, 1.0155, 1.0165}, // 3.9 standard deviations of 1/247
		"a billion over 16":      {1e9, 16, 1.0002, 1.00025},          // 1.77 of 1/7906
		"one link for each slot": {clusterSlots, clusterSlots, 6, 8},
	}
	for name, tt := range tests {
		if got := expectedLoad(tt.links, tt.parts); got < tt.from || got > tt.to {
			t.Errorf("%s: %v, want from %v to %v", name, got, tt.from, tt.to)
		}
	}
}
