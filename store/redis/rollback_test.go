package redis_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

func wantRolledBack(t testing.TB, s *redis.Store, link string) {
	t.Helper()
	redistest.Eventually(t, "the rollback is noticed", func() bool { return s.Rollback() != nil })
	_, used := s.Use(t.Context(), attempt(link))
	_, peeked := s.Peek(t.Context(), attempt(link))
	for _, err := range []error{used, peeked, s.Health(t.Context())} {
		if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, store.ErrRolledBack) {
			t.Fatalf("got error %v", err)
		}
	}
}

// seqOf waits until the database has a sequence above the one it had.
func seqOf(t testing.TB, server *redistest.Server, o redis.Options, above string) string {
	t.Helper()
	var seq string
	redistest.Eventually(t, "the sequence moves", func() bool {
		seq = server.Do(t, "GET", o.Prefix+"seq:{0}")
		return seq != above
	})
	return seq
}

// TestEmptiedServerIsNoticed flushes everything while a token is in use.
func TestEmptiedServerIsNoticed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	o := on(server.Addr)
	s, other := mustOpen(t, o), mustOpen(t, o)
	link, free := mustCreate(t, s, 1_000_000), mustCreate(t, s, store.NoLimit)
	followed(t, s, free)
	l := startLoad(t, 8, link, s, other)
	l.wait(t, 100)
	server.Do(t, "FLUSHALL")
	frozen := l.admitted.Load()
	redistest.Eventually(t, "the token is gone", func() bool { return l.refused.Load() > 100 })
	if n := l.admitted.Load(); n > frozen+8 {
		t.Errorf("%d uses were admitted after everything was flushed", n-frozen)
	}
	l.end()
	redistest.Eventually(t, "the token without a limit is gone too", func() bool {
		d, err := s.Use(t.Context(), attempt(free))
		return err == nil && d.Reason == store.Unknown
	})
	again := mustCreate(t, s, 10)
	wantRolledBack(t, s, again)
	wantRolledBack(t, other, again)
	mustUse(t, s, mustCreate(t, s, store.NoLimit), store.Admitted)

	next := mustReopen(t, s)
	wantRolledBack(t, next, again)
	if r, err := next.AcceptRollback(t.Context()); err != nil || r.Why == "" || r.Since.IsZero() {
		t.Fatalf("AcceptRollback: %+v, %v", r, err)
	}
	mustUse(t, next, again, store.Admitted)
	redistest.Eventually(t, "the other gateway follows", func() bool { return other.Rollback() == nil })
	mustUse(t, other, again, store.Admitted)
	if _, err := next.AcceptRollback(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a second acceptance: %v", err)
	}
}

// TestOldCopyIsNoticed restores a copy of the database's files.
func TestOldCopyIsNoticed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	o := on(server.Addr)
	o.Mark = filepath.Join(t.TempDir(), "mark")
	s := mustOpen(t, o)
	link := mustCreate(t, s, 10)
	mustUse(t, s, link, store.Admitted)
	seqOf(t, server, o, "")
	copied := server.Copy(t)
	mustUse(t, s, link, store.Admitted)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	server.Kill(t)
	server.Put(t, copied)
	server.Restart(t)
	s = mustOpen(t, o)
	wantRolledBack(t, s, link)
	if r := s.Rollback(); r.Had <= r.Has {
		t.Errorf("had %d, has %d", r.Had, r.Has)
	}
	if _, err := s.AcceptRollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := mustUse(t, mustReopen(t, s), link, store.Admitted); d.Counter != 2 {
		t.Errorf("got counter %d, want 2", d.Counter)
	}
}

func TestEmptiedServerIsNoticedInTheNextLife(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	o := on(server.Addr)
	o.Mark = filepath.Join(t.TempDir(), "mark")
	s := mustOpen(t, o)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	server.Do(t, "FLUSHALL")
	s = mustOpen(t, o)
	wantRolledBack(t, s, mustCreate(t, s, 1))
}

// TestCounterThatIsLowerIsNoticed sets a counter back between two uses, before
// any sequence could tell.
func TestCounterThatIsLowerIsNoticed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := still(t, server)
	link := mustCreate(t, s, 10)
	key := optionsOf(s).Prefix + "c:{" + link + "}"
	mustUse(t, s, link, store.Admitted)
	mustUse(t, s, link, store.Admitted)
	server.Do(t, "HSET", key, "n", "1", "s", "1")
	if _, err := s.Use(t.Context(), attempt(link)); !errors.Is(err, store.ErrRolledBack) {
		t.Fatalf("got error %v", err)
	}
	if n := server.Do(t, "HGET", key, "n"); n != "1" {
		t.Fatalf("the counter moved to %s", n)
	}
	if _, err := s.AcceptRollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustUse(t, s, link, store.Admitted)
}

// TestReturnOnAnotherGatewayIsNoRollback lowers a counter as it may be lowered.
func TestReturnOnAnotherGatewayIsNoRollback(t *testing.T) {
	t.Parallel()
	o := on(server(t).Addr)
	here, there := mustOpen(t, o), mustOpen(t, o)
	for _, limit := range []int64{5, store.NoLimit} {
		link := mustCreate(t, here, limit)
		mustUse(t, here, link, store.Admitted)
		d := mustUse(t, there, link, store.Admitted)
		mustUse(t, here, link, store.Admitted)
		if err := there.GiveBack(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		mustUse(t, here, link, store.Admitted)
		if n := counterOf(t, here, link); n != 3 || here.Rollback() != nil {
			t.Fatalf("got counter %d, rollback %v", n, here.Rollback())
		}
	}
}

func TestMarkThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	o := on(server(t).Addr)
	o.Mark = filepath.Join(t.TempDir(), "mark")
	if err := os.WriteFile(o.Mark, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := redis.Open(t.Context(), o)
	if err == nil || errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), o.Mark) {
		t.Fatalf("got error %v", err)
	}
}
