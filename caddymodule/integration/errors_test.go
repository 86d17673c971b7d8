package integration

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestARefusalIsAnsweredByTheGateWhereNoErrorRouteMatches(t *testing.T) {
	t.Parallel()
	sites := map[string]string{
		"no error route at all":             "linkgate\nrespond in",
		"an error route for other statuses": "linkgate\nrespond in\nhandle_errors 500 502 {\nrespond \"the operator's page\"\n}",
		"an error route for another path":   "linkgate\nrespond in\nhandle_errors {\n@a path /a/*\nrespond @a \"the operator's page\"\n}",
		"an error route of another site":    "linkgate\nrespond in",
	}
	other := "http://other.example:PORT {\nbind 127.0.0.1\nrespond ok\nhandle_errors {\nrespond \"the other site's page\"\n}\n}"
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, setup{})
			g.write(setup{site: site, extra: strings.ReplaceAll(other, "PORT", portOf(g.site))})
			g.start()
			spent := g.limited(t, 1)
			g.get(t, "/"+spent.Link).wantStatus(t, 200)

			html := g.get(t, "/"+spent.Link, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
			html.wantStatus(t, 410)
			html.wantHeader(t, "Content-Type", "text/html; charset=utf-8")
			if !strings.Contains(html.Body, "<h1>Gone</h1>") || strings.Contains(html.Body, "page\"") {
				t.Errorf("the page is %s", html.Body)
			}
			for _, accept := range []string{"*/*", "application/json", "text/html;q=0, */*", "text/*"} {
				a := g.get(t, "/"+spent.Link, "Accept", accept)
				a.wantStatus(t, 410)
				a.wantHeader(t, "Content-Type", "application/problem+json")
				wantProblem(t, a, "exhausted")
			}
			a := g.get(t, "/")
			a.wantStatus(t, 401)
			a.wantHeader(t, "WWW-Authenticate", "Bearer")
			wantProblem(t, a, "missing")
		})
	}
}

// wantProblem fails unless the body is a problem after RFC 9457.
func wantProblem(t *testing.T, a answer, reason string) {
	t.Helper()
	var p struct {
		Title, Detail, Reason string
		Status                int
	}
	if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
		t.Fatalf("the body is no JSON: %v: %s", err, a.Body)
	}
	if p.Title == "" || p.Detail == "" || p.Status != a.Status || p.Reason != reason {
		t.Errorf("the problem is %+v, want %s with status %d", p, reason, a.Status)
	}
}

func TestAnErrorRouteDecidesThePage(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: `
		linkgate {
			guess_limit off
		}
		handle /down/* {
			reverse_proxy UPSTREAM
		}
		handle /own/* {
			error "mine" 410
		}
		handle {
			respond in
		}
		handle_errors {
			respond "{err.status_code} [{http.linkgate.reason}] [{http.linkgate.rid}]"
		}`})
	spent, off, fine := g.limited(t, 1), g.limited(t, 5), g.limited(t, 50)
	g.get(t, "/"+spent.Link).wantStatus(t, 200)
	g.patch(t, off.Link, map[string]any{"state": "disabled"})
	unknown := strings.Repeat("0", 32)

	cases := []struct {
		name, path, headers, body string
		status                    int
	}{
		{"no token", "/", "", "401 [missing] []", 401},
		{"an unknown token", "/" + unknown, "", "404 [unknown] []", 404},
		{"a token that is switched off", "/" + off.Link, "", "403 [disabled] []", 403},
		{"a token that is spent", "/" + spent.Link, "", "410 [exhausted] []", 410},
		{"two tokens", "/" + spent.Link + "?token=" + off.Link, "", "400 [ambiguous] []", 400},
		{"a path to be read in two ways", "/%2e%2e/" + fine.Link, "", "400 [bad_path] []", 400},
		{"early data", "/" + fine.Link, "Early-Data", "425 [early_data] []", 425},
		{"an upstream that is down", "/down/" + fine.Link, "", "502 [] [cust1234]", 502},
		{"a later handler with a status of ours", "/own/" + fine.Link, "", "410 [] [cust1234]", 410},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			if c.headers != "" {
				headers = []string{c.headers, "1"}
			}
			a := g.get(t, c.path, headers...)
			a.wantStatus(t, c.status)
			if a.Body != c.body {
				t.Errorf("the error route wrote %q, want %q", a.Body, c.body)
			}
		})
	}
}

func TestAnErrorRouteSeesTheAddressThatTheUpstreamWouldHaveSeen(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: `
		linkgate
		respond in
		handle_errors {
			respond "{http.request.uri} {http.request.orig_uri}"
		}`})
	spent := g.limited(t, 1)
	g.get(t, "/"+spent.Link).wantStatus(t, 200)
	for target, want := range map[string]string{
		"/mytag/" + spent.Link:                "/mytag /mytag",
		"/other/" + spent.Link:                "/other/ /other/",
		"/mytag/" + strings.Repeat("0", 32):   "/mytag/ /mytag/",
		"/mytag/" + spent.Link + "/a.css?x=1": "/mytag/a.css?x=1 /mytag/a.css?x=1",
	} {
		if a := g.get(t, target); a.Body != want {
			t.Errorf("%s: the error route saw %q, want %q", target, a.Body, want)
		}
	}
}

func TestUnknownAndOutOfScopeLookAlike(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: "linkgate {\nissuers cpg\nmatch_url\nguess_limit off\n}\nrespond in"})
	gone := g.limited(t, 5)
	g.remove(t, gone.Link)
	wrongIssuer := g.mint(t, mint{Issuer: "other"})
	elsewhere := g.mint(t, mint{URL: "http://elsewhere.example/"})
	flipped := g.mint(t, mint{}).JWT
	flipped = flipped[:len(flipped)-10] + "AAAAAAAAAA"
	want := g.get(t, "/"+strings.Repeat("0", 32))
	want.wantStatus(t, 404)
	want.Header.Del("Date")
	for name, candidate := range map[string]string{
		"deleted": gone.Link, "of another campaign": wrongIssuer.Link, "for another site": elsewhere.Link, "a forged JWT": flipped, "the admin's own record": strings.SplitN(g.credential(t), ".", 2)[0],
	} {
		got := g.get(t, "/"+candidate)
		got.Header.Del("Date")
		if got.Status != want.Status || got.Body != want.Body || len(got.Header) != len(want.Header) {
			t.Errorf("%s: %+v is not %+v", name, got, want)
		}
	}
	fits := g.mint(t, mint{URL: "http://" + g.site + "/mytag/"})
	g.get(t, "/mytag/"+fits.Link).wantStatus(t, 200)
	g.get(t, "/mytagger/"+fits.Link).wantStatus(t, 404)
	g.get(t, "/mytag/deeper/"+fits.Link+"/a").wantStatus(t, 200)
}
