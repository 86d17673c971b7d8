package store

import (
	"sync"
	"time"
)

const (
	// ClockSlack is how far a clock may be from where it was expected and still
	// be believed at once: clocks are corrected in small steps all the time.
	ClockSlack = 2 * time.Second

	// clockTrust is for how long a clock has to be ahead before it is believed
	// that time has come so far.
	clockTrust = time.Minute
)

// A Clock keeps the end of a token from being undone by a clock that is set
// back. It is told what the clock shows, again and again, and compares that with
// the time that has passed meanwhile by another clock, which nobody can set.
// The zero Clock is ready, and safe for concurrent use.
//
// Where the clock is behind by more than [ClockSlack], time goes on from what it
// had shown before, as long as the process runs. A clock that jumps ahead is
// followed at once, since that opens nothing, but only after a minute may it
// not be set back any more: until then it may have been a mistake, after which
// every token that is not over works again.
type Clock struct {
	mu    sync.Mutex
	shown time.Time // what is believed, at the time here
	here  time.Time
	ahead time.Time // since when the clock is ahead; zero: it is not
}

// A Reading is what a [Clock] makes of what a clock shows.
type Reading struct {
	// Now is the time by which tokens are over.
	Now time.Time

	// Off is how far the clock is from where it was expected, in either
	// direction; zero where it is believed.
	Off time.Duration
}

// Read takes what the clock showed at the local time here, whose monotonic part
// says how much time has passed.
func (c *Clock) Read(shown, here time.Time) Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	expected := c.shown.Add(here.Sub(c.here))
	off := shown.Sub(expected)
	switch {
	case c.shown.IsZero() || off.Abs() <= ClockSlack:
	case off < 0:
		c.ahead = time.Time{}
		return Reading{expected, off}
	case c.ahead.IsZero():
		c.ahead = here
		return Reading{shown, off}
	case here.Sub(c.ahead) < clockTrust:
		return Reading{shown, off}
	}
	c.shown, c.here, c.ahead = shown, here, time.Time{}
	return Reading{Now: shown}
}
