package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/redis/rueidis"
)

// A redisServer is a real Redis on this machine that keeps each use before it
// answers, as the store asks of it.
type redisServer struct {
	*process
	address string
	client  rueidis.Client
}

// startRedis runs the redis-server of this machine on an empty database below
// dir, and returns when it answers.
func startRedis(ctx context.Context, dir string) (*redisServer, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("no redis-server to measure with (%w): Debian has it in the package redis-server (apt-get install redis-server)", err)
	}
	home := filepath.Join(dir, "redis")
	if err := os.Mkdir(home, 0o700); err != nil {
		return nil, fmt.Errorf("making a directory for Redis: %w", err)
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	r := &redisServer{address: local(ports[0])}
	r.process, err = startProcess(ctx, "Redis", nil, path,
		"--bind", "127.0.0.1", "--port", fmt.Sprint(ports[0]), "--dir", home, "--loglevel", "warning",
		"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")
	if err != nil {
		return nil, err
	}
	if err := r.ready(ctx, r.connect); err != nil {
		return nil, err
	}
	return r, nil
}

// connect reports whether the server can be asked.
func (r *redisServer) connect(context.Context) bool {
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{r.address}, DisableCache: true})
	if err != nil {
		return false
	}
	r.client = client
	return true
}

// close ends the server, which is an error where it had crashed.
func (r *redisServer) close() error {
	if r.client != nil {
		r.client.Close()
	}
	return r.stop()
}

// do sends commands together and returns the first error.
func (r *redisServer) do(ctx context.Context, commands ...rueidis.Completed) error {
	var failed []error
	for _, answer := range r.client.DoMulti(ctx, commands...) {
		if err := answer.Error(); err != nil && !rueidis.IsRedisNil(err) {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("asking Redis: %w (%d of %d commands failed)", failed[0], len(failed), len(commands))
	}
	return nil
}

// set changes a setting of the server. What lies there stays as it is.
func (r *redisServer) set(ctx context.Context, name, value string) error {
	return r.do(ctx, r.client.B().ConfigSet().ParameterValue().ParameterValue(name, value).Build())
}

// version is that of the server.
func (r *redisServer) version(ctx context.Context) (string, error) {
	i, err := r.info(ctx)
	if err != nil {
		return "", err
	}
	if i.texts["redis_version"] == "" {
		return "", errors.New("the Redis does not say its version")
	}
	return i.texts["redis_version"], nil
}
