package admin

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	// cacheIdle is how long a right credential is remembered after its use.
	cacheIdle = time.Minute

	// cacheSize is how many right credentials are remembered.
	cacheSize = 1000
)

// A cacheKey stands for a secret and the state of the record that it was
// checked against. Neither can be got out of it.
type cacheKey [sha256.Size]byte

// A cache remembers which checks went well lately. It holds no secret: what
// it keeps are keyed hashes, and the key is made at start and never leaves.
//
// The hash of the secret and the time of the last change are part of a key.
// So with any change of its record a credential is no longer known, at once
// and with nothing to be told to the cache.
type cache struct {
	boot [32]byte

	mu    sync.Mutex
	uses  map[cacheKey]*list.Element
	order *list.List // of use, latest first
}

// A use is the last time that a check was known.
type use struct {
	key  cacheKey
	last time.Time
}

func newCache() *cache {
	c := &cache{uses: map[cacheKey]*list.Element{}, order: list.New()}
	// crypto/rand.Read never fails: it ends the process instead.
	_, _ = rand.Read(c.boot[:])
	return c
}

// key names the check of a credential against a record, nil for none.
func (c *cache) key(presented credential, t *store.Token) cacheKey {
	mac := hmac.New(sha256.New, c.boot[:])
	part := func(text string) {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(text)))
		mac.Write([]byte(text))
	}
	part(presented.id)
	part(presented.secret)
	if t != nil {
		part(t.HashedAccessToken)
		_ = binary.Write(mac, binary.BigEndian, t.Modified.UnixMicro())
	}
	return cacheKey(mac.Sum(nil))
}

// has reports whether a check went well lately, and counts as a use of it.
func (c *cache) has(key cacheKey, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.uses[key]
	if !ok {
		return false
	}
	if now.Sub(e.Value.(*use).last) >= cacheIdle {
		c.drop(e)
		return false
	}
	c.touch(e, now)
	return true
}

// put remembers that a check went well.
func (c *cache) put(key cacheKey, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.uses[key]; ok {
		c.touch(e, now)
		return
	}
	if len(c.uses) >= cacheSize {
		c.drop(c.order.Back())
	}
	c.uses[key] = c.order.PushFront(&use{key, now})
}

// touch notes a use. Calls overlap: an earlier one does not turn back time.
func (c *cache) touch(e *list.Element, now time.Time) {
	if u := e.Value.(*use); now.After(u.last) {
		u.last = now
	}
	c.order.MoveToFront(e)
}

func (c *cache) drop(e *list.Element) {
	delete(c.uses, e.Value.(*use).key)
	c.order.Remove(e)
}
