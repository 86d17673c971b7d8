package badger

import engine "github.com/dgraph-io/badger/v4"

// VerifyChecksum reads every table of a closed store.
func VerifyChecksum(o Options) error {
	if err := o.validate(); err != nil {
		return err
	}
	db, err := engine.OpenManaged(engineOptions(o))
	if err != nil {
		return err
	}
	defer db.Close()
	return db.VerifyChecksum()
}
