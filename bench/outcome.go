package main

import (
	"fmt"
	"math"
	"strings"
)

// tolerance is how far the control's median may be from 1.
const tolerance = 0.03

// An outcome is what one case came to.
type outcome struct {
	workload workload

	// bareRate and gateRate are the median answers per second; gateP99 is the
	// median of the slices' 99th percentiles, in milliseconds.
	bareRate, gateRate, gateP99 float64

	// gateRatio and controlRatio are rates as a share of the bare site's,
	// slice by slice, and the others the same for the 99th percentiles.
	gateRatio, controlRatio       spread
	gateP99Ratio, controlP99Ratio spread

	// gateCPU and controlCPU are the processor time that Caddy takes for an
	// answer as a share of the bare site's; not a number where it cannot be
	// told.
	gateCPU, controlCPU spread

	// peerRate is the median of the peer's answers per second, and peerRatio
	// the gate's rate as a multiple of the peer's. The first is 0 where there
	// is no peer, and the other nothing.
	peerRate  float64
	peerRatio spread

	// uses is the number of requests that the gate let through.
	uses int64

	// problems are why the case is invalid; none: it is valid.
	problems []string
}

// newOutcome takes the ratios slice by slice.
func newOutcome(w workload, rounds []round) outcome {
	rate := func(site int) func(round) float64 {
		return func(r round) float64 { return r[site].rate }
	}
	late := func(site int) func(round) float64 {
		return func(r round) float64 { return r[site].p99.Seconds() * 1000 }
	}
	cpu := func(site int) func(round) float64 {
		return func(r round) float64 { return r[site].cpu.Seconds() }
	}
	return outcome{
		workload:        w,
		bareRate:        across(rounds, rate(bare)).median,
		gateRate:        across(rounds, rate(gate)).median,
		gateP99:         across(rounds, late(gate)).median,
		gateRatio:       across(rounds, ratio(rate(gate), rate(bare))),
		controlRatio:    across(rounds, ratio(rate(control), rate(bare))),
		gateP99Ratio:    across(rounds, ratio(late(gate), late(bare))),
		controlP99Ratio: across(rounds, ratio(late(control), late(bare))),
		gateCPU:         across(rounds, ratio(cpu(gate), cpu(bare))),
		controlCPU:      across(rounds, ratio(cpu(control), cpu(bare))),
		peerRate:        across(rounds, rate(peer)).median,
		peerRatio:       across(rounds, ratio(rate(gate), rate(peer))),
	}
}

// across takes a figure of each round.
func across(rounds []round, figure func(round) float64) spread {
	figures := make([]float64, len(rounds))
	for i, r := range rounds {
		figures[i] = figure(r)
	}
	return spreadOf(figures)
}

// ratio is one figure of a round as a share of another.
func ratio(of, to func(round) float64) func(round) float64 {
	return func(r round) float64 { return of(r) / to(r) }
}

// unrest says that the machine was not quiet enough for the figures to mean
// something: two equal sites differed. What is not a number is not near 1.
func (o *outcome) unrest() []string {
	if math.Abs(o.controlRatio.median-1) <= tolerance {
		return nil
	}
	return []string{fmt.Sprintf("the control's median %.3f is not within %.0f %% of 1",
		o.controlRatio.median, tolerance*100)}
}

func (o *outcome) valid() bool { return len(o.problems) == 0 }

// verdict is one word, and the reasons where there are any.
func (o *outcome) verdict() string {
	if o.valid() {
		return "VALID"
	}
	return "INVALID: " + strings.Join(o.problems, "; ")
}
