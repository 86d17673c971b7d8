package jwt

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
)

const (
	maxID     = 128
	minSecret = 32

	// minDistinct is the fewest different bytes of a secret. It catches an
	// unset file, a row of one letter and short patterns, and no random text:
	// 32 random decimal digits have fewer than 5 different ones once in 10^10
	// keys. (Hexadecimal digits often have fewer than 16.)
	minDistinct = 5
)

// published are secrets long enough to work that everybody knows, because
// documents and tools use them as examples.
var published = []string{
	"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow", // RFC 7515, A.1
	"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",                                            // RFC 7520, 3.5
	"a-string-secret-at-least-256-bits-long",                                                 // jwt.io, HS256
	"a-valid-string-secret-that-is-at-least-384-bits-long",                                   // jwt.io, HS384
	"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",                // jwt.io, HS512
}

// check says why a key cannot be used. The secret is in no error.
func (k Key) check() error {
	if err := checkID(k.ID); err != nil {
		return err
	}
	if err := checkSecret(k.Secret); err != nil {
		return fmt.Errorf("jwt key %q: %w", k.ID, err)
	}
	return nil
}

// checkID does not repeat an id that is not printable or has no end.
func checkID(id string) error {
	switch {
	case id == "":
		return errors.New("jwt key without a kid")
	case len(id) > maxID:
		return fmt.Errorf("jwt key with a kid of %d characters: at most %d are allowed", len(id), maxID)
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] > '~' {
			return errors.New("jwt key with a kid that is not printable ASCII")
		}
	}
	return nil
}

func checkSecret(secret []byte) error {
	if len(secret) < minSecret {
		return fmt.Errorf("secret has %d bytes: at least %d are needed", len(secret), minSecret)
	}
	return nil
}

// Weakness says, in words for a log, why a secret that is long enough to work
// can be guessed all the same. It is empty where nothing is known against it.
func (k Key) Weakness() string {
	if distinct(k.Secret) < minDistinct {
		return "it is made of very few different bytes"
	}
	for _, text := range published {
		decoded, err := base64.RawURLEncoding.DecodeString(text)
		if string(k.Secret) == text || err == nil && bytes.Equal(k.Secret, decoded) {
			return "it is a published example"
		}
	}
	return ""
}

// distinct is the number of different bytes in b.
func distinct(b []byte) int {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}
