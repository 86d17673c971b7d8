package badger_test

import (
	"sync"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// mustOpen opens a store that is closed when the test ends.
func mustOpen(t testing.TB, o badger.Options) *badger.Store {
	t.Helper()
	s, err := badger.Open(o)
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

// newToken returns an enabled token with a limit, or with none.
func newToken(limit int64) store.Token {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return store.Token{Link: store.NewLink(), RID: "rid", State: store.Enabled, Limit: limit, Created: now, Modified: now}
}

// mustCreate keeps a new token with a limit and returns its link.
func mustCreate(t testing.TB, s store.Store, limit int64) string {
	t.Helper()
	token := newToken(limit)
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return token.Link
}

func attempt(link string) store.Attempt { return store.Attempt{Link: link, Now: time.Now()} }

// paths remembers where stores are.
type paths struct {
	mu sync.Mutex
	of map[store.Store]string
}

func newPaths() *paths { return &paths{of: map[store.Store]string{}} }

func (p *paths) set(s store.Store, path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of[s] = path
}

func (p *paths) get(s store.Store) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[s]
}
