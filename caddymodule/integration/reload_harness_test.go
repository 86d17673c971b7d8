package integration

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// load gives a running gateway another configuration, as `caddy reload
// --force` does, and returns the status and the error text.
func (g *gateway) load(t testing.TB, s setup) (int, string) {
	t.Helper()
	resp, err := g.postLoad(t, s)
	if errors.Is(err, syscall.ECONNRESET) {
		// The load before this one closed the endpoint's old socket, with this
		// connection still in its queue: nobody has read the request.
		resp, err = g.postLoad(t, s)
	}
	if err != nil {
		t.Fatalf("reloading: %v", err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func (g *gateway) postLoad(t testing.TB, s setup) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+g.admin+"/load", strings.NewReader(g.caddyfile(s)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/caddyfile")
	r.Header.Set("Cache-Control", "must-revalidate")
	// the admin endpoint itself is replaced by a reload
	r.Close = true
	return http.DefaultClient.Do(r)
}

// reload is a load that has to succeed.
func (g *gateway) reload(t testing.TB, s setup) {
	t.Helper()
	if status, text := g.load(t, s); status != http.StatusOK {
		t.Fatalf("the reload was refused with %d: %s\n%s", status, text, g.log)
	}
	g.settled(t)
}

var totalGoroutines = regexp.MustCompile(`goroutine profile: total (\d+)`)

// goroutines is the number of goroutines in the gateway.
func (g *gateway) goroutines(t testing.TB) int {
	t.Helper()
	resp, err := http.Get("http://" + g.admin + "/debug/pprof/goroutine?debug=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := totalGoroutines.FindSubmatch(text)
	if m == nil {
		t.Fatalf("no number of goroutines in %.100s", text)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

// A size is how much of what can leak a gateway has.
type size struct{ goroutines, files int }

func (g *gateway) size(t testing.TB) size {
	t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", g.cmd.Process.Pid))
	if err != nil && runtime.GOOS == "linux" {
		t.Fatal(err)
	}
	return size{g.goroutines(t), len(files)}
}

// wantSize waits until a gateway is as large as it was, give or take a
// twentieth.
func (g *gateway) wantSize(t testing.TB, want size) {
	t.Helper()
	var got size
	if !eventually(30*time.Second, func() bool {
		http.DefaultClient.CloseIdleConnections()
		got = g.size(t)
		return near(got.goroutines, want.goroutines) && near(got.files, want.files)
	}) {
		t.Errorf("there are %+v, want %+v", got, want)
	}
}

func near(got, want int) bool {
	slack := max(2, want/20)
	return got >= want-slack && got <= want+slack
}
