package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
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
	o.Sentinel, o.ReplicaAcks, o.Timeout = "main", 1, 3*time.Second
	logs := watchLog(&o)
	s := mustOpen(t, o)
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
	redistest.Eventually(t, "the store has found it", func() bool {
		_, err := s.Get(t.Context(), link)
		return err == nil
	})
	mustUse(t, s, free, store.Admitted)
	if n := counterOf(t, s, link); n < l.admitted.Load() || n > l.admitted.Load()+l.unknown.Load() {
		t.Fatalf("counter %d after %d admitted, %d unknown", n, l.admitted.Load(), l.unknown.Load())
	}
	if r := s.Rollback(); r != nil {
		t.Fatalf("a replica that has all was taken for a rollback: %s", r.Why)
	}
	if logs.FilterMessageSnippet("does not tell of changes").Len() > 0 {
		t.Error("the server behind the Sentinel does not tell of changes")
	}
	// Nobody is left to acknowledge a use, so each is spent.
	if d, err := s.Use(t.Context(), attempt(link)); err == nil {
		t.Fatalf("a use was decided without a replica: %q", d.Reason)
	}
}

// TestSentinelsWithCredentials fails over where the servers and the Sentinels
// each ask for a user and a password, and those differ.
func TestSentinelsWithCredentials(t *testing.T) {
	t.Parallel()
	const admin = "requirepass admin"
	config := append(redistest.Durable(), "masterauth admin", admin, "user gate on >secret ~gate:* "+rights)
	for name, c := range map[string]struct {
		config             []string
		username, password string
	}{
		"a user with few rights": {
			[]string{"user watcher on >other resetchannels &* -@all +hello +auth +ping +client +role " +
				"+sentinel|sentinels +sentinel|get-master-addr-by-name +sentinel|replicas +subscribe"}, "watcher", "other",
		},
		"a password": {nil, "", "admin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := redistest.Start(t, config...)
			replica := primary.Replica(t, config...)
			sentinel := primary.Sentinel(t, "main", append(c.config, admin, "sentinel auth-pass main admin")...)
			redistest.Eventually(t, "the Sentinel knows the replica", func() bool {
				return strings.Contains(sentinel.Do(t, "INFO", "sentinel"), "slaves=1")
			})
			o := on(sentinel.Addr)
			o.Sentinel, o.Timeout, o.Prefix = "main", 3*time.Second, "gate:"
			o.Username, o.Password = "gate", "secret"
			if _, err := redis.Open(t.Context(), o); err == nil {
				t.Fatal("a Sentinel has told somebody without its password")
			}
			o.SentinelUsername, o.SentinelPassword = c.username, c.password
			s := mustOpen(t, o)
			link := mustCreate(t, s, 100)
			mustUse(t, s, link, store.Admitted)
			redistest.Eventually(t, "the sequence moves", func() bool { return primary.Do(t, "GET", "gate:seq:{0}") != "" })
			redistest.Eventually(t, "the replica has all", func() bool { return primary.Offset(t) == replica.Offset(t) })
			redistest.Eventually(t, "the Sentinel promotes it", func() bool {
				_, err := sentinel.Ask("SENTINEL", "FAILOVER", "main")
				return err == nil
			})
			redistest.Eventually(t, "the old primary follows", func() bool {
				info, err := primary.Ask("INFO", "replication")
				return err == nil && strings.Contains(info, "role:slave")
			})
			redistest.Eventually(t, "the store has found it", func() bool {
				d, err := s.Use(t.Context(), attempt(link))
				return err == nil && d.Admitted()
			})
			if r := s.Rollback(); r != nil {
				t.Fatalf("a replica that has all was taken for a rollback: %s", r.Why)
			}
			if n, err := replica.Ask("HGET", "gate:c:{"+link+"}", "n"); err != nil || n < "2" {
				t.Fatalf("the new primary has counted %s, %v", n, err)
			}
		})
	}
}
