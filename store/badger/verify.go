package badger

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	engine "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// verifiers is how many tables are verified at once: what a small machine has
// processors for. Each of them holds one table in memory.
const verifiers = 2

// verify reads every table and compares the checksums, before Badger opens any:
// on some damage it panics in goroutines of its own, which ends the process, and
// once it is open it reports a damaged block as an absent key.
func verify(o engine.Options) error {
	unlock, err := lockTables(o.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	keys, err := newTableKeys(o)
	if err != nil {
		return err
	}
	defer keys.close()
	list := func() listedTables {
		listed, err := readManifest(o)
		if err != nil {
			return nil // opening finds out why, and says it better
		}
		return listed
	}
	if err := verifyFiles(o.Dir, list, keys.options); err != nil {
		return fmt.Errorf("%w: verifying the tables: %w", ErrCorrupt, foreign(err))
	}
	return nil
}

// lockTables keeps other processes from merging tables meanwhile, where the
// system can do that.
func lockTables(dir string) (unlock func(), err error) {
	for range lockTries {
		unlock, err = lockDir(dir)
		switch {
		case err == nil:
			return unlock, nil
		case errors.Is(err, errors.ErrUnsupported):
			return func() {}, nil
		}
		waitForLock()
	}
	return nil, locked(dir)
}

// noPanic runs check. Badger panics on some damaged files.
func noPanic(check func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %T", r)
		}
	}()
	return check()
}

// verifyFiles reads the tables that list returns as files: read where Badger
// maps them, the process would be as large as the database from then on.
//
// Where another process has the database open, which not every system tells, it
// merges tables meanwhile, and makes those that it needs no more empty before
// it removes them: what is wrong with a table that is not listed any more is no
// damage.
func verifyFiles(dir string, list func() listedTables, options func(engine.TableManifest) (*table.Options, error)) error {
	tables := list()
	numbers := slices.Sorted(maps.Keys(tables))
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed [verifiers]error
	for n := range failed {
		wg.Go(func() {
			var buffer []byte
			for failed[n] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(numbers) {
					return
				}
				err := noPanic(func() error {
					o, err := options(tables[numbers[i]])
					if err == nil {
						buffer, err = verifyFile(dir, numbers[i], o, buffer)
					}
					return err
				})
				if err != nil && list().has(numbers[i]) {
					failed[n] = err
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(failed[:]...)
}

// verifyFile reads a table into buffer, or a larger one that it returns.
func verifyFile(dir string, number uint64, o *table.Options, buffer []byte) ([]byte, error) {
	f, err := os.Open(table.NewFilename(number, dir))
	if err != nil {
		return buffer, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return buffer, err
	}
	size := int(info.Size())
	if cap(buffer) < size {
		buffer = make([]byte, size)
	}
	if _, err := io.ReadFull(f, buffer[:size]); err != nil {
		return buffer, err
	}
	t, err := table.OpenInMemoryTable(buffer[:size], number, o)
	if err != nil {
		return buffer, err
	}
	return buffer, t.VerifyChecksum()
}
