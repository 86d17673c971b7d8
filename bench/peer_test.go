package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePackagesOfWhatIsMissingAreNamedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := missing([]peerPart{{there, "some"}}); err != nil {
		t.Errorf("nothing is missing: %v", err)
	}
	err := missing([]peerPart{{there, "some"}, {there + "-not", "other"}, {there + "-neither", "other"}})
	if !errors.Is(err, errNoPeer) || !strings.Contains(err.Error(), "apt-get install other)") || strings.Contains(err.Error(), "some") {
		t.Errorf("got %v", err)
	}
}

func TestTheConfigurationOfThePeerNamesItsPlaces(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	err := peerTemplate.Execute(&text, peerSet{
		Dir: "/d", Modules: "/m", Lua: "/l", Address: "127.0.0.1:11", RedisHost: "127.0.0.1", RedisPort: "12", Script: "cafe",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"load_module /m/ngx_http_lua_module.so;", "pid /d/nginx.pid;", "listen 127.0.0.1:11;",
		`"/l/?.lua;;"`, "connect('127.0.0.1', 12)", "evalsha('cafe', 2,",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &text)
		}
	}
}

// needRedis skips a test where there is no redis-server to run.
func needRedis(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not on the PATH")
	}
}

func TestThePeerRefusesAndCountsAsItsTokensSay(t *testing.T) {
	t.Parallel()
	needRedis(t)
	if err := missing(peerParts()); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	r, err := startRedis(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, r.close()) })
	p, err := startPeer(t.Context(), dir, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, p.stop()) })
	tokens := []token{{Link: strings.Repeat("a", 32)}, {Link: strings.Repeat("b", 32)}}
	if err := p.know(t.Context(), workload{limit: 2}, tokens[:1]); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path   string
		status int
	}{
		{"/bench/" + tokens[0].Link, http.StatusNoContent},
		{"/bench/" + tokens[0].Link, http.StatusNoContent},
		{"/bench/" + tokens[0].Link, http.StatusGone},
		{"/bench/" + tokens[1].Link, http.StatusNotFound},
		{"/elsewhere", http.StatusNotFound},
	} {
		if got := p.askFor(t, step.path); got != step.status {
			t.Errorf("%s: status %d, want %d", step.path, got, step.status)
		}
	}
	counters, err := p.counters(t.Context(), tokens)
	if err != nil || counters[tokens[0].Link] != 2 || counters[tokens[1].Link] != 0 {
		t.Errorf("counted %v, %v", counters, err)
	}
}

// askFor asks as Caddy does.
func (p *peerServer) askFor(t *testing.T, uri string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.address+"/auth", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-Uri", uri)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// closed fails a test whose server did not stop as it should.
func closed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
