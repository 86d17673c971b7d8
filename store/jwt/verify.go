package jwt

import (
	"github.com/go-jose/go-jose/v4"

	"github.com/linkgate/linkgate/store"
)

// algorithms is all that the library may accept, as a second look at what the
// guard has compared already.
var algorithms = []jose.SignatureAlgorithm{algorithm}

// Verify returns the claims of a JWT that one of the keys has signed. It checks
// all but the time, which is a matter of the token's record as well.
//
// Every refusal is [ErrInvalid]. A JWT is refused before its signature is
// looked at where another reader might see something else in it: another
// spelling of the same bytes, a member that stands twice or in another case,
// text that is no Unicode, a header that asks for something.
//
// A JWT that was verified before is known by its digest: see [Keyring.Known].
func (k *Keyring) Verify(raw string) (store.Claims, error) {
	if len(raw) > maxLen {
		return store.Claims{}, errTooLong
	}
	d := digestOf(raw)
	if claims, ok := k.verified.recall(d); ok {
		return claims, nil
	}
	claims, err := k.verify(raw)
	if err == nil {
		k.verified.remember(d, claims)
	}
	return claims, err
}

// Known reports whether Verify accepted exactly this text not long ago, so that
// it costs next to nothing to ask it again.
func (k *Keyring) Known(raw string) bool {
	if _, _, ok := cutCandidate(raw); !ok || len(raw) > maxLen {
		return false
	}
	_, ok := k.verified.recall(digestOf(raw))
	return ok
}

func (k *Keyring) verify(raw string) (store.Claims, error) {
	p, err := split(raw)
	if err != nil {
		return store.Claims{}, err
	}
	header, payload, err := p.decode()
	if err != nil {
		return store.Claims{}, err
	}
	secret, err := k.choose(header)
	if err != nil {
		return store.Claims{}, err
	}
	claims, err := decodeClaims(payload)
	if err != nil {
		return store.Claims{}, err
	}
	signed, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil {
		// What the library says could quote the token.
		return store.Claims{}, errUnreadableByLib
	}
	if _, err := signed.Verify(secret()); err != nil {
		return store.Claims{}, errWrongSignature
	}
	return claims, nil
}
