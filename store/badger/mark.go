package badger

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A mark is a small file outside the database that says how far the database
// had come. Badger drops what it cannot read of its newest files without a
// word, and an old copy of the directory looks like any other database: in
// both cases counters are set back, and spent links open again. A database
// that is behind its mark is not charged from.
//
// Commits are numbered, and the highest number in the database never goes down
// by itself (see [trace]). Each commit is put down in the mark after it is
// written and before anybody is told of it. That is no more than a copy of 64
// bytes to the system's memory: the mark is synced once in a while.
//
// The mark must never be ahead of the database because of a crash alone, in no
// mode: an alarm that means nothing would soon be silenced. A killed process
// leaves both files as it wrote them. A power cut may bring back an older mark,
// which is no alarm; what it must not bring back is a mark that is newer than
// the database. In the modes that sync each commit the mark is written after
// that, so it is behind whatever happens. With [SyncNo] it may reach the disk
// before the database does: therefore it says in which run of the operating
// system it was written, and after another start only what was known to be on
// the disk counts. So a power cut is noticed never with SyncNo, which promises
// nothing for it; damage and old copies are noticed in all modes.
type mark struct {
	// noticed is what has to be accepted before limited tokens are charged.
	noticed atomic.Pointer[store.Rollback]

	log  *zap.Logger
	boot uint64

	// synced is set where commits are on disk when they are done.
	synced bool

	mu    sync.Mutex
	file  *os.File // nil where there is none
	last  slot     // as it was written, or should have been
	timer *time.Timer
	sick  bool // the last write has failed

	// accepting is held by the one who accepts a rollback.
	accepting sync.Mutex

	// places and owner are what the mark was opened for.
	places []string
	owner  identity
}

// markSyncEvery is how long a power cut may set the mark back, at most.
const markSyncEvery = time.Second

// advance puts down that the commit at is done. It is the committer's.
func (m *mark) advance(at uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.noticed.Load() != nil {
		// The mark goes on saying what the database had.
		return
	}
	m.last.had = at
	if m.synced {
		m.last.synced, m.last.joining = at, false
	}
	m.put()
	if m.synced && m.timer == nil && m.file != nil {
		m.timer = time.AfterFunc(markSyncEvery, m.sync)
	}
}

// put writes the next slot. A mark that cannot be written falls behind, which
// is no alarm: the log says it once. The caller holds the lock.
func (m *mark) put() {
	if m.file == nil {
		return
	}
	m.last.turn++
	m.last.boot = m.boot
	_, err := m.file.WriteAt(m.last.encode(), int64(m.last.turn%2)*slotGap)
	m.complain(err)
}

func (m *mark) complain(err error) {
	if err != nil && !m.sick {
		m.log.Error("the mark cannot be written: a database that is set back may not be noticed", zap.Error(err))
	}
	m.sick = err != nil
}

// sync makes the mark durable while commits go on.
func (m *mark) sync() {
	m.mu.Lock()
	file := m.file
	m.timer = nil
	m.mu.Unlock()
	if file == nil {
		return
	}
	if err := file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.complain(err)
	}
}

// had returns the last commit that was put down.
func (m *mark) had() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last.had
}

// replace takes file, which says s, for the mark.
func (m *mark) replace(file *os.File, s slot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file != nil {
		_ = m.file.Close()
	}
	m.file, m.last = file, s
}

// close lets go of the file. Where settled is set, all that was committed is
// on disk now, in every mode.
func (m *mark) close(settled bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
	if m.file == nil {
		return nil
	}
	if settled && m.noticed.Load() == nil {
		m.last.synced, m.last.joining = m.last.had, false
		m.put()
	}
	err := errors.Join(m.file.Sync(), m.file.Close())
	m.file = nil
	return err
}
