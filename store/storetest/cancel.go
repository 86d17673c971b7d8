package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

var cancelTests = []test{
	{"a call whose context has ended changes nothing and says so", func(t *testing.T, s store.Store) {
		token := create(t, s)
		keep(t, s, "kept", "x", "x")
		fresh := store.NewLink()
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
		defer cancel()
		for _, c := range calls(token.Link, fresh) {
			if err := c.do(canceled, s); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got %v, want context.Canceled", c.name, err)
			}
			if err := c.do(late, s); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got %v, want context.DeadlineExceeded", c.name, err)
			}
		}
		wantRecord(t, s, store.Record{Token: token})
		wantGone(t, s, fresh)
		wantKept(t, s, "", map[string][]byte{"kept": []byte("x")})
	}},
	{"every call succeeds with a context that lives", func(t *testing.T, s store.Store) {
		token := create(t, s)
		keep(t, s, "kept", "x", "x")
		for _, c := range calls(token.Link, store.NewLink()) {
			if err := c.do(t.Context(), s); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}},
	{"of uses cut off in the middle, only admitted and unknown ones count", usesCutOff},
}

// usesCutOff ends contexts while uses wait for their turn. A use that failed
// without [store.ErrUnavailable] was not charged.
func usesCutOff(t *testing.T, s store.Store) {
	token := create(t, s)
	var admitted, unknown, cut atomic.Int64
	together(16, func(i int) {
		for n := range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*n)*10*time.Microsecond)
			d, err := s.Use(ctx, attempt(token.Link))
			cancel()
			switch {
			case err == nil && d.Admitted():
				admitted.Add(1)
			case errors.Is(err, store.ErrUnavailable):
				unknown.Add(1)
			case errors.Is(err, context.DeadlineExceeded):
				cut.Add(1)
			default:
				t.Errorf("got reason %q, error %v", d.Reason, err)
			}
		}
	})
	got, err := s.Get(t.Context(), token.Link)
	if err != nil {
		t.Fatal(err)
	}
	if got.Counter < admitted.Load() || got.Counter > admitted.Load()+unknown.Load() {
		t.Fatalf("got counter %d after %d admitted, %d unknown, %d cut off",
			got.Counter, admitted.Load(), unknown.Load(), cut.Load())
	}
}
