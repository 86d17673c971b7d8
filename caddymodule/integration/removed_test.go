package integration

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Caddy cleans a configuration up while its requests are still under way:
// closing the database under them would end the whole process.
func TestAnAppThatIsRemovedUnderSlowRequestsDoesNotCrash(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	up := startRecorder(t, func(w http.ResponseWriter, _ *http.Request) { <-release })
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 100)

	var answers [8]answer
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = g.get(t, "/"+tok.Link) })
	}
	if !eventually(10*time.Second, func() bool { return up.count() == int64(len(answers)) }) {
		t.Fatal("the requests do not reach the upstream")
	}
	without := setup{whole: "{\nadmin ADMIN\n}\nhttp://SITE {\nbind 127.0.0.1\nrespond \"no gate\"\n}"}
	g.reload(t, without)
	if !eventually(10*time.Second, func() bool { return strings.Contains(g.log.String(), "token store closed") }) {
		t.Error("the store of an app that is gone stays open")
	}
	if a := g.insist(t, "/"); a.Body != "no gate" {
		t.Errorf("the new configuration does not serve: %+v", a)
	}
	close(release)
	wait.Wait()
	for _, a := range answers {
		a.wantStatus(t, 200)
	}

	g.reload(t, setup{upstream: up.addr})
	g.wantCounter(t, tok.Link, int64(len(answers)))
}

func TestAnAppThatIsRemovedUnderLongListsDoesNotCrash(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	s := setup{upstream: up.addr}
	g := startGateway(t, s)
	for range 300 {
		g.limited(t, 10)
	}
	credential := g.credential(t)
	var lists atomic.Int64
	var wait sync.WaitGroup
	done := make(chan struct{})
	for range 6 {
		wait.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				switch status := listOnce(g, credential); status {
				case 200:
					lists.Add(1)
				case 0, 503, 404: // no answer, no store, no app
				default:
					t.Errorf("a list was answered with %d", status)
				}
			}
		})
	}
	without := setup{whole: "{\nadmin ADMIN\n}\nhttp://API {\nbind 127.0.0.1\nrespond 404\n}"}
	for range 8 {
		time.Sleep(50 * time.Millisecond)
		g.reload(t, without)
		g.reload(t, s)
	}
	if !eventually(10*time.Second, func() bool { return lists.Load() > 20 }) {
		t.Errorf("only %d lists were read", lists.Load())
	}
	close(done)
	wait.Wait()
	if g.exited() {
		t.Fatalf("the process died:\n%s", g.log)
	}
}

// listOnce reads a list; 0 is no answer.
func listOnce(g *gateway, credential string) int {
	r, err := http.NewRequest(http.MethodGet, "http://"+g.api+"/api/v1/token/cpg?t=iss&size=1000", nil)
	if err != nil {
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+credential)
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	a, err := readAnswer(resp)
	if err != nil {
		return 0
	}
	return a.Status
}
