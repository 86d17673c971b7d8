package integration

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A hangup is an upstream that reads requests and closes the connection. The
// first of them it answers, where it is told to.
type hangup struct {
	addr  string
	reads atomic.Int64
}

// startHangup starts an upstream that answers so many requests. With the first
// one that it does not answer it stops listening.
func startHangup(t *testing.T, answers int64) *hangup {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	h := &hangup{addr: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go h.serve(l, conn, answers)
		}
	}()
	return h
}

func (h *hangup) serve(l net.Listener, conn net.Conn, answers int64) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		if _, err := in.Peek(1); err != nil {
			return
		}
		n := h.reads.Add(1)
		if n > answers {
			if answers > 0 {
				l.Close()
			}
			return
		}
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		r.Body.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	}
}

// A doubt is a way to fail after which it is not certain that no upstream was
// reached.
type doubt struct {
	name string
	site string // behind the gate
	page string // in the error routes
	want int
	up   func(t *testing.T) string // starts UPSTREAM

	answers int // requests that are answered before
}

const (
	onFirst  = "lb_policy first\nlb_retries 1\nfail_duration 1m\n"
	retryGET = onFirst + "lb_retry_match {\nmethod GET\n}\n"
	onOK     = "@ok status 2xx\nhandle_response @ok {\nreverse_proxy DEAD\n}\n"
)

var doubts = []doubt{
	{name: "the upstream answers 502", site: "reverse_proxy UPSTREAM", want: 502, up: answering(502)},
	{name: "the upstream answers 503", site: "reverse_proxy UPSTREAM", want: 503, up: answering(503)},
	{name: "the upstream takes too long", site: "reverse_proxy UPSTREAM {\ntransport http {\nresponse_header_timeout 200ms\n}\n}", want: 504, up: silent},
	{name: "the upstream hangs up", site: "reverse_proxy UPSTREAM", want: 502, up: hanging(0)},
	{name: "the upstream hangs up on a kept connection and is gone", site: "reverse_proxy UPSTREAM", want: 502, up: hanging(1), answers: 1},
	{name: "the first address hangs up and nobody listens on the second", site: "reverse_proxy UPSTREAM DEAD {\n" + retryGET + "}", want: 502, up: hanging(0)},
	{name: "the same with FastCGI", site: "root * HOME\nreverse_proxy UPSTREAM DEAD {\ntransport fastcgi\n" + retryGET + "}", want: 502, up: hanging(0)},
	{name: "an answer is not good enough and nobody listens on the second address", site: "reverse_proxy UPSTREAM DEAD {\nunhealthy_status 500\n" + onFirst + "lb_retry_match {\nexpression `{rp.status_code} == 500`\n}\n}", want: 502, up: answering(500)},
	{name: "an answer leads to an upstream that is away", site: "reverse_proxy UPSTREAM {\n" + onOK + "}", want: 502, up: answering(200)},
	{name: "an answer of FastCGI leads to an upstream that is away", site: "root * HOME\nreverse_proxy UPSTREAM {\ntransport fastcgi\n" + onOK + "}", want: 502, up: func(t *testing.T) string { return startResponder(t).addr }},
	{name: "an error route asks another upstream", site: "reverse_proxy DEAD", page: "reverse_proxy UPSTREAM", want: 200, up: answering(200)},
	{name: "an error route may ask another upstream after a rewrite", site: "reverse_proxy DEAD", page: "rewrite * /backup\nhandle /backup {\nreverse_proxy UPSTREAM\n}", want: 200, up: answering(200)},
	{name: "there is no such file", site: "root * HOME/none\nfile_server", want: 404},
	{name: "the site answers 502", site: "respond 502", want: 502},
	{name: "the site fails with 503", site: "error \"no upstreams available\" 503", want: 503},
}

// doubtful is a site with a path for each doubt.
func doubtful(t *testing.T) string {
	var site, pages strings.Builder
	site.WriteString("linkgate {\nsession off\n}\n")
	for n, d := range doubts {
		if d.up != nil {
			up := d.up(t)
			d.site, d.page = strings.ReplaceAll(d.site, "UPSTREAM", up), strings.ReplaceAll(d.page, "UPSTREAM", up)
		}
		fmt.Fprintf(&site, "handle /%d/* {\n%s\n}\n", n, d.site)
		if d.page != "" {
			fmt.Fprintf(&pages, "handle /%d/* {\n%s\n}\n", n, d.page)
		}
	}
	return filled(t, site.String()+"handle_errors {\n"+pages.String()+"}")
}

func TestAUseThatMayHaveReachedAnUpstreamStaysSpent(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: doubtful(t)})
	for n, d := range doubts {
		t.Run(d.name, func(t *testing.T) {
			tok := g.limited(t, int64(d.answers+1))
			path := fmt.Sprintf("/%d/%s/x", n, tok.Link)
			for range d.answers {
				g.get(t, path).wantStatus(t, 200)
			}
			g.get(t, path).wantStatus(t, d.want)
			g.wantCounter(t, tok.Link, int64(d.answers+1))
		})
	}
}

func answering(status int) func(*testing.T) string {
	return func(t *testing.T) string {
		return startRecorder(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }).addr
	}
}

func hanging(answers int64) func(*testing.T) string {
	return func(t *testing.T) string { return startHangup(t, answers).addr }
}

// silent is an upstream that reads requests and says nothing until the client
// is gone.
func silent(t *testing.T) string {
	return startRecorder(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }).addr
}

// TestAUseOfAClientThatHangsUpStaysSpent leaves while the upstream works, and
// while there is none.
func TestAUseOfAClientThatHangsUpStaysSpent(t *testing.T) {
	t.Parallel()
	for name, site := range map[string]string{
		"while the upstream works":      "linkgate\nreverse_proxy UPSTREAM",
		"while one address is tried on": "linkgate\nreverse_proxy DEAD {\nlb_try_duration 10s\nlb_try_interval 50ms\n}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := startGateway(t, setup{upstream: silent(t), site: filled(t, site)})
			tok := g.limited(t, 1)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.site+"/"+tok.Link, nil)
			if err != nil {
				t.Fatal(err)
			}
			left := make(chan error, 1)
			go func() {
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err == nil {
					resp.Body.Close()
				}
				left <- err
			}()
			if !eventually(20*time.Second, func() bool { return g.counter(t, tok.Link) == 1 }) {
				t.Fatal("the request is not charged")
			}
			leave()
			if err := <-left; err == nil {
				t.Fatal("the request was answered")
			}
			if !eventually(40*time.Second, func() bool { return strings.Contains(g.log.String(), `"status":499`) }) {
				t.Fatalf("Caddy did not notice that the client left; its log:\n%s", g.log)
			}
			g.wantCounter(t, tok.Link, 1)
			g.get(t, "/"+tok.Link).wantStatus(t, 410)
		})
	}
}
