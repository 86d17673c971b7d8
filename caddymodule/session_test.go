package caddymodule

import (
	"net/http"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

const sessionLink = "48851f26b437494fb4661dcdb2c8d004"

// navigate opens a page and returns the cookie that it gets.
func navigate(t *testing.T, g *Gate) *http.Cookie {
	t.Helper()
	w, _ := pass(t, g, newRequest(t, "/"+sessionLink, http.Header{"Sec-Fetch-Mode": {"navigate"}}))
	cookies := w.Result().Cookies()
	if w.Code != http.StatusOK || len(cookies) != 1 {
		t.Fatalf("a navigation got %d with %d cookies", w.Code, len(cookies))
	}
	return cookies[0]
}

// rideAt asks for an asset some time after the page was opened.
func rideAt(t *testing.T, g *Gate, cookie *http.Cookie, after time.Duration) int {
	t.Helper()
	g.app.now = func() time.Time { return testTime.Add(after) }
	w, _ := pass(t, g, newRequest(t, "/a.css", http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}))
	return w.Code
}

func TestASessionEndsInTime(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		expires time.Duration
		ends    time.Duration
	}{
		{"after the time of the gate", time.Hour, 15 * time.Minute},
		{"with its token", 5 * time.Minute, 5 * time.Minute},
		{"within the second that its token has left", 500 * time.Millisecond, 500 * time.Millisecond},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := testGate(t, Gate{}, record(sessionLink, limited(1), func(tok *store.Token) { tok.Expires = testTime.Add(c.expires) }))
			cookie := navigate(t, g)
			if want := max(1, int(c.ends/time.Second)); cookie.MaxAge != want {
				t.Errorf("the cookie lives %d seconds, want %d", cookie.MaxAge, want)
			}
			if code := rideAt(t, g, cookie, c.ends-time.Millisecond); code != http.StatusOK {
				t.Errorf("just before its end the session got %d", code)
			}
			if code := rideAt(t, g, cookie, c.ends); code != http.StatusUnauthorized {
				t.Errorf("at its end the session got %d", code)
			}
			if n := used(t, g, sessionLink); n != 1 {
				t.Errorf("the token was used %d times, want once", n)
			}
		})
	}
}

// The cookie may say that it lives longer; the token's record decides.
func TestASessionEndsWhenItsTokenIsCutShort(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(sessionLink))
	cookie := navigate(t, g)
	e, err := g.app.open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Update(t.Context(), sessionLink, func(tok *store.Token) error {
		tok.Expires = testTime.Add(time.Minute)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if code := rideAt(t, g, cookie, 59*time.Second); code != http.StatusOK {
		t.Errorf("before the new end the session got %d", code)
	}
	if code := rideAt(t, g, cookie, time.Minute); code != http.StatusUnauthorized {
		t.Errorf("at the new end the session got %d", code)
	}
}

// The contract knows no exception: for a token with a limit, a request that
// asks without using never reaches the upstream, on a session neither.
func TestRequestsThatOnlyAskDoNotReachTheUpstreamOnASession(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1, store.NoLimit} {
		g := testGate(t, Gate{}, record(sessionLink, limited(limit)))
		cookie := navigate(t, g)
		for method, want := range map[string]int{http.MethodHead: http.StatusOK, http.MethodOptions: http.StatusNoContent} {
			r := newRequest(t, "/a.css", http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
			r.Method = method
			w, u := pass(t, g, r)
			switch {
			case limit == store.NoLimit && len(u.requests) != 1:
				t.Errorf("%s without a limit: %d upstream", method, len(u.requests))
			case limit != store.NoLimit && (w.Code != want || len(u.requests) != 0):
				t.Errorf("%s with a limit: status %d, %d upstream", method, w.Code, len(u.requests))
			}
		}
	}
}
