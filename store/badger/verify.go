package badger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	engine "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
)

// verifiers is how many tables are verified at once: what a small machine has
// processors for. Each of them holds one table in memory.
const verifiers = 2

// verify reads every table and compares the checksums. It runs at opening
// because afterwards Badger reports a damaged block as an absent key.
func verify(db *engine.DB, o engine.Options) error {
	check := db.VerifyChecksum
	if len(o.EncryptionKey) == 0 {
		check = func() error { return verifyFiles(o.Dir, db.Tables) }
	}
	if err := noPanic(check); err != nil {
		return fmt.Errorf("%w: verifying the tables: %w", ErrCorrupt, foreign(err))
	}
	return nil
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

// verifyFiles reads the tables that list returns as files. Badger would read
// them where it has them mapped, and the process would be as large as the
// database from then on.
//
// Badger merges tables meanwhile, and makes those that it needs no more empty
// before it removes them: what is wrong with a table that is not listed any
// more is no damage.
func verifyFiles(dir string, list func() []engine.TableInfo) error {
	tables := list()
	listed := func(number uint64) bool {
		return slices.ContainsFunc(list(), func(t engine.TableInfo) bool { return t.ID == number })
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed [verifiers]error
	for n := range failed {
		wg.Go(func() {
			var buffer []byte
			for failed[n] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(tables) {
					return
				}
				err := noPanic(func() (err error) {
					buffer, err = verifyFile(dir, tables[i].ID, buffer)
					return err
				})
				if err != nil && listed(tables[i].ID) {
					failed[n] = err
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(failed[:]...)
}

// verifyFile reads a table into buffer, or a larger one that it returns.
func verifyFile(dir string, number uint64, buffer []byte) ([]byte, error) {
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
	t, err := table.OpenInMemoryTable(buffer[:size], number, &table.Options{ChkMode: options.OnBlockRead})
	if err != nil {
		return buffer, err
	}
	return buffer, t.VerifyChecksum()
}
