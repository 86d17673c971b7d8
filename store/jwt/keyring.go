// Package jwt makes and reads the signed form of a link token, a JSON Web
// Token with HS256, and holds the keys for it.
//
// Reading is strict: [Keyring.Verify] refuses whatever two readers could
// understand differently before it looks at the signature. Recognizing is
// lenient: [Candidate] says whether a text is meant to be such a token, however
// broken, so that no other software gets to judge it.
package jwt

import (
	"bytes"
	"crypto/hmac"
	"fmt"
	"io"
	"maps"
)

// A Keyring is the set of keys of one deployment. Its keys never change, and it
// may be used from any number of goroutines. However it is printed, it shows no
// secret. It remembers what it verified: who retires a key makes a new one.
type Keyring struct {
	signer  string            // kid of the key that signs
	header  string            // its encoded header
	secrets map[string]sealed // by kid

	verified *memory
}

// A sealed secret is opened by calling it. Functions are what package fmt, and
// whatever else walks through unexported fields, cannot look into.
type sealed func() []byte

func seal(secret []byte) sealed {
	secret = bytes.Clone(secret)
	return func() []byte { return secret }
}

// NewKeyring makes a keyring that signs with one key and verifies with it and
// with the others. It refuses a kid that is empty, longer than 128 characters,
// not printable ASCII, or given twice, and a secret that is shorter than 32
// bytes. Errors name the kid, never the secret. See [Key.Weakness] for secrets
// that are accepted and should not be used.
func NewKeyring(signing Key, verifying ...Key) (*Keyring, error) {
	k := &Keyring{
		signer:  signing.ID,
		header:  encodeHeader(signing.ID),
		secrets: make(map[string]sealed, 1+len(verifying)),

		verified: new(memory),
	}
	if err := k.add(signing); err != nil {
		return nil, err
	}
	for _, key := range verifying {
		if err := k.add(key); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Keyring) add(key Key) error {
	if err := key.check(); err != nil {
		return err
	}
	if _, ok := k.secrets[key.ID]; ok {
		return fmt.Errorf("jwt key %q is given twice", key.ID)
	}
	k.secrets[key.ID] = seal(key.Secret)
	return nil
}

// Same reports whether both have the same keys and sign with the same one.
func (k *Keyring) Same(other *Keyring) bool {
	return k.signer == other.signer && maps.EqualFunc(k.secrets, other.secrets, func(a, b sealed) bool {
		return hmac.Equal(a(), b())
	})
}

// String says how many keys there are and which one signs.
func (k Keyring) String() string {
	return fmt.Sprintf("keyring of %d, signing with key %q", len(k.secrets), k.signer)
}

// Format is String for every verb, so that no secret is ever printed.
func (k Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

var _ fmt.Formatter = Keyring{}
