package admin

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"golang.org/x/crypto/blowfish" //nolint:staticcheck // it is what bcrypt is made of
)

// keyBytes is how much of a repeated password Blowfish takes in: 18 words.
const keyBytes = 72

// bcryptText is what bcrypt encrypts over and over.
const bcryptText = "OrpheanBeholderScryDoubt"

// bcryptBase64 is the alphabet of bcrypt.
var bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

// compareSignExtended is compareSecret for hashes with the prefix $2x$. They
// come from programs of before 2011 that took the bytes of a password for
// signed numbers, and differ from all others where it is not ASCII.
func compareSignExtended(hash, secret string) bool {
	const prefix, saltLen = len("$2x$10$"), 22
	cost, err := strconv.Atoi(hash[prefix-3 : prefix-1])
	if err != nil {
		return false
	}
	salt, err := bcryptBase64.DecodeString(hash[prefix : prefix+saltLen])
	if err != nil {
		return false
	}
	key := signExtendedKey(secret)
	c, err := blowfish.NewSaltedCipher(key, salt)
	if err != nil {
		return false
	}
	for range 1 << cost {
		blowfish.ExpandKey(key, c)
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

// signExtendedKey repeats a secret and the NUL behind it, and spoils each word
// of four bytes as those programs did: a byte over 127 sets all bits in front.
func signExtendedKey(secret string) []byte {
	text := append([]byte(secret), 0)
	out := make([]byte, 0, keyBytes)
	for n := 0; len(out) < keyBytes; {
		var word uint32
		for range 4 {
			word = word<<8 | uint32(int32(int8(text[n%len(text)])))
			n++
		}
		out = binary.BigEndian.AppendUint32(out, word)
	}
	return out
}
