package badger

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/linkgate/linkgate/store"
)

// An entry is a token in the live set: the record and its counter, as every
// use and every read sees them. The database has the same, some of it a little
// later.
type entry struct {
	id id

	// touched is set by every lookup and taken away by the search for
	// something to evict.
	touched atomic.Bool

	// slot is the entry's place in its shard, whose lock guards it.
	slot int

	// mu guards what follows. It is held for the length of a decision, never
	// over a read or a write of the database.
	mu sync.Mutex

	// token is never changed, only replaced.
	token *store.Token

	// used is the number of uses, those left out that were given back. Nothing
	// else takes it down, whatever becomes of the commit that was to keep it: a
	// use whose outcome is unknown is spent.
	used int64

	// start is what used was when the entry was loaded.
	start int64

	// returned is the number of uses that were given back since the entry was
	// loaded.
	returned int64

	// safe is what the database has: uses up to it need not wait. It is above
	// used where uses were reserved ahead or given back, and unknown after a
	// failed commit.
	safe int64

	// batch is the last one that the entry was put into; nil once that is
	// over. listed is set while it is on the list of the next flush.
	batch  *batch
	listed bool

	// writing is set while its counter is in a transaction.
	writing bool

	// noted is the turn of the journal that has what safe says; 0 where the
	// counter's own key has it.
	noted uint64

	state entryState
}

// unknown is below every count.
const unknown = -1

// An entryState says whether an entry still speaks for its token. Only the
// first two do.
type entryState uint8

const (
	live    entryState = iota
	doomed             // being deleted: its counter must not be written any more
	evicted            // in the database only: look it up again
	gone               // deleted
)

// clean reports whether the counter's own key has all that the entry knows, and
// nobody is about to tell it more. The caller holds the lock.
func (e *entry) clean() bool { return e.settled() && e.idle() }

// parked reports whether that key has something else, such as a count with
// uses reserved ahead, and nobody is about to put it right. The caller holds
// the lock.
func (e *entry) parked() bool { return !e.settled() && e.idle() }

func (e *entry) settled() bool { return e.used == e.safe && e.noted == 0 }

func (e *entry) idle() bool {
	return e.state == live && e.batch == nil && !e.listed && !e.writing
}

// count adds a use. The caller holds the lock and has asked the rules.
func (e *entry) count() {
	if e.used < math.MaxInt64 {
		e.used++
	}
}

// uncount takes a use back. The caller holds the lock and knows that it was
// admitted, and that it was for this token.
func (e *entry) uncount() {
	// The highest count may stand for more uses than it shows.
	if e.used > 0 && e.used < math.MaxInt64 {
		e.used--
		e.returned++
	}
}

// show returns the token and its counter; false where the entry no longer
// speaks for it.
func (e *entry) show() (*store.Token, int64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.token, e.used, e.state < evicted
}
