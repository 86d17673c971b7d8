package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// A broken store is one whose calls go wrong, in one way or another, while
// there is a fault.
type broken struct {
	store.Store
	fault func(ctx context.Context, call func() error) error
}

func (b *broken) Use(ctx context.Context, a store.Attempt) (d store.Decision, err error) {
	err = b.fault(ctx, func() error { d, err = b.Store.Use(ctx, a); return err })
	return d, err
}

func (b *broken) Peek(ctx context.Context, a store.Attempt) (d store.Decision, err error) {
	err = b.fault(ctx, func() error { d, err = b.Store.Peek(ctx, a); return err })
	return d, err
}

func (b *broken) GiveBack(ctx context.Context, charged store.Decision) error {
	return b.fault(ctx, func() error { return b.Store.GiveBack(ctx, charged) })
}

var errBroken = errors.Join(store.ErrUnavailable, errors.New("disk is gone"))

// well is no fault at all.
func well(_ context.Context, call func() error) error { return call() }

// A storeFault is a way in which a call goes wrong.
type storeFault struct {
	fault func(context.Context, func() error) error
	done  int64 // 1: what was asked for is done all the same
	hangs bool  // until the client hangs up
}

// on returns the fault for a client that hangs up, if it has to, with hangUp.
func (f storeFault) on(hangUp func()) func(context.Context, func() error) error {
	return func(ctx context.Context, call func() error) error {
		if f.hangs {
			hangUp()
		}
		return f.fault(ctx, call)
	}
}

var storeFaults = map[string]storeFault{
	"an error":               {func(context.Context, func() error) error { return errBroken }, 0, false},
	"an error after success": {func(_ context.Context, call func() error) error { return errors.Join(call(), errBroken) }, 1, false},
	"an admission of nobody": {func(context.Context, func() error) error { return nil }, 0, false},
	"a panic":                {func(context.Context, func() error) error { panic("/" + linkA) }, 0, false},
	"a panic after success":  {func(_ context.Context, call func() error) error { _ = call(); panic(errBroken) }, 1, false},
	"an answer that never comes": {func(ctx context.Context, _ func() error) error {
		<-ctx.Done()
		return errors.Join(store.ErrUnavailable, ctx.Err())
	}, 0, true},
}

func TestAStoreThatBreaksInAnyWayAdmitsNobody(t *testing.T) {
	t.Parallel()
	for name, c := range storeFaults {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" and "+name, func(t *testing.T) {
				t.Parallel()
				g, s := overBroken(t)
				r := newRequest(t, "/"+linkA, nil)
				r.Method = method
				ctx, hangUp := context.WithCancel(r.Context())
				defer hangUp()
				r = r.WithContext(ctx)
				s.fault = c.on(hangUp)
				// twice, as where handle_errors leads to a gate
				for range 2 {
					w, u := httptest.NewRecorder(), new(upstream)
					err := g.ServeHTTP(w, r, u)
					// nobody reads the answer to a client that has hung up
					if (w.Code != http.StatusServiceUnavailable || err != nil) != c.hangs || len(u.requests) != 0 {
						t.Errorf("status %d, error %v, %d upstream", w.Code, err, len(u.requests))
					}
				}
				charged := c.done
				if method == http.MethodHead {
					charged = 0
				}
				if n := used(t, g, linkA); n != charged {
					t.Errorf("charged %d times, want %d", n, charged)
				}
				s.fault = well
				if w, u := pass(t, g, newRequest(t, "/"+linkA, nil)); w.Code != http.StatusOK || len(u.requests) != 1 {
					t.Errorf("afterwards: status %d, %d upstream", w.Code, len(u.requests))
				}
			})
		}
	}
}

func TestAStoreThatBreaksWhenAUseIsGivenBackLeavesTheAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range storeFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, s := overBroken(t)
			r := newRequest(t, "/"+linkA, nil)
			ctx, hangUp := context.WithCancel(r.Context())
			defer hangUp()
			dead := brokenNext{errDial, func(http.ResponseWriter, *http.Request) { s.fault = c.on(hangUp) }}
			if err := g.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx), dead); !errors.Is(err, errDial) {
				t.Errorf("got %v, want the error of the proxy", err)
			}
			s.fault = well
			if n := used(t, g, linkA); n != 1-c.done {
				t.Errorf("charged %d times, want %d", n, 1-c.done)
			}
		})
	}
}

// overBroken returns a gate over a store that is well for the time being and
// holds one token with a limit.
func overBroken(t *testing.T) (*Gate, *broken) {
	t.Helper()
	s := &broken{Store: memory.New(), fault: well}
	if err := s.Create(t.Context(), record(linkA, limited(5))); err != nil {
		t.Fatal(err)
	}
	return gateOver(t, Gate{}, s), s
}
