package badger

import (
	"errors"
	"sync"

	"github.com/linkgate/linkgate/store"
)

// A shard is a part of the live set, with its own lock.
type shard struct {
	mu      sync.RWMutex
	entries map[id]*entry
	unknown negative

	// loads are the tokens that are being read from the database just now.
	// Who wants the same one waits: no token is read twice at once.
	loads map[id]*loading

	// ring holds the entries in no order of meaning; hand goes round it in
	// search of something to evict once there are more than most of them.
	ring []*entry
	hand int
	most int

	// loaded grows with every entry that is put in.
	loaded uint64

	// park puts a token with reserved uses on the list of the next flush.
	park func(*entry)
}

// A loading is one reading of a token, for all who want it.
type loading struct {
	done chan struct{} // closed when the rest is set

	// stale is set where the token was made, changed or deleted since the
	// reading began: what was read must not be believed. The shard's lock
	// guards it.
	stale bool

	entry *entry // nil where the token is not kept
	err   error
}

// get returns the entry of i if it is in the live set.
func (sh *shard) get(i id) *entry {
	sh.mu.RLock()
	e := sh.entries[i]
	sh.mu.RUnlock()
	if e != nil && !e.touched.Load() {
		e.touched.Store(true)
	}
	return e
}

// begin looks i up again and, where that finds nothing, starts to load it or
// joins a load under way. first says that the caller has to do the loading.
// Without an entry and a load, the token is known not to be kept.
func (sh *shard) begin(i id) (e *entry, l *loading, first bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if e := sh.entries[i]; e != nil {
		return e, nil, false
	}
	if sh.unknown.has(i) {
		return nil, nil, false
	}
	if l := sh.loads[i]; l != nil {
		return nil, l, false
	}
	l = &loading{done: make(chan struct{})}
	sh.loads[i] = l
	return nil, l, true
}

// finish ends a load with what was read, unless it has to be read again.
func (sh *shard) finish(i id, l *loading, r stored, err error) (again bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if l.stale {
		l.stale = false
		return true
	}
	switch {
	case err == nil:
		l.entry = &entry{id: i, token: r.token, used: r.counter, start: r.counter, safe: r.counter}
		sh.insert(l.entry)
	case errors.Is(err, store.ErrNotFound):
		sh.unknown.add(i)
	default:
		l.err = err
	}
	delete(sh.loads, i)
	close(l.done)
	return false
}

func (sh *shard) insert(e *entry) {
	sh.loaded++
	sh.makeRoom(evictAtOnce, evictTries)
	e.touched.Store(true)
	e.slot = len(sh.ring)
	sh.ring = append(sh.ring, e)
	sh.entries[e.id] = e
}

// remove takes e out. The caller holds the lock.
func (sh *shard) remove(e *entry) {
	last := sh.ring[len(sh.ring)-1]
	sh.ring[e.slot], last.slot = last, e.slot
	sh.ring[len(sh.ring)-1] = nil
	sh.ring = sh.ring[:len(sh.ring)-1]
	delete(sh.entries, e.id)
}

// changed says that the database has something else under i from now on, and
// hands the entry, if there is one, to do. It returns before any load of the
// token does.
func (sh *shard) changed(i id, do func(*entry)) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.unknown.drop(i)
	if l := sh.loads[i]; l != nil {
		l.stale = true
	}
	if e := sh.entries[i]; e != nil && do != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		do(e)
		if e.state == gone {
			sh.remove(e)
		}
	}
}
