package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// List implements [store.Store]. It sorts all records on every call.
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.enter(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.Unlock()
	after, err := parseCursor(q.After)
	if err != nil {
		return store.Page{}, err
	}
	if q.Offset < 0 {
		return store.Page{}, fmt.Errorf("%w: offset is negative", store.ErrInvalid)
	}
	limit := q.Limit
	if limit <= 0 || limit > store.MaxPage {
		limit = store.MaxPage
	}
	chosen := s.selection(q)
	page := store.Page{Total: int64(len(chosen))}
	rest := slices.DeleteFunc(chosen, func(r store.Record) bool {
		return q.After != "" && position(r).compare(after) <= 0
	})
	rest = rest[min(q.Offset, int64(len(rest))):]
	if len(rest) > limit {
		rest = rest[:limit]
		page.Next = position(rest[limit-1]).String()
	}
	for _, r := range rest {
		page.Records = append(page.Records, clone(r))
	}
	return page, nil
}

// selection is all that q asks for, in the order of creation.
func (s *Store) selection(q store.Query) []store.Record {
	var out []store.Record
	for _, r := range s.records {
		if (q.Issuer == "" || r.Token.Issuer == q.Issuer) && (q.WithAdmins || !r.Token.Admin()) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b store.Record) int { return position(a).compare(position(b)) })
	return out
}

// A cursor is the place of a record in the order of creation.
type cursor struct {
	created int64 // Unix microseconds
	link    string
}

func position(r store.Record) cursor {
	return cursor{r.Token.Created.UnixMicro(), r.Token.Link}
}

func (c cursor) compare(o cursor) int {
	return cmp.Or(cmp.Compare(c.created, o.created), cmp.Compare(c.link, o.link))
}

func (c cursor) String() string { return strconv.FormatInt(c.created, 10) + "." + c.link }

func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{}, nil
	}
	created, link, _ := strings.Cut(s, ".")
	at, err := strconv.ParseInt(created, 10, 64)
	if err != nil || !store.ValidLink(link) {
		return cursor{}, fmt.Errorf("%w: not a cursor of this store", store.ErrInvalid)
	}
	return cursor{at, link}, nil
}
