package main

import (
	"bufio"
	"fmt"
	"net"
	"time"
)

// patience is how long a client waits for an answer after the end of a slice.
const patience = 10 * time.Second

// A client is one connection. What goes wrong on it ends it for good: the run
// is invalid by then.
type client struct {
	address string

	// requests are sent in turn, beginning with next: one for each token.
	requests [][]byte
	next     int

	conn   net.Conn
	reader *bufio.Reader
	tally  tally

	// took is how long each answer of this slice was waited for, and inTime
	// how many of them came before its end.
	took   []time.Duration
	inTime int
}

// askUntil asks until it is time to stop.
func (c *client) askUntil(end time.Time) {
	c.took, c.inTime = c.took[:0], 0
	if c.tally.failed != nil {
		return
	}
	if err := c.connect(end.Add(patience)); err != nil {
		c.fail(err)
		return
	}
	for begin := time.Now(); begin.Before(end); {
		status, err := c.exchange()
		if err != nil {
			c.fail(err)
			return
		}
		now := time.Now()
		c.took = append(c.took, now.Sub(begin))
		if !now.After(end) {
			c.inTime++
		}
		c.tally.answer(c.next, status)
		c.next = (c.next + 1) % len(c.requests)
		begin = now
	}
}

// connect opens the connection unless it is open, and bounds all waiting.
func (c *client) connect(deadline time.Time) error {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, patience)
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		c.conn, c.reader = conn, bufio.NewReader(conn)
	}
	return c.conn.SetDeadline(deadline)
}

// exchange sends the next request and reads its answer.
func (c *client) exchange() (status int, err error) {
	if _, err := c.conn.Write(c.requests[c.next]); err != nil {
		return 0, fmt.Errorf("sending a request: %w", err)
	}
	status, err = readResponse(c.reader)
	if err == nil && c.reader.Buffered() > 0 {
		err = fmt.Errorf("%d bytes that nobody asked for", c.reader.Buffered())
	}
	return status, err
}

func (c *client) fail(err error) {
	c.tally.failed = err
	c.close()
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
