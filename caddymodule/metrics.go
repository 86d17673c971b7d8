package caddymodule

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkgate/linkgate/store"
)

// outcomes of a request at a gate that are no refusal.
const (
	outcomeAdmitted = "admitted"
	outcomeLocal    = "answered"
)

// requests counts what became of requests at all gates. It lives as long as
// the process: Caddy makes a new registry for each configuration, and a counter
// that began again with each reload would be of no use.
var requests = prometheus.NewCounterVec(prometheus.CounterOpts{
	Namespace: "caddy",
	Subsystem: "linkgate",
	Name:      "requests_total",
	Help:      "Requests that met a gate, by outcome: admitted, answered (HEAD, OPTIONS and prefetch of limited tokens), or the reason of the refusal.",
}, []string{"outcome"})

// givenBack counts the uses that were given back. Their requests are among the
// admitted ones.
var givenBack = prometheus.NewCounter(prometheus.CounterOpts{
	Namespace: "caddy",
	Subsystem: "linkgate",
	Name:      "uses_given_back_total",
	Help:      "Uses that were given back because no upstream could be reached.",
})

// outcome holds one counter each, so that the hot path looks nothing up by
// label.
var outcome = func() map[string]prometheus.Counter {
	m := make(map[string]prometheus.Counter)
	for _, name := range []string{outcomeAdmitted, outcomeLocal} {
		m[name] = requests.WithLabelValues(name)
	}
	for _, r := range store.Reasons() {
		m[string(r)] = requests.WithLabelValues(string(r))
	}
	return m
}()

func countOutcome(name string) {
	if c, ok := outcome[name]; ok {
		c.Inc()
	}
}

// registerMetrics adds the collectors to a configuration's registry.
func registerMetrics(registry *prometheus.Registry) error {
	if registry == nil {
		return nil
	}
	for _, c := range []prometheus.Collector{requests, givenBack, rolledBack, storeInfo{}} {
		err := registry.Register(c)
		if _, already := errors.AsType[prometheus.AlreadyRegisteredError](err); err != nil && !already {
			return err
		}
	}
	return nil
}
