package badger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	_ "unsafe" // for go:linkname

	engine "github.com/dgraph-io/badger/v4"
)

// A guard keeps a disk that fails from costing the tables of a database.
//
// Badger enters a table that it has made in its MANIFEST, syncs that, and then
// removes what the table replaces. Two failures go wrong there. Where the sync
// fails, the new table is removed and its entry stays: the database cannot be
// opened any more. Where a compaction cannot make one of its tables, because of
// the disk or for want of a free file descriptor, Badger loses sight of that
// error, and removes the only copy of what was to be in it.
//
// So the guard takes the place of that sync. It takes an entry back that is
// not on disk or not complete, before it does harm: the old tables stay, and
// the committer opens the database again (see [Store.mend]).
type guard struct {
	path  string // of the MANIFEST
	sync  func(*os.File) error
	alarm func() // tells the committer, who may be waiting for work

	mu     sync.Mutex
	tables reckonings // that compactors should have made
	broken error      // why an entry was taken back
}

// errTableMissing is the cause where a compaction did not make all its tables.
var errTableMissing = errors.New("a compaction could not make a table")

func newGuard(dir string, alarm func()) *guard {
	g := &guard{path: filepath.Join(dir, engine.ManifestFilename), sync: (*os.File).Sync, alarm: alarm}
	g.tables.reset()
	return g
}

// engineSync is what Badger calls to sync a MANIFEST, and nothing else.
//
//go:linkname engineSync github.com/dgraph-io/badger/v4.syncFunc
var engineSync func(*os.File) error

// guards are those of the databases that are open, by path. There is one of
// Badger's function, so there is one of these.
var guards sync.Map

func init() {
	unguarded := engineSync
	engineSync = func(f *os.File) error {
		if g, ok := guards.Load(f.Name()); ok {
			return g.(*guard).entered(f)
		}
		return unguarded(f)
	}
}

// opening is to be called before the database is opened. Where another store
// has it open, that one's guard stays.
func (g *guard) opening() {
	guards.LoadOrStore(g.path, g)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tables.reset()
	g.broken = nil
}

// opened says that the database is open, and so nobody else's.
func (g *guard) opened() { guards.Store(g.path, g) }

// closed says that it is not, or could not be opened.
func (g *guard) closed() { guards.CompareAndDelete(g.path, g) }

// trouble returns why the database has to be opened again, or nil.
func (g *guard) trouble() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.broken
}

// heard listens to Badger, which tells of each table that a compaction is
// about to make, and of each compaction that has failed.
func (g *guard) heard(format string, args []any) {
	if g == nil || len(args) < 2 {
		return
	}
	switch {
	case strings.HasPrefix(format, "[%d] LOG Compact. Added %d keys."):
		if keys, ok := args[1].(uint64); ok && keys > 0 {
			g.mu.Lock()
			g.tables.made(args[0])
			g.mu.Unlock()
		}
	case strings.HasPrefix(format, "[Compactor: %d] LOG Compact FAILED"):
		g.mu.Lock()
		g.tables.failed(args[0])
		g.mu.Unlock()
	}
}

// entered syncs the entry at the end of a MANIFEST, or takes it back.
func (g *guard) entered(f *os.File) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	last, err := lastManifestEntry(f)
	if err != nil {
		return errors.Join(err, g.sync(f))
	}
	if last.removes > 0 {
		err = g.complete(last.adds)
	}
	if err == nil {
		err = g.sync(f)
	}
	if err == nil || last.rewritten {
		return err
	}
	g.broken = err
	g.alarm()
	return errors.Join(err, takeBack(f, last.start))
}

// complete returns an error unless some compactor should have made that many
// tables.
func (g *guard) complete(tables int) error {
	if g.broken != nil {
		// What Badger has in mind is no longer what it has on disk.
		return fmt.Errorf("not before the database is opened again: %w", g.broken)
	}
	if !g.tables.entered(tables) {
		return errTableMissing
	}
	return nil
}

// takeBackTries is how often that is tried, on a disk that fails after all.
const takeBackTries = 50

// takeBack cuts a MANIFEST off where its last entry begins.
func takeBack(f *os.File, start int64) (err error) {
	for range takeBackTries {
		if err = f.Truncate(start); err == nil {
			_, err = f.Seek(start, 0)
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("taking an entry back: %w", err)
}
