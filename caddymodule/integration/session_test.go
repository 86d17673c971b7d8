package integration

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAPageWithAllItsPartsIsOneUse(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 2)
	b := newBrowser(t, g)

	b.navigate(t, "/mytag/"+tok.Link).wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 1)
	b.fetch(t, "/mytag/style.css").wantStatus(t, 200)
	b.fetch(t, "/mytag/"+tok.Link+"/image.png").wantStatus(t, 200) // a relative address
	b.fetch(t, "/mytag/image.png?token="+tok.JWT).wantStatus(t, 200)
	b.post(t, "/mytag/form", "a=1").wantStatus(t, 200)
	b.navigate(t, "/mytag/next.html").wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 1)
	if a := up.last(t); a.Header.Get("X-Linkgate-Rid") != "cust1234" || a.Header.Get("X-Linkgate-Counter") != "1" {
		t.Errorf("a request that rides is not known to the upstream: %v", a.Header)
	}

	b.navigate(t, "/mytag/"+tok.Link).wantStatus(t, 200) // a reload
	g.wantCounter(t, tok.Link, 2)
	b.fetch(t, "/mytag/style.css").wantStatus(t, 200) // the token is spent, the page is not
	b.navigate(t, "/mytag/"+tok.Link).wantStatus(t, 410)
	g.wantCounter(t, tok.Link, 2)

	for _, a := range up.arrivals() {
		if a.holds("linkgate_session") || a.holds(tok.Link) {
			t.Errorf("the upstream saw the session or the token: %+v", a)
		}
	}
	newBrowser(t, g).fetch(t, "/mytag/style.css").wantStatus(t, 401)
}

func TestTheCookieOfASessionIsForThisSiteAlone(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	cookie := g.get(t, "/"+g.limited(t, 5).Link).Header.Get("Set-Cookie")
	for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"} {
		if !strings.Contains(cookie, attribute) {
			t.Errorf("the cookie lacks %s: %s", attribute, cookie)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("without TLS a Secure cookie would never come back: %s", cookie)
	}
	// a token that ends sooner ends its session
	soon := g.mint(t, mint{Exp: 2})
	if cookie := g.get(t, "/"+soon.Link).Header.Get("Set-Cookie"); !strings.Contains(cookie, "Max-Age=11") && !strings.Contains(cookie, "Max-Age=120") {
		t.Errorf("the cookie outlives its token: %s", cookie)
	}
	// what is no navigation opens none
	if cookie := g.get(t, "/"+soon.Link, "Sec-Fetch-Mode", "cors").Header.Get("Set-Cookie"); cookie != "" {
		t.Errorf("a fetch opened a session: %s", cookie)
	}
}

func TestASessionIsBoundToItsLink(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	mine, other := g.limited(t, 5), g.limited(t, 1)
	b := newBrowser(t, g)
	b.navigate(t, "/"+mine.Link).wantStatus(t, 200)

	b.fetch(t, "/"+other.Link).wantStatus(t, 200)
	g.wantCounter(t, other.Link, 1) // it paid
	b.fetch(t, "/"+other.Link).wantStatus(t, 410)
	b.fetch(t, "/"+strings.Repeat("0", 32)).wantStatus(t, 404)
	b.fetch(t, "/"+mine.Link).wantStatus(t, 200)
	g.wantCounter(t, mine.Link, 1)
	g.wantCounter(t, other.Link, 1)
}

func TestASessionEndsWithItsToken(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nsession 2s\n}\nreverse_proxy UPSTREAM"})
	cases := map[string]func(t *testing.T, link string){
		"switched off": func(t *testing.T, link string) { g.patch(t, link, map[string]any{"state": "disabled"}) },
		"deleted":      g.deleteIn,
		"timed out":    func(*testing.T, string) { time.Sleep(2100 * time.Millisecond) },
	}
	for name, end := range cases {
		t.Run(name, func(t *testing.T) {
			tok := g.limited(t, 5)
			b := newBrowser(t, g)
			b.navigate(t, "/"+tok.Link).wantStatus(t, 200)
			cookie := "linkgate_session=" + b.session(t)
			g.get(t, "/a.css", "Cookie", cookie).wantStatus(t, 200)
			before := up.count()
			end(t, tok.Link)
			g.get(t, "/a.css", "Cookie", cookie).wantStatus(t, 401)
			up.wantCount(t, before)
		})
	}
}

func (g *gateway) deleteIn(t *testing.T, link string) { g.remove(t, link) }

func TestASessionSurvivesReloadAndRestart(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	s := setup{upstream: up.addr}
	g := startGateway(t, s)
	tok := g.limited(t, 1)
	b := newBrowser(t, g)
	b.navigate(t, "/"+tok.Link).wantStatus(t, 200)
	cookie := "linkgate_session=" + b.session(t)
	g.reload(t, s)
	g.insist(t, "/a.css", "Cookie", cookie).wantStatus(t, 200)
	g.stop()
	g.start()
	g.get(t, "/a.css", "Cookie", cookie).wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 1)
}

func TestAForgedSessionIsNone(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g, stranger := startGateway(t, setup{upstream: up.addr}), startGateway(t, setup{upstream: up.addr})
	open := func(g *gateway) string {
		b := newBrowser(t, g)
		b.navigate(t, "/"+g.limited(t, 5).Link).wantStatus(t, 200)
		return b.session(t)
	}
	good, foreign := open(g), open(stranger)
	g.get(t, "/a", "Cookie", "linkgate_session="+good).wantStatus(t, 200)
	before := up.count()
	forged := []string{"", "x", foreign, good[:len(good)-1], good + "A", strings.ToUpper(good), g.limited(t, 5).Link, good + "=="}
	for i := range len(good) {
		flipped := []byte(good)
		flipped[i] = "AB"[b2i(flipped[i] == 'A')]
		forged = append(forged, string(flipped))
	}
	for _, value := range forged {
		if a := g.get(t, "/a", "Cookie", "linkgate_session="+value); a.Status != http.StatusUnauthorized {
			t.Errorf("a forged session got %d", a.Status)
		}
	}
	up.wantCount(t, before)
	g.get(t, "/a", "Cookie", "linkgate_session=forged; linkgate_session="+good).wantStatus(t, 200)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestWithoutSessionsEachRequestPays(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: `
		handle /off/* {
			linkgate {
				session off
			}
			reverse_proxy UPSTREAM
		}
		handle {
			linkgate
			reverse_proxy UPSTREAM
		}`})
	tok := g.limited(t, 3)
	b := newBrowser(t, g)
	b.navigate(t, "/off/"+tok.Link).wantStatus(t, 200)
	if b.session(t) != "" {
		t.Error("a gate without sessions opened one")
	}
	b.fetch(t, "/off/a.css").wantStatus(t, 401)
	b.fetch(t, "/off/"+tok.Link).wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 2)
	b.navigate(t, "/on/"+tok.Link).wantStatus(t, 200)
	b.fetch(t, "/on/a.css").wantStatus(t, 200)
	b.fetch(t, "/off/a.css").wantStatus(t, 401)
	b.fetch(t, "/off/"+tok.Link).wantStatus(t, 410)
}
