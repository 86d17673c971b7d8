package badger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	engine "github.com/dgraph-io/badger/v4"
)

// manifestTries is how often a MANIFEST is read that seems damaged: it may be
// that the process which has the database open is writing it just now.
const manifestTries = 3

// checkManifest reports whether the directory holds tables, and refuses a
// MANIFEST that cannot be read to its last byte. Badger would take what it can
// read for all there is, and delete the tables that it then knows nothing of.
func checkManifest(o engine.Options) (tables bool, err error) {
	files, err := filesIn(o.Dir, ".sst")
	if err != nil {
		return false, err
	}
	tables = len(files) > 0
	for try := range manifestTries {
		if try > 0 {
			time.Sleep(20 * time.Millisecond)
		}
		if _, err = readManifest(o); err == nil {
			return tables, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) && !tables {
		return false, nil
	}
	return false, fmt.Errorf("%w: reading %s: %w", ErrCorrupt, engine.ManifestFilename, err)
}

// listedTables are the tables that make up the database.
type listedTables map[uint64]engine.TableManifest

func (l listedTables) has(number uint64) bool {
	_, ok := l[number]
	return ok
}

func readManifest(o engine.Options) (listedTables, error) {
	f, err := os.Open(filepath.Join(o.Dir, engine.ManifestFilename))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	m, good, err := engine.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	if err != nil {
		return nil, err
	}
	if good < info.Size() {
		return nil, fmt.Errorf("its last %d bytes make no sense", info.Size()-good)
	}
	return m.Tables, nil
}
