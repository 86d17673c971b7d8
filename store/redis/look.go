package redis

import (
	"context"
	"fmt"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// Look implements [store.Looker]: gateways look for their keys all the time,
// and the vault may hold much besides.
func (s *Store) Look(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	value, err := s.work.Do(within, s.work.B().Hget().Key(s.keys.vault()).Field(name).Build()).AsBytes()
	switch {
	case rueidis.IsRedisNil(err):
		return nil, store.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("reading a value: %w", s.failed(ctx, err))
	}
	return value, nil
}

// Interface guards.
var _ store.Looker = (*Store)(nil)
