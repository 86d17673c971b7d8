package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/linkgate/linkgate/store/redis/redistest"
)

// startRedis starts a server with lines of configuration, those that keep every
// use unless some are given. Its directory is in memory: it is gone with the
// machine, and not with the process.
func startRedis(t testing.TB, config ...string) *redistest.Server {
	t.Helper()
	t.Log(redisVersion(t))
	if len(config) == 0 {
		config = redistest.Durable()
	}
	return redistest.StartAt(t, address(freePort(t)), config...)
}

var askVersion = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("redis-server", "--version").Output()
	return strings.TrimSpace(string(out)), err
})

// redisVersion is what the tests ran against.
func redisVersion(t testing.TB) string {
	t.Helper()
	redistest.Need(t)
	version, err := askVersion()
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// storeRedis is a global block with a store on a server.
func storeRedis(addr string, options ...string) string {
	return "linkgate {\nstore redis {\naddress " + addr + "\n" + strings.Join(options, "\n") + "\n}\n}"
}

// startGateways starts gateways that share a store, all at the same time. One of
// them made the first credential; they use it all.
func startGateways(t testing.TB, n int, s setup) []*gateway {
	t.Helper()
	all := make([]*gateway, n)
	for i := range all {
		all[i] = newGateway(t, s)
	}
	for _, g := range all {
		g.launch()
	}
	for _, g := range all {
		g.wantServing()
	}
	shareCredential(t, all)
	return all
}

// shareCredential lets gateways use the first credential, which has to be the
// only one.
func shareCredential(t testing.TB, all []*gateway) {
	t.Helper()
	var found []string
	for _, g := range all {
		if dir := filepath.Dir(g.data); exists(filepath.Join(dir, "initial_admin.json")) {
			found = append(found, dir)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d gateways made a first credential, want one: %q; the log of one:\n%.4000s", len(found), found, all[0].log)
	}
	for _, g := range all {
		g.founder = found[0]
		g.credential(t)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
