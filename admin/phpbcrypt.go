package admin

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/crypto/blowfish" //nolint:staticcheck // it is what bcrypt is made of
)

// Until 2011 crypt_blowfish, which is PHP's bcrypt, took the bytes of a password
// for signed numbers, so that a byte over 127 wiped out those before it. Since
// then the prefix of a hash says how to take the bytes: $2y$ and $2b$ right,
// $2x$ as ever, and $2a$ right but for passwords that both ways take alike. To
// these it gives a hash of their own, lest they open an account whose hash was
// made the old way of another password.

const (
	// keyBytes is how much of a repeated password Blowfish takes in: 18 words.
	keyBytes = 72

	// wordBytes is what the old way took together.
	wordBytes = 4

	// guard is the bit that sets such a password apart, in its second byte.
	guard = 1
)

// bcryptText is what bcrypt encrypts over and over.
const bcryptText = "OrpheanBeholderScryDoubt"

// bcryptBase64 is the alphabet of bcrypt.
var bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

// bcryptKeys are what bcrypt takes a password for: in the first step, and in
// all others.
type bcryptKeys struct{ first, others []byte }

// unusualKeys are the keys of a secret where x/crypto, which knows the right
// way only, has others.
func unusualKeys(hash, secret string) (keys bcryptKeys, unusual bool) {
	signed := signExtendedKey(secret)
	switch {
	case strings.HasPrefix(hash, "$2x$"):
		return bcryptKeys{signed, signed}, true
	case strings.HasPrefix(hash, "$2a$") && guarded(secret, signed):
		first := bytes.Clone(signed)
		first[1] ^= guard
		return bcryptKeys{first, signed}, true
	}
	return bcryptKeys{}, false
}

// guarded reports whether a secret is one that both ways take alike though it
// has a byte over 127 that has others of its word before it.
func guarded(secret string, signed []byte) bool {
	high := false
	for i, b := range signed {
		if b != secretByte(secret, i) {
			return false
		}
		high = high || i%wordBytes != 0 && b > 127
	}
	return high
}

// signExtendedKey repeats a secret and the NUL behind it, and spoils each word
// of four bytes the old way: a byte over 127 sets all bits in front.
func signExtendedKey(secret string) []byte {
	out := make([]byte, 0, keyBytes)
	for n := 0; n < keyBytes; {
		var word uint32
		for range wordBytes {
			word = word<<8 | uint32(int32(int8(secretByte(secret, n))))
			n++
		}
		out = binary.BigEndian.AppendUint32(out, word)
	}
	return out
}

// secretByte is a byte of a secret that is repeated with a NUL behind it.
func secretByte(secret string, n int) byte {
	if n %= len(secret) + 1; n < len(secret) {
		return secret[n]
	}
	return 0
}

// fit reports whether a hash was made with the keys.
func (k bcryptKeys) fit(hash string) bool {
	const prefix, saltLen = len("$2x$10$"), 22
	cost, err := strconv.Atoi(hash[prefix-3 : prefix-1])
	if err != nil {
		return false
	}
	salt, err := bcryptBase64.DecodeString(hash[prefix : prefix+saltLen])
	if err != nil {
		return false
	}
	c, err := blowfish.NewSaltedCipher(k.first, salt)
	if err != nil {
		return false
	}
	for range 1 << cost {
		blowfish.ExpandKey(k.others, c)
		blowfish.ExpandKey(salt, c)
	}
	sum := []byte(bcryptText)
	for block := 0; block < len(sum); block += blowfish.BlockSize {
		for range 64 {
			c.Encrypt(sum[block:], sum[block:])
		}
	}
	// All implementations leave the last byte out.
	digits := bcryptBase64.EncodeToString(sum[:len(sum)-1])
	return subtle.ConstantTimeCompare([]byte(digits), []byte(hash[prefix+saltLen:])) == 1
}
