package badger_test

import (
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// unending is a limit that no benchmark reaches.
const unending = 1 << 40

// The parallelism is per processor: with two of them, 32 is 64 callers.

func BenchmarkUse(b *testing.B) {
	for name, c := range map[string]struct {
		mode   badger.SyncMode
		limit  int64
		tokens int
	}{
		"unlimited":          {badger.SyncAlways, store.NoLimit, 500},
		"unlimited, one hot": {badger.SyncAlways, store.NoLimit, 1},
		"always":             {badger.SyncAlways, unending, 500},
		"always, one hot":    {badger.SyncAlways, unending, 1},
		"everysec":           {badger.SyncEverySecond, unending, 500},
		"everysec, one hot":  {badger.SyncEverySecond, unending, 1},
		"no":                 {badger.SyncNo, unending, 500},
	} {
		for _, parallel := range []int{1, 32, 128} {
			b.Run(name+"/"+strconv.Itoa(parallel), func(b *testing.B) {
				s := mustOpen(b, badger.Options{Path: b.TempDir(), Sync: c.mode})
				links := make([]string, c.tokens)
				for i := range links {
					links[i] = mustCreate(b, s, c.limit)
				}
				each(b, parallel, func(n int) error {
					_, err := s.Use(b.Context(), attempt(links[n%len(links)]))
					return err
				})
			})
		}
	}
}

func BenchmarkPeek(b *testing.B) {
	s := mustOpen(b, badger.Options{Path: b.TempDir()})
	link := mustCreate(b, s, 1)
	each(b, 32, func(int) error { _, err := s.Peek(b.Context(), attempt(link)); return err })
}

func BenchmarkListPage(b *testing.B) {
	s := mustOpen(b, badger.Options{Path: b.TempDir(), Sync: badger.SyncNo})
	for range 1000 {
		mustCreate(b, s, 1)
	}
	each(b, 1, func(int) error { _, err := s.List(b.Context(), store.Query{Limit: 100}); return err })
}

// each runs do from many goroutines until the benchmark has seen enough. Each
// of them counts from another number.
func each(b *testing.B, parallel int, do func(n int) error) {
	b.Helper()
	b.SetParallelism(parallel)
	b.ReportAllocs()
	b.ResetTimer()
	var first atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for n := int(first.Add(7919)); pb.Next(); n++ {
			if err := do(n); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
}
