package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/linkgate/linkgate/store"
)

// A Chain is the digest of a sequence of rows, and of what stands before them.
type Chain [sha256.Size]byte

// NewChain is the chain of no rows below a head.
func NewChain(head string) Chain { return sha256.Sum256([]byte(head)) }

// Add is the chain with one more row.
func (c Chain) Add(sum Sum) Chain { return sha256.Sum256(append(c[:], sum[:]...)) }

// A Mark says that a job was carried out up to a row, and what all rows up to
// it were.
type Mark struct {
	Row   int64
	Chain Chain
}

// MaxStretch is the most rows from one mark to the next. Who resumes a job
// holds so many in memory, until he knows that they are the same.
const MaxStretch = 512

// mergeStretch is up to how many rows apart marks are merged.
const mergeStretch = 64

// Next returns the first mark behind a row; false where there is none, and
// the rest is still to be done. Rows are asked for in ascending order.
func (j *Job) Next(ctx context.Context, row int64) (Mark, bool, error) {
	for {
		if i := slices.IndexFunc(j.page, func(m Mark) bool { return m.Row > row }); i >= 0 {
			j.page = j.page[i:]
			return j.page[0], true, nil
		}
		// Marks lie closer together than pages are long: behind an empty page
		// there is nothing.
		if j.pages > (row>>pageBits)+1 {
			return Mark{}, false, nil
		}
		if err := j.readPage(ctx); err != nil {
			return Mark{}, false, err
		}
	}
}

// readPage reads the next page of marks.
func (j *Job) readPage(ctx context.Context) error {
	kept, err := j.registry.vault.Kept(ctx, j.name.page(j.pages))
	if err != nil {
		return fmt.Errorf("reading the marks of a job: %w", err)
	}
	j.page = nil
	for _, value := range kept {
		m, err := decodeMark(value)
		if err != nil {
			return err
		}
		j.page = append(j.page, m)
	}
	slices.SortFunc(j.page, func(a, b Mark) int { return cmp.Compare(a.Row, b.Row) })
	j.pages++
	return nil
}

// Mark says that the job was carried out up to m, which lies MaxStretch rows
// or less behind the mark before. It is durable when Mark returns. Between marks that lie close together those that are not needed any
// more are forgotten, so that their number stays in proportion to the rows,
// however few come at a time. It may be called while other methods are.
func (j *Job) Mark(ctx context.Context, m Mark) error {
	kept, err := j.registry.vault.Keep(ctx, j.name.mark(m.Row), m.encode())
	if err != nil {
		return fmt.Errorf("marking what was done of a job: %w", err)
	}
	if !bytes.Equal(kept, m.encode()) {
		return errDamaged
	}
	before := j.last
	j.last = m
	if m.Row-j.anchor.Row > mergeStretch {
		j.anchor = before
		return nil
	}
	if before.Row == j.anchor.Row {
		return nil
	}
	err = j.registry.vault.Forget(ctx, j.name.mark(before.Row))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("forgetting a mark of a job: %w", err)
	}
	return nil
}

// Resume says that this run goes on behind m, which is a mark already.
func (j *Job) Resume(m Mark) { j.last, j.anchor = m, m }

// End returns the last mark of a job that was carried out to its end.
func (j *Job) End() (Mark, bool) {
	if j.end == nil {
		return Mark{}, false
	}
	return *j.end, true
}

// Finish says that m, up to which the job was carried out, is its end. Where
// it has one already nothing is written.
func (j *Job) Finish(ctx context.Context, m Mark) error {
	if j.end != nil {
		return nil
	}
	if _, err := j.registry.vault.Keep(ctx, j.name.end(), m.encode()); err != nil {
		return fmt.Errorf("marking the end of a job: %w", err)
	}
	return nil
}

func (j *Job) readEnd(ctx context.Context) error {
	kept, err := j.registry.vault.Kept(ctx, j.name.end())
	if err != nil {
		return fmt.Errorf("looking for the end of a job: %w", err)
	}
	if value, ok := kept[j.name.end()]; ok {
		m, err := decodeMark(value)
		if err != nil {
			return err
		}
		j.end = &m
	}
	return nil
}

func (m Mark) encode() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(m.Row)), m.Chain[:]...)
}

func decodeMark(value []byte) (Mark, error) {
	if len(value) != 8+sha256.Size {
		return Mark{}, errDamaged
	}
	return Mark{Row: int64(binary.BigEndian.Uint64(value)), Chain: Chain(value[8:])}, nil
}
