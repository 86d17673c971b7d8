package badger

import (
	"errors"
	"time"

	"go.uber.org/zap"
)

// patience is how long a write may take that comes no further: one that is made
// of several calls is given as long for each of them. Disks that fail can take
// minutes to say so; whoever waits is told after this, and new uses are refused
// until the write is over.
const patience = 5 * time.Second

// errStuck is the cause while a write takes too long.
var errStuck = errors.New("a write to the disk does not return")

// watch looks after the write of b until the returned function is called.
func (s *Store) watch(b *batch) (over func()) {
	s.health.begin(b)
	b.watchdog = time.AfterFunc(s.patience, func() { s.stall(b) })
	return func() {
		b.watchdog.Stop()
		if s.health.over(s.queue.renew) {
			s.log.Info("the write that did not return has returned")
		}
	}
}

// proceeds says that the write of b has come further.
func (s *Store) proceeds(b *batch) {
	if b.watchdog != nil && b.watchdog.Stop() {
		b.watchdog.Reset(s.patience)
	}
}

// stall answers all who wait, unless the write of b is over by now. What they
// asked for may be done yet: its outcome is unknown.
func (s *Store) stall(b *batch) {
	err := unavailable("waiting for the disk", errStuck)
	if s.health.stall(b, s.now(), func() { b.end(err); s.queue.end(err) }) {
		s.log.Error("a write to the disk does not return; uses are refused", zap.Duration("after", patience))
	}
}

// begin notes which batch is being written.
func (h *health) begin(b *batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writing = b
}

// stall declares the store down if b is still being written, and calls tell.
func (h *health) stall(b *batch, now time.Time, tell func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.writing != b {
		return false
	}
	h.cause, h.since, h.hanging = errStuck, now, true
	h.down.Store(true)
	tell()
	return true
}

// over notes that nothing is being written, and reports whether that had been
// given up: then it calls renew and, if nothing else is wrong, the store is up
// again.
func (h *health) over(renew func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	hung := h.hanging
	h.writing, h.hanging = nil, false
	if hung {
		renew()
	}
	if hung && errors.Is(h.cause, errStuck) {
		h.cause = nil
		h.down.Store(false)
	}
	return hung
}

// stuck returns the cause while a write does not return.
func (h *health) stuck() error {
	if !h.down.Load() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hanging {
		return h.cause
	}
	return nil
}
