package admin

import (
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// readPatience is how long a client may be silent in the middle of a body.
	readPatience = 5 * time.Minute

	// patienceStep is how often the end of patience is put off.
	patienceStep = time.Second

	// drainTime is how long what is left of a body is read and thrown away
	// where the answer ends before it: clients that only read the answer when
	// they have sent all of the body learn what was wrong.
	drainTime = 10 * time.Second
)

// A patientBody is a body that is read for as long as the client goes on
// sending it, or until it is stopped.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController

	mu    sync.Mutex
	until time.Time
	fixed bool // until is put off no more
	whole bool // it was read to its end
}

// Read implements [io.Reader].
func (b *patientBody) Read(p []byte) (int, error) {
	b.putOff(time.Now())
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.whole = true
	}
	return n, err
}

// putOff gives the client its time again.
func (b *patientBody) putOff(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := now.Add(readPatience); !b.fixed && until.Sub(b.until) > patienceStep {
		b.until = until
		_ = b.control.SetReadDeadline(until)
	}
}

// stop makes whoever reads return at an instant, unless he is done: what
// follows on the connection is the next request's.
func (b *patientBody) stop(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.whole {
		b.fixed = true
		_ = b.control.SetReadDeadline(at)
	}
}

// drain reads what is left.
func (b *patientBody) drain() { _, _ = io.Copy(io.Discard, b) }

// release leaves the connection to the next request without our deadline, or
// returns false where it cannot be used for one.
func (b *patientBody) release() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.whole {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return b.whole
}
