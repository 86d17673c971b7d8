package caddymodule

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// infos are the labels of the stores that a scrape shows.
func infos(t *testing.T) (all []string) {
	t.Helper()
	registry := prometheus.NewRegistry()
	if err := registerMetrics(registry); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "caddy_linkgate_store_info" {
			continue
		}
		for _, m := range f.GetMetric() {
			all = append(all, fmt.Sprint(m.GetLabel()))
		}
	}
	return all
}

func TestTheLogAndTheMetricsSayWhichStoreItIsAndWhatItPromises(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zapcore.InfoLevel)
	dir := filepath.Join(t.TempDir(), "db")
	app := &App{provider: &BadgerStore{Path: dir, Sync: "no"}, log: zap.New(core), now: time.Now, opener: new(opener)}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Cleanup() }()

	const promise = "a power cut loses some, and limits are exceeded by as many"
	first := logs.FilterMessage("token store opened").All()
	if len(first) != 1 {
		t.Fatalf("%d lines say that the store was opened", len(first))
	}
	for field, want := range map[string]string{"store": "badger", "resource": dir, "terms": "sync no", "promise": promise} {
		if got := fmt.Sprint(first[0].ContextMap()[field]); !strings.Contains(got, want) {
			t.Errorf("the line says %s %q, want %q", field, got, want)
		}
	}
	e, err := app.open()
	if err != nil {
		t.Fatal(err)
	}
	if n := nameOf(e.Store); n.Store != "badger" || !strings.Contains(n.Promise, promise) {
		t.Errorf("health says %+v", n)
	}
	for _, labels := range infos(t) {
		if strings.Contains(labels, `"badger"`) && strings.Contains(labels, promise) {
			return
		}
	}
	t.Errorf("the metrics say %v", infos(t))
}
