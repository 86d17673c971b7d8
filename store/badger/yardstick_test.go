package badger

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// The yardsticks are Badger as anyone would use it, to hold BenchmarkUse
// against: a bare lookup, and a synced transaction for each use. They have more
// tokens than fit into what Badger holds in memory by itself, as a campaign has.
const yardstickTokens = 100_000

// yardstick opens a plain Badger with tokens of about 300 bytes.
func yardstick(b *testing.B, sync bool) (*engine.DB, [][]byte) {
	b.Helper()
	o := Options{Path: b.TempDir()}
	if err := o.validate(); err != nil {
		b.Fatal(err)
	}
	options := engineOptions(o).WithSyncWrites(false).WithDetectConflicts(true)
	keys := make([][]byte, yardstickTokens)
	db, err := engine.Open(options)
	if err != nil {
		b.Fatal(err)
	}
	batch := db.NewWriteBatch()
	for i := range keys {
		keys[i] = []byte(store.NewLink())
		if err := batch.Set(keys[i], make([]byte, 300)); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(batch.Flush(), db.Close()); err != nil {
		b.Fatal(err)
	}
	if db, err = engine.Open(options.WithSyncWrites(sync)); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db, keys
}

func BenchmarkYardstickViewGet(b *testing.B) {
	for _, parallel := range []int{1, 32} {
		b.Run(strconv.Itoa(parallel), func(b *testing.B) {
			db, keys := yardstick(b, false)
			b.SetParallelism(parallel)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for n := rand.IntN(len(keys)); pb.Next(); n++ {
					err := db.View(func(txn *engine.Txn) error {
						item, err := txn.Get(keys[n%len(keys)])
						if err != nil {
							return err
						}
						return item.Value(func([]byte) error { return nil })
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.StopTimer()
		})
	}
}

func BenchmarkYardstickSyncedTransaction(b *testing.B) {
	for _, parallel := range []int{1, 32, 128} {
		b.Run(strconv.Itoa(parallel), func(b *testing.B) {
			db, keys := yardstick(b, true)
			b.SetParallelism(parallel)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for n := rand.IntN(len(keys)); pb.Next(); n++ {
					err := db.Update(func(txn *engine.Txn) error { return addOne(txn, keys[n%len(keys)]) })
					for errors.Is(err, engine.ErrConflict) {
						err = db.Update(func(txn *engine.Txn) error { return addOne(txn, keys[n%len(keys)]) })
					}
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.StopTimer()
		})
	}
}

func addOne(txn *engine.Txn, key []byte) error {
	item, err := txn.Get(key)
	if err != nil {
		return err
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint64(value, binary.BigEndian.Uint64(value)+1)
	return txn.Set(key, value)
}
