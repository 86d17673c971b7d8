package redis

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// unavailable says that a call failed, and that nobody knows how far it came.
func unavailable(doing string, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, foreign(err))
}

// damaged says that what lies in the database cannot be.
func damaged(what string) error {
	return fmt.Errorf("%w: %s", store.ErrUnavailable, what)
}

// secrets are what names tokens in the server's messages, which may quote keys
// and arguments.
var secrets = regexp.MustCompile(`[0-9a-fA-F]{32,}`)

// foreign makes an error of the server or the client fit to be shown.
func foreign(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := rueidis.IsRedisErr(err); ok {
		return errors.New(secrets.ReplaceAllString(err.Error(), "<digits>"))
	}
	return err
}
