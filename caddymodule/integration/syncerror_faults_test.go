//go:build faults

package integration

import (
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The scenario F-06: the disk stops taking syncs. From the first error on
// nothing is admitted, and when the disk is well again everything is as it was.
func TestASyncErrorRefusesUntilTheDiskIsWell(t *testing.T) {
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 100_000)
	links := startPace(t, "http://"+g.site+"/limited/"+tok.Link, 200)
	if !eventually(30*time.Second, func() bool { return links.count(200) > 50 }) {
		t.Fatal("nothing is served on a disk that is well")
	}

	const when = ":error=EIO"
	strace := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=msync,fsync,fdatasync",
		"-e", "inject=msync"+when, "-e", "inject=fsync"+when, "-e", "inject=fdatasync"+when,
		"-p", strconv.Itoa(g.cmd.Process.Pid))
	if err := strace.Start(); err != nil {
		t.Fatal(err)
	}
	detach := func() {
		_ = strace.Process.Signal(syscall.SIGTERM)
		_ = strace.Wait()
	}
	if !eventually(60*time.Second, func() bool { return only(links.since(time.Now().Add(-time.Second)), 20, 503) }) {
		detach()
		t.Fatalf("uses are still admitted without a sync; the log:\n%s", g.log)
	}
	failing, arrived := time.Now(), up.count()
	time.Sleep(5 * time.Second)
	g.wantDegraded(t)
	if got := up.count(); got != arrived {
		t.Errorf("%d requests reached the upstream without a sync", got-arrived)
	}
	wantOnly(t, "links without a sync", links.since(failing), 503)

	detach()
	before := links.count(200)
	if !eventually(60*time.Second, func() bool { return links.count(200) > before+50 }) {
		t.Fatalf("uses are refused although the disk is well; the log:\n%s", g.log)
	}
	links.end()
	wantOnly(t, "limited links", links.history(), 200, 503)
	if g.exited() {
		t.Fatalf("the process has ended; the log:\n%s", g.log)
	}
	checkHistory(t, g, up, tok.Link, links.count(200), "/limited/", 100_000)
	counted := g.counter(t, tok.Link)
	g.stop()
	g.start()
	if line := lineWith(g.log.String(), "cannot be opened"); line != "" {
		t.Fatal(line)
	}
	g.wantCounter(t, tok.Link, counted)
}
