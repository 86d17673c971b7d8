package badger

import (
	"slices"
	"time"
)

// A journal keeps the counts of a whole batch as one value, in a ring of
// values. Badger takes about as long for that as for the counter of one token,
// so that a use of many tokens costs what one of few does; and a token that is
// used again and again is written into the journal alone.
//
// A counter's own key may be behind the journal. What a value is the last to
// say of a token is written under the token's own key before the ring comes
// round to that value, or at the same instant. Until then the token stays in
// the live set: nobody reads that key meanwhile. After a crash the live set
// begins with the tokens of the journal; see [Store.replay]. A value of the
// journal that is older than the counter's own key says nothing.
type journal struct {
	// most is how many counts it may hold that no other key has. 0: none.
	most int

	// What follows is the committer's. turn is the number of the last value;
	// records are the tokens in each, up to turn, and oldest is the first turn
	// whose tokens are still there.
	turn    uint64
	oldest  uint64
	records [journalLen][]*entry
	held    int

	// last is when it was written to; quiet fires when that may be long ago.
	last  time.Time
	quiet *time.Timer
	armed bool
}

const (
	// journalLen is how many values the ring has.
	journalLen = 128

	// journalLeast is how many counts are worth a value.
	journalLeast = 4

	// journalShare is the part of the live set that may wait in it. Loading as
	// many again after a crash takes a third of a second.
	journalShare = 16

	// journalRest is how long a journal that nothing is written to keeps what
	// it holds.
	journalRest = time.Second
)

func newJournal(liveTokens int) journal {
	j := journal{most: liveTokens / journalShare, oldest: 1, quiet: time.NewTimer(time.Hour)}
	if j.most < journalLen {
		j.most = 0
	}
	j.quiet.Stop()
	return j
}

// worth reports whether the counts of a batch go into the journal. What is
// beyond its bounds would have to be written twice at once.
func (j *journal) worth(n int) bool { return n >= journalLeast && n <= j.most }

// note writes the counters of the batch as the next value of the journal,
// after what only older values have, of which that takes the place.
func (s *Store) note(t *transaction) *transaction {
	j := &s.journal
	j.turn++
	r := newJournalRecord(j.turn, len(t.batch.entries))
	var entries []*entry
	var counts []counted
	for _, e := range t.batch.entries {
		if n, ok := e.take(s.reserve); ok {
			r = r.add(e.id, n)
			entries = append(entries, e)
			counts = append(counts, counted{e, n, j.turn})
		}
	}
	for j.oldest+journalLen <= j.turn || j.held+len(entries) > j.most && j.oldest < j.turn {
		t = s.unload(t, j.oldest)
		j.oldest++
	}
	j.records[j.turn%journalLen] = entries
	j.held += len(entries)
	j.last = s.now()
	return t.write(journalKey(j.turn), r, counts...)
}

// unload writes what only the value of that turn has under the counters' own
// keys.
func (s *Store) unload(t *transaction, turn uint64) *transaction {
	record := &s.journal.records[turn%journalLen]
	for _, e := range *record {
		if n, ok := e.takeNoted(turn); ok {
			t = t.write(e.id.counterKey(), encodeCounter(n), counted{entry: e, value: n})
		}
	}
	s.journal.held -= len(*record)
	*record = nil
	return t
}

// takeNoted returns what to write under the counter's own key; false where no
// value of the journal, or a later one than that of turn, has the count, or it
// is being written already.
func (e *entry) takeNoted(turn uint64) (int64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != live || e.noted != turn || e.writing {
		return 0, false
	}
	e.writing = true
	if e.safe == unknown {
		return e.used, true
	}
	return e.safe, true
}

// arm sees to it that what the journal holds does not stay there for ever.
func (j *journal) arm() {
	if !j.armed && j.held > 0 {
		j.quiet.Reset(journalRest)
		j.armed = true
	}
}

// rest has all that the journal holds written under the counters' own keys,
// unless there was something to write just now. What that has been done for is
// forgotten the next time.
func (s *Store) rest() {
	j := &s.journal
	j.armed = false
	if s.now().Sub(j.last) < journalRest {
		return
	}
	for turn := j.oldest; turn <= j.turn; turn++ {
		record := &j.records[turn%journalLen]
		kept := len(*record)
		*record = slices.DeleteFunc(*record, func(e *entry) bool { return !s.bringHome(e, turn) })
		j.held -= kept - len(*record)
	}
}

// bringHome puts e on the list of the next flush if the value of that turn is
// the last to say its count.
func (s *Store) bringHome(e *entry, turn uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.noted != turn || e.state >= evicted {
		return false
	}
	s.queue.later(e)
	return true
}
