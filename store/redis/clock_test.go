package redis_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/linkgate/linkgate/store"
)

// TestServersClockDecides lets two gateways, whose own clocks are wrong by a
// minute and a half each way, present one token at the same moments.
func TestServersClockDecides(t *testing.T) {
	t.Parallel()
	clock := miniredis.RunT(t)
	end := time.Now().Add(100 * 24 * time.Hour).UTC().Truncate(time.Second)
	o := on(clock.Addr())
	o.UnsafeDurability = true
	early, late := mustOpen(t, o), mustOpen(t, o)
	for name, limit := range map[string]int64{"with a limit": 1000, "without a limit": store.NoLimit} {
		t.Run(name, func(t *testing.T) {
			token := newToken(limit)
			token.Expires = end
			if err := early.Create(t.Context(), store.Record{Token: token}); err != nil {
				t.Fatal(err)
			}
			claims := &store.Claims{Link: token.Link, RID: token.RID, Expires: end, NotBefore: end.Add(-time.Minute)}
			for _, c := range []struct {
				at     time.Duration
				bare   store.Reason
				signed store.Reason
			}{
				{-time.Minute - time.Microsecond, store.Admitted, store.NotYet},
				{-time.Minute, store.Admitted, store.Admitted},
				{-time.Microsecond, store.Admitted, store.Admitted},
				{0, store.Expired, store.Expired},
				{10 * 365 * 24 * time.Hour, store.Expired, store.Expired},
				{-time.Hour, store.Admitted, store.NotYet},
			} {
				clock.SetTime(end.Add(c.at))
				for _, gateway := range []struct {
					s    store.Store
					skew time.Duration
				}{{early, -90 * time.Second}, {late, 90 * time.Second}} {
					a := store.Attempt{Link: token.Link, Now: end.Add(c.at + gateway.skew)}
					wantReason(t, gateway.s, a, c.bare)
					a.Claims = claims
					wantReason(t, gateway.s, a, c.signed)
				}
			}
		})
	}
}

func wantReason(t *testing.T, s store.Store, a store.Attempt, want store.Reason) {
	t.Helper()
	peeked, err := s.Peek(t.Context(), a)
	if err != nil || peeked.Reason != want {
		t.Fatalf("Peek: got %q, %v; want %q", peeked.Reason, err, want)
	}
	used, err := s.Use(t.Context(), a)
	if err != nil || used.Reason != want {
		t.Fatalf("Use: got %q, %v; want %q", used.Reason, err, want)
	}
}
