package badger_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
	"github.com/linkgate/linkgate/store/storetest"
)

func TestMain(m *testing.M) {
	if chargingChild() || churningChild() {
		return
	}
	// Badger leaves these behind where it could not open a database. A
	// store that was never closed leaves many others.
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4.(*DB).updateSize"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4/y.(*WaterMark).process"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"),
	)
}

func TestStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options     badger.Options
		noHistories bool
	}{
		"always":    {badger.Options{}, false},
		"no":        {badger.Options{Sync: badger.SyncNo}, true},
		"everysec":  {badger.Options{Sync: badger.SyncEverySecond}, true},
		"encrypted": {badger.Options{Sync: badger.SyncEverySecond, EncryptionKey: []byte("0123456789abcdef0123456789abcdef")}, true},
		// Four tokens in memory: everything is evicted and loaded all the time.
		"always, tiny":   {badger.Options{LiveTokens: 4}, true},
		"everysec, tiny": {badger.Options{Sync: badger.SyncEverySecond, LiveTokens: 4}, false},
		"no, one token":  {badger.Options{Sync: badger.SyncNo, LiveTokens: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform(t, c.options, c.noHistories)
		})
	}
}

// conform runs the suite on stores with the options o, with or without the
// random histories, which take longest.
func conform(t *testing.T, o badger.Options, noHistories bool) {
	paths := newPaths()
	open := func(t *testing.T) store.Store {
		t.Helper()
		o := o
		o.Path = t.TempDir()
		s := mustOpen(t, o)
		paths.set(s, o.Path)
		return s
	}
	storetest.Run(t, open, storetest.Options{NoHistories: noHistories, Reopen: func(t *testing.T, s store.Store) store.Store {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		o := o
		o.Path = paths.get(s)
		next := mustOpen(t, o)
		paths.set(next, o.Path)
		return next
	}})
}
