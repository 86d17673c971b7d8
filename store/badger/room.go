package badger

import (
	"errors"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"
)

// openFirst opens the database unless the disk is too full.
func (s *Store) openFirst() error {
	if err := s.space.first(s.now()); err != nil {
		return err
	}
	return s.db.open()
}

// commitDurably commits, and returns when that is as durable as the mode says.
// A batch may take several commits, and each of them may begin a new log.
func (s *Store) commitDurably(txn *engine.Txn, at uint64) error {
	if err := s.db.logs.ready(s.space.narrow); err != nil {
		return err
	}
	if err := txn.CommitAt(at, nil); err != nil {
		return err
	}
	if s.mode == SyncNo || !syncsLogs {
		return nil
	}
	return s.db.wal.sync()
}

// room returns nil where the disk has room for what the next batch may make
// Badger write. Below the mark the store is down; above it, it is up again
// without more ado, because nothing was written meanwhile.
func (s *Store) room() error {
	_, cause := s.health.get()
	low := errors.Is(cause, ErrNoSpace)
	err := s.space.check(s.now())
	if err == nil {
		err = s.db.logs.ready(s.space.narrow)
	}
	if err != nil {
		if cause == nil || low {
			s.health.set(err, s.now())
		}
		return unavailable("refusing writes on a full disk", err)
	}
	if low {
		s.health.set(nil, s.now())
	}
	return nil
}

// saveCounts writes, below the mark, what was counted above it, as long as
// there is still some room: so that it is not lost should the process end.
func (s *Store) saveCounts() {
	if _, cause := s.health.get(); !errors.Is(cause, ErrNoSpace) || s.space.tight() {
		return
	}
	if err := s.reconcile(); err != nil {
		s.log.Error("could not save counts before the disk is full", zap.Error(err))
	}
}
