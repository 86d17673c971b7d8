package main

import (
	"context"
	"fmt"

	"github.com/redis/rueidis"
)

// memoryTokens is how many tokens are made to see what they take.
const memoryTokens = 100_000

// compactSetting is that of Redis with which records lie more densely: small
// hashes are lists, and a hash is small up to this many bytes of a value.
const compactSetting, compactValue, usualValue = "hash-max-listpack-value", "1024", "64"

// A memoryCost is what a token takes of the memory of Redis, in bytes.
type memoryCost struct {
	setting string

	// all is with everything, resident what the process grew by, lists the
	// part that is in the lists of campaigns, and log what is on the disk.
	all, resident, lists, log float64
}

// measureMemory makes tokens as the API does, as Redis is and with the setting
// with which it takes less.
func (c *costBench) measureMemory(ctx context.Context, _ options, f *costFigures) error {
	for _, value := range []string{usualValue, compactValue} {
		if err := c.redis.set(ctx, compactSetting, value); err != nil {
			return err
		}
		m, err := c.measureTokens(ctx)
		if err != nil {
			return err
		}
		m.setting = compactSetting + " " + value
		f.memory = append(f.memory, m)
	}
	return c.redis.set(ctx, compactSetting, usualValue)
}

func (c *costBench) measureTokens(ctx context.Context) (memoryCost, error) {
	const lists = "linkgate:l:*"
	before, err := c.redis.info(ctx)
	if err != nil {
		return memoryCost{}, err
	}
	light, err := c.redis.weigh(ctx, lists)
	if err != nil {
		return memoryCost{}, err
	}
	if _, err := c.make(ctx, memoryTokens, scaleLimit); err != nil {
		return memoryCost{}, err
	}
	after, err := c.redis.info(ctx)
	if err != nil {
		return memoryCost{}, err
	}
	heavy, err := c.redis.weigh(ctx, lists)
	per := func(name string) float64 { return (after.number(name) - before.number(name)) / memoryTokens }
	return memoryCost{
		all: per("used_memory"), resident: per("used_memory_rss"), log: per("aof_current_size"),
		lists: float64(heavy-light) / memoryTokens,
	}, err
}

// weigh is what the keys of a pattern take, in bytes.
func (r *redisServer) weigh(ctx context.Context, pattern string) (sum int64, err error) {
	b := r.client.B
	for cursor := uint64(0); ; {
		page, err := r.client.Do(ctx, b().Scan().Cursor(cursor).Match(pattern).Count(10_000).Build()).AsScanEntry()
		if err != nil {
			return 0, fmt.Errorf("looking for %s: %w", pattern, err)
		}
		for _, key := range page.Elements {
			n, err := r.client.Do(ctx, b().MemoryUsage().Key(key).Samples(0).Build()).AsInt64()
			if err != nil && !rueidis.IsRedisNil(err) {
				return 0, fmt.Errorf("weighing %s: %w", key, err)
			}
			sum += n
		}
		if cursor = page.Cursor; cursor == 0 {
			return sum, nil
		}
	}
}
