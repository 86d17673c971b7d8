package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/linkgate/linkgate/store"
)

// together is how many names are forgotten at once: one sync of the disk does
// for all of them.
const together = 128

// forget removes all that is remembered of a job, which is not running unless
// it is the caller's own. What says that there is a job goes last, so that what
// breaks off in between is taken up again.
func (r *Registry) forget(ctx context.Context, n, own name) error {
	if n != own {
		if !r.enter(n) {
			return nil
		}
		defer r.leave(n)
	}
	for page := int64(0); ; page++ {
		kept, err := r.vault.Kept(ctx, n.page(page))
		if err != nil {
			return fmt.Errorf("looking for the marks of an old job: %w", err)
		}
		if len(kept) == 0 {
			break
		}
		names := make([]string, 0, len(kept))
		for full := range kept {
			names = append(names, full)
		}
		if err := r.forgetAll(ctx, names); err != nil {
			return err
		}
	}
	return errors.Join(r.forgetOne(ctx, n.end()), r.forgetOne(ctx, n.job()))
}

func (r *Registry) forgetAll(ctx context.Context, names []string) error {
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		failed error
	)
	places := make(chan struct{}, together)
	for _, full := range names {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			if err := r.forgetOne(ctx, full); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = err
			}
		})
	}
	wait.Wait()
	return failed
}

func (r *Registry) forgetOne(ctx context.Context, full string) error {
	err := r.vault.Forget(ctx, full)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("forgetting an old job: %w", err)
	}
	return nil
}
