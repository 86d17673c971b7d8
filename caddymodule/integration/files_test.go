package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeFiles writes files below the gateway's own directory.
func (g *gateway) writeFiles(files map[string]string) {
	g.t.Helper()
	for name, text := range files {
		path := filepath.Join(g.home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			g.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			g.t.Fatal(err)
		}
	}
}

func TestAFileServerBehindAGate(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: "root * HOME/www\nlinkgate\nfile_server {\nbrowse\n}"})
	g.writeFiles(map[string]string{
		"www/index.html": "the page", "www/a.css": "body{}", "www/dir/index.html": "the directory", "www/list/x.txt": "x",
	})
	tok := g.limited(t, 100)
	cases := []struct{ name, path, body, location string }{
		{"the index of the root", "/LINK", "the page", ""},
		{"the index of a directory", "/dir/LINK", "the directory", ""},
		{"a file", "/LINK/a.css", "body{}", ""},
		{"a file with a query", "/a.css?token=LINK", "body{}", ""},
		{"a directory without its slash", "/LINK/dir", "", "dir/"},
		{"a directory without its slash, by query", "/dir?token=LINK", "", "dir/"},
		{"an index file by its name and a slash", "/LINK/a.css/", "", "a.css"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := g.get(t, strings.ReplaceAll(c.path, "LINK", tok.Link))
			if c.location != "" {
				a.wantStatus(t, 308)
				if got := a.Header.Get("Location"); !strings.HasSuffix(got, c.location) || strings.Contains(got, tok.Link) {
					t.Errorf("the redirect goes to %s", got)
				}
				return
			}
			a.wantStatus(t, 200)
			if a.Body != c.body {
				t.Errorf("the body is %q, want %q", a.Body, c.body)
			}
		})
	}
	part := g.get(t, "/a.css?token="+tok.Link, "Range", "bytes=0-3")
	part.wantStatus(t, 206)
	if part.Body != "body" {
		t.Errorf("the range is %q", part.Body)
	}
	again := g.get(t, "/a.css?token="+tok.Link, "If-None-Match", part.Header.Get("Etag"))
	again.wantStatus(t, 304)
	again.wantHeader(t, "Cache-Control", "private, no-cache")
	listing := g.get(t, "/list/"+tok.Link)
	listing.wantStatus(t, 200)
	if !strings.Contains(listing.Body, "x.txt") || strings.Contains(listing.Body, tok.Link) {
		t.Errorf("the listing shows the token, or not the file: %s", listing.Body)
	}
	g.get(t, "/a.css").wantStatus(t, 401)
	g.wantCounter(t, tok.Link, int64(len(cases)+3))
}

// A browser that is sent to the directory's true address rides there.
func TestADirectoryRedirectIsOneUse(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: "root * HOME/www\nlinkgate\nfile_server"})
	g.writeFiles(map[string]string{"www/dir/index.html": "the directory"})
	tok := g.limited(t, 1)
	b := newBrowser(t, g)
	b.client.CheckRedirect = nil
	a := b.navigate(t, "/"+tok.Link+"/dir")
	a.wantStatus(t, 200)
	if a.Body != "the directory" {
		t.Errorf("the browser sees %q", a.Body)
	}
	g.wantCounter(t, tok.Link, 1)
}
