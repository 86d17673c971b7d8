package redis

import (
	"context"
	"fmt"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// Keep implements [store.Vault].
func (s *Store) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if err := store.CheckName(name); err != nil {
		return nil, err
	}
	if err := store.CheckValue(value); err != nil {
		return nil, err
	}
	got, err := s.run(ctx, call{keepScript, []string{s.keys.vault()}, []string{name, string(value)}})
	if err != nil {
		return nil, fmt.Errorf("keeping a value: %w", err)
	}
	kept, err := got[0].ToString()
	if err != nil {
		return nil, unavailable("keeping a value", err)
	}
	return []byte(kept), nil
}

// Kept implements [store.Vault].
func (s *Store) Kept(ctx context.Context, prefix string) (map[string][]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	all, err := s.work.Do(within, s.work.B().Hgetall().Key(s.keys.vault()).Build()).AsStrMap()
	if err != nil {
		return nil, fmt.Errorf("reading values: %w", s.failed(ctx, err))
	}
	out := map[string][]byte{}
	for name, value := range all {
		if strings.HasPrefix(name, prefix) {
			out[name] = []byte(value)
		}
	}
	return out, nil
}

// Forget implements [store.Vault].
func (s *Store) Forget(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	n, err := s.work.Do(within, s.work.B().Hdel().Key(s.keys.vault()).Field(name).Build()).AsInt64()
	switch {
	case err != nil:
		return fmt.Errorf("forgetting a value: %w", s.failed(ctx, err))
	case n == 0:
		return store.ErrNotFound
	}
	return nil
}
