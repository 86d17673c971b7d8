package redis

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

var errSkeleton = errors.New("not implemented yet")

// A Store keeps tokens in a Redis or Valkey that gateways share.
type Store struct {
	opts   Options
	client rueidis.Client
}

// Open opens a store. Where the server cannot be reached the error wraps
// [store.ErrUnavailable].
func Open(_ context.Context, o Options) (*Store, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	client, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress: o.Addresses, Username: o.Username, Password: o.Password, SelectDB: o.DB, TLSConfig: o.TLS, DisableRetry: true,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w: %w", store.ErrUnavailable, err)
	}
	return &Store{opts: o, client: client}, nil
}

// Promise says in a line what the store is and what it promises.
func (s *Store) Promise() string { return "redis" }

// Use implements [store.Store].
func (s *Store) Use(context.Context, store.Attempt) (store.Decision, error) {
	return store.Decision{}, errSkeleton
}

// GiveBack implements [store.Store].
func (s *Store) GiveBack(context.Context, store.Decision) error { return errSkeleton }

// Peek implements [store.Store].
func (s *Store) Peek(context.Context, store.Attempt) (store.Decision, error) {
	return store.Decision{}, errSkeleton
}

// Get implements [store.Store].
func (s *Store) Get(context.Context, string) (store.Record, error) {
	return store.Record{}, errSkeleton
}

// Create implements [store.Store].
func (s *Store) Create(context.Context, ...store.Record) error { return errSkeleton }

// Update implements [store.Store].
func (s *Store) Update(context.Context, string, func(*store.Token) error) (store.Record, error) {
	return store.Record{}, errSkeleton
}

// Delete implements [store.Store].
func (s *Store) Delete(context.Context, string) error { return errSkeleton }

// DeleteIf implements [store.Store].
func (s *Store) DeleteIf(context.Context, string, func(*store.Token) error) error {
	return errSkeleton
}

// List implements [store.Store].
func (s *Store) List(context.Context, store.Query) (store.Page, error) {
	return store.Page{}, errSkeleton
}

// Health implements [store.Store].
func (s *Store) Health(context.Context) error { return errSkeleton }

// Keep implements [store.Vault].
func (s *Store) Keep(context.Context, string, []byte) ([]byte, error) { return nil, errSkeleton }

// Kept implements [store.Vault].
func (s *Store) Kept(context.Context, string) (map[string][]byte, error) { return nil, errSkeleton }

// Forget implements [store.Vault].
func (s *Store) Forget(context.Context, string) error { return errSkeleton }

// Close implements [store.Store].
func (s *Store) Close() error { s.client.Close(); return nil }

// Rollback implements [store.Rewindable].
func (s *Store) Rollback() *store.Rollback { return nil }

// AcceptRollback implements [store.Rewindable].
func (s *Store) AcceptRollback(context.Context) (store.Rollback, error) {
	return store.Rollback{}, store.ErrNotFound
}

// Interface guards.
var (
	_ store.Store      = (*Store)(nil)
	_ store.Rewindable = (*Store)(nil)
)
