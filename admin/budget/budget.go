// Package budget counts failures per client, so that guessing becomes slow
// and dear while nobody who is right pays anything.
package budget

import (
	"sync"
	"sync/atomic"
	"time"
)

// maxClients bounds the memory of a budget: about 6 MB where every one of
// these clients failed lately.
const maxClients = 65_536

// evictionLook is how many clients are looked at to find one whose window is
// over before any one of them is forgotten. It bounds the time of a failure
// under a flood from ever new addresses.
const evictionLook = 32

// A Budget allows each client a number of failures per window of time. The
// window of a client starts at its first failure and has a fixed length, so
// that exactly the limit is allowed in each. It is safe for concurrent use.
type Budget struct {
	limit int
	per   time.Duration

	// seen is set with the first failure of all: until then nobody waits for
	// the lock.
	seen atomic.Bool

	mu      sync.RWMutex
	clients map[string]window
}

// A window is the time since a client's first failure that still counts.
type window struct {
	start    time.Time
	failures int
}

// New returns a budget of limit failures per client and window of length per.
// A limit of zero or less allows none at all.
func New(limit int, per time.Duration) *Budget {
	return &Budget{limit: limit, per: per, clients: map[string]window{}}
}

// Spent reports whether the client has no failure left, and after what time
// its next window begins; the time means something where the budget is spent.
// It costs one map lookup at most and changes nothing.
func (b *Budget) Spent(key string, now time.Time) (retryAfter time.Duration, spent bool) {
	if b.limit <= 0 {
		return b.per, true
	}
	if !b.seen.Load() {
		return 0, false
	}
	b.mu.RLock()
	w, known := b.clients[key]
	b.mu.RUnlock()
	if !known || b.over(w, now) || w.failures < b.limit {
		return 0, false
	}
	return w.start.Add(b.per).Sub(now), true
}

// Fail counts one failure of the client.
func (b *Budget) Fail(key string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w, known := b.clients[key]
	if !known || b.over(w, now) {
		b.makeRoom(known, now)
		w = window{start: now}
	}
	w.failures++
	b.clients[key] = w
	b.seen.Store(true)
}

// over reports whether the window has ended. A clock that was set back ends
// it as well: nobody shall be locked out until the clock has caught up.
func (b *Budget) over(w window, now time.Time) bool {
	age := now.Sub(w.start)
	return age < 0 || age >= b.per
}

// makeRoom forgets one client where a new one would not fit: one whose window
// is over, or else an arbitrary one.
func (b *Budget) makeRoom(known bool, now time.Time) {
	if known || len(b.clients) < maxClients {
		return
	}
	var victim string
	looked := 0
	for key, w := range b.clients {
		victim = key
		if looked++; looked == evictionLook || b.over(w, now) {
			break
		}
	}
	delete(b.clients, victim)
}
