package jwt

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/linkgate/linkgate/store"
)

// algorithm is the alg of every key: the configuration knows no other.
const algorithm = "HS256"

// Sign makes the JWT of a token: header typ, alg, kid and claims rid, exp
// (Unix seconds, rounded down), _id, in these orders. Equal claims give equal
// JWTs as long as the signing key is the same.
//
// Claims that [Keyring.Verify] would refuse, or whose NotBefore would be lost,
// are [store.ErrInvalid].
func (k *Keyring) Sign(c store.Claims) (string, error) {
	payload, err := encodeClaims(c)
	if err != nil {
		return "", fmt.Errorf("signing a jwt: %w", err)
	}
	size := len(k.header) + 1 + base64.RawURLEncoding.EncodedLen(len(payload)) + 1 + signatureLen
	out := make([]byte, 0, size)
	out = append(out, k.header...)
	out = append(out, '.')
	out = base64.RawURLEncoding.AppendEncode(out, payload)
	// Not through go-jose: it sorts the members of the header by name.
	mac := hmac.New(sha256.New, k.secrets[k.signer]())
	_, _ = mac.Write(out)
	out = append(out, '.')
	return string(base64.RawURLEncoding.AppendEncode(out, mac.Sum(nil))), nil
}

// signatureLen is the number of characters of a signature.
const signatureLen = (sha256.Size*8 + 5) / 6

func encodeClaims(c store.Claims) ([]byte, error) {
	switch {
	case !store.ValidLink(c.Link):
		return nil, fmt.Errorf("%w: malformed link", store.ErrInvalid)
	case !validRID(c.RID):
		return nil, fmt.Errorf("%w: malformed rid", store.ErrInvalid)
	case c.Expires.IsZero() || !validTime(c.Expires.Unix()):
		return nil, fmt.Errorf("%w: no end of life that a jwt can state", store.ErrInvalid)
	case !c.NotBefore.IsZero():
		return nil, fmt.Errorf("%w: a time before which it is not valid", store.ErrInvalid)
	}
	out := appendString([]byte(`{"rid":`), c.RID)
	out = strconv.AppendInt(append(out, `,"exp":`...), c.Expires.Unix(), 10)
	out = append(append(out, `,"_id":"`...), c.Link...)
	return append(out, `"}`...), nil
}

// encodeHeader is the first part of all JWTs signed with one key.
func encodeHeader(kid string) string {
	out := appendString([]byte(`{"typ":"JWT","alg":"`+algorithm+`","kid":`), kid)
	return base64.RawURLEncoding.EncodeToString(append(out, '}'))
}

// appendString writes s, which is valid UTF-8, as a JSON string.
func appendString(out []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	// This is no HTML: `&` may stay what it is.
	e.SetEscapeHTML(false)
	// A string can always be encoded, and a buffer always be written.
	_ = e.Encode(s)
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
