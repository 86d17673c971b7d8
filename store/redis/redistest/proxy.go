package redistest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A Proxy stands between a client and a server and can lose what they say.
type Proxy struct {
	// Addr is what the client has to connect to.
	Addr string

	to    atomic.Pointer[string]
	deaf  atomic.Bool
	mu    sync.Mutex
	conns map[net.Conn]struct{}
	all   sync.WaitGroup
}

// NewProxy starts a proxy in front of addr, and ends it with the test.
func NewProxy(t testing.TB, addr string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), conns: map[net.Conn]struct{}{}}
	p.Redirect(addr)
	p.all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.join(client, *p.to.Load())
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.Cut()
		p.all.Wait()
	})
	return p
}

// Swallow says whether the server's answers are lost from now on. What the
// client says arrives all the same.
func (p *Proxy) Swallow(answers bool) { p.deaf.Store(answers) }

// Redirect leads new connections to another server.
func (p *Proxy) Redirect(addr string) { p.to.Store(&addr) }

// Cut breaks all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) join(client net.Conn, addr string) {
	server, err := net.Dial("tcp", addr)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[server] = struct{}{}, struct{}{}
	p.mu.Unlock()
	leave := func() {
		_, _ = client.Close(), server.Close()
		p.mu.Lock()
		delete(p.conns, client)
		delete(p.conns, server)
		p.mu.Unlock()
	}
	p.all.Go(func() {
		defer leave()
		_, _ = io.Copy(server, client)
	})
	p.all.Go(func() {
		defer leave()
		_, _ = io.Copy(lossy{client, p}, server)
	})
}

// A lossy connection drops what it should write while its proxy is deaf.
type lossy struct {
	to net.Conn
	p  *Proxy
}

func (l lossy) Write(b []byte) (int, error) {
	if l.p.deaf.Load() {
		return len(b), nil
	}
	return l.to.Write(b)
}
