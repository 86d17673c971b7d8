package integration

import (
	"net/http"
	"testing"
)

func TestAskingWithoutUsingCostsNothing(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	counted, uncounted, spent := g.limited(t, 5), g.mint(t, mint{}), g.limited(t, 1)
	g.get(t, "/"+spent.Link).wantStatus(t, 200)

	prefetch := func(name, value string) []string { return []string{name, value} }
	cases := []struct {
		name     string
		method   string
		headers  []string
		counted  int // status where the token has a limit: the gate's own
		upstream int // status where it has none: the upstream's
	}{
		{"HEAD", http.MethodHead, nil, 200, 200},
		{"OPTIONS", http.MethodOptions, nil, 204, 200},
		{"a prefetch", http.MethodGet, prefetch("Sec-Purpose", "prefetch"), 503, 200},
		{"a prerender", http.MethodGet, prefetch("Sec-Purpose", "prefetch;prerender"), 503, 200},
		{"a prefetch in capitals", http.MethodGet, prefetch("Sec-Purpose", "PREFETCH"), 503, 200},
		{"a prefetch of the old kind", http.MethodGet, prefetch("Purpose", "prefetch"), 503, 200},
		{"a prefetch by POST", http.MethodPost, prefetch("Sec-Purpose", "prefetch"), 503, 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			headers := c.headers
			if c.method == http.MethodPost {
				headers = append(headers, "Content-Length", "0")
			}
			before := up.count()
			a := g.do(t, c.method, "/"+counted.Link, headers...)
			a.wantStatus(t, c.counted)
			a.wantHeader(t, "Cache-Control", "no-store")
			a.wantHeader(t, "Set-Cookie")
			if a.Body != "" {
				t.Errorf("the gate's answer has the body %q", a.Body)
			}
			up.wantCount(t, before)
			g.wantCounter(t, counted.Link, 0)

			g.do(t, c.method, "/"+uncounted.Link, headers...).wantStatus(t, c.upstream)
			up.wantCount(t, before+1)
			g.wantCounter(t, uncounted.Link, 0)

			g.do(t, c.method, "/"+spent.Link, headers...).wantStatus(t, 410)
			up.wantCount(t, before+1)
		})
	}
}

func TestARefusedHEADHasTheStatusOfGET(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	off, gone := g.limited(t, 5), g.limited(t, 5)
	g.patch(t, off.Link, map[string]any{"state": "disabled"})
	g.remove(t, gone.Link)
	for _, path := range []string{"/", "/" + off.Link, "/" + gone.Link, "/%2f", "/" + off.Link + "?token=" + gone.Link} {
		get, head := g.get(t, path), g.do(t, http.MethodHead, path)
		if get.Status != head.Status || get.Status < 400 {
			t.Errorf("GET is %d and HEAD %d", get.Status, head.Status)
		}
		if head.Body != "" {
			t.Errorf("HEAD has the body %q", head.Body)
		}
	}
	up.wantCount(t, 0)
}

func TestEarlyDataIsSentBack(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok, off := g.limited(t, 5), g.limited(t, 5)
	g.patch(t, off.Link, map[string]any{"state": "disabled"})

	g.get(t, "/"+tok.Link, "Early-Data", "1").wantStatus(t, 425)
	g.get(t, "/"+off.Link, "Early-Data", "1").wantStatus(t, 403)
	g.get(t, "/", "Early-Data", "1").wantStatus(t, 401)
	g.wantCounter(t, tok.Link, 0)
	up.wantCount(t, 0)
	g.get(t, "/"+tok.Link, "Early-Data", "0").wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 1)
}
