package jwt

import (
	"strconv"

	"github.com/linkgate/linkgate/store"
)

// ClaimsUnverified lets tests read a JWT whose secret nobody knows, with all
// that the guard checks but the header's kid. It exists in tests only.
func ClaimsUnverified(raw string) (store.Claims, error) {
	p, err := split(raw)
	if err != nil {
		return store.Claims{}, err
	}
	_, payload, err := p.decode()
	if err != nil {
		return store.Claims{}, err
	}
	return decodeClaims(payload)
}

// DecodeLoosely lets a plain reading of the contract decode like Candidate.
func DecodeLoosely(part string) (text []byte, ok bool) { return decodeLoosely(nil, part) }

// Remembered is how many JWTs a ring remembers, and MostRemembered how many it
// may.
func (k *Keyring) Remembered() (n int) {
	for i := range k.verified.shards {
		s := &k.verified.shards[i]
		s.mu.RLock()
		n += len(s.young) + len(s.old)
		s.mu.RUnlock()
	}
	return n
}

// MostRemembered is the bound of a ring's memory.
const MostRemembered = memoryShards * 2 * memoryHalf

// Fill remembers n made-up JWTs, which signing would take a minute for.
func (k *Keyring) Fill(n int) {
	for i := range n {
		k.verified.remember(digestOf(strconv.Itoa(i)), store.Claims{})
	}
}
