package caddymodule

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// followEvery is how soon a gateway knows of a key that another one
	// retired or brought.
	followEvery = 500 * time.Millisecond

	// followPatience is how long one look may take.
	followPatience = 5 * time.Second
)

// follow keeps the keys of an engine as they are in a store that others change
// too, until the function that it returns was called.
func (a *App) follow(e *engine) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				a.followOnce(ctx, e)
			}
		}
	})
	return func() {
		cancel()
		wait.Wait()
	}
}

// followOnce looks once. While the store is away the keys stay what they are:
// it admits nobody then.
func (a *App) followOnce(ctx context.Context, e *engine) {
	ctx, cancel := context.WithTimeout(ctx, followPatience)
	defer cancel()
	err := guarded(func() error { return a.loadKeys(ctx, e) })
	if err != nil && ctx.Err() == nil {
		a.log.Debug("the keys of the store cannot be read", zap.Error(err))
	}
}
