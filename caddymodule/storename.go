package caddymodule

import (
	"crypto/rand"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkgate/linkgate/store"
)

// instanceID tells this process from any other one.
var instanceID = rand.Text()

// A storeName says which store it is and what it promises.
type storeName struct {
	Store   string `json:"store"`
	Promise string `json:"promise,omitempty"`
}

// nameOf is the name of a store that this process has open.
func nameOf(s store.Store) storeName {
	n := storeName{Promise: promiseOf(s)}
	switch shared := s.(type) {
	case *lease:
		n.Store = shared.name
	case *openStore:
		n.Store = shared.name
	}
	return n
}

// storeInfo shows the stores of this process. What a store promises can change
// with the settings of its server, so that it is asked anew each time.
type storeInfo struct{}

var storeInfoDesc = prometheus.NewDesc(
	prometheus.BuildFQName("caddy", "linkgate", "store_info"),
	"1 for each open token store, with what it is and what it promises.",
	[]string{"store", "promise"}, nil)

// Describe implements [prometheus.Collector].
func (storeInfo) Describe(to chan<- *prometheus.Desc) { to <- storeInfoDesc }

// Collect implements [prometheus.Collector]. Two stores of one kind, as for a
// moment in a reload, are one line.
func (storeInfo) Collect(to chan<- prometheus.Metric) {
	seen := map[storeName]bool{}
	stores.Range(func(_, v any) bool {
		if s, ok := v.(*openStore); ok {
			if n := nameOf(s); !seen[n] {
				seen[n] = true
				to <- prometheus.MustNewConstMetric(storeInfoDesc, prometheus.GaugeValue, 1, n.Store, n.Promise)
			}
		}
		return true
	})
}

// Interface guards
var _ prometheus.Collector = storeInfo{}
