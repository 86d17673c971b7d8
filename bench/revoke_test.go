package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestARevocationIsJudgedByItsWorst(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	tests := map[string]struct {
		worst time.Duration
		says  string
	}{
		"as long as it may be": {100 * ms, "≤ 100 ms: reached"},
		"longer":               {101 * ms, "≤ 100 ms: MISSED"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(revokeCells([]revocation{{3 * ms, ms}, {tt.worst, 9 * ms}, {2 * ms, 0}}), "|")
			want := "3|3.0 ms|" + map[time.Duration]string{100 * ms: "100.0 ms", 101 * ms: "101.0 ms"}[tt.worst] + "|1.0 ms|9.0 ms|" + tt.says
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// statuses is a site that answers with one status after the other, and then
// with the last one.
func statuses(t *testing.T, codes ...int) *client {
	t.Helper()
	var n atomic.Int64
	address := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(codes[min(int(n.Add(1)), len(codes))-1])
	})
	c := newCrowd(address, workload{connections: 1}, someTokens(1)).clients[0]
	t.Cleanup(c.close)
	if err := c.connect(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARevocationHasToHold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		codes []int
		says  string
	}{
		"it holds":              {[]int{200, 200, 403}, ""},
		"it is let in again":    {[]int{200, 403, 403, 200, 403}, "answered 200"},
		"the gateway is away":   {[]int{200, 503}, "answered 503"},
		"it was refused before": {[]int{403}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, err := statuses(t, tt.codes...).untilRefused(time.Now().Add(patience))
			if tt.says == "" && (err != nil || at.IsZero()) || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("got %v, %v", at, err)
			}
		})
	}
}

func TestARevocationThatNeverHoldsIsTrouble(t *testing.T) {
	t.Parallel()
	if _, err := statuses(t, 200).untilRefused(time.Now()); err == nil || !strings.Contains(err.Error(), "still was let in") {
		t.Errorf("got %v", err)
	}
}

func TestATokenThatIsNotInUseCannotBeRevoked(t *testing.T) {
	t.Parallel()
	if err := statuses(t, 200).letIn(3); err != nil {
		t.Errorf("got %v", err)
	}
	if err := statuses(t, 200, 503).letIn(3); err == nil || err.Error() != "the gateway answered 503" {
		t.Errorf("got %v", err)
	}
}
