package caddymodule

import (
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A wallClock is the system's clock as tokens are judged by it: what is over
// stays over when the clock is set back, as long as the process runs; see
// [store.Clock]. A shared store judges by a clock of its own.
type wallClock struct {
	clock store.Clock
	off   atomic.Bool // and that was said
}

// systemClock is that of the process: what one configuration has seen of it
// holds for the next one.
var systemClock wallClock

// now is the time by which requests are judged.
func (c *wallClock) now(log *zap.Logger) time.Time {
	here := time.Now()
	return c.read(here.Round(0), here, log) // without the monotonic part it is what the clock shows
}

// read takes what the clock showed at the local time here, and says once that
// it has jumped.
func (c *wallClock) read(shown, here time.Time, log *zap.Logger) time.Time {
	r := c.clock.Read(shown, here)
	off := r.Off != 0
	if c.off.Load() == off || c.off.Swap(off) == off {
		return r.Now
	}
	switch {
	case r.Off < 0:
		log.Warn("the clock was set back: tokens that were over stay so, by the time that has passed, until it has caught up", zap.Duration("by", -r.Off))
	case r.Off > 0:
		log.Warn("the clock has jumped ahead: tokens that are over by it are refused", zap.Duration("by", r.Off))
	}
	return r.Now
}
