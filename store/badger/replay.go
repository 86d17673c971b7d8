package badger

import (
	"errors"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// A note is what the journal says of a token.
type note struct {
	count   int64
	turn    uint64
	version uint64 // of the value that says it
}

// replay puts the tokens into the live set whose counts only the journal has.
// It runs before anybody can use one, and writes nothing: a disk may be full.
func (s *Store) replay() error {
	return s.viewed(s.db.view(func(txn *engine.Txn) error {
		notes, err := s.journal.read(txn)
		if err != nil {
			return err
		}
		for i, n := range notes {
			e, err := newer(txn, i, n)
			if err != nil {
				return err
			}
			if e == nil {
				continue
			}
			sh := s.live.shard(i)
			sh.mu.Lock()
			sh.insert(e)
			sh.mu.Unlock()
			s.journal.hold(e, n.turn)
		}
		return nil
	}))
}

// newer returns the entry of i as the journal has it; nil where the counter's
// own key is newer, or no longer there. Nor is there one for a token whose
// record is damaged: nobody can use it.
func newer(txn *engine.Txn, i id, n note) (*entry, error) {
	version, err := get(txn, i.counterKey(), func([]byte) error { return nil })
	if errors.Is(err, store.ErrNotFound) || version > n.version {
		return nil, nil
	}
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return nil, err
	}
	token, _, err := getToken(txn, i)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrCorrupt) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &entry{id: i, token: token, used: n.count, start: n.count, safe: n.count}, nil
}

// read returns the newest that the journal says of each token, and takes up its
// turn.
func (j *journal) read(txn *engine.Txn) (map[id]note, error) {
	o := engine.DefaultIteratorOptions
	o.Prefix = []byte(journalPrefix)
	it := txn.NewIterator(o)
	defer it.Close()
	notes := map[id]note{}
	for it.Rewind(); it.Valid(); it.Next() {
		item := it.Item()
		err := item.Value(func(value []byte) error {
			r, err := openJournalRecord(item.Key(), value)
			if err != nil {
				return err
			}
			j.turn = max(j.turn, r.turn())
			r.each(func(i id, count int64) {
				if notes[i].version < item.Version() {
					notes[i] = note{count, r.turn(), item.Version()}
				}
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	j.oldest = max(journalLen, j.turn) - journalLen + 1
	return notes, nil
}

// hold notes that only the value of that turn has what e says. A value that was
// left behind by a turn that failed waits for the next of its place.
func (j *journal) hold(e *entry, turn uint64) {
	e.noted = j.turn - (j.turn-turn)%journalLen
	record := &j.records[e.noted%journalLen]
	*record = append(*record, e)
	j.held++
}
