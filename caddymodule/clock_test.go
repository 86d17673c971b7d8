package caddymodule

import (
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// reasonOf says how the gate answers a request for target.
func reasonOf(t *testing.T, g *Gate, target string) store.Reason {
	t.Helper()
	r := newRequest(t, target, nil)
	if err := g.ServeHTTP(httptest.NewRecorder(), r, new(upstream)); err != nil {
		t.Logf("handler error: %v", err)
	}
	return store.Reason(placeholder(t, r, "http.linkgate.reason"))
}

// A token that was over was let through again when the clock of the machine was
// set back.
func TestATokenThatIsOverStaysOverWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{
		"by an hour": -time.Hour, "by three seconds": -3 * time.Second, "not at all": 0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zap.WarnLevel)
			var clock wallClock
			shown, here := testTime, time.Now()
			pass := func(d time.Duration) { shown, here = shown.Add(d), here.Add(d) }
			g := testGate(t, Gate{}, record(freeLink, func(t *store.Token) { t.Expires = testTime.Add(time.Minute) }))
			g.app.now = func() time.Time { return clock.read(shown, here, zap.New(core)) }
			if reason := reasonOf(t, g, "/"+freeLink); reason != store.Admitted {
				t.Fatalf("before its end: %q", reason)
			}
			pass(time.Minute)
			if reason := reasonOf(t, g, "/"+freeLink); reason != store.Expired {
				t.Fatalf("at its end: %q", reason)
			}
			shown = shown.Add(jump)
			pass(time.Second)
			for range 3 {
				if reason := reasonOf(t, g, "/"+freeLink); reason != store.Expired {
					t.Errorf("after the jump: %q", reason)
				}
			}
			if want := jump != 0; (logs.Len() == 1) != want {
				t.Errorf("the log has %d warnings", logs.Len())
			}
		})
	}
}

// A clock that was ten years ahead for half a minute ends no token for good.
func TestTokensWorkAfterTheClockWasAheadForAMoment(t *testing.T) {
	t.Parallel()
	var clock wallClock
	shown, here := testTime, time.Now()
	g := testGate(t, Gate{}, record(freeLink, func(t *store.Token) { t.Expires = testTime.Add(time.Hour) }))
	g.app.now = func() time.Time { return clock.read(shown, here, zap.NewNop()) }
	const years = 10 * 365 * 24 * time.Hour
	for _, step := range []struct {
		jump time.Duration
		want store.Reason
	}{{0, store.Admitted}, {years, store.Expired}, {-years, store.Admitted}} {
		shown, here = shown.Add(step.jump+30*time.Second), here.Add(30*time.Second)
		if reason := reasonOf(t, g, "/"+freeLink); reason != step.want {
			t.Errorf("after a jump of %s: %q, want %q", step.jump, reason, step.want)
		}
	}
}
