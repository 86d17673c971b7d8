package redis

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/linkgate/linkgate/store"
)

// An entry is what this gateway knows of a token. The database may know better,
// except where the entry is local.
type entry struct {
	link string

	// touched is set by every lookup and taken away by the search for
	// something to evict.
	touched atomic.Bool

	// mu guards what follows. It is never held over a command.
	mu sync.Mutex

	// id, version and token belong together. The token is never changed, only
	// replaced.
	id, version string
	token       *store.Token

	// serial is the highest that the counter of id was seen with. It grows
	// with every use and every return: a lower one means that the database was
	// set back.
	serial int64

	// local is the generation of the live set in which the server has promised
	// to tell of every change of the token, and has told of none. Zero: never.
	local uint64

	// told is how many changes the server has told of, known how often the
	// server was asked about the token.
	told  uint64
	known uint8

	// changing is how many changes are on their way from here.
	changing int

	// asking is how many calls wait for the server's answer about the token.
	// loaded is closed when the reading that would make the entry local is
	// over; nil where there is none.
	asking int
	idle   chan struct{} // closed when nobody asks any more
	loaded chan struct{}

	// evicted says that nobody is told any more: look the token up again.
	evicted bool

	tally
}

// A tally is the counter of a local token without a limit: what the database
// had when it was last asked, and what has come since.
type tally struct {
	used    int64  // all that is known
	pending int64  // of them, not sent yet
	sent    int64  // of them, sent without an answer so far
	sentAs  string // the name of that addition
	listed  bool   // is on the list of the next flush
}

// count adds a use. The caller holds the lock and has asked the rules.
func (e *entry) count() {
	if e.used < math.MaxInt64 {
		e.used++
	}
	e.pending++
}

// counted takes over what the database has. The caller holds the lock.
func (e *entry) counted(n int64) {
	e.used = n
	for _, more := range []int64{e.sent, e.pending} {
		if e.used > math.MaxInt64-more {
			e.used = math.MaxInt64
		} else {
			e.used += more
		}
	}
}

// learn takes over what an answer of the server says of the token. The caller
// holds the lock. What was counted for another token is nobody's any more.
func (e *entry) learn(f found, generation uint64) {
	if e.id != f.id {
		e.serial, e.local, e.known = 0, 0, 0
		e.tally = tally{listed: e.listed}
	}
	if e.local != generation {
		e.id, e.version, e.token = f.id, f.version, f.token
	}
	if f.serial >= e.serial {
		e.serial = f.serial
		e.counted(f.counter)
	}
	if e.known < math.MaxUint8 {
		e.known++
	}
}

// unsent reports whether the database lacks uses that were counted here. The
// caller holds the lock.
func (e *entry) unsent() bool { return e.pending > 0 || e.sent > 0 }

// spare reports whether nothing is lost with the entry. The caller holds the
// lock.
func (e *entry) spare() bool {
	return !e.listed && e.loaded == nil && e.asking == 0 && e.changing == 0 && !e.unsent()
}

// A found is what the server said of a token.
type found struct {
	id, version     string
	token           *store.Token
	counter, serial int64
}
