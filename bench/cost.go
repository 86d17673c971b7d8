package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
)

// costPatience is how long a command may take here: the machine is busy.
const costPatience = 4 * time.Second

// costGateways is how many gateways' stores a costBench has.
const costGateways = 4

// A costBench is a Redis, and gateways' stores on it that do nothing else.
type costBench struct {
	redis *redisServer
	wire  *wire

	// maker makes tokens; counted is the store whose traffic is counted;
	// loaded are two that are used by many at once.
	maker, counted *redis.Store
	loaded         [2]*redis.Store

	made int // tokens so far
}

// costFigures are what was measured.
type costFigures struct {
	version string
	cpus    int
	disk    bool // the log of Redis is on a real one

	memory []memoryCost

	// rest is what a second costs in which nobody does anything: its traffic
	// is that of one gateway, its work that of all that there are.
	rest  unitCost
	units []namedCost
	loads []loadCost
	mixed mixedCost
	slots slotLoad
}

// benchRedisCost measures what uses cost a Redis, and reckons with it.
func benchRedisCost(ctx context.Context, o options, out, notes io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "linkgate-bench-")
	if err != nil {
		return fmt.Errorf("making a directory for Redis: %w", err)
	}
	defer os.RemoveAll(dir)
	c, err := startCost(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	f := costFigures{cpus: runtime.NumCPU(), disk: !inMemory(o.dir)}
	if f.version, err = c.redis.version(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		do   func(context.Context, options, *costFigures) error
	}{
		{"100000 tokens", c.measureMemory},
		{"a gateway at rest", c.measureRest},
		{"uses one by one", c.measureUnits},
		{"uses by many at once", c.measureLoads},
		{"a full core", c.measureFull},
		{"two gateways with all kinds of uses", c.measureMixed},
		{"links over slots", spreadSample},
	} {
		fmt.Fprintf(notes, "bench: redis-cost: %s\n", step.what)
		if err := step.do(ctx, o, &f); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	f.print(out, o.markdown)
	return nil
}

// startCost starts a Redis below dir and opens the stores on it.
func startCost(ctx context.Context, dir string) (c *costBench, err error) {
	c = new(costBench)
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.redis, err = startRedis(ctx, dir); err != nil {
		return c, err
	}
	if c.wire, err = startWire(c.redis.address); err != nil {
		return c, err
	}
	for _, s := range []struct {
		into **redis.Store
		at   string
	}{
		{&c.maker, c.redis.address},
		{&c.counted, c.wire.address},
		{&c.loaded[0], c.redis.address},
		{&c.loaded[1], c.redis.address},
	} {
		if *s.into, err = redis.Open(ctx, redis.Options{Addresses: []string{s.at}, Timeout: costPatience}); err != nil {
			return c, err
		}
	}
	return c, c.warm(ctx)
}

// warm has Redis know all scripts.
func (c *costBench) warm(ctx context.Context) error {
	links, err := c.make(ctx, 1, store.NoLimit)
	if err != nil {
		return err
	}
	for range 3 {
		if err := useEach(ctx, c.counted, links); err != nil {
			return err
		}
	}
	time.Sleep(flushed)
	return nil
}

// close ends all of it.
func (c *costBench) close() error {
	var failed []error
	for _, s := range [costGateways]*redis.Store{c.maker, c.counted, c.loaded[0], c.loaded[1]} {
		if s != nil {
			failed = append(failed, s.Close())
		}
	}
	if c.wire != nil {
		c.wire.close()
	}
	if c.redis != nil {
		failed = append(failed, c.redis.close())
	}
	return errors.Join(failed...)
}

// make makes so many tokens and returns their links. No gateway but the one
// that makes them has heard of them.
func (c *costBench) make(ctx context.Context, many int, limit int64) ([]string, error) {
	links := make([]string, 0, many)
	now := time.Now().UTC().Truncate(time.Microsecond)
	for len(links) < many {
		var records []store.Record
		for len(records) < min(fillCall, many-len(links)) {
			t := scaleToken(c.made, now)
			t.Limit = limit
			records = append(records, store.Record{Token: t})
			c.made++
		}
		if err := c.maker.Create(ctx, records...); err != nil {
			return nil, fmt.Errorf("making tokens: %w", err)
		}
		for _, r := range records {
			links = append(links, r.Token.Link)
		}
	}
	return links, nil
}

// use uses a token once.
func use(ctx context.Context, s *redis.Store, link string) error {
	d, err := s.Use(ctx, store.Attempt{Link: link, Now: time.Now()})
	if err == nil && !d.Admitted() {
		err = fmt.Errorf("a use was refused: %s", d.Reason)
	}
	return err
}

// useEach uses each token once, one after the other.
func useEach(ctx context.Context, s *redis.Store, links []string) error {
	for _, link := range links {
		if err := use(ctx, s, link); err != nil {
			return err
		}
	}
	return nil
}

// sampleLinks is how many links are laid over slots.
const sampleLinks = 1 << 22

// spreadSample lays links as the API draws them over the slots of a Cluster.
func spreadSample(_ context.Context, _ options, f *costFigures) error {
	f.slots = spreadLinks(sampleLinks, func(int) string { return store.NewLink() })
	return nil
}
