package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// startTime is how long Caddy may take until it answers.
	startTime = 30 * time.Second

	// stopTime is how long it may take to stop before it is killed.
	stopTime = 15 * time.Second
)

// A gateway is the Caddy under test, as a process of its own.
type gateway struct {
	layout layout

	command *exec.Cmd
	errors  bytes.Buffer
	ended   chan struct{} // closed when the process is gone
	stop    func() error
}

// startGateway runs the Caddy at path with its files below dir, and returns
// when it answers.
func startGateway(ctx context.Context, path, dir string, l layout) (*gateway, error) {
	config := filepath.Join(dir, "Caddyfile")
	var text bytes.Buffer
	if err := caddyfile.Execute(&text, l); err != nil {
		return nil, fmt.Errorf("writing the Caddyfile: %w", err)
	}
	if err := os.WriteFile(config, text.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("writing the Caddyfile: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	g := &gateway{layout: l, ended: make(chan struct{})}
	g.command = exec.CommandContext(ctx, path, "run", "--config", config, "--adapter", "caddyfile")
	g.command.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	g.command.Stderr = &g.errors
	g.command.Cancel = func() error { return g.command.Process.Signal(os.Interrupt) }
	g.command.WaitDelay = stopTime
	if err := g.command.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("starting Caddy: %w", err)
	}
	g.stop = sync.OnceValue(func() error { cancel(); <-g.ended; return g.left() })
	go func() {
		_ = g.command.Wait() // left reads the state
		close(g.ended)
	}()
	if err := g.ready(ctx); err != nil {
		return nil, errors.Join(err, g.stop())
	}
	return g, nil
}

// ready waits until the admin API says that the store works.
func (g *gateway) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		if g.healthy(ctx) {
			return nil
		}
		select {
		case <-g.ended:
			return errors.New("the gateway ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("waiting for Caddy: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (g *gateway) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.admin()+"/api/v1/health", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// left is an error with what Caddy said, where it did not stop as it should.
// It is asked when the process is gone.
func (g *gateway) left() error {
	if g.command.ProcessState.Success() {
		return nil
	}
	return fmt.Errorf("the gateway ended with %s:\n%s", g.command.ProcessState, strings.TrimSpace(g.errors.String()))
}

// admin is where the token API is.
func (g *gateway) admin() string { return "http://" + local(g.layout.Admin) }
