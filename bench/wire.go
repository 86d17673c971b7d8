package main

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// A wire lies between a client and a server, passes everything on and counts
// it.
type wire struct {
	address string
	target  string

	listener net.Listener
	trips    atomic.Int64
	up, down atomic.Int64

	carriers sync.WaitGroup
	mu       sync.Mutex
	ends     []net.Conn // nil once it is closed
	closed   bool
}

// A flow is what has passed a wire.
type flow struct {
	// trips is how often the client has sent something after it had its
	// answer: what is sent meanwhile travels along.
	trips int64

	// up are the bytes to the server, down those from it, without the headers
	// of packets.
	up, down int64
}

func startWire(target string) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("laying a wire: %w", err)
	}
	w := &wire{address: l.Addr().String(), target: target, listener: l}
	w.carriers.Go(w.accept)
	return w, nil
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return // it is closed
		}
		server, err := net.Dial("tcp", w.target)
		if err != nil {
			client.Close() // who called is told by that
			continue
		}
		if !w.keep(client, server) {
			return
		}
		var waiting atomic.Bool
		w.carriers.Go(func() {
			carry(server, client, func(n int) {
				if waiting.CompareAndSwap(false, true) {
					w.trips.Add(1)
				}
				w.up.Add(int64(n))
			})
		})
		w.carriers.Go(func() {
			carry(client, server, func(n int) {
				waiting.Store(false)
				w.down.Add(int64(n))
			})
		})
	}
}

// keep notes connections that have to be closed with the wire. It closes them
// and reports false where that has happened already.
func (w *wire) keep(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		for _, end := range ends {
			end.Close()
		}
		return false
	}
	w.ends = append(w.ends, ends...)
	return true
}

// carry passes on what comes until one side is gone, and tells of it before
// the other side can have seen it.
func carry(to, from net.Conn, count func(n int)) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			count(n)
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// flow is what has passed so far.
func (w *wire) flow() flow {
	return flow{trips: w.trips.Load(), up: w.up.Load(), down: w.down.Load()}
}

// close cuts all connections.
func (w *wire) close() {
	w.listener.Close()
	w.mu.Lock()
	w.closed = true
	for _, end := range w.ends {
		end.Close()
	}
	w.mu.Unlock()
	w.carriers.Wait()
}
