package main

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEveryAnswerThatIsNo2xxIsAProblem(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	address := site(t, func(w http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) {
		case 3:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 5, 6:
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusFound)
		case 7:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	c := newTestCrowd(t, address, workload{connections: 1, tokens: 1})
	for range 100 { // of a slow machine
		if c.ask(50 * time.Millisecond); n.Load() > 7 {
			break
		}
	}
	tally := c.tally()
	want := []string{"site answered 2 times with status 302", "site answered 1 times with status 503"}
	if diff := cmp.Diff(want, tally.problems("site")); diff != "" {
		t.Error(diff)
	}
	if got := tally.uses(); got != n.Load()-3 {
		t.Errorf("%d uses of %d answers, 3 of which were none", got, n.Load())
	}
}

func TestAConnectionThatBreaksIsAProblem(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for name, said := range map[string]string{
		"closed without an answer":    "",
		"closed in the answer":        ok[:20],
		"closed after one answer":     ok,
		"an answer nobody asked for":  ok + ok,
		"an answer that is not HTTP":  "hello\r\n",
		"an answer without a length":  "HTTP/1.1 200 OK\r\n\r\n",
		"bytes that belong to nobody": ok + "x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTestCrowd(t, saysOnce(t, said), workload{connections: 1, tokens: 1})
			c.ask(10 * time.Second) // ends with the connection
			tally := c.tally()
			if tally.failed == nil || len(tally.problems("site")) != 1 {
				t.Fatalf("got %v", tally.problems("site"))
			}
			before := tally.uses()
			c.ask(10 * time.Millisecond)
			if tally = c.tally(); tally.uses() != before {
				t.Error("a client that failed went on")
			}
		})
	}
}

// saysOnce is the address of a server that says something to the first request
// and closes the connection.
func saysOnce(t *testing.T, said string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			conn.Write([]byte(said))
		}
	}()
	return l.Addr().String()
}

func TestASiteThatIsNotThereIsAProblem(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := newTestCrowd(t, l.Addr().String(), workload{connections: 2, tokens: 1})
	s := c.ask(10 * time.Millisecond)
	tally := c.tally()
	if tally.failed == nil || s.rate != 0 || tally.uses() != 0 {
		t.Errorf("got %+v, %+v", s, tally)
	}
}
