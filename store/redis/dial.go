package redis

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"

	"github.com/redis/rueidis"
)

const (
	// bufferSize is that of a connection, each way. A page of a list is
	// larger, an answer to a use is not.
	bufferSize = 64 << 10

	// workConnections are 1<<2: a long answer keeps few others waiting.
	workConnections = 2

	// ackConnections is how many charges can wait for replicas at once, each
	// on a connection of its own.
	ackConnections = 64
)

// A dialer makes the connections of one client and can cut them all.
type dialer struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}

	// dialing is called before each new connection is made.
	dialing func()
}

func newDialer(dialing func()) *dialer {
	return &dialer{conns: map[net.Conn]struct{}{}, dialing: dialing}
}

func (d *dialer) dial(ctx context.Context, addr string, by *net.Dialer, conf *tls.Config) (net.Conn, error) {
	d.dialing()
	var conn net.Conn
	var err error
	if conf != nil {
		conn, err = (&tls.Dialer{NetDialer: by, Config: conf}).DialContext(ctx, "tcp", addr)
	} else {
		conn, err = by.DialContext(ctx, "tcp", addr)
	}
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns[conn] = struct{}{}
	return &tracked{conn, d}, nil
}

// cut breaks every connection, so that all who wait for an answer on one of
// them fail at once.
func (d *dialer) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.conns {
		_ = closeNow(conn)
	}
	clear(d.conns)
}

// closeNow closes conn without the farewell of TLS, which could wait for the
// other side.
func closeNow(conn net.Conn) error {
	if c, ok := conn.(*tls.Conn); ok {
		conn = c.NetConn()
	}
	return conn.Close()
}

// A tracked connection is forgotten when it is closed.
type tracked struct {
	net.Conn
	by *dialer
}

func (t *tracked) Close() error {
	t.by.mu.Lock()
	delete(t.by.conns, t.Conn)
	t.by.mu.Unlock()
	return t.Conn.Close()
}

// connect makes a client. Nothing that it sends is sent twice: of a command
// whose answer is lost nobody knows whether it was done.
func (s *Store) connect(d *dialer, edit func(*rueidis.ClientOption)) (rueidis.Client, error) {
	o := s.opts
	co := rueidis.ClientOption{
		InitAddress: o.Addresses, Username: o.Username, Password: o.Password, SelectDB: o.DB, TLSConfig: o.TLS,
		DialCtxFn: d.dial, DisableRetry: true, AlwaysPipelining: true, DisableCache: true,
		ConnWriteTimeout:   max(o.Timeout, defaultTimeout),
		ReadBufferEachConn: bufferSize, WriteBufferEachConn: bufferSize,
		ClientName: "linkgate", ClientSetInfo: rueidis.DisableClientSetInfo,
		PipelineMultiplex: -1, BlockingPoolSize: ackConnections, BlockingPipeline: maxPipeline,
		ForceSingleClient: !o.Cluster && o.Sentinel == "",
	}
	co.Dialer.Timeout = o.Timeout
	if o.Sentinel != "" {
		co.Sentinel = rueidis.SentinelOption{
			MasterSet: o.Sentinel, Username: o.SentinelUsername, Password: o.SentinelPassword, TLSConfig: o.TLS, Dialer: net.Dialer{Timeout: o.Timeout},
			TopologyRefreshInterval: checkSentinels,
		}
	}
	if o.Cluster {
		co.ClusterOption.ShardsRefreshInterval = checkSentinels
	}
	edit(&co)
	client, err := rueidis.NewClient(co)
	if err != nil {
		if client != nil {
			client.Close()
		}
		return nil, fmt.Errorf("connecting to the server: %w", err)
	}
	return client, nil
}
