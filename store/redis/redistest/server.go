// Package redistest runs real Redis servers for tests: each a process of its
// own, in a directory of its own, on a free port of the loopback interface.
package redistest

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

// Copy returns what the server has on disk by now, file by file.
func (s *Server) Copy(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Put sets the files of a killed server back to a copy.
func (s *Server) Put(t testing.TB, files map[string][]byte) {
	t.Helper()
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
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

// Replica starts a server that follows this one, and waits until it has all.
func (s *Server) Replica(t testing.TB, config ...string) *Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	r := Start(t, append([]string{"replicaof " + host + " " + port}, config...)...)
	Eventually(t, "the replica follows", func() bool {
		return strings.Contains(r.Do(t, "INFO", "replication"), "master_link_status:up") &&
			strings.Contains(s.Do(t, "INFO", "replication"), "state=online")
	})
	return r
}

// Sentinel starts a Sentinel, alone, that watches the server under a name and
// puts a replica in its place soon after it is gone.
func (s *Server) Sentinel(t testing.TB, name string) *Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	return begin(t, &Server{flags: []string{"--sentinel"}, config: []string{
		"sentinel monitor " + name + " " + host + " " + port + " 1",
		"sentinel down-after-milliseconds " + name + " 500",
		"sentinel failover-timeout " + name + " 2000",
	}})
}

// Cluster starts a Cluster of n primaries, and waits until it serves.
func Cluster(t testing.TB, n int, config ...string) []*Server {
	t.Helper()
	nodes := make([]*Server, n)
	for i := range nodes {
		bus, err := freeAddr()
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(bus)
		nodes[i] = Start(t, append([]string{"cluster-enabled yes", "cluster-port " + port, "cluster-node-timeout 5000"}, config...)...)
		first, last := 16384*i/n, 16384*(i+1)/n-1
		nodes[i].Do(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last))
		nodes[i].Do(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		host, own, _ := net.SplitHostPort(nodes[i].Addr)
		nodes[0].Do(t, "CLUSTER", "MEET", host, own, port)
	}
	Eventually(t, "the Cluster serves", func() bool {
		for _, node := range nodes {
			info := node.Do(t, "CLUSTER", "INFO")
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(n)) {
				return false
			}
		}
		return true
	})
	return nodes
}

// Eventually waits until ok is true.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not after %s", what, patience)
}

// errNoAnswer is returned where a server closes a connection.
var errNoAnswer = errors.New("no answer")

// Memory is a directory in memory where there is one, else that of temporary
// files.
func Memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}
