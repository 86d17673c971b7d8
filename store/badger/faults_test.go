package badger

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

var errDisk = errors.New("input/output error")

// The ways in which a commit can go wrong.
const (
	fine int32 = iota
	failBefore
	failAfter // the write is there, and nobody was told
	panicBefore
	panicAfter
)

// A faulty disk makes commits fail, and has a clock for the probes.
type faulty struct {
	mode    atomic.Int32
	from    atomic.Int64 // the first commit that fails; counted from 1
	commits atomic.Int64
	clock   atomic.Int64
}

// openFaulty opens a store on a disk that is fine for the time being.
func openFaulty(t *testing.T) (*Store, *faulty) {
	t.Helper()
	s, f := open(t, Options{Path: t.TempDir()}), &faulty{}
	s.commit, s.now = f.commit, func() time.Time { return time.Unix(0, f.clock.Load()) }
	f.pass(time.Hour)
	return s, f
}

func (f *faulty) pass(d time.Duration) { f.clock.Add(int64(d)) }

func (f *faulty) commit(txn *engine.Txn, at uint64) error {
	mode := f.mode.Load()
	if n := f.commits.Add(1); n < f.from.Load() {
		mode = fine
	}
	switch mode {
	case failBefore:
		return errDisk
	case panicBefore:
		panic(errDisk)
	}
	err := txn.CommitAt(at, nil)
	switch mode {
	case failAfter:
		return errDisk
	case panicAfter:
		panic(errDisk)
	}
	return err
}

func TestFailedCommitStopsWritesUntilTheDatabaseIsProved(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]int32{
		"an error":                 failBefore,
		"an error after the write": failAfter,
		"a panic":                  panicBefore,
		"a panic after the write":  panicAfter,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := openFaulty(t)
			a := store.Attempt{Link: kept(t, s, 1)[0]}
			before := s.db.engine

			f.mode.Store(mode)
			wantUnavailable(t, second(s.Use(t.Context(), a)))
			f.mode.Store(fine)

			commits := f.commits.Load()
			wantUnavailable(t, second(s.Use(t.Context(), a)))
			wantUnavailable(t, s.Create(t.Context(), store.Record{Token: store.Token{Link: store.NewLink()}}))
			wantUnavailable(t, s.Health(t.Context()))
			if f.commits.Load() != commits {
				t.Error("something was written within a second of the failure")
			}
			if _, err := s.Get(t.Context(), a.Link); err != nil {
				t.Errorf("reading is refused too: %v", err)
			}

			f.pass(probeEvery)
			d, err := s.Use(t.Context(), a)
			if err != nil || d.Counter != 2 {
				t.Fatalf("afterwards: got counter %d, error %v; want 2: the use that failed is spent", d.Counter, err)
			}
			if s.db.engine == before {
				t.Error("the database was not reopened")
			}
			if err := s.Health(t.Context()); err != nil {
				t.Errorf("Health: %v", err)
			}
		})
	}
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestHealthAloneBringsTheStoreBack(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	f.mode.Store(failBefore)
	wantUnavailable(t, s.Health(t.Context()))
	for range 5 {
		f.pass(probeEvery)
		commits := f.commits.Load()
		for range 10 {
			wantUnavailable(t, s.Health(t.Context()))
		}
		if n := f.commits.Load() - commits; n != 1 {
			t.Fatalf("%d probes in a second, want 1", n)
		}
	}
	f.mode.Store(fine)
	wantUnavailable(t, s.Health(t.Context()))
	f.pass(probeEvery)
	if err := s.Health(t.Context()); err != nil {
		t.Fatalf("Health: %v", err)
	}
}

func TestHealthNoticesAFailureThatNoUseHasMet(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	if err := s.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.mode.Store(failBefore)
	if err := s.Health(t.Context()); err != nil {
		t.Fatalf("a good probe does not last: %v", err)
	}
	f.pass(goodFor)
	wantUnavailable(t, s.Health(t.Context()))
}

func TestDatabaseThatCannotBeReopened(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	links := kept(t, s, 2)
	a, other := store.Attempt{Link: links[0]}, store.Attempt{Link: links[1]}
	good := s.db.options
	f.mode.Store(failBefore)
	wantUnavailable(t, second(s.Use(t.Context(), a)))
	f.mode.Store(fine)
	s.db.options.NumCompactors = 1 // which Badger refuses
	for range 3 {
		f.pass(probeEvery)
		wantUnavailable(t, second(s.Use(t.Context(), a)))
		wantUnavailable(t, second(s.Peek(t.Context(), other)))
		if d, err := s.Peek(t.Context(), a); err != nil || d.Counter != 1 {
			t.Errorf("what is in memory: got counter %d, error %v; want 1", d.Counter, err)
		}
		wantUnavailable(t, s.Health(t.Context()))
	}
	s.db.options = good
	f.pass(probeEvery)
	if d, err := s.Use(t.Context(), a); err != nil || d.Counter != 2 {
		t.Fatalf("afterwards: got counter %d, error %v; want 2", d.Counter, err)
	}
}

func TestStoreThatIsNotOpenCanBeClosed(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	f.mode.Store(failBefore)
	wantUnavailable(t, s.Health(t.Context()))
	f.mode.Store(fine)
	s.db.options.NumCompactors = 1
	f.pass(probeEvery)
	wantUnavailable(t, s.Health(t.Context()))
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// TestEveryCommitFailsOnce lets a busy store fail from its n-th commit on, for
// each n until nothing is left to fail, and counts: in memory, and what the
// next life finds.
func TestEveryCommitFailsOnce(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]int32{
		"an error":                 failBefore,
		"an error after the write": failAfter,
		"a panic":                  panicBefore,
		"a panic after the write":  panicAfter,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// 12 uses take 12 commits at most
			for n := int64(0); failFrom(t, mode, n) > 0; n++ {
				if n > 12 {
					t.Fatalf("uses fail although %d commits go well", n)
				}
			}
		})
	}
}

// failFrom has n commits go well and all others fail, and returns how many of
// 12 uses failed.
func failFrom(t *testing.T, mode int32, n int64) (unknown int64) {
	t.Helper()
	s, f := openFaulty(t)
	link := kept(t, s, 1)[0]
	f.from.Store(f.commits.Load() + n + 1)
	f.mode.Store(mode)
	var admitted, failed atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3 {
				switch d, err := s.Use(t.Context(), store.Attempt{Link: link}); {
				case err != nil:
					failed.Add(1)
				case d.Admitted():
					admitted.Add(1)
				}
			}
		})
	}
	all.Wait()
	f.mode.Store(fine)
	a, u := admitted.Load(), failed.Load()
	for _, counter := range []int64{counterOf(t, s, link), counterOf(t, again(t, s), link)} {
		if n == 0 && a > 0 || a > 4*n || counter < a || counter > a+u {
			t.Fatalf("commits fail from number %d on: %d admitted, %d unknown, counter %d", n+1, a, u, counter)
		}
	}
	return u
}

func counterOf(t *testing.T, s *Store, link string) int64 {
	t.Helper()
	r, err := s.Get(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	return r.Counter
}

// again closes s and opens its database again.
func again(t *testing.T, s *Store) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, Options{Path: s.db.options.Dir, Sync: s.mode})
}
