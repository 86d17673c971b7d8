package redistest

import (
	"testing"

	"github.com/linkgate/linkgate/store/storetest"
)

// StartAt is Start on an address of the caller's choice: one that no outgoing
// connection takes while the server is down, say.
func StartAt(t testing.TB, addr string, config ...string) *Server {
	t.Helper()
	Need(t)
	s := &Server{Addr: addr, dir: storetest.MemoryDir(t), config: config}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	return s
}
