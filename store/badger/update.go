package badger

import (
	"context"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// errChanged says that a record is not any more what a change was made from.
var errChanged = errors.New("record has changed meanwhile")

// Update implements [store.Store]. change runs in the caller's goroutine, on
// what a read found: slow, or panicking, it holds up nobody else. If the
// record was changed by another call meanwhile, it runs again on that; of the
// calls that race, one gets through in each round.
func (s *Store) Update(ctx context.Context, link string, change func(*store.Token) error) (store.Record, error) {
	if err := s.drain.enter(); err != nil {
		return store.Record{}, err
	}
	defer s.drain.leave()
	for {
		old, err := s.read(ctx, link)
		if err != nil {
			return store.Record{}, fmt.Errorf("reading the record to change: %w", err)
		}
		next := old.token.Clone()
		if err := change(&next); err != nil {
			return store.Record{}, err
		}
		t := protect(next.Clone(), old.token)
		if err := (&store.Record{Token: t}).Check(); err != nil {
			return store.Record{}, fmt.Errorf("changing a record: %w", err)
		}
		out, err := s.replace(ctx, old, t)
		if err == nil {
			return out, nil
		}
		if !errors.Is(err, errChanged) {
			return store.Record{}, fmt.Errorf("changing a record: %w", err)
		}
	}
}

// protect puts back what no change may touch.
func protect(next store.Token, old *store.Token) store.Token {
	next.Link, next.UUID = old.Link, old.UUID
	next.Created, next.CreatedBy = old.Created, old.CreatedBy
	return next
}

// replace puts t in the place of old, and returns it with the counter as it is
// at the moment of the change.
func (s *Store) replace(ctx context.Context, old stored, t store.Token) (store.Record, error) {
	body, err := encodeToken(&t)
	if err != nil {
		return store.Record{}, err
	}
	// What is held in memory is what would be read.
	next, err := decodeToken(body)
	if err != nil {
		return store.Record{}, err
	}
	i, _ := parseID(t.Link)
	out := store.Record{Token: *next}
	o := &op{
		run: func(txn *engine.Txn) (err error) {
			out.Counter, err = replace(txn, old, next, body)
			return err
		},
		touches: []id{i},
		applied: func() {
			s.live.shard(i).changed(i, func(e *entry) { e.token, out.Counter = next, e.used })
		},
	}
	if relisted(old.token, next) {
		o.shifts = append(shifts(i, old.token, -1), shifts(i, next, 1)...)
	}
	if err := s.submit(ctx, o); err != nil {
		return store.Record{}, err
	}
	return out, nil
}

// replace writes the token t, whose encoding is body, provided that the record
// is still old, and returns the counter, which it does not touch.
func replace(txn *engine.Txn, old stored, t *store.Token, body []byte) (int64, error) {
	i, _ := parseID(old.token.Link)
	now, err := load(txn, i)
	if err != nil {
		return 0, err
	}
	if now.version != old.version {
		return 0, errChanged
	}
	if err := set(txn, i.recordKey(), body); err != nil {
		return 0, err
	}
	if !relisted(old.token, t) {
		return now.counter, nil
	}
	if err := removeFromIndex(txn, i, old.token); err != nil {
		return 0, err
	}
	return now.counter, addToIndex(txn, i, t)
}

// relisted reports whether a change takes a token to other lists, or gives it
// another mark there.
func relisted(old, t *store.Token) bool {
	return old.Issuer != t.Issuer || old.Admin() != t.Admin()
}

// read returns what the database has under link. The caller has entered.
func (s *Store) read(ctx context.Context, link string) (stored, error) {
	if err := ctx.Err(); err != nil {
		return stored{}, fmt.Errorf("waiting for the database: %w", err)
	}
	i, ok := parseID(link)
	if !ok {
		return stored{}, store.ErrNotFound
	}
	return s.readID(i)
}
