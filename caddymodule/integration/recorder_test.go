package integration

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A recorder is an upstream that remembers what reached it.
type recorder struct {
	addr string

	mu   sync.Mutex
	seen []arrival
}

// An arrival is one request as the upstream got it.
type arrival struct {
	At                      time.Time
	Method, URI, Host, Body string
	Header, Trailer         http.Header
}

// startRecorder starts an upstream that answers "hello", or what answer writes.
// It speaks HTTP/1.1 and HTTP/2 without TLS.
func startRecorder(t testing.TB, answer http.HandlerFunc) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder{addr: l.Addr().String()}
	if answer == nil {
		answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }
	}
	s := &http.Server{Handler: rec.record(answer), ReadHeaderTimeout: time.Minute, Protocols: new(http.Protocols)}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return rec
}

// streams marks a request whose body the answer reads itself.
const streams = "/stream"

func (rec *recorder) record(answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := arrival{At: time.Now(), Method: r.Method, URI: r.RequestURI, Host: r.Host, Header: r.Header.Clone()}
		if !strings.Contains(r.URL.Path, streams) {
			body, _ := io.ReadAll(r.Body)
			a.Body, a.Trailer = string(body), r.Trailer.Clone()
		}
		rec.mu.Lock()
		rec.seen = append(rec.seen, a)
		rec.mu.Unlock()
		answer(w, r)
	})
}

// arrivals are all requests so far.
func (rec *recorder) arrivals() []arrival {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return append([]arrival(nil), rec.seen...)
}

func (rec *recorder) count() int64 { return int64(len(rec.arrivals())) }

// only is the single request that there was.
func (rec *recorder) only(t testing.TB) arrival {
	t.Helper()
	all := rec.arrivals()
	if len(all) != 1 {
		t.Fatalf("the upstream got %d requests, want 1: %v", len(all), all)
	}
	return all[0]
}

// last is the latest request.
func (rec *recorder) last(t testing.TB) arrival {
	t.Helper()
	all := rec.arrivals()
	if len(all) == 0 {
		t.Fatal("the upstream got no request")
	}
	return all[len(all)-1]
}

// wantCount fails where another number of requests arrived.
func (rec *recorder) wantCount(t testing.TB, want int64) {
	t.Helper()
	if got := rec.count(); got != want {
		t.Errorf("the upstream got %d requests, want %d", got, want)
	}
}

// wantNowhere fails where any part of any request holds one of the texts.
func (rec *recorder) wantNowhere(t testing.TB, texts ...string) {
	t.Helper()
	for _, a := range rec.arrivals() {
		for _, text := range texts {
			if a.holds(text) {
				t.Errorf("the upstream saw a token: %+v", a)
			}
		}
	}
}

func (a arrival) holds(text string) bool {
	if strings.Contains(a.URI, text) || strings.Contains(a.Body, text) || strings.Contains(a.Host, text) {
		return true
	}
	for _, h := range []http.Header{a.Header, a.Trailer} {
		for name, values := range h {
			if strings.Contains(name+": "+strings.Join(values, "\n"), text) {
				return true
			}
		}
	}
	return false
}
