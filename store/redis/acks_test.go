package redis_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// TestUseThatNoReplicaHasIsSpent stops the replica that has to acknowledge.
func TestUseThatNoReplicaHasIsSpent(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Durable()...)
	replica := primary.Replica(t, redistest.Durable()...)
	o := on(primary.Addr)
	o.ReplicaAcks, o.Timeout = 1, 5*time.Second
	s := mustOpen(t, o)
	if err := s.Health(t.Context()); err != nil {
		t.Fatalf("Health: %v", err)
	}
	if !strings.Contains(s.Promise(), "1 replica") {
		t.Fatalf("Promise: got %q", s.Promise())
	}
	link := mustCreate(t, s, 100)
	l := startLoad(t, 8, link, s)
	l.wait(t, 20)
	l.end()
	if l.unknown.Load() > 0 {
		t.Fatalf("%d uses failed with a replica that follows", l.unknown.Load())
	}
	mustUse(t, s, mustCreate(t, s, store.NoLimit), store.Admitted)

	quick := optionsOf(s)
	quick.Timeout = time.Second
	cut := mustOpen(t, quick)
	spent := mustCreate(t, s, 3)
	mustUse(t, cut, spent, store.Admitted)
	replica.Stop(t)
	for range 2 {
		if _, err := cut.Use(t.Context(), attempt(spent)); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("got error %v", err)
		}
	}
	if err := cut.Health(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("Health: got error %v", err)
	}
	mustUse(t, cut, spent, store.Exhausted)
	replica.Cont(t)
}

// TestFailoverToAReplicaThatLackedUses promotes a replica that missed some.
func TestFailoverToAReplicaThatLackedUses(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Durable()...)
	replica := primary.Replica(t, redistest.Durable()...)
	proxy := redistest.NewProxy(t, primary.Addr)
	o := on(proxy.Addr)
	s := mustOpen(t, o)
	link := mustCreate(t, s, 100)
	for range 41 {
		mustUse(t, s, link, store.Admitted)
	}
	part(t, primary, replica, o)
	for range 59 {
		mustUse(t, s, link, store.Admitted)
	}
	mustUse(t, s, link, store.Exhausted)
	primary.Kill(t)
	proxy.Redirect(replica.Addr)
	redistest.Eventually(t, "the use is refused for what it is", func() bool {
		d, err := s.Use(t.Context(), attempt(link))
		if err == nil {
			t.Fatalf("got reason %q, counter %d", d.Reason, d.Counter)
		}
		return errors.Is(err, store.ErrRolledBack)
	})
	wantRolledBack(t, s, mustCreate(t, s, 1))
}

// TestFailoverReopensNoTokenThatIsNotInMemory presents a token after a failover
// that has forgotten its uses at a gateway that never saw it, and that has not
// compared the new primary with what it knows yet.
func TestFailoverReopensNoTokenThatIsNotInMemory(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Durable()...)
	replica := primary.Replica(t, redistest.Durable()...)
	proxy := redistest.NewProxy(t, primary.Addr)
	o := on(proxy.Addr)
	other, err := redis.OpenStill(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	s := mustOpen(t, o)
	link := mustCreate(t, s, 10)
	mustUse(t, s, link, store.Admitted)
	part(t, primary, replica, o)
	before := primary.Do(t, "GET", o.Prefix+"seq:{0}")
	for range 9 {
		mustUse(t, s, link, store.Admitted)
	}
	seqOf(t, primary, o, before)
	if err := redis.Beat(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	primary.Kill(t)
	proxy.Redirect(replica.Addr)
	redistest.Eventually(t, "the use is refused for what it is", func() bool {
		d, err := other.Use(t.Context(), attempt(link))
		if err == nil {
			t.Fatalf("got reason %q, counter %d", d.Reason, d.Counter)
		}
		return errors.Is(err, store.ErrRolledBack)
	})
	if n := replica.Do(t, "HGET", o.Prefix+"c:{"+link+"}", "n"); n != "1" {
		t.Fatalf("the counter moved to %s", n)
	}
}

// part makes a primary of the replica, when it has all that the sequence of the
// primary speaks of, and nothing that comes after.
func part(t *testing.T, primary, replica *redistest.Server, o redis.Options) {
	t.Helper()
	seqOf(t, primary, o, "")
	redistest.Eventually(t, "the replica has all", func() bool { return primary.Offset(t) == replica.Offset(t) })
	replica.Do(t, "REPLICAOF", "NO", "ONE")
}
