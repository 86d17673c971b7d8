package main

import (
	"bytes"
	"errors"
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

// closed fails a test whose server did not stop as it should.
func closed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
