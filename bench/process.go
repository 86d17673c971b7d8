package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	// startTime is how long a server may take until it answers.
	startTime = 30 * time.Second

	// stopTime is how long it may take to stop before it is killed.
	stopTime = 15 * time.Second
)

// A process is a server under test, or one that such a server needs.
type process struct {
	name    string // for people
	command *exec.Cmd
	said    bytes.Buffer
	ended   chan struct{} // closed when the process is gone
	stop    func() error
}

// startProcess runs a program until the context ends or the process is
// stopped. What it says on either output is kept.
func startProcess(ctx context.Context, name string, env []string, argv ...string) (*process, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &process{name: name, ended: make(chan struct{})}
	p.command = exec.CommandContext(ctx, argv[0], argv[1:]...)
	p.command.Env = append(os.Environ(), env...)
	p.command.Stdout, p.command.Stderr = &p.said, &p.said
	p.command.Cancel = func() error { return p.command.Process.Signal(os.Interrupt) }
	p.command.WaitDelay = stopTime
	if err := p.command.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p.stop = sync.OnceValue(func() error { cancel(); <-p.ended; return p.left() })
	go func() {
		_ = p.command.Wait() // left reads the state
		close(p.ended)
	}()
	return p, nil
}

// ready waits until the server answers, and stops it where it does not.
func (p *process) ready(ctx context.Context, answers func(context.Context) bool) error {
	if err := p.wait(ctx, answers); err != nil {
		return errors.Join(err, p.stop())
	}
	return nil
}

func (p *process) wait(ctx context.Context, answers func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for !answers(ctx) {
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended before it answered", p.name)
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", p.name, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// left is an error with what the server said, where it did not stop as it
// should. It is asked when the process is gone.
func (p *process) left() error {
	if p.command.ProcessState.Success() {
		return nil
	}
	return fmt.Errorf("%s ended with %s:\n%s", p.name, p.command.ProcessState, strings.TrimSpace(p.said.String()))
}
