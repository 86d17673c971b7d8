package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// List implements [store.Store]. On one server a page is read in one step. On
// a Cluster the parts of a list are read one after the other: the total may lag
// behind the records.
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.enter(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.leave()
	l, err := newLister(q)
	if err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	if err := s.flush(ctx); err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	read := s.readPage
	if s.opts.Cluster {
		read = s.mergePage
	}
	page, err := read(ctx, l)
	if err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	return page, nil
}

// A lister is a query that makes sense.
type lister struct {
	store.Query
	limit int
}

func newLister(q store.Query) (lister, error) {
	l := lister{q, q.Limit}
	if l.limit <= 0 || l.limit > store.MaxPage {
		l.limit = store.MaxPage
	}
	switch {
	case q.Offset < 0:
		return l, fmt.Errorf("%w: offset is negative", store.ErrInvalid)
	case len(q.Issuer) > store.MaxName:
		return l, fmt.Errorf("%w: iss is longer than %d bytes", store.ErrInvalid, store.MaxName)
	case q.After != "" && !isMember(q.After):
		return l, fmt.Errorf("%w: not a cursor of this store", store.ErrInvalid)
	}
	return l, nil
}

// isMember reports whether s is a place in a list.
func isMember(s string) bool {
	if len(s) != posLen+store.LinkLen || !store.ValidLink(s[posLen:]) {
		return false
	}
	_, err := strconv.ParseUint(s[:posLen], 16, 64)
	return err == nil
}

// start is where the page begins, before the offset, in the words of
// ZRANGEBYLEX.
func (l lister) start() string {
	if l.After == "" {
		return "-"
	}
	return "(" + l.After
}

// readPage reads a page with one script.
func (s *Store) readPage(ctx context.Context, l lister) (store.Page, error) {
	c := call{
		script: pageScript, keys: []string{s.keys.list(0, l.Issuer, false)},
		args: []string{
			s.keys.prefix + "t:", s.keys.prefix + "c:",
			l.start(), strconv.FormatInt(min(l.Offset, 1<<52), 10), strconv.Itoa(l.limit),
		},
	}
	if l.WithAdmins {
		c.keys = append(c.keys, s.keys.list(0, l.Issuer, true))
	}
	got, err := s.run(ctx, c)
	if err != nil {
		return store.Page{}, err
	}
	var page store.Page
	if page.Total, err = got[0].AsInt64(); err != nil {
		return page, damaged("the server's answer has no total")
	}
	for i := range got[2:] {
		place, r, err := listed(&got[2+i])
		if err != nil {
			return page, err
		}
		page.Records = append(page.Records, store.Record{Token: *r.token, Counter: r.counter})
		page.Next = place
	}
	if more, _ := got[1].ToString(); more != "1" {
		page.Next = ""
	}
	return page, nil
}

// listed reads one record of a page.
func listed(m *rueidis.RedisMessage) (place string, r stored, err error) {
	parts, err := m.ToArray()
	if err != nil || len(parts) < 4 {
		return "", r, damaged("a list cannot be read")
	}
	got := texts(parts)
	if !isMember(got[0]) {
		return "", r, damaged("a list has something else than records on it")
	}
	r, err = decodeStored(got[0][posLen:], append(got[1:4], "", ""))
	if errors.Is(err, store.ErrNotFound) {
		return "", r, damaged("a list names a record that is gone")
	}
	return got[0], r, err
}
