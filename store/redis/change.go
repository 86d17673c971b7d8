package redis

import (
	"context"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// Update implements [store.Store]. The change is made on what was read, and
// taken by the server only if the record is still that: else it is made anew.
func (s *Store) Update(ctx context.Context, link string, change func(*store.Token) error) (store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return store.Record{}, err
	}
	defer s.leave()
	for {
		old, err := s.read(ctx, link)
		if err != nil {
			return store.Record{}, fmt.Errorf("changing a record: %w", err)
		}
		t := old.token.Clone()
		if err := change(&t); err != nil {
			return store.Record{}, err
		}
		t.Link, t.UUID = old.token.Link, old.token.UUID
		t.Created, t.CreatedBy = old.token.Created, old.token.CreatedBy
		r := store.Record{Token: t.Clone(), Counter: old.counter}
		if err := r.Check(); err != nil {
			return store.Record{}, fmt.Errorf("changing a record: %w", err)
		}
		done, err := s.replace(ctx, old, &r)
		if err != nil {
			return store.Record{}, fmt.Errorf("changing a record: %w", err)
		}
		if done {
			return r, nil
		}
	}
}

// replace puts r, and its place in the lists, where old was. It reports false
// where that is another one by now.
func (s *Store) replace(ctx context.Context, old stored, r *store.Record) (done bool, err error) {
	rest, err := judged(&r.Token)
	if err != nil {
		return false, err
	}
	link, place := r.Token.Link, member(&r.Token)
	c := call{
		script: updateScript, keys: []string{s.keys.record(link), s.keys.counter(link)},
		args: append([]string{old.id, old.version, place}, rest...),
	}
	from, to := s.keys.lists(old.token), s.keys.lists(&r.Token)
	if s.opts.Cluster {
		if err := s.enlist(ctx, to, place); err != nil {
			return false, err
		}
	} else {
		c.keys = append(c.keys, from[0], from[1], to[0], to[1])
	}
	changed := s.live.changing(link)
	got, err := s.run(ctx, c)
	changed()
	if err != nil {
		return false, err
	}
	answer := texts(got)
	if answer[0] == "done" {
		r.Counter, err = decodeCounter(answer[1])
	}
	if s.opts.Cluster && err == nil {
		err = s.tidy(ctx, link, place, append(from[:], to[:]...))
	}
	return answer[0] == "done", err
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, link string) error {
	return s.DeleteIf(ctx, link, func(*store.Token) error { return nil })
}

// DeleteIf implements [store.Store]. What was judged is what is deleted: where
// the record has changed meanwhile, it is judged anew.
func (s *Store) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for {
		old, err := s.read(ctx, link)
		if err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
		t := old.token.Clone()
		if err := may(&t); err != nil {
			return err
		}
		done, err := s.remove(ctx, old)
		if err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
		if done {
			return nil
		}
	}
}

// remove deletes the record old, and its place in the lists. It reports false
// where it is another one by now.
func (s *Store) remove(ctx context.Context, old stored) (done bool, err error) {
	link, lists := old.token.Link, s.keys.lists(old.token)
	c := call{
		script: deleteScript, keys: []string{s.keys.record(link), s.keys.counter(link)},
		args: []string{old.id, old.version, member(old.token)},
	}
	if !s.opts.Cluster {
		c.keys = append(c.keys, lists[0], lists[1])
	}
	changed := s.live.changing(link)
	got, err := s.run(ctx, c)
	changed()
	if err != nil {
		return false, err
	}
	switch answer, _ := got[0].ToString(); {
	case answer == "gone":
		return false, store.ErrNotFound
	case answer != "done":
		return false, nil
	case s.opts.Cluster:
		return true, s.tidy(ctx, link, member(old.token), lists[:])
	}
	return true, nil
}
