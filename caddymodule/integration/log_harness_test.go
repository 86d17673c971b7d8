package integration

import (
	"bytes"
	"strings"
	"sync"
	"time"
)

// checkLog holds for every gateway of every test: no token, no credential and
// no panic in anything it wrote.
func (g *gateway) checkLog() {
	g.t.Helper()
	text := g.log.String()
	for _, secret := range g.secrets.all() {
		if line := lineWith(text, secret); line != "" {
			g.t.Errorf("the log shows a secret:\n%s", line)
		}
	}
	for _, sign := range []string{"panic", "WARNING: DATA RACE", "fatal error"} {
		if strings.Contains(text, sign) {
			g.t.Errorf("the log has %q:\n%s", sign, text)
		}
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// A logBuffer takes what a process writes.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// eventually waits until a condition holds, and reports whether it did in time.
func eventually(limit time.Duration, holds func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return holds()
}

// secrets are the texts that must not turn up in a log.
type secrets struct {
	mu    sync.Mutex
	texts []string
}

// add remembers secrets; an empty text is none.
func (s *secrets) add(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range texts {
		if text != "" {
			s.texts = append(s.texts, text)
		}
	}
}

func (s *secrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.texts...)
}
