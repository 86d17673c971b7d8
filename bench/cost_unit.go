package main

import (
	"context"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	// unitUses is how many uses of a kind are made one by one.
	unitUses = 2000

	// restTime is how long gateways are watched that do nothing.
	restTime = 2 * time.Second

	// flushed is after how long every use without a limit is in Redis: the
	// store writes them within a tenth of a second.
	flushed = 300 * time.Millisecond
)

// A unitCost is what one of some things costs: a use, or a second.
type unitCost struct {
	trips    float64 // round trips
	up, down float64 // bytes to Redis and from it

	// cpu is the processor time of Redis, script how long its scripts took by
	// the clock, and log what its log grows by, in bytes.
	cpu, script time.Duration
	log         float64
}

// A namedCost is the cost of one kind of use.
type namedCost struct {
	name string
	unitCost
}

// A reading is what the meters say at one time.
type reading struct {
	at   time.Time
	flow flow
	info redisInfo
}

func (c *costBench) read(ctx context.Context) (reading, error) {
	info, err := c.redis.info(ctx)
	return reading{time.Now(), c.wire.flow(), info}, err
}

// since is what one of so many things cost since a reading was taken.
func (r *reading) since(old reading, many int) unitCost {
	n := float64(many)
	per := func(figure float64) float64 { return figure / n }
	return unitCost{
		trips:  per(float64(r.flow.trips - old.flow.trips)),
		up:     per(float64(r.flow.up - old.flow.up)),
		down:   per(float64(r.flow.down - old.flow.down)),
		cpu:    (r.info.cpu() - old.info.cpu()) / time.Duration(many),
		script: (r.info.scriptsTook - old.info.scriptsTook) / time.Duration(many),
		log:    per(r.info.number("aof_current_size") - old.info.number("aof_current_size")),
	}
}

// less takes off a part of what another thing costs.
func (u unitCost) less(of unitCost, part float64) unitCost {
	return unitCost{
		trips: u.trips - of.trips*part, up: u.up - of.up*part, down: u.down - of.down*part,
		cpu:    u.cpu - time.Duration(float64(of.cpu)*part),
		script: u.script - time.Duration(float64(of.script)*part),
		log:    u.log - of.log*part,
	}
}

// measureRest watches gateways that do nothing. The traffic is of one, the
// work of Redis of all.
func (c *costBench) measureRest(ctx context.Context, _ options, f *costFigures) error {
	before, err := c.read(ctx)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(restTime):
	}
	after, err := c.read(ctx)
	f.rest = after.since(before, int(restTime/time.Second))
	return err
}

// The places of the units that are reckoned with.
const (
	unitLimited  = 1
	unitAddition = 4
)

// measureUnits makes uses one by one, so that nothing travels together but
// what belongs together.
func (c *costBench) measureUnits(ctx context.Context, _ options, f *costFigures) error {
	limited, err := c.make(ctx, unitUses, scaleLimit)
	if err != nil {
		return err
	}
	unlimited, err := c.make(ctx, unitUses, store.NoLimit)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name  string
		links []string
	}{
		{"limited, first at this gateway", limited},
		{"limited", limited},
		{"unlimited, first at this gateway", unlimited},
		{"unlimited, second at this gateway", unlimited},
		{"unlimited, one addition of all later uses of a token", unlimited},
	} {
		u, err := c.measureUnit(ctx, one.links, f.rest)
		if err != nil {
			return err
		}
		f.units = append(f.units, namedCost{one.name, u})
	}
	return nil
}

// measureUnit uses each token once and takes off what gateways cost at rest.
func (c *costBench) measureUnit(ctx context.Context, links []string, rest unitCost) (unitCost, error) {
	before, err := c.read(ctx)
	if err != nil {
		return unitCost{}, err
	}
	if err := useEach(ctx, c.counted, links); err != nil {
		return unitCost{}, err
	}
	time.Sleep(flushed)
	after, err := c.read(ctx)
	if err != nil {
		return unitCost{}, err
	}
	seconds := after.at.Sub(before.at).Seconds()
	return after.since(before, len(links)).less(rest, seconds/float64(len(links))), nil
}
