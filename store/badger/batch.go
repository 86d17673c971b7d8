package badger

import (
	"sync"
	"time"
)

// A batch is what is written together, and one answer for all who wait for it.
type batch struct {
	entries []*entry // tokens with uses that wait
	lazy    []*entry // tokens with counts that ride along
	ops     []*op
	waiters int // for any of these

	// answered is the batch in whose place this one is written, because its
	// waiters were given up; see [queue.renew].
	answered *batch

	// groups are those who wait with a use, a few in each; see [Store.letGo].
	groups []*group

	// watchdog gives the batch up; see [Store.watch].
	watchdog *time.Timer

	once sync.Once
	done chan struct{}

	// err is set, before done is closed, where nothing can be said about
	// anything in the batch; failed where a commit went wrong, which is the
	// answer to the uses. Ops have an answer each.
	err, failed error
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// end gives the batch its answer; the first one counts.
func (b *batch) end(err error) {
	b.once.Do(func() {
		b.err = err
		close(b.done)
	})
	if err != nil {
		for _, g := range b.groups {
			g.letGo()
		}
	}
}

// ended reports whether the batch has its answer.
func (b *batch) ended() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}
