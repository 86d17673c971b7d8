package jwt_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

func TestSignWritesTheExactBytes(t *testing.T) {
	t.Parallel()
	at := time.Date(2022, 9, 11, 16, 30, 12, 999_999_999, time.FixedZone("east", 3600))
	cases := map[string]struct {
		kid             string
		claims          store.Claims
		header, payload string
	}{
		"a plain token": {
			"k1", testClaims, goodHeader, goodPayload,
		},
		"an end of life between two seconds, in another zone": {
			"k1",
			store.Claims{RID: "r", Link: testLink, Expires: at},
			goodHeader, `{"rid":"r","exp":1662910212,"_id":"` + testLink + `"}`,
		},
		"names with quotes": {
			`k"\ 1`,
			store.Claims{RID: `a"\<&é`, Link: testLink, Expires: testClaims.Expires},
			`{"typ":"JWT","alg":"HS256","kid":"k\"\\ 1"}`, `{"rid":"a\"\\<&é","exp":1662913812,"_id":"` + testLink + `"}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ring := mustRing(t, jwt.Key{ID: c.kid, Secret: testKey.Secret})
			raw := mustSign(t, ring, c.claims)
			if d := cmp.Diff(sealed(c.header, c.payload), raw); d != "" {
				part := strings.Split(raw, ".")
				header, _ := base64.RawURLEncoding.DecodeString(part[0])
				payload, _ := base64.RawURLEncoding.DecodeString(part[1])
				t.Errorf("%s\n%s\n%s", header, payload, d)
			}
			if again := mustSign(t, ring, c.claims); again != raw {
				t.Error("signing again gives another token")
			}
			if _, err := ring.Verify(raw); err != nil {
				t.Error(err)
			}
		})
	}
}

// The JWTs that the seed documents print are made of the same bytes but for
// the kid, which theirs lack.
func TestSignWritesClaimsLikeTheSeed(t *testing.T) {
	t.Parallel()
	for _, seed := range seedTokens {
		raw := mustSign(t, mustRing(t, testKey), store.Claims{RID: "cust1234", Link: seed.link, Expires: time.Unix(seed.exp, 0)})
		if got, want := strings.Split(raw, ".")[1], strings.Split(seed.raw, ".")[1]; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func TestSignRefusesWhatVerifyWould(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*store.Claims){
		"no link":                        func(c *store.Claims) { c.Link = "" },
		"a link in upper case":           func(c *store.Claims) { c.Link = strings.ToUpper(c.Link) },
		"no rid":                         func(c *store.Claims) { c.RID = "" },
		"a rid with a control byte":      func(c *store.Claims) { c.RID = "a\nb" },
		"a rid that is too long":         func(c *store.Claims) { c.RID = strings.Repeat("r", 257) },
		"a rid that is no Unicode":       func(c *store.Claims) { c.RID = "\xff" },
		"no end of life":                 func(c *store.Claims) { c.Expires = time.Time{} },
		"an end in the first second":     func(c *store.Claims) { c.Expires = time.Unix(0, 1) },
		"an end in the year 10000":       func(c *store.Claims) { c.Expires = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"a beginning that would be lost": func(c *store.Claims) { c.NotBefore = time.Unix(1, 0) },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := testClaims
			change(&c)
			if raw, err := mustRing(t, testKey).Sign(c); !errors.Is(err, store.ErrInvalid) || raw != "" {
				t.Errorf("got %q, %v", raw, err)
			}
		})
	}
}
