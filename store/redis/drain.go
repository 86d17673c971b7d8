package redis

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/linkgate/linkgate/store"
)

// A drain counts the calls that are in, and waits for them when the store is
// closed.
type drain struct {
	closing atomic.Bool
	calls   sync.RWMutex
}

// enter lets a call in, which then has to leave. It returns an error where the
// store is closed, where the server is known to be away, and where the call is
// not wanted any more.
func (s *Store) enter(ctx context.Context) error {
	if s.drain.closing.Load() {
		return store.ErrClosed
	}
	s.drain.calls.RLock()
	err := s.ready(ctx)
	if err != nil {
		s.drain.calls.RUnlock()
	}
	return err
}

func (s *Store) ready(ctx context.Context) error {
	if s.drain.closing.Load() { // shut may have begun, and ended, in between
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting for the store: %w", err)
	}
	return s.pulse.alive()
}

func (s *Store) leave() { s.drain.calls.RUnlock() }

// shut keeps calls out from now on and waits for those that are in. It reports
// false where somebody else has done so.
func (d *drain) shut() bool {
	first := d.closing.CompareAndSwap(false, true)
	d.calls.Lock()
	d.calls.Unlock() //nolint:staticcheck // SA2001: the wait is the purpose; those who queued behind it see closing.
	return first
}
