package integration

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/redis/redistest"
)

// A Sentinel finds its primary dead and promotes the replica: the gateways
// follow by themselves, and no limit is exceeded.
func TestGatewaysFollowASentinel(t *testing.T) {
	t.Parallel()
	const limit = 2000
	up := startRecorder(t, nil)
	primary := startRedis(t)
	replicas := []*redistest.Server{
		primary.Replica(t, redistest.Durable()...), primary.Replica(t, redistest.Durable()...),
	}
	sentinel := startSentinel(t, primary)
	redistest.Eventually(t, "the Sentinel knows the replicas", func() bool {
		return strings.Contains(sentinel.Do(t, "INFO", "sentinel"), "slaves=2")
	})
	group := startGateways(t, 2, setup{upstream: up.addr, global: storeRedis(sentinel.Addr, "sentinel main", "replica_acks 1"), load: true})
	tok := group[0].limited(t, limit)
	streams := make([]*stream, len(group))
	for i, g := range group {
		streams[i] = g.startStream(t, "/"+tok.Link, 4, 20*time.Millisecond)
	}
	time.Sleep(time.Second)
	primary.Kill(t)
	killed := time.Now()
	redistest.Eventually(t, "a replica is promoted", func() bool {
		return strings.HasPrefix(replicas[0].Do(t, "ROLE"), "master") || strings.HasPrefix(replicas[1].Do(t, "ROLE"), "master")
	})
	promoted := time.Now()
	for i, s := range streams {
		if !eventually(20*time.Second, func() bool { return len(with(s.between(promoted, time.Now()), http.StatusOK)) > 0 }) {
			t.Errorf("not served after %s; rolled back: %v", time.Since(promoted), group[i].rolledBack(t))
		}
	}
	t.Logf("promoted after %s, served on both gateways after %s more",
		promoted.Sub(killed).Round(time.Millisecond), time.Since(promoted).Round(time.Millisecond))
	admitted := int64(0)
	for _, s := range streams {
		s.end()
		admitted += int64(len(with(s.all(), http.StatusOK)))
		wantNobodyPassed(t, with(s.all(), http.StatusServiceUnavailable), up)
	}
	counted := group[0].counter(t, tok.Link)
	t.Logf("%d admitted, %d counted", admitted, counted)
	if admitted > counted || counted > limit {
		t.Errorf("%d were admitted and %d counted of %d", admitted, counted, limit)
	}
}

// startSentinel starts a Sentinel that watches over a primary by itself.
func startSentinel(t *testing.T, primary *redistest.Server) *redistest.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(primary.Addr)
	if err != nil {
		t.Fatal(err)
	}
	dir, addr := t.TempDir(), address(freePort(t))
	conf := filepath.Join(dir, "sentinel.conf")
	lines := []string{
		"bind 127.0.0.1", "port " + portOf(addr), "dir " + dir,
		"sentinel monitor main " + host + " " + port + " 1",
		"sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 5000",
	}
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-server", conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if !eventually(10*time.Second, func() bool { return dials(addr) }) {
		t.Fatal("the Sentinel does not listen")
	}
	return &redistest.Server{Addr: addr}
}

func dials(addr string) bool {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
