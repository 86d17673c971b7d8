package integration

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A wire lies between two processes of a test. What it holds it delivers later,
// as TCP does after a partition: nothing is lost, and all of it comes late.
type wire struct {
	addr string
	to   atomic.Pointer[string]

	toServer, toClient *valve

	mu    sync.Mutex
	conns map[net.Conn]bool
	pumps sync.WaitGroup
}

// newWire lays a wire to an address.
func newWire(t testing.TB, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{addr: l.Addr().String(), toServer: newValve(), toClient: newValve(), conns: map[net.Conn]bool{}}
	w.to.Store(&to)
	w.pumps.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			w.join(client)
		}
	})
	t.Cleanup(func() {
		l.Close()
		w.heal()
		w.cut()
		w.pumps.Wait()
	})
	return w
}

// part holds everything, both ways.
func (w *wire) part() {
	w.toServer.close()
	w.toClient.close()
}

// heal delivers what was held.
func (w *wire) heal() {
	w.toServer.open()
	w.toClient.open()
}

// lead lays the wire to another address. Connections to the old one break.
func (w *wire) lead(to string) {
	w.to.Store(&to)
	w.cut()
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for conn := range w.conns {
		conn.Close()
	}
	clear(w.conns)
}

func (w *wire) join(client net.Conn) {
	server, err := net.Dial("tcp", *w.to.Load())
	if err != nil {
		client.Close()
		return
	}
	w.mu.Lock()
	w.conns[client], w.conns[server] = true, true
	w.mu.Unlock()
	w.pumps.Go(func() { pump(server, client, w.toServer) })
	w.pumps.Go(func() { pump(client, server, w.toClient) })
}

// pump carries bytes until either side is gone.
func pump(to, from net.Conn, v *valve) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			v.pass()
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// A valve lets pass or not.
type valve struct {
	mu      sync.Mutex
	changed *sync.Cond
	shut    bool
}

func newValve() *valve {
	v := new(valve)
	v.changed = sync.NewCond(&v.mu)
	return v
}

func (v *valve) close() { v.set(true) }
func (v *valve) open()  { v.set(false) }

func (v *valve) set(shut bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.shut = shut
	v.changed.Broadcast()
}

// pass waits while the valve is shut.
func (v *valve) pass() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.shut {
		v.changed.Wait()
	}
}
