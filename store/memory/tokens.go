package memory

import (
	"context"
	"fmt"
	"maps"
	"math"

	"github.com/linkgate/linkgate/store"
)

// Use implements [store.Store].
func (s *Store) Use(ctx context.Context, a store.Attempt) (store.Decision, error) {
	if err := s.enter(ctx); err != nil {
		return store.Decision{}, err
	}
	defer s.mu.Unlock()
	d := s.judge(&a)
	if !d.Admitted() {
		return d, nil
	}
	r := s.records[a.Link]
	if r.Counter < math.MaxInt64 {
		r.Counter++
	}
	s.records[a.Link] = r
	d.Counter = r.Counter
	return d, nil
}

// GiveBack implements [store.Store].
func (s *Store) GiveBack(ctx context.Context, charged store.Decision) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := charged.CheckCharged(); err != nil {
		return err
	}
	r, kept := s.records[charged.Token.Link]
	if !kept || !r.Token.Is(charged.Token) {
		return store.ErrNotFound
	}
	if r.Counter > 0 && r.Counter < math.MaxInt64 {
		r.Counter--
	}
	s.records[charged.Token.Link] = r
	return nil
}

// Peek implements [store.Store].
func (s *Store) Peek(ctx context.Context, a store.Attempt) (store.Decision, error) {
	if err := s.enter(ctx); err != nil {
		return store.Decision{}, err
	}
	defer s.mu.Unlock()
	return s.judge(&a), nil
}

func (s *Store) judge(a *store.Attempt) store.Decision {
	r, kept := s.records[a.Link]
	if !kept {
		return store.Judge(nil, 0, a)
	}
	t := r.Token.Clone()
	return store.Judge(&t, r.Counter, a)
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, link string) (store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return store.Record{}, err
	}
	defer s.mu.Unlock()
	r, kept := s.records[link]
	if !kept {
		return store.Record{}, store.ErrNotFound
	}
	return clone(r), nil
}

// Create implements [store.Store].
func (s *Store) Create(ctx context.Context, records ...store.Record) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for i := range records {
		if err := records[i].Check(); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	fresh := make(map[string]store.Record, len(records))
	for i, r := range records {
		_, kept := s.records[r.Token.Link]
		if _, twice := fresh[r.Token.Link]; kept || twice {
			return fmt.Errorf("record %d: %w", i, store.ErrExists)
		}
		fresh[r.Token.Link] = clone(r)
	}
	maps.Copy(s.records, fresh)
	return nil
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, link string, change func(*store.Token) error) (store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return store.Record{}, err
	}
	defer s.mu.Unlock()
	old, kept := s.records[link]
	if !kept {
		return store.Record{}, store.ErrNotFound
	}
	t := old.Token.Clone()
	if err := change(&t); err != nil {
		return store.Record{}, err
	}
	t.Link, t.UUID = old.Token.Link, old.Token.UUID
	t.Created, t.CreatedBy = old.Token.Created, old.Token.CreatedBy
	r := clone(store.Record{Token: t, Counter: old.Counter})
	if err := r.Check(); err != nil {
		return store.Record{}, err
	}
	s.records[link] = r
	return clone(r), nil
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, link string) error {
	return s.DeleteIf(ctx, link, func(*store.Token) error { return nil })
}

// DeleteIf implements [store.Store].
func (s *Store) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	r, kept := s.records[link]
	if !kept {
		return store.ErrNotFound
	}
	t := r.Token.Clone()
	if err := may(&t); err != nil {
		return err
	}
	delete(s.records, link)
	return nil
}

func clone(r store.Record) store.Record {
	return store.Record{Token: r.Token.Clone(), Counter: r.Counter}
}
