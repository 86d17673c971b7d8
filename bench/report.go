package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A report is the outcome of all cases and on what they were measured.
type report struct {
	options options
	cpus    int
	caddy   string
	golang  string

	// memory says that the store is on a disk that is none.
	memory bool

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

// text prints the report for a terminal.
func (r *report) text(out io.Writer) {
	fmt.Fprintf(out, "%s\n\n", r.heading())
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(columns(), "\t"))
	for _, o := range r.cases {
		fmt.Fprintln(table, strings.Join(o.cells(), "\t"))
	}
	table.Flush()
	fmt.Fprintf(out, "\n%s\n", r.verdict())
}

// markdown prints the report for a README.
func (r *report) markdown(out io.Writer) {
	fmt.Fprintf(out, "%s\n\n", r.heading())
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	line(columns())
	fmt.Fprintf(out, "|%s\n", strings.Repeat("---|", len(columns())))
	for _, o := range r.cases {
		line(o.cells())
	}
	fmt.Fprintf(out, "\n%s\n", r.verdict())
}

// heading says what was measured on what.
func (r *report) heading() string {
	disk := ""
	if r.memory {
		disk = " on a disk in memory, where syncs are free"
	}
	return fmt.Sprintf("%d CPUs, Caddy %s, %s, sync %s%s, %d slices of %s for each site",
		r.cpus, r.caddy, r.golang, r.options.sync, disk, r.options.slices, r.options.slice)
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
