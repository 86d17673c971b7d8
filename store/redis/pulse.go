package redis

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
)

// A pulse is when the server last answered, and what time it was there.
type pulse struct {
	last  atomic.Pointer[pulseBeat]
	lease time.Duration
	clock store.Clock // the server's
}

// A pulseBeat is one answer of the server to "what time is it".
type pulseBeat struct {
	// sent is when it was asked. All that happened there before that is known
	// here: what it says travels in order.
	sent time.Time

	// server is its time at the local time here, or later where its clock was
	// set back.
	server, here time.Time

	// off is how far its clock is from where it was expected.
	off time.Duration
}

// beat takes the server's answer. It returns how far its clock is from where it
// was expected, and how far it was before.
func (p *pulse) beat(sent, answered, server time.Time) (off, before time.Duration) {
	here := sent.Add(answered.Sub(sent) / 2)
	r := p.clock.Read(server, here)
	last := p.last.Swap(&pulseBeat{sent, r.Now, here, r.Off})
	if last != nil {
		before = last.off
	}
	return r.Off, before
}

// alive returns an error where the server has not answered lately: then nobody
// has to wait to learn that it is away.
func (p *pulse) alive() error {
	if p.lease == 0 {
		return nil
	}
	if b := p.last.Load(); b == nil || time.Since(b.sent) >= p.lease {
		return fmt.Errorf("%w: the server does not answer", store.ErrUnavailable)
	}
	return nil
}

// now is the server's time, by which all gateways judge.
func (p *pulse) now() time.Time {
	b := p.last.Load()
	return b.server.Add(time.Since(b.here))
}

// setBack reports whether the server's clock was set back.
func (p *pulse) setBack() bool {
	b := p.last.Load()
	return b != nil && b.off < 0
}

// later is the time by which a token may be over although it is not by what the
// server's clock showed a moment ago. On a Cluster, where each node has a clock
// of its own, that is the only one.
func (p *pulse) later(shown time.Time) time.Time {
	if p.last.Load() == nil {
		return shown
	}
	if now := p.now(); now.Sub(shown) > store.ClockSlack {
		return now
	}
	return shown
}
