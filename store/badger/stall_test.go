package badger

import (
	"errors"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func TestWriteThatDoesNotReturnKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	links := kept(t, s, 3)
	hang, hanging := make(chan struct{}), make(chan struct{}, 100)
	s.patience = 50 * time.Millisecond
	commit := s.commit
	s.commit = func(txn *engine.Txn, at uint64) error {
		hanging <- struct{}{}
		<-hang
		// One slow write is what this is about, not a slow machine.
		s.patience = patience
		return commit(txn, at)
	}
	started, answers := time.Now(), make(chan error, 3)
	go func() { answers <- second(s.Use(t.Context(), store.Attempt{Link: links[0]})) }()
	<-hanging
	go func() { answers <- second(s.Use(t.Context(), store.Attempt{Link: links[1]})) }()
	go func() { answers <- s.Delete(t.Context(), links[2]) }()
	for range 3 {
		wantUnavailable(t, <-answers)
	}
	// From now on nobody begins to wait.
	wantUnavailable(t, second(s.Use(t.Context(), store.Attempt{Link: links[0]})))
	wantUnavailable(t, s.Create(t.Context(), store.Record{Token: store.Token{Link: store.NewLink()}}))
	wantUnavailable(t, s.Health(t.Context()))
	if d, err := s.Peek(t.Context(), store.Attempt{Link: links[0]}); err != nil || d.Counter != 1 {
		t.Errorf("Peek: got counter %d, error %v", d.Counter, err)
	}
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	close(hang)
	eventually(t, "the store is up again", func() bool { return s.Health(t.Context()) == nil })
	if d, err := s.Use(t.Context(), store.Attempt{Link: links[0]}); err != nil || d.Counter != 2 {
		t.Errorf("afterwards: got counter %d, error %v; want 2", d.Counter, err)
	}
	eventually(t, "the deletion is done", func() bool {
		return errors.Is(second(s.Get(t.Context(), links[2])), store.ErrNotFound)
	})
	if n := counterOf(t, again(t, s), links[0]); n != 2 {
		t.Errorf("in the next life: got counter %d, want 2", n)
	}
}

// A call looks whether a write hangs and then joins a batch. Where the write
// was given up in between, and nobody else waited, the batch is a new one that
// nobody has answered; it was given up with the others, and its callers waited
// for ever.
func TestWhoComesJustWhenAWriteIsGivenUpIsAnswered(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	links := kept(t, s, 1)
	hang := make(chan struct{})
	s.patience = 50 * time.Millisecond
	commit := s.commit
	s.commit = func(txn *engine.Txn, at uint64) error {
		<-hang
		s.patience = patience
		return commit(txn, at)
	}
	wantUnavailable(t, second(s.Use(t.Context(), store.Attempt{Link: links[0]})))
	if s.health.stuck() == nil { // it waits for the lock under which all who wait are answered
		t.Fatal("the write is not given up")
	}
	late := s.queue.add(new(op))
	close(hang)
	select {
	case <-late.done:
	case <-time.After(patience):
		t.Fatal("who came late waits for ever")
	}
	if late.err != nil {
		t.Errorf("got %v, want what the batch came to", late.err)
	}
}

// Where millions of records were made on a machine that was busy, a batch of
// four calls took longer than one write may, and uses were refused though all
// was well.
func TestABatchThatComesFurtherIsNotGivenUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	s.patience = 2 * time.Second
	release := hold(t, s)
	const calls = 4
	answers := make(chan error, calls)
	for range calls {
		go func() {
			answers <- s.submit(t.Context(), &op{run: func(*engine.Txn) error {
				time.Sleep(s.patience * 2 / calls)
				return nil
			}})
		}()
	}
	eventually(t, "all of them wait", func() bool {
		s.queue.mu.Lock()
		defer s.queue.mu.Unlock()
		return s.queue.open != nil && len(s.queue.open.ops) == calls
	})
	release()
	for range calls {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}
