package redis_test

import (
	"os"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"go.uber.org/goleak"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
	"github.com/linkgate/linkgate/store/storetest"
)

func TestMain(m *testing.M) {
	// A client of a Cluster that was closed may be about to look at its nodes
	// once more, within a second.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1"),
		// These close the connections to a node that has left a Cluster, five
		// seconds later.
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient)._refresh.func2"),
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient).redirectOrNew.func1"),
		goleak.Cleanup(func(code int) {
			if shared.server != nil {
				shared.server.End()
				_ = os.RemoveAll(shared.dir)
			}
			os.Exit(code)
		}))
}

// server is a server with durable settings that tests share, each with a prefix
// of its own.
func server(t testing.TB) *redistest.Server {
	t.Helper()
	redistest.Need(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp(redistest.Memory(), "linkgate-redis-"); shared.err == nil {
			shared.server, shared.err = redistest.Run(shared.dir, redistest.Durable()...)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

func TestStore(t *testing.T) {
	t.Parallel()
	addr := server(t).Addr
	for name, c := range map[string]struct {
		edit        func(*redis.Options)
		noHistories bool
	}{
		"one server": {func(*redis.Options) {}, false},
		// One token of a shard in memory: everything is evicted all the time.
		"one server, tiny": {func(o *redis.Options) { o.LiveTokens = 1 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform(t, func() redis.Options { o := on(addr); c.edit(&o); return o }, storetest.Options{NoHistories: c.noHistories})
		})
	}
}

func TestStoreOnACluster(t *testing.T) {
	t.Parallel()
	nodes := redistest.Cluster(t, 3, redistest.Durable()...)
	conform(t, func() redis.Options {
		o := on(nodes[0].Addr)
		o.Cluster = true
		return o
	}, storetest.Options{TotalsLag: true})
}

// TestStoreWithoutTracking runs on a server that tells of no changes.
func TestStoreWithoutTracking(t *testing.T) {
	t.Parallel()
	addr := miniredis.RunT(t).Addr()
	conform(t, func() redis.Options {
		o := on(addr)
		o.UnsafeDurability = true
		return o
	}, storetest.Options{NoHistories: true})
}

// conform runs the suite on stores with options that fresh returns.
func conform(t *testing.T, fresh func() redis.Options, o storetest.Options) {
	var options sync.Map // of a store
	open := func(t *testing.T, with redis.Options) store.Store {
		t.Helper()
		s := mustOpen(t, with)
		options.Store(s, with)
		return s
	}
	o.Reopen = func(t *testing.T, s store.Store) store.Store {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		with, _ := options.Load(s)
		return open(t, with.(redis.Options))
	}
	storetest.Run(t, func(t *testing.T) store.Store { t.Helper(); return open(t, fresh()) }, o)
}
