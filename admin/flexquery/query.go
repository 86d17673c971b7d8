package flexquery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// A Query is what the options ask for, checked and ready to run. It may be run
// any number of times, at the same time too.
type Query struct {
	where  []condition
	group  *path
	sort   *sorting
	window window
	choice choice
	projection
}

// ErrNothing is returned by [Query.Run] where the first or the last record was
// asked for and there is none. Nothing was written then.
var ErrNothing = errors.New("no record matches")

// Run writes the answer to w as JSON: a list of records, an object of lists
// for group_by, or one record (with group_by: one list).
//
// Without sort_by and group_by the records are written as they are read, and
// none is held. With them the names and keys of all that match are held, then
// the records to show are read again; one that has gone meanwhile is left out.
// [Limits] bound both.
//
// Where Run returns an error and the answer has less than 32 KiB, nothing was
// written, and the caller can say so with a status of its own; else the answer
// lacks its end, and the connection should be closed to show it. The error is
// [ErrNothing] or a [*CutError], or wraps that of the context, of the source
// or of w.
func (q *Query) Run(ctx context.Context, from Source, w io.Writer, limits Limits) error {
	m := newMeter(w, limits)
	r := &run{Query: q, from: from, meter: m, answer: newAnswer(m)}
	if q.choice == first {
		// One is enough; the query is another's too, so r gets its own.
		only := *q
		only.window.limit = min(only.window.limit, 1)
		r.Query = &only
	}
	var err error
	switch {
	case q.group != nil:
		err = r.grouped(ctx)
	case q.sort != nil:
		err = r.sorted(ctx)
	default:
		err = r.streamed(ctx)
	}
	if err != nil {
		return err
	}
	return r.answer.end()
}

// records are read one by one. An error is the last that comes.
type records = iter.Seq2[Record, error]

// A run is one run of a query.
type run struct {
	*Query
	from   Source
	meter  *meter
	answer *answer
}

// matching are the records that meet all conditions.
func (r *run) matching(ctx context.Context) records {
	return func(yield func(Record, error) bool) {
		for record, err := range r.all(ctx) {
			if (err != nil || r.meets(record)) && !yield(record, err) {
				return
			}
		}
	}
}

// all are the records of the source, for as long as the run may go on.
func (r *run) all(ctx context.Context) records {
	return func(yield func(Record, error) bool) {
		for record, err := range r.from.Records(ctx) {
			if err != nil {
				err = fmt.Errorf("reading the records: %w", err)
			} else {
				err = r.meter.check(ctx)
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// meets reports whether a record meets all conditions.
func (q *Query) meets(r Record) bool {
	for _, c := range q.where {
		if !c.holds(r) {
			return false
		}
	}
	return true
}
