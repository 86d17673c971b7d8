package main

import (
	"context"
	"path/filepath"
)

// A stage is what every measurement through HTTP stands on: the gateway with
// its sites, and the upstream behind them.
type stage struct {
	*gateway
	upstream *upstream
}

// A set is what a stage is made of.
type set struct {
	caddy string
	dir   string // of everything that the gateway keeps

	// sync is when a store below dir syncs; redis is the address of the one
	// that is used instead, if any.
	sync, redis string

	// auth is the address of the server that the peer site asks, if any.
	auth string
}

// setStage starts both. The caller stops the one and closes the other.
func setStage(ctx context.Context, s set) (stage, error) {
	u, err := startUpstream()
	if err != nil {
		return stage{}, err
	}
	l, err := s.layout()
	if err != nil {
		u.close()
		return stage{}, err
	}
	l.Upstream = u.address
	g, err := startGateway(ctx, s.caddy, s.dir, l)
	if err != nil {
		u.close()
		return stage{}, err
	}
	return stage{gateway: g, upstream: u}, nil
}

// layout finds ports for the sites.
func (s set) layout() (layout, error) {
	ports, err := freePorts(5)
	if err != nil {
		return layout{}, err
	}
	l := layout{
		Bare: ports[0], Control: ports[1], Gate: ports[2], Admin: ports[3],
		Dir: filepath.Join(s.dir, "store"), Sync: s.sync, Redis: s.redis, Auth: s.auth,
	}
	l.Credential = l.Dir
	if s.redis != "" {
		// It has no directory of its own; this is Caddy's.
		l.Credential = filepath.Join(s.dir, "caddy")
	}
	if s.auth != "" {
		l.Peer = ports[4]
	}
	return l, nil
}
