// Package redistest runs real Redis servers for tests: each a process of its
// own, in a directory of its own, on a free port of the loopback interface.
package redistest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/storetest"
)

// program is what is run.
const program = "redis-server"

// patience is how long a server may take to be ready.
const patience = 20 * time.Second

// Durable are the settings with which a server keeps what it says it has done.
func Durable() []string {
	return []string{"appendonly yes", "appendfsync always", "maxmemory-policy noeviction"}
}

// A Server is a running redis-server.
type Server struct {
	// Addr is its host:port.
	Addr string

	dir    string
	config []string
	flags  []string
	cmd    *exec.Cmd
}

// Need skips the test where there is no redis-server to run. Debian has it in
// the package redis-server.
func Need(t testing.TB) {
	t.Helper()
	if !Found() {
		t.Skipf("%s is not on the PATH", program)
	}
}

// Found reports whether there is a redis-server to run.
func Found() bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// Start starts a server with lines of configuration, and ends it with the test.
// What it writes lies in memory where that is possible.
func Start(t testing.TB, config ...string) *Server {
	t.Helper()
	return begin(t, &Server{config: config})
}

func begin(t testing.TB, s *Server) *Server {
	t.Helper()
	Need(t)
	s.dir = storetest.MemoryDir(t)
	if err := s.first(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	return s
}

// Run starts a server in a directory. The caller ends it with [Server.End].
func Run(dir string, config ...string) (*Server, error) {
	s := &Server{dir: dir, config: config}
	return s, s.first()
}

// first starts the server for the first time, on a port that is free.
func (s *Server) first() (err error) {
	if s.Addr, err = freeAddr(); err != nil {
		return err
	}
	return s.start()
}

// End ends the server.
func (s *Server) End() { s.end() }

func (s *Server) end() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGCONT)
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *Server) start() error {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	lines := append([]string{"bind " + host, "port " + port, "dir " + s.dir, `save ""`, "daemonize no", "repl-diskless-sync-delay 0"}, s.config...)
	conf := filepath.Join(s.dir, "redis.conf")
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "redis.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = exec.Command(program, append([]string{conf}, s.flags...)...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = endWithParent()
	if err := s.cmd.Start(); err != nil {
		return err
	}
	if err := s.ready(); err != nil {
		s.end()
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// ready waits until the server answers and has loaded what it had.
func (s *Server) ready() error {
	var err error
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		var pong string
		if pong, err = s.Ask("PING"); err == nil && pong == "PONG" {
			return nil
		}
	}
	return fmt.Errorf("the server is not ready: %w", err)
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Kill ends the process as a crash would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Restart starts a killed server on what it had.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop makes the process do nothing, until Cont.
func (s *Server) Stop(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Cont makes a stopped process go on.
func (s *Server) Cont(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}
