package redis

import (
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/redis/rueidis"
)

// liveShards is over how many locks the live set is spread.
const liveShards = 64

// evictTries is how many entries are looked at in search of one that nobody
// asks for.
const evictTries = 8

// A liveSet holds the tokens that were used lately: so that the server need not
// send their records again, and so that those without a limit need not be
// asked about at all.
type liveSet struct {
	shards [liveShards]shard
	most   int // entries of a shard
	keys   keys

	// generation grows each time that changes may have happened which the
	// server could not tell of. Never zero.
	generation atomic.Uint64
}

// A shard is a part of the live set, with its own lock.
type shard struct {
	mu      sync.RWMutex
	entries map[string]*entry
}

func newLiveSet(most int, k keys) *liveSet {
	l := &liveSet{most: max(1, most/liveShards), keys: k}
	l.generation.Store(1)
	for i := range l.shards {
		l.shards[i].entries = map[string]*entry{}
	}
	return l
}

// shard is the one of link, whose last two digits are as random as any.
func (l *liveSet) shard(link string) *shard {
	n, err := strconv.ParseUint(link[len(link)-2:], 16, 8)
	if err != nil {
		n = 0
	}
	return &l.shards[n%liveShards]
}

// get returns the entry of link, or nil.
func (l *liveSet) get(link string) *entry {
	sh := l.shard(link)
	sh.mu.RLock()
	e := sh.entries[link]
	sh.mu.RUnlock()
	if e != nil && !e.touched.Load() {
		e.touched.Store(true)
	}
	return e
}

// put returns the entry of link, a new one where there is none.
func (l *liveSet) put(link string) *entry {
	sh := l.shard(link)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if e := sh.entries[link]; e != nil {
		return e
	}
	if len(sh.entries) >= l.most {
		sh.makeRoom()
	}
	e := &entry{link: link}
	e.touched.Store(true)
	sh.entries[link] = e
	return e
}

// makeRoom takes out one that nobody asks for, or any one that can go. The
// caller holds the lock.
func (sh *shard) makeRoom() {
	tries := 0
	for link, e := range sh.entries {
		if tries++; tries > 2*evictTries {
			return
		}
		if e.touched.Swap(false) && tries <= evictTries {
			continue
		}
		e.mu.Lock()
		e.evicted = e.spare()
		gone := e.evicted
		e.mu.Unlock()
		if gone {
			delete(sh.entries, link)
			return
		}
	}
}

// changed says that the database may have something else under link from now
// on.
func (l *liveSet) changed(link string) {
	if e := l.get(link); e != nil {
		e.mu.Lock()
		e.local = 0
		e.told++
		e.mu.Unlock()
	}
}

// changing says that a change of link is about to be sent, and returns what to
// call when it has been answered. In between nobody is judged here: it may have
// happened already, and others may have seen it.
func (l *liveSet) changing(link string) (changed func()) {
	e := l.put(link)
	e.mu.Lock()
	for e.evicted {
		e.mu.Unlock()
		e = l.put(link)
		e.mu.Lock()
	}
	e.changing++
	e.local = 0
	e.mu.Unlock()
	return func() {
		e.mu.Lock()
		e.changing--
		e.local = 0
		e.told++
		e.mu.Unlock()
	}
}

// told is called with what the server says has changed, in the order in which
// it happened there, before any later answer of that connection is delivered.
func (l *liveSet) told(names []rueidis.RedisMessage) {
	if names == nil { // everything, or the connection is gone
		l.lost()
		return
	}
	for i := range names {
		name, err := names[i].ToString()
		if err != nil {
			l.lost()
			return
		}
		if link, ok := l.keys.linkOf(name); ok {
			l.changed(link)
		}
	}
}

// lost makes no entry local any more.
func (l *liveSet) lost() { l.generation.Add(1) }

// forgetSerials accepts every counter as it is.
func (l *liveSet) forgetSerials() {
	l.lost()
	for i := range l.shards {
		sh := &l.shards[i]
		sh.mu.RLock()
		for _, e := range sh.entries {
			e.mu.Lock()
			e.serial = 0
			e.mu.Unlock()
		}
		sh.mu.RUnlock()
	}
}
