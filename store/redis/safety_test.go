package redis_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// checking opens a store that looks at the server's settings all the time.
func checking(t testing.TB, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.OpenChecking(t.Context(), o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func watchLog(o *redis.Options) *observer.ObservedLogs {
	core, logs := observer.New(zap.DebugLevel)
	o.Logger = zap.New(core)
	return logs
}

// wantRefused expects limited tokens to be refused for a reason that names
// words, and all else to go on.
func wantRefused(t *testing.T, s *redis.Store, words ...string) {
	t.Helper()
	limited, free := mustCreate(t, s, 5), mustCreate(t, s, store.NoLimit)
	_, used := s.Use(t.Context(), attempt(limited))
	_, peeked := s.Peek(t.Context(), attempt(limited))
	for _, err := range []error{used, peeked, s.Health(t.Context())} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("got error %v", err)
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Fatalf("the error does not say %q: %v", word, err)
			}
		}
		if strings.Contains(err.Error(), limited) {
			t.Fatal("the error shows the link")
		}
	}
	followed(t, s, free)
	if n := counterOf(t, s, limited); n != 0 {
		t.Fatalf("got counter %d, want 0", n)
	}
	expired := newToken(5)
	expired.Expires = time.Now().Add(-time.Hour)
	if err := s.Create(t.Context(), store.Record{Token: expired}); err != nil {
		t.Fatal(err)
	}
	mustUse(t, s, expired.Link, store.Expired)
}

func TestSettingsThatCannotKeepALimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config []string
		words  []string
	}{
		"no append-only file": {[]string{"appendonly no"}, []string{"appendonly", `"no"`, "appendonly yes"}},
		"synced each second":  {[]string{"appendonly yes", "appendfsync everysec"}, []string{"appendfsync", "everysec", "CONFIG SET appendfsync always"}},
		"keys are evicted":    {[]string{"appendonly yes", "appendfsync always", "maxmemory-policy allkeys-lru"}, []string{"maxmemory-policy", "allkeys-lru", "noeviction"}},
		"settings may not be read": {
			append(redistest.Durable(), "user default on nopass ~* &* +@all -config"), []string{"CONFIG GET", "allow"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, c.config...)
			wantRefused(t, mustOpen(t, on(server.Addr)), c.words...)

			o := on(server.Addr)
			o.UnsafeDurability = true
			logs := watchLog(&o)
			s := checking(t, o)
			mustUse(t, s, mustCreate(t, s, 5), store.Admitted)
			if err := s.Health(t.Context()); err != nil {
				t.Fatalf("Health: %v", err)
			}
			if !strings.Contains(s.Promise(), "unsafe_durability") {
				t.Fatalf("Promise: got %q", s.Promise())
			}
			redistest.Eventually(t, "the operator is warned again and again", func() bool {
				return logs.FilterMessageSnippet("limits can be exceeded").Len() >= 3
			})
		})
	}
}

func TestSettingsThatChangeAreNoticed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := checking(t, on(server.Addr))
	link := mustCreate(t, s, 1000)
	mustUse(t, s, link, store.Admitted)
	if !strings.HasPrefix(s.Promise(), "Redis ") || strings.Contains(s.Promise(), "refuses") {
		t.Fatalf("Promise: got %q", s.Promise())
	}
	server.Do(t, "CONFIG", "SET", "appendfsync", "no")
	redistest.Eventually(t, "limited tokens are refused", func() bool {
		_, err := s.Use(t.Context(), attempt(link))
		return errors.Is(err, store.ErrUnavailable) && strings.Contains(err.Error(), "appendfsync")
	})
	server.Do(t, "CONFIG", "SET", "appendfsync", "always")
	redistest.Eventually(t, "limited tokens are admitted again", func() bool {
		d, err := s.Use(t.Context(), attempt(link))
		return err == nil && d.Admitted()
	})
}

// TestReplicaIsNoServer makes a replica of the server that a store uses.
func TestReplicaIsNoServer(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Durable()...)
	other := redistest.Start(t, redistest.Durable()...)
	s := checking(t, on(other.Addr))
	link := mustCreate(t, s, 5)
	host, port, _ := strings.Cut(primary.Addr, ":")
	other.Do(t, "REPLICAOF", host, port)
	redistest.Eventually(t, "the role is noticed", func() bool {
		return errors.Is(s.Health(t.Context()), store.ErrUnavailable) && strings.Contains(s.Promise(), "replica")
	})
	if d, err := s.Use(t.Context(), attempt(link)); err == nil && d.Admitted() {
		t.Fatal("a replica has counted a use")
	}
	if _, err := redis.Open(context.WithoutCancel(t.Context()), on(other.Addr)); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a store was opened on a replica: %v", err)
	}
}
