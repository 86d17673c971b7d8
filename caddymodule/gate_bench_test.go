package caddymodule

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

const (
	freeLink    = "0123456789abcdef0123456789abcdef"
	limitedLink = "fedcba9876543210fedcba9876543210"
)

// BenchmarkGate measures a request with the gate and the same one without it:
// the difference between the two lines is the gate. The store is the one in
// memory. Where the next handler is reverse_proxy, what the gate makes that do
// more counts too, such as copying our headers; its upstream is a function.
func BenchmarkGate(b *testing.B) {
	off := caddy.Duration(0)
	for _, c := range []struct {
		name   string
		gate   Gate
		target string
		header http.Header
	}{
		{name: "link in the path", gate: Gate{Session: &off}, target: "/mytag/" + freeLink + "/page.html"},
		{name: "limited link in the path", gate: Gate{Session: &off}, target: "/mytag/" + limitedLink + "/page.html"},
		{name: "link in the path that opens a session", target: "/mytag/" + freeLink + "/page.html"},
		{name: "link in the query", gate: Gate{Session: &off}, target: "/mytag/page.html?a=b&token=" + freeLink},
		{name: "link in a header", gate: Gate{Session: &off}, target: "/mytag/page.html", header: http.Header{"X-Link-Token": {freeLink}}},
		{name: "jwt as bearer", gate: Gate{Session: &off}, target: "/mytag/page.html", header: http.Header{"Authorization": {"Bearer " + benchJWT(b)}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := testGate(b, c.gate, record(freeLink), record(limitedLink, limited(1<<60)))
			r := benchRequest(c.target, c.header)
			for _, next := range []struct {
				name    string
				handler caddyhttp.Handler
			}{{"alone", benchNothing}, {"with reverse_proxy", benchProxy(b)}} {
				b.Run(next.name+"/without gate", func(b *testing.B) { benchPass(b, r, next.handler) })
				b.Run(next.name+"/with gate", func(b *testing.B) {
					benchPass(b, r, caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
						return g.ServeHTTP(w, r, next.handler)
					}))
				})
			}
		})
	}
}

func benchJWT(b *testing.B) string {
	ring, err := jwt.NewKeyring(testKey)
	if err != nil {
		b.Fatal(err)
	}
	signed, err := ring.Sign(store.Claims{Link: freeLink, RID: "cust1234", Expires: record(freeLink).Token.Expires})
	if err != nil {
		b.Fatal(err)
	}
	return signed
}

// benchRequest is what a browser sends, more or less.
func benchRequest(target string, header http.Header) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RequestURI = target
	r.Header = http.Header{
		"Accept":          {"text/html,application/xhtml+xml,*/*;q=0.8"},
		"Accept-Encoding": {"gzip"},
		"Accept-Language": {"en"},
		"User-Agent":      {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
	}
	maps.Copy(r.Header, header)
	return r
}

// benchPass hands r to h as a Caddy server would, again and again.
func benchPass(b *testing.B, r *http.Request, h caddyhttp.Handler) {
	b.ReportAllocs()
	w := benchWriter{header: make(http.Header)}
	server := new(caddyhttp.Server)
	for b.Loop() {
		fresh := r.Clone(context.Background())
		clear(w.header)
		fresh = caddyhttp.PrepareRequest(fresh, caddy.NewReplacer(), &w, server)
		if err := h.ServeHTTP(&w, fresh); err != nil {
			b.Fatal(err)
		}
		if w.status != http.StatusOK {
			b.Fatalf("status %d", w.status)
		}
	}
}

// A benchWriter throws the answer away.
type benchWriter struct {
	header http.Header
	status int
}

func (w *benchWriter) Header() http.Header         { return w.header }
func (w *benchWriter) WriteHeader(status int)      { w.status = status }
func (w *benchWriter) Write(p []byte) (int, error) { return len(p), nil }

var benchNothing = caddyhttp.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusOK)
	return nil
})

// benchProxy is a reverse_proxy whose upstream answers without a network.
func benchProxy(b *testing.B) caddyhttp.Handler {
	b.Helper()
	ctx, err := caddy.ProvisionContext(new(caddy.Config))
	if err != nil {
		b.Fatal(err)
	}
	h := &reverseproxy.Handler{Transport: benchTransport{}, Upstreams: reverseproxy.UpstreamPool{{Dial: "127.0.0.1:9"}}}
	if err := h.Provision(ctx); err != nil {
		b.Fatal(err)
	}
	return caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return h.ServeHTTP(w, r, benchNothing)
	})
}

type benchTransport struct{}

func (benchTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"text/plain"}, "Content-Length": {"5"}},
		Body:   io.NopCloser(strings.NewReader("hello")),
	}, nil
}
