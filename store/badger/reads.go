package badger

import (
	"context"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// Peek implements [store.Store].
func (s *Store) Peek(ctx context.Context, a store.Attempt) (store.Decision, error) {
	if err := s.drain.enter(); err != nil {
		return store.Decision{}, err
	}
	defer s.drain.leave()
	t, used, err := s.look(ctx, a.Link)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Judge(nil, 0, &a), nil
	case err != nil:
		return store.Decision{}, fmt.Errorf("judging a token: %w", err)
	}
	d := store.Judge(t, used, &a)
	if d.Admitted() {
		if err := s.mark.allows(t); err != nil {
			return store.Decision{}, fmt.Errorf("judging a token: %w", err)
		}
	}
	return d, nil
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, link string) (store.Record, error) {
	if err := s.drain.enter(); err != nil {
		return store.Record{}, err
	}
	defer s.drain.leave()
	t, used, err := s.look(ctx, link)
	if err != nil {
		return store.Record{}, fmt.Errorf("reading a record: %w", err)
	}
	return store.Record{Token: *t, Counter: used}, nil
}

// readID returns what the database has under i. The caller has entered, or is
// the committer.
func (s *Store) readID(i id) (stored, error) {
	var r stored
	err := s.viewed(s.db.view(func(txn *engine.Txn) (err error) {
		r, err = load(txn, i)
		return err
	}))
	return r, err
}

// viewed names a failure of reading for what it is.
func (s *Store) viewed(err error) error {
	if err == nil || ours(err) {
		return err
	}
	return unavailable("reading the database", err)
}

// view runs a read on a consistent picture of the database, in which every
// call that has returned is seen. The caller has entered.
func (s *Store) view(ctx context.Context, read func(*engine.Txn) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting for the database: %w", err)
	}
	err := s.db.view(read)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("reading the database: %w", err)
	}
	return s.viewed(err)
}
