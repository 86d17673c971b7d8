package redis

import (
	"context"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// GiveBack implements [store.Store]. The server takes the use back; one that
// was only counted here is sent there first.
func (s *Store) GiveBack(ctx context.Context, charged store.Decision) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if err := charged.CheckCharged(); err != nil {
		return fmt.Errorf("giving a use back: %w", err)
	}
	if err := s.giveBack(ctx, charged.Token); err != nil {
		return fmt.Errorf("giving a use back: %w", err)
	}
	return nil
}

func (s *Store) giveBack(ctx context.Context, t *store.Token) error {
	if !store.ValidLink(t.Link) {
		return store.ErrNotFound
	}
	if err := s.settle(ctx, t.Link); err != nil {
		return err
	}
	keys := []string{s.keys.record(t.Link), s.keys.counter(t.Link)}
	got, err := s.run(ctx, call{giveBackScript, keys, []string{t.UUID, position(t)}})
	if err != nil {
		return err
	}
	answer := texts(got)
	if len(answer) < 3 {
		return store.ErrNotFound
	}
	n, serial, ok := counterOf(answer[1:])
	if !ok {
		return damaged("a counter is no number of uses")
	}
	if e := s.live.get(t.Link); e != nil {
		e.mu.Lock()
		if e.id == answer[0] && serial > e.serial {
			e.serial = serial
			e.counted(n)
		}
		e.mu.Unlock()
	}
	return nil
}
