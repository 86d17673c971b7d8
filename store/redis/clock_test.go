package redis_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
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
			before := -time.Hour
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
				if c.at < before {
					heardOf(t, token.Link, c.bare, early, late)
				}
				before = c.at
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

// heardOf waits until the gateways have heard that the clock was set back: for
// a beat, what was over may stay so.
func heardOf(t *testing.T, link string, want store.Reason, gateways ...store.Store) {
	t.Helper()
	for _, s := range gateways {
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if d, err := s.Peek(t.Context(), store.Attempt{Link: link}); err == nil && d.Reason == want {
				break
			}
		}
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

// clockOf is a server at a time, and a store that asks for it only when it is
// told to.
func clockOf(t *testing.T, now time.Time) (set func(time.Time), s *redis.Store, logs *observer.ObservedLogs) {
	t.Helper()
	server := miniredis.RunT(t)
	server.SetTime(now)
	o := on(server.Addr())
	o.UnsafeDurability = true
	logs = watchLog(&o)
	s, err := redis.OpenStill(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return server.SetTime, s, logs
}

// TestTokenThatIsOverStaysOver sets the server's clock back by an hour, after
// the end of a token (F-25).
func TestTokenThatIsOverStaysOver(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	set, s, logs := clockOf(t, end.Add(-time.Second))
	links := map[string]store.Token{}
	for name, token := range map[string]store.Token{"limited": newToken(10), "free": newToken(store.NoLimit), "unread": newToken(10)} {
		token.Expires = end
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
			t.Fatal(err)
		}
		links[name] = token
		if name != "unread" {
			mustUse(t, s, token.Link, store.Admitted)
		}
	}
	signed := newToken(10)
	if err := s.Create(t.Context(), store.Record{Token: signed}); err != nil {
		t.Fatal(err)
	}
	a := store.Attempt{Link: signed.Link, Now: end, Claims: &store.Claims{Link: signed.Link, RID: signed.RID, Expires: end}}
	wantReason(t, s, a, store.Admitted)

	set(end.Add(500 * time.Millisecond))
	mustBeat(t, s)
	wantReason(t, s, a, store.Expired)
	set(end.Add(-time.Hour))
	for _, noticed := range []bool{false, true} {
		if noticed {
			mustBeat(t, s)
		}
		before := map[string]int64{}
		for name, token := range links {
			before[name] = counterOf(t, s, token.Link)
			mustUse(t, s, token.Link, store.Expired)
		}
		wantReason(t, s, a, store.Expired)
		for name, token := range links {
			if n := counterOf(t, s, token.Link); noticed && n != before[name] {
				t.Errorf("%s: a token that is over was counted to %d", name, n)
			}
		}
	}
	mustUse(t, s, mustCreate(t, s, 1), store.Admitted)
	if logs.FilterMessageSnippet("clock was set back").Len() != 1 {
		t.Error("the log does not say once that the clock was set back")
	}
}

// TestTokensWorkAfterAClockThatWasAheadForAMoment sets the server's clock ten
// years ahead and back again (F-25).
func TestTokensWorkAfterAClockThatWasAheadForAMoment(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Second)
	set, s, logs := clockOf(t, now)
	links := map[string]int64{}
	for _, limit := range []int64{10, store.NoLimit} {
		token := newToken(limit)
		token.Expires = now.Add(time.Hour)
		if err := s.Create(t.Context(), store.Record{Token: token, Counter: 3}); err != nil {
			t.Fatal(err)
		}
		links[token.Link] = limit
		mustUse(t, s, token.Link, store.Admitted)
	}
	set(now.Add(10 * 365 * 24 * time.Hour))
	mustBeat(t, s)
	for link := range links {
		mustUse(t, s, link, store.Expired)
	}
	set(now.Add(time.Second))
	mustBeat(t, s)
	for link := range links {
		if d := mustUse(t, s, link, store.Admitted); d.Counter != 5 {
			t.Errorf("got counter %d, want 5", d.Counter)
		}
	}
	if logs.FilterMessageSnippet("jumped ahead").Len() != 1 || logs.FilterMessageSnippet("set back").Len() != 0 {
		t.Error("the log does not say what the clock did")
	}
}

func mustBeat(t *testing.T, s *redis.Store) {
	t.Helper()
	if err := redis.Beat(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}
