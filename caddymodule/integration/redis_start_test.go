package integration

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Gateways that start together on an empty Redis make one first credential, one
// signing key and one session key.
func TestGatewaysThatStartTogetherAreOne(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	group := startGateways(t, 4, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	tok := group[0].limited(t, 100)
	b := newBrowser(t, group[0])
	b.navigate(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
	for _, g := range group {
		g.get(t, "/"+tok.JWT).wantStatus(t, http.StatusOK)
		b.base = "http://" + g.site
		b.fetch(t, "/a.css").wantStatus(t, http.StatusOK)
	}
	for _, g := range group {
		g.wantCounter(t, tok.Link, 5)
	}
}

func TestAGatewaySaysWhichRedisItIsOnAndWhatThatPromises(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	g := startGateway(t, setup{global: "metrics\n" + storeRedis(server.Addr, "prefix shop:")})
	g.wantLine(t, `"msg":"token store opened"`, `"store":"redis"`, server.Addr, "shop:", `"promise":"Redis 7`, "a use is on disk before it is admitted")
	if out := mustRun(t, g.command("linkgate", "health", "--address", g.admin)); !strings.Contains(out, `"status":"ok","store":"redis","promise":"Redis 7`) {
		t.Errorf("health says %s", out)
	}
	if text := g.fromAdmin(t, "/metrics"); !strings.Contains(text, `caddy_linkgate_store_info{promise="Redis 7`) || !strings.Contains(text, `store="redis"} 1`) {
		t.Error("the metrics do not say which store it is")
	}
	if text := g.page(t, "http://"+g.api+"/api/v1/health", http.StatusOK); strings.TrimSpace(text) != `{"status":"ok"}` {
		t.Errorf("the health that anybody may ask for is %s", text)
	}
}

// Redis is away at the start: Caddy starts, other sites are served, and when it
// is there the links are, by themselves.
func TestARedisThatIsAwayAtTheStartKeepsNothingElseFromStarting(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	server.Kill(t)
	other := address(freePort(t))
	g := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr), extra: strings.ReplaceAll(otherSite, "OTHER", other)})
	link := "/" + strings.Repeat("0123456789abcdef", 2)
	for range 3 {
		a := g.get(t, link)
		if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("a link got %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
		}
		(&gateway{site: other}).get(t, "/").wantStatus(t, http.StatusOK)
	}
	g.page(t, "http://"+g.api+"/api/v1/health", http.StatusServiceUnavailable)
	server.Restart(t)
	if !eventually(20*time.Second, func() bool { return g.get(t, link).Status == http.StatusNotFound }) {
		t.Fatal("the links do not come back")
	}
	tok := g.limited(t, 1)
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
}

// The options that let a gateway in: TLS on both sides, and a user that may do
// no more than Linkgate needs.
func TestARedisWithTLSAndAUserOfItsOwn(t *testing.T) {
	t.Parallel()
	const password = "the password of the user linkgate"
	up := startRecorder(t, nil)
	files := newAuthority(t)
	server := startRedis(t, "appendonly yes", "appendfsync always", "maxmemory-policy noeviction",
		"tls-port "+address(freePort(t))[len("127.0.0.1:"):], "tls-cert-file "+files.cert, "tls-key-file "+files.key, "tls-ca-cert-file "+files.ca)
	tlsPort := strings.Split(server.Do(t, "CONFIG", "GET", "tls-port"), "\n")[1]
	server.Do(t, append([]string{"ACL", "SETUSER", "linkgate", "on", ">" + password}, rightsOfLinkgate...)...)
	passwordFile := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(passwordFile, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	g := startGateway(t, setup{
		upstream: up.addr,
		global: storeRedis("localhost:"+tlsPort, "username linkgate", "password {file."+passwordFile+"}",
			"tls {\nca_file "+files.ca+"\nserver_name redis.example\ncertificate "+files.cert+" "+files.key+"\n}"),
	})
	g.secrets.add(password)
	tok, free := g.limited(t, 2), g.mint(t, mint{})
	g.uses(t, tok.Link, 2)
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusGone)
	g.uses(t, free.Link, 3)
	g.wantCounter(t, free.Link, 3)
	g.patch(t, tok.Link, map[string]any{"cnt": 3})
	g.uses(t, tok.Link, 1)
	g.remove(t, tok.Link)
	if out := mustRun(t, g.command("linkgate", "health", "--address", g.admin)); !strings.Contains(out, `"ok"`) {
		t.Errorf("health says %s", out)
	}
	if text := g.config(t); strings.Contains(text, password) {
		t.Error("the configuration shows the password")
	}

	// Another password for the open store is found out, and not shown.
	wrong := "another password"
	g.secrets.add(wrong)
	g.wantRefused(t, setup{upstream: up.addr, global: storeRedis("localhost:"+tlsPort, "username linkgate", `password "`+wrong+`"`,
		"tls {\nca_file "+files.ca+"\nserver_name redis.example\ncertificate "+files.cert+" "+files.key+"\n}")}, "restart")

	for why, options := range map[string][]string{
		"another authority": {"tls", "username linkgate", "password {file." + passwordFile + "}"},
		"another name":      {"username linkgate", "password {file." + passwordFile + "}", "tls {\nca_file " + files.ca + "\nserver_name other.example\n}"},
		"a wrong password":  {"username linkgate", "password {env.WRONG}", "tls {\nca_file " + files.ca + "\nserver_name redis.example\ncertificate " + files.cert + " " + files.key + "\n}"},
	} {
		stranger := startGateway(t, setup{global: storeRedis("localhost:"+tlsPort, options...), env: []string{"WRONG=" + wrong}})
		stranger.secrets.add(password, wrong)
		if a := stranger.get(t, "/"+free.Link); a.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: a link got %d", why, a.Status)
		}
	}
}
