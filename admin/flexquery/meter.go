package flexquery

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Limits bound what one run of a query may take.
type Limits struct {
	// Work is how long a run may read and compare; waiting for the reader of
	// the answer does not count. Default: 2m.
	Work time.Duration

	// Memory is how many bytes a run may hold for sorting and grouping,
	// where it holds the names of records and what they are sorted by.
	// Default: 32 MiB.
	Memory int
}

// The defaults of [Limits].
const (
	DefaultWork   = 2 * time.Minute
	DefaultMemory = 32 << 20
)

// A CutError says that a query would have taken more than it may and was
// ended. What was written until then is not a whole answer.
type CutError struct {
	// Problem says what there was too much of.
	Problem string
}

// Error implements error.
func (e *CutError) Error() string { return "the query was cut: " + e.Problem }

// A meter watches over the limits of one run, and is the way to its writer.
type meter struct {
	limits  Limits
	started time.Time
	waited  time.Duration
	held    int
	to      io.Writer
}

func newMeter(to io.Writer, limits Limits) *meter {
	if limits.Work <= 0 {
		limits.Work = DefaultWork
	}
	if limits.Memory <= 0 {
		limits.Memory = DefaultMemory
	}
	return &meter{limits: limits, started: time.Now(), to: to}
}

// check says whether the run may go on.
func (m *meter) check(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if time.Since(m.started)-m.waited > m.limits.Work {
		return &CutError{Problem: fmt.Sprintf("it took more than %v; ask for less with where or limit", m.limits.Work)}
	}
	return nil
}

// hold takes some of the memory, for as long as release does not give it back.
func (m *meter) hold(bytes int) error {
	if m.held += bytes; m.held > m.limits.Memory {
		return &CutError{Problem: fmt.Sprintf("sorting or grouping took more than %d bytes of memory; ask for fewer records with where", m.limits.Memory)}
	}
	return nil
}

func (m *meter) release(bytes int) { m.held -= bytes }

// Write implements io.Writer. The time it takes is the reader's.
func (m *meter) Write(p []byte) (int, error) {
	before := time.Now()
	n, err := m.to.Write(p)
	m.waited += time.Since(before)
	return n, err
}
