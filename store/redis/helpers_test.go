package redis_test

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// prefixes number the stores that share a server.
var prefixes atomic.Int64

func newPrefix() string { return "test" + strconv.FormatInt(prefixes.Add(1), 10) + ":" }

// on are the options for a store of its own on a server.
func on(addr string) redis.Options {
	return redis.Options{Addresses: []string{addr}, Prefix: newPrefix(), Timeout: 10 * time.Second}
}

// mustOpen opens a store that is closed when the test ends.
func mustOpen(t testing.TB, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.OpenPatient(t.Context(), o)
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

func optionsOf(s *redis.Store) redis.Options { return redis.OptionsOf(s) }

// mustReopen closes a store and opens one on the same data.
func mustReopen(t testing.TB, s *redis.Store) *redis.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return mustOpen(t, redis.OptionsOf(s))
}

// newToken returns an enabled token with a limit, or with none.
func newToken(limit int64) store.Token {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return store.Token{
		Link: store.NewLink(), UUID: "uuid-" + store.NewLink(), RID: "rid",
		State: store.Enabled, Limit: limit, Created: now, Modified: now,
	}
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

// mustUse expects a use to be admitted (empty reason) or refused.
func mustUse(t testing.TB, s store.Store, link string, want store.Reason) store.Decision {
	t.Helper()
	d, err := s.Use(t.Context(), attempt(link))
	if err != nil || d.Reason != want {
		t.Fatalf("Use: got reason %q, error %v; want reason %q", d.Reason, err, want)
	}
	return d
}

// counterOf reads a counter. On a busy machine the server may seem away for a
// moment, which is not what those who ask for a counter test.
func counterOf(t testing.TB, s store.Store, link string) int64 {
	t.Helper()
	r, err := s.Get(t.Context(), link)
	for end := time.Now().Add(5 * time.Second); errors.Is(err, store.ErrUnavailable) && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
		r, err = s.Get(t.Context(), link)
	}
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return r.Counter
}

// shared is the server that most tests use, started when the first one asks.
var shared struct {
	once   sync.Once
	dir    string
	server *redistest.Server
	err    error
}
