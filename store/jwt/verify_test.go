package jwt_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

func TestVerifyAccepts(t *testing.T) {
	t.Parallel()
	with := func(change func(*store.Claims)) store.Claims {
		c := testClaims
		change(&c)
		return c
	}
	payload := func(claims string) string {
		return `{"rid":"cust1234","exp":1662913812,"_id":"` + testLink + `",` + claims + `}`
	}
	cases := map[string]struct {
		header, payload string
		want            store.Claims
	}{
		"what Sign makes":               {goodHeader, goodPayload, testClaims},
		"a header in another order":     {`{"kid":"k1","alg":"HS256","typ":"JWT"}`, goodPayload, testClaims},
		"a header without typ":          {`{"alg":"HS256","kid":"k1"}`, goodPayload, testClaims},
		"a content type":                {`{"alg":"HS256","kid":"k1","cty":"x"}`, goodPayload, testClaims},
		"white space around members":    {" {\n\"alg\" : \"HS256\", \"kid\" : \"k1\" } ", " { \"rid\" : \"cust1234\", \"exp\" : 1662913812, \"_id\" : \"" + testLink + "\" } ", testClaims},
		"a name spelled with an escape": {goodHeader, `{"rid":"cust1234","exp":1662913812,"\u005fid":"` + testLink + `"}`, testClaims},
		"a start of its own":            {goodHeader, payload(`"nbf":1662000000`), with(func(c *store.Claims) { c.NotBefore = time.Unix(1662000000, 0).UTC() })},
		"a time of issue":               {goodHeader, payload(`"iat":1662000000`), testClaims},
		"claims that say nothing to us": {goodHeader, payload(`"iss":"x","sub":["y"],"aud":null,"jti":1.5,"more":{"EXP":1}`), testClaims},
		"seven levels in a claim":       {goodHeader, payload(`"x":[[[[[[[]]]]]]]`), testClaims},
		"a rid that is not ASCII":       {goodHeader, strings.Replace(goodPayload, "cust1234", "Zoë 😀", 1), with(func(c *store.Claims) { c.RID = "Zoë 😀" })},
		"the longest rid":               {goodHeader, strings.Replace(goodPayload, "cust1234", strings.Repeat("r", 256), 1), with(func(c *store.Claims) { c.RID = strings.Repeat("r", 256) })},
		"the first second":              {goodHeader, strings.Replace(goodPayload, "1662913812", "1", 1), with(func(c *store.Claims) { c.Expires = time.Unix(1, 0).UTC() })},
		"the last second":               {goodHeader, strings.Replace(goodPayload, "1662913812", "253402300799", 1), with(func(c *store.Claims) { c.Expires = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) })},
	}
	ring := mustRing(t, testKey)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ring.Verify(sealed(c.header, c.payload))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if !jwt.Candidate(sealed(c.header, c.payload)) {
				t.Error("it verifies, but is no candidate")
			}
		})
	}
}

func TestVerifyRefusesForeignKeys(t *testing.T) {
	t.Parallel()
	impostor := jwt.Key{ID: testKey.ID, Secret: []byte("another secret under the same key id 0123")}
	refused(t, mustRing(t, testKey), mustSign(t, mustRing(t, impostor), testClaims), "signature")
	refused(t, mustRing(t, testKey), mustSign(t, mustRing(t, jwt.GenerateKey()), testClaims), "kid")

	// The secret of one kid does not verify what names another.
	other := jwt.Key{ID: "k2", Secret: []byte("the second key of the ring is this one !!")}
	refused(t, mustRing(t, other, testKey), sealed(strings.Replace(goodHeader, "k1", "k2", 1), goodPayload), "signature")
}

// Every position, every letter: of all the neighbours of a token none verifies.
func TestVerifyRefusesEveryTokenWithOneLetterChanged(t *testing.T) {
	t.Parallel()
	ring, good := mustRing(t, testKey), sealed(goodHeader, goodPayload)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n"
	for i := range len(good) {
		for _, c := range []byte(letters) {
			if c == good[i] {
				continue
			}
			changed := good[:i] + string(c) + good[i+1:]
			if claims, err := ring.Verify(changed); !errors.Is(err, jwt.ErrInvalid) || claims != (store.Claims{}) {
				t.Fatalf("%q at %d verifies: %v, %v", c, i, claims, err)
			}
		}
	}
}

// refused expects one of the reasons, which are separated by bars, so that the
// case does not pass because of some other check.
func refused(t *testing.T, ring *jwt.Keyring, raw, reasons string) {
	t.Helper()
	claims, err := ring.Verify(raw)
	if !errors.Is(err, jwt.ErrInvalid) || claims != (store.Claims{}) {
		t.Fatalf("accepted: %+v, %v", claims, err)
	}
	_, why, _ := strings.Cut(err.Error(), ": ")
	for reason := range strings.SplitSeq(reasons, "|") {
		if strings.Contains(why, reason) {
			return
		}
	}
	t.Errorf("refused for another reason than %q: %s", reasons, why)
}
