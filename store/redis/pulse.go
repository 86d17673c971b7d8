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
}

// A pulseBeat is one answer of the server to "what time is it".
type pulseBeat struct {
	// sent is when it was asked. All that happened there before that is known
	// here: what it says travels in order.
	sent time.Time

	// server is its time at the local time here.
	server, here time.Time
}

func (p *pulse) beat(sent, answered, server time.Time) {
	p.last.Store(&pulseBeat{sent, server, sent.Add(answered.Sub(sent) / 2)})
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
