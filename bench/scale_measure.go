package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// pageSize is that of the API.
const pageSize = 50

// busyTokens is how many tokens are used over and over, in a store of any size.
const busyTokens = 10_000

// measureUses lets callers use tokens from all over the store, then some over
// and over.
func (f *scaleFigures) measureUses(ctx context.Context, o options, path string, mode badger.SyncMode) (err error) {
	s, err := badger.Open(badger.Options{Path: path, Sync: mode})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := settle(ctx, o.slice); err != nil {
		return err
	}
	if f.uses[mode], err = useAll(ctx, s, f.size, 5*o.slice); err != nil {
		return err
	}
	f.busy[mode], err = useAll(ctx, s, min(f.size, busyTokens), 5*o.slice)
	return err
}

// useAll lets 64 callers use so many tokens for some time.
func useAll(ctx context.Context, s store.Store, tokens int, length time.Duration) (useFigures, error) {
	var count atomic.Uint64
	var wg sync.WaitGroup
	failed := make([]error, crowdSize)
	before, begin := written(), time.Now()
	for n := range failed {
		wg.Go(func() {
			for time.Since(begin) < length && failed[n] == nil {
				link := scaleLink(scramble(count.Add(1)) % uint64(tokens))
				d, err := s.Use(ctx, store.Attempt{Link: link, Now: time.Now()})
				if err == nil && !d.Admitted() {
					err = fmt.Errorf("a use was refused: %s", d.Reason)
				}
				failed[n] = err
			}
		})
	}
	wg.Wait()
	n := float64(count.Load())
	return useFigures{n / time.Since(begin).Seconds(), float64(written()-before) / n}, errors.Join(failed...)
}

// settleTime is how long the store may take to merge what the filling left.
const settleTime = 10 * time.Minute

// settle waits until nothing is written any more: what the store still has to
// merge of the filling is not what a use costs.
func settle(ctx context.Context, quiet time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for last := int64(-1); last != written(); {
		last = written()
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the store to merge its tables: %w", ctx.Err())
		case <-time.After(2 * quiet):
		}
	}
	return nil
}

// measurePages reads pages by offset, each of them several times.
func (f *scaleFigures) measurePages(ctx context.Context, path string) (err error) {
	s, err := badger.Open(badger.Options{Path: path})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f.small, err = pages(ctx, s, "small")
	if err == nil && f.size > 2*smallCampaign {
		f.pages, err = pages(ctx, s, "big")
	}
	return err
}

// pages takes the median time of the first, the middle and the last page.
func pages(ctx context.Context, s store.Store, issuer string) (times [3]time.Duration, err error) {
	first, err := s.List(ctx, store.Query{Issuer: issuer, Limit: 1})
	if err != nil {
		return times, err
	}
	for i, offset := range []int64{0, first.Total / 2, max(0, first.Total-pageSize)} {
		var took []time.Duration
		for range 51 {
			begin := time.Now()
			if _, err := s.List(ctx, store.Query{Issuer: issuer, Offset: offset, Limit: pageSize}); err != nil {
				return times, err
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		times[i] = took[len(took)/2]
	}
	return times, nil
}

// measureGateway starts a gateway on the store, looks at its memory, kills it
// while it is busy, and opens the store again.
func (f *scaleFigures) measureGateway(ctx context.Context, o options, dir string) error {
	g, err := setStage(ctx, set{caddy: o.caddy, dir: dir, sync: "everysec"})
	if err != nil {
		return err
	}
	defer g.upstream.close()
	f.resident = statusBytes(g.command.Process.Pid, "VmRSS")
	tokens := make([]token, min(f.size, 50_000))
	for n := range tokens {
		tokens[n].Link = scaleLink(scramble(uint64(n)) % uint64(f.size))
	}
	crowd := newCrowd(local(g.layout.Gate), workload{name: "scale", connections: crowdSize}, tokens)
	defer crowd.close()
	killed := time.AfterFunc(3*o.slice, func() { _ = g.command.Process.Kill() })
	defer killed.Stop()
	crowd.ask(4 * o.slice)
	<-g.ended
	_ = g.stop() // it was killed, and says so
	begin := time.Now()
	s, err := badger.Open(badger.Options{Path: filepath.Join(dir, "store")})
	if err != nil {
		return err
	}
	f.open = time.Since(begin)
	return s.Close()
}

// written is how many bytes this process has sent to disks. Where there is no
// /proc it is zero.
func written() int64 {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	return field(string(text), "write_bytes")
}

// statusBytes is a size in the status of a process.
func statusBytes(pid int, name string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	return field(string(text), name) << 10
}

// field is the number after a name and a colon, at the beginning of a line.
func field(text, name string) (n int64) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			_, _ = fmt.Sscan(rest, &n) // zero where there is none
		}
	}
	return n
}
