package jwt_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// seedTokens are the two JWTs that the Token2GO documents print. Nobody knows
// their secret.
var seedTokens = []struct {
	raw, link string
	exp       int64
}{
	{
		"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJyaWQiOiJjdXN0MTIzNCIsImV4cCI6MTY2MjkxMzgxMiwiX2lkIjoiNDg4NTFmMjZiNDM3NDk0ZmI0NjYxZGNkYjJjOGQwMDQifQ.nAdnSEVeqdnsItF8OBZ82cBHDZDysm1CWq6GLRcuxrQ",
		"48851f26b437494fb4661dcdb2c8d004", 1662913812,
	},
	{
		"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJyaWQiOiJjdXN0MTIzNCIsImV4cCI6MTY2MjkxMzk4OCwiX2lkIjoiNTUwYTdhOGI4MzdkNGJiM2FjYjk4ZWFlODZhNDkxNzIifQ.WsmBVa8b6rn_q2kn57UTGxICCWUmxNxjXgCS4KQYiRU",
		"550a7a8b837d4bb3acb98eae86a49172", 1662913988,
	},
}

func TestSeedTokensSayWhatTheDocumentsPrint(t *testing.T) {
	t.Parallel()
	for _, seed := range seedTokens {
		got, err := jwt.ClaimsUnverified(seed.raw)
		if err != nil {
			t.Fatal(err)
		}
		want := store.Claims{RID: "cust1234", Link: seed.link, Expires: time.Unix(seed.exp, 0).UTC()}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestSeedTokensAreCandidatesThatDoNotVerify(t *testing.T) {
	t.Parallel()
	for _, seed := range seedTokens {
		if !jwt.Candidate(seed.raw) {
			t.Error("a seed token is no candidate")
		}
		refused(t, mustRing(t, testKey), seed.raw, "kid")
	}
}
