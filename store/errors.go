package store

import "errors"

// The errors of every [Store], to be matched with errors.Is.
var (
	// ErrNotFound is returned where no record or value is kept under a name.
	ErrNotFound = errors.New("not found")

	// ErrExists is returned by Create for a link that is already kept.
	ErrExists = errors.New("already exists")

	// ErrClosed is returned by every call once Close has begun.
	ErrClosed = errors.New("store is closed")

	// ErrUnavailable is wrapped by every error that says nothing about the
	// token but something about the store: disk, network, corruption. The
	// outcome of the call is unknown; a use counts as spent.
	ErrUnavailable = errors.New("store is unavailable")

	// ErrRolledBack is wrapped, together with ErrUnavailable, where a store was
	// set back; see [Rewindable].
	ErrRolledBack = errors.New("store was set back and its counters may be too low")

	// ErrInvalid is wrapped where a record, a name or a cursor cannot be what
	// the call needs. It is the caller's mistake and nothing has changed.
	ErrInvalid = errors.New("invalid argument")
)
