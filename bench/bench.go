package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// bench measures all that the options ask for, with a Caddy, a store and an
// upstream that are gone afterwards.
func bench(ctx context.Context, o options, notes io.Writer) (r report, err error) {
	r, err = newReport(ctx, o)
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp(o.dir, "linkgate-bench-")
	if err != nil {
		return r, fmt.Errorf("making a directory for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	g, err := setStage(ctx, o.caddy, dir, o.sync)
	if err != nil {
		return r, err
	}
	defer g.upstream.close()
	// A Caddy that crashed, or would not stop, has not been measured.
	defer func() { err = errors.Join(err, g.stop()) }()
	r.cases, err = measureAll(ctx, o, g.gateway, notes)
	return r, err
}

// newReport looks at what is measured on what.
func newReport(ctx context.Context, o options) (report, error) {
	caddy, golang, err := versions(ctx, o.caddy)
	return report{
		options: o, cpus: runtime.NumCPU(), caddy: caddy, golang: golang,
		memory: inMemory(o.dir),
	}, err
}

// measureAll measures one workload after the other.
func measureAll(ctx context.Context, o options, g *gateway, notes io.Writer) ([]outcome, error) {
	a, err := openAPI(g.admin(), g.layout.Dir)
	if err != nil {
		return nil, err
	}
	var out []outcome
	for _, w := range o.workload {
		fmt.Fprintf(notes, "bench: %s: %d slices of %s for each of three sites\n", w.name, o.slices, o.slice)
		tokens, err := a.mint(ctx, w)
		if err != nil {
			return out, err
		}
		m := newMeasurement(g.layout, w, tokens)
		m.cpu = func() time.Duration { return cpuTime(g.command.Process.Pid) }
		rounds, err := m.take(ctx, o)
		m.close()
		if err != nil {
			return out, err
		}
		counters, err := a.counters(ctx, w)
		if err != nil {
			return out, err
		}
		out = append(out, m.outcome(rounds, counters, !o.quick))
	}
	return out, nil
}
