package badger

import (
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// The errors of [Open], to be matched with errors.Is. ErrCorrupt also comes,
// together with [store.ErrUnavailable], from calls that meet a damaged value.
var (
	// ErrLocked: another process, or another store in this one, has the
	// directory. It is left undisturbed.
	ErrLocked = errors.New("database is already in use")

	// ErrFormat: the directory holds what this program does not understand,
	// most likely because a newer one wrote it.
	ErrFormat = errors.New("database has another format")

	// ErrCorrupt: what is on disk is damaged. Nothing is served from it.
	ErrCorrupt = errors.New("database is damaged")

	// ErrNoSpace: there is less free space than the mark. Nothing is written
	// until there is more. It comes together with [store.ErrUnavailable].
	ErrNoSpace = errors.New("not enough free space")

	// ErrEncryptionKey: the database was made with another encryption key,
	// or with none.
	ErrEncryptionKey = errors.New("encryption key does not fit the database")
)

// unavailable says that the store failed while doing something. Of an error
// that is not this package's it keeps the words, made fit to be shown.
func unavailable(doing string, err error) error {
	if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNoSpace) {
		err = foreign(err)
	}
	return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, err)
}

// corrupt says that a value cannot be what was written.
func corrupt(what string) error { return fmt.Errorf("%w: %s", ErrCorrupt, what) }

// ours reports whether err is one of the answers that a caller of the store
// expects, as opposed to a failure of the database below.
func ours(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) ||
		errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrClosed) || errors.Is(err, errChanged)
}
