//go:build faults

package integration

import (
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A smallDisk is a file system that is soon full.
type smallDisk struct {
	t     *testing.T
	mount string
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	d := &smallDisk{t, filepath.Join(t.TempDir(), "small")}
	if err := os.Mkdir(d.mount, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", d.mount).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", d.mount).Run() })
	return d
}

func (d *smallDisk) filler() string { return filepath.Join(d.mount, "filler") }

// fill takes all that is left, as fast as memory is, until the disk is full.
func (d *smallDisk) fill() {
	d.t.Helper()
	f, err := os.Create(d.filler())
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10} {
		block := make([]byte, size)
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			d.t.Fatalf("filling the disk: %v", err)
		}
	}
}

func (d *smallDisk) empty() {
	d.t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		d.t.Fatal(err)
	}
}

// gateway prepares a gateway with its database on the disk, and returns the
// address of another site of the same Caddy.
func (d *smallDisk) gateway(up *recorder) (g *gateway, static string) {
	d.t.Helper()
	static = "http://" + address(freePort(d.t)) + "/"
	db := filepath.Join(d.mount, "db")
	g = newGateway(d.t, setup{
		upstream: up.addr,
		global:   "linkgate {\nstore badger {\npath " + db + "\n}\n}",
		extra:    strings.TrimSuffix(static, "/") + " {\nbind 127.0.0.1\nrespond static\n}",
	})
	g.data = db
	return g, static
}

// The scenario F-08: what cannot be recorded is refused while the disk is full,
// nothing else is, and it is over when there is room.
func TestAFullDiskRefusesUsesAndNothingElse(t *testing.T) {
	d, up := newSmallDisk(t), startRecorder(t, nil)
	g, static := d.gateway(up)
	g.start()
	process := g.cmd.Process.Pid
	tok, endless := g.limited(t, 100_000), g.mint(t, mint{})
	links := startPace(t, "http://"+g.site+"/limited/"+tok.Link, 150)
	others := startPace(t, "http://"+g.site+"/endless/"+endless.Link, 50)
	site := startPace(t, static, 200)
	if !eventually(30*time.Second, func() bool { return links.count(200) > 200 && others.count(200) > 50 }) {
		t.Fatal("nothing is served on a disk with room")
	}

	d.fill()
	if !eventually(30*time.Second, func() bool {
		since := time.Now().Add(-time.Second)
		return only(links.since(since), 50, 503) && only(others.since(since), 10, 503)
	}) {
		t.Fatalf("uses are still admitted on a full disk; the log:\n%s", g.log)
	}
	full, arrived := time.Now(), up.count()
	time.Sleep(10 * time.Second)
	g.wantDegraded(t)
	if got := up.count(); got != arrived {
		t.Errorf("%d requests reached the upstream on a full disk", got-arrived)
	}
	wantOnly(t, "limited links on a full disk", links.since(full), 503)
	wantOnly(t, "other links on a full disk", others.since(full), 503)

	d.empty()
	begin, before := time.Now(), [2]int64{links.count(200), others.count(200)}
	if !eventually(30*time.Second, func() bool { return links.count(200) > before[0] && others.count(200) > before[1] }) {
		t.Fatalf("uses are refused although there is room; the log:\n%s", g.log)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v to serve again", took)
	}
	for _, p := range []*pace{links, others, site} {
		p.end()
	}
	wantOnly(t, "limited links", links.history(), 200, 503)
	wantOnly(t, "other links", others.history(), 200, 503)
	wantOnly(t, "the other site", site.history(), 200)
	if g.exited() || g.cmd.Process.Pid != process {
		t.Fatalf("the process has ended; the log:\n%s", g.log)
	}
	g.wantLines(t, 1, "free space is below the mark")
	g.wantLines(t, 1, "free space is above the mark again")
	checkHistory(t, g, up, tok.Link, links.count(200), "/limited/", 100_000)
	checkHistory(t, g, up, endless.Link, others.count(200), "/endless/", 1<<62)
}

// checkHistory checks one token: S ≤ A ≤ C ≤ L, and no use that was admitted
// twice.
func checkHistory(t *testing.T, g *gateway, up *recorder, link string, seen int64, uri string, limit int64) {
	t.Helper()
	var arrived int64
	counters := map[string]bool{}
	for _, a := range up.arrivals() {
		if a.URI != uri {
			continue
		}
		arrived++
		if n := a.Header.Get("X-Linkgate-Counter"); counters[n] {
			t.Errorf("use %s was admitted twice", n)
		} else {
			counters[n] = true
		}
	}
	counted := g.counter(t, link)
	t.Logf("%s S=%d A=%d C=%d", uri, seen, arrived, counted)
	if seen > arrived || arrived > counted || counted > limit {
		t.Errorf("S=%d ≤ A=%d ≤ C=%d ≤ L=%d does not hold", seen, arrived, counted, limit)
	}
}

// The scenario F-09: a start on a full disk.
func TestAStartOnAFullDiskServesTheOtherSites(t *testing.T) {
	for name, end := range map[string]func(*gateway, *smallDisk){
		"after a stop":                func(g *gateway, d *smallDisk) { g.stop(); d.fill() },
		"after a stop on a full disk": func(g *gateway, d *smallDisk) { d.fill(); g.stop() },
		"after a crash":               func(g *gateway, d *smallDisk) { d.fill(); g.kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, up := newSmallDisk(t), startRecorder(t, nil)
			g, static := d.gateway(up)
			g.start()
			tok, endless := g.limited(t, 10), g.mint(t, mint{})
			for range 3 {
				g.get(t, "/"+tok.Link).wantStatus(t, 200)
				g.get(t, "/"+endless.Link).wantStatus(t, 200)
			}
			end(g, d)
			g.start()
			for range 20 {
				wantStatic(t, static)
				a := g.get(t, "/"+tok.Link)
				if a.wantStatus(t, 503); a.Header.Get("Retry-After") == "" {
					t.Error("a refusal does not say when to come again")
				}
				g.get(t, "/"+endless.Link).wantStatus(t, 503)
			}
			g.wantDegraded(t)
			opening := lineWith(g.log.String(), "the token store cannot be opened")
			if !strings.Contains(opening, "free-space mark") {
				t.Errorf("the log does not name the mark: %q", opening)
			}
			g.wantLines(t, 1, "the token store cannot be opened")
			up.wantCount(t, 6)

			d.empty()
			if !eventually(30*time.Second, func() bool { return g.get(t, "/"+tok.Link).Status == 200 }) {
				t.Fatalf("uses are refused although there is room; the log:\n%s", g.log)
			}
			g.get(t, "/"+endless.Link).wantStatus(t, 200)
			wantStatic(t, static)
			g.wantCounter(t, tok.Link, 4)
			// of a token without a limit a kill may lose the last tenth of a second
			if c := g.counter(t, endless.Link); c > 4 || c < 4 && name == "after a stop" {
				t.Errorf("the token without a limit has counter %d, want 4", c)
			}
			up.wantCount(t, 8)
		})
	}
}

// A gateway whose very first start finds the disk full begins its work later.
func TestTheFirstStartOnAFullDisk(t *testing.T) {
	d, up := newSmallDisk(t), startRecorder(t, nil)
	g, static := d.gateway(up)
	d.fill()
	g.start()
	wantStatic(t, static)
	g.get(t, "/00112233445566778899aabbccddeeff").wantStatus(t, 503)
	d.empty()
	if !eventually(30*time.Second, func() bool { return g.get(t, "/00112233445566778899aabbccddeeff").Status == 404 }) {
		t.Fatalf("links are refused although there is room; the log:\n%s", g.log)
	}
	tok := g.limited(t, 1)
	g.get(t, "/"+tok.Link).wantStatus(t, 200)
	g.get(t, "/"+tok.Link).wantStatus(t, 410)
}

func wantStatic(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Errorf("the other site: %v", err)
		return
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || string(body) != "static" {
		t.Errorf("the other site answers %d %q, error %v", resp.StatusCode, body, err)
	}
}

// wantDegraded fails where the token API says that uses can be counted.
func (g *gateway) wantDegraded(t *testing.T) {
	t.Helper()
	resp, err := http.Get("http://" + g.api + "/api/v1/health")
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(resp)
	if err != nil || a.Status != 503 || !strings.Contains(a.Body, "degraded") {
		t.Errorf("the health is %d %s, error %v; want 503 and degraded", a.Status, a.Body, err)
	}
}

// wantLines fails where a text is in the log another number of times.
func (g *gateway) wantLines(t *testing.T, want int, text string) {
	t.Helper()
	if got := strings.Count(g.log.String(), text); got != want {
		t.Errorf("the log says %q %d times, want %d", text, got, want)
	}
}
