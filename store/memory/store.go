// Package memory keeps tokens in a map. It is the executable specification of
// [store.Store]: simple enough to believe, and what tests of everything above
// a store run against. Nothing survives the process.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/linkgate/linkgate/store"
)

// A Store is a map of records under one mutex. Each call holds the mutex from
// its first look to its last change, so it takes effect at one instant; for
// the same reason a change function given to Update must not call the store.
type Store struct {
	mu      sync.Mutex
	closed  bool
	records map[string]store.Record
	vault   map[string][]byte
}

// New returns an empty store.
func New() *Store {
	return &Store{records: map[string]store.Record{}, vault: map[string][]byte{}}
}

// enter takes the mutex for a call, unless the call cannot take place.
func (s *Store) enter(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		s.mu.Unlock()
		return fmt.Errorf("waiting for the store: %w", err)
	}
	return nil
}

// Health implements [store.Store].
func (s *Store) Health(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	s.mu.Unlock()
	return nil
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// Keep implements [store.Vault].
func (s *Store) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if err := store.CheckName(name); err != nil {
		return nil, err
	}
	if err := store.CheckValue(value); err != nil {
		return nil, err
	}
	if _, kept := s.vault[name]; !kept {
		s.vault[name] = slices.Clone(value)
	}
	return slices.Clone(s.vault[name]), nil
}

// Kept implements [store.Vault].
func (s *Store) Kept(ctx context.Context, prefix string) (map[string][]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	out := maps.Clone(s.vault)
	maps.DeleteFunc(out, func(name string, _ []byte) bool { return !strings.HasPrefix(name, prefix) })
	for name, value := range out {
		out[name] = slices.Clone(value)
	}
	return out, nil
}

// Forget implements [store.Vault].
func (s *Store) Forget(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, kept := s.vault[name]; !kept {
		return store.ErrNotFound
	}
	delete(s.vault, name)
	return nil
}

// Interface guards.
var _ store.Store = (*Store)(nil)
