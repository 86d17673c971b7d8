package admin

import (
	"sync"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/store"
)

// A bulkRow is a row on its way from the body to the answer.
type bulkRow struct {
	number int64

	// request is what the row asks for, and refusal why it gets nothing: one
	// of the two is there.
	request *createRequest
	refusal *problem

	// record is what is kept for the row.
	record store.Record
}

// A batch is rows that are made together, and answered together.
type batch struct {
	rows []bulkRow

	// mark is where the job is when the batch is done; settled says that it
	// was done before, by an earlier request.
	mark    jobs.Mark
	settled bool

	// failed says that not all was made that should have been, and that no
	// batch follows.
	failed bool
}

// refuse says of all rows that asked for something that they did not get it.
func (b *batch) refuse(p *problem) {
	b.failed = true
	for i := range b.rows {
		if b.rows[i].refusal == nil {
			b.rows[i].refusal = p
		}
	}
}

// An intake hands rows from who reads them to who makes them. While one batch
// is being made the next one fills: rows that come slowly are made one by one,
// and rows that come fast as many at a time as may be.
type intake struct {
	mu      sync.Mutex
	changed *sync.Cond

	open    *batch
	room    int // for so many rows in one batch
	ended   bool
	err     error // why there are no more rows; nil: the body is at its end
	stopped bool  // nobody takes any more
}

func newIntake() *intake {
	in := &intake{room: newPace().rows}
	in.changed = sync.NewCond(&in.mu)
	return in
}

// add puts a row into the batch that is filling, and waits while there is no
// room. It returns false where nobody takes any more.
func (in *intake) add(row bulkRow, mark jobs.Mark) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for !in.stopped && in.open != nil && (in.open.settled || len(in.open.rows) >= in.room) {
		in.changed.Wait()
	}
	if in.stopped {
		return false
	}
	if in.open == nil {
		in.open = &batch{}
	}
	in.open.rows = append(in.open.rows, row)
	in.open.mark = mark
	in.changed.Broadcast()
	return true
}

// give hands over a whole batch.
func (in *intake) give(b *batch) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for !in.stopped && in.open != nil {
		in.changed.Wait()
	}
	if in.stopped {
		return false
	}
	in.open = b
	in.changed.Broadcast()
	return true
}

// end says that no more rows come, and why. Where the client is gone, what
// nobody has begun to make is not made: nobody would learn of it.
func (in *intake) end(err error, gone bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ended, in.err = true, err
	if gone {
		in.open = nil
	}
	in.changed.Broadcast()
}

// take waits for rows and returns what there is; nil where no more come. The
// next batch has room for so many.
func (in *intake) take(room int) *batch {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.room = room
	for in.open == nil && !in.ended && !in.stopped {
		in.changed.Wait()
	}
	if in.stopped {
		return nil
	}
	b := in.open
	in.open = nil
	in.changed.Broadcast()
	return b
}

// stop lets everybody go who waits.
func (in *intake) stop() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stopped = true
	in.changed.Broadcast()
}

// reason is why no more rows come.
func (in *intake) reason() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err
}
