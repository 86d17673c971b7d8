package badger

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// Use implements [store.Store]. A use of a token with a limit waits for the
// disk as [Options.Sync] says; one without is counted in memory and written a
// moment later. Refusals wait for nothing.
//
// A use whose context ends while it waits was charged: the error wraps
// [store.ErrUnavailable] as well.
func (s *Store) Use(ctx context.Context, a store.Attempt) (store.Decision, error) {
	if err := s.drain.enter(); err != nil {
		return store.Decision{}, err
	}
	defer s.drain.leave()
	if err := ctx.Err(); err != nil {
		return store.Decision{}, fmt.Errorf("charging a use: %w", err)
	}
	i, ok := parseID(a.Link)
	if !ok {
		return store.Judge(nil, 0, &a), nil
	}
	for {
		d, err := s.use(ctx, i, &a)
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, errAgain) {
			return store.Decision{}, fmt.Errorf("charging a use: %w", err)
		}
	}
}

// errAgain says that an entry was evicted between looking it up and using it.
var errAgain = errors.New("token has left the live set")

func (s *Store) use(ctx context.Context, i id, a *store.Attempt) (store.Decision, error) {
	e, err := s.find(ctx, i)
	if err != nil {
		return store.Decision{}, err
	}
	if e == nil {
		return store.Judge(nil, 0, a), nil
	}
	d, w, err := s.charge(e, a)
	if err == nil && w.batch != nil {
		return s.await(ctx, w, d, a)
	}
	if errors.Is(err, errDown) {
		if err = s.revive(ctx); err == nil {
			err = errAgain
		}
	}
	return d, err
}

// A waiting is a use that is durable when its batch is.
type waiting struct {
	entry    *entry
	batch    *batch // nil where the use does not wait
	group    *group
	returned int64 // the entry's, when the use was counted
}

// charge judges and, where the rules admit the attempt, counts it, in one step.
func (s *Store) charge(e *entry, a *store.Attempt) (d store.Decision, w waiting, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state >= evicted {
		return d, w, errAgain
	}
	d = store.Judge(e.token, e.used, a)
	if !d.Admitted() {
		return d, w, nil
	}
	if err := s.mark.allows(e.token); err != nil {
		return store.Decision{}, w, err
	}
	if s.health.down.Load() {
		return store.Decision{}, w, errDown
	}
	e.count()
	d.Counter = e.used
	switch {
	case e.used <= e.safe:
		if s.low(e) {
			s.queue.order(e)
		}
		return d, w, nil
	case e.token.Limit == store.NoLimit:
		s.queue.later(e)
		return d, w, nil
	}
	b, g := s.queue.join(e)
	return d, waiting{e, b, g, e.returned}, nil
}

// await waits until the batch of w has made the use d durable.
func (s *Store) await(ctx context.Context, w waiting, d store.Decision, a *store.Attempt) (store.Decision, error) {
	e, b := w.entry, w.batch
	select {
	case <-w.group.done:
	case <-ctx.Done():
		return store.Decision{}, fmt.Errorf("waiting for the disk: %w: %w", store.ErrUnavailable, ctx.Err())
	}
	switch {
	case b.err != nil:
		return store.Decision{}, b.err
	case b.failed != nil:
		return store.Decision{}, b.failed
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.state == gone:
		// The record was deleted meanwhile, and the use with it.
		return store.Judge(nil, 0, a), nil
	case e.state == live && e.safe < d.Counter-(e.returned-w.returned):
		// A use that is given back makes room for one that waits.
		return store.Decision{}, unavailable("waiting for the disk", errNotWritten)
	}
	return d, nil
}

// errNotWritten would be the cause where a batch ended well without a use that
// waited for it.
var errNotWritten = errors.New("use was not written")
