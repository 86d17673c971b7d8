package storetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func runClose(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []test{
		{"every call after it is refused, and a second one is nil", func(t *testing.T, s store.Store) {
			token := create(t, s)
			keep(t, s, "kept", "x", "x")
			if err := s.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			for _, c := range calls(token.Link, store.NewLink()) {
				if err := c.do(t.Context(), s); !errors.Is(err, store.ErrClosed) {
					t.Errorf("%s: got %v, want ErrClosed", c.name, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatalf("second Close: %v", err)
			}
		}},
		{"it waits for a call under way, which succeeds", closeWaits},
		{"calls that race it succeed or are refused", closeRaces},
		{"several at once all return", func(t *testing.T, s store.Store) {
			create(t, s)
			together(8, func(int) {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

func closeWaits(t *testing.T, s store.Store) {
	token := create(t, s)
	inside, release := make(chan struct{}), make(chan struct{})
	updated, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			close(inside)
			<-release
			return nil
		})
		updated <- err
	}()
	<-inside
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		t.Errorf("Close returned %v while a call was under way", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	for name, outcome := range map[string]chan error{"the call under way": updated, "Close": closed} {
		select {
		case err := <-outcome:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s does not return", name)
		}
	}
}

func closeRaces(t *testing.T, s store.Store) {
	token := create(t, s)
	for range 50 {
		create(t, s)
	}
	keep(t, s, "kept", "x", "x")
	var done atomic.Int64
	together(9, func(i int) {
		if i == 0 {
			// By then the others are in the middle of it.
			for start := time.Now(); done.Load() < 100 && time.Since(start) < time.Second; {
				time.Sleep(time.Millisecond)
			}
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			return
		}
		for range 100_000 {
			for _, c := range calls(token.Link, store.NewLink()) {
				if c.name == "Delete" || c.name == "Forget" {
					continue
				}
				err := c.do(t.Context(), s)
				if errors.Is(err, store.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				done.Add(1)
			}
		}
		t.Error("the store was never closed")
	})
}
