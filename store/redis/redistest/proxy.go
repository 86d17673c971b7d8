package redistest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A Proxy stands between clients and a server, and can hold back or lose what
// the server answers.
type Proxy struct {
	// Addr is what a client has to connect to.
	Addr string

	to  atomic.Pointer[string]
	all sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	free  chan struct{} // closed while answers pass
}

// NewProxy starts a proxy in front of addr, and ends it with the test.
func NewProxy(t testing.TB, addr string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), conns: map[net.Conn]struct{}{}, free: make(chan struct{})}
	close(p.free)
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

// Redirect leads new connections to another server.
func (p *Proxy) Redirect(addr string) { p.to.Store(&addr) }

// Hold says whether the server's answers are held back from now on. What
// clients say arrives all the same. Answers that were held back pass later, in
// order, as on any connection, unless it is cut.
func (p *Proxy) Hold(answers bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.free:
		if answers {
			p.free = make(chan struct{})
		}
	default:
		if !answers {
			close(p.free)
		}
	}
}

// Cut breaks all connections. What was held back on them is lost.
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
	gone := make(chan struct{})
	leave := sync.OnceFunc(func() {
		close(gone)
		_, _ = client.Close(), server.Close()
		p.mu.Lock()
		delete(p.conns, client)
		delete(p.conns, server)
		p.mu.Unlock()
	})
	p.all.Go(func() {
		defer leave()
		_, _ = io.Copy(server, client)
	})
	p.all.Go(func() {
		defer leave()
		_, _ = io.Copy(held{client, p, gone}, server)
	})
}

// A held connection waits with what it should write while its proxy holds
// answers back.
type held struct {
	to   net.Conn
	p    *Proxy
	gone <-chan struct{}
}

func (h held) Write(b []byte) (int, error) {
	h.p.mu.Lock()
	free := h.p.free
	h.p.mu.Unlock()
	select {
	case <-free:
		return h.to.Write(b)
	case <-h.gone:
		return 0, net.ErrClosed
	}
}
