package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The scenario F-14.
func TestASecondProcessOnTheSameDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	const limit = 1_000_000
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, load: true})
	h, tok := &history{limit: limit}, g.limited(t, limit)
	l := g.startLoad(t, h, 8, "/"+tok.Link)

	second := newGateway(t, setup{upstream: up.addr, global: storeWith("path " + g.data)})
	for range 2 {
		second.launch()
		if !eventually(20*time.Second, second.exited) {
			t.Fatal("the second process runs on a directory that the first one holds")
		}
	}
	log := strings.ToLower(second.log.String())
	for _, word := range []string{"lock", filepath.Base(g.data)} {
		if !strings.Contains(log, word) {
			t.Errorf("the error does not name the %s:\n%s", word, log)
		}
	}
	seen := l.ok.Load()
	if !eventually(20*time.Second, func() bool { return l.ok.Load() > seen+50 }) {
		t.Error("the first process does not go on")
	}
	l.end()
	l.wantNoFailure(t)
	if s, a, c := l.ok.Load(), up.count(), h.read(t, g, tok.Link); s != a || a != c || l.lost.Load() > 0 {
		t.Errorf("S=%d A=%d C=%d should be the same; %d requests got no answer", s, a, c, l.lost.Load())
	}
	h.check(t, up)
}

func TestTheDirectoryIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	for path, want := range map[string]os.FileMode{
		g.data: 0o700 | os.ModeDir,
		filepath.Join(g.data, "initial_admin.json"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
	if !strings.Contains(g.log.String(), "initial_admin.json") {
		t.Error("the log does not say where the first credential is")
	}
	g.credential(t) // makes the log be searched for it
}

func TestTheFirstCredentialIsMadeOnce(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	first := g.credential(t)
	g.stop()
	g.start()
	if g.credential(t) != first {
		t.Error("a restart made another credential")
	}
	g.limited(t, 1)
}
