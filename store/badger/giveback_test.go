package badger

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func givenBack(t *testing.T, s *Store, d store.Decision) {
	t.Helper()
	if err := s.GiveBack(t.Context(), d); err != nil {
		t.Fatalf("GiveBack: %v", err)
	}
}

func charged(t *testing.T, s *Store, link string) store.Decision {
	t.Helper()
	d, err := s.Use(t.Context(), store.Attempt{Link: link})
	if err != nil || !d.Admitted() {
		t.Fatalf("Use: reason %q, error %v", d.Reason, err)
	}
	return d
}

func TestDatabaseNeverHasLessThanWasUsedAndNotGivenBack(t *testing.T) {
	t.Parallel()
	for _, mode := range []SyncMode{SyncAlways, SyncEverySecond, SyncNo} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{Path: t.TempDir(), Sync: mode})
			link := kept(t, s, 1)[0]
			i, _ := parseID(link)
			var mine []store.Decision
			for range 300 {
				if len(mine) > 0 && rand.IntN(2) == 0 {
					givenBack(t, s, mine[len(mine)-1])
					mine = mine[:len(mine)-1]
				} else {
					mine = append(mine, charged(t, s, link))
				}
				if rand.IntN(50) == 0 { // the lower count gets written now and then
					time.Sleep(flushEvery)
				}
				r, err := s.readID(i)
				if used := int64(len(mine)); err != nil || r.counter < used || r.counter > 1000 {
					t.Fatalf("the database has %d with %d uses not given back, error %v", r.counter, used, err)
				}
			}
			givenBack(t, s, charged(t, s, link))
			eventually(t, "the database has the lower count", func() bool {
				r, err := s.readID(i)
				return err == nil && r.counter == int64(len(mine))
			})
			if n := counterOf(t, again(t, s), link); n != int64(len(mine)) {
				t.Fatalf("after a graceful stop: got %d, want %d", n, len(mine))
			}
		})
	}
}

// TestUseThatWaitsTakesThePlaceOfOneThatIsGivenBack gives a use back while the
// next one waits for the disk, which then has nothing new to write for it.
func TestUseThatWaitsTakesThePlaceOfOneThatIsGivenBack(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	links := kept(t, s, 2)
	first := charged(t, s, links[0])
	writing, proceed := holdCommits(s)
	busy, waiting := make(chan error, 1), make(chan error, 1)
	go func() { busy <- second(s.Use(t.Context(), store.Attempt{Link: links[1]})) }()
	<-writing
	go func() { waiting <- second(s.Use(t.Context(), store.Attempt{Link: links[0]})) }()
	eventually(t, "the next use waits", func() bool { return waiters(s.queue) == 1 })
	givenBack(t, s, first)
	close(proceed)
	for _, err := range []error{<-busy, <-waiting} {
		if err != nil {
			t.Errorf("a use failed: %v", err)
		}
	}
	if n := counterOf(t, again(t, s), links[0]); n != 1 {
		t.Errorf("the next life has counter %d, want 1", n)
	}
}

// TestWhatIsBeingTakenBackIsNotHandedOut uses a token while its lower count is
// on its way to the disk: what that replaces must not make the use durable.
func TestWhatIsBeingTakenBackIsNotHandedOut(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := kept(t, s, 1)[0]
	d := charged(t, s, link)
	writing, proceed := holdCommits(s)
	givenBack(t, s, d)
	<-writing
	used := make(chan error, 1)
	go func() { used <- second(s.Use(t.Context(), store.Attempt{Link: link})) }()
	select {
	case <-used:
		t.Error("a use was answered that the database is about to forget")
		used <- nil
	case <-time.After(50 * time.Millisecond):
	}
	close(proceed)
	if err := <-used; err != nil {
		t.Error(err)
	}
	if n := counterOf(t, again(t, s), link); n != 1 {
		t.Errorf("the next life has counter %d, want 1", n)
	}
}

func TestUseOfUnknownOutcomeStaysSpentWhenAnotherIsGivenBack(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := kept(t, s, 1)[0]
	d := charged(t, s, link)
	commit := s.commit
	s.commit = func(*engine.Txn, uint64) error { return errDisk }
	if _, err := s.Use(t.Context(), store.Attempt{Link: link}); err == nil {
		t.Fatal("a use was answered that was not written")
	}
	givenBack(t, s, d)
	s.commit = commit
	if n := counterOf(t, again(t, s), link); n != 1 {
		t.Errorf("the next life has counter %d, want 1: the use of unknown outcome", n)
	}
}

// giveBack gives the use d back. That its token was deleted meanwhile is no
// failure.
func (w *witness) giveBack(t *testing.T, s *Store, d store.Decision) {
	e := event{back: true, begin: w.tick.Add(1)}
	e.version, _ = strconv.Atoi(d.Token.RID)
	switch err := s.GiveBack(t.Context(), d); {
	case err == nil:
		e.known = true
	case !errors.Is(err, store.ErrNotFound):
		t.Errorf("giving a use back: %v", err)
	}
	e.end = w.tick.Add(1)
	w.add(e)
}
