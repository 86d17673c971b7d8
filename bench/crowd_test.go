package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// someTokens are as many tokens as asked for.
func someTokens(n int) []token {
	tokens := make([]token, n)
	for i := range tokens {
		tokens[i] = token{Link: strings.Repeat(string(rune('a'+i)), 32)}
	}
	return tokens
}

// site serves for a test and returns where.
func site(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// newTestCrowd is a crowd that is gone after the test.
func newTestCrowd(t *testing.T, address string, w workload) *crowd {
	t.Helper()
	c := newCrowd(address, w, someTokens(w.tokens))
	t.Cleanup(c.close)
	return c
}

func TestACrowdCountsEveryAnswerForItsToken(t *testing.T) {
	t.Parallel()
	var seen sync.Map // path → *atomic.Int64
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := seen.LoadOrStore(path.Base(r.URL.Path), new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		answer(w, r)
	})
	c := newTestCrowd(t, address, workload{connections: 8, tokens: 5})
	for range 3 { // the connections stay, the tally grows
		if s := c.ask(200 * time.Millisecond); s.rate <= 0 || s.p99 <= 0 {
			t.Errorf("got %+v", s)
		}
	}
	tally := c.tally()
	if problems := tally.problems("site"); len(problems) > 0 {
		t.Fatal(problems)
	}
	for i, one := range someTokens(5) {
		n, ok := seen.Load(one.Link)
		if !ok || n.(*atomic.Int64).Load() != tally.admitted[i] {
			t.Errorf("token %d: %d answers, the site saw %v", i, tally.admitted[i], n)
		}
	}
	if tally.uses() == 0 {
		t.Error("nothing was asked")
	}
}

func TestACrowdKeepsItsConnections(t *testing.T) {
	t.Parallel()
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(answer))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := newTestCrowd(t, s.Listener.Addr().String(), workload{connections: 4, tokens: 1})
	for range 3 {
		c.ask(20 * time.Millisecond)
	}
	if got := opened.Load(); got != 4 {
		t.Errorf("%d connections for 4 clients", got)
	}
}

func TestAnAnswerAfterTheEndIsAUseButNoRate(t *testing.T) {
	t.Parallel()
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(600 * time.Millisecond)
		answer(w, r)
	})
	c := newTestCrowd(t, address, workload{connections: 3, tokens: 1})
	s := c.ask(500 * time.Millisecond)
	tally := c.tally()
	if s.rate != 0 || tally.uses() != 3 || s.p99 < 600*time.Millisecond {
		t.Errorf("rate %v, p99 %s, %d uses", s.rate, s.p99, tally.uses())
	}
}

func TestClientsBeginAtDifferentTokens(t *testing.T) {
	t.Parallel()
	c := newTestCrowd(t, "127.0.0.1:1", workload{connections: 4, tokens: 8})
	var got []int
	for _, one := range c.clients {
		got = append(got, one.next)
	}
	if diff := cmp.Diff([]int{0, 2, 4, 6}, got); diff != "" {
		t.Error(diff)
	}
}
