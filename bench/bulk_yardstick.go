package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/dgraph-io/badger/v4"
	tuning "github.com/dgraph-io/badger/v4/options"
)

// A pair is a key with its value.
type pair struct{ key, value []byte }

// writeBatchRate writes what the gateway, which has ended, has kept of the
// tokens minted in bulk into another database, with Badger's own means for
// many writes and the store's settings, and returns tokens per second.
func writeBatchRate(from, to string, o options) (float64, error) {
	pairs, err := bulkPairs(from, o.bulk)
	if err != nil {
		return 0, fmt.Errorf("reading what was minted: %w", err)
	}
	db, err := badger.Open(yardstickOptions(to).WithSyncWrites(o.sync != "no"))
	if err != nil {
		return 0, fmt.Errorf("opening the yardstick: %w", err)
	}
	defer db.Close()
	begin := time.Now()
	w := db.NewWriteBatch()
	defer w.Cancel()
	for _, p := range pairs {
		if err := w.Set(p.key, p.value); err != nil {
			return 0, fmt.Errorf("writing the yardstick: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return 0, fmt.Errorf("writing the yardstick: %w", err)
	}
	return float64(len(pairs)/pairsOfToken) / time.Since(begin).Seconds(), nil
}

// pairsOfToken is how many keys a token has: see the layout in store/badger.
const pairsOfToken = 4

// bulkPairs reads the keys and values of the first tokens minted in bulk, in
// the order in which they were made.
func bulkPairs(dir string, tokens int) ([]pair, error) {
	db, err := badger.OpenManaged(yardstickOptions(dir))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	txn := db.NewTransactionAt(math.MaxUint64, false)
	defer txn.Discard()
	prefix := append(binary.BigEndian.AppendUint16([]byte("i/"), uint16(len(bulkCampaign))), bulkCampaign...)
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	pairs := make([]pair, 0, pairsOfToken*tokens)
	for it.Rewind(); it.Valid() && len(pairs) < cap(pairs); it.Next() {
		index := it.Item().KeyCopy(nil)
		pos := index[len(prefix):]
		pairs = append(pairs, pair{key: index}, pair{key: append([]byte("a/"), pos...)})
		for _, kind := range []string{"t/", "c/"} {
			key := append([]byte(kind), pos[8:]...)
			item, err := txn.Get(key)
			if err != nil {
				return nil, err
			}
			value, err := item.ValueCopy(nil)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, pair{key, value})
		}
	}
	return pairs, nil
}

// yardstickOptions are the store's.
func yardstickOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).WithLogger(nil).
		WithDetectConflicts(false).WithMetricsEnabled(false).
		WithCompression(tuning.None).WithBlockCacheSize(0).WithIndexCacheSize(0).
		WithChecksumVerificationMode(tuning.OnBlockRead).
		WithMemTableSize(16 << 20).WithNumMemtables(2).
		WithNumLevelZeroTables(3).WithNumLevelZeroTablesStall(8).
		WithNumCompactors(2).WithBaseTableSize(4 << 20).
		WithValueThreshold(1 << 20).WithValueLogFileSize(1 << 20)
}
