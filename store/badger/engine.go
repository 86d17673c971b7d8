package badger

import (
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	engine "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// A handle holds the open database. Only the committer replaces it, so the
// committer alone may use it without the lock.
type handle struct {
	options engine.Options
	logs    *spareLog
	wal     *logSync
	guard   *guard
	mu      sync.RWMutex
	engine  *engine.DB // nil after a failed reopening

	snapshots snapshots
	places    places
	version   uint64 // of the last commit that was tried; the committer's
}

// newHandle readies what opens the database. alarm is called when it has to be
// opened again.
func newHandle(o Options, memTable int64, alarm func()) *handle {
	g, l := newGuard(o.Path, alarm), newLogger(o.Logger)
	l.guard = g
	return &handle{
		options: engineOptions(o).WithMemTableSize(memTable).WithLogger(l),
		logs:    newSpareLog(o.Path, memTable),
		wal:     &logSync{dir: o.Path},
		guard:   g,
		places:  places{length: stretchLen, most: mostStretches},
	}
}

// errNotOpen is the cause where a database could not be opened again.
var errNotOpen = errors.New("database is not open")

// view runs read on a consistent picture of the database. A panic becomes an
// error: Badger panics on some damaged files.
func (h *handle) view(read func(*engine.Txn) error) (err error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.engine == nil {
		return errNotOpen
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic while reading: %T", ErrCorrupt, r)
		}
	}()
	// So that a file that cannot be read, or has become shorter, ends this
	// call and not the process.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	at := h.snapshots.enter()
	defer h.snapshots.leave(at)
	txn := h.engine.NewTransactionAt(at, false)
	defer txn.Discard()
	return read(txn)
}

// adopt makes db the open database and all that is in it visible.
func (h *handle) adopt(db *engine.DB) {
	h.engine = db
	h.places.forget()
	if db != nil {
		h.version = db.MaxVersion()
		h.published(h.version, nil)
	}
}

// nextCommit returns the version for the next commit. None is used twice, not
// even that of a commit that failed.
func (h *handle) nextCommit() uint64 {
	h.version++
	return h.version
}

// published lets readers see the commit at. See [snapshots.publish].
func (h *handle) published(at uint64, apply func()) {
	h.engine.SetDiscardTs(h.snapshots.publish(at, apply))
}

// reopen closes the database and opens it again, with all readers kept out.
// Closing writes what is in memory into new files.
func (h *handle) reopen() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.engine != nil {
		h.logs.drop()
		h.wal.drop()
		err := h.engine.Close()
		h.engine = nil
		if err != nil {
			return fmt.Errorf("closing the database: %w", foreign(err))
		}
	}
	return h.open()
}

// open opens the database, with room for what it will log.
func (h *handle) open() error {
	if err := h.logs.sweep(); err != nil {
		return err
	}
	h.guard.opening()
	db, err := openEngine(h.options)
	if err != nil {
		h.guard.closed()
		return err
	}
	h.guard.opened()
	h.adopt(db)
	return nil
}

func (h *handle) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.guard.closed()
	if h.engine == nil {
		return nil
	}
	h.logs.drop()
	h.wal.drop()
	return h.engine.Close()
}

// openEngine opens Badger and returns nil and an error unless all of it can be
// read and is ours.
func openEngine(o engine.Options) (*engine.DB, error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tables, err := checkManifest(o)
	if err != nil {
		return nil, err
	}
	if tables {
		if err := verify(o); err != nil {
			return nil, err
		}
	}
	db, err := openRaw(o)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(db, tables); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// lockTries is how often a lock is tried that somebody has: a program that this
// process just starts has a copy of it for a moment.
const lockTries = 5

// waitForLock is the pause between two tries.
func waitForLock() { time.Sleep(20 * time.Millisecond) }

func openRaw(o engine.Options) (db *engine.DB, err error) {
	for range lockTries {
		if db, err = tryOpen(o); !errors.Is(err, ErrLocked) && !halfMade(err) {
			break
		}
		waitForLock()
	}
	return db, err
}

// halfMade reports whether the process was killed just when Badger had made a
// new log, and before it had any size. Nothing was ever written there, and the
// try that stumbled over it has finished making it.
func halfMade(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Create a new file")
}

func tryOpen(o engine.Options) (db *engine.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("%w: panic while opening: %T", ErrCorrupt, r)
		}
	}()
	db, err = engine.OpenManaged(o)
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, engine.ErrEncryptionKeyMismatch):
		return nil, ErrEncryptionKey
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return nil, locked(o.Dir)
	case damaged.MatchString(err.Error()):
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, foreign(err))
	}
	return nil, fmt.Errorf("opening the database: %w", foreign(err))
}

// damaged matches what Badger says of files that it cannot make sense of. It
// wraps no error that could be matched.
var damaged = regexp.MustCompile(`(?i)checksum|opening table|does not exist for table|level validation|manifest`)

// engineOptions tune Badger for a proxy that shares its machine, not for a
// database server that has one to itself.
func engineOptions(o Options) engine.Options {
	e := engine.DefaultOptions(o.Path).
		WithLogger(newLogger(o.Logger)).
		WithSyncWrites(o.Sync != SyncNo && !syncsLogs).
		WithNumVersionsToKeep(1).
		// One writer has nobody to conflict with.
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		// Tables are read from the page cache: without compression they need
		// no cache of their own.
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		// A block that was damaged after opening is an error, not a value.
		WithChecksumVerificationMode(options.OnBlockRead).
		WithMemTableSize(memTableSize).
		WithNumMemtables(2).
		WithNumLevelZeroTables(mergeFrom).
		WithNumLevelZeroTablesStall(mergeStall).
		WithNumCompactors(2).
		WithBaseTableSize(tableSize).
		// Nothing is large enough for the value log.
		WithValueThreshold(1 << 20).
		WithValueLogFileSize(1 << 20)
	// A merge holds a dozen new tables in memory: they stay small on all levels.
	e.TableSizeMultiplier = 1
	if len(o.EncryptionKey) > 0 {
		// Badger panics without either.
		e = e.WithEncryptionKey(o.EncryptionKey).WithBlockCacheSize(64 << 20).WithIndexCacheSize(8 << 20)
	}
	return e
}

// tableSize is that of the files of a large database: one of two gigabytes has
// 250 of them open.
const tableSize = 8 << 20

// memTableSize bounds what is replayed after a crash (0.2 s) and, at 15 %,
// what one call can write.
const memTableSize = 16 << 20

// smallMemTable is the same where the file system is small. It has to be large
// enough for [engine.Options.ValueThreshold].
const smallMemTable = 8 << 20
