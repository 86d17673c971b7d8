package main

import (
	"math"
	"slices"
	"time"
)

// A spread is where the middle of some figures lies.
type spread struct {
	median float64

	// low and high are the quartiles: the middle half lies between them.
	low, high float64
}

// spreadOf returns the median and the quartiles of some figures. It is not a
// number where there are none.
func spreadOf(figures []float64) spread {
	sorted := slices.Sorted(slices.Values(figures))
	return spread{median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75)}
}

// quantile returns the figure below which a share of the sorted ones lies. It
// interpolates between its neighbours, as spreadsheets do.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := share * float64(len(sorted)-1)
	below := math.Floor(at)
	i := int(below)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-below)*(sorted[i+1]-sorted[i])
}

// p99 returns the least of the durations that 99 in 100 do not exceed, and
// sorts them. It is 0 where there are none.
func p99(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	rank := (len(took)*99 + 99) / 100
	return took[rank-1]
}
