package integration

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// otherSite is a site of the same Caddy that has nothing to do with tokens.
const otherSite = "http://OTHER {\nbind 127.0.0.1\nrespond hello\n}"

// The scenarios F-10, F-11 and F-13: the database is set back while Caddy is
// down. Nothing with a limit is charged until that is accepted.
func TestADatabaseThatWasSetBackIsRefusedUntilThatIsAccepted(t *testing.T) {
	t.Parallel()
	for name, happen := range map[string]func(t *testing.T, g *gateway, backup string){
		"a byte of the log is flipped": func(t *testing.T, g *gateway, _ string) { g.flipLog(t) },
		"the log is gone": func(t *testing.T, g *gateway, _ string) {
			for _, name := range g.files(t, "*.mem") {
				wipe(t, name)
			}
		},
		"the directory is gone": func(t *testing.T, g *gateway, _ string) { wipe(t, g.data) },
		"an old backup is restored": func(t *testing.T, g *gateway, backup string) {
			wipe(t, g.data)
			if err := os.CopyFS(g.data, os.DirFS(backup)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			other := address(freePort(t))
			g := startGateway(t, setup{upstream: up.addr, extra: strings.ReplaceAll(otherSite, "OTHER", other)})
			tok, free := g.limited(t, 100), g.mint(t, mint{})
			g.uses(t, tok.Link, 10)
			g.stop()
			backup := filepath.Join(t.TempDir(), "backup")
			if err := os.CopyFS(backup, os.DirFS(g.data)); err != nil {
				t.Fatal(err)
			}
			g.start()
			g.uses(t, tok.Link, 80)
			g.kill()
			happen(t, g, backup)

			g.start()
			if name == "the directory is gone" {
				// and with it the credential and all tokens
				g.secrets.add(g.credential(t))
				tok, free = g.limited(t, 100), g.mint(t, mint{})
			}
			before := up.count()
			for range 3 {
				g.get(t, "/"+tok.Link).wantStatus(t, http.StatusServiceUnavailable)
				g.do(t, http.MethodHead, "/"+tok.Link).wantStatus(t, http.StatusServiceUnavailable)
			}
			up.wantCount(t, before)
			g.get(t, "/"+free.Link).wantStatus(t, http.StatusOK)
			(&gateway{site: other}).get(t, "/").wantStatus(t, http.StatusOK)
			g.wantLine(t, "was set back", "caddy linkgate accept-rollback")
			if out, err := g.command("linkgate", "health", "--address", g.admin).CombinedOutput(); err == nil || !strings.Contains(string(out), "accept-rollback") {
				t.Errorf("health says %v: %s", err, out)
			}
			g.wantExplained(t, tok.Link, `"reason":"store_unavailable","status":503`)
			if text := g.page(t, "http://"+g.api+"/api/v1/health", http.StatusServiceUnavailable); !strings.Contains(text, "accept-rollback") {
				t.Errorf("the API says of its health: %s", text)
			}
			g.wantMetric(t, "caddy_linkgate_rolled_back 1")
			counted := g.counter(t, tok.Link)

			mustRun(t, g.command("linkgate", "accept-rollback", "--address", g.admin))
			g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
			g.wantCounter(t, tok.Link, counted+1)
			g.wantExplained(t, tok.Link, `"admitted":true`)
			g.page(t, "http://"+g.api+"/api/v1/health", http.StatusOK)
			g.wantMetric(t, "caddy_linkgate_rolled_back 0")
			line := g.wantLine(t, "accepted that the token store was set back", `"by":"admin endpoint`)
			sequences := struct{ Had, Has uint64 }{}
			if err := json.Unmarshal([]byte(line), &sequences); err != nil || sequences.Had <= sequences.Has {
				t.Errorf("the log names no two sequences: %v, %s", err, line)
			}
			if out, err := g.command("linkgate", "accept-rollback", "--address", g.admin).CombinedOutput(); err == nil {
				t.Errorf("it can be accepted twice: %s", out)
			}
			g.stop()
			g.start()
			g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
		})
	}
}

// The scenario F-11 (a): a database that does not open takes nothing else down,
// and nothing of it is thrown away.
func TestADatabaseThatDoesNotOpenLeavesTheOtherSitesUp(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	other := address(freePort(t))
	g := startGateway(t, setup{upstream: up.addr, extra: strings.ReplaceAll(otherSite, "OTHER", other)})
	tok, free := g.limited(t, 100), g.mint(t, mint{})
	g.uses(t, tok.Link, 5)
	g.stop()
	manifest := filepath.Join(g.data, "MANIFEST")
	whole, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(manifest, 20); err != nil {
		t.Fatal(err)
	}
	before := g.files(t, "*.sst")

	g.start()
	for _, link := range []string{tok.Link, free.Link} {
		g.get(t, "/"+link).wantStatus(t, http.StatusServiceUnavailable)
	}
	(&gateway{site: other}).get(t, "/").wantStatus(t, http.StatusOK)
	up.wantCount(t, 5)
	g.stop()
	if after := g.files(t, "*.sst"); len(before) == 0 || !slices.Equal(before, after) {
		t.Errorf("the start left the tables %v of %v", after, before)
	}

	if err := os.WriteFile(manifest, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	g.start()
	g.uses(t, tok.Link, 1)
	g.wantCounter(t, tok.Link, 6)
}

func (g *gateway) uses(t *testing.T, link string, n int) {
	t.Helper()
	for range n {
		g.get(t, "/"+link).wantStatus(t, http.StatusOK)
	}
}

// wantExplained fails where the API explains a link in other words.
func (g *gateway) wantExplained(t *testing.T, link, part string) {
	t.Helper()
	var text json.RawMessage
	g.call(t, http.MethodGet, "/api/v1/token/explain/"+link+"?t=link", nil, http.StatusOK, &text)
	if !strings.Contains(string(text), part) {
		t.Errorf("explain says %s, want %s", text, part)
	}
}

func (g *gateway) wantMetric(t *testing.T, line string) {
	t.Helper()
	if text := g.page(t, "http://"+g.admin+"/metrics", http.StatusOK); !strings.Contains(text, line+"\n") {
		t.Errorf("the metrics have no line %s", line)
	}
}

// page is what a plain client gets at an address.
func (g *gateway) page(t *testing.T, url string, want int) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(resp)
	if err != nil {
		t.Fatal(err)
	}
	a.wantStatus(t, want)
	return a.Body
}

// files are the names in the store's directory that fit a pattern.
func (g *gateway) files(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(g.data, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func wipe(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// flipLog changes a byte in the middle of what is used of the newest log.
func (g *gateway) flipLog(t *testing.T) {
	t.Helper()
	names := g.files(t, "*.mem")
	if len(names) == 0 {
		t.Fatal("there is no log")
	}
	name := slices.Max(names)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(strings.TrimRight(string(text), "\x00"))/2] ^= 0x5a
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantLine returns the line of the log in which all of the parts are.
func (g *gateway) wantLine(t *testing.T, parts ...string) string {
	t.Helper()
	for line := range strings.Lines(g.log.String()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			return line
		}
	}
	t.Errorf("no line of the log has %q", parts)
	return ""
}
