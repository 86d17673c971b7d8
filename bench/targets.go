package main

import "fmt"

// What a gate on Redis is meant to reach.
const (
	unlimitedTarget = 0.93 // of the bare site's rate, tokens without a limit
	limitedTarget   = 0.60 // of the same, tokens with one
	peerTarget      = 2.0  // times the peer's rate
)

// target is the least share of the bare site's rate that a workload is meant
// to reach; 0 where nothing is said.
func (w workload) target() float64 {
	switch {
	case w.connections != crowdSize:
		return 0
	case w.limit > 0:
		return limitedTarget
	}
	return unlimitedTarget
}

// targets compares what a gate on Redis reached with what it is meant to.
func (r *report) targets() table {
	t := table{columns: []string{"case", "gate/bare", "target", "peer req/s", "gate/peer", "target"}}
	for _, o := range r.cases {
		row := []string{o.workload.name, o.gateRatio.String(), reached(o.gateRatio.median, o.workload.target())}
		if o.peerRate > 0 {
			row = append(row, fmt.Sprintf("%.0f", o.peerRate), o.peerRatio.String(), reached(o.peerRatio.median, peerTarget))
		} else {
			row = append(row, "-", "-", "-")
		}
		t.add(row...)
	}
	return t
}

// reached says whether a figure is what it is meant to be at least.
func reached(figure, target float64) string {
	switch {
	case target == 0:
		return "-"
	case figure >= target:
		return fmt.Sprintf("≥ %.2f: reached", target)
	}
	return fmt.Sprintf("≥ %.2f: MISSED", target)
}
