package redis_test

import (
	"math"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// BenchmarkUse charges one token from many goroutines, with and without a
// limit.
func BenchmarkUse(b *testing.B) {
	for name, limit := range map[string]int64{"limited": math.MaxInt64, "unlimited": store.NoLimit} {
		b.Run(name, func(b *testing.B) {
			s := mustOpen(b, on(server(b).Addr))
			link := mustCreate(b, s, limit)
			followed(b, s, link)
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if d, err := s.Use(b.Context(), attempt(link)); err != nil || !d.Admitted() {
						b.Errorf("Use: %q, %v", d.Reason, err)
					}
				}
			})
		})
	}
}
