package badger

import (
	"fmt"
	"sync"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

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
