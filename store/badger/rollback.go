package badger

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// notice refuses limited tokens from now on, over restarts too.
func (s *Store) notice(place string, r store.Rollback) {
	who := s.mark.owner
	kept := who.SetBack != nil
	if !kept {
		r.Has, r.Since = s.db.version, time.Now().UTC()
	}
	s.mark.refuse(r, place)
	if kept {
		return
	}
	if who.ID == "" {
		var id [16]byte
		_, _ = rand.Read(id[:]) // never fails
		who.ID = hex.EncodeToString(id[:])
	}
	who.Mark, who.SetBack = place, &r
	if err := s.keepIdentity(who); err != nil {
		s.log.Error("that the database was set back cannot be kept in it", zap.Error(err))
	}
}

// refuse says what was noticed, in a line for the operator.
func (m *mark) refuse(r store.Rollback, place string) {
	m.noticed.Store(&r)
	m.log.Error("the database was set back: uses of tokens with a limit are refused until that is accepted "+
		"with `caddy linkgate accept-rollback`; uses that are missing from the counters can be made again then",
		zap.String("why", r.Why), zap.String("mark", place), zap.Uint64("had", r.Had), zap.Uint64("has", r.Has))
}

// remark looks whether a database that was opened again has all that was
// answered. It is the committer's.
func (s *Store) remark() {
	if had := s.mark.had(); s.mark.noticed.Load() == nil && s.db.version < had {
		s.notice(s.mark.owner.Mark, store.Rollback{Why: "its newest commits are gone since it was opened again", Had: had})
	}
}

// allow returns an error where tokens with a limit must not be charged.
func (m *mark) allow() error {
	r := m.noticed.Load()
	if r == nil {
		return nil
	}
	return fmt.Errorf("%w: %w: %s: see `caddy linkgate accept-rollback`", store.ErrUnavailable, store.ErrRolledBack, r.Why)
}

// allows returns an error where t must not be charged.
func (m *mark) allows(t *store.Token) error {
	if t.Limit == store.NoLimit {
		return nil
	}
	return m.allow()
}

// Rollback implements [store.Rewindable].
func (s *Store) Rollback() *store.Rollback { return s.mark.noticed.Load() }

// AcceptRollback implements [store.Rewindable]. The mark is made anew and says
// from then on what the database has now.
func (s *Store) AcceptRollback(ctx context.Context) (store.Rollback, error) {
	if err := s.drain.enter(); err != nil {
		return store.Rollback{}, err
	}
	defer s.drain.leave()
	m := &s.mark
	m.accepting.Lock()
	defer m.accepting.Unlock()
	r := m.noticed.Load()
	if r == nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w: none was noticed", store.ErrNotFound)
	}
	if err := s.restart(ctx); err != nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w", err)
	}
	m.noticed.Store(nil)
	return *r, nil
}

// restart makes a new mark and tells the database of it. Until both is done
// the next opening refuses as this one does.
func (s *Store) restart(ctx context.Context) error {
	m := &s.mark
	at := s.db.snapshots.enter()
	s.db.snapshots.leave(at)
	who := identity{}
	if err := s.db.view(func(txn *engine.Txn) (err error) { who, err = readIdentity(txn); return err }); err != nil {
		return unavailable("reading the identity", err)
	}
	next := slot{owner: who.owner(), had: at, joining: who.ID == ""}
	if next.joining {
		_, _ = rand.Read(next.owner[:]) // never fails
	}
	if m.synced {
		next.synced = at
	}
	f, place, err := createMarkIn(m.places, next)
	if err != nil {
		return unavailable("making the mark", err)
	}
	m.replace(f, next)
	who = identity{ID: hex.EncodeToString(next.owner[:]), Mark: place}
	return s.submit(ctx, &op{
		run:     func(txn *engine.Txn) error { return writeIdentity(txn, who) },
		applied: func() { m.owner = who },
	})
}
