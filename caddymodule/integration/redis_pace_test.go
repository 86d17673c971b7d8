package integration

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// A stream is requests at a steady pace for one path of one gateway, and what
// came of each. It begins when it is made and ends with end.
type stream struct {
	gateway *gateway
	path    string

	mu   sync.Mutex
	past []asked
	stop chan struct{}
	wait sync.WaitGroup
	once sync.Once
}

// An asked is one request.
type asked struct {
	id         string
	begin, end time.Time
	status     int // 0: no answer
}

// startStream has clients ask, each once in every interval.
func (g *gateway) startStream(t testing.TB, path string, clients int, every time.Duration) *stream {
	s := &stream{gateway: g, path: path, stop: make(chan struct{})}
	for n := range clients {
		s.wait.Go(func() {
			time.Sleep(every * time.Duration(n) / time.Duration(clients))
			s.run(every)
		})
	}
	t.Cleanup(s.end)
	return s
}

func (s *stream) run(every time.Duration) {
	c := &client{addr: s.gateway.site}
	defer c.close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		a := asked{id: newID(), begin: time.Now()}
		if _, err := c.connect(); err == nil {
			a.status, _ = c.send(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n", s.path, c.addr, requestID, a.id))
		}
		a.end = time.Now()
		s.mu.Lock()
		s.past = append(s.past, a)
		s.mu.Unlock()
	}
}

// end waits for the last answers.
func (s *stream) end() {
	s.once.Do(func() { close(s.stop) })
	s.wait.Wait()
}

// between are the requests that began in a stretch of time.
func (s *stream) between(from, to time.Time) (some []asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.past {
		if a.begin.After(from) && a.begin.Before(to) {
			some = append(some, a)
		}
	}
	return some
}

func (s *stream) all() []asked { return s.between(time.Time{}, time.Now()) }

// with are those that had a status.
func with(all []asked, status int) (some []asked) {
	for _, a := range all {
		if a.status == status {
			some = append(some, a)
		}
	}
	return some
}

// percentile is how long that part of the requests took at most.
func percentile(all []asked, part float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	took := make([]time.Duration, len(all))
	for i, a := range all {
		took[i] = a.end.Sub(a.begin)
	}
	slices.Sort(took)
	return took[int(float64(len(took)-1)*part)]
}

// wantOnlyStatus fails where there is no request or one had another status.
func wantOnlyStatus(t *testing.T, what string, all []asked, status int) {
	t.Helper()
	other := map[int]int{}
	for _, a := range all {
		if a.status != status {
			other[a.status]++
		}
	}
	if len(all) == 0 || len(other) > 0 {
		t.Errorf("%s: of %d requests these, by status, should be %d: %v", what, len(all), status, other)
	}
}

// wantRecovered waits until a path is 200 again, and fails where it takes too
// long.
func (g *gateway) wantRecovered(t *testing.T, path string, limit time.Duration) {
	t.Helper()
	begin := time.Now()
	if !eventually(limit, func() bool { return g.get(t, path).Status == http.StatusOK }) {
		t.Errorf("not served again after %s; the log:\n%s", limit, g.log)
	}
	t.Logf("served again after %s", time.Since(begin).Round(time.Millisecond))
}

// arrived are the ids of the requests that reached an upstream.
func arrived(up *recorder) map[string]bool {
	ids := map[string]bool{}
	for _, a := range up.arrivals() {
		ids[a.Header.Get(requestID)] = true
	}
	return ids
}

// wantNobodyPassed fails where a request that was refused reached the upstream.
func wantNobodyPassed(t *testing.T, refused []asked, up *recorder) {
	t.Helper()
	ids := arrived(up)
	for _, a := range refused {
		if ids[a.id] {
			t.Errorf("a request got %d and reached the upstream", a.status)
		}
	}
}
