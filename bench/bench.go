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
	b, err := startBackend(ctx, o, dir, notes)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	r.redis, r.peer = b.version, b.peer != nil
	redis, auth := b.addresses()
	g, err := setStage(ctx, set{caddy: o.caddy, dir: dir, sync: o.sync, redis: redis, auth: auth})
	if err != nil {
		return r, err
	}
	defer g.upstream.close()
	// A Caddy that crashed, or would not stop, has not been measured.
	defer func() { err = errors.Join(err, g.stop()) }()
	r.cases, err = measureAll(ctx, o, g.gateway, b.peer, notes)
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

// measureAll measures one workload after the other. There may be no peer.
func measureAll(ctx context.Context, o options, g *gateway, peer *peerServer, notes io.Writer) ([]outcome, error) {
	a, err := openAPI(g.admin(), g.layout.Credential)
	if err != nil {
		return nil, err
	}
	var out []outcome
	for _, w := range o.workload {
		one, err := a.measure(ctx, o, stand{w, g, peer}, notes)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

// A stand is one workload and who gets it.
type stand struct {
	workload workload
	gateway  *gateway
	peer     *peerServer // may be nil
}

// measure makes the tokens of a workload, has the sites asked, and compares
// what was let through with what was counted.
func (a *api) measure(ctx context.Context, o options, s stand, notes io.Writer) (outcome, error) {
	tokens, err := a.mint(ctx, s.workload)
	if err != nil {
		return outcome{}, err
	}
	if s.peer != nil {
		if err := s.peer.know(ctx, s.workload, tokens); err != nil {
			return outcome{}, err
		}
	}
	m := newMeasurement(s.gateway.layout, s.workload, tokens)
	m.cpu = func() time.Duration { return cpuTime(s.gateway.command.Process.Pid) }
	fmt.Fprintf(notes, "bench: %s: %d slices of %s for each of %s sites\n", s.workload.name, o.slices, o.slice, m.many())
	rounds, err := m.take(ctx, o)
	m.close()
	if err != nil {
		return outcome{}, err
	}
	var counted [sites]map[string]int64
	if counted[gate], err = a.counters(ctx, s.workload); err != nil {
		return outcome{}, err
	}
	if m.crowds[peer] != nil {
		if counted[peer], err = s.peer.counters(ctx, tokens); err != nil {
			return outcome{}, err
		}
	}
	return m.outcome(rounds, counted, !o.quick), nil
}
