package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

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
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.noticed.Load()
	if r == nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w: none was noticed", store.ErrNotFound)
	}
	id := rand.Text()
	if _, err := s.run(ctx, call{acceptScript, []string{s.keys.epoch()}, []string{id, h.epoch}}); err != nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w", err)
	}
	p, err := s.where(ctx)
	if err != nil {
		return store.Rollback{}, fmt.Errorf("accepting a rollback: %w", err)
	}
	h.epoch, h.seen = id, p.seqs
	s.live.forgetSerials()
	h.noticed.Store(nil)
	s.saveMark(time.Now())
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

// remember compares where the database is with where it was, moves its
// sequence on if uses were charged, and tells it what was noticed. The caller
// holds the history's lock.
func (s *Store) remember(ctx context.Context, p place) {
	h := &s.history
	if h.compare(p) {
		s.log.Warn("a rollback of the database was accepted: the counters are taken as they are")
		s.live.forgetSerials()
	}
	if r := h.noticed.Load(); r != nil {
		if p.back == "" {
			s.tell(ctx, p, r)
		}
		return
	}
	if h.charged.Swap(false) {
		s.moveOn(ctx)
	}
}

// moveOn moves the sequence of the database on.
func (s *Store) moveOn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	for part := range s.history.seen {
		incr := []rueidis.Completed{s.work.B().Incr().Key(s.keys.seq(part)).Build()}
		if s.opts.ReplicaAcks > 0 {
			incr = append(incr, s.waitForReplicas())
		}
		got := s.work.DoMulti(ctx, incr...)
		n, err := got[0].AsInt64()
		if err == nil && s.enough(got[1:]) {
			s.history.seen[part] = max(s.history.seen[part], n)
		} else {
			s.history.charged.Store(true) // with the next beat
		}
	}
}

// enough reports whether as many replicas as have to acknowledge a write have.
func (s *Store) enough(acks []rueidis.RedisResult) bool {
	if s.opts.ReplicaAcks == 0 {
		return true
	}
	n, err := acks[0].AsInt64()
	return err == nil && n >= int64(s.opts.ReplicaAcks)
}

// tell keeps in the database what was noticed when it was at p, for the other
// gateways and for the next life of this one.
func (s *Store) tell(ctx context.Context, p place, r *store.Rollback) {
	text, err := json.Marshal(r)
	if err == nil {
		_, err = s.run(ctx, call{tellScript, []string{s.keys.epoch()}, []string{p.epoch, s.history.epoch, string(text)}})
	}
	if err != nil {
		s.log.Warn("that the database was set back cannot be kept in it yet", zap.Error(err))
	}
}
