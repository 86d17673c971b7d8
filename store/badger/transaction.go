package badger

import (
	"errors"
	"fmt"
	"math"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// A transaction is one commit in the making.
type transaction struct {
	store  *Store
	batch  *batch
	txn    *engine.Txn
	ops    []*op    // that are in it
	doomed []*entry // of the tokens that they delete
	exact  []*entry // of the tokens that they change
	counts []counted
}

// A counted is a counter as it is being written.
type counted struct {
	entry *entry
	value int64
	noted uint64 // the turn of the journal that has it; 0: its own key has it
}

// begin starts a transaction that sees everything there is. What is written in
// it has a version that no committed value has.
func (s *Store) begin(b *batch) *transaction {
	return &transaction{store: s, batch: b, txn: s.db.engine.NewTransactionAt(math.MaxUint64, true)}
}

// do runs o and tells the live set what is about to happen. After an error
// that is not one of the store's own, the transaction has to be aborted.
func (t *transaction) do(o *op) error {
	if t.batch.failed != nil {
		return t.batch.failed
	}
	if o.run == nil {
		return nil
	}
	if len(t.ops) == 0 {
		if err := trace(t.txn); err != nil {
			return err
		}
	}
	t.store.proceeds(t.batch)
	if err := t.store.guard(func() error { return o.run(t.txn) }); err != nil {
		return err
	}
	t.ops = append(t.ops, o)
	for _, i := range o.touches {
		if e := t.store.live.shard(i).get(i); e != nil {
			t.prepare(e, o.deletes)
		}
	}
	return nil
}

// prepare keeps the counter of a token that is being deleted from coming back,
// and takes that of one that is being changed along: a reservation that was
// made under another limit must not outlive it.
func (t *transaction) prepare(e *entry, deletes bool) {
	if !deletes {
		t.exact = append(t.exact, e)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == live {
		e.state = doomed
		t.doomed = append(t.doomed, e)
	}
}

// abort leaves everything as it was.
func (t *transaction) abort() {
	t.txn.Discard()
	t.spare()
}

// spare says that the tokens that were to be deleted are not.
func (t *transaction) spare() {
	for _, e := range t.doomed {
		e.mu.Lock()
		if e.state == doomed {
			e.state = live
		}
		e.mu.Unlock()
	}
}

// commit makes the transaction durable and visible, or fails all that is in it.
func (t *transaction) commit() {
	defer t.txn.Discard()
	if t.batch.failed != nil || len(t.ops)+len(t.counts) == 0 {
		t.lost()
		return
	}
	s := t.store
	at := s.db.nextCommit()
	if err := s.guard(func() error { return s.commit(t.txn, at) }); err != nil {
		// Badger may have kept the write or not: nobody knows until it is
		// reopened. What follows on a failed sync would be lost with it.
		s.fail(err)
		t.batch.failed = unavailable("committing", err)
		t.lost()
		return
	}
	s.mark.advance(at)
	s.db.published(at, func() { t.apply(at) })
}

// apply tells the live set and the places what the database has now.
func (t *transaction) apply(at uint64) {
	for _, c := range t.counts {
		c.entry.mu.Lock()
		c.entry.safe, c.entry.noted, c.entry.writing = c.value, c.noted, false
		c.entry.mu.Unlock()
	}
	for _, o := range t.ops {
		t.store.db.places.apply(at, o.shifts)
		if o.applied != nil {
			o.applied()
		}
	}
}

// lost answers the ops of a transaction whose outcome is unknown, and
// remembers what has to be looked at when the database is open again.
func (t *transaction) lost() {
	t.spare()
	for _, c := range t.counts {
		c.entry.mu.Lock()
		c.entry.safe, c.entry.writing = unknown, false
		if c.entry.state < evicted {
			t.store.queue.later(c.entry)
		}
		c.entry.mu.Unlock()
	}
	for _, o := range t.ops {
		o.err = t.batch.failed
		t.store.unsettled = append(t.store.unsettled, o.touches...)
	}
}

// spoiled is the answer to an op that failed on its own.
func spoiled(err error) error {
	switch {
	case errors.Is(err, store.ErrUnavailable):
		return err
	case errors.Is(err, engine.ErrTxnTooBig):
		return fmt.Errorf("%w: too much for one call", store.ErrInvalid)
	}
	return unavailable("preparing a write", err)
}
