package jwt_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

var (
	testKey    = jwt.Key{ID: "k1", Secret: []byte("not so secret, but long and varied enough")}
	testLink   = "48851f26b437494fb4661dcdb2c8d004"
	testClaims = store.Claims{RID: "cust1234", Link: testLink, Expires: time.Unix(1662913812, 0).UTC()}
)

// goodHeader and goodPayload make a JWT that testKey's ring accepts.
const (
	goodHeader  = `{"typ":"JWT","alg":"HS256","kid":"k1"}`
	goodPayload = `{"rid":"cust1234","exp":1662913812,"_id":"48851f26b437494fb4661dcdb2c8d004"}`
)

func mustRing(t testing.TB, signing jwt.Key, verifying ...jwt.Key) *jwt.Keyring {
	t.Helper()
	ring, err := jwt.NewKeyring(signing, verifying...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func mustSign(t testing.TB, ring *jwt.Keyring, c store.Claims) string {
	t.Helper()
	raw, err := ring.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sealed signs any header and payload with testKey, so that the guard is all
// that can refuse the result.
func sealed(header, payload string) string {
	return sealedParts(encoded(header), encoded(payload))
}

// sealedParts signs two parts as they stand.
func sealedParts(header, payload string) string {
	mac := hmac.New(sha256.New, testKey.Secret)
	mac.Write([]byte(header + "." + payload))
	return header + "." + payload + "." + encoded(string(mac.Sum(nil)))
}

func encoded(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
