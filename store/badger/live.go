package badger

import (
	"context"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// shardTokens is how many tokens a shard has to hold before it is worth having
// more than one of them, and maxShards how many there are at most.
const (
	shardTokens = 64
	maxShards   = 64
)

// A liveSet holds the tokens that were used or read lately, so that a request
// needs no reading of the database. A token is loaded when it is first asked
// for; beyond a number of them those that nobody asks for make room.
type liveSet struct {
	shards []shard
}

func newLiveSet(most int, park func(*entry)) *liveSet {
	n := 1
	for n < maxShards && n*2*shardTokens <= most {
		n *= 2
	}
	l := &liveSet{shards: make([]shard, n)}
	for i := range l.shards {
		l.shards[i] = shard{
			entries: map[id]*entry{}, loads: map[id]*loading{},
			unknown: newNegative(unknownTokens / n), most: max(1, most/n), park: park,
		}
	}
	return l
}

// shard returns the part in which i is. Links are random: any byte will do.
func (l *liveSet) shard(i id) *shard { return &l.shards[int(i[idLen-1])&(len(l.shards)-1)] }

// each calls do for every entry, with a shard locked.
func (l *liveSet) each(do func(*entry)) {
	for i := range l.shards {
		sh := &l.shards[i]
		sh.mu.Lock()
		for _, e := range sh.ring {
			do(e)
		}
		sh.mu.Unlock()
	}
}

// find returns the entry of i, or nil where no such token is kept. By the time
// the caller looks, the entry may have been evicted: then it asks again.
func (s *Store) find(ctx context.Context, i id) (*entry, error) {
	sh := s.live.shard(i)
	if e := sh.get(i); e != nil {
		return e, nil
	}
	e, l, first := sh.begin(i)
	if l == nil {
		return e, nil
	}
	if first {
		s.load(sh, i, l)
	}
	select {
	case <-l.done:
		return l.entry, l.err
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the database: %w", ctx.Err())
	}
}

// load reads a token for all who wait for l. It does not end with the context
// of the one who happened to come first.
func (s *Store) load(sh *shard, i id, l *loading) {
	for {
		r, err := s.readID(i)
		if !sh.finish(i, l, r, err) {
			return
		}
	}
}

// look finds the token of link and its counter as it is now, or returns
// [store.ErrNotFound].
func (s *Store) look(ctx context.Context, link string) (*store.Token, int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, fmt.Errorf("waiting for the database: %w", err)
	}
	i, ok := parseID(link)
	if !ok {
		return nil, 0, store.ErrNotFound
	}
	for {
		e, err := s.find(ctx, i)
		if err != nil {
			return nil, 0, err
		}
		if e == nil {
			return nil, 0, store.ErrNotFound
		}
		if t, used, ok := e.show(); ok {
			return t, used, nil
		}
	}
}
