package flexquery

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

const (
	// fewAgain is up to how many records are read again one by one. More are
	// picked out of the whole list, as often as it takes: a store is quick at
	// reading on, and may hold what it was asked for by name.
	fewAgain = 1000

	// mostPicked and mostHeld bound what is picked in one reading: records,
	// and bytes of what is shown of them.
	mostPicked = 1 << 15
	mostHeld   = 16 << 20
)

// again reads records once more and yields what is shown of them, in the order
// of the names; nil where a record has gone. An error is the last.
func (r *run) again(ctx context.Context, ids []string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for len(ids) > 0 {
			shown, err := r.some(ctx, ids)
			for _, one := range shown {
				if !yield(one, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			ids = ids[len(shown):]
		}
	}
}

// some reads at least the first of the records again.
func (r *run) some(ctx context.Context, ids []string) ([][]byte, error) {
	if len(ids) > fewAgain {
		return r.pick(ctx, ids[:min(len(ids), mostPicked)])
	}
	one, err := r.one(ctx, ids[0])
	if err != nil {
		return nil, err
	}
	return [][]byte{one}, nil
}

// one reads a record again by its name.
func (r *run) one(ctx context.Context, id string) ([]byte, error) {
	if err := r.meter.check(ctx); err != nil {
		return nil, err
	}
	record, err := r.from.Record(ctx, id)
	switch {
	case errors.Is(err, ErrGone):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading a record again: %w", err)
	}
	return r.Project(record).AppendJSON(nil), nil
}

// pick reads the list and picks records out of it: as many of the first as may
// be held.
func (r *run) pick(ctx context.Context, ids []string) ([][]byte, error) {
	places := make(map[string]int, len(ids))
	for place, id := range ids {
		places[id] = place
	}
	shown, held := make([][]byte, len(ids)), 0
	for record, err := range r.all(ctx) {
		if err != nil {
			return nil, err
		}
		place, wanted := places[record.ID]
		if !wanted || place >= len(shown) {
			continue
		}
		shown[place] = r.Project(record).AppendJSON(nil)
		held += len(shown[place])
		for held > mostHeld && len(shown) > 1 {
			half := len(shown) / 2
			for _, one := range shown[half:] {
				held -= len(one)
			}
			clear(shown[half:])
			shown = shown[:half]
		}
	}
	return shown, nil
}
