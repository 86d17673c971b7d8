package integration

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// config is the dump of the running configuration.
func (g *gateway) config(t testing.TB) string { return g.fromAdmin(t, "/config/") }

func (g *gateway) fromAdmin(t testing.TB, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + g.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestNoSecretTurnsUpAnywhere(t *testing.T) {
	t.Parallel()
	const jwtKey, storeKey = "an operator's secret of 32 bytes or more", "00112233445566778899aabbccddeeff00112233445566778899aabbccddee42"
	up := startRecorder(t, nil)
	g := startGateway(t, setup{
		upstream: up.addr,
		env:      []string{"JWT_KEY=" + jwtKey, "STORE_KEY=" + storeKey},
		global:   "metrics\nlinkgate {\nstore badger {\nencryption_key {env.STORE_KEY}\n}\njwt_key k {env.JWT_KEY}\n}",
		site:     "linkgate {\nfrom path\nfrom query token\nfrom header X-Link-Token\nfrom bearer\nfrom cookie link\n}\nhandle /down/* {\nreverse_proxy 127.0.0.1:1\n}\nhandle {\nreverse_proxy UPSTREAM\n}",
	})
	g.secrets.add(jwtKey, storeKey)
	presentEverywhere(t, g)
	misuseTheAPI(t, g)
	mustRun(t, g.command("reload", "--config", g.file, "--adapter", "caddyfile", "--address", g.admin, "--force"))

	places := map[string]string{
		"GET /config/": g.config(t),
		"the metrics":  g.fromAdmin(t, "/metrics"),
		"health":       g.fromAdmin(t, "/linkgate/health"),
	}
	if !strings.Contains(places["the metrics"], `caddy_linkgate_requests_total{outcome="admitted"}`) {
		t.Error("the metrics do not know of the gate")
	}
	for _, file := range filesIn(t, g.home) {
		if !strings.HasSuffix(file, ".json") || strings.HasSuffix(file, "initial_admin.json") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(g.home, file))
		if err != nil {
			t.Fatal(err)
		}
		places[file] = string(text)
	}
	if !hasSuffix(places, "autosave.json") {
		t.Error("there is no autosave.json to look at")
	}
	for place, text := range places {
		for _, secret := range g.secrets.all() {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows a secret: %s", place, text)
			}
		}
	}
	// the log itself is searched when the test ends; it has to have something in it
	for _, want := range []string{`"link:`, `"logger":"http.log.access`, `"logger":"http.log.error`, "request refused"} {
		if !strings.Contains(g.log.String(), want) {
			t.Errorf("the log has nothing of %s", want)
		}
	}
}

func hasSuffix(places map[string]string, suffix string) bool {
	for place := range places {
		if strings.HasSuffix(place, suffix) {
			return true
		}
	}
	return false
}

// presentEverywhere shows tokens in each source, good ones and bad ones.
func presentEverywhere(t *testing.T, g *gateway) {
	t.Helper()
	good, spent, gone := g.limited(t, 100), g.limited(t, 1), g.limited(t, 1)
	g.get(t, "/"+spent.Link).wantStatus(t, 200)
	g.remove(t, gone.Link)
	for _, tok := range []token{good, spent, gone} {
		for _, form := range []string{tok.Link, tok.JWT} {
			g.get(t, "/a/"+form+"/b?x=1")
			g.get(t, "/down/"+form)
			g.get(t, "/?token="+form)
			g.get(t, "/?token="+form+"&token="+form)
			g.get(t, "/", "X-Link-Token", form)
			g.get(t, "/", "X-Link-Token", form, "X-Link-Token", good.JWT)
			g.get(t, "/", "Authorization", "Bearer "+form)
			g.get(t, "/", "Cookie", "link="+form)
			g.get(t, "/", "Referer", "http://"+g.site+"/"+form+"/?token="+form)
			g.get(t, "/a//"+form)
			g.do(t, http.MethodHead, "/"+form)
		}
	}
	b := newBrowser(t, g)
	b.navigate(t, "/"+good.Link).wantStatus(t, 200)
	b.fetch(t, "/a").wantStatus(t, 200)
	g.secrets.add(b.session(t))
}

// misuseTheAPI makes the API refuse, with secrets in the requests.
func misuseTheAPI(t *testing.T, g *gateway) {
	t.Helper()
	credential := g.credential(t)
	id, _, _ := strings.Cut(credential, ".")
	wrong := id + ".wrong-secret-wrong-secret-wrong"
	g.secrets.add(wrong)
	link := g.limited(t, 1)
	for _, headers := range [][]string{
		{"Authorization", "Bearer " + wrong},
		{"X-API-Key", wrong},
		{"X-RapidAPI-Key", credential, "X-API-Key", wrong},
		{"X-API-Key", credential},
	} {
		for _, path := range []string{
			"/api/v1/token/" + link.Link + "?t=link", "/api/v1/token/" + link.JWT + "?t=jwt", "/api/v1/token/validate/" + link.JWT + "?t=jwt",
			"/api/v1/token/explain/" + link.Link + "?t=link", "/api/v1/token/" + link.Link + "?t=nonsense", "/api/v1/token/" + link.Link + "/x/" + link.JWT,
		} {
			a := (&gateway{site: g.api}).get(t, path, headers...)
			if a.Status >= 400 && (strings.Contains(a.Body, wrong) || strings.Contains(a.Body, credential) || strings.Contains(a.Body, link.Link)) {
				t.Errorf("an error of the API shows a secret: %s", a.Body)
			}
		}
	}
}

// Our own lines hold no token even where nobody filters the log.
func TestOurOwnLogLinesNeedNoFilter(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	site := "linkgate {\nguess_limit off\n}\nreverse_proxy UPSTREAM"
	whole := "{\nadmin ADMIN\nlog default {\nlevel DEBUG\ninclude linkgate http.handlers.linkgate http.handlers.linkgate_admin admin.api.linkgate\n}\n}\nhttp://SITE {\nbind 127.0.0.1\n" + site + "\n}\nhttp://API {\nbind 127.0.0.1\nlinkgate_admin\n}"
	g := startGateway(t, setup{upstream: up.addr, whole: whole})
	presentEverywhereByDefault(t, g)
	misuseTheAPI(t, g)
	g.stop()
	if n := strings.Count(g.log.String(), "request refused"); n < 3 {
		t.Errorf("the log has %d refusals:\n%s", n, g.log)
	}
}

func presentEverywhereByDefault(t *testing.T, g *gateway) {
	t.Helper()
	spent, gone := g.limited(t, 1), g.limited(t, 1)
	g.remove(t, gone.Link)
	for _, tok := range []token{spent, gone} {
		for _, form := range []string{tok.Link, tok.JWT} {
			g.get(t, "/"+form)
			g.get(t, "/?token="+form)
			g.get(t, "/?token="+form+"&token="+spent.JWT)
			g.get(t, "/", "Authorization", "Bearer "+form)
		}
	}
}

// The search that every test ends with finds what is there to find.
func TestAnUnfilteredAccessLogShowsTheToken(t *testing.T) {
	t.Parallel()
	unknown := strings.Repeat("0123456789abcdef", 2)
	plain := startGateway(t, setup{whole: "{\nadmin ADMIN\n}\nhttp://SITE {\nbind 127.0.0.1\nlog\nlinkgate\n}"})
	plain.get(t, "/"+unknown).wantStatus(t, 404)
	filtered := startGateway(t, setup{})
	filtered.get(t, "/"+unknown).wantStatus(t, 404)
	plain.stop()
	filtered.stop()
	if lineWith(plain.log.String(), unknown) == "" {
		t.Errorf("the log without a filter does not show the token:\n%s", plain.log)
	}
	if line := lineWith(filtered.log.String(), unknown); line != "" {
		t.Errorf("the log with the filter shows the token: %s", line)
	}
}
