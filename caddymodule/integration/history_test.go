package integration

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A history is what clients, the upstream and the API saw of one token, from
// its making to the end of a test, over all crashes and restarts in between.
type history struct {
	limit int64 // 0: none

	// ahead is how many uses crashes may have charged for nobody, beside those
	// of the requests that were under way.
	ahead int64

	mu       sync.Mutex
	calls    []call
	readings []reading
}

// A call is one request as its client saw it.
type call struct {
	id         string
	begin, end time.Time
	status     int // 0: there was no answer
}

// A passage is one request as the upstream saw it.
type passage struct {
	id      string
	at      time.Time
	counter int64
}

// A reading is the counter as the API showed it.
type reading struct {
	begin, end time.Time
	counter    int64
}

// requestID is the header that all witnesses know a request by.
const requestID = "X-Request-Id"

var lastID atomic.Int64

// newID returns an id that no other request of any test has.
func newID() string { return strconv.FormatInt(lastID.Add(1), 10) }

// add remembers a call.
func (h *history) add(c call) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, c)
}

// read asks the API for the counter and remembers what it said.
func (h *history) read(t testing.TB, g *gateway, link string) int64 {
	t.Helper()
	r := reading{begin: time.Now()}
	r.counter = g.counter(t, link)
	r.end = time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readings = append(h.readings, r)
	return r.counter
}

// passages are the calls of this history that reached the upstream.
func (h *history) passages(up *recorder) []passage {
	mine := map[string]bool{}
	for _, c := range h.calls {
		mine[c.id] = true
	}
	var all []passage
	for _, a := range up.arrivals() {
		if id := a.Header.Get(requestID); mine[id] {
			n, _ := strconv.ParseInt(a.Header.Get("X-Linkgate-Counter"), 10, 64)
			all = append(all, passage{id: id, at: a.At, counter: n})
		}
	}
	return all
}

// check fails the test where what the witnesses saw cannot be: see
// [history.faults]. No load may be running.
func (h *history) check(t testing.TB, up *recorder) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for n, fault := range h.faults(h.passages(up)) {
		if n == 10 {
			t.Error("and more of the like")
			return
		}
		t.Error(fault)
	}
}

// count returns how many calls had a status; 0 counts those without an answer.
func (h *history) count(status int) (n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.calls {
		if c.status == status {
			n++
		}
	}
	return n
}

// admitted reports whether the client was let in.
func (c call) admitted() bool { return c.status >= 200 && c.status < 300 }

// exhausted reports whether the token was refused for having no use left.
func (c call) exhausted() bool { return c.status == http.StatusGone }
