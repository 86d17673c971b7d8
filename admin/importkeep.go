package admin

import (
	"context"
	"errors"

	"github.com/linkgate/linkgate/store"
)

// keepImport keeps those records whose id is free, all of them in one step.
func (h *Handler) keepImport(ctx context.Context, results []Imported, records map[int]store.Record) error {
	seen := map[string]bool{}
	var places []int
	for i := range results {
		r, ok := records[i]
		if !ok {
			continue
		}
		exists := seen[r.Token.Link]
		seen[r.Token.Link] = true
		if !exists {
			_, err := h.o.Store.Get(ctx, r.Token.Link)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			exists = err == nil
		}
		if exists {
			results[i].Result = ImportExists
			continue
		}
		places = append(places, i)
	}
	return h.createImport(ctx, results, records, places)
}

// createImport creates the records at places. Where somebody else has made one
// of them just now, each is tried by itself.
func (h *Handler) createImport(ctx context.Context, results []Imported, records map[int]store.Record, places []int) error {
	if len(places) == 0 {
		return nil
	}
	all := make([]store.Record, len(places))
	for n, i := range places {
		all[n] = records[i]
	}
	switch err := h.o.Store.Create(ctx, all...); {
	case errors.Is(err, store.ErrExists) && len(places) == 1:
		results[places[0]].Result = ImportExists
		return nil
	case errors.Is(err, store.ErrExists):
		for _, i := range places {
			if err := h.createImport(ctx, results, records, []int{i}); err != nil {
				return err
			}
		}
		return nil
	case err != nil:
		return err
	}
	for _, i := range places {
		results[i].Result = ImportTaken
	}
	return nil
}
