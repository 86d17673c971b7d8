package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// A Tally says what became of rows.
type Tally struct {
	// Taken were not there before.
	Taken int `json:"taken"`

	// Same were there, and were as they are now.
	Same int `json:"same"`

	// Updated were there and were behind: they are now as they came.
	Updated int `json:"updated"`

	// Ahead were used or changed here since: no use is taken away and no later
	// change undone.
	Ahead int `json:"ahead"`

	// Foreign are other tokens, or other values, under the same name. They
	// stay what they are.
	Foreign int `json:"foreign"`
}

// Add adds another tally.
func (t *Tally) Add(other Tally) {
	t.Taken += other.Taken
	t.Same += other.Same
	t.Updated += other.Updated
	t.Ahead += other.Ahead
	t.Foreign += other.Foreign
}

// Take keeps records as they come, all those that are new in one step. With an
// error some may have been kept and others not: to take them again goes on
// where it broke off.
func Take(ctx context.Context, s store.Store, rows []Row) (Tally, error) {
	var tally Tally
	var fresh []store.Record
	seen := map[string]bool{}
	for _, row := range rows {
		r := row.record()
		has, err := s.Get(ctx, r.Token.Link)
		switch {
		case errors.Is(err, store.ErrNotFound) && !seen[r.Token.Link]:
			fresh = append(fresh, r)
			seen[r.Token.Link] = true
		case errors.Is(err, store.ErrNotFound):
			return tally, fmt.Errorf("%w: a link comes twice", store.ErrInvalid)
		case err != nil:
			return tally, fmt.Errorf("looking for a record: %w", err)
		default:
			if err := merge(ctx, s, &tally, has, r); err != nil {
				return tally, err
			}
		}
	}
	return tally, create(ctx, s, &tally, fresh)
}

// create keeps new records. Where somebody else has made one of them just now,
// each is taken by itself.
func create(ctx context.Context, s store.Store, tally *Tally, fresh []store.Record) error {
	if len(fresh) == 0 {
		return nil
	}
	err := s.Create(ctx, fresh...)
	switch {
	case err == nil:
		tally.Taken += len(fresh)
		return nil
	case !errors.Is(err, store.ErrExists) || len(fresh) == 1:
		return fmt.Errorf("keeping %d records: %w", len(fresh), err)
	}
	for _, r := range fresh {
		one, err := Take(ctx, s, []Row{newRow(r)})
		if err != nil {
			return err
		}
		tally.Add(one)
	}
	return nil
}

// merge brings a record that is there already up to what came.
func merge(ctx context.Context, s store.Store, tally *Tally, has, came store.Record) error {
	if !has.Token.Is(&came.Token) {
		tally.Foreign++
		return nil
	}
	sameContent := contentOf(&has.Token) == contentOf(&came.Token)
	later := !sameContent && has.Token.Modified.UnixMicro() > came.Token.Modified.UnixMicro()
	switch {
	case sameContent && has.Counter == came.Counter:
		tally.Same++
		return nil
	case later || has.Counter > came.Counter:
		tally.Ahead++
	default:
		tally.Updated++
	}
	if later {
		came.Token = has.Token.Clone()
	}
	switch {
	case has.Counter < came.Counter:
		return raise(ctx, s, came)
	case later || sameContent:
		return nil
	}
	return replace(ctx, s, came.Token)
}

// replace gives a token the content that came. Its counter is not touched.
func replace(ctx context.Context, s store.Store, came store.Token) error {
	_, err := s.Update(ctx, came.Link, func(t *store.Token) error {
		if !t.Is(&came) {
			return errChanged
		}
		*t = came.Clone()
		return nil
	})
	if err != nil {
		return fmt.Errorf("changing a record: %w", err)
	}
	return nil
}

// errChanged says that a record was made anew or used while it was taken.
var errChanged = errors.New("a record changes while it is copied: copy again")

// raise makes a record anew, with a higher counter. Meanwhile the token is
// switched off, so that no use is counted that would be lost with the old one.
// What breaks off in between leaves a token that is off or gone here, and is
// whole at the source: to take it again mends it.
func raise(ctx context.Context, s store.Store, came store.Record) error {
	off := func(t *store.Token) error {
		if !t.Is(&came.Token) {
			return errChanged
		}
		t.State = store.Disabled
		return nil
	}
	has, err := s.Update(ctx, came.Token.Link, off)
	if err != nil {
		return fmt.Errorf("switching a record off: %w", err)
	}
	if has.Counter >= came.Counter {
		return replace(ctx, s, came.Token)
	}
	err = s.DeleteIf(ctx, came.Token.Link, func(t *store.Token) error {
		if !t.Is(&came.Token) || t.State != store.Disabled {
			return errChanged
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("making a record anew: %w", err)
	}
	if err := s.Create(ctx, came); err != nil {
		return fmt.Errorf("making a record anew: %w", err)
	}
	return nil
}
