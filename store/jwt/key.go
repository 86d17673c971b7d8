package jwt

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// A Key signs and verifies with HMAC-SHA256. However it is printed, it shows
// its id and not its secret; a struct that holds one should hold it in an
// exported field, because package fmt prints unexported ones by itself.
type Key struct {
	// ID is the kid in the header of a JWT: 1 to 128 printable ASCII
	// characters.
	ID string

	// Secret is at least 32 bytes that nobody can guess.
	Secret []byte
}

const (
	generatedIDBytes     = 8
	generatedSecretBytes = 32
)

// GenerateKey returns a new key: an id of 16 hexadecimal digits and a secret
// of 256 bits from crypto/rand.
func GenerateKey() Key {
	id := make([]byte, generatedIDBytes)
	secret := make([]byte, generatedSecretBytes)
	// crypto/rand.Read never fails: it ends the process instead.
	_, _ = rand.Read(id)
	_, _ = rand.Read(secret)
	return Key{ID: hex.EncodeToString(id), Secret: secret}
}

// String returns the id, and that there is a secret.
func (k Key) String() string { return fmt.Sprintf("key %q (secret not shown)", k.ID) }

// GoString is String: %#v shows the secret no more than %v does.
func (k Key) GoString() string { return k.String() }

// Format is String for every verb: %d would spell out the secret otherwise.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// MarshalJSON shows the id only.
func (k Key) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID string `json:"kid"`
	}{k.ID})
}

var (
	_ fmt.Formatter  = Key{}
	_ json.Marshaler = Key{}
)
