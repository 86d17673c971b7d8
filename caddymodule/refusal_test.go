package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

func TestGateRefusesForTheFirstReasonThatApplies(t *testing.T) {
	t.Parallel()
	const missing, unknown = "/a", "/550a7a8b837d4bb3acb98eae86a49172"
	off := func(t *store.Token) { t.State = store.Disabled }
	over := func(t *store.Token) { t.Expires = testTime }
	spent := limited(3)
	tests := map[string]struct {
		gate   Gate
		change []func(*store.Token)
		target string
		header http.Header
		reason store.Reason
		status int
	}{
		"no token":                    {target: missing, reason: store.Missing, status: 401},
		"no token, early data":        {target: missing, header: http.Header{"Early-Data": {"1"}}, reason: store.Missing, status: 401},
		"an unknown link":             {target: unknown, reason: store.Unknown, status: 404},
		"a link of another campaign":  {gate: Gate{Issuers: []string{"other"}}, reason: store.Unknown, status: 404},
		"an admin's record":           {change: []func(*store.Token){func(t *store.Token) { t.Scopes = []store.Scope{store.ScopeAdmin} }}, reason: store.Unknown, status: 404},
		"a link of another site":      {gate: Gate{MatchURL: true}, reason: store.OutOfScope, status: 404},
		"a link of another site, off": {gate: Gate{MatchURL: true}, change: []func(*store.Token){off}, reason: store.OutOfScope, status: 404},
		"a link that is off":          {change: []func(*store.Token){off, over, spent}, reason: store.SwitchedOff, status: 403},
		"a link that is over":         {change: []func(*store.Token){over, spent}, reason: store.Expired, status: 410},
		"a link that is spent":        {change: []func(*store.Token){spent}, reason: store.Exhausted, status: 410},
		"a spent link, early data":    {change: []func(*store.Token){spent}, header: http.Header{"Early-Data": {"1"}}, reason: store.Exhausted, status: 410},
		"early data":                  {header: http.Header{"Early-Data": {"1"}}, reason: store.EarlyData, status: 425},
		"two tokens":                  {target: "/" + linkA + "?token=" + linkB, reason: store.Ambiguous, status: 400},
		"a bad path":                  {target: "/" + linkA + "/%2e%2e/x", reason: store.BadPath, status: 400},
		"a bad path without a token":  {target: "/a//b", reason: store.BadPath, status: 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := record(linkA, tt.change...)
			rec.Counter = 3
			g := testGate(t, tt.gate, rec)
			target := tt.target
			if target == "" {
				target = "/mytag/" + linkA
			}
			r := newRequest(t, target, tt.header)
			w, u := pass(t, g, r)
			if w.Code != tt.status || len(u.requests) != 0 {
				t.Errorf("status %d, %d requests upstream; want %d, none", w.Code, len(u.requests), tt.status)
			}
			if got := placeholder(t, r, "http.linkgate.reason"); got != string(tt.reason) {
				t.Errorf("reason %q, want %q", got, tt.reason)
			}
			if n := used(t, g, linkA); n != 3 {
				t.Errorf("charged: counter %d", n)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
			if strings.Contains(w.Body.String()+r.URL.String()+r.RequestURI, linkA) {
				t.Errorf("the token is still there: %s %s", r.URL, w.Body)
			}
		})
	}
}

func TestAllUnknownLinksGetTheSameAnswer(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{Issuers: []string{"cpg"}, MatchURL: true},
		record(linkA, func(t *store.Token) { t.Issuer = "other" }), record(linkB))
	for _, accept := range []string{"", "text/html"} {
		header := http.Header{"Accept": {accept}}
		var first string
		for i, target := range []string{
			"/00000000000000000000000000000000", // never made
			"/" + linkA,                         // of another campaign
			"/" + linkB,                         // of another site
			"/?token=eyJhbGciOiJub25lIn0.eyJfaWQiOiIifQ.x",      // not signed
			"/?token=eyJhbGciOiJIUzI1NiJ9.eyJfaWQiOjF9.AAAAAAA", // malformed
		} {
			w, _ := pass(t, g, newRequest(t, target, header))
			got := w.Result().Status + headerText(w) + w.Body.String()
			if i == 0 {
				first = got
			}
			if got != first || w.Code != http.StatusNotFound {
				t.Errorf("%s: %s\nwant the answer to all unknown links:\n%s", target, got, first)
			}
		}
	}
}

func TestUnknownLinksAreBoundedPerAddressAndKnownOnesNeverPay(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{GuessLimit: &GuessLimit{Count: 2, Per: caddy.Duration(time.Minute)}}, record(linkA))
	for i, want := range []int{404, 404, 429, 429} {
		w, _ := pass(t, g, newRequest(t, "/"+linkB, nil))
		if w.Code != want {
			t.Errorf("guess %d: status %d, want %d", i, w.Code, want)
		}
		if got := w.Header().Get("Retry-After"); (got != "") != (want == 429) {
			t.Errorf("guess %d: Retry-After %q", i, got)
		}
	}
	if w, _ := pass(t, g, newRequest(t, "/"+linkA, nil)); w.Code != 200 {
		t.Errorf("a good link from the same address: status %d", w.Code)
	}
}

// A failing store says that its disk is gone.
type failing struct{ store.Store }

func (failing) Use(context.Context, store.Attempt) (store.Decision, error) {
	return store.Decision{}, errors.Join(store.ErrUnavailable, errors.New("disk is gone"))
}

func TestAStoreThatFailsAdmitsNobody(t *testing.T) {
	t.Parallel()
	s := memory.New()
	if err := s.Create(t.Context(), record(linkA)); err != nil {
		t.Fatal(err)
	}
	g := gateOver(t, Gate{}, failing{s})
	r := newRequest(t, "/"+linkA, nil)
	w, u := pass(t, g, r)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || len(u.requests) != 0 {
		t.Errorf("status %d, Retry-After %q, %d upstream", w.Code, w.Header().Get("Retry-After"), len(u.requests))
	}
	if got := placeholder(t, r, "http.linkgate.reason"); got != "store_unavailable" {
		t.Errorf("reason %q", got)
	}
}
