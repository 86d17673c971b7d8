package integration

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/storetest"
)

// A gateway is one Caddy process of a test, with a home of its own.
type gateway struct {
	t    testing.TB
	home string // HOME and the XDG directories
	data string // the store's directory

	// founder is the directory of the gateway that made the first credential,
	// where this one has not: gateways can share a store.
	founder string

	admin string // Caddy's own admin endpoint, host:port
	site  string // the gated site
	api   string // the token API

	file    string // the Caddyfile
	env     []string
	secrets *secrets

	cmd  *exec.Cmd
	done chan error
	log  *logBuffer
}

// A setup is what a test wants to be different.
type setup struct {
	// global goes into the global options block.
	global string
	// site goes into the gated site. Default: linkgate and reverse_proxy.
	site string
	// extra stands beside the sites.
	extra string
	// whole replaces the Caddyfile.
	whole string
	// upstream is host:port of what UPSTREAM in the texts above means.
	upstream string
	// env is added to the process's environment.
	env []string
	// load is for tests of load: the gateway's home is in memory, and nothing
	// but warnings are in its log.
	load bool
}

// storeWith is a global block with options of the embedded store.
func storeWith(options ...string) string {
	return "linkgate {\nstore badger {\n" + strings.Join(options, "\n") + "\n}\n}"
}

// startGateway starts Caddy and waits until it serves. In the texts of the
// setup, ADMIN, SITE, API and UPSTREAM stand for host:port and HOME for the
// gateway's own directory.
func startGateway(t testing.TB, s setup) *gateway {
	t.Helper()
	g := newGateway(t, s)
	g.start()
	return g
}

// newGateway prepares a gateway without starting it.
func newGateway(t testing.TB, s setup) *gateway {
	t.Helper()
	home := t.TempDir()
	if s.load {
		home = storetest.MemoryDir(t)
	}
	g := &gateway{
		t: t, home: home,
		data:  filepath.Join(home, "data", "caddy", "linkgate"),
		admin: address(freePort(t)), site: address(freePort(t)), api: address(freePort(t)),
		file: filepath.Join(home, "Caddyfile"),
		env:  s.env, log: new(logBuffer), secrets: new(secrets),
	}
	g.write(s)
	t.Cleanup(func() {
		g.stop()
		g.checkLog()
	})
	return g
}

// write writes the Caddyfile.
func (g *gateway) write(s setup) {
	g.t.Helper()
	if err := os.WriteFile(g.file, []byte(g.caddyfile(s)), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

func (g *gateway) caddyfile(s setup) string {
	text := s.whole
	if text == "" {
		if s.site == "" {
			s.site = "linkgate\nreverse_proxy UPSTREAM"
		}
		logs, access := filteredLog, "log"
		if s.load {
			logs, access = "log default {\nlevel WARN\n}", ""
		}
		text = fmt.Sprintf("{\nadmin ADMIN\ngrace_period 4s\n%s\n%s\n}\nhttp://SITE {\nbind 127.0.0.1\n%s\n%s\n}\nhttp://API {\nbind 127.0.0.1\nlinkgate_admin\n}\n%s\n",
			logs, s.global, access, s.site, s.extra)
	}
	upstream := s.upstream
	if upstream == "" {
		upstream = "127.0.0.1:1"
	}
	return strings.NewReplacer("ADMIN", g.admin, "SITE", g.site, "API", g.api, "UPSTREAM", upstream, "HOME", g.home).Replace(text)
}

// filteredLog is the log of Caddyfile.example, with everything in it.
const filteredLog = `log default {
	level DEBUG
	format filter {
		request>uri linkgate
		uri linkgate
		request>headers linkgate
		resp_headers>Location linkgate
	}
}`

// start starts the process and waits until it serves.
func (g *gateway) start() {
	g.t.Helper()
	g.launch()
	g.wantServing()
}

// wantServing waits until the process serves.
func (g *gateway) wantServing() {
	g.t.Helper()
	if !eventually(20*time.Second, func() bool { return g.serves() || g.exited() }) || !g.serves() {
		g.t.Fatalf("Caddy does not serve; its log:\n%s", g.log)
	}
}

func (g *gateway) serves() bool {
	resp, err := http.Get("http://" + g.admin + "/config/")
	if err != nil {
		return false
	}
	resp.Body.Close()
	// null while the first configuration is not running yet
	return resp.StatusCode == http.StatusOK && resp.ContentLength != int64(len("null\n"))
}

// launch starts the process.
func (g *gateway) launch() {
	g.t.Helper()
	g.cmd = g.command("run", "--config", g.file, "--adapter", "caddyfile")
	g.cmd.Stdout, g.cmd.Stderr = g.log, g.log
	if err := g.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	done := make(chan error, 1)
	g.done = done
	go func(cmd *exec.Cmd) { done <- cmd.Wait() }(g.cmd)
}

// command is a caddy command with the gateway's environment.
func (g *gateway) command(args ...string) *exec.Cmd {
	cmd := exec.Command(caddyBinary, args...)
	cmd.Dir = g.home
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + g.home,
		"XDG_DATA_HOME=" + filepath.Join(g.home, "data"),
		"XDG_CONFIG_HOME=" + filepath.Join(g.home, "config"),
	}, g.env...)
	return cmd
}

// exited reports whether the process is over.
func (g *gateway) exited() bool {
	select {
	case err := <-g.done:
		g.done <- err
		return true
	default:
		return false
	}
}

// stop ends the process in an orderly way and waits for it.
func (g *gateway) stop() {
	g.t.Helper()
	g.end(syscall.SIGTERM)
}

// kill ends the process as a crash would.
func (g *gateway) kill() {
	g.t.Helper()
	g.end(syscall.SIGKILL)
}

func (g *gateway) end(signal os.Signal) {
	g.t.Helper()
	if g.cmd == nil {
		return
	}
	_ = g.cmd.Process.Signal(signal)
	select {
	case <-g.done:
	case <-time.After(20 * time.Second):
		_ = g.cmd.Process.Kill()
		<-g.done
		g.t.Errorf("Caddy did not end on %s; its log:\n%s", signal, g.log)
	}
	g.cmd = nil
}
