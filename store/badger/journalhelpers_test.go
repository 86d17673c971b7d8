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

func wantUnknown(t *testing.T, s *Store, link string) {
	t.Helper()
	if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || d.Reason != store.Unknown {
		t.Errorf("got reason %q, error %v; want %q", d.Reason, err, store.Unknown)
	}
}
