package badger

import (
	"context"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// Create implements [store.Store]. Some thousand records fit into one call;
// more are [store.ErrInvalid].
func (s *Store) Create(ctx context.Context, records ...store.Record) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	d, err := draftRecords(records)
	if err != nil {
		return err
	}
	if err := s.makeWay(ctx, len(records)); err != nil {
		return err
	}
	return s.submit(ctx, &op{
		run:     func(txn *engine.Txn) error { return create(txn, d) },
		touches: d.ids, shifts: d.shifts,
		applied: func() {
			for _, i := range d.ids {
				s.live.shard(i).changed(i, nil)
			}
		},
	})
}

// create writes drafts, after it has looked for all of them.
func create(txn *engine.Txn, d *drafts) error {
	seen := make(map[id]bool, len(d.ids))
	for n, i := range d.ids {
		_, err := load(txn, i)
		switch {
		case seen[i] || err == nil:
			return fmt.Errorf("creating record %d: %w", n, store.ErrExists)
		case !errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("creating record %d: %w", n, err)
		}
		seen[i] = true
	}
	return d.write(txn)
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, link string) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	i, ok := parseID(link)
	if !ok {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
		return fmt.Errorf("deleting a record: %w", store.ErrNotFound)
	}
	o := s.removal(i)
	o.run = func(txn *engine.Txn) error {
		r, err := load(txn, i)
		if err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
		return o.remove(txn, i, r.token)
	}
	return s.submit(ctx, o)
}

// removal is the deletion of i, but for what has to be asked before.
func (s *Store) removal(i id) *op {
	return &op{
		touches: []id{i}, deletes: true,
		applied: func() { s.live.shard(i).changed(i, func(e *entry) { e.state = gone }) },
	}
}

// remove deletes t, which is kept under i.
func (o *op) remove(txn *engine.Txn, i id, t *store.Token) error {
	o.shifts = shifts(i, t, -1)
	if err := txn.Delete(i.recordKey()); err != nil {
		return err
	}
	if err := txn.Delete(i.counterKey()); err != nil {
		return err
	}
	return removeFromIndex(txn, i, t)
}
