package integration

import (
	"maps"
	"net/http"
	"testing"
)

func TestAnswersBehindAGateAreNotStoredInSharedCaches(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		sends http.Header
		want  map[string][]string
	}{
		{"an upstream that says nothing", nil, map[string][]string{
			"Cache-Control": {"private, no-cache"}, "Referrer-Policy": {"strict-origin"}, "X-Robots-Tag": {"noindex"},
		}},
		{"an upstream that says all of it itself", http.Header{
			"Cache-Control": {"max-age=60"}, "Referrer-Policy": {"no-referrer"}, "X-Robots-Tag": {"all"},
		}, map[string][]string{
			"Cache-Control": {"max-age=60"}, "Referrer-Policy": {"no-referrer"}, "X-Robots-Tag": {"all"},
		}},
		{"public and s-maxage", http.Header{"Cache-Control": {"public, s-maxage=600, max-age=60"}}, map[string][]string{"Cache-Control": {"private, max-age=60"}}},
		{"public in a second line", http.Header{"Cache-Control": {"max-age=60", "Public"}}, map[string][]string{"Cache-Control": {"max-age=60, private"}}},
		{"a private list of fields", http.Header{"Cache-Control": {`private="x, public"`}}, map[string][]string{"Cache-Control": {"private"}}},
		{"cookies of its own", http.Header{"Set-Cookie": {"a=1", "b=2; Path=/"}}, nil},
	}
	var sends http.Header
	up := startRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), sends)
		w.WriteHeader(http.StatusOK)
	})
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 100)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sends = c.sends
			a := g.get(t, "/"+tok.Link)
			a.wantStatus(t, 200)
			for name, want := range c.want {
				a.wantHeader(t, name, want...)
			}
			if c.sends["Set-Cookie"] == nil {
				return
			}
			cookies := a.Header.Values("Set-Cookie")
			if len(cookies) != 3 {
				t.Errorf("the client got the cookies %q, want the upstream's two and ours", cookies)
			}
		})
	}
}

func TestTheGatesOwnAnswersAreNotStored(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	off := g.limited(t, 5)
	g.patch(t, off.Link, map[string]any{"state": "disabled"})
	for _, path := range []string{"/", "/" + off.Link, "/a//b"} {
		a := g.get(t, path)
		a.wantHeader(t, "Cache-Control", "no-store")
		a.wantHeader(t, "Referrer-Policy", "strict-origin")
		a.wantHeader(t, "X-Robots-Tag", "noindex")
		a.wantHeader(t, "Set-Cookie")
	}
}

// A page that an error route makes for a later handler's refusal is private too.
func TestAnAnswerOfAnErrorRouteBehindAGateIsPrivate(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: "linkgate\nreverse_proxy UPSTREAM\nhandle_errors {\nrespond \"sorry\"\n}"})
	tok := g.limited(t, 5)
	a := g.get(t, "/"+tok.Link)
	a.wantStatus(t, 502)
	a.wantHeader(t, "Cache-Control", "private, no-cache")
	a.wantHeader(t, "X-Robots-Tag", "noindex")
}
