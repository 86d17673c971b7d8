package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Twins are two gateways on one Redis.
type twins struct {
	redis       *redisServer
	here, there stage
	api         *api // of here
}

// startTwins starts all three with their files below dir.
func startTwins(ctx context.Context, o options, dir string) (t *twins, err error) {
	t = new(twins)
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if t.redis, err = startRedis(ctx, dir); err != nil {
		return t, err
	}
	if t.here, err = t.startOne(ctx, o, filepath.Join(dir, "here")); err != nil {
		return t, err
	}
	// The first one has left the credential of both.
	if t.there, err = t.startOne(ctx, o, filepath.Join(dir, "there")); err != nil {
		return t, err
	}
	t.api, err = openAPI(t.here.admin(), t.here.layout.Credential)
	return t, err
}

func (t *twins) startOne(ctx context.Context, o options, home string) (stage, error) {
	if err := os.Mkdir(home, 0o700); err != nil {
		return stage{}, fmt.Errorf("making a directory for a gateway: %w", err)
	}
	return setStage(ctx, set{caddy: o.caddy, dir: home, redis: t.redis.address})
}

// close ends what was started.
func (t *twins) close() error {
	var failed []error
	for _, s := range []stage{t.here, t.there} {
		if s.gateway != nil {
			s.upstream.close()
			failed = append(failed, s.stop())
		}
	}
	if t.redis != nil {
		failed = append(failed, t.redis.close())
	}
	return errors.Join(failed...)
}
