package badger

import (
	"context"
	"fmt"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	// mergeFrom is how many new tables Badger begins to merge, and mergeStall
	// how many there are when it lets no write through until it has.
	mergeFrom  = 3
	mergeStall = 8

	// backlogMost is how many of them keep new records waiting, so that uses
	// need never wait for a merge: it takes seconds.
	backlogMost = 5

	// backlogLook is how often a waiting call looks, and backlogPatience how
	// long it waits at most: a merge that fails is not the caller's trouble.
	backlogLook     = 20 * time.Millisecond
	backlogPatience = time.Minute
)

// makeWay waits, before many records are made, until the tables of those made
// before are merged. One record makes no backlog and does not wait.
func (s *Store) makeWay(ctx context.Context, records int) error {
	if records < 2 {
		return nil
	}
	for end := time.Now().Add(backlogPatience); s.backlog() >= backlogMost && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the database to merge its tables: %w", ctx.Err())
		case <-time.After(backlogLook):
		}
		if s.drain.shutting() {
			return store.ErrClosed
		}
	}
	return nil
}

// backlog is how many tables wait to be merged.
func (h *handle) backlog() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.engine == nil {
		return 0
	}
	return h.engine.Levels()[0].NumTables
}
