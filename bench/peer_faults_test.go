//go:build faults

package main

import (
	"net/http"
	"strings"
	"testing"
)

// The peer needs packages that only `./test.sh faults` installs.

func TestThePeerRefusesAndCountsAsItsTokensSay(t *testing.T) {
	t.Parallel()
	if err := missing(peerParts()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r, err := startRedis(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, r.close()) })
	p, err := startPeer(t.Context(), dir, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, p.stop()) })
	tokens := []token{{Link: strings.Repeat("a", 32)}, {Link: strings.Repeat("b", 32)}}
	if err := p.know(t.Context(), workload{limit: 2}, tokens[:1]); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path   string
		status int
	}{
		{"/bench/" + tokens[0].Link, http.StatusNoContent},
		{"/bench/" + tokens[0].Link, http.StatusNoContent},
		{"/bench/" + tokens[0].Link, http.StatusGone},
		{"/bench/" + tokens[1].Link, http.StatusNotFound},
		{"/elsewhere", http.StatusNotFound},
	} {
		if got := p.askFor(t, step.path); got != step.status {
			t.Errorf("%s: status %d, want %d", step.path, got, step.status)
		}
	}
	counters, err := p.counters(t.Context(), tokens)
	if err != nil || counters[tokens[0].Link] != 2 || counters[tokens[1].Link] != 0 {
		t.Errorf("counted %v, %v", counters, err)
	}
}

// askFor asks as Caddy does.
func (p *peerServer) askFor(t *testing.T, uri string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.address+"/auth", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-Uri", uri)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}
