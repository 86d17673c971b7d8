package badger

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// GiveBack implements [store.Store]. It waits for nothing: the next use may
// have what was given back at once, and the lower count is written a moment
// later. Until then a crash leaves the use spent.
func (s *Store) GiveBack(ctx context.Context, charged store.Decision) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("giving a use back: %w", err)
	}
	if err := charged.CheckCharged(); err != nil {
		return fmt.Errorf("giving a use back: %w", err)
	}
	for {
		err := s.giveBack(ctx, charged.Token)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errAgain) {
			return fmt.Errorf("giving a use back: %w", err)
		}
	}
}

func (s *Store) giveBack(ctx context.Context, t *store.Token) error {
	i, ok := parseID(t.Link)
	if !ok {
		return store.ErrNotFound
	}
	e, err := s.find(ctx, i)
	if err != nil {
		return err
	}
	if e == nil {
		return store.ErrNotFound
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.state >= evicted:
		return errAgain
	case !e.token.Is(t):
		return store.ErrNotFound
	}
	e.uncount()
	if e.used != e.safe {
		s.queue.later(e)
	}
	return nil
}
