package main

import (
	"fmt"
	"io"
)

// A report is the outcome of all cases and on what they were measured.
type report struct {
	options options
	cpus    int
	caddy   string
	golang  string

	// memory says that the store is on a disk that is none.
	memory bool

	// redis is the version of the Redis that the gate counts on, if it does,
	// and peer says that there is one beside it.
	redis string
	peer  bool

	cases []outcome
}

// valid reports whether every case is, and there is one.
func (r *report) valid() bool {
	for _, o := range r.cases {
		if !o.valid() {
			return false
		}
	}
	return len(r.cases) > 0
}

// print prints the report for a terminal or for a README.
func (r *report) print(out io.Writer, markdown bool) {
	fmt.Fprintf(out, "%s\n\n", r.heading())
	all := table{columns: columns()}
	for _, o := range r.cases {
		all.add(o.cells()...)
	}
	all.print(out, markdown)
	if r.redis != "" {
		fmt.Fprintln(out)
		targets := r.targets()
		targets.print(out, markdown)
	}
	fmt.Fprintf(out, "\n%s\n", r.verdict())
}

// heading says what was measured on what.
func (r *report) heading() string {
	disk := ""
	if r.memory {
		disk = " on a disk in memory, where syncs are free"
	}
	on := ""
	switch {
	case r.redis != "" && r.peer:
		on = fmt.Sprintf(" store redis %s, peer nginx+Lua on the same Redis,", r.redis)
	case r.redis != "":
		on = fmt.Sprintf(" store redis %s,", r.redis)
	}
	return fmt.Sprintf("%d CPUs, Caddy %s, %s,%s sync %s%s, %d slices of %s for each site",
		r.cpus, r.caddy, r.golang, on, r.options.sync, disk, r.options.slices, r.options.slice)
}

// verdict is the last line.
func (r *report) verdict() string {
	switch {
	case !r.valid():
		return "INVALID"
	case r.options.quick:
		return "VALID as to answers and counts; -quick does not judge the control, so the figures say nothing"
	}
	return "VALID"
}

func columns() []string {
	return []string{
		"case", "connections", "bare req/s", "gate req/s", "gate/bare", "control/bare",
		"gate p99", "p99 gate/bare", "p99 control/bare", "CPU gate/bare", "CPU control/bare", "uses", "verdict",
	}
}

// cells are the columns of one case.
func (o *outcome) cells() []string {
	return []string{
		o.workload.name, fmt.Sprint(o.workload.connections),
		fmt.Sprintf("%.0f", o.bareRate), fmt.Sprintf("%.0f", o.gateRate),
		o.gateRatio.String(), o.controlRatio.String(),
		fmt.Sprintf("%.2f ms", o.gateP99),
		fmt.Sprintf("%.2f", o.gateP99Ratio.median), fmt.Sprintf("%.2f", o.controlP99Ratio.median),
		fmt.Sprintf("%.2f", o.gateCPU.median), fmt.Sprintf("%.2f", o.controlCPU.median),
		fmt.Sprint(o.uses), o.verdict(),
	}
}

// String is the median with the middle half in brackets.
func (s spread) String() string { return fmt.Sprintf("%.3f [%.3f, %.3f]", s.median, s.low, s.high) }
