package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// bulkRows is the body of a bulk request.
func bulkRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"rid":"cust%d","url":"http://clever.example/mytag","exp":60,"iss":"bulk","cnt":3,"config":["link"]}`+"\n", i)
	}
	return b.String()
}

// bulk sends a body under a key and hands each line of the answer to see, until
// that returns false or the answer ends, which it reports.
func (g *gateway) bulk(t testing.TB, key, body string, see func(line string) bool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+g.api+"/api/v1/token/bulk", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	r.Header.Set("Idempotency-Key", key)
	r.Header.Set("X-API-Key", g.credential(t))
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", resp.Status)
	}
	for lines := bufio.NewReader(resp.Body); ; {
		line, err := lines.ReadString('\n')
		if err == io.EOF && line == "" {
			return nil
		}
		if err != nil {
			return err
		}
		if !see(line) {
			return nil
		}
	}
}

// campaign returns the links of a campaign.
func (g *gateway) campaign(t testing.TB, name string) map[string]bool {
	t.Helper()
	links := map[string]bool{}
	for page := 1; ; page++ {
		var p struct {
			Items []token `json:"items"`
			Total int     `json:"total"`
		}
		g.call(t, http.MethodGet, fmt.Sprintf("/api/v1/token/%s?t=iss&size=1000&page=%d", name, page), nil, http.StatusOK, &p)
		for _, item := range p.Items {
			links[item.Link] = true
		}
		if len(p.Items) == 0 {
			if p.Total != len(links) {
				t.Errorf("the total is %d and %d are listed", p.Total, len(links))
			}
			return links
		}
	}
}

// linkOf is the link of a line of the answer.
func linkOf(t testing.TB, line string) string {
	t.Helper()
	var made token
	if err := json.Unmarshal([]byte(line), &made); err != nil || len(made.Link) != 32 {
		t.Fatalf("a line that made no token: %s", line)
	}
	return made.Link
}

// Crashes and a client that hangs up, in the middle of one body: what was
// answered is kept, and the same key brings the rest and nothing twice.
func TestABulkRequestThatBreaksOffGoesOnUnderItsKey(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	g := startGateway(t, setup{})
	body := bulkRows(rows)

	var answered []string
	check := func(line string, at int) {
		if at < len(answered) && answered[at] != line {
			t.Fatalf("row %d was answered with %sand now with %s", at+1, answered[at], line)
		}
		if at >= len(answered) {
			answered = append(answered, line)
		}
	}
	for _, stop := range []int{500, 3000} {
		at := 0
		_ = g.bulk(t, "crash", body, func(line string) bool {
			check(line, at)
			at++
			if at == stop {
				g.kill()
			}
			return true
		})
		if at < stop {
			t.Fatalf("%d rows were answered before the kill at %d", at, stop)
		}
		g.start()
		links := g.campaign(t, "bulk")
		for _, line := range answered {
			if !links[linkOf(t, line)] {
				t.Fatalf("a link was answered that is not kept after the kill")
			}
		}
	}
	at := 0
	if err := g.bulk(t, "crash", body, func(line string) bool { check(line, at); at++; return at < 9000 }); err != nil {
		t.Fatal(err)
	}

	// The server sees the client go a little later.
	var err error
	if !eventually(30*time.Second, func() bool {
		at = 0
		err = g.bulk(t, "crash", body, func(line string) bool { check(line, at); at++; return true })
		return err == nil
	}) {
		t.Fatal(err)
	}
	links := g.campaign(t, "bulk")
	if at != rows || len(links) != rows {
		t.Errorf("%d rows gave %d lines and %d tokens", rows, at, len(links))
	}
	g.secrets.add(linkOf(t, answered[0]), linkOf(t, answered[rows-1]))
	if err := g.bulk(t, "crash", body+bulkRows(1), func(line string) bool { at--; return true }); err != nil {
		t.Error(err)
	}
	if got := len(g.campaign(t, "bulk")); at != -1 || got != rows {
		t.Errorf("a longer body under the same key gives %d lines and %d tokens", rows-at, got)
	}
}
