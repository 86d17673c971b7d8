package badger

import (
	"context"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"
)

// An op is a change of anything but counters.
type op struct {
	// run reads and writes in a transaction that it may share with others. It
	// returns one of the store's own errors only before its first write. It
	// may run more than once. Nil: nothing is to be done.
	run func(*engine.Txn) error

	// touches are the tokens that it makes, changes or deletes.
	touches []id
	deletes bool

	// shifts are the places on lists that it gives and takes, known when it has
	// run.
	shifts []shift

	// applied runs when the change is committed, before anybody sees it.
	applied func()

	batch *batch
	err   error
}

// submit hands o to the committer and waits for its outcome. Either the
// committer took the op and carries it to its end, or the context ended first
// and nothing has changed.
func (s *Store) submit(ctx context.Context, o *op) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting for the committer: %w", err)
	}
	if err := s.health.stuck(); err != nil {
		return unavailable("waiting for the committer", err)
	}
	b := s.queue.add(o)
	select {
	case <-b.done:
	case <-ctx.Done():
		if s.queue.withdraw(o) {
			return fmt.Errorf("waiting for the committer: %w", ctx.Err())
		}
		<-b.done
	}
	if b.err != nil {
		return b.err
	}
	return o.err
}
