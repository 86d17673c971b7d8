package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

func placeholder(t *testing.T, r *http.Request, name string) string {
	t.Helper()
	repl := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	s, ok := repl.GetString(name)
	if !ok {
		t.Errorf("placeholder %s is not known", name)
	}
	return s
}

func headerText(w *httptest.ResponseRecorder) string {
	var b strings.Builder
	_ = w.Header().Write(&b)
	return b.String()
}

func TestGateChargesBeforeTheUpstreamSeesTheRequest(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(linkA, limited(2)))
	r := newRequest(t, "/mytag/"+linkA+"/a%20b?x=1", nil)
	w := httptest.NewRecorder()
	err := g.ServeHTTP(w, r, caddyhttp.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		if n := used(t, g, linkA); n != 1 {
			t.Errorf("counter %d when the upstream is asked", n)
		}
		if got := r.URL.RequestURI(); got != "/mytag/a%20b?x=1" || r.RequestURI != got {
			t.Errorf("upstream sees %s and %s", got, r.RequestURI)
		}
		or := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
		if got := or.RequestURI; got != "/mytag/a%20b?x=1" || or.URL.RequestURI() != got {
			t.Errorf("the original request says %s and %s", got, or.URL.RequestURI())
		}
		for name, want := range map[string]string{
			"X-Linkgate-Rid": "cust1234", "X-Linkgate-Iss": "cpg", "X-Linkgate-Counter": "1", "X-Linkgate-Remaining": "1",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		return nil
	}))
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v", w.Code, err)
	}
	for name, want := range map[string]string{
		"http.linkgate.link": linkA, "http.linkgate.rid": "cust1234", "http.linkgate.iss": "cpg",
		"http.linkgate.counter": "1", "http.linkgate.remaining": "1",
		"http.linkgate.expires": "2026-11-22T13:00:00.000000Z", "http.linkgate.reason": "",
		"http.auth.user.id": "cust1234", "http.request.orig_uri": "/mytag/a%20b?x=1",
	} {
		if got := placeholder(t, r, name); got != want {
			t.Errorf("{%s} is %q, want %q", name, got, want)
		}
	}
}

func TestIdentityLeavesOutWhatTheTokenHasNot(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(linkA, func(t *store.Token) { t.RID, t.Issuer = "", "prénom %41" }))
	_, u := pass(t, g, newRequest(t, "/"+linkA, http.Header{"X-Linkgate-Rid": {"forged"}}))
	h := u.requests[0].Header
	if _, ok := h["X-Linkgate-Rid"]; ok {
		t.Errorf("rid %q, want none", h["X-Linkgate-Rid"])
	}
	if got := h.Get("X-Linkgate-Iss"); got != "pr%C3%A9nom %41" {
		t.Errorf("iss %q", got)
	}
	if got := h.Get("X-Linkgate-Remaining"); got != "-1" {
		t.Errorf("remaining %q", got)
	}
}

func TestForgedIdentityNeverReachesTheUpstream(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(linkA))
	r := newRequest(t, "/"+linkA, http.Header{
		"X-Linkgate-Rid": {"a", "b"}, "x-linkgate-rid": {"c"}, "X_Linkgate_Rid": {"d"}, "X.Linkgate.Counter": {"e"},
		"X-Linkgate-Anything": {"f"}, "Connection": {"keep-alive, X-Linkgate-Rid", "x_linkgate_iss"}, "X-Link": {"stays"},
	})
	_, u := pass(t, g, r)
	for name, values := range u.requests[0].Header {
		if isOurs(name) && (len(values) != 1 || strings.Contains("abcdef", values[0])) {
			t.Errorf("%s: %q reached the upstream", name, values)
		}
	}
	if got := u.requests[0].Header; got.Get("Connection") != "keep-alive" || got.Get("X-Link") != "stays" {
		t.Errorf("other headers changed: %v", got)
	}
}

func TestRequestsThatOnlyAskCostNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method  string
		header  http.Header
		limited int
	}{
		"HEAD":           {http.MethodHead, nil, 200},
		"OPTIONS":        {http.MethodOptions, nil, 204},
		"a prefetch":     {http.MethodGet, http.Header{"Sec-Purpose": {"prefetch;prerender"}}, 503},
		"an old one":     {http.MethodGet, http.Header{"Purpose": {"Prefetch"}}, 503},
		"HEAD, prefetch": {http.MethodHead, http.Header{"Purpose": {"prefetch"}}, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := testGate(t, Gate{}, record(linkA, limited(1)), record(linkB))
			r := newRequest(t, "/"+linkA, tt.header)
			r.Method = tt.method
			w, u := pass(t, g, r)
			if w.Code != tt.limited || len(u.requests) != 0 || w.Body.Len() != 0 || used(t, g, linkA) != 0 {
				t.Errorf("limited: status %d, %d upstream, %d used", w.Code, len(u.requests), used(t, g, linkA))
			}
			r = newRequest(t, "/"+linkB, tt.header)
			r.Method = tt.method
			w, u = pass(t, g, r)
			if w.Code != http.StatusOK || len(u.requests) != 1 || used(t, g, linkB) != 0 {
				t.Errorf("unlimited: status %d, %d upstream, %d used", w.Code, len(u.requests), used(t, g, linkB))
			}
		})
	}
}

func TestARequestIsChargedOnceHoweverManyGatesItPasses(t *testing.T) {
	t.Parallel()
	s := memory.New()
	if err := s.Create(t.Context(), record(linkA, limited(1))); err != nil {
		t.Fatal(err)
	}
	outer, inner, stranger := gateOver(t, Gate{}, s), gateOver(t, Gate{}, s), gateOver(t, Gate{Issuers: []string{"other"}}, s)
	through := func(second *Gate) (int, int) {
		w, u := httptest.NewRecorder(), new(upstream)
		err := outer.ServeHTTP(w, newRequest(t, "/"+linkA, nil), caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			return second.ServeHTTP(w, r, u)
		}))
		if err != nil {
			t.Fatal(err)
		}
		return w.Code, len(u.requests)
	}
	if status, n := through(inner); status != 200 || n != 1 || used(t, outer, linkA) != 1 {
		t.Errorf("two gates: status %d, %d upstream, %d used", status, n, used(t, outer, linkA))
	}
	if _, err := s.Update(t.Context(), linkA, func(t *store.Token) error { t.Limit = 9; return nil }); err != nil {
		t.Fatal(err)
	}
	if status, n := through(stranger); status != 404 || n != 0 {
		t.Errorf("the second gate wants another campaign: status %d, %d upstream", status, n)
	}
}

// An uncertain store charges a use and cannot say so.
type uncertain struct{ store.Store }

func (u uncertain) Use(ctx context.Context, a store.Attempt) (store.Decision, error) {
	_, err := u.Store.Use(ctx, a)
	return store.Decision{}, errors.Join(store.ErrUnavailable, err)
}

// A use whose outcome was unknown was charged a second time where handle_errors
// led to a gate.
func TestAUseOfUnknownOutcomeIsNotTriedAgainInTheSameRequest(t *testing.T) {
	t.Parallel()
	s := memory.New()
	if err := s.Create(t.Context(), record(linkA, limited(5))); err != nil {
		t.Fatal(err)
	}
	g := gateOver(t, Gate{}, uncertain{s})
	r := newRequest(t, "/"+linkA, nil)
	for range 2 {
		if w, u := pass(t, g, r); w.Code != 503 || len(u.requests) != 0 {
			t.Errorf("status %d, %d upstream", w.Code, len(u.requests))
		}
	}
	if n := used(t, g, linkA); n != 1 {
		t.Errorf("charged %d times", n)
	}
}
