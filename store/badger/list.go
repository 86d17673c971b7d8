package badger

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// scanCheck is how many index keys a list passes before it looks whether it
// is still wanted: well under a millisecond's worth.
const scanCheck = 1024

// List implements [store.Store]. It reads index keys, and the records of the
// page only. What Offset skips is passed once: see [places].
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.drain.enter(); err != nil {
		return store.Page{}, err
	}
	defer s.drain.leave()
	l, err := s.newLister(ctx, q)
	if err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	if err := s.view(ctx, l.read); err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	if err := s.recount(ctx, l.page.Records); err != nil {
		return store.Page{}, fmt.Errorf("listing records: %w", err)
	}
	return l.page, nil
}

// A lister reads one page.
type lister struct {
	wanted func() error // nil while the page is still wanted
	query  store.Query
	limit  int
	prefix []byte
	after  *pos
	places *places
	page   store.Page
}

func (s *Store) newLister(ctx context.Context, q store.Query) (*lister, error) {
	l := &lister{query: q, limit: q.Limit, prefix: indexPrefix(q.Issuer), places: &s.db.places}
	if l.limit <= 0 || l.limit > store.MaxPage {
		l.limit = store.MaxPage
	}
	if q.Offset < 0 {
		return nil, fmt.Errorf("%w: offset is negative", store.ErrInvalid)
	}
	if len(q.Issuer) > store.MaxName {
		return nil, fmt.Errorf("%w: iss is longer than %d bytes", store.ErrInvalid, store.MaxName)
	}
	if q.After != "" {
		var p pos
		if n, err := hex.Decode(p[:], []byte(q.After)); err != nil || n != posLen {
			return nil, fmt.Errorf("%w: not a cursor of this store", store.ErrInvalid)
		}
		l.after = &p
	}
	l.wanted = func() error {
		if s.drain.shutting() {
			return store.ErrClosed
		}
		return ctx.Err()
	}
	return l, nil
}

func (l *lister) read(txn *engine.Txn) error {
	t, err := getTotal(txn, l.query.Issuer)
	if err != nil {
		return err
	}
	l.page.Total = t.of(l.query.WithAdmins)
	if l.query.Offset > 0 && l.query.Offset >= l.page.Total {
		return nil
	}
	found, err := l.scan(txn)
	if err != nil {
		return err
	}
	for n, p := range found {
		if n%scanCheck == 0 {
			if err := l.wanted(); err != nil {
				return err
			}
		}
		r, err := load(txn, p.id())
		if errors.Is(err, store.ErrNotFound) {
			return corrupt("a list names a record that is gone")
		}
		if err != nil {
			return err
		}
		l.page.Records = append(l.page.Records, r.record())
	}
	return nil
}

// scan returns the places of the page's records and sets the cursor behind
// the last one where the list goes on.
func (l *lister) scan(txn *engine.Txn) ([]pos, error) {
	it := txn.NewIterator(engine.IteratorOptions{Prefix: l.prefix})
	defer it.Close()
	var found []pos
	var passed int64
	after, skipped, saw, stop := l.begin(txn.ReadTs())
	defer stop()
	for it.Seek(l.start(after)); it.Valid(); it.Next() {
		if passed%scanCheck == 0 {
			if err := l.wanted(); err != nil {
				return nil, err
			}
		}
		passed++
		key := it.Item().Key()
		if len(key) != len(l.prefix)+posLen {
			return nil, corrupt("an index key has another length")
		}
		p := pos(key[len(l.prefix):])
		if after != nil && p == *after {
			continue
		}
		admin := it.Item().UserMeta()&metaAdmin != 0
		saw(p, admin)
		switch {
		case admin && !l.query.WithAdmins:
		case skipped < l.query.Offset:
			skipped++
		case len(found) == l.limit:
			last := found[len(found)-1]
			l.page.Next = hex.EncodeToString(last[:])
			return found, nil
		default:
			found = append(found, p)
		}
	}
	return found, nil
}

// start is the key at which the scan begins.
func (l *lister) start(after *pos) []byte {
	if after == nil {
		return l.prefix
	}
	return indexKey(l.query.Issuer, *after)
}

// begin says behind which place the scan of a list as it was after the commit
// at has to begin, and how many tokens it has skipped by then. saw is to be
// told of each one that it sees, and stop of its end.
func (l *lister) begin(at uint64) (after *pos, skipped int64, saw func(pos, bool), stop func()) {
	nothing := func(pos, bool) {}
	if l.after != nil || l.query.Offset < l.places.length {
		return l.after, 0, nothing, func() {}
	}
	r := l.places.learn(l.query.Issuer, at, l.query.Offset, l.query.WithAdmins)
	if r == nil {
		return nil, 0, nothing, func() {}
	}
	return r.after, r.passed, r.saw, r.stop
}
