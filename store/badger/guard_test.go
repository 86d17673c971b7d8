package badger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// layered returns a store with some tables that a compaction can make one of,
// and its links, the i-th of which was used i times.
func layered(t *testing.T) (s *Store, links []string) {
	t.Helper()
	s = open(t, Options{Path: t.TempDir()})
	links = kept(t, s, 8)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	compact(t, Options{Path: s.db.options.Dir})
	s = open(t, Options{Path: s.db.options.Dir})
	if err := s.Health(t.Context()); err != nil { // writes
		t.Fatal(err)
	}
	return again(t, s), links
}

// flatten merges all tables while the committer, who would open the database
// again where that goes wrong, is busy.
func flatten(t *testing.T, s *Store) error {
	t.Helper()
	release := hold(t, s)
	defer release()
	return s.db.engine.Flatten(1)
}

// block takes the name of the table that would be made next.
func block(t *testing.T, s *Store) {
	t.Helper()
	tables, err := filesIn(s.db.options.Dir, ".sst")
	if err != nil || len(tables) == 0 {
		t.Fatalf("there are no tables: %v", err)
	}
	var last int
	if _, err := fmt.Sscanf(tables[len(tables)-1].Name(), "%d.sst", &last); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.db.options.Dir, fmt.Sprintf("%06d.sst", last+1)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantCounters reads all links; the i-th was used i times, and more.
func wantCounters(t *testing.T, s *Store, links []string, more int64) {
	t.Helper()
	for i, link := range links {
		if n := counterOf(t, s, link); n != int64(i)+more {
			t.Errorf("token %d: the counter is %d, want %d", i, n, int64(i)+more)
		}
	}
}

// Badger forgets that a table could not be made, and removed what was to be in
// it: a disk error or a lack of file descriptors cost the whole database.
func TestATableThatACompactionCannotMakeLosesNothing(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.ErrorLevel)
	s, links := layered(t)
	s.log = zap.New(core)
	before, _ := filesIn(s.db.options.Dir, ".sst")
	block(t, s)
	old := s.db.engine
	if err := flatten(t, s); !errors.Is(err, errTableMissing) {
		t.Fatalf("the compaction says %v, want errTableMissing", err)
	}
	for _, table := range before {
		if _, err := os.Stat(filepath.Join(s.db.options.Dir, table.Name())); err != nil {
			t.Errorf("a table that was there is gone: %v", err)
		}
	}
	for i, link := range links {
		d, err := s.Use(t.Context(), store.Attempt{Link: link})
		if err != nil || d.Counter != int64(i)+1 {
			t.Errorf("token %d: got counter %d, error %v; want %d", i, d.Counter, err, i+1)
		}
	}
	if s.db.engine == old || s.db.guard.trouble() != nil {
		t.Error("the database was not opened again")
	}
	if logs.Len() != 1 {
		t.Errorf("the log has %d errors, want one: %v", logs.Len(), logs.All())
	}
	if err := s.db.engine.Flatten(1); err != nil {
		t.Errorf("and now the compaction says: %v", err)
	}
	if s.Rollback() != nil {
		t.Error("it was taken for one that was set back")
	}
	wantCounters(t, again(t, s), links, 1)
}

// Until somebody asked for something, Badger tried to merge its tables again and
// again, and wrote all of them each time.
func TestADatabaseAtRestThatCannotMergeIsOpenedAgain(t *testing.T) {
	t.Parallel()
	s, links := layered(t)
	block(t, s)
	if err := flatten(t, s); !errors.Is(err, errTableMissing) {
		t.Fatalf("the compaction says %v, want errTableMissing", err)
	}
	eventually(t, "the database is opened again", func() bool {
		_, cause := s.health.get()
		return s.db.guard.trouble() == nil && cause == nil
	})
	wantCounters(t, s, links, 0)
}

func TestACompactionThatGoesWellIsLeftAlone(t *testing.T) {
	t.Parallel()
	s, links := layered(t)
	before, _ := filesIn(s.db.options.Dir, ".sst")
	if err := s.db.engine.Flatten(1); err != nil {
		t.Fatal(err)
	}
	if after, _ := filesIn(s.db.options.Dir, ".sst"); len(after) != 1 || len(before) < 2 {
		t.Fatalf("%d tables were made of %d, want 1 of some", len(after), len(before))
	}
	if err := s.db.guard.trouble(); err != nil {
		t.Error(err)
	}
	wantCounters(t, again(t, s), links, 0)
}

// The table was removed and its entry stayed: the database could not be opened
// any more.
func TestAnEntryThatCannotBeSyncedIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*testing.T, *Store) error{
		"a compaction": flatten,
		"a new table": func(t *testing.T, s *Store) error {
			if err := s.Health(t.Context()); err != nil { // writes
				t.Fatal(err)
			}
			return errors.Join(s.Close(), errDisk) // closing tries again until it goes well
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, links := layered(t)
			var syncs atomic.Int32
			s.db.guard.syncWith(func(f *os.File) error {
				if syncs.Add(1) == 1 {
					return errDisk
				}
				return f.Sync()
			})
			if err := change(t, s); !errors.Is(err, errDisk) || syncs.Load() == 0 {
				t.Fatalf("got %v, want the disk's error", err)
			}
			wantCounters(t, again(t, s), links, 0)
		})
	}
}

// TestNoFailureOfTheDiskCostsACount lets commits and syncs fail at random, and
// looks for every count in the next life.
func TestNoFailureOfTheDiskCostsACount(t *testing.T) {
	t.Parallel()
	for range 8 {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s, f := openFaulty(t)
			links := kept(t, s, 5)
			least, most := useWithFailures(t, s, f, links, seed)
			s = again(t, s)
			for i, link := range links {
				if n := counterOf(t, s, link); n < least[i] || n > most[i] {
					t.Errorf("token %d: the counter is %d, want %d to %d", i, n, least[i], most[i])
				}
			}
			if r := s.Rollback(); r != nil {
				t.Errorf("it was taken for one that was set back: %+v", r)
			}
		})
	}
}

// useWithFailures uses the links on a disk that fails now and then, and is well
// at the end. It returns between what their counters have to be; the i-th was
// used i times before.
func useWithFailures(t *testing.T, s *Store, f *faulty, links []string, seed uint64) (least, most []int64) {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 0))
	least, most = make([]int64, len(links)), make([]int64, len(links))
	for i := range links {
		least[i], most[i] = int64(i), int64(i)
	}
	sick := failSyncs(s)
	for range 10 {
		f.mode.Store(dice.Int32N(2*panicAfter + 2)) // half of them are fine
		sick.Store(dice.IntN(3) == 0)
		for i, link := range links {
			most[i]++
			if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err == nil && d.Admitted() {
				least[i]++
			}
		}
		if db := s.db.engine; db != nil && dice.IntN(4) == 0 {
			_ = db.Flatten(1) // it may fail
		}
		f.pass(probeEvery)
	}
	f.mode.Store(fine)
	sick.Store(false)
	return least, most
}

// failSyncs makes every second sync of the MANIFEST fail while it is set.
func failSyncs(s *Store) *atomic.Bool {
	var sick atomic.Bool
	var n atomic.Int64
	s.db.guard.syncWith(func(f *os.File) error {
		if sick.Load() && n.Add(1)%2 == 0 {
			return errDisk
		}
		return f.Sync()
	})
	return &sick
}

// syncWith puts another disk under a MANIFEST.
func (g *guard) syncWith(sync func(*os.File) error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sync = sync
}
