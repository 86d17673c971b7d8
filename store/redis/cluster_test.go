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

// onCluster are the options for a store on a Cluster.
func onCluster(nodes []*redistest.Server) redis.Options {
	o := on(nodes[0].Addr)
	o.Cluster, o.Timeout = true, time.Second
	return o
}

// ownerOf is the node that has a key, and its slot.
func ownerOf(t *testing.T, nodes []*redistest.Server, key string) (owner, other *redistest.Server, slot string) {
	t.Helper()
	slot = nodes[0].Do(t, "CLUSTER", "KEYSLOT", key)
	for i, node := range nodes {
		if n, err := node.Ask("EXISTS", key); err == nil && n == "1" {
			return node, nodes[(i+1)%len(nodes)], slot
		}
	}
	t.Fatal("no node has the key")
	return nil, nil, ""
}

// TestSlotThatMovesUnderLoad moves the slot of a token to another node and back
// while the token is in use, its two keys together and one after the other.
func TestSlotThatMovesUnderLoad(t *testing.T) {
	t.Parallel()
	nodes := redistest.Cluster(t, 3, redistest.Durable()...)
	o := onCluster(nodes)
	stores := []store.Store{opened(t, o), opened(t, o)}
	link := mustCreate(t, stores[0], 1_000_000_000)
	record, counter := o.Prefix+"t:{"+link+"}", o.Prefix+"c:{"+link+"}"
	l := startLoad(t, 8, link, stores...)
	for round := range 6 {
		l.wait(t, 50)
		from, to, slot := ownerOf(t, nodes, record)
		from.Migrate(t, slot, to)
		time.Sleep(20 * time.Millisecond)
		if round%2 == 0 {
			from.Move(t, to, record, counter)
			l.wait(t, 20) // by ASK
		} else {
			from.Move(t, to, counter)
			time.Sleep(50 * time.Millisecond)
			from.Move(t, to, record)
		}
		from.Give(t, slot, to)
	}
	l.wait(t, 50)
	changed, err := stores[1].Update(t.Context(), link, func(t *store.Token) error {
		t.Limit = l.admitted.Load() + 2000
		return nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	limit := max(changed.Token.Limit, changed.Counter)
	redistest.Eventually(t, "the token is used up", func() bool { return l.refused.Load() > 0 })
	l.end()
	a, u, c := l.admitted.Load(), l.unknown.Load(), counterOf(t, stores[1], link)
	t.Logf("%d admitted, %d unknown, counter %d", a, u, c)
	if a > c || c > limit || c > a+u {
		t.Errorf("%d admitted, %d unknown, counter %d of %d", a, u, c, limit)
	}
}

// A move takes a token from one node of a Cluster to another.
type move struct {
	from, to *redistest.Server
	slot     string
	keys     []string
}

// tokenOnACluster makes a token on a Cluster, and says how it can be moved.
func tokenOnACluster(t *testing.T) (redis.Options, string, *move) {
	t.Helper()
	nodes := redistest.Cluster(t, 3, redistest.Durable()...)
	o := onCluster(nodes)
	link := mustCreate(t, mustOpen(t, o), 100)
	m := &move{keys: []string{o.Prefix + "t:{" + link + "}", o.Prefix + "c:{" + link + "}"}}
	m.from, m.to, m.slot = ownerOf(t, nodes, m.keys[0])
	return o, link, m
}

// begin has the old node say ASK, and end has it say MOVED.
func (m *move) begin(t *testing.T) {
	t.Helper()
	m.from.Migrate(t, m.slot, m.to)
	m.from.Move(t, m.to, m.keys...)
}

func (m *move) end(t *testing.T) { t.Helper(); m.from.Give(t, m.slot, m.to) }

// TestRedirectedUseIsAcknowledgedByItsOwnReplicas moves a slot to a node that
// has no replica: the one of the node that was asked first acknowledges nothing.
func TestRedirectedUseIsAcknowledgedByItsOwnReplicas(t *testing.T) {
	t.Parallel()
	o, link, move := tokenOnACluster(t)
	move.from.ClusterReplica(t, redistest.Durable()...)
	o.ReplicaAcks = 1
	s := mustOpen(t, o)
	mustUse(t, s, link, store.Admitted)

	move.begin(t)
	wantUnacknowledged(t, s, link, "ASK")
	move.end(t)
	wantUnacknowledged(t, s, link, "MOVED")
	move.to.ClusterReplica(t, redistest.Durable()...)
	redistest.Eventually(t, "uses are admitted again", func() bool {
		d, err := s.Use(t.Context(), attempt(link))
		return err == nil && d.Admitted()
	})
}

// TestRedirectedUseIsCountedOnce follows a slot that moves, with replicas that
// acknowledge on both sides.
func TestRedirectedUseIsCountedOnce(t *testing.T) {
	t.Parallel()
	o, link, move := tokenOnACluster(t)
	move.from.ClusterReplica(t, redistest.Durable()...)
	move.to.ClusterReplica(t, redistest.Durable()...)
	o.Timeout = 5 * time.Second
	for _, o.ReplicaAcks = range []int{0, 1} {
		s := mustOpen(t, o)
		want := counterOf(t, s, link)
		for i, step := range []func(){
			func() {},
			func() { move.begin(t) },
			func() { move.end(t) },
		} {
			step()
			for range 3 {
				want++
				if d := mustUse(t, s, link, store.Admitted); d.Counter != want {
					t.Fatalf("acks %d, step %d: got counter %d, want %d", o.ReplicaAcks, i, d.Counter, want)
				}
			}
		}
		move.from, move.to = move.to, move.from
	}
}

func wantUnacknowledged(t *testing.T, s *redis.Store, link, by string) {
	t.Helper()
	for range 3 {
		if d, err := s.Use(t.Context(), attempt(link)); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got reason %q, error %v", by, d.Reason, err)
		}
	}
}

// TestShardThatFailsOverUnderLoad kills a primary of a Cluster whose replica
// takes its place.
func TestShardThatFailsOverUnderLoad(t *testing.T) {
	t.Parallel()
	nodes := redistest.Cluster(t, 3, append(redistest.Durable(), "cluster-node-timeout 1500")...)
	o := onCluster(nodes)
	first := mustOpen(t, o)
	link := mustCreate(t, first, 100_000)
	owner, _, _ := ownerOf(t, nodes, o.Prefix+"t:{"+link+"}")
	replicas := make([]*redistest.Server, 2)
	for i := range replicas {
		replicas[i] = owner.ClusterReplica(t, append(redistest.Durable(), "cluster-node-timeout 1500")...)
	}
	id := owner.Do(t, "CLUSTER", "MYID")
	for _, node := range append(replicas, nodes...) {
		redistest.Eventually(t, "every node knows the replicas, and may vote for them", func() bool {
			return strings.Count(node.Do(t, "CLUSTER", "NODES"), "slave "+id) == len(replicas)
		})
	}
	o.ReplicaAcks = 1
	stores := []store.Store{opened(t, o), opened(t, o)}
	l := startLoad(t, 8, link, stores...)
	l.wait(t, 200)
	owner.Kill(t)
	redistest.Eventually(t, "a replica serves", func() bool {
		for _, r := range replicas {
			if role, err := r.Ask("ROLE"); err == nil && strings.HasPrefix(role, "master") {
				return true
			}
		}
		return false
	})
	promoted := time.Now()
	l.wait(t, 200)
	t.Logf("served %s after the promotion", time.Since(promoted).Round(time.Millisecond))
	l.end()
	redistest.Eventually(t, "both gateways have found it", func() bool {
		_, err := stores[0].Get(t.Context(), link)
		return err == nil
	})
	a, u, c := l.admitted.Load(), l.unknown.Load(), counterOf(t, stores[0], link)
	if a > c || c > a+u || l.refused.Load() > 0 {
		t.Errorf("%d admitted, %d unknown, %d refused, counter %d", a, u, l.refused.Load(), c)
	}
	for _, s := range stores {
		if r := s.(*redis.Store).Rollback(); r != nil {
			t.Errorf("taken for a rollback: %s", r.Why)
		}
	}
}
