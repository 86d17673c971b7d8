package caddymodule

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// An engine is what an open store makes possible. The keys are those that the
// store had when it was looked at last.
type engine struct {
	store.Store
	keys     atomic.Pointer[jwt.Keyring]
	sessions atomic.Pointer[sessionSealer]
	api      *admin.Handler

	// loading is held while keys are read, so that what was read first does
	// not replace what was read last.
	loading sync.Mutex
}

// newEngine readies what this configuration needs from its store.
func (a *App) newEngine(s store.Store) (*engine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	e := &engine{Store: s}
	if err := a.loadKeys(ctx, e); err != nil {
		return nil, err
	}
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

// loadKeys reads the keys that the store keeps, as after one was retired. A
// ring that has not changed stays, with all that it remembers.
func (a *App) loadKeys(ctx context.Context, e *engine) error {
	e.loading.Lock()
	defer e.loading.Unlock()
	ring, err := jwt.LoadKeyring(ctx, e.Store, a.keys)
	if err != nil {
		return fmt.Errorf("loading jwt keys: %w", err)
	}
	if was := e.keys.Load(); was == nil || !was.Same(ring) {
		e.keys.Store(ring)
	}
	sessions, err := newSessionSealer(ctx, e.Store)
	if err != nil {
		return fmt.Errorf("loading the session key: %w", err)
	}
	e.sessions.Store(sessions)
	return nil
}
