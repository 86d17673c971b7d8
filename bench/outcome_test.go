package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

// at is a slice.
func at(rate float64, p99 time.Duration) slice { return slice{rate: rate, p99: p99} }

func TestRatiosAreTakenSliceBySlice(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	// The machine slows down to a tenth: the ratios stay what they were, while
	// the ratio of the sums or of the medians would be another one.
	o := newOutcome(workload{}, []round{
		{bare: at(1000, 2*ms), control: at(1000, 2*ms), gate: at(900, 3*ms)},
		{bare: at(500, 4*ms), control: at(510, 4*ms), gate: at(400, 8*ms)},
		{bare: at(100, 20*ms), control: at(99, 10*ms), gate: at(95, 22*ms)},
	})
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("gate/bare", o.gateRatio.median, 0.9)
	near("its lower quartile", o.gateRatio.low, 0.85)
	near("its upper quartile", o.gateRatio.high, 0.925)
	near("control/bare", o.controlRatio.median, 1)
	near("p99 gate/bare", o.gateP99Ratio.median, 1.5)
	near("p99 control/bare", o.controlP99Ratio.median, 1)
	near("the bare rate", o.bareRate, 500)
	near("the gate's rate", o.gateRate, 400)
	near("the gate's p99", o.gateP99, 8)
}

func TestAnUnquietMachineIsNoticedByItsControl(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		control float64
		quiet   bool
	}{
		"equal":             {1, true},
		"a little faster":   {1.029, true},
		"a little slower":   {0.971, true},
		"too fast":          {1.031, false},
		"too slow":          {0.969, false},
		"twice as fast":     {2, false},
		"nothing to divide": {math.NaN(), false},
		"divided by zero":   {math.Inf(1), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := outcome{controlRatio: spread{median: tt.control}}
			if got := o.unrest(); (len(got) == 0) != tt.quiet {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAReportIsAsGoodAsItsWorstCase(t *testing.T) {
	t.Parallel()
	good, bad := outcome{}, outcome{problems: []string{"one thing", "another"}}
	tests := map[string]struct {
		cases []outcome
		quick bool
		says  string
	}{
		"all are valid":            {[]outcome{good, good}, false, "VALID"},
		"one is not":               {[]outcome{good, bad, good}, false, "INVALID"},
		"there is none":            {nil, false, "INVALID"},
		"quick is valid in part":   {[]outcome{good}, true, "VALID as to answers and counts; -quick does not judge the control, so the figures say nothing"},
		"quick is invalid as well": {[]outcome{bad}, true, "INVALID"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report{cases: tt.cases, options: options{quick: tt.quick}}
			if got := r.verdict(); got != tt.says {
				t.Errorf("got %q, want %q", got, tt.says)
			}
			if r.valid() == strings.HasPrefix(tt.says, "INVALID") {
				t.Errorf("valid is %t", r.valid())
			}
		})
	}
	if got := bad.verdict(); got != "INVALID: one thing; another" {
		t.Errorf("the reasons are not said: %q", got)
	}
}
