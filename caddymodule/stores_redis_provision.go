package caddymodule

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/linkgate/linkgate/store/redis"
)

const (
	redisAddress = "127.0.0.1:6379"
	redisPrefix  = "linkgate:"
	redisTimeout = time.Second

	// A gate has to say within five seconds that the server is away.
	minRedisTimeout = 10 * time.Millisecond
	maxRedisTimeout = 4 * time.Second
)

// Provision replaces placeholders and fills in defaults. It connects to
// nothing.
func (s *RedisStore) Provision(ctx caddy.Context) error {
	s.options = redis.Options{
		Cluster: s.Cluster, DB: s.DB,
		Timeout: time.Duration(s.Timeout), ReplicaAcks: s.ReplicaAcks, UnsafeDurability: s.UnsafeDurability,
	}
	for _, step := range []func() error{
		s.resolveTexts, s.resolveAddresses, func() error { return s.resolvePasswords(ctx) }, s.resolveTLS, s.check, s.resolveMark,
	} {
		if err := step(); err != nil {
			return fmt.Errorf("store redis: %w", err)
		}
	}
	return nil
}

// resolveTexts replaces the placeholders of what is neither secret nor a list.
func (s *RedisStore) resolveTexts() error {
	for _, text := range []struct {
		option, from string
		into         *string
	}{
		{"username", s.Username, &s.options.Username},
		{"prefix", s.Prefix, &s.options.Prefix},
		{"sentinel", s.Sentinel, &s.options.Sentinel},
		{"sentinel_username", s.SentinelUsername, &s.options.SentinelUsername},
		{"mark", s.Mark, &s.options.Mark},
	} {
		var err error
		if *text.into, err = replaced(text.option, text.from); err != nil {
			return err
		}
	}
	if s.options.Prefix == "" {
		s.options.Prefix = redisPrefix
	}
	if s.options.Timeout == 0 {
		s.options.Timeout = redisTimeout
	}
	return nil
}

func (s *RedisStore) resolveAddresses() error {
	for _, from := range s.Addresses {
		address, err := replaced("address", from)
		if err != nil {
			return err
		}
		if err := checkAddress(address); err != nil {
			return fmt.Errorf("address: %w", err)
		}
		s.options.Addresses = append(s.options.Addresses, address)
	}
	if len(s.options.Addresses) > 0 {
		return nil
	}
	if s.options.Sentinel != "" || s.Cluster {
		return errors.New("address: is required with sentinel and with cluster")
	}
	s.options.Addresses = []string{redisAddress}
	return nil
}

// checkAddress refuses what is not host:port.
func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return fmt.Errorf("%q is not host:port", address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q: the port is not a number from 1 to 65535", address)
	}
	return nil
}

func (s *RedisStore) resolvePasswords(ctx caddy.Context) error {
	for _, secret := range []struct {
		option, from string
		into         *string
	}{
		{"password", s.Password, &s.options.Password},
		{"sentinel_password", s.SentinelPassword, &s.options.SentinelPassword},
	} {
		if secret.from == "" {
			continue
		}
		password, literal, err := resolveSecret(secret.from)
		if err != nil {
			return fmt.Errorf("%s: %w", secret.option, err)
		}
		if literal {
			ctx.Logger().Warn(secret.option + inConfiguration)
		}
		*secret.into = password
	}
	return nil
}

// check refuses options that contradict each other or mean nothing.
func (s *RedisStore) check() error {
	o := &s.options
	switch {
	case o.Cluster && o.Sentinel != "":
		return errors.New("cluster and sentinel exclude each other")
	case o.Cluster && o.DB != 0:
		return fmt.Errorf("db: a cluster has only 0, not %d", o.DB)
	case o.DB < 0:
		return fmt.Errorf("db: %d is negative", o.DB)
	case !o.Cluster && o.Sentinel == "" && len(o.Addresses) > 1:
		return fmt.Errorf("address: there are %d of one primary; several are for sentinel or cluster", len(o.Addresses))
	case o.Username != "" && o.Password == "":
		return errors.New("username: needs a password")
	case o.Sentinel == "" && (s.SentinelUsername != "" || s.SentinelPassword != ""):
		return errors.New("sentinel_username and sentinel_password: are for sentinel")
	case o.SentinelUsername != "" && o.SentinelPassword == "":
		return errors.New("sentinel_username: needs a sentinel_password")
	case strings.ContainsAny(o.Prefix, "{}"):
		return errors.New("prefix: must not have braces, by which a cluster spreads the keys")
	case o.Timeout < minRedisTimeout || o.Timeout > maxRedisTimeout:
		return fmt.Errorf("timeout: %s is not from %s to %s", o.Timeout, minRedisTimeout, maxRedisTimeout)
	case o.ReplicaAcks < 0:
		return fmt.Errorf("replica_acks: %d is negative", o.ReplicaAcks)
	}
	return nil
}

// resolveMark finds a file that belongs to these keys of this server alone.
func (s *RedisStore) resolveMark() error {
	if s.options.Mark != "" {
		return nil
	}
	resource, err := s.Resource()
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(resource))
	s.options.Mark = filepath.Join(caddy.AppDataDir(), "linkgate", "redis-"+hex.EncodeToString(digest[:6])+".mark")
	return nil
}
