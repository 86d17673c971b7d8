package badger

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// behind is a store whose database has many tables to merge, as long as the
// flag is set. Each look at them is told.
func behind(t *testing.T) (s *Store, merging *atomic.Bool, looks chan struct{}) {
	t.Helper()
	s = open(t, Options{Path: t.TempDir(), Sync: SyncNo})
	merging, looks = new(atomic.Bool), make(chan struct{}, 1000)
	merging.Store(true)
	s.backlog = func() int {
		looks <- struct{}{}
		if merging.Load() {
			return backlogMost
		}
		return backlogMost - 1
	}
	return s, merging, looks
}

func records(n int) []store.Record {
	out := make([]store.Record, n)
	for i := range out {
		out[i].Token = store.Token{Link: store.NewLink(), State: store.Enabled}
	}
	return out
}

func TestManyRecordsWaitUntilTablesAreMerged(t *testing.T) {
	t.Parallel()
	s, merging, looks := behind(t)
	if err := s.Create(t.Context(), records(1)...); err != nil || len(looks) > 0 {
		t.Fatalf("one record: error %v, after %d looks", err, len(looks))
	}
	made := make(chan error, 1)
	go func() { made <- s.Create(t.Context(), records(2)...) }()
	for range 3 {
		select {
		case err := <-made:
			t.Fatalf("two records did not wait: %v", err)
		case <-looks:
		}
	}
	merging.Store(false)
	if err := <-made; err != nil {
		t.Fatalf("two records after the merge: %v", err)
	}
}

func TestWhoWaitsForAMergeCanLeave(t *testing.T) {
	t.Parallel()
	s, _, _ := behind(t)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	waiting := records(2)
	go func() { left <- s.Create(ctx, waiting...) }()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
	if _, err := s.Get(t.Context(), waiting[0].Token.Link); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a record of a call that was given up: got error %v", err)
	}
}

func TestClosingDoesNotWaitForAMerge(t *testing.T) {
	t.Parallel()
	s, _, looks := behind(t)
	made := make(chan error, 1)
	go func() { made <- s.Create(t.Context(), records(2)...) }()
	<-looks
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := <-made; !errors.Is(err, store.ErrClosed) {
		t.Fatalf("got %v, want ErrClosed", err)
	}
}
