package badger

import (
	"sync"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// TestManyCallersShareSyncs has 64 callers who come back as soon as they have
// their answer: far fewer commits than uses must do, or each of them would cost
// a sync.
func TestManyCallersShareSyncs(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	links := kept(t, s, 8)
	commits, commit := 0, s.commit
	s.commit = func(txn *engine.Txn, at uint64) error {
		commits++
		time.Sleep(2 * time.Millisecond) // a disk on which there is something to share
		return commit(txn, at)
	}
	const callers, uses = 64, 50
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			for range uses {
				if d, err := s.Use(t.Context(), store.Attempt{Link: links[n%len(links)]}); err != nil || !d.Admitted() {
					t.Errorf("reason %q, error %v", d.Reason, err)
				}
			}
		})
	}
	wg.Wait()
	release := hold(t, s) // so that the committer's number may be read
	if got := commits; got > callers*uses/8 {
		t.Errorf("%d uses took %d commits", callers*uses, got)
	}
	release()
}

// TestReservationIsRenewedBeforeItIsUsedUp uses a token that has many uses
// left: but for the first few, no use may have to wait for the disk.
func TestReservationIsRenewedBeforeItIsUsedUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond})
	link := limitedTo(t, s, 1_000_000)
	i, _ := parseID(link)
	for n := range int64(500) {
		if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || d.Counter != n+1 {
			t.Fatalf("use %d: counter %d, error %v", n+1, d.Counter, err)
		}
		e := s.live.shard(i).get(i)
		eventually(t, "half a reservation is there", func() bool {
			e.mu.Lock()
			defer e.mu.Unlock()
			return e.safe-e.used >= min(reserveMost, n)/2
		})
	}
}

func limitedTo(t *testing.T, s *Store, limit int64) string {
	t.Helper()
	token := store.Token{Link: store.NewLink(), State: store.Enabled, Limit: limit}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
	return token.Link
}
