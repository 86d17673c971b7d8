package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
	"github.com/linkgate/linkgate/store/jwt"
)

// An engine is what an open store makes possible.
type engine struct {
	store.Store
	keys     atomic.Pointer[jwt.Keyring]
	sessions *sessionSealer
	api      *admin.Handler
}

// An opener opens the engine of one configuration, once. Apps start in no
// fixed order, so that a request can come before the app's Start: whoever is
// first opens.
type opener struct {
	engine atomic.Pointer[engine]

	mu     sync.Mutex
	lease  *lease
	err    error
	tried  time.Time // when err was found
	closed bool
}

// retryEvery is how long a store that was not available is left alone before a
// request tries to open it again.
const retryEvery = time.Second

// open returns the engine. Where it could not be opened because the store is
// not available just now, it tries again from time to time. After any other
// error this configuration gets the same one each time: a reload tries anew.
func (a *App) open() (*engine, error) {
	o := a.opener
	if e := o.engine.Load(); e != nil {
		return e, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if e := o.engine.Load(); e != nil {
		return e, nil
	}
	if o.closed {
		return nil, store.ErrClosed
	}
	now := a.now()
	if o.err != nil && (!passes(o.err) || now.Sub(o.tried) < retryEvery) {
		return nil, o.err
	}
	o.lease, o.err = acquire(a.provider, a.log)
	if o.err != nil {
		o.tried = now
		return nil, o.err
	}
	e, err := a.newEngine(o.lease)
	if err != nil {
		o.err, o.tried = errors.Join(err, o.lease.Release()), now
		o.lease = nil
		return nil, o.err
	}
	o.engine.Store(e)
	return e, nil
}

// passes reports whether what kept a store from being opened can be over by
// itself: damage cannot.
func passes(err error) bool {
	return errors.Is(err, store.ErrUnavailable) && !errors.Is(err, badger.ErrCorrupt)
}

// close gives the store back. Requests that are still under way keep the
// engine: its store answers them until it is closed, and refuses from then on.
func (o *opener) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.lease == nil {
		return nil
	}
	return o.lease.Release()
}

// newEngine readies what this configuration needs from its store.
func (a *App) newEngine(s store.Store) (*engine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	e := &engine{Store: s}
	if err := a.loadKeys(ctx, e); err != nil {
		return nil, err
	}
	sessions, err := newSessionSealer(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("loading the session key: %w", err)
	}
	e.sessions = sessions
	e.api = admin.New(admin.Options{
		Store:    s,
		Keys:     e.keys.Load,
		Now:      a.now,
		Log:      a.log.Named("admin"),
		Audit:    audit(a.log),
		ClientIP: clientIP,
	})
	return e, nil
}

// loadKeys reads the signing keys anew, as after one was retired.
func (a *App) loadKeys(ctx context.Context, e *engine) error {
	ring, err := jwt.LoadKeyring(ctx, e.Store, a.keys)
	if err != nil {
		return fmt.Errorf("loading jwt keys: %w", err)
	}
	e.keys.Store(ring)
	return nil
}
