package badger

import (
	"sync"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/storetest"
)

// More counts than fit into one batch must not wait for another flush: with
// ever more tokens in use they would fall ever further behind.
func TestCountsThatDoNotFitIntoOneBatchAreWrittenAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: storetest.MemoryDir(t), Sync: SyncNo})
	s.patience = time.Hour
	links := make([]string, 2*flushMost+100)
	for n := range links {
		links[n] = makeUnlimited(t, s)
	}
	// All are used while the committer is busy with something else, and then
	// there is one flush and no other.
	good, busy, used := s.commit, make(chan struct{}), make(chan struct{})
	s.commit = func(txn *engine.Txn, at uint64) error {
		select {
		case <-used:
			s.flushEvery = time.Hour
		default:
			close(busy)
			<-used
		}
		return good(txn, at)
	}
	var other sync.WaitGroup
	other.Go(func() { makeUnlimited(t, s) })
	<-busy
	for _, link := range links {
		if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || !d.Admitted() {
			t.Errorf("use: %v, %v", d.Reason, err)
		}
	}
	close(used)
	other.Wait()
	written := 0
	eventually(t, "all counts are in the database", func() bool {
		for written < len(links) && inDatabase(t, s, links[written]) == 1 {
			written++
		}
		return written == len(links)
	})
}

// makeUnlimited makes a token without a limit and returns its link.
func makeUnlimited(t *testing.T, s *Store) string {
	t.Helper()
	token := store.Token{Link: store.NewLink(), RID: "rid", State: store.Enabled, Created: time.Now()}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Errorf("Create: %v", err)
	}
	return token.Link
}

// inDatabase is the counter as it would be after a crash.
func inDatabase(t *testing.T, s *Store, link string) (n int64) {
	t.Helper()
	i, _ := parseID(link)
	err := s.view(t.Context(), func(txn *engine.Txn) (err error) {
		n, err = getCounter(txn, i)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
