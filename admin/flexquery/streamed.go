package flexquery

import "context"

// streamed answers in the order of creation: each record is written as it is
// read, and reading ends with the window.
func (r *run) streamed(ctx context.Context) error {
	if r.choice != all {
		return r.chosen(ctx)
	}
	r.answer.open('[')
	for record, err := range r.inWindow(ctx) {
		if err != nil {
			return err
		}
		r.answer.element()
		if err := r.answer.record(r.Project(record)); err != nil {
			return err
		}
	}
	return r.answer.close(']')
}

// chosen answers with the first or the last record of the window.
func (r *run) chosen(ctx context.Context) error {
	var chosen Record
	found := false
	for record, err := range r.inWindow(ctx) {
		if err != nil {
			return err
		}
		chosen, found = record, true
	}
	if !found {
		return ErrNothing
	}
	return r.answer.record(r.Project(chosen))
}

// inWindow are the matching records of the window.
func (r *run) inWindow(ctx context.Context) records {
	return func(yield func(Record, error) bool) {
		if r.window.limit == 0 {
			return
		}
		place := 0
		for record, err := range r.matching(ctx) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			place++
			if place <= r.window.offset {
				continue
			}
			if !yield(record, nil) || place >= r.window.end() {
				return
			}
		}
	}
}
