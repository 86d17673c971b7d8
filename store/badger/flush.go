package badger

import (
	"fmt"
	"time"
)

const (
	// flushEvery is how long a use of a token without a limit waits before it
	// is written. With the time that the writing takes it stays under the
	// tenth of a second that a kill may lose.
	flushEvery = 50 * time.Millisecond

	// flushMost is how many counters ride along with one batch, so that those
	// who wait for it do not wait for much more than it takes.
	flushMost = 2048
)

// flushIn is when the committer turns to the counts that nobody waits for.
func (s *Store) flushIn() time.Duration {
	if s.health.down.Load() {
		return probeEvery
	}
	return s.flushEvery
}

// release lets go of the entries of a batch that is over. A count that is not
// yet in the database, as where a use came or was given back meanwhile, goes on
// the list again.
func (s *Store) release(b *batch) {
	for _, e := range b.entries {
		e.mu.Lock()
		if e.batch == b || e.batch == b.answered {
			e.batch = nil
		}
		if b.failed != nil && e.state < evicted {
			s.queue.later(e)
		}
		e.mu.Unlock()
	}
	for _, e := range b.lazy {
		e.mu.Lock()
		if e.state < evicted && (b.failed != nil || e.used != e.safe && e.batch == nil) {
			s.queue.again(e)
		} else {
			e.listed = false
		}
		e.mu.Unlock()
	}
	if len(b.lazy) > 0 {
		s.live.shrink()
	}
}

// finish writes all that is left when no caller is in any more: what waits,
// and exact counts in the place of reservations.
func (s *Store) finish() {
	s.health.retry()
	if b, _ := s.queue.take(false); b != nil {
		s.carry(b)
	}
	s.live.each(s.park)
	for s.unwritten == nil && s.queue.lazies() > 0 {
		s.health.retry()
		b, _ := s.queue.take(true)
		if s.carry(b); b.failed != nil {
			s.unwritten = fmt.Errorf("writing the last uses of %d tokens: %w", s.queue.lazies(), b.failed)
		}
	}
}

// park puts an entry, if the database has another count than it, on the list
// of the next flush.
func (s *Store) park(e *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.parked() {
		s.queue.later(e)
	}
}
