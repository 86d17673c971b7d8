package badger

import (
	"errors"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// A stored is a record as it lies in the database.
type stored struct {
	token   *store.Token
	counter int64

	// version changes with every change of the record, and not with uses.
	version uint64
}

func (s stored) record() store.Record {
	return store.Record{Token: *s.token, Counter: s.counter}
}

// load returns the record of i with its counter, or [store.ErrNotFound]. One
// of the two without the other is damage: a token whose counter went missing
// was not used zero times, and one whose record went missing is not unknown.
func load(txn *engine.Txn, i id) (stored, error) {
	counter, errCounter := getCounter(txn, i)
	if errCounter != nil && !errors.Is(errCounter, store.ErrNotFound) {
		return stored{}, errCounter
	}
	token, version, errRecord := getToken(txn, i)
	switch {
	case errRecord != nil && !errors.Is(errRecord, store.ErrNotFound):
		return stored{}, errRecord
	case errRecord == nil && errCounter != nil:
		return stored{}, corrupt("a record has no counter")
	case errRecord != nil && errCounter == nil:
		return stored{}, corrupt("a counter has no record")
	case errRecord != nil:
		return stored{}, store.ErrNotFound
	}
	return stored{token, counter, version}, nil
}

func getToken(txn *engine.Txn, i id) (*store.Token, uint64, error) {
	var t *store.Token
	key := i.recordKey()
	version, err := get(txn, key, func(body []byte) (err error) {
		t, err = decodeToken(body)
		return err
	})
	if err == nil && !sameID(t.Link, i) {
		return nil, 0, corrupt("a record stands under another link")
	}
	return t, version, err
}

func sameID(link string, i id) bool {
	got, ok := parseID(link)
	return ok && got == i
}

func getCounter(txn *engine.Txn, i id) (int64, error) {
	var n int64
	_, err := get(txn, i.counterKey(), func(body []byte) (err error) {
		n, err = decodeCounter(body)
		return err
	})
	return n, err
}

// getTotal takes a missing total for zero: that is how zero is kept.
func getTotal(txn *engine.Txn, issuer string) (total, error) {
	var t total
	_, err := get(txn, totalKey(issuer), func(body []byte) (err error) {
		t, err = decodeTotal(body)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return total{}, nil
	}
	return t, err
}

// get hands the body under key to read, which must not keep it, and returns
// the version of the value; or [store.ErrNotFound].
func get(txn *engine.Txn, key []byte, read func(body []byte) error) (uint64, error) {
	item, err := txn.Get(key)
	if errors.Is(err, engine.ErrKeyNotFound) {
		return 0, store.ErrNotFound
	}
	if err != nil {
		return 0, err
	}
	return item.Version(), item.Value(func(value []byte) error {
		body, err := unseal(key, value)
		if err != nil {
			return err
		}
		return read(body)
	})
}

// set keeps body, sealed, under key.
func set(txn *engine.Txn, key, body []byte) error { return txn.Set(key, seal(key, body)) }
