package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// Rollback implements [store.Rewindable].
func (s *Store) Rollback() *store.Rollback { return s.history.noticed.Load() }

// AcceptRollback implements [store.Rewindable]. It begins a new epoch, which
// the other gateways follow within a moment.
func (s *Store) AcceptRollback(ctx context.Context) (store.Rollback, error) {
	if err := s.enter(ctx); err != nil {
		return store.Rollback{}, err
	}
	defer s.leave()
	h := &s.history
	h.accepting.Lock()
	defer h.accepting.Unlock()
	r := h.noticed.Load()
	if r == nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w: none was noticed", store.ErrNotFound)
	}
	known, _ := h.known()
	id := rand.Text()
	if _, err := s.run(ctx, call{acceptScript, []string{s.keys.epoch()}, []string{id, known}}); err != nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w", err)
	}
	p, err := s.where(ctx)
	if err != nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w", err)
	}
	s.live.forgetSerials()
	h.accept(id, p.seqs)
	s.saveMark()
	return *r, nil
}

// where reads how far the database is.
func (s *Store) where(ctx context.Context) (place, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	return readPlace(s.watch.DoMulti(ctx, s.askPlace()...))
}

// askPlace are the commands that readPlace reads the answers of.
func (s *Store) askPlace() []rueidis.Completed {
	b := s.watch.B()
	out := make([]rueidis.Completed, 0, 1+s.keys.parts)
	out = append(out, b.Hmget().Key(s.keys.epoch()).Field("id", "prev", "back").Build())
	for part := range s.keys.parts {
		out = append(out, b.Get().Key(s.keys.seq(part)).Build())
	}
	return out
}

func readPlace(got []rueidis.RedisResult) (place, error) {
	epoch, err := got[0].ToArray()
	if err != nil {
		return place{}, err
	}
	said := texts(epoch)
	p := place{epoch: said[0], prev: strings.Fields(said[1]), back: said[2]}
	for _, r := range got[1:] {
		n, err := r.AsInt64()
		if err != nil && !rueidis.IsRedisNil(err) {
			return p, err
		}
		p.seqs = append(p.seqs, n)
	}
	return p, nil
}
