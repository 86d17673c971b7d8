package redistest

import (
	"net"
	"strings"
	"testing"
)

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

// Offset is how far a primary is, or its replica, in the stream of what the
// primary has done.
func (s *Server) Offset(t testing.TB) string {
	t.Helper()
	_, offset, _ := strings.Cut(s.Do(t, "INFO", "replication"), "\nmaster_repl_offset:")
	offset, _, _ = strings.Cut(offset, "\r")
	return offset
}

// Sentinel starts a Sentinel, alone, that watches the server under a name and
// puts a replica in its place soon after it is gone.
func (s *Server) Sentinel(t testing.TB, name string, config ...string) *Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	lines := []string{
		"sentinel monitor " + name + " " + host + " " + port + " 1",
		"sentinel down-after-milliseconds " + name + " 500",
		"sentinel failover-timeout " + name + " 2000",
	}
	return begin(t, &Server{flags: []string{"--sentinel"}, config: append(lines, config...)})
}
