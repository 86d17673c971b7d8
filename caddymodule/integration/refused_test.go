package integration

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestARefusedReloadLeavesTheRunningGatewayWhole(t *testing.T) {
	t.Parallel()
	// a port that somebody else listens on makes the http app fail in Start
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	elsewhere := storeWith("path HOME/elsewhere")
	onTaken := "http://" + taken.Addr().String() + " {\nbind 127.0.0.1\nlinkgate\nrespond ok\n}"

	cases := []struct {
		name string
		bad  setup
		says string
		// late is set where our own Start fails: see settle.
		late bool
	}{
		{"an option that is wrong", setup{extra: "http://127.0.0.1:1 {\nlinkgate {\nguess_limit 1/0s\n}\n}"}, "guess_limit", false},
		{"a key that is too short", setup{global: "linkgate {\njwt_key k short\n}"}, "jwt_key", false},
		{"a certificate that is not there", setup{extra: "https://x.example:0 {\ntls /nowhere/c.pem /nowhere/k.pem\nlinkgate\n}"}, "nowhere", false},
		{"a port that is taken", setup{extra: onTaken}, "address already in use", false},
		{"another directory for the open store", setup{global: elsewhere}, "restart", false},
		{"other terms for the open store", setup{global: "linkgate {\nstore badger {\nsync no\n}\n}"}, "restart", true},
		{"a path that is a file", setup{global: "linkgate {\nstore badger {\npath HOME/Caddyfile\n}\n}"}, "Caddyfile", true},
	}
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 1000)
	uses := int64(0)
	use := func(t *testing.T) {
		t.Helper()
		g.insist(t, "/"+tok.Link).wantStatus(t, 200)
		uses++
		g.wantCounter(t, tok.Link, uses)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.bad.upstream = up.addr
			for range 3 {
				g.wantRefused(t, c.bad, c.says)
				if c.late {
					settle(t, g)
				}
				use(t)
			}
			out := mustRun(t, g.command("linkgate", "health", "--address", g.admin))
			if !strings.Contains(out, `"ok"`) {
				t.Errorf("caddy linkgate health says %s", out)
			}
			g.reload(t, setup{upstream: up.addr})
			use(t)
		})
	}
	g.stop()
	g.start()
	use(t)
}

// wantRefused fails unless a reload is refused for a reason that is named.
func (g *gateway) wantRefused(t *testing.T, bad setup, says string) {
	t.Helper()
	status, text := g.load(t, bad)
	if status == 200 {
		t.Fatal("the configuration was accepted")
	}
	if !strings.Contains(text, says) {
		t.Errorf("the error does not say %q: %s", says, text)
	}
}

// settle waits until the servers of a refused configuration are gone. Caddy
// starts apps in random order, so that they may have listened on the same port
// before another app failed, and it ends them in the background. What they
// answer meanwhile cannot be right, but it must not let anybody pass.
func settle(t *testing.T, g *gateway) {
	t.Helper()
	inARow := 0
	if !eventually(5*time.Second, func() bool {
		switch a := g.insist(t, "/no-token"); a.Status {
		case 401:
			inARow++
		default:
			t.Errorf("a request without a token got %d", a.Status)
		}
		return inARow > 20
	}) {
		t.Error("the running gateway does not answer")
	}
}

func TestAFirstStartThatFailsSaysWhyAndEnds(t *testing.T) {
	t.Parallel()
	g := newGateway(t, setup{global: "linkgate {\nstore badger {\npath HOME/Caddyfile\n}\n}"})
	out, err := g.command("run", "--config", g.file, "--adapter", "caddyfile").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "store badger: path") {
		t.Errorf("Caddy ended with %v and said:\n%s", err, out)
	}
}
