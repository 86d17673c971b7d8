package integration

import (
	"net/http"
	"testing"
)

// nobody is a login that nobody has.
const nobody = "basic_auth @login {\nbob $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG\n}\n"

// What a request has that was refused before it met a gate is empty in error
// routes: Caddy would show {http.linkgate.reason} as it stands there.
func TestARefusalBeforeTheGateHasNoReason(t *testing.T) {
	t.Parallel()
	const page = "\nhandle_errors {\nrespond \"{err.status_code} [{http.linkgate.reason}] [{http.linkgate.rid}{http.linkgate.counter}]\"\n}"
	up := startRecorder(t, nil)
	g := newGateway(t, setup{})
	s := setup{
		site: "@login path /login/*\n" + nobody + "handle /public/* {\nerror 404\n}\nhandle {\nlinkgate\nrespond in\n}" + page,
		extra: "http://other.example:" + portOf(g.site) + " {\nbind 127.0.0.1\nerror 403" + page + "\n}\n" +
			"http://some.example:" + portOf(g.site) + " {\nbind 127.0.0.1\nerror 403\nhandle_errors 404 {\nrespond four\n}\nhandle_errors {\nreverse_proxy UPSTREAM\n}\n}\n" +
			// a gate among error routes is provisioned while they are
			"http://late.example:" + portOf(g.site) + " {\nbind 127.0.0.1\nerror 403\nhandle_errors 404 {\nrespond four\n}\nhandle_errors {\nlinkgate\nrespond late\n}\n}",
		upstream: up.addr,
	}
	g.write(s)
	g.start()
	tok := g.limited(t, 1)
	for range 2 {
		for _, c := range []struct{ name, path, host, want string }{
			{"a login", "/login/" + tok.Link, g.site, "401 [] []"},
			{"a public page that is not there", "/public/x", g.site, "404 [] []"},
			{"the gate", "/", g.site, "401 [missing] []"},
			{"a site without a gate", "/", "other.example", "403 [] []"},
		} {
			if a := g.get(t, "http://"+c.host+c.path); a.Body != c.want {
				t.Errorf("refused by %s: %d %q, want %q", c.name, a.Status, a.Body, c.want)
			}
		}
		g.reload(t, s)
	}
	g.wantCounter(t, tok.Link, 0)
	g.get(t, "http://late.example/"+tok.Link).wantStatus(t, http.StatusForbidden)
	g.wantCounter(t, tok.Link, 1)
	g.get(t, "http://some.example/", "X-Linkgate-Rid", "forged").wantStatus(t, http.StatusOK)
	if up.last(t).holds("forged") {
		t.Error("the upstream of an error route got a forged identity")
	}
}
