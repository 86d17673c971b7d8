package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// Prune deletes the records that the sums are of, unless another one has taken
// the link, and returns how many they were.
func Prune(ctx context.Context, s store.Store, sums []Sum) (pruned int, err error) {
	for _, sum := range sums {
		err := s.DeleteIf(ctx, sum.Link, func(t *store.Token) error {
			if t.Created.UnixMicro() != sum.Created {
				return errChanged
			}
			return nil
		})
		switch {
		case err == nil:
			pruned++
		case errors.Is(err, store.ErrNotFound):
		default:
			return pruned, fmt.Errorf("deleting a record: %w", err)
		}
	}
	return pruned, nil
}
