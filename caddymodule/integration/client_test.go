package integration

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An answer is what a client got.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// get fetches a path of the gated site. headers are names and values in turn.
// Redirects are not followed and no cookies are kept.
func (g *gateway) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return g.do(t, http.MethodGet, path, headers...)
}

// do sends a request without a body to the gated site. The target goes out
// byte by byte as it is given.
func (g *gateway) do(t testing.TB, method, target string, headers ...string) answer {
	t.Helper()
	return roundTrip(t, g.site, method, g.request(method, target, headers))
}

// request is the text of a request without a body.
func (g *gateway) request(method, target string, headers []string) string {
	var b strings.Builder
	b.WriteString(method + " " + target + " HTTP/1.1\r\nHost: " + g.site + "\r\n")
	for i := 0; i+1 < len(headers); i += 2 {
		b.WriteString(headers[i] + ": " + headers[i+1] + "\r\n")
	}
	return b.String() + "\r\n"
}

// insist is a get that asks again where it got no answer at all: around a
// reload Caddy loses connections that are just being opened, before any
// handler sees them.
func (g *gateway) insist(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	var err error
	for range 5 {
		var a answer
		if a, err = tryRoundTrip(g.site, http.MethodGet, g.request(http.MethodGet, path, headers)); err == nil {
			return a
		}
	}
	t.Fatalf("GET %s: %v", path, err)
	return answer{}
}

// roundTrip writes a request as it is and reads one answer.
func roundTrip(t testing.TB, addr, method, request string) answer {
	t.Helper()
	a, err := tryRoundTrip(addr, method, request)
	if err != nil {
		t.Fatalf("%s: %v", strings.SplitN(request, "\r\n", 2)[0], err)
	}
	return a
}

func tryRoundTrip(addr, method, request string) (answer, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		return answer{}, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return answer{}, err
	}
	return readAnswer(resp)
}

// readAnswer takes a response to its end.
func readAnswer(resp *http.Response) (answer, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{Status: resp.StatusCode, Header: resp.Header, Body: string(body)}, err
}

// wantStatus fails where an answer has another status.
func (a answer) wantStatus(t testing.TB, want int) {
	t.Helper()
	if a.Status != want {
		t.Errorf("the status is %d, want %d; body: %s", a.Status, want, a.Body)
	}
}

// wantHeader fails where a header is not exactly these values.
func (a answer) wantHeader(t testing.TB, name string, want ...string) {
	t.Helper()
	if got := a.Header.Values(name); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s is %q, want %q", name, got, want)
	}
}
