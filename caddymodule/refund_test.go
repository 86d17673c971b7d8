package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	"github.com/linkgate/linkgate/store"
)

// errDial is what reverse_proxy returns where nobody listens, and errNobody
// where it has nobody to ask.
var (
	errDial   = caddyhttp.HandlerError{StatusCode: 502, Err: reverseproxy.NewDialError(errors.New("connection refused"))}
	errNobody = caddyhttp.HandlerError{StatusCode: 503, Trace: "reverseproxy.(*Handler).proxyLoopIteration (reverseproxy.go:1)", Err: errors.New("no upstreams available")}
)

func TestOnlyProofGivesAUseBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome requestOutcome
		want    bool
	}{
		"one attempt, which ended in a dial error":          {requestOutcome{err: errDial}, true},
		"the same inside another error":                     {requestOutcome{err: fmt.Errorf("proxying: %w", errDial)}, true},
		"several, by a transport that tells":                {requestOutcome{err: errDial, retries: 3, asked: true}, true},
		"several, by a transport that does not tell":        {requestOutcome{err: errDial, retries: 3}, false},
		"a dial error of nobody knows what":                 {requestOutcome{err: errDial, retries: -1, asked: true}, false},
		"no upstream available":                             {requestOutcome{err: errNobody}, true},
		"no upstream available after many looks":            {requestOutcome{err: errNobody, retries: 9}, true},
		"no upstream available, says somebody else":         {requestOutcome{err: caddyhttp.HandlerError{StatusCode: 503, Err: errNobody.Err}}, false},
		"another error of reverse_proxy with that status":   {requestOutcome{err: caddyhttp.HandlerError{StatusCode: 503, Trace: errNobody.Trace, Err: errDisk}}, false},
		"a 502 that is no dial error":                       {requestOutcome{err: caddyhttp.Error(502, errDisk)}, false},
		"a dial error after a connection":                   {requestOutcome{err: errDial, connected: true, asked: true}, false},
		"a dial error after an answer":                      {requestOutcome{err: errDial, answered: true}, false},
		"no upstream available after an answer":             {requestOutcome{err: errNobody, answered: true}, false},
		"a dial error in an error route":                    {requestOutcome{err: errDial, rerouted: true}, false},
		"a dial error when the client was gone":             {requestOutcome{err: errDial, left: true}, false},
		"a dial error after the answer to the client began": {requestOutcome{err: errDial, wrote: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.outcome.unreached(); got != c.want {
				t.Errorf("proven unreached: %v, want %v", got, c.want)
			}
		})
	}
}

var errDisk = errors.New("input/output error")

// A brokenNext is what lies behind the gate and fails with an error.
type brokenNext struct {
	err  error
	does func(http.ResponseWriter, *http.Request)
}

func (f brokenNext) ServeHTTP(w http.ResponseWriter, r *http.Request) error {
	if f.does != nil {
		f.does(w, r)
	}
	r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer).Set("http.reverse_proxy.retries", 0)
	return f.err
}

// TestARequestThatWasRefundedHasNotPaid is not parallel: the counter of what
// was given back is that of the process.
func TestARequestThatWasRefundedHasNotPaid(t *testing.T) {
	g := testGate(t, Gate{}, record(linkA, limited(1)))
	before := shown(t)[givenBackName]
	r, w := newRequest(t, "/"+linkA, nil), httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "other=1")
	if err := g.ServeHTTP(w, r, brokenNext{err: errDial}); !errors.Is(err, errDial.Err) {
		t.Fatalf("got error %v, want the dial error as it was", err)
	}
	if n := used(t, g, linkA); n != 0 {
		t.Errorf("the counter is %d, want 0", n)
	}
	if cookies := w.Header()["Set-Cookie"]; len(cookies) != 1 || cookies[0] != "other=1" {
		t.Errorf("the cookies are %q, want the one that is not ours", cookies)
	}
	for name := range r.Header {
		if isOurs(name) {
			t.Errorf("%s is left in a request that has not paid", name)
		}
	}
	if n := shown(t)[givenBackName] - before; n != 1 {
		t.Errorf("%v uses were counted as given back, want 1", n)
	}
	u := new(upstream)
	if err := g.ServeHTTP(w, r, u); err != nil || len(u.requests) != 1 || used(t, g, linkA) != 1 {
		t.Errorf("a later gate of the request: error %v, %d let through, counter %d; want nil, 1, 1", err, len(u.requests), used(t, g, linkA))
	}
	if err := g.ServeHTTP(w, r, brokenNext{err: errDial}); err == nil || used(t, g, linkA) != 1 {
		t.Errorf("a gate that did not charge: error %v, counter %d; want an error, 1", err, used(t, g, linkA))
	}
}

func TestADoubtfulRequestStaysPaid(t *testing.T) {
	t.Parallel()
	for name, does := range map[string]func(http.ResponseWriter, *http.Request){
		"an answer has begun": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) },
		"a transport had a connection": func(_ http.ResponseWriter, r *http.Request) {
			httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := testGate(t, Gate{}, record(linkA, limited(1)))
			w := httptest.NewRecorder()
			if err := g.ServeHTTP(w, newRequest(t, "/"+linkA, nil), brokenNext{errDial, does}); err == nil {
				t.Error("the error is gone")
			}
			if n := used(t, g, linkA); n != 1 || w.Header().Get("Set-Cookie") == "" {
				t.Errorf("the counter is %d, the cookie %q; want 1 and a cookie", n, w.Header().Get("Set-Cookie"))
			}
		})
	}
}

func TestAStoreThatTakesNothingBackLeavesTheUseSpent(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(linkA, limited(1)))
	e, err := g.app.open()
	if err != nil {
		t.Fatal(err)
	}
	stubborn := gateOver(t, Gate{}, noReturns{e.Store})
	w := httptest.NewRecorder()
	if err := stubborn.ServeHTTP(w, newRequest(t, "/"+linkA, nil), brokenNext{err: errDial}); err == nil {
		t.Error("the error is gone")
	}
	if n := used(t, g, linkA); n != 1 || w.Header().Get("Set-Cookie") == "" {
		t.Errorf("the counter is %d, the cookie %q; want 1 and a cookie", n, w.Header().Get("Set-Cookie"))
	}
}

// A noReturns store takes no use back.
type noReturns struct{ store.Store }

func (noReturns) GiveBack(context.Context, store.Decision) error { return store.ErrUnavailable }
