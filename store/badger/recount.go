package badger

import (
	"context"
	"errors"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// An absence is a record of a page whose token was not in the live set.
type absence struct {
	n      int // its place on the page
	id     id
	shard  *shard
	loaded uint64 // the shard's, at that time
}

// recount puts the counters as they are now into records that were read from
// the database, which may have a later count, or one with uses reserved ahead.
// A list does not load tokens: it would drive out those that are in use.
func (s *Store) recount(ctx context.Context, records []store.Record) error {
	var absent []absence
	for n := range records {
		i, _ := parseID(records[n].Token.Link)
		sh := s.live.shard(i)
		e, loaded := sh.glance(i)
		if e != nil {
			if _, used, ok := e.show(); ok {
				records[n].Counter = used
				continue
			}
		}
		absent = append(absent, absence{n, i, sh, loaded})
	}
	if len(absent) == 0 {
		return nil
	}
	// Of a token that is in the database only, that has the last word; but
	// not the picture of it from before the token left the live set.
	err := s.view(ctx, func(txn *engine.Txn) error {
		for _, a := range absent {
			switch n, err := getCounter(txn, a.id); {
			case err == nil:
				records[a.n].Counter = n
			case !errors.Is(err, store.ErrNotFound):
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.recountLoaded(ctx, absent, records)
}

// recountLoaded looks again at those that may have been loaded, and used,
// meanwhile.
func (s *Store) recountLoaded(ctx context.Context, absent []absence, records []store.Record) error {
	for _, a := range absent {
		if _, loaded := a.shard.glance(a.id); loaded == a.loaded {
			continue
		}
		switch _, used, err := s.look(ctx, records[a.n].Token.Link); {
		case err == nil:
			records[a.n].Counter = used
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	return nil
}

// glance looks for i without making it look wanted, and says how many entries
// were ever put into the shard.
func (sh *shard) glance(i id) (*entry, uint64) {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.entries[i], sh.loaded
}
