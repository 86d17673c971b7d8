package badger

import (
	"slices"
	"sync"
	"time"
)

// A queue is what waits for the committer. While one batch is being written
// the next one fills: the slower the disk, the more uses share a sync.
type queue struct {
	mu   sync.Mutex
	open *batch   // nil while nobody waits
	lazy []*entry // whose counts nobody waits for

	// wake has room for one: the committer looks at everything when it wakes.
	wake chan struct{}

	// crowded has room for one: it tells that the open batch has crowd waiters.
	crowded  chan struct{}
	crowd    int
	patience *time.Timer // with that; the committer's
}

func newQueue() *queue {
	q := &queue{wake: make(chan struct{}, 1), crowded: make(chan struct{}, 1), patience: time.NewTimer(time.Hour)}
	q.patience.Stop()
	return q
}

// current returns the batch that is filling. The caller holds the lock.
func (q *queue) current() *batch {
	if q.open == nil {
		q.open = newBatch()
		q.rouse()
	}
	return q.open
}

func (q *queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// join puts e, whose lock the caller holds, into the next batch, which will
// have its counter as it is then.
func (q *queue) join(e *entry) (*batch, *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.current()
	q.count(b)
	if e.batch != b {
		b.entries = append(b.entries, e)
		e.batch = b
	}
	return b, b.seat()
}

// order puts e, whose lock the caller holds and which is in no batch, into the
// next one. Nobody waits for it.
func (q *queue) order(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.current()
	b.entries = append(b.entries, e)
	e.batch = b
}

// later puts e, whose lock the caller holds, on the list of the next flush.
func (q *queue) later(e *entry) {
	if e.listed {
		return
	}
	e.listed = true
	q.again(e)
}

// again puts e, which is listed, back on the list.
func (q *queue) again(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lazy) == 0 {
		q.rouse()
	}
	q.lazy = append(q.lazy, e)
}

func (q *queue) add(o *op) *batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	o.batch = q.current()
	o.batch.ops = append(o.batch.ops, o)
	q.count(o.batch)
	return o.batch
}

// withdraw takes o out again; false where the committer has it already.
func (q *queue) withdraw(o *op) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open != o.batch || q.open == nil {
		return false
	}
	o.batch.ops = slices.DeleteFunc(o.batch.ops, func(other *op) bool { return other == o })
	return true
}

// take returns what is to be written now, or nil: all who wait and, where
// flush is set, as many of the counts that nobody waits for as fit; more says
// that some did not.
func (q *queue) take(flush bool) (b *batch, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b = q.open
	q.open = nil
	if !flush || len(q.lazy) == 0 {
		return b, false
	}
	if b == nil {
		b = newBatch()
	}
	q.takeInto(b)
	return b, len(q.lazy) > 0
}

// takeLazy returns counts that nobody waits for, and nothing else.
func (q *queue) takeLazy() *batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := newBatch()
	q.takeInto(b)
	return b
}

func (q *queue) takeInto(b *batch) {
	n := min(len(q.lazy), flushMost)
	b.lazy = append(b.lazy, q.lazy[:n]...)
	q.lazy = q.lazy[:copy(q.lazy, q.lazy[n:])]
}

// end answers all who wait for the batch that is filling.
func (q *queue) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open != nil {
		q.open.end(err)
	}
}

// renew puts what is still to be written for those who were answered by end
// into a new batch: who comes from now on waits for an answer of its own. A
// batch that was begun after end, by somebody who had not heard of it yet, has
// answered nobody and stays.
func (q *queue) renew() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == nil || !q.open.ended() {
		return
	}
	old := q.open
	q.open = &batch{done: make(chan struct{}), entries: old.entries, ops: old.ops, answered: old}
}

// lazies returns how many counts wait for a flush.
func (q *queue) lazies() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.lazy)
}
