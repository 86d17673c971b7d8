package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
)

// busyCallers is how many use tokens at once: as many as a busy gateway has.
const busyCallers = 64

// A loadCost is what Redis does for many callers at once.
type loadCost struct {
	name    string
	callers int

	// rate is the uses, or additions, per second; cpu the processor time of
	// Redis for each of them, and busy its part of a core.
	rate float64
	cpu  time.Duration
	busy float64
}

// carries is how many of them a core carries that does nothing else.
func (l *loadCost) carries() float64 { return 1 / l.cpu.Seconds() }

// A load has callers take tokens in turn.
type load struct {
	stores  []*redis.Store
	links   []string
	callers int

	// once ends it when each token was used once; else it takes length.
	once   bool
	length time.Duration

	// pause is how long a caller waits after each use.
	pause time.Duration
}

// run returns how many uses there were.
func (l load) run(ctx context.Context) (int64, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make([]error, l.callers)
	end := time.Now().Add(l.length)
	for n := range failed {
		wg.Go(func() {
			s := l.stores[n%len(l.stores)]
			for failed[n] == nil && (l.once || time.Now().Before(end)) {
				i := int(next.Add(1)) - 1
				if l.once && i >= len(l.links) {
					return
				}
				failed[n] = use(ctx, s, l.links[i%len(l.links)])
				time.Sleep(l.pause)
			}
		})
	}
	wg.Wait()
	uses := next.Load()
	if l.once {
		uses = int64(len(l.links))
	}
	return uses, errors.Join(failed...)
}

// The places of the loads that are reckoned with.
const (
	loadLimited   = 0
	loadAdditions = 2
)

// measureLoads has many callers make uses of each kind.
func (c *costBench) measureLoads(ctx context.Context, o options, f *costFigures) error {
	links, err := c.makeLoads(ctx)
	if err != nil {
		return err
	}
	one := c.loaded[:1]
	for _, m := range []struct {
		name string
		load load
	}{
		{"limited", load{stores: one, links: links.limited, callers: busyCallers, length: 4 * o.slice}},
		{"limited, first at this gateway", load{stores: one, links: links.cold, callers: busyCallers, once: true}},
		{"unlimited, additions", load{stores: one, links: links.unlimited, callers: busyCallers, length: 4 * o.slice, pause: time.Millisecond}},
		{"limited, " + compactSetting + " " + compactValue, load{stores: one, links: links.compact, callers: busyCallers, length: 4 * o.slice}},
	} {
		l, err := c.measureLoad(ctx, m.load, f.rest)
		if err != nil {
			return err
		}
		l.name = m.name
		f.loads = append(f.loads, l)
	}
	return nil
}

// loadLinks are the tokens of the loads: those of compact lie more densely,
// and the gateway knows all of them but those of cold.
type loadLinks struct{ limited, cold, unlimited, compact []string }

// makeLoads makes them.
func (c *costBench) makeLoads(ctx context.Context) (l loadLinks, err error) {
	for _, m := range []struct {
		into  *[]string
		value string
		many  int
		limit int64
		uses  int // before it is measured
	}{
		{&l.compact, compactValue, 500, scaleLimit, 1},
		{&l.limited, usualValue, 500, scaleLimit, 1},
		{&l.cold, usualValue, 20_000, scaleLimit, 0},
		{&l.unlimited, usualValue, 1000, store.NoLimit, 2},
	} {
		if err := c.redis.set(ctx, compactSetting, m.value); err != nil {
			return l, err
		}
		if *m.into, err = c.make(ctx, m.many, m.limit); err != nil {
			return l, err
		}
		for range m.uses {
			if err := useEach(ctx, c.loaded[0], *m.into); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

// measureLoad takes as many things as Redis has run scripts: a use with a
// limit is one, and so is an addition.
func (c *costBench) measureLoad(ctx context.Context, l load, rest unitCost) (loadCost, error) {
	before, err := c.read(ctx)
	if err != nil {
		return loadCost{}, err
	}
	if _, err := l.run(ctx); err != nil {
		return loadCost{}, err
	}
	after, err := c.read(ctx)
	if err != nil {
		return loadCost{}, err
	}
	seconds := after.at.Sub(before.at).Seconds()
	many := int(after.info.scripts - before.info.scripts)
	u := after.since(before, many).less(rest, seconds/float64(many))
	rate := float64(many) / seconds
	return loadCost{callers: l.callers, rate: rate, cpu: u.cpu, busy: rate * u.cpu.Seconds()}, nil
}

// A mixedCost compares what was reckoned with what was measured.
type mixedCost struct {
	limited, additions float64 // per second

	// reckoned and measured are parts of the core of Redis.
	reckoned, measured float64
}

// measureMixed has two gateways use tokens with a limit and without one, half
// and half, and reckons what that should cost from what each kind did.
func (c *costBench) measureMixed(ctx context.Context, o options, f *costFigures) error {
	limited, err := c.make(ctx, 200, scaleLimit)
	if err != nil {
		return err
	}
	unlimited, err := c.make(ctx, 200, store.NoLimit)
	if err != nil {
		return err
	}
	var links []string
	for i := range limited {
		links = append(links, limited[i], unlimited[i])
	}
	for _, s := range []*redis.Store{c.loaded[0], c.loaded[0], c.loaded[1], c.loaded[1]} {
		if err := useEach(ctx, s, links); err != nil {
			return err
		}
	}
	before, err := c.read(ctx)
	if err != nil {
		return err
	}
	uses, err := load{stores: c.loaded[:], links: links, callers: 2 * busyCallers, length: 4 * o.slice}.run(ctx)
	if err != nil {
		return err
	}
	after, err := c.read(ctx)
	if err != nil {
		return err
	}
	seconds := after.at.Sub(before.at).Seconds()
	m := &f.mixed
	m.limited = float64(uses) / 2 / seconds
	m.additions = float64(after.info.scripts-before.info.scripts)/seconds - m.limited
	m.measured = (after.info.cpu() - before.info.cpu()).Seconds() / seconds
	m.reckoned = m.limited*f.loads[loadLimited].cpu.Seconds() + m.additions*f.loads[loadAdditions].cpu.Seconds() + f.rest.cpu.Seconds()
	return nil
}
