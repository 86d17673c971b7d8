package redistest

import (
	"net"
	"strconv"
	"strings"
	"testing"
)

// Cluster starts a Cluster of n primaries, and waits until it serves.
func Cluster(t testing.TB, n int, config ...string) []*Server {
	t.Helper()
	nodes := make([]*Server, n)
	for i := range nodes {
		nodes[i] = startNode(t, config...)
		first, last := 16384*i/n, 16384*(i+1)/n-1
		nodes[i].Do(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last))
		nodes[i].Do(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		nodes[i].meet(t, nodes[0])
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

// startNode starts a node that knows no other. Lines of configuration given by
// the caller have the last word.
func startNode(t testing.TB, config ...string) *Server {
	t.Helper()
	bus, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(bus)
	return Start(t, append([]string{"cluster-enabled yes", "cluster-port " + port, "cluster-node-timeout 5000"}, config...)...)
}

// meet makes a node known to those that another one knows.
func (s *Server) meet(t testing.TB, known *Server) {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	bus := s.Do(t, "CONFIG", "GET", "cluster-port")
	_, bus, _ = strings.Cut(bus, "\n")
	known.Do(t, "CLUSTER", "MEET", host, port, bus)
}

// ClusterReplica starts a replica of a node of a Cluster, which takes its place
// by itself when it is gone.
func (s *Server) ClusterReplica(t testing.TB, config ...string) *Server {
	t.Helper()
	r := startNode(t, config...)
	r.meet(t, s)
	id := s.Do(t, "CLUSTER", "MYID")
	Eventually(t, "the replica knows the node", func() bool {
		_, err := r.Ask("CLUSTER", "REPLICATE", id)
		return err == nil
	})
	Eventually(t, "the replica follows", func() bool {
		return strings.Contains(r.Do(t, "INFO", "replication"), "master_link_status:up") &&
			strings.Contains(s.Do(t, "INFO", "replication"), "state=online")
	})
	return r
}

// Migrate begins to move a slot, with all that lies in it, to another node.
func (s *Server) Migrate(t testing.TB, slot string, to *Server) {
	t.Helper()
	to.Do(t, "CLUSTER", "SETSLOT", slot, "IMPORTING", s.Do(t, "CLUSTER", "MYID"))
	s.Do(t, "CLUSTER", "SETSLOT", slot, "MIGRATING", to.Do(t, "CLUSTER", "MYID"))
}

// Move moves keys of a slot that migrates, in one step.
func (s *Server) Move(t testing.TB, to *Server, keys ...string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(to.Addr)
	s.Do(t, append([]string{"MIGRATE", host, port, "", "0", "5000", "KEYS"}, keys...)...)
}

// Give ends the migration of a slot, in the order that the documentation names.
func (s *Server) Give(t testing.TB, slot string, to *Server) {
	t.Helper()
	id := to.Do(t, "CLUSTER", "MYID")
	to.Do(t, "CLUSTER", "SETSLOT", slot, "NODE", id)
	s.Do(t, "CLUSTER", "SETSLOT", slot, "NODE", id)
}
