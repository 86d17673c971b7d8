package badger

import (
	"sync"
	"sync/atomic"

	"github.com/linkgate/linkgate/store"
)

// A drain lets calls in until it is shut, and shutting waits until all of them
// have left. Badger unmaps its files when it is closed: a reader that is still
// inside would take the whole process down.
type drain struct {
	closing atomic.Bool
	calls   sync.RWMutex
}

// enter lets a call in, which then has to leave, or returns
// [store.ErrClosed]. A call must not enter twice.
func (d *drain) enter() error {
	if d.closing.Load() {
		return store.ErrClosed
	}
	d.calls.RLock()
	// Shut may have begun, and ended, in between.
	if d.closing.Load() {
		d.calls.RUnlock()
		return store.ErrClosed
	}
	return nil
}

func (d *drain) leave() { d.calls.RUnlock() }

// shut keeps calls out from now on and waits for those that are in.
func (d *drain) shut() {
	d.closing.Store(true)
	d.calls.Lock()
	d.calls.Unlock() //nolint:staticcheck // SA2001: the wait is the purpose; those who queued behind it see closing.
}

// shutting reports whether a long call should give up.
func (d *drain) shutting() bool { return d.closing.Load() }
