package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	"go.uber.org/zap"
)

// serveCharged runs the next handlers for a request that this gate has charged.
// If no upstream can have got it, the use is given back: the client may come
// again when there is an upstream.
func (g *Gate) serveCharged(w http.ResponseWriter, r *http.Request, p *passage, next caddyhttp.Handler) error {
	// no gate further in has paid
	p.pays = false
	markEarlierAnswer(r)
	charged, cover, seen := p.decision, p.cover, new(sight)
	wrote, err := serveGuarded(w, r.WithContext(seen.watch(cover.of(r))), next)
	if err == nil {
		return nil
	}
	r = cover.over(r)
	if !outcomeOf(r, err, wrote, seen).unreached() || errorRouteMayAsk(r, err) {
		return err
	}
	e, failed := g.app.open()
	if failed == nil {
		failed = e.GiveBack(r.Context(), charged)
	}
	if failed != nil {
		g.log.Warn("a use that came to nothing stays spent", zap.Error(failed))
		return err
	}
	p.refunded(w, r)
	return err
}

// refunded makes the request one that has not paid: a later gate charges it
// anew, no upstream of an error route takes it for paid, and no browser rides
// on a use that was given back.
func (p *passage) refunded(w http.ResponseWriter, r *http.Request) {
	p.settled, p.opens = false, false
	dropOurs(r.Header)
	ours := func(cookie string) bool { return strings.HasPrefix(cookie, sessionCookie+"=") }
	if left := slices.DeleteFunc(w.Header()["Set-Cookie"], ours); len(left) > 0 {
		w.Header()["Set-Cookie"] = left
	} else {
		w.Header().Del("Set-Cookie")
	}
	givenBack.Inc()
}

// A sight is what the transports of reverse_proxy tell about one request. The
// error of reverse_proxy would not do: it is that of the last attempt, and the
// transport makes attempts of its own. A request that died with the connection
// it was sent on is sent again, and where nobody listens any more the error is
// a dial error all the same.
type sight struct {
	asked     atomic.Bool // for a connection: the transport is one that tells
	connected atomic.Bool // there was one, so that an upstream may have the request
	trace     httptrace.ClientTrace
}

// watch returns a context through which s learns.
func (s *sight) watch(ctx context.Context) context.Context {
	s.trace.GetConn = func(string) { s.asked.Store(true) }
	s.trace.GotConn = func(httptrace.GotConnInfo) { s.connected.Store(true) }
	return httptrace.WithClientTrace(ctx, &s.trace)
}

// A requestOutcome is what is known of a request that ended with an error.
type requestOutcome struct {
	err       error
	wrote     bool // the client got the beginning of an answer
	left      bool // the client has hung up
	connected bool // a transport had a connection to an upstream
	asked     bool // a transport that tells about its connections asked for one
	answered  bool // an upstream answered, whatever became of that
	rerouted  bool // an error route behind the gate ran
	retries   int  // of the last reverse_proxy; negative where there was none
}

func outcomeOf(r *http.Request, err error, wrote bool, seen *sight) requestOutcome {
	o := requestOutcome{
		err: err, wrote: wrote, left: r.Context().Err() != nil,
		connected: seen.connected.Load(), asked: seen.asked.Load(), retries: -1,
	}
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return o
	}
	latency, _ := repl.Get(latencyPlaceholder)
	_, o.answered = latency.(time.Duration)
	_, o.rerouted = repl.Get("http.error")
	if retries, ok := repl.Get("http.reverse_proxy.retries"); ok {
		o.retries, _ = retries.(int)
	}
	return o
}

// unreached reports whether it is proven that no upstream got any part of the
// request. A body that was read is no doubt: without a connection there was
// nobody to read it to.
func (o requestOutcome) unreached() bool {
	switch {
	case o.wrote, o.left, o.connected, o.answered, o.rerouted:
		return false
	case isNoUpstream(o.err):
		// Of a reverse_proxy that made any attempt, the error is another one.
		return true
	}
	if _, dial := errors.AsType[reverseproxy.DialError](o.err); !dial {
		return false
	}
	// The error speaks of the last attempt. For those before it a transport
	// has to speak that tells about its connections; php_fastcgi's does not.
	return o.retries == 0 || o.retries > 0 && o.asked
}

// isNoUpstream reports whether err says that reverse_proxy had nobody to ask.
// The error inside is not exported: what tells it is its text, in an error of
// this status that was made in that handler.
func isNoUpstream(err error) bool {
	he, ok := errors.AsType[caddyhttp.HandlerError](err)
	return ok && he.StatusCode == http.StatusServiceUnavailable && he.Err != nil &&
		he.Err.Error() == "no upstreams available" && strings.HasPrefix(he.Trace, "reverseproxy.(*Handler)")
}

const latencyPlaceholder = "http.reverse_proxy.upstream.latency"

// An earlierLatency is that of an answer from before the gate, such as one to
// forward_auth. It looks the same in every text.
type earlierLatency struct{ time.Duration }

// markEarlierAnswer keeps an upstream that answered before the gate from being
// taken for one that got the request after it.
func markEarlierAnswer(r *http.Request) {
	// reverse_proxy leaves this variable with every request that it had: a
	// look at it is cheaper than one for a placeholder.
	if caddyhttp.GetVar(r.Context(), "reverse_proxy.proxy_protocol_info") == nil {
		return
	}
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return
	}
	if latency, _ := repl.Get(latencyPlaceholder); latency != nil {
		if d, fresh := latency.(time.Duration); fresh {
			repl.Set(latencyPlaceholder, earlierLatency{d})
		}
	}
}
