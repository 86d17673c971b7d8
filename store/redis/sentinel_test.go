package redis_test

import (
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// TestSentinelsFailOver kills a primary whose replica has all.
func TestSentinelsFailOver(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Durable()...)
	replica := primary.Replica(t, redistest.Durable()...)
	sentinel := primary.Sentinel(t, "main")
	redistest.Eventually(t, "the Sentinel knows the replica", func() bool {
		return strings.Contains(sentinel.Do(t, "INFO", "sentinel"), "slaves=1")
	})
	o := on(sentinel.Addr)
	o.Sentinel, o.ReplicaAcks, o.Timeout = "main", 1, 0
	s := opened(t, o)
	link, free := mustCreate(t, s, 100), mustCreate(t, s, store.NoLimit)
	followed(t, s, free)
	l := startLoad(t, 2, link, s)
	l.wait(t, 10)
	uncounted := startLoad(t, 2, free, s)
	uncounted.wait(t, 1000)
	primary.Kill(t)
	l.end()
	uncounted.end()
	redistest.Eventually(t, "the replica serves", func() bool {
		info, err := replica.Ask("INFO", "replication") // its connections are cut when it is promoted
		return err == nil && strings.Contains(info, "role:master")
	})
	// Nobody is left to acknowledge a use, so each is spent.
	redistest.Eventually(t, "tokens without a limit are admitted again", func() bool {
		d, err := s.Use(t.Context(), attempt(free))
		return err == nil && d.Admitted()
	})
	if n := counterOf(t, s, link); n < l.admitted.Load() || n > l.admitted.Load()+l.unknown.Load() {
		t.Fatalf("counter %d after %d admitted, %d unknown", n, l.admitted.Load(), l.unknown.Load())
	}
	if r := s.Rollback(); r != nil {
		t.Fatalf("a replica that has all was taken for a rollback: %s", r.Why)
	}
	if d, err := s.Use(t.Context(), attempt(link)); err == nil {
		t.Fatalf("a use was decided without a replica: %q", d.Reason)
	}
}
