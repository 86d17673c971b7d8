package badger

import (
	"context"
	"errors"
	"math"
	"time"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// fail stops all writes until recoverWrites has succeeded.
func (s *Store) fail(cause error) {
	s.log.Error("the database does not take writes; uses are refused", zap.Error(foreign(cause)))
	s.health.set(cause, s.now())
}

// revive asks the committer to get there again, unless that was tried lately.
func (s *Store) revive(ctx context.Context) error {
	since, cause := s.health.get()
	if cause == nil {
		return nil
	}
	if s.now().Sub(since) < probeEvery {
		return unavailable("refusing writes after a failure", cause)
	}
	return s.submit(ctx, &op{})
}

// recoverWrites returns nil where writes are possible, as they are nearly
// always. After a failed commit it tries, once in a while, to get there again:
// a probe shows whether the disk works, and then the database is closed and
// opened. Without that, what follows in a log with a hole in it would be acked
// and gone after the next power cut.
func (s *Store) recoverWrites() error {
	s.mend()
	since, cause := s.health.get()
	if cause == nil {
		return nil
	}
	if s.now().Sub(since) < probeEvery {
		return unavailable("refusing writes after a failure", cause)
	}
	err := s.probeTwice()
	if err == nil {
		err = s.reconcile()
	}
	if err != nil {
		s.health.set(err, s.now())
		return unavailable("recovering from a failed write", err)
	}
	s.log.Info("the database takes writes again")
	s.health.set(nil, s.now())
	return nil
}

// mend makes a database that Badger could not keep in order one that has to be
// opened again: at once, because nothing that was answered is in danger.
func (s *Store) mend() {
	_, cause := s.health.get()
	if trouble := s.db.guard.trouble(); cause == nil && trouble != nil {
		s.log.Error("the database could not rearrange its tables and is opened again", zap.Error(foreign(trouble)))
		s.health.set(trouble, time.Time{})
	}
}

func (s *Store) probeTwice() error {
	// After a failed reopening there is nothing to probe before the next one.
	if s.db.engine != nil {
		if err := s.probeAndRead(); err != nil {
			return err
		}
	}
	if err := s.db.reopen(); err != nil {
		return err
	}
	s.remark()
	return s.probeAndRead()
}

// reconcile makes the live set and the database agree again: records of which
// nobody knows whether they were written are taken from the database, and
// counters, of which nothing was forgotten, are written to it.
func (s *Store) reconcile() error {
	for _, i := range s.unsettled {
		if err := s.refresh(i); err != nil {
			return err
		}
	}
	s.unsettled = nil
	for range s.queue.lazies()/flushMost + 1 {
		b := s.queue.takeLazy()
		s.counters(s.begin(b)).commit()
		s.release(b)
		if b.failed != nil {
			return b.failed
		}
	}
	return nil
}

// refresh takes what the database has under i for true. The count in memory
// stays where it is ahead, unless it was another token's.
func (s *Store) refresh(i id) error {
	r, err := s.readID(i)
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, ErrCorrupt) {
		return err
	}
	s.live.shard(i).changed(i, func(e *entry) {
		if err != nil {
			e.state = gone
			return
		}
		same := e.token.Is(r.token)
		e.token, e.safe = r.token, r.counter
		if !same {
			e.used, e.noted = r.counter, 0
		}
		if e.used != e.safe {
			s.queue.later(e)
		}
	})
	return nil
}

// probeAndRead writes the time and reads it back.
func (s *Store) probeAndRead() error {
	var want, got []byte
	read := func(into *[]byte) func(*engine.Txn) error {
		return func(txn *engine.Txn) error {
			_, err := get(txn, probeKey, func(body []byte) error { *into = append(*into, body...); return nil })
			return err
		}
	}
	txn := s.db.engine.NewTransactionAt(math.MaxUint64, true)
	defer txn.Discard()
	at := s.db.nextCommit()
	err := s.guard(func() error {
		if err := errors.Join(s.probe(txn), read(&want)(txn)); err != nil {
			return err
		}
		return s.commit(txn, at)
	})
	if err != nil {
		return err
	}
	s.db.published(at, nil)
	if err := s.db.view(read(&got)); err != nil {
		return err
	}
	if string(got) != string(want) {
		return errors.New("the probe was not read back as written")
	}
	return nil
}
