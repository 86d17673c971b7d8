package jwt

import (
	"crypto/sha256"
	"sync"

	"github.com/linkgate/linkgate/store"
)

// A memory holds the claims of JWTs that were verified, so that who comes again
// with the same one costs a hash and no signature. Nothing in it depends on
// the time, and it belongs to one keyring: with the keys it is gone.
//
// Only what verifies gets in, so that nobody fills it but holders of tokens,
// and a flood of bad ones displaces nothing. It knows a JWT by the SHA-256 of
// its whole text and keeps no text of it.
//
// It has room for 16 384 JWTs: with requesters of up to 32 bytes about 5 MiB,
// with the longest ones 9 MiB, and nothing before the first one comes.
type memory struct {
	shards [memoryShards]memoryShard
}

const (
	memoryShards = 16

	// memoryHalf is how many JWTs one half of a shard holds.
	memoryHalf = 512
)

// A memoryShard forgets by halves: where the young half is full it becomes the
// old one, and what nobody asked for since is dropped. Who comes at least once
// in that time stays, and no list has to be kept in order.
type memoryShard struct {
	mu         sync.RWMutex
	young, old map[digest]store.Claims
}

type digest [sha256.Size]byte

// digestOf hashes piece by piece: the text as a whole would be copied to the
// heap, for junk as well.
func digestOf(raw string) (d digest) {
	h := sha256.New()
	var piece [512]byte
	for len(raw) > 0 {
		n := copy(piece[:], raw)
		_, _ = h.Write(piece[:n])
		raw = raw[n:]
	}
	h.Sum(d[:0])
	return d
}

// of is the shard that d belongs to.
func (m *memory) of(d digest) *memoryShard { return &m.shards[d[0]%memoryShards] }

// recall returns what was remembered under d.
func (m *memory) recall(d digest) (store.Claims, bool) {
	s := m.of(d)
	s.mu.RLock()
	c, ok := s.young[d]
	if ok {
		s.mu.RUnlock()
		return c, true
	}
	c, ok = s.old[d]
	s.mu.RUnlock()
	if ok {
		m.remember(d, c)
	}
	return c, ok
}

// remember puts the claims of a JWT that was verified under its digest.
func (m *memory) remember(d digest, c store.Claims) {
	s := m.of(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= memoryHalf {
		s.young, s.old = make(map[digest]store.Claims), s.young
	}
	s.young[d] = c
}
