package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A backend is what stands behind a gateway on Redis: the Redis, and the peer
// that counts on it as well, where this machine has one. With the store of
// Linkgate's own there is neither.
type backend struct {
	redis   *redisServer
	peer    *peerServer
	version string
}

// startBackend starts what the options ask for, with its files below dir.
func startBackend(ctx context.Context, o options, dir string, notes io.Writer) (b backend, err error) {
	if o.store != storeRedis {
		return b, nil
	}
	if b.redis, err = startRedis(ctx, dir); err != nil {
		return backend{}, err
	}
	if b.version, err = b.redis.version(ctx); err != nil {
		return backend{}, errors.Join(err, b.close())
	}
	b.peer, err = startPeer(ctx, dir, b.redis)
	if errors.Is(err, errNoPeer) {
		fmt.Fprintln(notes, "bench:", err)
		b.peer, err = nil, nil
	}
	if err != nil {
		b.peer = nil
		return backend{}, errors.Join(err, b.close())
	}
	return b, nil
}

// addresses are those that a gateway needs to know; empty where there is
// nothing.
func (b backend) addresses() (redis, auth string) {
	if b.redis != nil {
		redis = b.redis.address
	}
	if b.peer != nil {
		auth = b.peer.address
	}
	return redis, auth
}

// close ends what there is.
func (b backend) close() error {
	var failed []error
	if b.peer != nil {
		failed = append(failed, b.peer.stop())
	}
	if b.redis != nil {
		failed = append(failed, b.redis.close())
	}
	return errors.Join(failed...)
}
