//go:build faults

package integration

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The scenario F-05: between the arrival of a request and the first byte to
// the upstream something was synced to disk, each time.
func TestAUseIsOnDiskBeforeTheUpstreamSeesTheRequest(t *testing.T) {
	const requests = 200
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 1000)
	trace := filepath.Join(t.TempDir(), "trace")
	strace := exec.Command("strace", "-f", "-s", "120", "-e", "trace=read,write,msync,fsync,fdatasync", "-o", trace, "-p", strconv.Itoa(g.cmd.Process.Pid))
	if err := strace.Start(); err != nil {
		t.Fatal(err)
	}
	if !eventually(10*time.Second, func() bool {
		g.get(t, "/warm/"+tok.Link)
		info, err := os.Stat(trace)
		return err == nil && info.Size() > 0
	}) {
		t.Error("strace does not trace")
	}
	for range requests {
		g.get(t, "/order/"+tok.Link).wantStatus(t, 200)
	}
	_ = strace.Process.Signal(syscall.SIGTERM)
	_ = strace.Wait()
	// Caddy reads the first 14 bytes of a connection on their own
	if n := checkOrder(t, trace, ("GET /order/" + tok.Link)[:14], "GET /order/ HTTP"); n != requests {
		t.Errorf("the trace shows %d requests, want %d", n, requests)
	}
}

// checkOrder walks a trace and returns how many requests came and went.
func checkOrder(t *testing.T, trace, arrival, departure string) (requests int) {
	t.Helper()
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	arrived, synced := false, false
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.Contains(line, arrival):
			arrived, synced = true, false
		case strings.Contains(line, "sync") && strings.HasSuffix(line, "= 0"):
			synced = true
		case strings.Contains(line, departure):
			if arrived && !synced {
				t.Error("a request went to the upstream before anything was synced")
			}
			if arrived {
				requests++
			}
			arrived = false
		}
	}
	return requests
}
