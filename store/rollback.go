package store

import (
	"context"
	"time"
)

// A Rewindable is a [Store] that can be set back behind its callers' backs, by
// an old backup or by damage to its newest files, and that notices.
//
// From then on it charges no token with a limit: uses that were answered may be
// missing from its counters. Use and Peek of such a token, and Health, return
// an error that wraps [ErrUnavailable] and [ErrRolledBack]. Everything else
// goes on. That lasts, over restarts too, until somebody accepts it.
type Rewindable interface {
	// Rollback returns what was noticed and not accepted yet; nil where there
	// is nothing.
	Rollback() *Rollback

	// AcceptRollback takes the counters for right as they are now, and returns
	// what was accepted; [ErrNotFound] where there is nothing to accept.
	AcceptRollback(ctx context.Context) (Rollback, error)
}

// A Rollback is how a store found out that it was set back.
type Rollback struct {
	// Why says it in words for the operator.
	Why string `json:"why"`

	// Had is the last commit that the store is known to have had, and Has the
	// last one that it has. Either is zero where it is not known.
	Had uint64 `json:"had"`
	Has uint64 `json:"has"`

	// Since is when it was noticed.
	Since time.Time `json:"since"`
}
