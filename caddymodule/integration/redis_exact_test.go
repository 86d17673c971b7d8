package integration

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A scenario is how many clients ask how often for a token with a limit.
type scenario struct {
	name                     string
	limit, clients, requests int
}

// scenarios are those of Unkey's test of accuracy, and F-17.
var scenarios = []scenario{
	{"100 credits, 50 clients, 200 requests", 100, 50, 200},
	{"100 credits, 100 clients, 300 requests", 100, 100, 300},
	{"500 credits at once, 20 clients", 500, 20, 600},
	{"1 credit, 1000 clients", 1, 1000, 1000},
	{"100 credits, 200 connections, 2000 requests", 100, 200, 2000},
}

// rounds is how often each scenario is played.
const rounds = 20

func TestTwoGatewaysCountAsOne(t *testing.T)  { countAsOne(t, 2, scenarios) }
func TestFourGatewaysCountAsOne(t *testing.T) { countAsOne(t, 4, scenarios[:4]) }

// countAsOne plays scenarios on gateways that share a Redis: of all requests
// exactly as many pass as the limit says, the others are told that no use is
// left, and none fails. The tests of this name do not run side by side: there
// is one machine for all of it.
func countAsOne(t *testing.T, gateways int, all []scenario) {
	server := startRedis(t)
	up := startTally(t)
	group := startGateways(t, gateways, setup{upstream: up.addr, global: storeRedis(server.Addr), load: true})
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			begin := time.Now()
			for round := range rounds {
				s.play(t, group, up, fmt.Sprintf("round-%d of %s", round, s.name))
			}
			t.Logf("%d rounds on %d gateways in %.1f s", rounds, gateways, time.Since(begin).Seconds())
		})
	}
}

// play plays one round with a token of its own, whose requester has the name
// of the round.
func (s scenario) play(t *testing.T, group []*gateway, up *tally, round string) {
	t.Helper()
	limit := int64(s.limit)
	tok := group[0].mint(t, mint{RID: round, Limit: &limit})
	var ok, spent, other atomic.Int64
	var wait sync.WaitGroup
	start := make(chan struct{})
	for n := range s.clients {
		share := s.requests / s.clients
		if n < s.requests%s.clients {
			share++
		}
		c := &client{addr: group[n%len(group)].site}
		wait.Go(func() {
			defer c.close()
			<-start
			for range share {
				switch c.status("/" + tok.Link) {
				case http.StatusOK:
					ok.Add(1)
				case http.StatusGone:
					spent.Add(1)
				default:
					other.Add(1)
				}
			}
		})
	}
	close(start)
	wait.Wait()
	if ok.Load() != limit || spent.Load() != int64(s.requests)-limit || other.Load() != 0 || up.of(round) != limit {
		t.Errorf("%s: %d passed, %d were told that no use is left, %d failed, %d reached the upstream; the limit is %d of %d",
			round, ok.Load(), spent.Load(), other.Load(), up.of(round), limit, s.requests)
	}
	for _, g := range group {
		g.wantCounter(t, tok.Link, limit)
	}
}

// status asks once and returns the status, or 0 where there was no answer.
func (c *client) status(path string) int {
	if _, err := c.connect(); err != nil {
		return 0
	}
	status, _ := c.send("GET " + path + " HTTP/1.1\r\nHost: " + c.addr + "\r\n\r\n")
	return status
}

// A tally is an upstream that counts requests by their requester and remembers
// nothing else of them.
type tally struct {
	addr string
	mu   sync.Mutex
	n    map[string]int64
}

func startTally(t testing.TB) *tally {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	up := &tally{addr: l.Addr().String(), n: map[string]int64{}}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up.mu.Lock()
		up.n[r.Header.Get("X-Linkgate-Rid")]++
		up.mu.Unlock()
		_, _ = io.WriteString(w, "hello")
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return up
}

// of is how many requests of a requester arrived.
func (up *tally) of(rid string) int64 {
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.n[rid]
}
