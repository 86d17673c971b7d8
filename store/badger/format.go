package badger

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	engine "github.com/dgraph-io/badger/v4"
)

// formatVersion is that of the layout in doc.go. Whatever an older program
// would misread gets another number. Version 1 had no journal.
const (
	formatVersion = 2
	oldestFormat  = 1
)

// checkFormat writes the format version into a new database, or one of an older
// version, and compares it in one that exists: from then on no older program
// opens that. hadTables is set where the directory held data before it
// was opened: if that is gone now, it was not a new database.
func checkFormat(db *engine.DB, hadTables bool) error {
	var found []byte
	empty := true
	err := db.View(func(txn *engine.Txn) error {
		item, err := txn.Get(formatKey)
		if err == nil {
			found, err = item.ValueCopy(nil)
			return err
		}
		if !errors.Is(err, engine.ErrKeyNotFound) {
			return err
		}
		it := txn.NewIterator(engine.IteratorOptions{})
		defer it.Close()
		it.Rewind()
		empty = !it.Valid()
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("reading the format version: %w", err)
	case found != nil:
		version, err := readFormat(found)
		if err != nil || version == formatVersion {
			return err
		}
		// There is only one older one, which has nothing that is misread.
		return writeFormat(db)
	case !empty:
		return fmt.Errorf("%w: it has data but no format version, so another program wrote it", ErrFormat)
	case hadTables:
		return fmt.Errorf("%w: its tables are there but hold nothing", ErrCorrupt)
	}
	return writeFormat(db)
}

// readFormat returns the format version, unless it is none that this program
// knows.
func readFormat(value []byte) (int, error) {
	body, err := unseal(formatKey, value)
	if err != nil {
		return 0, fmt.Errorf("%w: its version cannot be read", ErrFormat)
	}
	version, err := strconv.Atoi(string(body))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: its version is not a number", ErrFormat)
	case version > formatVersion:
		return 0, fmt.Errorf("%w: version %d is newer than version %d of this program; use a newer linkgate",
			ErrFormat, version, formatVersion)
	case version < oldestFormat:
		return 0, fmt.Errorf("%w: version %d is unknown to this program", ErrFormat, version)
	}
	return version, nil
}

func writeFormat(db *engine.DB) error {
	txn := db.NewTransactionAt(math.MaxUint64, true)
	defer txn.Discard()
	err := set(txn, formatKey, []byte(strconv.Itoa(formatVersion)))
	if err == nil {
		err = txn.CommitAt(db.MaxVersion()+1, nil)
	}
	if err != nil {
		return fmt.Errorf("writing the format version: %w", err)
	}
	return nil
}
