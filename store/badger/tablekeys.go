package badger

import (
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2"
)

// tableKeys says how to read tables that Badger has not opened. Those of an
// encrypted database need their keys, and Badger wants a cache for what it
// deciphers of their indexes.
type tableKeys struct {
	registry *engine.KeyRegistry
	indexes  *ristretto.Cache[uint64, *fb.TableIndex] // nil without encryption
}

// indexCache is for one table of each verifier, and more.
const indexCache = 8 << 20

func newTableKeys(o engine.Options) (*tableKeys, error) {
	registry, err := engine.OpenKeyRegistry(engine.KeyRegistryOptions{Dir: o.Dir, ReadOnly: true, EncryptionKey: o.EncryptionKey})
	switch {
	case errors.Is(err, engine.ErrEncryptionKeyMismatch):
		return nil, ErrEncryptionKey
	case err != nil:
		return nil, fmt.Errorf("%w: reading the keys of the tables: %w", ErrCorrupt, foreign(err))
	}
	k := &tableKeys{registry: registry}
	if len(o.EncryptionKey) == 0 {
		return k, nil
	}
	k.indexes, err = ristretto.NewCache(&ristretto.Config[uint64, *fb.TableIndex]{NumCounters: 1000, MaxCost: indexCache, BufferItems: 64})
	return k, err
}

// options are those for one table.
func (k *tableKeys) options(t engine.TableManifest) (*table.Options, error) {
	o := &table.Options{ChkMode: options.OnBlockRead, Compression: t.Compression, IndexCache: k.indexes}
	if k.registry == nil || t.KeyID == 0 {
		return o, nil
	}
	key, err := k.registry.DataKey(t.KeyID)
	o.DataKey = key
	return o, err
}

func (k *tableKeys) close() {
	if k.indexes != nil {
		k.indexes.Close()
	}
}
