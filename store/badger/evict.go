package badger

// evictTries bounds how many entries are looked at when one is put in. Where
// none of them can go the shard grows for a while: by what is being written
// just now, and by one entry in evictTries at most.
const evictTries = 64

// evictAtOnce is how many entries leave, at most, for one that comes: more
// than one, so that a shard that had to grow shrinks again.
const evictAtOnce = 2

// shrink makes the shards small again that had to grow, now that what was
// being written can go.
func (l *liveSet) shrink() {
	for i := range l.shards {
		sh := &l.shards[i]
		sh.mu.Lock()
		if n := len(sh.ring) - sh.most; n > 0 {
			sh.makeRoom(n, 2*len(sh.ring))
		}
		sh.mu.Unlock()
	}
}

// makeRoom evicts what was not asked for lately: at most some entries, and
// none where there is room for another one. It looks at so many before it
// gives up. The caller holds the lock.
func (sh *shard) makeRoom(some, tries int) {
	for range tries {
		if len(sh.ring) < sh.most || some == 0 {
			return
		}
		if sh.hand >= len(sh.ring) {
			sh.hand = 0
		}
		e := sh.ring[sh.hand]
		switch {
		case e.touched.Load():
			e.touched.Store(false)
			sh.hand++
		case sh.evict(e):
			// Another entry has taken its place.
			some--
		default:
			sh.hand++
		}
	}
}

// evict takes e out if the database has all of it. Uses that were reserved and
// are not asked for are given back first, and the entry goes another time: a
// token that is loaded with its reservation would have lost those uses.
func (sh *shard) evict(e *entry) bool {
	// Whoever holds the lock is about to make it worth keeping.
	if !e.mu.TryLock() {
		return false
	}
	defer e.mu.Unlock()
	if e.parked() {
		sh.park(e)
	}
	if !e.clean() {
		return false
	}
	e.state = evicted
	sh.remove(e)
	return true
}
