package admin

import (
	"time"

	"github.com/linkgate/linkgate/admin/jobs"
)

const (
	// leastRows and mostRows bound the rows that are made in one step.
	leastRows = 32
	mostRows  = jobs.MaxStretch

	// stepTime is how long a step should take. The uses of the gate that come
	// meanwhile wait for its end.
	stepTime = 8 * time.Millisecond
)

// A pace is how many rows are made in one step: fewer where steps take long,
// because the disk is slow or the gate is busy, and more where they do not.
type pace struct{ rows int }

func newPace() pace { return pace{rows: 4 * leastRows} }

// took learns from a step. One that was not full says nothing about a full one
// unless it was too slow already.
func (p *pace) took(rows int, d time.Duration) {
	switch {
	case d > stepTime:
		p.rows = max(leastRows, p.rows*3/4)
	case rows >= p.rows:
		p.rows = min(mostRows, p.rows+leastRows/2)
	}
}
