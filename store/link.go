package store

import (
	"crypto/rand"
	"encoding/hex"
)

// LinkLen is the number of characters of a link.
const LinkLen = 32

// NewLink returns a link that nobody can guess: 128 bits from crypto/rand as
// lower-case hexadecimal digits.
func NewLink() string {
	var b [LinkLen / 2]byte
	// crypto/rand.Read never fails: it ends the process instead.
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// ValidLink reports whether s has the form of a link. Only the exact bytes
// count: no upper case, no percent-encoding, so that a link has one spelling
// in every log and every filter.
func ValidLink(s string) bool {
	if len(s) != LinkLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
