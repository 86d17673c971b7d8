//go:build faults

package integration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/storetest"
)

// A disk is an ext4 file system on an image, that writes to the image only
// what it was told to make durable: the image is what is left when the power
// goes.
type disk struct {
	t            *testing.T
	image, mount string
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	dir := storetest.MemoryDir(t)
	d := &disk{t, filepath.Join(dir, "image"), filepath.Join(dir, "mount")}
	if err := os.Mkdir(d.mount, 0o700); err != nil {
		t.Fatal(err)
	}
	d.run("truncate", "--size=1G", d.image)
	d.run("mkfs.ext4", "-q", d.image)
	d.mountImage()
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", d.mount).Run() })
	return d
}

func (d *disk) mountImage() {
	d.t.Helper()
	d.run("mount", "-o", "loop,commit=600,noatime", d.image, d.mount)
}

// cut takes the power away: what the process wrote and the file system still
// held back is gone.
func (d *disk) cut(g *gateway) {
	d.t.Helper()
	g.freeze()
	after := d.image + ".after"
	d.run("cp", "--sparse=always", d.image, after)
	g.kill()
	d.run("umount", d.mount)
	if err := os.Rename(after, d.image); err != nil {
		d.t.Fatal(err)
	}
	d.mountImage()
}

// freeze stops the process and waits until none of its threads runs any more.
func (g *gateway) freeze() {
	g.t.Helper()
	if err := g.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		g.t.Fatal(err)
	}
	tasks := fmt.Sprintf("/proc/%d/task", g.cmd.Process.Pid)
	if !eventually(20*time.Second, func() bool { return allStopped(tasks) }) {
		g.t.Fatal("the process does not stop")
	}
}

// allStopped reports whether every thread has the state T.
func allStopped(tasks string) bool {
	files, _ := filepath.Glob(tasks + "/*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		_, state, _ := strings.Cut(string(text), ") ")
		if err == nil && !strings.HasPrefix(state, "T") {
			return false
		}
	}
	return len(files) > 0
}

func (d *disk) run(name string, args ...string) {
	d.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		d.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// powerCuts cuts the power under load again and again, each time at another
// moment, and returns what was seen of the token.
func powerCuts(t *testing.T, sync string, cuts, aheadByCut int64) (*history, *recorder) {
	t.Helper()
	const clients, limit = 64, 1_000_000
	d, up := newDisk(t), startRecorder(t, nil)
	g := newGateway(t, setup{upstream: up.addr, load: true, global: storeWith("path "+d.mount+"/db", "sync "+sync)})
	g.data = filepath.Join(d.mount, "db")
	g.start()
	h, tok := &history{limit: limit, ahead: cuts * aheadByCut}, g.limited(t, limit)
	// an orderly stop makes the record durable in every mode
	g.stop()
	g.start()
	for range cuts {
		l := g.startLoad(t, h, clients, "/"+tok.Link)
		moment := 100 + rand.Int64N(400)
		if !eventually(20*time.Second, func() bool { return l.ok.Load() > moment }) {
			t.Error("the clients get nowhere")
		}
		d.cut(g)
		l.end()
		g.start()
		if strings.Contains(g.log.String(), "was set back") {
			t.Errorf("sync %s: a power cut alone is taken for a loss:\n%s", sync, g.log)
		}
		counted, arrived := h.read(t, g, tok.Link), up.count()
		t.Logf("sync %s: A=%d C=%d, %d requests without an answer", sync, arrived, counted, h.count(0))
	}
	g.stop()
	d.run("umount", d.mount)
	return h, up
}

// The scenario F-04: what a client was told, and what the upstream saw, is
// counted on the disk, and no more than that and what was under way.
func TestAPowerCutLosesNoUse(t *testing.T) {
	t.Run("always", func(t *testing.T) {
		h, up := powerCuts(t, "always", 10, 0)
		h.check(t, up)
	})
	t.Run("everysec", func(t *testing.T) {
		h, up := powerCuts(t, "everysec", 4, 64)
		h.check(t, up)
	})
}

// Without syncing a power cut does lose uses: the test above can fail.
func TestAPowerCutIsNoticedWithoutSync(t *testing.T) {
	lost := 0
	for range 3 {
		h, up := powerCuts(t, "no", 1, 0)
		if faults := h.faults(h.passages(up)); len(faults) > 0 {
			t.Log(faults[0])
			lost++
		}
	}
	if lost == 0 {
		t.Error("no power cut lost anything: they are none")
	}
}
