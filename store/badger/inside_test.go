package badger

import (
	"errors"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// open opens a store that is closed when the test ends.
func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// kept makes n tokens, the i-th of which was used i times, and returns their
// links.
func kept(t testing.TB, s *Store, n int) []string {
	t.Helper()
	links := make([]string, n)
	for i := range links {
		links[i] = store.NewLink()
		token := store.Token{Link: links[i], RID: "rid", Issuer: "iss", State: store.Enabled, Limit: 1000, Created: time.Now()}
		if err := s.Create(t.Context(), store.Record{Token: token, Counter: int64(i)}); err != nil {
			t.Fatalf("Create: %v", err)
		}
	}
	return links
}

// tamper changes the database of a closed store behind its back.
func tamper(t *testing.T, o Options, change func(*engine.Txn) error) {
	t.Helper()
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	db, err := engine.Open(engineOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// contents is everything that is in the database of a closed store.
func contents(t *testing.T, o Options) map[string]string {
	t.Helper()
	out := map[string]string{}
	tamper(t, o, func(txn *engine.Txn) error {
		it := txn.NewIterator(engine.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			out[string(it.Item().KeyCopy(nil))] = string(value)
		}
		return nil
	})
	return out
}

// eventually waits a while for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 4000 { // 20 seconds: machines can be slow
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// holdCommits lets no commit of s through until proceed is closed. Each says
// on writing that it has begun.
func holdCommits(s *Store) (writing <-chan struct{}, proceed chan<- struct{}) {
	begun, free := make(chan struct{}, 100), make(chan struct{})
	commit := s.commit
	s.commit = func(txn *engine.Txn, at uint64) error {
		begun <- struct{}{}
		<-free
		return commit(txn, at)
	}
	return begun, free
}

// waiters is how many wait for the batch that is filling.
func waiters(q *queue) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == nil {
		return 0
	}
	return q.open.waiters
}
