package jwt_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/linkgate/linkgate/store/jwt"
)

func TestAVerifiedJWTIsKnownAndSaysTheSame(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	raw := mustSign(t, ring, testClaims)
	if ring.Known(raw) {
		t.Error("a JWT is known that nobody has verified")
	}
	first, err := ring.Verify(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !ring.Known(raw) {
		t.Error("a verified JWT is not known")
	}
	again, err := ring.Verify(raw)
	if err != nil || again != first {
		t.Errorf("the second answer is %+v, %v; the first was %+v", again, err, first)
	}
}

// What is verified anew costs a hundred allocations.
func TestAKnownJWTIsVerifiedWithoutAllocating(t *testing.T) {
	ring := mustRing(t, testKey)
	raw := mustSign(t, ring, testClaims)
	if n := testing.AllocsPerRun(100, func() { _, _ = ring.Verify(raw) }); n > 0 {
		t.Errorf("it costs %v allocations", n)
	}
}

func TestNothingButTheVeryTextIsRemembered(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	raw := mustSign(t, ring, testClaims)
	if _, err := ring.Verify(raw); err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		other := []byte(raw)
		other[i] ^= 1
		if ring.Known(string(other)) {
			t.Errorf("known with byte %d changed", i)
		}
		if _, err := ring.Verify(string(other)); err == nil {
			t.Errorf("verified with byte %d changed", i)
		}
	}
	for _, other := range []string{raw + "=", raw + "\n", " " + raw, raw[:len(raw)-1], ""} {
		if ring.Known(other) {
			t.Errorf("%q is known", other)
		}
	}
}

func TestARefusedJWTIsNeverRemembered(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	good := mustSign(t, ring, testClaims)
	if _, err := ring.Verify(good); err != nil {
		t.Fatal(err)
	}
	foreign := mustRing(t, jwt.Key{ID: testKey.ID, Secret: []byte("another secret under the same kid, 123456")})
	for i := range 3000 {
		c := testClaims
		c.RID = fmt.Sprint(i)
		bad := mustSign(t, foreign, c)
		if _, err := ring.Verify(bad); err == nil || ring.Known(bad) {
			t.Fatal("a JWT with a wrong signature was accepted, or is remembered")
		}
	}
	if !ring.Known(good) || ring.Remembered() != 1 {
		t.Errorf("after a flood of bad ones %d are remembered, the good one: %t", ring.Remembered(), ring.Known(good))
	}
}

func TestARetiredKeyStopsVerifyingWhatItsRingRemembered(t *testing.T) {
	t.Parallel()
	retired := jwt.GenerateKey()
	before := mustRing(t, testKey, retired)
	raw := mustSign(t, mustRing(t, retired), testClaims)
	if _, err := before.Verify(raw); err != nil {
		t.Fatal(err)
	}
	after := mustRing(t, testKey)
	if after.Known(raw) {
		t.Error("a ring knows what another one verified")
	}
	refused(t, after, raw, "kid")
}

func TestTheMemoryOfVerifiedJWTsIsBounded(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	raw := mustSign(t, ring, testClaims)
	if _, err := ring.Verify(raw); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		// who comes again and again is not displaced by those who come once
		ring.Fill(jwt.MostRemembered / 8)
		if !ring.Known(raw) {
			t.Fatal("a JWT that is used all the time was forgotten")
		}
	}
	ring.Fill(4 * jwt.MostRemembered)
	if n := ring.Remembered(); n > jwt.MostRemembered || n < jwt.MostRemembered/2 {
		t.Errorf("%d are remembered, %d may be", n, jwt.MostRemembered)
	}
	if ring.Known(raw) {
		t.Error("nothing was forgotten")
	}
	if _, err := ring.Verify(raw); err != nil {
		t.Errorf("what was forgotten does not verify any more: %v", err)
	}
}

func TestManyAskTheMemoryAtOnce(t *testing.T) {
	t.Parallel()
	ring := mustRing(t, testKey)
	want := testClaims
	raw := mustSign(t, ring, want)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				ring.Fill(jwt.MostRemembered / 8)
				if got, err := ring.Verify(raw); err != nil || got != want {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}
