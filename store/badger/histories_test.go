package badger

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// An event is one call of a client and what it saw, between two ticks of a
// clock that all share.
type event struct {
	begin, end int64
	use        bool
	back       bool // a use is given back
	admitted   bool
	failed     bool // with an unknown outcome
	known      bool
	version    int // of the record
	counter    int64
	limit      int64
}

// A witness is one token with its owner, who alone changes, deletes and makes
// it, and everybody's calls. Version n of the record is what its n-th call
// left; where that was a deletion, nothing.
type witness struct {
	link string
	tick *atomic.Int64

	// returns says that clients give some of their uses back.
	returns bool

	changes []change // the owner's

	mu     sync.Mutex
	events []event
}

type change struct {
	begin, end int64
	kept       bool
	life       int // which of the token's lives
}

// TestEveryAnswerFitsOneHistory lets clients and owners at the store and then
// looks for an answer that no order of the calls can explain.
func TestEveryAnswerFitsOneHistory(t *testing.T) {
	t.Parallel()
	for _, mode := range []SyncMode{SyncAlways, SyncEverySecond, SyncNo} {
		for _, tokens := range []int{0, 2} {
			t.Run(string(mode)+", tokens in memory: "+strconv.Itoa(tokens), func(t *testing.T) {
				t.Parallel()
				s := open(t, Options{Path: t.TempDir(), Sync: mode, LiveTokens: tokens})
				all := witnesses(6)
				var owners, clients sync.WaitGroup
				over := make(chan struct{})
				for n, w := range all {
					owners.Go(func() { w.own(t, s, limits[n%len(limits)], 40) })
				}
				for range 10 {
					clients.Go(func() { visit(t, s, all, over) })
				}
				owners.Wait()
				close(over)
				clients.Wait()
				for _, w := range all {
					w.check(t)
					if n := w.failures(); n > 0 {
						t.Errorf("%d calls failed", n)
					}
				}
				consistent(t, again(t, s))
			})
		}
	}
}

// TestFailuresLeaveOneHistory does the same without owners on a disk that
// fails every now and then: what was answered stays so.
func TestFailuresLeaveOneHistory(t *testing.T) {
	t.Parallel()
	for _, mode := range []SyncMode{SyncAlways, SyncEverySecond} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{Path: t.TempDir(), Sync: mode, LiveTokens: 2})
			all := witnesses(4)
			for _, w := range all {
				w.own(t, s, 1000, 1)
			}
			var clock, commits atomic.Int64
			good := s.commit
			s.now = func() time.Time { return time.Unix(clock.Add(1), 0) } // each look is a second later
			s.commit = func(txn *engine.Txn, at uint64) error {
				switch commits.Add(1) % 23 {
				case 7:
					return errDisk
				case 19:
					return errors.Join(good(txn, at), errDisk)
				}
				return good(txn, at)
			}
			var clients sync.WaitGroup
			over := make(chan struct{})
			for range 8 {
				clients.Go(func() { visit(t, s, all, over) })
			}
			time.Sleep(200 * time.Millisecond)
			eventually(t, "a failure is seen", func() bool {
				return slices.ContainsFunc(all, func(w *witness) bool { return w.failures() > 0 })
			})
			close(over)
			clients.Wait()
			// The disk is good again, from the committer's next commit on.
			commits.Store(-1 << 62)
			eventually(t, "the store is up", func() bool { return s.Health(t.Context()) == nil })
			next := again(t, s)
			for _, w := range all {
				w.check(t)
				w.survives(t, counterOf(t, next, w.link))
			}
		})
	}
}

func witnesses(n int) []*witness {
	out, tick := make([]*witness, n), &atomic.Int64{}
	for i := range out {
		out[i] = &witness{link: store.NewLink(), tick: tick, returns: i%2 == 1, changes: []change{{}}}
	}
	return out
}

// limits are those that an owner draws from, at most; zero is none.
var limits = []int64{0, 10, 300}

// own makes the token and changes it again and again.
func (w *witness) own(t *testing.T, s *Store, limit int64, rounds int) {
	life := 0
	for n := 1; n <= rounds; n++ {
		c := change{kept: true}
		var err error
		last := w.changes[len(w.changes)-1]
		c.begin = w.tick.Add(1)
		switch {
		case !last.kept:
			life++
			token := store.Token{Link: w.link, RID: strconv.Itoa(n), State: store.Enabled, Created: time.Now(), UUID: strconv.Itoa(n)}
			if limit > 0 {
				token.Limit = limit/2 + 1 + rand.Int64N(limit/2)
			}
			err = s.Create(t.Context(), store.Record{Token: token})
		case n%5 == 0:
			c.kept = false
			err = s.Delete(t.Context(), w.link)
		default:
			_, err = s.Update(t.Context(), w.link, func(t *store.Token) error {
				t.RID = strconv.Itoa(n)
				if limit > 0 {
					t.Limit = 1 + rand.Int64N(limit)
				}
				return nil
			})
		}
		c.end, c.life = w.tick.Add(1), life
		if err != nil {
			t.Errorf("change %d: %v", n, err)
		}
		w.changes = append(w.changes, c)
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
	}
}

// mostVisits bounds what one client does.
const mostVisits = 5000

// visit uses and reads tokens until it is over.
func visit(t *testing.T, s *Store, all []*witness, over <-chan struct{}) {
	for range mostVisits {
		select {
		case <-over:
			return
		case <-time.After(time.Duration(rand.IntN(200)) * time.Microsecond):
		}
		w := all[rand.IntN(len(all))]
		e := event{use: rand.IntN(4) > 0, begin: w.tick.Add(1)}
		a := store.Attempt{Link: w.link}
		var d store.Decision
		var err error
		if e.use {
			d, err = s.Use(t.Context(), a)
		} else {
			d, err = s.Peek(t.Context(), a)
		}
		e.end = w.tick.Add(1)
		if e.failed = err != nil; e.failed && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if d.Token != nil {
			e.known, e.counter, e.limit = true, d.Counter, d.Token.Limit
			e.version, _ = strconv.Atoi(d.Token.RID)
		}
		e.admitted = d.Admitted() && !e.failed
		w.add(e)
		if w.returns && e.use && e.admitted && rand.IntN(2) == 0 {
			w.giveBack(t, s, d)
		}
	}
}

func (w *witness) add(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}
