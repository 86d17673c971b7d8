package redis

import (
	"context"
	"fmt"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// Health implements [store.Store]. It writes a few bytes to find out.
func (s *Store) Health(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if err := s.allow(); err != nil {
		return err
	}
	if err := s.probe(ctx); err != nil {
		return fmt.Errorf("probing the server: %w", err)
	}
	return nil
}

func (s *Store) probe(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	got := s.together(within, func() []rueidis.Completed {
		return s.acked(s.work.B().Set().Key(s.keys.probe()).Value("1").Build())
	})
	if err := got[0].Error(); err != nil {
		return s.failed(ctx, err)
	}
	if s.opts.ReplicaAcks == 0 {
		return nil
	}
	n, err := got[1].AsInt64()
	if err != nil {
		return s.failed(ctx, err)
	}
	if n < int64(s.opts.ReplicaAcks) {
		return tooFew(n, s.opts.ReplicaAcks)
	}
	return nil
}

func tooFew(got int64, want int) error {
	return fmt.Errorf("%w: %d of %d replicas have acknowledged the write", store.ErrUnavailable, got, want)
}

// Promise says in a line what the store is and what it promises.
func (s *Store) Promise() string {
	s.safety.mu.Lock()
	server := s.safety.version
	s.safety.mu.Unlock()
	if server == "" {
		server = "Redis"
	}
	if s.opts.Cluster {
		server += " Cluster"
	}
	switch p := s.problem(); {
	case p != "" && s.opts.UnsafeDurability:
		return server + ": uses may be lost and limits exceeded, because of unsafe_durability: " + p
	case p != "":
		return server + ": refuses tokens with a limit: " + p
	case s.opts.ReplicaAcks > 0:
		return fmt.Sprintf("%s: a use is on disk, and acknowledged by %d replicas, before it is admitted", server, s.opts.ReplicaAcks)
	}
	return server + ": a use is on disk before it is admitted; a failover may exceed limits by what its replica lacked"
}
