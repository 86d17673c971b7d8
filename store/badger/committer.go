package badger

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
)

// commitLoop is the committer: the only goroutine that writes. It ends when
// Close says so, after the last caller has left, with everything written.
func (s *Store) commitLoop() {
	defer close(s.committed)
	debug.SetPanicOnFault(true) // see [handle.view]
	flush := time.NewTimer(time.Hour)
	defer flush.Stop()
	armed, due := false, false
	for {
		select {
		case <-s.queue.wake:
			// A crowd that is always awake must not keep a flush from its turn.
			select {
			case <-flush.C:
				armed, due = false, true
			default:
			}
		case <-flush.C:
			armed, due = false, true
		case <-s.journal.quiet.C:
			s.rest()
		case <-s.ending:
			s.finish()
			return
		}
		b, more := s.queue.take(due)
		if b == nil && s.db.guard.trouble() != nil {
			// Nobody asks for anything, and Badger would try to merge its tables
			// for ever, in vain.
			b = newBatch()
		}
		if b != nil {
			s.carry(b)
		}
		// What did not fit has waited as long as what did.
		if due = more && b.failed == nil; due {
			s.queue.rouse()
		}
		if !armed && s.queue.lazies() > 0 {
			flush.Reset(s.flushIn())
			armed = true
		}
		s.journal.arm()
	}
}

// carry writes a batch, whatever comes, and answers all who wait for it.
func (s *Store) carry(b *batch) {
	defer s.watch(b)()
	err := s.room()
	if err == nil {
		err = s.recoverWrites()
	}
	if err != nil {
		b.failed = err
		s.release(b)
		b.end(err)
		s.saveCounts()
		return
	}
	s.settle(b, b.ops, true)
	s.release(b)
	b.end(nil)
	s.letGo(b)
}

// settle carries out ops, in one transaction if they fit, and with the last of
// them the counters of the batch. An op that fails in the middle of its writes
// spoils the transaction for the others: those before it are done again
// without it, and it gets a transaction of its own in which to fail.
func (s *Store) settle(b *batch, ops []*op, last bool) {
	t := s.begin(b)
	for n, o := range ops {
		err := t.do(o)
		if err == nil || ours(err) {
			o.err = err
			continue
		}
		t.abort()
		if n > 0 {
			s.settle(b, ops[:n], false)
			s.settle(b, ops[n:], last)
			return
		}
		o.err = spoiled(err)
		s.settle(b, ops[1:], last)
		return
	}
	if last {
		t = s.counters(t)
	}
	t.commit()
}

// guard runs do. A panic becomes an error: one bad call must not take the only
// writer away from all others.
func (s *Store) guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = s.panicked(r)
		}
	}()
	return do()
}

// panicked logs where a panic came from. Of its value only the runtime's own
// errors are safe to show: another may quote a token.
func (s *Store) panicked(r any) error {
	what := fmt.Sprintf("%T", r)
	if e, ok := r.(runtime.Error); ok {
		what = e.Error()
	}
	s.log.Error("panic in a store operation", zap.String("panic", what), zap.Stack("stack"))
	return fmt.Errorf("panic: %s", what)
}
