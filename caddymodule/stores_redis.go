package caddymodule

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
)

// RedisStore keeps tokens and counters in a Redis (7.0 or later) or Valkey, so
// that any number of gateways count together. The server has to run with
// `appendonly yes`, `appendfsync always` and a `maxmemory-policy noeviction`:
// with anything less, tokens with a limit are refused and the log names the
// setting.
type RedisStore struct {
	// Where the server is, as `host:port`: one address of a primary, those of
	// some Sentinels with `sentinel`, or those of some nodes with `cluster`.
	// May hold placeholders, such as `{env.REDIS_ADDRESS}`.
	// Default: `127.0.0.1:6379`.
	Addresses []string `json:"addresses,omitempty"`

	// The user of the server's access control list.
	// Default: the server's default user.
	Username string `json:"username,omitempty"`

	// The password of the user. Use a placeholder such as
	// `{env.REDIS_PASSWORD}` or `{file./run/redis.password}`: what is written
	// here literally appears wherever the configuration is shown.
	// Default: none.
	Password string `json:"password,omitempty"`

	// The number of the database; a Cluster has only 0.
	// Default: `0`.
	DB int `json:"db,omitempty"`

	// Talks TLS to the server. An empty object is good where the server has a
	// certificate of an authority that this system trusts.
	// Default: no TLS.
	TLS *RedisTLS `json:"tls,omitempty"`

	// Begins the name of each key. Gateways with the same server, database and
	// prefix share their tokens; those with another prefix have their own.
	// Default: `linkgate:`.
	Prefix string `json:"prefix,omitempty"`

	// The name of the primary that the Sentinels at `addresses` watch over,
	// such as `mymaster`.
	// Default: none, the address is that of the primary.
	Sentinel string `json:"sentinel,omitempty"`

	// The user of the Sentinels' own access control list, which is not that of
	// the server.
	// Default: the Sentinels' default user.
	SentinelUsername string `json:"sentinel_username,omitempty"`

	// The password of that user, or the one that the Sentinels have as
	// `requirepass`. Use a placeholder, as for `password`.
	// Default: none.
	SentinelPassword string `json:"sentinel_password,omitempty"`

	// The addresses are of nodes of a Redis Cluster.
	// Default: `false`.
	Cluster bool `json:"cluster,omitempty"`

	// How long the server may take for an answer, and for a connection: from
	// 10ms to 4s. A use that takes longer is refused and stays spent.
	// Default: `1s`.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// How many replicas must have a use before it is answered. With fewer it
	// is refused and stays spent. Without this a fail-over forgets the uses
	// that the replica did not have yet, and limits are exceeded by as many.
	// Default: `0`.
	ReplicaAcks int `json:"replica_acks,omitempty"`

	// Serves tokens with a limit although the settings of the server cannot
	// keep their uses. The log says so each minute.
	// Default: `false`.
	UnsafeDurability bool `json:"unsafe_durability,omitempty"`

	// The file of this machine that says how far the server had come, so that
	// one that was flushed or set back while no gateway ran is noticed. May
	// hold placeholders.
	// Default: `redis-<digest>.mark` in the directory `linkgate` of Caddy's
	// data directory, where the digest is of the address and the prefix.
	Mark string `json:"mark,omitempty"`

	options redis.Options
}

// CaddyModule returns the Caddy module information.
func (RedisStore) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "linkgate.stores.redis",
		New: func() caddy.Module { return new(RedisStore) },
	}
}

// Resource is which keys of which server, without how one gets in.
func (s *RedisStore) Resource() (string, error) {
	addresses := slices.Clone(s.options.Addresses)
	slices.Sort(addresses)
	kind := "redis"
	switch {
	case s.Cluster:
		kind = "redis cluster"
	case s.options.Sentinel != "":
		kind = "redis sentinel " + s.options.Sentinel
	}
	return fmt.Sprintf("%s:%s/%d/%s", kind, strings.Join(slices.Compact(addresses), ","), s.DB, s.options.Prefix), nil
}

// Terms names all else. That the password is another one can be seen from it,
// by this process only; the password cannot.
func (s *RedisStore) Terms() string {
	terms := []string{"timeout " + s.options.Timeout.String()}
	add := func(set bool, text string) {
		if set {
			terms = append(terms, text)
		}
	}
	add(s.options.Username != "", "username "+s.options.Username)
	add(s.options.Password != "", "password "+secretMark(s.options.Password))
	add(s.options.SentinelUsername != "", "sentinel_username "+s.options.SentinelUsername)
	add(s.options.SentinelPassword != "", "sentinel_password "+secretMark(s.options.SentinelPassword))
	add(s.TLS != nil, s.TLS.terms())
	add(s.ReplicaAcks > 0, fmt.Sprintf("replica_acks %d", s.ReplicaAcks))
	add(s.UnsafeDurability, "unsafe_durability")
	add(s.Mark != "", "mark "+s.options.Mark)
	return strings.Join(terms, ", ")
}

// Shared is true: that is what this store is for.
func (*RedisStore) Shared() bool { return true }

// redisPatience is how long opening may take. A server that is not there is
// tried again each second; meanwhile all that needs it is refused.
const redisPatience = 4 * time.Second

// Open connects to the server.
func (s *RedisStore) Open(log *zap.Logger) (store.Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), redisPatience)
	defer cancel()
	o := s.options
	o.Logger = log
	// Where that cannot be, the store says that it has no mark, and serves.
	_ = os.MkdirAll(filepath.Dir(o.Mark), 0o700)
	opened, err := redis.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// DataDir is where the first credential goes: the server has no directory for
// it. It is Caddy's own, so that a store badger beside it keeps its credential.
func (*RedisStore) DataDir() string { return caddy.AppDataDir() }

// Interface guards
var (
	_ sharedProvider    = (*RedisStore)(nil)
	_ caddy.Provisioner = (*RedisStore)(nil)
)
