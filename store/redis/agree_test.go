package redis_test

import (
	"math"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// TestScriptAndRulesAgree presents random tokens in random ways, at times
// around their ends, and compares what the server's script does with what
// [store.Judge] says.
func TestScriptAndRulesAgree(t *testing.T) {
	t.Parallel()
	clock := miniredis.RunT(t)
	o := on(clock.Addr())
	o.UnsafeDurability = true
	s := mustOpen(t, o)
	noon := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		r := randomRecord(rt, noon)
		if err := s.Create(t.Context(), r); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(rt, "attempts") {
			now := noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(rt, "now")) * time.Microsecond)
			clock.SetTime(now)
			a := randomAttempt(rt, r.Token.Link, noon)
			at := a
			at.Now = now
			want := store.Judge(&r.Token, r.Counter, &at)
			if want.Admitted() && r.Counter < math.MaxInt64 {
				r.Counter++
			}
			got, err := s.Use(t.Context(), a)
			if err != nil || got.Reason != want.Reason || got.Counter != r.Counter || !got.Ends.Equal(want.Ends) {
				rt.Fatalf("got %q, counter %d, error %v; want %q, %d", got.Reason, got.Counter, err, want.Reason, r.Counter)
			}
			if kept, err := s.Get(t.Context(), r.Token.Link); err != nil || kept.Counter != r.Counter {
				rt.Fatalf("kept counter %d, error %v; want %d", kept.Counter, err, r.Counter)
			}
		}
	})
}

// near is a time some nanoseconds around noon, or none.
func near(rt *rapid.T, noon time.Time, label string) time.Time {
	return rapid.SampledFrom([]time.Time{
		{},
		noon, noon.Add(1), noon.Add(-1), noon.Add(999), noon.Add(time.Microsecond), noon.Add(-time.Microsecond),
		noon.Add(1500), noon.Add(time.Hour), noon.Add(-time.Hour), time.Date(1969, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}).Draw(rt, label)
}

func randomRecord(rt *rapid.T, noon time.Time) store.Record {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, label) }
	limit := rapid.SampledFrom([]int64{store.NoLimit, 1, 2, 9, 10, 11, 99, 100, 1<<53 + 1, math.MaxInt64}).Draw(rt, "limit")
	counter := max(0, limit-rapid.Int64Range(0, 3).Draw(rt, "left"))
	if limit == store.NoLimit {
		counter = rapid.SampledFrom([]int64{0, 9, 1<<53 - 1, 1 << 53, math.MaxInt64 - 1, math.MaxInt64}).Draw(rt, "counter")
	}
	return store.Record{Counter: counter, Token: store.Token{
		Link: store.NewLink(), UUID: "u", RID: pick("rid", "", "rid", "é\x00\r\n"), Issuer: pick("iss", "", "a", "b\xc3\xa9"),
		URL: pick("url", "", "https://example.com/a"), Limit: limit, Created: noon, Modified: noon, Expires: near(rt, noon, "expires"),
		State:  rapid.SampledFrom([]store.State{store.Enabled, store.Enabled, store.Enabled, store.Disabled, "Enabled", ""}).Draw(rt, "state"),
		Scopes: rapid.SampledFrom([][]store.Scope{nil, nil, {store.ScopeRead}, {store.ScopeRead, store.ScopeAdmin}}).Draw(rt, "scopes"),
	}}
}

func randomAttempt(rt *rapid.T, link string, noon time.Time) store.Attempt {
	a := store.Attempt{Link: link, AsCredential: rapid.Bool().Draw(rt, "as credential")}
	a.Route.Issuers = rapid.SampledFrom([][]string{nil, nil, {"a"}, {"x", "b\xc3\xa9"}, {""}, {"A"}}).Draw(rt, "issuers")
	if rapid.IntRange(0, 2).Draw(rt, "match url") == 0 {
		a.Route.MatchURL, a.Route.Host = true, "example.com"
		a.Route.Path = rapid.SampledFrom([]string{"/a", "/a/b", "/ab"}).Draw(rt, "path")
	}
	if rapid.Bool().Draw(rt, "claims") {
		a.Claims = &store.Claims{
			Link: link, RID: rapid.SampledFrom([]string{"", "rid", "é\x00\r\n"}).Draw(rt, "claimed rid"),
			Expires: near(rt, noon, "claimed end"), NotBefore: near(rt, noon, "not before"),
		}
	}
	return a
}
