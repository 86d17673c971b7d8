package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How the core of Redis is filled: a gateway is not enough where it shares the
// machine with it, so that some connections send the same use again and again,
// many at once, and do no more than that.
const (
	fullConnections = 4
	fullUnderWay    = 64 // uses on each of them
)

// measureFull looks whether a core carries what was reckoned.
func (c *costBench) measureFull(ctx context.Context, o options, f *costFigures) error {
	links, err := c.make(ctx, 1, scaleLimit)
	if err != nil {
		return err
	}
	request, err := c.useRequest(ctx, links[0])
	if err != nil {
		return err
	}
	before, err := c.read(ctx)
	if err != nil {
		return err
	}
	var uses [fullConnections]int
	var failed [fullConnections]error
	var wg sync.WaitGroup
	end := time.Now().Add(4 * o.slice)
	for n := range uses {
		wg.Go(func() { uses[n], failed[n] = replay(c.redis.address, request, end) })
	}
	wg.Wait()
	after, err := c.read(ctx)
	if err := errors.Join(append(failed[:], err)...); err != nil {
		return err
	}
	many := 0
	for _, n := range uses {
		many += n
	}
	seconds := after.at.Sub(before.at).Seconds()
	rate, cpu := float64(many)/seconds, after.since(before, many).cpu
	f.loads = append(f.loads, loadCost{
		name: "limited, sent again and again", callers: fullConnections * fullUnderWay,
		rate: rate, cpu: cpu, busy: rate * cpu.Seconds(),
	})
	return nil
}

// useRequest is what a gateway sends to use a token that it knows. The log of
// slow commands tells it, once every command is slow.
func (c *costBench) useRequest(ctx context.Context, link string) ([]byte, error) {
	const slow, usual = "slowlog-log-slower-than", "10000"
	for range 2 {
		if err := c.redis.set(ctx, slow, "0"); err != nil {
			return nil, err
		}
		if err := use(ctx, c.loaded[0], link); err != nil {
			return nil, err
		}
		if err := c.redis.set(ctx, slow, usual); err != nil {
			return nil, err
		}
	}
	entries, err := c.redis.client.Do(ctx, c.redis.client.B().SlowlogGet().Count(100).Build()).ToArray()
	if err != nil {
		return nil, fmt.Errorf("reading the log of slow commands: %w", err)
	}
	for _, entry := range entries { // the latest first: by then the gateway knew the token
		parts, err := entry.ToArray()
		if err != nil || len(parts) < 4 {
			continue
		}
		words, err := parts[3].AsStrSlice()
		if err == nil && strings.EqualFold(words[0], "evalsha") && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, link) }) {
			return respRequest(words), nil
		}
	}
	return nil, errors.New("the log of slow commands does not have the use of a token")
}

// respRequest is a command as Redis reads it.
func respRequest(words []string) []byte {
	out := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, w := range words {
		out = fmt.Appendf(out, "$%d\r\n%s\r\n", len(w), w)
	}
	return out
}

// replay sends a request many times at once, reads the answers, and so on
// until it is time to stop. It returns how many were answered.
func replay(address string, request []byte, end time.Time) (answers int, err error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return 0, fmt.Errorf("connecting to Redis: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(end.Add(patience)); err != nil {
		return 0, err
	}
	many := bytes.Repeat(request, fullUnderWay)
	reader := bufio.NewReaderSize(conn, 64<<10)
	for time.Now().Before(end) {
		if _, err := conn.Write(many); err != nil {
			return answers, fmt.Errorf("sending uses: %w", err)
		}
		for range fullUnderWay {
			if err := readCounted(reader); err != nil {
				return answers, fmt.Errorf("reading the answer to a use: %w", err)
			}
			answers++
		}
	}
	return answers, nil
}

// readCounted reads the answer to a use that was counted: a list of texts, of
// which the first says so.
func readCounted(r *bufio.Reader) error {
	line, err := readLine(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimPrefix(string(line), "*"))
	if err != nil || n < 1 {
		return fmt.Errorf("the server says %q", line)
	}
	for i := range n {
		line, err := readLine(r)
		if err != nil {
			return err
		}
		size, err := strconv.Atoi(strings.TrimPrefix(string(line), "$"))
		if err != nil || size < 0 || size > maxBody {
			return fmt.Errorf("the server says %q in a list", line)
		}
		text := make([]byte, size+len("\r\n"))
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		if i == 0 && !bytes.HasPrefix(text, []byte("counted")) {
			return fmt.Errorf("a use was not counted: %q", text[:size])
		}
	}
	return nil
}
