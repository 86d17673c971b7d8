package badger

import (
	"sync"
	"time"
)

// With a sync for each batch, how batches follow each other decides what a use
// costs. A sync takes about the processor time of a request, so that many uses
// should share one; and whoever is let go goes on to the upstream, where a
// crowd that comes all at once finds too few connections kept open. So those
// who wait for a batch are let go a few at a time, and meanwhile the next batch
// fills: for every few that come, a few may go. One caller alone waits for
// nobody. The groups of a large batch grow: letting each go takes its time, in
// which all behind it wait.
const (
	groupSize  = 4
	groupShare = 16

	// paceEach is how long the committer waits for company on account of each
	// caller of the last batch, and paceMost for all of them together: that is
	// what the last one to be let go waits beyond its sync. It is longer than a
	// busy machine takes to bring the next caller; were it shorter, batches would
	// shrink until syncs take all its time.
	paceEach = 300 * time.Microsecond
	paceMost = 4 * time.Millisecond
)

// A group is some of those who wait for a batch. They are let go together.
type group struct {
	once sync.Once
	done chan struct{} // closed when the batch is over
	size int
}

func (g *group) letGo() { g.once.Do(func() { close(g.done) }) }

// seat returns the group of one more who waits with a use.
func (b *batch) seat() *group {
	if n := len(b.groups); n > 0 && b.groups[n-1].size < groupSize+b.waiters/groupShare {
		b.groups[n-1].size++
		return b.groups[n-1]
	}
	g := &group{done: make(chan struct{}), size: 1}
	b.groups = append(b.groups, g)
	return g
}

// letGo lets those go on who wait with a use for b, which is over.
func (s *Store) letGo(b *batch) {
	pause := s.pause(b)
	for _, g := range b.groups {
		g.letGo()
		if pause > 0 {
			s.queue.gather(pause)
		}
	}
}

// pause is how long to wait for company after each group of b. Where syncs are
// not waited for there is nothing to share.
func (s *Store) pause(b *batch) time.Duration {
	n := len(b.groups)
	if s.mode == SyncNo || b.failed != nil || n < 2 {
		return 0
	}
	return min(paceMost, time.Duration(b.waiters)*paceEach) / time.Duration(n)
}

// gather waits until there are some more callers in the next batch, but not for
// long.
func (q *queue) gather(most time.Duration) {
	q.expect(groupSize)
	q.patience.Reset(most)
	select {
	case <-q.crowded:
	case <-q.patience.C:
	}
	q.patience.Stop()
}

// expect asks for a signal when so many more wait than now.
func (q *queue) expect(more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-q.crowded:
	default:
	}
	q.crowd = more
	if q.open != nil {
		q.crowd += q.open.waiters
	}
}

// count notes one more who waits for b. The caller holds the lock.
func (q *queue) count(b *batch) {
	b.waiters++
	if b.waiters == q.crowd {
		select {
		case q.crowded <- struct{}{}:
		default:
		}
	}
}
