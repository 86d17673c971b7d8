package caddymodule

import (
	"context"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// The calls that requests wait for. A panic of the store is one of its
// failures, and so is an admission of nobody, which is what a forgotten
// decision looks like: the outcome is unknown, nobody is admitted, and the
// answer is 503.

// Use implements [store.Store].
func (e *engine) Use(ctx context.Context, a store.Attempt) (d store.Decision, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = store.Decision{}, storePanicked(r)
		}
	}()
	return vouched(e.Store.Use(ctx, a))
}

// Peek implements [store.Store].
func (e *engine) Peek(ctx context.Context, a store.Attempt) (d store.Decision, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = store.Decision{}, storePanicked(r)
		}
	}()
	return vouched(e.Store.Peek(ctx, a))
}

// vouched refuses a decision that admits no token.
func vouched(d store.Decision, err error) (store.Decision, error) {
	if err == nil && d.Admitted() && d.Token == nil {
		return store.Decision{}, fmt.Errorf("%w: it admitted no token", store.ErrUnavailable)
	}
	return d, err
}

// GiveBack implements [store.Store].
func (e *engine) GiveBack(ctx context.Context, charged store.Decision) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = storePanicked(r)
		}
	}()
	return e.Store.GiveBack(ctx, charged)
}

// guarded makes an error of a panic in call.
func guarded(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = storePanicked(r)
		}
	}()
	return call()
}

// storePanicked names only the type of what was thrown: its text may quote a
// token.
func storePanicked(thrown any) error {
	return fmt.Errorf("%w: panic in the store: %T", store.ErrUnavailable, thrown)
}
