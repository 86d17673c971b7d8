package integration

import (
	"strings"
	"testing"
)

// What an earlier directive made of the path is not where the token is sought.
func TestTheTokenIsSoughtInTheOriginalPath(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, site, target, uri string }{
		{
			"handle_path takes the token's own segment away",
			"handle_path /open/* {\nlinkgate\nreverse_proxy UPSTREAM\n}",
			"/open/LINK/a?b=%20", "/a?b=%20",
		},
		{
			"uri strip_prefix runs before the gate",
			"uri strip_prefix /app\nlinkgate\nreverse_proxy UPSTREAM",
			"/app/LINK/a%2Cb", "/a%2Cb",
		},
		{
			"a rewrite replaces the whole path",
			"rewrite * /index.php?b=2&{query}\nlinkgate\nreverse_proxy UPSTREAM",
			"/mytag/LINK/x?a=1", "/index.php?b=2&a=1",
		},
		{
			"a rewrite makes it part of another segment",
			"@x path_regexp x ^/(.*)/b$\nrewrite @x /page-{re.x.1}.html\nlinkgate\nreverse_proxy UPSTREAM",
			"/LINK/b", "/page-.html",
		},
		{
			"a rewrite keeps the path as a parameter",
			"rewrite * /index.php?path={path}\nlinkgate \nreverse_proxy UPSTREAM",
			"/a/LINK/b", "/index.php?path=%2Fa%2Fb",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			g := startGateway(t, setup{upstream: up.addr, site: c.site})
			tok := g.limited(t, 5)
			g.get(t, strings.ReplaceAll(c.target, "LINK", tok.Link)).wantStatus(t, 200)
			if got := up.only(t).URI; got != c.uri {
				t.Errorf("the upstream saw %s, want %s", got, c.uri)
			}
			up.wantNowhere(t, tok.Link)
			g.wantCounter(t, tok.Link, 1)
		})
	}
}

func TestKeepTokenLeavesTheRequestAsItIs(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nkeep_token\n}\nreverse_proxy UPSTREAM"})
	tok := g.limited(t, 5)
	target := "/mytag/" + tok.Link + "/a.css?token=" + tok.Link
	g.get(t, target, "X-Link-Token", tok.Link, "Referer", "http://x.example/"+tok.Link, "X-Linkgate-Rid", "forged").wantStatus(t, 200)
	a := up.only(t)
	if a.URI != target || a.Header.Get("X-Link-Token") != tok.Link || !strings.HasSuffix(a.Header.Get("Referer"), tok.Link) {
		t.Errorf("the upstream saw %+v", a)
	}
	if got := a.Header.Values("X-Linkgate-Rid"); len(got) != 1 || got[0] != "cust1234" {
		t.Errorf("the upstream saw X-Linkgate-Rid %q", got)
	}
}
