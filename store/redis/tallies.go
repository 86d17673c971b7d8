package redis

import (
	"context"
	"errors"
	"strconv"
	"sync"
)

// maxPipeline is the most commands that are sent together.
const maxPipeline = 1000

// Tallies are the uses of tokens without a limit that were counted in memory
// and not sent to the server yet.
type tallies struct {
	// sending is held while they are sent.
	sending sync.Mutex

	// name and number name each addition, so that none is made twice: one
	// whose answer was lost is sent again under its name.
	name   string
	number uint64

	mu   sync.Mutex
	list []*entry
}

// later puts an entry on the list, unless it is there. The caller holds its
// lock.
func (t *tallies) later(e *entry) {
	if e.listed {
		return
	}
	e.listed = true
	t.mu.Lock()
	t.list = append(t.list, e)
	t.mu.Unlock()
}

// take empties the list.
func (t *tallies) take() []*entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list
	t.list = nil
	return list
}

// settle sends what was counted here of the token of link, so that the server
// has it when it is asked.
func (s *Store) settle(ctx context.Context, link string) error {
	e := s.live.get(link)
	if e == nil {
		return nil
	}
	e.mu.Lock()
	unsent := e.unsent()
	e.mu.Unlock()
	if !unsent {
		return nil
	}
	return s.flush(ctx)
}

// flush sends all that was counted here. What begins after a use was counted
// returns after the server has it, or an error.
func (s *Store) flush(ctx context.Context) error {
	s.tallies.sending.Lock()
	defer s.tallies.sending.Unlock()
	list := s.tallies.take()
	var failed error
	for len(list) > 0 {
		n := min(len(list), maxPipeline)
		if err := s.send(ctx, list[:n]); err != nil {
			failed = err
		}
		list = list[n:]
	}
	return failed
}

// An addition is a tally on its way to the server.
type addition struct {
	entry *entry
	call  call
	id    string // of the token
	name  string
	floor int64 // the serial that was known when it was sent
}

// send adds the tallies of some entries to the server's counters.
func (s *Store) send(ctx context.Context, list []*entry) error {
	adds, calls := make([]addition, len(list)), make([]call, len(list))
	for i, e := range list {
		adds[i] = s.addition(e)
		calls[i] = adds[i].call
	}
	var failed error
	for i, r := range s.runAll(context.WithoutCancel(ctx), calls) {
		got, err := r.ToArray()
		if err != nil {
			failed = s.failed(ctx, err)
		}
		s.added(adds[i], texts(got), err)
	}
	return failed
}

// addition is what has to be added for an entry. What was sent without an
// answer goes first, under its old name.
func (s *Store) addition(e *entry) addition {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listed = false
	if e.sent == 0 {
		s.tallies.number++
		e.sent, e.pending = e.pending, 0
		e.sentAs = s.tallies.name + "." + strconv.FormatUint(s.tallies.number, 36)
	}
	keys := []string{s.keys.record(e.link), s.keys.counter(e.link)}
	args := []string{e.id, strconv.FormatInt(e.sent, 10), e.sentAs}
	return addition{e, call{addScript, keys, args}, e.id, e.sentAs, e.serial}
}

// added notes the answer to an addition. One that is not known to be done is
// made again.
func (s *Store) added(a addition, got []string, err error) {
	e := a.entry
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.id != a.id || e.sentAs != a.name {
		return // the entry stands for another token by now
	}
	if err == nil {
		e.sent = 0
		n, serial, ok := counterOf(got)
		if !ok {
			e.tally = tally{listed: e.listed} // the token is gone
		} else if serial >= e.serial || serial < a.floor {
			// A lower one was lost in a failover, as it may be without a limit.
			e.serial = serial
			e.counted(n)
		}
	}
	if e.unsent() {
		s.tallies.later(e)
	}
}

// counterOf reads counter and serial.
func counterOf(got []string) (n, serial int64, ok bool) {
	if len(got) < 2 || got[0] == "" {
		return 0, 0, false
	}
	n, err := decodeCounter(got[0])
	serial, err2 := decodeCounter(got[1])
	return n, serial, errors.Join(err, err2) == nil
}
