package integration

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"
)

// A client has one connection at a time and, unlike net/http, sends no request
// twice: each one that was sent stands in the history.
type client struct {
	addr   string
	conn   net.Conn
	reader *bufio.Reader
}

// connect makes sure of a connection and reports whether it is a new one.
func (c *client) connect() (fresh bool, err error) {
	if c.conn != nil {
		return false, nil
	}
	conn, err := net.DialTimeout("tcp", c.addr, 5*time.Second)
	if err != nil {
		return true, err
	}
	c.conn, c.reader = conn, bufio.NewReader(conn)
	return true, nil
}

// send sends a request and returns the status of the whole answer.
func (c *client) send(request string) (status int, err error) {
	status, err = c.exchange(request)
	if err != nil {
		c.close()
		return 0, err
	}
	return status, nil
}

func (c *client) exchange(request string) (int, error) {
	// longer than anything that is not hung takes on any machine
	if err := c.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	if _, err := io.WriteString(c.conn, request); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	if resp.Close {
		c.close()
	}
	return resp.StatusCode, nil
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
