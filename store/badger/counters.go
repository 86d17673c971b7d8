package badger

import (
	"errors"

	engine "github.com/dgraph-io/badger/v4"
)

// counters writes the counters of the batch into t, each of them once however
// often the token was used, and returns the transaction that is to be
// committed: another one where they did not fit into the first.
func (s *Store) counters(t *transaction) *transaction {
	for _, e := range t.batch.lazy {
		t = t.put(e, (*entry).exactly)
	}
	for _, e := range t.exact {
		t = t.put(e, (*entry).exactly)
	}
	// Changes and counts of one token in one commit would be of the same age. And
	// with reservations few uses of one token wait: those that do would mostly be
	// written twice.
	if len(t.ops) == 0 && s.mode != SyncEverySecond && s.journal.worth(len(t.batch.entries)) {
		return s.note(t)
	}
	for _, e := range t.batch.entries {
		t = t.put(e, s.reserve)
	}
	return t
}

// put writes the counter of e that value asks for under its own key.
func (t *transaction) put(e *entry, value func(*entry) int64) *transaction {
	if t.batch.failed != nil {
		return t
	}
	n, ok := e.take(value)
	if !ok {
		return t
	}
	return t.write(e.id.counterKey(), encodeCounter(n), counted{entry: e, value: n})
}

// write keeps body, and with it counts, under key, in another transaction
// where it does not fit into t.
func (t *transaction) write(key, body []byte, counts ...counted) *transaction {
	set := func() error { return t.store.guard(func() error { return set(t.txn, key, body) }) }
	var err error
	if t.batch.failed == nil {
		err = set()
	}
	if errors.Is(err, engine.ErrTxnTooBig) {
		t.commit()
		t = t.store.begin(t.batch)
		if err = nil; t.batch.failed == nil {
			err = set()
		}
	}
	// Those of a batch that has failed are told so when it is committed.
	t.counts = append(t.counts, counts...)
	if err != nil {
		t.store.fail(err)
		t.batch.failed = unavailable("writing a counter", err)
	}
	return t
}

// take returns what to write; false where the counter's own key has it, or must
// not have it any more.
func (e *entry) take(value func(*entry) int64) (int64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != live {
		return 0, false
	}
	n := value(e)
	if n == e.safe && e.noted == 0 {
		return 0, false
	}
	// What is above the new value must not be handed out while it is being
	// taken back.
	e.safe = min(e.safe, n)
	e.writing = true
	return n, true
}

// exactly is the counter without anything ahead.
func (e *entry) exactly() int64 { return e.used }
