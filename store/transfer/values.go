package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/linkgate/linkgate/store"
)

// A Value is what a vault keeps under a name, or the sum of it.
type Value struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// Values returns what a vault keeps, by name, without what has one of the
// names in without.
func Values(ctx context.Context, v store.Vault, without ...string) ([]Value, error) {
	kept, err := v.Kept(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("reading the vault: %w", err)
	}
	for _, name := range without {
		delete(kept, name)
	}
	values := make([]Value, 0, len(kept))
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		values = append(values, Value{name, kept[name]})
	}
	return values, nil
}

// ValueSums is Values with a digest in the place of each value. The values that
// matter are keys, which nobody finds by trying.
func ValueSums(ctx context.Context, v store.Vault, without ...string) ([]Value, error) {
	values, err := Values(ctx, v, without...)
	for i := range values {
		sum := sha256.Sum256(values[i].Value)
		values[i].Value = sum[:]
	}
	return values, err
}

// replaceRounds bounds how often a value is put in the place of another one
// that somebody brings back meanwhile, as a gateway does that misses its key.
const replaceRounds = 10

// TakeValues keeps values as they come. Another value under the same name stays
// what it is, unless it may be replaced: what was signed with a key that is
// replaced is signed by nobody any more.
func TakeValues(ctx context.Context, s store.Store, values []Value, mayReplace bool) (Tally, error) {
	var tally Tally
	if !mayReplace {
		fresh, err := isFresh(ctx, s)
		if err != nil {
			return tally, err
		}
		mayReplace = fresh
	}
	for _, v := range values {
		if err := takeValue(ctx, s, &tally, v, mayReplace); err != nil {
			return tally, err
		}
	}
	return tally, nil
}

// isFresh reports whether nobody has been given a token of this store yet.
func isFresh(ctx context.Context, s store.Store) (bool, error) {
	page, err := s.List(ctx, store.Query{Limit: 1})
	if err != nil {
		return false, fmt.Errorf("looking for records: %w", err)
	}
	return page.Total == 0 && len(page.Records) == 0, nil
}

func takeValue(ctx context.Context, s store.Store, tally *Tally, v Value, mayReplace bool) error {
	had, err := store.Look(ctx, s, v.Name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading the vault: %w", err)
	}
	was := err == nil
	for range replaceRounds {
		kept, err := s.Keep(ctx, v.Name, v.Value)
		switch {
		case err != nil:
			return fmt.Errorf("keeping a value: %w", err)
		case !bytes.Equal(kept, v.Value) && !mayReplace:
			tally.Foreign++
			return nil
		case !bytes.Equal(kept, v.Value):
			if err := s.Forget(ctx, v.Name); err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("replacing a value: %w", err)
			}
			continue
		case !was:
			tally.Taken++
		case bytes.Equal(had, v.Value):
			tally.Same++
		default:
			tally.Updated++
		}
		return nil
	}
	return fmt.Errorf("replacing a value: %w: somebody else goes on bringing back another one", store.ErrUnavailable)
}
