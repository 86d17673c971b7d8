package badger

import (
	"context"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// DeleteIf implements [store.Store]. may runs in the caller's goroutine on what
// a read found, as a change of Update does, and again where the record was
// changed before it could be deleted.
func (s *Store) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	for {
		old, err := s.read(ctx, link)
		if err != nil {
			return fmt.Errorf("reading the record to delete: %w", err)
		}
		judged := old.token.Clone()
		if err := may(&judged); err != nil {
			return err
		}
		err = s.removeOld(ctx, old)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errChanged) {
			return fmt.Errorf("deleting a record: %w", err)
		}
	}
}

// removeOld deletes the record, provided that it is still old.
func (s *Store) removeOld(ctx context.Context, old stored) error {
	i, _ := parseID(old.token.Link)
	o := s.removal(i)
	o.run = func(txn *engine.Txn) error {
		now, err := load(txn, i)
		if err != nil {
			return err
		}
		if now.version != old.version {
			return errChanged
		}
		return o.remove(txn, i, now.token)
	}
	return s.submit(ctx, o)
}
