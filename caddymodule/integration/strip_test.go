package integration

import (
	"strings"
	"testing"
)

// stripCases are all places where a token may sit. LINK, JWT and SITE stand for
// those of the test; uri is what the upstream sees, left what headers it sees.
var stripCases = []struct {
	name    string
	target  string
	headers []string
	uri     string
	left    map[string]string
}{
	{"in the path before a page", "/mytag/LINK/a.css", nil, "/mytag/a.css", nil},
	{"at the end of the token's own URL", "/mytag/LINK", nil, "/mytag", nil},
	{"at the end of another path", "/other/LINK", nil, "/other/", nil},
	{"alone", "/LINK", nil, "/", nil},
	{"before a final slash", "/mytag/LINK/", nil, "/mytag/", nil},
	{"in a path with escapes", "/a%20b/LINK/c%2Cd;e=1/%C3%A4?x=%2F", nil, "/a%20b/c%2Cd;e=1/%C3%A4?x=%2F", nil},
	{"as JWT in the path", "/mytag/JWT/a.css", nil, "/mytag/a.css", nil},
	{"twice in the path", "/LINK/LINK/a", nil, "/a", nil},
	{"in the query, first", "/p?token=LINK&b=2&a=1", nil, "/p?b=2&a=1", nil},
	{"in the query, between signed parameters", "/p?z=%7e&token=LINK&a=1;b&sig=a%2Bb==", nil, "/p?z=%7e&a=1;b&sig=a%2Bb==", nil},
	{"alone in the query", "/p?token=LINK", nil, "/p", nil},
	{"as JWT in the query", "/p?token=JWT&&x", nil, "/p?&x", nil},
	{"in its header", "/p", []string{"X-Link-Token", "LINK"}, "/p", map[string]string{"X-Link-Token": ""}},
	{"as bearer", "/p", []string{"Authorization", "Bearer JWT"}, "/p", map[string]string{"Authorization": ""}},
	{"as bearer in lower case", "/p", []string{"authorization", "bearer LINK"}, "/p", map[string]string{"Authorization": ""}},
	{"in a cookie", "/p", []string{"Cookie", "a=1; link=LINK; b=\"2\""}, "/p", map[string]string{"Cookie": "a=1; b=\"2\""}},
	{"alone in a cookie", "/p", []string{"Cookie", "link=LINK"}, "/p", map[string]string{"Cookie": ""}},
	{"everywhere at once", "/LINK/p?token=LINK", []string{"X-Link-Token", "LINK", "Cookie", "link=LINK"}, "/p", map[string]string{"Cookie": "", "X-Link-Token": ""}},
	{"in the path of a Referer", "/p", []string{"X-Link-Token", "LINK", "Referer", "http://SITE/mytag/LINK/i.html?q=%2F"}, "/p", map[string]string{"Referer": "http://SITE/mytag/i.html?q=%2F"}},
	{"at the end of the token's own URL in a Referer", "/p", []string{"X-Link-Token", "LINK", "Referer", "http://SITE/mytag/LINK"}, "/p", map[string]string{"Referer": "http://SITE/mytag"}},
	{"at the end of another path in a Referer", "/p", []string{"X-Link-Token", "LINK", "Referer", "http://SITE/other/LINK?a=1"}, "/p", map[string]string{"Referer": "http://SITE/other/?a=1"}},
	{"in the query of a Referer", "/p", []string{"X-Link-Token", "LINK", "Referer", "http://SITE/i?a=1&token=JWT&b=2"}, "/p", map[string]string{"Referer": "http://SITE/i?a=1&b=2"}},
	{"beside the upstream's own texts", "/jquery.min.js?token=my.own.token&id=LINK0", []string{"Authorization", "Bearer abc.def.ghi", "X-Link-Token", "LINK"}, "/jquery.min.js?token=my.own.token&id=LINK0", map[string]string{"Authorization": "Bearer abc.def.ghi"}},
}

func TestTheUpstreamNeverSeesTheToken(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: `
		linkgate {
			from path
			from query token
			from header X-Link-Token
			from bearer
			from cookie link
			session off
		}
		reverse_proxy UPSTREAM`})
	tok := g.mint(t, mint{URL: "http://clever.example/mytag"})

	other := "0" // than the token begins with
	if tok.Link[0] == '0' {
		other = "1"
	}
	fill := strings.NewReplacer("LINK0", other+tok.Link[1:]+"0", "LINK", tok.Link, "JWT", tok.JWT, "SITE", g.site)
	for _, c := range stripCases {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			for _, h := range c.headers {
				headers = append(headers, fill.Replace(h))
			}
			before := up.count()
			g.get(t, fill.Replace(c.target), headers...).wantStatus(t, 200)
			up.wantCount(t, before+1)
			a := up.last(t)
			if want := fill.Replace(c.uri); a.URI != want {
				t.Errorf("the upstream saw %s, want %s", a.URI, want)
			}
			for name, want := range c.left {
				if got := strings.Join(a.Header.Values(name), "|"); got != fill.Replace(want) {
					t.Errorf("the upstream saw %s: %s, want %s", name, got, fill.Replace(want))
				}
			}
			if a.holds(tok.Link) || a.holds(tok.JWT) {
				t.Errorf("the upstream saw the token: %+v", a)
			}
		})
	}
	g.wantCounter(t, tok.Link, int64(len(stripCases)))
}
