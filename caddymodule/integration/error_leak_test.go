package integration

import (
	"strings"
	"testing"
)

// errorRouteThatProxies hands everything that an error route knows on.
const errorRouteThatProxies = `
	linkgate {
		from path
		from query token
		from header X-Link-Token
		from bearer
		from cookie link
		guess_limit off
	}
	handle /down/* {
		reverse_proxy 127.0.0.1:1
	}
	handle {
		error 418
	}
	handle_errors {
		reverse_proxy UPSTREAM {
			header_up X-Orig-Uri {http.request.orig_uri}
			header_up X-Orig-Path {http.request.orig_uri.path}
			header_up X-Orig-Query {http.request.orig_uri.query}
			header_up X-Uri {http.request.uri}
			header_up X-Error "{err.message} {err.trace}"
			header_up X-Linkgate-Reason {http.linkgate.reason}
		}
	}`

// presentations are ways to present tokens, in order and out of it.
var presentations = []struct {
	name, target string
	headers      []string
}{
	{"path", "/down/LINK/x", nil},
	{"path without a slash", "/LINK", nil},
	{"JWT in the path", "/down/JWT", nil},
	{"query", "/x?a=1&token=LINK&b", nil},
	{"JWT in the query", "/x?token=JWT", nil},
	{"header", "/x", []string{"X-Link-Token", "LINK"}},
	{"bearer", "/x", []string{"Authorization", "Bearer JWT"}},
	{"cookie", "/x", []string{"Cookie", "link=LINK; a=1"}},
	{"Referer", "/x", []string{"X-Link-Token", "LINK", "Referer", "http://h.example/LINK/x?token=JWT"}},
	{"path and query", "/LINK/x?token=LINK", nil},
	{"two in the query", "/x?token=LINK&token=LINK", nil},
	{"behind a semicolon", "/x?a=1;token=LINK", nil},
	{"with an encoded name", "/x?tok%65n=LINK", nil},
	{"two that differ", "/LINK/x?token=OTHER", nil},
	{"two header lines", "/x", []string{"X-Link-Token", "LINK", "X-Link-Token", "OTHER"}},
	{"two cookies", "/x", []string{"Cookie", "link=LINK; link=OTHER"}},
	{"a path to be read in two ways", "/x//LINK", nil},
	{"a bad path and a Referer", "/%2f/x?token=JWT", []string{"Referer", "http://h.example/JWT"}},
	{"a Referer with a semicolon", "/x", []string{"X-Link-Token", "LINK", "Referer", "http://h.example/?a;token=JWT"}},
}

// Caddy gives error routes the request as it came: whatever the token was in
// has to be clean there too.
func TestAnErrorRouteThatProxiesNeverLeaksTheToken(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: errorRouteThatProxies})
	spent, fine, other := g.limited(t, 1), g.limited(t, 1000), g.limited(t, 5)
	g.get(t, "/"+spent.Link)
	gone := g.limited(t, 1)
	g.remove(t, gone.Link)

	for which, tok := range map[string]token{"refused": spent, "charged": fine, "deleted": gone} {
		fill := strings.NewReplacer("LINK", tok.Link, "JWT", tok.JWT, "OTHER", other.Link)
		for _, f := range presentations {
			t.Run(which+", "+f.name, func(t *testing.T) {
				var headers []string
				for _, h := range f.headers {
					headers = append(headers, fill.Replace(h))
				}
				before := up.count()
				g.get(t, fill.Replace(f.target), headers...)
				up.wantCount(t, before+1)
				a := up.last(t)
				for _, secret := range []string{tok.Link, tok.JWT, other.Link, other.JWT} {
					if a.holds(secret) {
						t.Errorf("the upstream of the error route saw the token: %+v", a)
					}
				}
			})
		}
	}
}
