package integration

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// settled waits until a reload is over for those who connect: Caddy answers it
// before the old sockets are closed, and a connection that is in the queue of
// one when that happens is reset, with nobody having read the request.
func (g *gateway) settled(t testing.TB) {
	t.Helper()
	for _, addr := range []string{g.site, g.admin} {
		if !eventually(5*time.Second, func() bool { return listeners(addr) <= 1 }) {
			t.Logf("%s has several sockets still", addr)
		}
	}
}

// listeners is how many sockets accept connections at an address; zero where
// the system does not tell.
func listeners(addr string) (n int) {
	port, err := strconv.ParseUint(portOf(addr), 10, 16)
	if err != nil {
		return 0
	}
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		// sl local_address rem_address st ..., in hexadecimal; 0A is LISTEN
		f := strings.Fields(line)
		if len(f) > 3 && f[3] == "0A" && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) {
			n++
		}
	}
	return n
}
