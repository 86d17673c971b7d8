package integration

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// deadSite has a path for each way in which no upstream can be reached. Each
// DEAD is the address of a port of its own where nobody listens; UPSTREAM is
// what forward_auth asks.
const deadSite = `
linkgate
handle /plain/* {
	reverse_proxy DEAD
}
handle /retried/* {
	reverse_proxy DEAD DEAD {
		lb_retries 3
	}
}
handle /exhausted/* {
	reverse_proxy DEAD DEAD {
		lb_try_duration 300ms
		lb_try_interval 20ms
		fail_duration 1m
	}
}
handle /unhealthy/* {
	reverse_proxy DEAD {
		fail_duration 1h
	}
}
handle /php/* {
	root * HOME
	reverse_proxy DEAD {
		transport fastcgi
	}
}
handle /buffered/* {
	reverse_proxy DEAD {
		request_buffers 1MB
	}
}
handle /gates/* {
	linkgate
	reverse_proxy DEAD
}
handle /page/* {
	reverse_proxy DEAD
}
handle /ok/* {
	respond ok
}
handle_errors {
	@page path /page/*
	handle @page {
		header X-Page yes
		respond "sorry, {http.linkgate.rid}"
	}
	handle /backup/* {
		reverse_proxy UPSTREAM
	}
}`

// filled gives each DEAD a port.
func filled(t *testing.T, site string) string {
	for strings.Contains(site, "DEAD") {
		site = strings.Replace(site, "DEAD", address(freePort(t)), 1)
	}
	return site
}

// TestAUseIsGivenBackWhenNoUpstreamIsReached sends more requests than the
// tokens have uses.
func TestAUseIsGivenBackWhenNoUpstreamIsReached(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: filled(t, deadSite), global: "metrics"})
	fails := int64(0)
	for _, c := range []struct {
		name, path string
		want       [2]int // the statuses of the first request and of the others
	}{
		{"nobody listens", "/plain", [2]int{502, 502}},
		{"nobody listens on any address that is tried", "/retried", [2]int{502, 502}},
		{"nobody listens, and then no address is left to try", "/exhausted", [2]int{502, 503}},
		{"no upstream is taken for healthy", "/unhealthy", [2]int{502, 503}},
		{"a FastCGI application is away", "/php", [2]int{502, 502}},
		{"a body was read into a buffer", "/buffered", [2]int{502, 502}},
		{"the request passes two gates", "/gates", [2]int{502, 502}},
		{"an error route shows a page", "/page", [2]int{502, 502}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 0
			for _, limit := range []*int64{new(int64(2)), nil} {
				tok := g.mint(t, mint{Limit: limit})
				g.get(t, "/ok/"+tok.Link).wantStatus(t, 200)
				for range 3 {
					a := g.get(t, c.path+"/"+tok.Link+"/x")
					a.wantStatus(t, c.want[min(n, 1)])
					a.wantHeader(t, "Set-Cookie")
					a.wantHeader(t, "Cache-Control", "private, no-cache")
					g.wantCounter(t, tok.Link, 1)
					n++
				}
				request := fmt.Sprintf("POST %s/%s/x HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\n\r\nhello", c.path, tok.Link, g.site)
				roundTrip(t, g.site, http.MethodPost, request).wantStatus(t, c.want[1])
				g.wantCounter(t, tok.Link, 1)
				g.get(t, "/ok/"+tok.Link).wantStatus(t, 200)
				g.wantCounter(t, tok.Link, 2)
				fails += 4
			}
		})
	}
	if want := fmt.Sprintf("\ncaddy_linkgate_uses_given_back_total %d\n", fails); !strings.Contains(g.fromAdmin(t, "/metrics"), want) {
		t.Errorf("the metrics do not say %q", want)
	}
}

func TestAUseIsGivenBackBehindForwardAuth(t *testing.T) {
	t.Parallel()
	auth := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: auth.addr, site: filled(t, "forward_auth UPSTREAM {\nuri /login\n}\nlinkgate\nreverse_proxy DEAD")})
	tok := g.limited(t, 1)
	for range 2 {
		// in the path, forward_auth would log it
		g.get(t, "/", "X-Link-Token", tok.Link).wantStatus(t, 502)
	}
	g.wantCounter(t, tok.Link, 0)
	auth.wantCount(t, 2)
}

// TestARideIsNotGivenBack has a session on which a request rides that reaches
// nobody: it cost nothing.
func TestARideIsNotGivenBack(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{site: filled(t, deadSite)})
	tok := g.limited(t, 5)
	page := g.get(t, "/ok/"+tok.Link)
	page.wantStatus(t, 200)
	cookie, _, _ := strings.Cut(page.Header.Get("Set-Cookie"), ";")
	for range 2 {
		g.get(t, "/plain/x", "Cookie", cookie).wantStatus(t, 502)
	}
	g.wantCounter(t, tok.Link, 1)
	g.get(t, "/ok/x", "Cookie", cookie).wantStatus(t, 200)
}
