package admin

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const (
	// hashCost is the bcrypt cost of new hashes: some 80 ms of one core.
	hashCost = 10

	// maxSecret is the number of bytes that bcrypt looks at. A longer secret
	// would match with any other ending, so there is none.
	maxSecret = 72
)

// The forms of the hashes that are compared at all. The costs that bcrypt as
// such allows go up to hours. The last digit of the salt, before the 31 of the
// sum, has four bits that mean nothing and have to be zero.
var (
	// hashForm is that of the hash of a credential.
	hashForm = regexp.MustCompile(`^\$2[aby]` + hashRest)

	// anyHashForm is also that of hashes which made no difference between
	// some passwords: nobody shall log in by one.
	anyHashForm = regexp.MustCompile(`^\$2[abxy]` + hashRest)
)

const hashRest = `\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}$`

// errSecretTooLong is returned for a secret over maxSecret bytes.
var errSecretTooLong = errors.New("the secret is over 72 bytes")

// newSecret returns a secret in the form that Flextype gives them: 128 bits
// from crypto/rand as hexadecimal digits.
func newSecret() string {
	var b [16]byte
	// crypto/rand.Read never fails: it ends the process instead.
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// newUUID returns a random UUID, version 4.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// hashSecret returns the hash to keep of a secret. It bears the name that PHP
// gives to the algorithm, which x/crypto calls $2a$.
func hashSecret(secret string, cost int) (string, error) {
	if len(secret) > maxSecret {
		return "", errSecretTooLong
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(secret), cost)
	if err != nil {
		return "", fmt.Errorf("hashing a secret: %w", err)
	}
	return "$2y$" + strings.TrimPrefix(string(hash), "$2a$"), nil
}

// compareSecret reports whether secret is the one that hash, which is of
// anyHashForm, was made of. Of a longer one only the first 72 bytes count.
func compareSecret(hash, secret string) bool {
	if keys, unusual := unusualKeys(hash, secret); unusual {
		return keys.fit(hash)
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(secret)) == nil
}
