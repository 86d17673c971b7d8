package integration

import (
	"net/http"
	"strings"
	"testing"
)

// TestReadmeRedisConfigurationIsEnough configures a Redis with the blocks of
// README.md, and nothing else, for a gateway that counts on it.
func TestReadmeRedisConfigurationIsEnough(t *testing.T) {
	t.Parallel()
	const password = "the-password-of-linkgate"
	blocks := fencedBlocks(t)["conf"]
	if len(blocks) != 3 {
		t.Fatalf("README.md has %d blocks of a configuration, want two of a Redis and one of its Sentinels", len(blocks))
	}
	lines := strings.Split(strings.Replace(strings.Join(blocks[:2], "\n"), ">…", ">"+password, 1), "\n")
	server := startRedis(t, lines...)
	up := startRecorder(t, nil)
	g := startGateway(t, setup{
		upstream: up.addr,
		global:   storeRedis(server.Addr, "username linkgate", "password {env.REDIS_PASSWORD}"),
		env:      []string{"REDIS_PASSWORD=" + password},
	})
	g.secrets.add(password)
	tok := g.limited(t, 1)
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusGone)
}
