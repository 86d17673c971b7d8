package integration

import (
	"net/http"
	"slices"
	"testing"
)

// Ways to write what lies between and around the segments of a path, as they
// are used to get around gates: what one server folds, another one takes as it
// stands.
var (
	separators = []string{
		"/", "//", "/./", "/../", "/%2e/", "/%2e%2e/", "/.%2e/", "/%2E%2E/", "/..;/", "/;/", "/;a=b/", "/%3b/", "\\", "%5c", "/..%5c", "%2f", "%2F",
		"%252f", "/%252e%252e/", "/%c0%ae%c0%ae/", "/%c0%af/", "/%e0%80%ae/", "/%u002e/", "/ /", "/%20/", "%00", "/%00/", "/%0a/", "/%0d%0a/", "/\t/",
		"/%09/", "/%7f/", "/.../", "/..%00/", "/..%0d/", "/%ff/", "/%/", "/%2/", "/%zz/", "/~/", "/*/", "/?/", "/%3f/", "/#/", "/%23/", "/:/", "/@/",
		"/\xc3\xa4/", "/\xff/", "/\x01/", "/\"/", "/</", "/%ef%bc%8f/", "/%e2%81%84/",
	}
	endings = []string{"", "/", "//", "/.", "/..", "/%2e", ".", "..", "%20", " ", ";", ";a=b", "%00", "?", "??", "?a", "#", "%23", "%3f", "~", ".json", "%2f", "\\", "%5c"}
	words   = []string{"protected/x", "PROTECTED/x", "%70rotected/x", "%2570rotected/x", "protected", "x/../protected/y", "public/..;/protected/x"}
)

// sweep lists the paths; token stands in each of them as a segment where it
// is not empty.
func sweep(token string) []string {
	var paths []string
	for _, word := range words {
		for _, sep := range separators {
			if token == "" {
				paths = append(paths, "/a"+sep+word, sep+word)
				continue
			}
			paths = append(paths, "/"+token+sep+word, "/a"+sep+token+"/"+word)
		}
		for _, end := range endings {
			if token == "" {
				paths = append(paths, "/"+word+end)
				continue
			}
			paths = append(paths, "/"+token+"/"+word+end, "/"+word+"/"+token+end)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(paths)))
}

// The scenario F-26, on the configuration that we recommend: gate all.
func TestNoSpellingOfAPathGetsAroundTheGate(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]string{"strict": "", "not strict": "strict_path off"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nsession off\nguess_limit off\n" + option + "\n}\nreverse_proxy UPSTREAM"})
			sweepWithoutToken(t, g, up)
			sweepWithToken(t, g, up)
		})
	}
}

func sweepWithoutToken(t *testing.T, g *gateway, up *recorder) {
	t.Helper()
	for _, path := range append(sweep(""), "http://"+g.site+"/protected/x", "/%zz", "protected", "") {
		for _, method := range []string{http.MethodGet, http.MethodOptions} {
			// no answer at all is a refusal too
			a, err := tryRoundTrip(g.site, method, g.request(method, path, nil))
			if err == nil && a.Status < 400 {
				t.Errorf("%s %q without a token got %d", method, path, a.Status)
			}
			if up.count() > 0 {
				t.Fatalf("%s %q without a token reached the upstream", method, path)
			}
		}
	}
}

func sweepWithToken(t *testing.T, g *gateway, up *recorder) {
	t.Helper()
	tok := g.limited(t, 1_000_000)
	var admitted int64
	for _, path := range sweep(tok.Link) {
		a, err := tryRoundTrip(g.site, http.MethodGet, g.request(http.MethodGet, path, nil))
		if err == nil && a.Status == http.StatusOK {
			admitted++
		}
		if up.count() != admitted {
			t.Fatalf("%q: the client had %d successes, the upstream %d requests", path, admitted, up.count())
		}
		if err == nil && a.Status == http.StatusOK {
			if seen := up.last(t); seen.holds(tok.Link) || seen.Header.Get("X-Linkgate-Rid") != "cust1234" {
				t.Errorf("%q: the upstream saw the token, or not whose it is: %+v", path, seen)
			}
		}
		if admitted%50 == 0 {
			g.wantCounter(t, tok.Link, admitted)
		}
	}
	g.wantCounter(t, tok.Link, admitted)
	if admitted < 50 {
		t.Errorf("only %d of %d paths are admitted: the sweep shows nothing", admitted, len(sweep(tok.Link)))
	}
}

// What strict_path refuses is refused before anything is looked up.
func TestStrictPathRefusesWhatServersReadInDifferentWays(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 100)
	for _, path := range []string{
		"/a%2fb", "/a%2Fb", "/a%5cb", "/a%5Cb", `/a\b`, "/a%00", "/a%0a", "/a%7f", "/./a", "/a/..", "/../a", "/%2e/a", "/a/%2e%2e/b", "/.%2E/a", "//a", "/a//b", "/a//",
		"/%ff", "/%c0%ae", "/%c0%af", "/%ed%a0%80", "/\xff",
	} {
		a := g.get(t, path+"/"+tok.Link)
		a.wantStatus(t, 400)
		if t.Failed() {
			t.Fatalf("%q is let through", path)
		}
	}
	up.wantCount(t, 0)
	g.wantCounter(t, tok.Link, 0)
	for _, path := range []string{"/a.b", "/...", "/a%20b", "/%C3%A4", "/.well-known/x", "/a%3Fb", "/a;b=c", "/~a", "/a..b/..c", "/a%25b"} {
		g.get(t, path+"/"+tok.Link+"?q=%2f//..%00").wantStatus(t, 200)
	}
	up.wantCount(t, 10)
}
