package jwt_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

func anyKey(t *rapid.T) jwt.Key {
	return jwt.Key{
		ID:     rapid.StringMatching(`[ -~]{1,128}`).Draw(t, "kid"),
		Secret: rapid.SliceOfNDistinct(rapid.Byte(), 32, 100, rapid.ID[byte]).Draw(t, "secret"),
	}
}

func anyClaims(t *rapid.T) store.Claims {
	rid := rapid.StringN(1, 100, 256).Filter(func(s string) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	})
	return store.Claims{
		RID:     rid.Draw(t, "rid"),
		Link:    rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "link"),
		Expires: time.Unix(rapid.Int64Range(1, 253402300799).Draw(t, "exp"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")),
	}
}

func TestWhatIsSignedVerifiesAndSaysTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key, claims := anyKey(t), anyClaims(t)
		ring, err := jwt.NewKeyring(key)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := ring.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ring.Verify(raw)
		if err != nil {
			t.Fatal(err)
		}
		want := claims
		want.Expires = claims.Expires.Truncate(time.Second).UTC()
		if got != want {
			t.Fatalf("signed %+v, verified %+v", want, got)
		}
		if !jwt.Candidate(raw) {
			t.Fatal("it is no candidate")
		}
		if again, err := ring.Sign(got); err != nil || again != raw {
			t.Fatalf("the same claims make %q, then %q, %v", raw, again, err)
		}
	})
}

func TestNothingNearASignedTokenVerifies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ring, err := jwt.NewKeyring(anyKey(t))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := ring.Sign(anyClaims(t))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
		c := string([]byte{rapid.Byte().Draw(t, "byte")})
		for name, changed := range map[string]string{
			"changed":  raw[:at] + c + raw[at+1:],
			"inserted": raw[:at] + c + raw[at:],
			"appended": raw + c,
			"left out": raw[:at] + raw[at+1:],
			"cut off":  raw[:at],
			"doubled":  raw[:at] + raw[at:at+1] + raw[at:],
		} {
			if changed == raw {
				continue
			}
			if claims, err := ring.Verify(changed); !errors.Is(err, jwt.ErrInvalid) || claims != (store.Claims{}) {
				t.Fatalf("with a letter %s at %d it verifies: %+v, %v", name, at, claims, err)
			}
		}
	})
}
