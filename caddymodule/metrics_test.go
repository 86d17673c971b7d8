package caddymodule

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkgate/linkgate/store"
)

// TestEachRequestIsCountedOnceUnderItsOutcome is not parallel: the counters
// are those of the process.
func TestEachRequestIsCountedOnceUnderItsOutcome(t *testing.T) {
	g := testGate(t, Gate{GuessLimit: &GuessLimit{Count: 1}}, record(linkA, limited(1)))
	before := outcomes(t)
	if want := len(store.Reasons()) + 2; len(before) != want {
		t.Errorf("%d outcomes are shown before the first request, want all %d", len(before), want)
	}
	head := newRequest(t, "/"+linkA, nil)
	head.Method = http.MethodHead
	for _, r := range []*http.Request{
		head,
		newRequest(t, "/"+linkA, nil),
		newRequest(t, "/"+linkA, nil),
		newRequest(t, "/"+linkB, nil),
		newRequest(t, "/"+linkB, nil),
		newRequest(t, "/"+linkA+"/../x", nil),
	} {
		pass(t, g, r)
	}
	want := map[string]float64{"answered": 1, "admitted": 1, "exhausted": 1, "unknown": 1, "rate_limited": 1, "bad_path": 1}
	for name, n := range outcomes(t) {
		if got := n - before[name]; got != want[name] {
			t.Errorf("%s: counted %v times, want %v", name, got, want[name])
		}
	}
}

// givenBackName is the metric of the uses that were given back.
const givenBackName = "caddy_linkgate_uses_given_back_total"

// outcomes is what a configuration's registry shows of our counter of requests.
func outcomes(t *testing.T) map[string]float64 {
	t.Helper()
	all := shown(t)
	delete(all, givenBackName)
	return all
}

// shown is what a configuration's registry shows of us: by outcome, or by name
// where there is none.
func shown(t *testing.T) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	for range 2 { // as a second server of one configuration would
		if err := registerMetrics(registry); err != nil {
			t.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		if name := f.GetName(); name == "caddy_linkgate_rolled_back" || name == "caddy_linkgate_store_info" {
			continue
		}
		if f.GetName() != "caddy_linkgate_requests_total" && f.GetName() != givenBackName {
			t.Errorf("there is a metric %s", f.GetName())
		}
		for _, m := range f.GetMetric() {
			name := f.GetName()
			if labels := m.GetLabel(); len(labels) > 0 {
				name = labels[0].GetValue()
			}
			values[name] = m.GetCounter().GetValue()
		}
	}
	return values
}
