package jwt_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/linkgate/linkgate/store/jwt"
)

func TestGeneratedKeys(t *testing.T) {
	t.Parallel()
	a, b := jwt.GenerateKey(), jwt.GenerateKey()
	if a.ID == b.ID || bytes.Equal(a.Secret, b.Secret) {
		t.Error("two keys are alike")
	}
	if _, err := hex.DecodeString(a.ID); err != nil || len(a.ID) != 16 || a.ID != strings.ToLower(a.ID) {
		t.Errorf("the kid is %q", a.ID)
	}
	if len(a.Secret) != 32 {
		t.Errorf("the secret has %d bytes", len(a.Secret))
	}
	mustRing(t, a, b)
}

func TestEveryKeyOfTheRingVerifiesAndTheFirstSigns(t *testing.T) {
	t.Parallel()
	a, b, c := jwt.GenerateKey(), jwt.GenerateKey(), jwt.GenerateKey()
	ring := mustRing(t, a, b)
	for name, raw := range map[string]string{
		"its own":          mustSign(t, ring, testClaims),
		"the first key's":  mustSign(t, mustRing(t, a), testClaims),
		"the second key's": mustSign(t, mustRing(t, b, a), testClaims),
	} {
		if _, err := ring.Verify(raw); err != nil {
			t.Errorf("%s token: %v", name, err)
		}
	}
	if mustSign(t, ring, testClaims) != mustSign(t, mustRing(t, a, c), testClaims) {
		t.Error("it is not the first key that signs")
	}
	refused(t, ring, mustSign(t, mustRing(t, c), testClaims), "kid")
}

func TestARingOutlivesTheSliceItWasMadeOf(t *testing.T) {
	t.Parallel()
	key := jwt.GenerateKey()
	ring := mustRing(t, key)
	before := mustSign(t, ring, testClaims)
	clear(key.Secret)
	if mustSign(t, ring, testClaims) != before {
		t.Error("the ring changed with the caller's slice")
	}
}

func TestARingServesManyAtOnce(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				raw, err := ring.Sign(testClaims)
				if err != nil {
					t.Error(err)
				}
				if _, err := ring.Verify(raw); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestNewKeyringRefusesKeys(t *testing.T) {
	t.Parallel()
	const good = "correct horse battery staple 0123456789"
	cases := map[string]struct{ kid, secret, reason string }{
		"without a kid":                {"", good, "without a kid"},
		"with a kid that is too long":  {strings.Repeat("k", 129), good, "129 characters"},
		"with a line break in the kid": {"k\n1", good, "printable"},
		"with a kid that is not ASCII": {"clé", good, "printable"},
		"with a DEL in the kid":        {"k\x7f", good, "printable"},
		"without a secret":             {"k1", "", "0 bytes"},
		"with 31 bytes":                {"k1", good[:31], "31 bytes"},
		"with a kid that is taken":     {"taken", good, "twice"},
	}
	for name, c := range cases {
		t.Run("a key "+name, func(t *testing.T) {
			t.Parallel()
			taken := jwt.Key{ID: "taken", Secret: []byte("the first key with this kid, 1234567890")}
			_, err := jwt.NewKeyring(taken, jwt.Key{ID: c.kid, Secret: []byte(c.secret)})
			if err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Fatalf("got %v, want %q", err, c.reason)
			}
			if c.secret != "" && strings.Contains(err.Error(), c.secret) {
				t.Errorf("the secret is in %q", err)
			}
			if c.reason != "twice" {
				if _, err := jwt.NewKeyring(jwt.Key{ID: c.kid, Secret: []byte(c.secret)}); err == nil {
					t.Error("it may sign")
				}
			}
		})
	}
}

func TestWeaknessTellsSecretsThatCanBeGuessed(t *testing.T) {
	t.Parallel()
	decoded := func(s string) string {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const rfc7515 = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
	for name, c := range map[string]struct{ secret, want string }{
		"a good one":               {"correct horse battery staple 0123456789", ""},
		"hexadecimal digits":       {"00112233445566770011223344556677", ""},
		"one letter repeated":      {strings.Repeat("a", 64), "few different bytes"},
		"one character repeated":   {strings.Repeat("é", 31), "few different bytes"},
		"zeros":                    {strings.Repeat("\x00", 32), "few different bytes"},
		"a short pattern":          {strings.Repeat("abcd", 8), "few different bytes"},
		"that of RFC 7515":         {rfc7515, "published"},
		"that of RFC 7515, binary": {decoded(rfc7515), "published"},
		"that of RFC 7520, binary": {decoded("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"), "published"},
		"that of jwt.io":           {"a-string-secret-at-least-256-bits-long", "published"},
	} {
		key := jwt.Key{ID: "k1", Secret: []byte(c.secret)}
		if got := key.Weakness(); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if _, err := jwt.NewKeyring(key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewKeyringAcceptsKeys(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]jwt.Key{
		"32 bytes":                   {ID: "k1", Secret: []byte("correct horse battery staple 012")},
		"16 two-byte characters":     {ID: "k1", Secret: []byte("äöüßéèêàâçñøåæœð")},
		"hexadecimal digits":         {ID: "k1", Secret: []byte("00112233445566770011223344556677")},
		"decimal digits":             {ID: "k1", Secret: []byte("31415926535897932384626433832795")},
		"the longest kid":            {ID: strings.Repeat("k", 128), Secret: testKey.Secret},
		"a kid with other signs":     {ID: `2026-11/"a" \ b`, Secret: testKey.Secret},
		"a secret longer than hash ": {ID: "k1", Secret: bytes.Repeat(testKey.Secret, 10)},
	} {
		ring, err := jwt.NewKeyring(key)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := ring.Verify(mustSign(t, ring, testClaims)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However a key or a ring is printed, logged or dumped, the secret stays in.
func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	key := jwt.Key{ID: "k1", Secret: []byte("SECRETSECRET-SECRETSECRET-0123456789")}
	ring := mustRing(t, key)
	holder := struct {
		Key  jwt.Key
		Keys []jwt.Key
		Ptr  *jwt.Key
		ring *jwt.Keyring
	}{key, []jwt.Key{key}, &key, ring}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U", "%o", "%b", "%e", "%t", "% x", "%#x"} {
		for _, value := range []any{key, &key, ring, *ring, holder, &holder, []any{key, ring}, map[string]jwt.Key{"a": key}} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("loaded", "key", key, "ptr", &key, "ring", ring, "holder", holder)
	}
	for _, value := range []any{key, &key, ring, holder} {
		if err := json.NewEncoder(&out).Encode(value); err != nil {
			t.Fatal(err)
		}
	}
	for _, form := range []string{
		"SECRET", hex.EncodeToString(key.Secret[:4]), strings.ToUpper(hex.EncodeToString(key.Secret[:4])), base64.StdEncoding.EncodeToString(key.Secret)[:12],
		"83 69 67 82", "[S E C", "53 45 43", "U+0053 U+0045", "123 105 103", "1010011 1000101",
	} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret is shown as %q", form)
		}
	}
	if s := key.GoString(); s != key.String() {
		t.Errorf("GoString says %q", s)
	}
	if !strings.Contains(out.String(), "k1") {
		t.Error("not even the kid is shown")
	}
}

func TestRingsAreTheSameWithTheSameKeysAndTheSameSigner(t *testing.T) {
	t.Parallel()
	a, b, c := jwt.GenerateKey(), jwt.GenerateKey(), jwt.GenerateKey()
	ring := mustRing(t, a, b, c)
	if !ring.Same(mustRing(t, a, c, b)) {
		t.Error("the order of the keys that only verify matters")
	}
	for name, other := range map[string]*jwt.Keyring{
		"another signer": mustRing(t, b, a, c),
		"a key less":     mustRing(t, a, b),
		"another secret": mustRing(t, a, b, jwt.Key{ID: c.ID, Secret: a.Secret}),
	} {
		if ring.Same(other) || other.Same(ring) {
			t.Errorf("%s: they are the same", name)
		}
	}
}
