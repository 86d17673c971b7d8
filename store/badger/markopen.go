package badger

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"slices"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// openMark compares the database that was just opened with its mark, and makes
// the mark of one that never had any. What it notices is no error: the store
// opens, and refuses what it must not do.
func (s *Store) openMark(o Options) error {
	m := &s.mark
	m.log, m.boot, m.synced, m.places = o.Logger, thisBoot(), o.Sync != SyncNo, markPlaces(o)
	err := s.db.view(func(txn *engine.Txn) (err error) {
		m.owner, err = readIdentity(txn)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the identity: %w", err)
	}
	if place, found := standing(m.places, m.owner.Mark); found {
		return s.checkMark(place)
	}
	return s.missMark()
}

// checkMark opens the mark and looks whether the database is what it says.
func (s *Store) checkMark(place string) error {
	who := s.mark.owner
	had, last, why := s.mark.read(place)
	switch {
	case who.SetBack != nil:
		s.notice(place, *who.SetBack)
	case why != "":
		s.notice(place, store.Rollback{Why: why})
	case who.ID == "" && last.joining:
		// The very first opening was interrupted. No use was answered in it.
		return s.join(place, last)
	case who.ID == "" || who.owner() != last.owner:
		s.notice(place, store.Rollback{Why: "its mark is that of another database", Had: had})
	case s.db.version < had:
		s.notice(place, store.Rollback{Why: "its newest commits are gone", Had: had})
	case who.Mark != place:
		who.Mark = place
		return s.keepIdentity(who)
	}
	return nil
}

// read opens the mark, and says why it is of no use where it is of none. had is
// the commit that the database must have.
func (m *mark) read(place string) (had uint64, last slot, why string) {
	f, err := os.OpenFile(place, os.O_RDWR, 0)
	if err != nil {
		return 0, slot{}, "its mark cannot be opened: " + err.Error()
	}
	last, err = readMark(f)
	m.replace(f, last)
	if err != nil {
		return 0, slot{}, "its mark " + err.Error()
	}
	return last.least(m.boot), last, ""
}

// missMark makes the mark where there is none.
func (s *Store) missMark() error {
	m, who := &s.mark, s.mark.owner
	switch {
	case who.SetBack != nil:
		s.notice(who.Mark, *who.SetBack)
		return nil
	case slices.Contains(m.places, who.Mark):
		s.notice(who.Mark, store.Rollback{Why: "its mark is gone"})
		return nil
	}
	last := slot{joining: who.ID == "", owner: who.owner(), had: s.db.version}
	if last.joining {
		_, _ = rand.Read(last.owner[:]) // never fails
	} else {
		m.log.Warn("the database has another place and no mark there: whether it is an old copy cannot be told",
			zap.String("mark_was", who.Mark))
	}
	f, place, err := createMarkIn(m.places, last)
	if err != nil {
		// Nothing is lost, so it is not kept: another try may go well.
		m.refuse(store.Rollback{Why: err.Error(), Has: s.db.version}, m.places[0])
		return nil
	}
	m.replace(f, last)
	return s.join(place, last)
}

// join tells the database of its mark, and then the mark that it was told: in
// this order a crash in between is not taken for a loss.
func (s *Store) join(place string, last slot) error {
	err := s.keepIdentity(identity{ID: hex.EncodeToString(last.owner[:]), Mark: place})
	if err != nil {
		return err
	}
	m := &s.mark
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last.joining, m.last.had, m.last.synced = false, s.db.version, s.db.version
	m.put()
	return m.file.Sync()
}
