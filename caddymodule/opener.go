package caddymodule

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// An opener opens the engine of one configuration, once. Apps start in no
// fixed order, so that a request can come before the app's Start: whoever is
// first opens.
type opener struct {
	engine atomic.Pointer[engine]
	failed atomic.Pointer[failure]

	mu     sync.Mutex
	lease  *lease
	ended  func() // stops what follows the store
	closed bool
}

// A failure is why the engine could not be opened.
type failure struct {
	err error
	at  time.Time
}

// retryEvery is how long a store that was not available is left alone before a
// request tries to open it again.
const retryEvery = time.Second

// open returns the engine. Where it could not be opened because the store is
// not available just now, it tries again from time to time, one request at a
// time; the others get the last error at once, so that none of them waits for a
// server that is not there. After any other error this configuration gets the
// same one each time: a reload tries anew.
func (a *App) open() (*engine, error) {
	o := a.opener
	if e := o.engine.Load(); e != nil {
		return e, nil
	}
	if f := o.failed.Load(); f == nil {
		o.mu.Lock()
	} else if !f.over(a.now()) || !o.mu.TryLock() {
		return nil, f.err
	}
	defer o.mu.Unlock()
	if e := o.engine.Load(); e != nil {
		return e, nil
	}
	if o.closed {
		return nil, store.ErrClosed
	}
	if f := o.failed.Load(); f != nil && !f.over(a.now()) {
		return nil, f.err
	}
	e, err := a.openEngine()
	if err != nil {
		o.failed.Store(&failure{err, a.now()})
		return nil, err
	}
	o.engine.Store(e)
	return e, nil
}

// over reports whether it can be tried again.
func (f *failure) over(now time.Time) bool {
	return passes(f.err) && now.Sub(f.at) >= retryEvery
}

// openEngine takes a share in the store and readies the engine. The opener's
// mutex is held.
func (a *App) openEngine() (*engine, error) {
	l, err := acquire(a.provider, a.log)
	if err != nil {
		return nil, err
	}
	e, err := a.newEngine(l)
	if err != nil {
		return nil, errors.Join(err, l.Release())
	}
	a.opener.lease = l
	if isShared(a.provider) {
		a.opener.ended = a.follow(e)
	}
	return e, nil
}

// passes reports whether what kept a store from being opened can be over by
// itself: damage cannot.
func passes(err error) bool { return isAway(err) && !errors.Is(err, badger.ErrCorrupt) }

// isAway reports whether an error is about the state of the store, which the
// configuration cannot help, rather than about the configuration.
func isAway(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}

// close gives the store back. Requests that are still under way keep the
// engine: its store answers them until it is closed, and refuses from then on.
func (o *opener) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.ended != nil {
		o.ended()
	}
	if o.lease == nil {
		return nil
	}
	return o.lease.Release()
}
