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
