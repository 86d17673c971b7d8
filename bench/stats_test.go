package main

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestTheMedianAndTheMiddleHalfOfFigures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		figures []float64
		want    spread
	}{
		"one figure is all of them":               {[]float64{7}, spread{7, 7, 7}},
		"of two the median lies between":          {[]float64{1, 3}, spread{2, 1.5, 2.5}},
		"an odd number, in any order":             {[]float64{5, 1, 4, 2, 3}, spread{3, 2, 4}},
		"an even number lies between neighbours":  {[]float64{4, 1, 3, 2}, spread{2.5, 1.75, 3.25}},
		"an outlier moves nothing":                {[]float64{1, 1, 1, 1, 1000}, spread{1, 1, 1}},
		"quartiles fall between unequal steps":    {[]float64{0, 10, 20, 40}, spread{15, 7.5, 25}},
		"a figure that is there twice counts two": {[]float64{2, 2, 9}, spread{2, 2, 5.5}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tt.figures)
			if got := spreadOf(tt.figures); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if !slices.Equal(before, tt.figures) {
				t.Errorf("the figures were put in another order: %v", tt.figures)
			}
		})
	}
}

func TestNoFiguresHaveNoMedian(t *testing.T) {
	t.Parallel()
	if got := spreadOf(nil); !math.IsNaN(got.median) || !math.IsNaN(got.low) || !math.IsNaN(got.high) {
		t.Errorf("got %v", got)
	}
}

func TestP99IsExceededByOneInAHundred(t *testing.T) {
	t.Parallel()
	upTo := func(n int) []time.Duration {
		out := make([]time.Duration, n)
		for i := range out {
			out[i] = time.Duration(n - i) // the longest first
		}
		return out
	}
	tests := map[string]struct {
		took []time.Duration
		want time.Duration
	}{
		"none":          {nil, 0},
		"one":           {upTo(1), 1},
		"two":           {upTo(2), 2},
		"ninety-nine":   {upTo(99), 99},
		"a hundred":     {upTo(100), 99},
		"a hundred one": {upTo(101), 100},
		"two hundred":   {upTo(200), 198},
		"a thousand":    {upTo(1000), 990},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := p99(tt.took); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
