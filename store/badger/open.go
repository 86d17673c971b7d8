package badger

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A Store keeps tokens in one directory, which it has to itself from [Open] to
// Close.
//
// Writes are durable, as [Options.Sync] says, when the call returns. When a
// commit fails its outcome is unknown: that call, and every write after it,
// fails with [store.ErrUnavailable] until the database was closed, opened and
// proved to take writes again, which a later call or [Store.Health] sees to.
// Reading goes on meanwhile.
type Store struct {
	log    *zap.Logger
	drain  drain
	db     *handle
	health health
	mark   mark
	space  *space

	mode  SyncMode
	live  *liveSet
	queue *queue

	journal journal

	// These are the committer's: tokens of which it is not known what the
	// database has, and what it could not write before the end.
	unsettled []id
	unwritten error

	ending    chan struct{} // closed when the committer has to end
	committed chan struct{} // closed when it has

	closing sync.Once

	// now paces the probes; no rule depends on it. commit commits, and backlog
	// counts the tables that wait to be merged. These are fields for tests to
	// replace.
	now        func() time.Time
	patience   time.Duration
	flushEvery time.Duration
	commit     func(txn *engine.Txn, at uint64) error
	backlog    func() int
}

// Open opens the database in o.Path, or makes one there. It fails with
// [ErrLocked], [ErrFormat], [ErrCorrupt], [ErrEncryptionKey] or [ErrNoSpace]
// where that is the reason, and then leaves what is kept there as it was.
// ErrCorrupt and ErrNoSpace come together with [store.ErrUnavailable].
func Open(o Options) (*Store, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	if err := prepareDir(o.Path); err != nil {
		return nil, notOpened(o.Path, err)
	}
	space, err := newSpace(o)
	if err != nil {
		return nil, notOpened(o.Path, err)
	}
	queue := newQueue()
	s := &Store{
		log:        o.Logger,
		db:         newHandle(o, space.memTable, queue.rouse),
		space:      space,
		mode:       o.Sync,
		live:       newLiveSet(o.LiveTokens, queue.later),
		queue:      queue,
		journal:    newJournal(o.LiveTokens),
		ending:     make(chan struct{}),
		committed:  make(chan struct{}),
		now:        time.Now,
		patience:   patience,
		flushEvery: flushEvery,
	}
	s.commit, s.backlog = s.commitDurably, s.db.backlog
	if err := s.openFirst(); err != nil {
		return nil, notOpened(o.Path, err)
	}
	if err = s.openMark(o); err == nil {
		err = s.replay()
	}
	if err != nil {
		return nil, notOpened(o.Path, errors.Join(err, s.db.close(), s.mark.close(false)))
	}
	// Verifying leaves as much behind as there is in the database; a gateway
	// that nobody asks anything would keep it.
	debug.FreeOSMemory()
	go s.commitLoop()
	return s, nil
}

// notOpened says that the database was not opened. Damage and a full disk are
// the store's own trouble; everything else is for the operator to set right.
func notOpened(path string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		err = fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNoSpace) {
		err = fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return fmt.Errorf("opening the store in %s: %w", path, err)
}

// Close implements [store.Store]. A second call that comes at the same time
// waits for the first.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		s.drain.shut()
		close(s.ending)
		<-s.committed
		err = s.unwritten
		if s.space.tight() {
			s.log.Error("the disk is full: the database is left as after a crash, and this process cannot open it again")
			err = errors.Join(err, s.mark.close(false))
			return
		}
		if closed := s.db.close(); closed != nil {
			err = errors.Join(err, fmt.Errorf("closing the database: %w", foreign(closed)))
		}
		if marked := s.mark.close(err == nil); marked != nil {
			err = errors.Join(err, fmt.Errorf("closing the mark: %w", marked))
		}
	})
	return err
}

// Interface guards.
var (
	_ store.Store      = (*Store)(nil)
	_ store.Rewindable = (*Store)(nil)
)
