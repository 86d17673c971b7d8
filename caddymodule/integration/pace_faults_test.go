//go:build faults

package integration

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// A visit is one request of a history and its answer. The status is 0 where
// there was none.
type visit struct {
	sent, got time.Time
	status    int
	retry     string // Retry-After
}

// A pace is a steady stream of requests for one address, and its history.
type pace struct {
	url  string
	mu   sync.Mutex
	past []visit
	stop chan struct{}
	wait sync.WaitGroup
	once sync.Once
}

// startPace sends some requests a second, from four clients, until it is
// ended. A slow answer holds up one client only.
func startPace(t testing.TB, url string, perSecond int) *pace {
	t.Helper()
	const clients = 4
	p := &pace{url: url, stop: make(chan struct{})}
	for range clients {
		p.wait.Go(func() { p.run(time.Second * clients / time.Duration(perSecond)) })
	}
	t.Cleanup(p.end)
	return p
}

func (p *pace) run(every time.Duration) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.visit(client)
		}
	}
}

func (p *pace) visit(client *http.Client) {
	v := visit{sent: time.Now()}
	if resp, err := client.Get(p.url); err == nil {
		if a, err := readAnswer(resp); err == nil {
			v.status, v.retry = a.Status, a.Header.Get("Retry-After")
		}
	}
	v.got = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.past = append(p.past, v)
}

// end stops the stream and waits for its last answers.
func (p *pace) end() {
	p.once.Do(func() { close(p.stop) })
	p.wait.Wait()
}

// history is everything so far, in the order of the answers.
func (p *pace) history() []visit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]visit(nil), p.past...)
}

// count is how often there was an answer with a status.
func (p *pace) count(status int) (n int64) {
	for _, v := range p.history() {
		if v.status == status {
			n++
		}
	}
	return n
}

// since returns those that were sent after a moment.
func (p *pace) since(moment time.Time) (later []visit) {
	for _, v := range p.history() {
		if v.sent.After(moment) {
			later = append(later, v)
		}
	}
	return later
}

// only reports whether there are at least n visits, all with one status.
func only(visits []visit, n, status int) bool {
	for _, v := range visits {
		if v.status != status {
			return false
		}
	}
	return len(visits) >= n
}

// wantOnly fails where a visit was answered with anything else. A 503 has to
// say when to come again.
func wantOnly(t testing.TB, what string, visits []visit, statuses ...int) {
	t.Helper()
	allowed := map[int]bool{}
	for _, s := range statuses {
		allowed[s] = true
	}
	wrong := map[int]int{}
	for _, v := range visits {
		if !allowed[v.status] || v.status == http.StatusServiceUnavailable && v.retry == "" {
			wrong[v.status]++
		}
	}
	if len(visits) == 0 || len(wrong) > 0 {
		t.Errorf("%s: of %d answers these are wrong, by status: %v; want only %v", what, len(visits), wrong, statuses)
	}
}
