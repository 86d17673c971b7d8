package redis

import (
	"crypto/tls"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// The defaults of [Options].
const (
	defaultPrefix  = "linkgate:"
	defaultTimeout = time.Second

	// liveTokens is how many records are held at most where nothing else is
	// said. Each takes about 650 bytes.
	liveTokens = 200_000
)

// Options say where the Redis or Valkey is and how a [Store] uses it.
type Options struct {
	// Addresses are host:port of a primary (one of them), of Sentinels, or of
	// some nodes of a Cluster.
	Addresses []string

	// Sentinel is the name of the set whose primary the Sentinels at
	// Addresses know. Default: none, no Sentinel.
	Sentinel string

	// SentinelUsername and SentinelPassword are those of the Sentinels' own ACL.
	// Default: none.
	SentinelUsername, SentinelPassword string

	// Cluster says that Addresses are nodes of a Cluster.
	Cluster bool

	// Username and Password are those of the server's ACL. Default: none.
	Username, Password string

	// DB is the number of the database; a Cluster has only 0. Default: 0.
	DB int

	// TLS is how to talk TLS to the server. Default: nil, no TLS.
	TLS *tls.Config

	// Prefix begins the name of every key. Gateways that share a server and a
	// prefix share their tokens. Default: "linkgate:".
	Prefix string

	// Timeout is how long a command may take, and a dial. A charge that takes
	// longer counts as spent. Default: 1s.
	Timeout time.Duration

	// ReplicaAcks is how many replicas have to acknowledge a charge before it
	// is answered; with fewer it counts as spent. Default: 0.
	ReplicaAcks int

	// UnsafeDurability charges tokens with a limit although the settings of
	// the server cannot keep what was charged. That is logged each minute.
	UnsafeDurability bool

	// Mark is the file that says how far the database had come, so that one
	// that was set back while no gateway ran is noticed. It has to lie where
	// the database does not. Default: none.
	Mark string

	// LiveTokens is how many records are held in memory at most. Default:
	// 200000.
	LiveTokens int

	// Logger gets the messages of the store. Default: none.
	Logger *zap.Logger
}

func (o *Options) validate() error {
	switch {
	case len(o.Addresses) == 0:
		return fmt.Errorf("no address of a server")
	case o.Cluster && o.Sentinel != "":
		return fmt.Errorf("a Cluster has no Sentinels")
	case o.Cluster && o.DB != 0:
		return fmt.Errorf("a Cluster has no database but 0")
	case !o.Cluster && o.Sentinel == "" && len(o.Addresses) > 1:
		return fmt.Errorf("%d addresses of one primary: several are for a Cluster or for Sentinels", len(o.Addresses))
	case o.DB < 0:
		return fmt.Errorf("database %d: must not be negative", o.DB)
	case o.ReplicaAcks < 0:
		return fmt.Errorf("%d acknowledging replicas: must not be negative", o.ReplicaAcks)
	}
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.LiveTokens <= 0 {
		o.LiveTokens = liveTokens
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return nil
}
