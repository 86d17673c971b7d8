package caddymodule

import (
	"net/http"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// decide judges the request and charges the use. The checks come in the order
// of [store.Reasons], except that what is wrong with the request itself is
// refused before anything is looked up: first a path that servers read in
// different ways, then more than one token.
//
// An error comes with the reason [store.StoreUnavailable].
func (g *Gate) decide(r *http.Request, p *passage) (store.Decision, error) {
	escaped := p.original.EscapedPath()
	p.remember(g.find(r, p.original, escaped))
	switch {
	case g.strict() && !strictPath(escaped):
		return store.Decision{Reason: store.BadPath}, nil
	case len(p.others) > 0 || p.ambiguous:
		return store.Decision{Reason: store.Ambiguous}, nil
	}
	p.early = isEarly(r)
	d, err := g.judge(r, p)
	if d.Admitted() && p.early {
		d.Reason = store.EarlyData
	}
	return d, err
}

// remember takes in what a gate found. Another token than the one that an
// earlier gate of this request met is one too many.
func (p *passage) remember(f finding) {
	p.ambiguous = p.ambiguous || f.ambiguous
	p.others = append(p.others, f.others...)
	switch {
	case f.candidate == "" || f.candidate == p.candidate:
	case p.candidate == "":
		p.candidate = f.candidate
	default:
		p.others = append(p.others, f.candidate)
	}
}

func (g *Gate) strict() bool { return g.StrictPath == nil || *g.StrictPath }

// judge lets the store decide, in the way that fits the request.
func (g *Gate) judge(r *http.Request, p *passage) (store.Decision, error) {
	if p.failed != nil {
		return unavailable(p.failed)
	}
	carries := p.candidate != "" || p.attempt.Link != ""
	if !carries && !hasSession(r.Header) {
		return store.Decision{Reason: store.Missing}, nil
	}
	e, err := g.app.open()
	if err != nil {
		return unavailable(err)
	}
	attempt := store.Attempt{Now: g.app.now(), Route: g.route(r, p)}
	if carries && !p.present(e, &attempt) {
		return store.Decision{Reason: store.Unknown}, nil
	}
	p.local = isPassive(r)
	if p.settled {
		return g.again(r, e, attempt)
	}
	p.navigates = isNavigation(r)
	if !carries || !p.navigates {
		if d, err := g.ride(r, e, attempt); err != nil || d.Token != nil {
			p.settled = err == nil
			if err == nil {
				p.attempt.Link = d.Token.Link
			}
			return d, err
		}
	}
	if !carries {
		return store.Decision{Reason: store.Missing}, nil
	}
	d, err := g.use(r, e, p, attempt)
	p.failed = err
	return d, err
}

// present fills in whose token was presented; false means that it cannot be
// anybody's.
func (p *passage) present(e *engine, a *store.Attempt) bool {
	if p.attempt.Link == "" {
		if store.ValidLink(p.candidate) {
			p.attempt.Link = p.candidate
		} else {
			claims, err := e.keys.Load().Verify(p.candidate)
			if err != nil {
				return false
			}
			p.claims = claims
			p.attempt.Link, p.attempt.Claims = claims.Link, &p.claims
		}
	}
	a.Link, a.Claims = p.attempt.Link, p.attempt.Claims
	return true
}

// use judges and charges, or only judges where the request must not cost.
func (g *Gate) use(r *http.Request, e *engine, p *passage, a store.Attempt) (store.Decision, error) {
	if p.local || p.early {
		d, err := e.Peek(r.Context(), a)
		if err != nil {
			return unavailable(err)
		}
		return d, nil
	}
	d, err := e.Use(r.Context(), a)
	if err != nil {
		return unavailable(err)
	}
	p.settled, p.pays = d.Admitted(), d.Admitted()
	p.opens = d.Admitted() && p.navigates && g.session > 0
	return d, nil
}

// again judges a request that has paid already: for this gate's own route, and
// without a charge. That its own use was the last one is no refusal.
func (g *Gate) again(r *http.Request, e *engine, a store.Attempt) (store.Decision, error) {
	d, err := e.Peek(r.Context(), a)
	if err != nil {
		return unavailable(err)
	}
	if d.Reason == store.Exhausted {
		d.Reason = store.Admitted
	}
	return d, nil
}

// route is what this gate demands, and where the request is.
func (g *Gate) route(r *http.Request, p *passage) store.Route {
	route := store.Route{Issuers: g.Issuers}
	if g.MatchURL {
		route.MatchURL = true
		route.Host = r.Host
		route.Path = cutPath(p.original.EscapedPath(), p.candidate, "")
	}
	return route
}

func unavailable(err error) (store.Decision, error) {
	return store.Decision{Reason: store.StoreUnavailable}, err
}

// isPassive reports whether the request asks without using: it must neither
// burn a use nor be a free one.
func isPassive(r *http.Request) bool {
	return r.Method == http.MethodHead || r.Method == http.MethodOptions || isPrefetch(r.Header)
}

// isPrefetch reports whether a browser fetches ahead of its user
// (https://wicg.github.io/nav-speculation/prefetch.html).
func isPrefetch(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose"} {
		for _, v := range h[name] {
			if strings.Contains(strings.ToLower(v), "prefetch") {
				return true
			}
		}
	}
	return false
}

// isEarly reports whether the request may be a replay: it came as TLS early
// data, here or at a gateway in front of us (RFC 8470).
func isEarly(r *http.Request) bool {
	if r.TLS != nil && !r.TLS.HandshakeComplete {
		return true
	}
	for _, v := range r.Header["Early-Data"] {
		if strings.TrimSpace(v) == "1" {
			return true
		}
	}
	return false
}

// isNavigation reports whether a person went to this address, as far as the
// request tells (https://www.w3.org/TR/fetch-metadata/). A client that does
// not tell, such as curl or any browser without TLS, is taken for navigating,
// so that it pays.
func isNavigation(r *http.Request) bool {
	mode := r.Header["Sec-Fetch-Mode"]
	return len(mode) == 0 || mode[0] == "" || mode[0] == "navigate"
}
