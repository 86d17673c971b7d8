package badger

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// An identity is what a database knows of itself: its mark has to name it.
type identity struct {
	// ID is random and made once; empty in a database that has no mark yet.
	ID string `json:"id"`

	// Mark is where the mark lies. A database that finds none there has lost
	// it. One that stands somewhere else, without a mark, was moved or copied
	// without it: then nothing can be said, and it gets a new one.
	Mark string `json:"mark"`

	// SetBack is what was noticed and not accepted yet. It is kept because the
	// database goes on meanwhile and would come to be ahead of the mark.
	SetBack *store.Rollback `json:"set_back,omitempty"`
}

// owner is the ID as it stands in the mark.
func (i identity) owner() (out [16]byte) {
	if text, err := hex.DecodeString(i.ID); err == nil {
		copy(out[:], text)
	}
	return out
}

// readIdentity returns the zero identity where the database has none.
func readIdentity(txn *engine.Txn) (identity, error) {
	var out identity
	_, err := get(txn, identityKey, func(body []byte) error {
		if json.Unmarshal(body, &out) != nil || len(out.ID) != hex.EncodedLen(16) {
			return corrupt("the identity cannot be decoded")
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return out, err
}

func writeIdentity(txn *engine.Txn, i identity) error {
	body, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("encoding the identity: %w", err)
	}
	return set(txn, identityKey, body)
}

// keepIdentity writes i and syncs it, while nobody else writes.
func (s *Store) keepIdentity(i identity) error {
	txn := s.db.engine.NewTransactionAt(math.MaxUint64, true)
	defer txn.Discard()
	at := s.db.nextCommit()
	err := s.guard(func() error {
		if err := writeIdentity(txn, i); err != nil {
			return err
		}
		return s.commit(txn, at)
	})
	if err != nil {
		return fmt.Errorf("keeping the identity: %w", foreign(err))
	}
	s.db.published(at, nil)
	s.mark.owner = i
	// One commit, in the log that is being written, by the only writer: then
	// this is a barrier.
	return s.db.engine.Sync()
}

// trace leaves something in a commit that may be nothing but deletions, or
// nothing at all. Badger does not write the latter, and forgets a deletion
// after a while, and the number of its commit with it: the database would seem
// to have gone back.
func trace(txn *engine.Txn) error { return set(txn, traceKey, nil) }
