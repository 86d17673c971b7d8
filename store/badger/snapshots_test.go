package badger

import (
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func TestNothingIsDiscardedThatSomebodyReads(t *testing.T) {
	t.Parallel()
	var s snapshots
	if oldest := s.publish(5, nil); oldest != 5 {
		t.Fatalf("without readers: got %d, want 5", oldest)
	}
	first, second := s.enter(), s.enter()
	s.publish(6, nil)
	third := s.enter()
	if first != 5 || second != 5 || third != 6 {
		t.Fatalf("readers see %d, %d and %d; want 5, 5 and 6", first, second, third)
	}
	for _, c := range []struct {
		leaves uint64
		oldest uint64
	}{{5, 5}, {6, 5}, {5, 9}} {
		s.leave(c.leaves)
		if oldest := s.publish(9, nil); oldest != c.oldest {
			t.Fatalf("after one that saw %d has left: got %d, want %d", c.leaves, oldest, c.oldest)
		}
	}
	if len(s.readers) != 0 {
		t.Fatalf("%d readers are remembered that have left", len(s.readers))
	}
}

func TestReaderSeesOnePictureWhateverIsCompacted(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncNo})
	link := kept(t, s, 1)[0]
	i, _ := parseID(link)
	err := s.db.view(func(txn *engine.Txn) error {
		for range 20 {
			if _, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil {
				return err
			}
		}
		// So much that what was used is in tables, and these are merged.
		for range 500 {
			token := store.Token{Link: store.NewLink(), Data: make([]byte, 200<<10)}
			if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
				return err
			}
		}
		if err := s.db.engine.Flatten(1); err != nil {
			return err
		}
		if n, err := getCounter(txn, i); n != 0 || err != nil {
			t.Errorf("got counter %d, error %v; want 0, as it was", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDatabaseOfAnEarlierProgramIsTaken makes one as the first programs did:
// in Badger's plain mode.
func TestDatabaseOfAnEarlierProgramIsTaken(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir()}
	token := store.Token{Link: store.NewLink(), State: store.Enabled, Limit: 3}
	i, _ := parseID(token.Link)
	tamper(t, o, func(txn *engine.Txn) error { return set(txn, formatKey, []byte("1")) })
	d, err := draftRecords([]store.Record{{Token: token}})
	if err != nil {
		t.Fatal(err)
	}
	tamper(t, o, d.write)
	for n := range int64(2) {
		tamper(t, o, func(txn *engine.Txn) error { return set(txn, i.counterKey(), encodeCounter(n)) })
	}
	s := open(t, o)
	for want := int64(2); want <= 3; want++ {
		if d, err := s.Use(t.Context(), store.Attempt{Link: token.Link}); err != nil || d.Counter != want {
			t.Fatalf("got counter %d, error %v; want %d", d.Counter, err, want)
		}
	}
	// And back again: the earlier program finds what this one wrote.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, o, func(txn *engine.Txn) error {
		if n, err := getCounter(txn, i); n != 3 || err != nil {
			t.Errorf("in plain mode: got counter %d, error %v; want 3", n, err)
		}
		return set(txn, i.counterKey(), encodeCounter(1))
	})
	if n := counterOf(t, open(t, o), token.Link); n != 1 {
		t.Errorf("what plain mode wrote last is not seen: got counter %d, want 1", n)
	}
}
