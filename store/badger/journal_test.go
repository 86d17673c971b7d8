package badger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// together uses tokens at once, so that they share a batch.
func together(t *testing.T, s *Store, links ...string) {
	t.Helper()
	release := hold(t, s)
	var all sync.WaitGroup
	for _, link := range links {
		all.Go(func() {
			if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || !d.Admitted() {
				t.Errorf("Use: reason %q, error %v", d.Reason, err)
			}
		})
	}
	eventually(t, "all wait", func() bool { return waiters(s.queue) == len(links) })
	release()
	all.Wait()
}

// inCommitter runs do where nothing is being committed.
func inCommitter(t *testing.T, s *Store, do func()) {
	t.Helper()
	if err := s.submit(t.Context(), &op{run: func(*engine.Txn) error { do(); return nil }}); err != nil {
		t.Fatal(err)
	}
}

// stopClock lets a store see the time pass as far as later is set.
func stopClock(t *testing.T, s *Store) (later *atomic.Int64) {
	t.Helper()
	begin := time.Now()
	later = new(atomic.Int64)
	inCommitter(t, s, func() { s.now = func() time.Time { return begin.Add(time.Duration(later.Load())) } })
	return later
}

// inJournal opens a store whose journal never rests.
func inJournal(t *testing.T, o Options) (*Store, world) {
	t.Helper()
	o.Path = filepath.Join(t.TempDir(), "db")
	s := open(t, o)
	stopClock(t, s)
	return s, world{options: o}
}

// crashed opens the store as a kill of s just now would leave it.
func (w world) crashed(t *testing.T, s *Store) *Store {
	t.Helper()
	return open(t, w.killed(t, s).options)
}

// killed is the world as a kill of s just now would leave it.
func (w world) killed(t *testing.T, s *Store) world {
	t.Helper()
	defer hold(t, s)()
	return w.torn(t)
}

// torn is the same of a store that commits nothing: a copy during which Badger
// made or removed no file.
func (w world) torn(t *testing.T) world {
	t.Helper()
	from := filepath.Dir(w.options.Path)
	eventually(t, "Badger makes no files", func() bool {
		before, err := os.ReadDir(w.options.Path)
		to := filepath.Join(t.TempDir(), "copy")
		err = errors.Join(err, copyTree(from, to))
		after, gone := os.ReadDir(w.options.Path)
		if err != nil || gone != nil || fmt.Sprint(before) != fmt.Sprint(after) {
			return false
		}
		w.options.Path = filepath.Join(to, filepath.Base(w.options.Path))
		return true
	})
	return w
}

func limitedTokens(t *testing.T, s *Store, n int) []string {
	t.Helper()
	links := make([]string, n)
	for i := range links {
		links[i] = limitedTo(t, s, 1_000_000)
	}
	return links
}

func wantCounts(t *testing.T, s *Store, want int64, links ...string) {
	t.Helper()
	for n, link := range links {
		if got := counterOf(t, s, link); got != want {
			t.Errorf("token %d: got counter %d, want %d", n, got, want)
		}
	}
}

func TestUsesOfManyTokensAreOneValue(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{})
	links := limitedTokens(t, s, 20)
	for range 3 {
		together(t, s, links...)
	}
	for _, link := range links {
		if n := inDatabase(t, s, link); n != 0 {
			t.Fatalf("a counter of a shared batch was written by itself: %d", n)
		}
	}
	next := w.crashed(t, s)
	wantCounts(t, next, 3, links...)
	together(t, next, links...)
	wantCounts(t, next, 4, links...)
	wantCounts(t, again(t, next), 4, links...)
}

// TestTheJournalForgetsNothingWhenItComesRound uses tokens once, and then others
// until what was noted of the first has been overwritten.
func TestTheJournalForgetsNothingWhenItComesRound(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{Sync: SyncNo})
	once, often := limitedTokens(t, s, 6), limitedTokens(t, s, 4)
	together(t, s, append(once, often...)...)
	for range journalLen {
		together(t, s, often...)
	}
	next := w.crashed(t, s)
	wantCounts(t, next, 1, once...)
	wantCounts(t, next, journalLen+1, often...)
}

// TestAJournalThatIsFullMakesRoom uses more tokens than may wait in it.
func TestAJournalThatIsFullMakesRoom(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{Sync: SyncNo, LiveTokens: journalLen * journalShare})
	links := limitedTokens(t, s, 3*journalLen)
	for rest := links; len(rest) > 0; rest = rest[32:] {
		together(t, s, rest[:32]...)
		inCommitter(t, s, func() {
			if s.journal.held > s.journal.most {
				t.Errorf("%d tokens wait in the journal, want %d at most", s.journal.held, s.journal.most)
			}
		})
	}
	wantCounts(t, w.crashed(t, s), 1, links...)
}

func TestATokenThatOnlyTheJournalHasStaysInMemory(t *testing.T) {
	t.Parallel()
	s, _ := inJournal(t, Options{LiveTokens: journalLen * journalShare})
	links := limitedTokens(t, s, 8)
	together(t, s, links...)
	for _, link := range kept(t, s, 2*journalLen*journalShare) {
		counterOf(t, s, link)
	}
	together(t, s, links...)
	wantCounts(t, s, 2, links...)
}

func TestADeletedTokenDoesNotComeBackFromTheJournal(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{})
	links := limitedTokens(t, s, 5)
	for range 5 {
		together(t, s, links...)
	}
	for _, link := range links {
		if err := s.Delete(t.Context(), link); err != nil {
			t.Fatal(err)
		}
	}
	made := store.Record{Token: store.Token{Link: links[0], State: store.Enabled, Limit: 9}, Counter: 2}
	if err := s.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	next := w.crashed(t, s)
	wantCounts(t, next, 2, links[0])
	for _, link := range links[1:] {
		wantUnknown(t, next, link)
	}
}

func wantUnknown(t *testing.T, s *Store, link string) {
	t.Helper()
	if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || d.Reason != store.Unknown {
		t.Errorf("got reason %q, error %v; want %q", d.Reason, err, store.Unknown)
	}
}

func TestAJournalAtRestHoldsNothing(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir()}
	s := open(t, o)
	links := limitedTokens(t, s, 8)
	together(t, s, links...)
	eventually(t, "the counters are at home", func() bool {
		for _, link := range links {
			if inDatabase(t, s, link) != 1 {
				return false
			}
		}
		return true
	})
	eventually(t, "nothing waits any more", func() (empty bool) {
		inCommitter(t, s, func() { empty = s.journal.held == 0 })
		return empty
	})
}

// TestACountThatDoesNotFitIsWrittenAllTheSame has a batch whose changes leave no
// room in the transaction: the first count beyond it was taken for written.
func TestACountThatDoesNotFitIsWrittenAllTheSame(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{})
	links := limitedTokens(t, s, 3)
	release := hold(t, s)
	var all sync.WaitGroup
	all.Go(func() {
		err := s.submit(t.Context(), &op{run: func(txn *engine.Txn) error {
			for n := 0; txn.Set(fmt.Appendf(nil, "z/%d", n), nil) == nil; n++ {
			}
			return nil
		}})
		if err != nil {
			t.Errorf("the change: %v", err)
		}
	})
	for _, link := range links {
		all.Go(func() {
			if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || !d.Admitted() {
				t.Errorf("Use: reason %q, error %v", d.Reason, err)
			}
		})
	}
	eventually(t, "all wait", func() bool { return waiters(s.queue) == len(links)+1 })
	release()
	all.Wait()
	wantCounts(t, w.crashed(t, s), 1, links...)
}

// TestCrashesFindEveryCount does things to a few tokens in any order, and looks
// after each of them, and after crashes, whether the counts are those of a model.
func TestCrashesFindEveryCount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := newJournalModel(t, seed)
			do := []func(){m.together, m.together, m.aLot, m.alone, m.giveBack, m.change, m.renew, m.rest, m.stop, m.crash, m.fail, m.failAndCrash}
			for range 50 {
				do[m.rand.IntN(len(do))]()
				for link, n := range m.used {
					wantCounts(t, m.s, n, link)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestATokenOfTheJournalIsNotFlushedForEver flushes tokens that are used in the
// same batch: that the journal has their counts is no reason to flush them again.
func TestATokenOfTheJournalIsNotFlushedForEver(t *testing.T) {
	t.Parallel()
	s, w := inJournal(t, Options{})
	links := limitedTokens(t, s, journalLeast)
	together(t, s, links...)
	inCommitter(t, s, func() {
		b := newBatch()
		for _, link := range links {
			i, _ := parseID(link)
			e := s.live.shard(i).get(i)
			e.mu.Lock()
			e.count()
			e.batch, e.listed = b, true
			e.mu.Unlock()
			b.entries, b.lazy = append(b.entries, e), append(b.lazy, e)
		}
		s.settle(b, nil, true)
		s.release(b)
		if n := s.queue.lazies(); n != 0 {
			t.Errorf("%d tokens wait for another flush", n)
		}
	})
	wantCounts(t, w.crashed(t, s), 2, links...)
}
