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
		t = t.putOrSplit(e, (*entry).exactly)
	}
	for _, e := range t.exact {
		t = t.putOrSplit(e, (*entry).exactly)
	}
	for _, e := range t.batch.entries {
		t = t.putOrSplit(e, s.reserve)
	}
	return t
}

// putOrSplit writes the counter of e that value asks for.
func (t *transaction) putOrSplit(e *entry, value func(*entry) int64) *transaction {
	if t.batch.failed != nil {
		return t
	}
	err := t.put(e, value)
	if errors.Is(err, engine.ErrTxnTooBig) {
		t.commit()
		t = t.store.begin(t.batch)
		if t.batch.failed != nil {
			return t
		}
		err = t.put(e, value)
	}
	if err != nil {
		t.store.fail(err)
		t.batch.failed = unavailable("writing a counter", err)
	}
	return t
}

func (t *transaction) put(e *entry, value func(*entry) int64) error {
	n, ok := e.take(value)
	if !ok {
		return nil
	}
	t.counts = append(t.counts, counted{e, n})
	return t.store.guard(func() error { return set(t.txn, e.id.counterKey(), encodeCounter(n)) })
}

// take returns what to write; false where the database has it, or must not
// have it any more.
func (e *entry) take(value func(*entry) int64) (int64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != live {
		return 0, false
	}
	n := value(e)
	if n == e.safe {
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
