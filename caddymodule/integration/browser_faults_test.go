//go:build faults

package integration

import (
	"encoding/base64"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// thePage has all that a page has: a stylesheet, an image, a script that
// fetches something, and a form. The script writes into the page what became
// of them.
const thePage = `<!doctype html><title>page</title>
<link rel="stylesheet" href="style.css">
<h1 id="head">hello</h1><img id="img" src="image.png"><p id="out"></p>
<form id="form" method="post" action="form" target="frame"><input name="a" value="1"></form>
<iframe name="frame" id="frame"></iframe>
<script src="app.js"></script>`

const theScript = `
const loaded = (el) => new Promise((done) => { el.onload = done; el.onerror = done; });
async function run() {
	const img = document.getElementById('img'), frame = document.getElementById('frame');
	if (!img.complete) await loaded(img);
	const data = await (await fetch('data.json')).text();
	const posted = loaded(frame);
	document.getElementById('form').submit();
	await posted;
	document.getElementById('out').textContent = [
		getComputedStyle(document.getElementById('head')).color, img.naturalWidth, data, frame.contentDocument.body.textContent.trim(),
	].join(' | ');
	if (location.hash === '#reload' && !sessionStorage.reloaded) { sessionStorage.reloaded = 1; location.reload(); }
}
window.onload = run;`

// aPixel is a GIF of one pixel.
const aPixel = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

// serveThePage is the upstream that has the page at /mytag.
func serveThePage(w http.ResponseWriter, r *http.Request) {
	pixel, _ := base64.StdEncoding.DecodeString(aPixel)
	files := map[string][2]string{
		"GET /mytag":           {"text/html", thePage},
		"GET /mytag/style.css": {"text/css", "#head { color: rgb(1, 2, 3) }"},
		"GET /mytag/image.png": {"image/gif", string(pixel)},
		"GET /mytag/app.js":    {"text/javascript", theScript},
		"GET /mytag/data.json": {"application/json", "fetched"},
		"POST /mytag/form":     {"text/html", "<body>posted</body>"},
	}
	file, ok := files[r.Method+" "+r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file[0])
	_, _ = io.WriteString(w, file[1])
}

func TestARealBrowserSpendsOneUseOnAPage(t *testing.T) {
	up := startRecorder(t, serveThePage)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.mint(t, mint{URL: "http://" + g.site + "/mytag", Limit: new(int64(10))})
	const want = "rgb(1, 2, 3) | 1 | fetched | posted"

	if dom := chromium(t, tok.URLLink); !strings.Contains(dom, want) {
		t.Errorf("the page is not whole: %s", dom)
	}
	g.wantCounter(t, tok.Link, 1)
	for _, path := range []string{"GET /mytag", "GET /mytag/style.css", "GET /mytag/image.png", "GET /mytag/app.js", "GET /mytag/data.json", "POST /mytag/form"} {
		if !got(up, path) {
			t.Errorf("the upstream never got %s", path)
		}
	}

	if dom := chromium(t, tok.URLLink+"#reload"); !strings.Contains(dom, want) {
		t.Errorf("the page is not whole after a reload: %s", dom)
	}
	g.wantCounter(t, tok.Link, 3) // another browser, and its reload
	for _, a := range up.arrivals() {
		if a.holds(tok.Link) || a.holds("linkgate_session") {
			t.Errorf("the upstream saw the token or the session: %+v", a)
		}
	}
}

func TestARealBrowserSeesTheRefusalPage(t *testing.T) {
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 5)
	g.patch(t, tok.Link, map[string]any{"state": "disabled"})
	if dom := chromium(t, "http://"+g.site+"/"+tok.Link); !strings.Contains(dom, "<h1>Forbidden</h1>") {
		t.Errorf("the browser shows %s", dom)
	}
	up.wantCount(t, 0)
}

func got(up *recorder, methodAndPath string) bool {
	for _, a := range up.arrivals() {
		if a.Method+" "+a.URI == methodAndPath {
			return true
		}
	}
	return false
}

// chromium opens an address in a browser of its own and returns the page as it
// is in the end.
func chromium(t *testing.T, url string) string {
	t.Helper()
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=15000", "--dump-dom", url)
	timer := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	return string(out)
}
