package badger

import (
	"fmt"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// bulkRecords are tokens as the bulk API makes them.
func bulkRecords(n int) []store.Record {
	now := time.Now().UTC().Truncate(time.Microsecond)
	out := make([]store.Record, n)
	for i := range out {
		out[i].Token = store.Token{
			Link: store.NewLink(), UUID: "0d3a1c5e-6f1b-4f7a-9d3c-2b1a0f9e8d7c", RID: fmt.Sprintf("customer-%08d", i),
			URL: "https://shop.example/landing/", Issuer: "spring-sale", Expires: now.Add(24 * time.Hour), Minutes: 1440, Limit: 3,
			State: store.Enabled, Created: now, Modified: now, CreatedBy: "0d3a1c5e-6f1b-4f7a-9d3c-2b1a0f9e8d7c",
			Config: []string{"link", "token"},
		}
	}
	return out
}

// BenchmarkYardstickWriteBatch writes what BenchmarkCreateMany writes, with
// Badger's own means for it.
func BenchmarkYardstickWriteBatch(b *testing.B) {
	o := Options{Path: b.TempDir()}
	if err := o.validate(); err != nil {
		b.Fatal(err)
	}
	db, err := engine.Open(engineOptions(o))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	w := db.NewWriteBatch()
	defer w.Cancel()
	for b.Loop() {
		b.StopTimer()
		d, err := draftRecords(bulkRecords(batchOfRecords))
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for _, p := range d.pairs {
			if err := w.SetEntry(engine.NewEntry(p.key, p.value).WithMeta(p.meta)); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)*batchOfRecords/b.Elapsed().Seconds(), "records/s")
}

// batchOfRecords is how many records the bulk API keeps at once.
const batchOfRecords = 256

func BenchmarkCreateMany(b *testing.B) {
	s, err := Open(Options{Path: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if err := s.Create(b.Context(), bulkRecords(batchOfRecords)...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*batchOfRecords/b.Elapsed().Seconds(), "records/s")
}
