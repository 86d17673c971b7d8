package badger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	engine "github.com/dgraph-io/badger/v4"
)

const (
	// probeEvery is how often a store that failed is tried again, at most.
	probeEvery = time.Second

	// goodFor is how long a good probe answers for the store's health.
	goodFor = 5 * time.Second
)

// A health is what is known about the last writes. Only the committer changes
// its cause.
type health struct {
	// down is set while there is a cause, for those in a hurry.
	down atomic.Bool

	mu      sync.Mutex
	cause   error     // why the last commit failed; nil where it did not
	since   time.Time // of the last good probe, or of the last attempt to recover
	writing *batch    // is being written just now
	hanging bool      // that takes too long
}

// errDown says that a use was not counted because the store is down.
var errDown = errors.New("store is down")

// proved notes a good probe, unless a commit has failed meanwhile.
func (h *health) proved(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause == nil {
		h.since = now
	}
}

func (h *health) set(cause error, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cause, h.since = cause, now
	h.down.Store(cause != nil)
}

// retry lets the next attempt to recover begin at once.
func (h *health) retry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause != nil {
		h.since = time.Time{}
	}
}

func (h *health) get() (since time.Time, cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.since, h.cause
}

// Health implements [store.Store]. It writes a few bytes to find out, unless
// that was done lately.
func (s *Store) Health(ctx context.Context) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("asking for health: %w", err)
	}
	if since, cause := s.health.get(); cause == nil && s.now().Sub(since) < goodFor {
		return s.mark.allow()
	}
	if err := s.submit(ctx, &op{run: s.probe}); err != nil {
		return fmt.Errorf("probing the database: %w", err)
	}
	s.health.proved(s.now())
	return s.mark.allow()
}

// probe writes the time.
func (s *Store) probe(txn *engine.Txn) error {
	return set(txn, probeKey, binary.BigEndian.AppendUint64(nil, uint64(s.now().UnixNano())))
}
