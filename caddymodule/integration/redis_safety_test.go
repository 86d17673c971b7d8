package integration

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/redis/redistest"
)

// The scenario F-19: settings that cannot keep what was counted.
func TestARedisThatMayForgetUsesCountsNone(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	s := setup{upstream: up.addr, global: storeRedis(server.Addr)}
	g := startGateway(t, s)
	tok, free := g.limited(t, 1000), g.mint(t, mint{})
	for _, c := range []struct{ name, setting, unsafe, safe string }{
		{"as Debian has it", "appendonly", "no", "yes"},
		{"written each second", "appendfsync", "everysec", "always"},
		{"written when the system likes", "appendfsync", "no", "always"},
		{"that evicts", "maxmemory-policy", "allkeys-lru", "noeviction"},
		{"that evicts what has an end", "maxmemory-policy", "volatile-ttl", "noeviction"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g.stop()
			server.Do(t, "CONFIG", "SET", c.setting, c.unsafe)
			g.start()
			g.wantUnsafe(t, c.setting, tok, free)
			g.stop()
			server.Do(t, "CONFIG", "SET", c.setting, c.safe)
			g.start()
			g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
		})
	}
	t.Run("a replica", func(t *testing.T) {
		g.stop()
		server.Do(t, "REPLICAOF", "127.0.0.1", "1")
		g.start()
		g.get(t, "/"+tok.Link).wantStatus(t, http.StatusServiceUnavailable)
		if out, err := g.command("linkgate", "health", "--address", g.admin).CombinedOutput(); err == nil || !strings.Contains(string(out), "replica") {
			t.Errorf("health says %s", out)
		}
		g.stop()
		server.Do(t, "REPLICAOF", "NO", "ONE")
		g.start()
		g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
	})
	t.Run("where the operator wants it so", func(t *testing.T) {
		server.Do(t, "CONFIG", "SET", "appendfsync", "everysec")
		defer server.Do(t, "CONFIG", "SET", "appendfsync", "always")
		bold := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr, "unsafe_durability")})
		bold.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
		bold.wantLine(t, `"level":"warn"`, "limits can be exceeded", "unsafe_durability", "appendfsync")
		if out := mustRun(t, bold.command("linkgate", "health", "--address", bold.admin)); !strings.Contains(out, "uses may be lost and limits exceeded, because of unsafe_durability") {
			t.Errorf("health says %s", out)
		}
	})
}

// wantUnsafe fails unless tokens with a limit are refused, those without one are
// not, and it is said which setting that is for.
func (g *gateway) wantUnsafe(t *testing.T, setting string, tok, free token) {
	t.Helper()
	for _, form := range []string{tok.Link, tok.JWT} {
		a := g.get(t, "/"+form)
		if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("a token with a limit got %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
		}
	}
	g.get(t, "/"+free.Link).wantStatus(t, http.StatusOK)
	g.page(t, "http://"+g.api+"/api/v1/health", http.StatusServiceUnavailable)
	if out, err := g.command("linkgate", "health", "--address", g.admin).CombinedOutput(); err == nil || !strings.Contains(string(out), setting) {
		t.Errorf("health does not name %s: %s", setting, out)
	}
	if !strings.Contains(g.log.String(), setting) {
		t.Errorf("the log does not name %s", setting)
	}
}

// The settings change under a gateway that runs: it looks every 30 seconds.
func TestASettingThatChangesIsNoticedWithinHalfAMinute(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	g := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	tok, free := g.limited(t, 100_000), g.mint(t, mint{})
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
	server.Do(t, "CONFIG", "SET", "appendonly", "no")
	changed := time.Now()
	if !eventually(33*time.Second, func() bool {
		time.Sleep(200 * time.Millisecond)
		return g.get(t, "/"+tok.Link).Status == http.StatusServiceUnavailable
	}) {
		t.Fatal("the setting is not noticed")
	}
	t.Logf("noticed after %s", time.Since(changed).Round(time.Second))
	g.wantUnsafe(t, "appendonly", tok, free)
	server.Do(t, "CONFIG", "SET", "appendonly", "yes")
	g.wantRecovered(t, "/"+tok.Link, 33*time.Second)
}

// Two gateways on a Cluster: the tokens lie on three servers, and each is
// counted on one.
func TestGatewaysOnAClusterCountAsOne(t *testing.T) {
	t.Parallel()
	t.Log(redisVersion(t))
	up := startTally(t)
	nodes := redistest.Cluster(t, 3, redistest.Durable()...)
	group := startGateways(t, 2, setup{upstream: up.addr, global: storeRedis(nodes[0].Addr+" "+nodes[1].Addr, "cluster")})
	for _, round := range []string{"one", "two", "three", "four"} {
		scenario{"", 100, 50, 200}.play(t, group, up, round)
	}
	free := group[0].mint(t, mint{})
	group[1].uses(t, free.Link, 3)
	group[0].patch(t, free.Link, map[string]any{"state": "disabled"})
	group[1].wantSoon(t, "/"+free.Link, http.StatusForbidden)
	group[0].wantCounter(t, free.Link, 3)
}
