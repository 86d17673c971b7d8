package redis

import (
	"context"
	"time"
)

// OpenPatient opens a store that waits longer for a server before it takes it
// for gone: the machine that runs the tests may be busy.
func OpenPatient(ctx context.Context, o Options) (*Store, error) {
	t := usual
	t.lease = 20 * time.Second
	return open(ctx, o, t)
}

// OpenChecking opens a store that looks at the server's settings all the time.
func OpenChecking(ctx context.Context, o Options) (*Store, error) {
	t := usual
	t.check, t.remind = 50*time.Millisecond, 50*time.Millisecond
	return open(ctx, o, t)
}

// OpenStill opens a store that does nothing by itself.
func OpenStill(ctx context.Context, o Options) (*Store, error) {
	return open(ctx, o, timing{beat: time.Hour, lease: time.Hour, flush: time.Hour, check: time.Hour, remind: time.Hour})
}

// Beat has a store ask how far the database is.
func Beat(ctx context.Context, s *Store) error { return s.beat(ctx) }

// OptionsOf are the options that a store was opened with.
func OptionsOf(s *Store) Options { return s.opts }
