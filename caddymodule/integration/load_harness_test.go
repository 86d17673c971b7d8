package integration

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A load is a number of clients that ask for one link, each one request after
// the other, and write down in a history what they saw.
type load struct {
	history *history
	addr    string
	path    string

	// ok, refused and failed are answers: success, a spent token, all else.
	ok, refused, failed atomic.Int64

	// lost are requests that got no answer on a connection of their own. One
	// that a server gives up just as the next request is sent is no loss:
	// every client asks again then.
	lost atomic.Int64

	mu    sync.Mutex
	notes []string

	stop context.CancelFunc
	wait sync.WaitGroup
}

// startLoad lets clients ask for a path of the site until the load is ended.
func (g *gateway) startLoad(t testing.TB, h *history, clients int, path string) *load {
	return g.startClients(t, h, clients, path, (*load).run)
}

// startBurst lets many clients ask once, all at the same time.
func (g *gateway) startBurst(t testing.TB, h *history, clients int, path string) *load {
	return g.startClients(t, h, clients, path, func(l *load, _ context.Context) {
		c := &client{addr: l.addr}
		defer c.close()
		l.ask(c)
	})
}

func (g *gateway) startClients(t testing.TB, h *history, clients int, path string, run func(*load, context.Context)) *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{history: h, addr: g.site, path: path, stop: stop}
	for range clients {
		l.wait.Go(func() { run(l, ctx) })
	}
	t.Cleanup(l.end)
	return l
}

// end stops the clients and waits for their last answers: whatever was sent
// gets its answer.
func (l *load) end() {
	l.stop()
	l.wait.Wait()
}

func (l *load) run(ctx context.Context) {
	c := &client{addr: l.addr}
	defer c.close()
	for ctx.Err() == nil {
		if !l.ask(c) {
			// Nobody insists while a gateway dies: it would blur how many
			// requests were under way.
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// ask sends one request and reports whether there was an answer.
func (l *load) ask(c *client) bool {
	fresh, err := c.connect()
	if err != nil { // nothing was sent
		l.lost.Add(1)
		l.note(err.Error())
		return false
	}
	id := newID()
	seen := call{id: id, begin: time.Now()}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n", l.path, l.addr, requestID, id)
	seen.status, err = c.send(request)
	seen.end = time.Now()
	l.history.add(seen)
	switch {
	case err != nil:
		if fresh {
			l.lost.Add(1)
			l.note(err.Error())
		}
	case seen.admitted():
		l.ok.Add(1)
	case seen.exhausted():
		l.refused.Add(1)
	default:
		l.failed.Add(1)
		l.note(http.StatusText(seen.status))
	}
	return err == nil
}

func (l *load) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.notes) < 5 {
		l.notes = append(l.notes, text)
	}
}

// wantNoFailure fails where a request was answered with a failure.
func (l *load) wantNoFailure(t testing.TB) {
	t.Helper()
	if l.ok.Load() == 0 {
		t.Errorf("the clients had no success at all: %v", l.notes)
	}
	if l.failed.Load() > 0 {
		t.Errorf("%d requests were answered with a failure: %v", l.failed.Load(), l.notes)
	}
}

// untilUsedUp waits until the clients see nothing but refusals.
func (l *load) untilUsedUp(t testing.TB, clients int64) {
	t.Helper()
	if !eventually(2*time.Minute, func() bool { return l.refused.Load() > clients }) {
		t.Errorf("the token is never used up: %v", l.notes)
	}
	l.end()
}
