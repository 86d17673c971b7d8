package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// On a Cluster a record and its place in the lists lie on different nodes, and
// no step is over both. So a record is put on its lists before it is made, and
// taken off after it is gone: a list may name a record that is not there, and
// never lacks one that is.

// createApart keeps records one after the other, and takes them back where a
// later one cannot be kept.
func (s *Store) createApart(ctx context.Context, records []store.Record) error {
	var made []stored
	for i := range records {
		r, err := s.createOne(ctx, &records[i])
		if err == nil {
			made = append(made, r)
			continue
		}
		for _, r := range made {
			if _, undo := s.remove(context.WithoutCancel(ctx), r); undo != nil {
				return unavailable("taking records back", undo)
			}
		}
		return fmt.Errorf("record %d: %w", i, err)
	}
	return nil
}

func (s *Store) createOne(ctx context.Context, r *store.Record) (stored, error) {
	t := &r.Token
	args, err := newRecord(r)
	if err != nil {
		return stored{}, err
	}
	lists := s.keys.lists(t)
	if err := s.enlist(ctx, lists, member(t)); err != nil {
		return stored{}, err
	}
	got, err := s.run(ctx, call{
		createScript,
		[]string{s.keys.record(t.Link), s.keys.counter(t.Link)},
		append([]string{"2", strconv.Itoa(createWidth)}, args...),
	})
	s.live.changed(t.Link)
	if err != nil {
		return stored{}, err
	}
	err = s.tidy(ctx, t.Link, member(t), lists[:])
	if n, _ := got[0].AsInt64(); n > 0 && err == nil {
		err = store.ErrExists
	}
	return stored{token: t, id: args[3], version: "1"}, err
}

// enlist puts a token on its lists.
func (s *Store) enlist(ctx context.Context, lists [2]string, place string) error {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	add := make([]rueidis.Completed, 0, len(lists))
	for _, name := range lists {
		add = append(add, s.work.B().Zadd().Key(name).ScoreMember().ScoreMember(0, place).Build())
	}
	for _, r := range s.work.DoMulti(within, add...) {
		if err := r.Error(); err != nil {
			return s.failed(ctx, err)
		}
	}
	return nil
}

// tidy puts a token on the lists on which its record, as it is now, belongs,
// and takes it off the others. Who changes a record does so afterwards: the
// last one finds it as it stays.
func (s *Store) tidy(ctx context.Context, link, place string, lists []string) error {
	for {
		before, err := s.whereabouts(ctx, link, place)
		if err != nil {
			return err
		}
		if before[0] != "" {
			if err := s.enlist(ctx, before, place); err != nil {
				return err
			}
		}
		for _, name := range lists {
			if slices.Contains(before[:], name) {
				continue
			}
			if err := s.delist(ctx, name, place); err != nil {
				return err
			}
		}
		if after, err := s.whereabouts(ctx, link, place); err != nil || after == before {
			return err
		}
	}
}

func (s *Store) delist(ctx context.Context, name, place string) error {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	if err := s.work.Do(within, s.work.B().Zrem().Key(name).Member(place).Build()).Error(); err != nil {
		return s.failed(ctx, err)
	}
	return nil
}

// whereabouts are the lists on which the record of link belongs at that place;
// none where there is no such record.
func (s *Store) whereabouts(ctx context.Context, link, place string) (lists [2]string, err error) {
	r, err := s.read(ctx, link)
	switch {
	case err == nil && member(r.token) == place:
		return s.keys.lists(r.token), nil
	case err == nil || errors.Is(err, store.ErrNotFound):
		return lists, nil
	}
	return lists, err
}

// mergePage reads a page from all parts of a list.
func (s *Store) mergePage(ctx context.Context, l lister) (store.Page, error) {
	var page store.Page
	places, total, err := s.places(ctx, l)
	if err != nil {
		return page, err
	}
	page.Total = total
	skip := min(l.Offset, int64(len(places)))
	for places = places[skip:]; len(places) > 0 && len(page.Records) <= l.limit; {
		n := min(len(places), l.limit+1-len(page.Records))
		more, err := s.readPlaces(ctx, l, places[:n])
		if err != nil {
			return page, err
		}
		page.Records = append(page.Records, more...)
		places = places[n:]
	}
	if len(page.Records) > l.limit {
		page.Records = page.Records[:l.limit]
		page.Next = member(&page.Records[l.limit-1].Token)
	}
	return page, nil
}

// places are the first places of a list that its parts have, in order, as many
// as the page can need, and how many there are on the whole list.
func (s *Store) places(ctx context.Context, l lister) (all []string, total int64, err error) {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	most := min(l.Offset, 1<<40) + int64(l.limit) + 1
	b := s.work.B()
	kinds := []bool{false}
	if l.WithAdmins {
		kinds = append(kinds, true)
	}
	ask := make([]rueidis.Completed, 0, 2*len(kinds)*s.keys.parts)
	for part := range s.keys.parts {
		for _, admin := range kinds {
			name := s.keys.list(part, l.Issuer, admin)
			ask = append(ask, b.Zcard().Key(name).Build(),
				b.Zrangebylex().Key(name).Min(l.start()).Max("+").Limit(0, most).Build())
		}
	}
	got := s.work.DoMulti(within, ask...)
	for i := 0; i < len(got); i += 2 {
		n, err := got[i].AsInt64()
		if err != nil {
			return nil, 0, s.failed(ctx, err)
		}
		some, err := got[i+1].AsStrSlice()
		if err != nil {
			return nil, 0, s.failed(ctx, err)
		}
		total += n
		all = append(all, some...)
	}
	slices.SortFunc(all, cmp.Compare[string])
	return all[:min(int64(len(all)), most)], total, nil
}

// readPlaces reads the records at some places of a list, without those that are
// not there or belong on another list by now.
func (s *Store) readPlaces(ctx context.Context, l lister, places []string) ([]store.Record, error) {
	calls := make([]call, len(places))
	for i, place := range places {
		link := place[posLen:]
		calls[i] = call{getScript, []string{s.keys.record(link), s.keys.counter(link)}, nil}
	}
	var out []store.Record
	for i, answer := range s.runAll(ctx, calls) {
		got, err := answer.ToArray()
		if err != nil {
			return nil, s.failed(ctx, err)
		}
		r, err := decodeStored(places[i][posLen:], texts(got))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if l.shows(r.token) && member(r.token) == places[i] {
			out = append(out, store.Record{Token: *r.token, Counter: r.counter})
		}
	}
	return out, nil
}

// shows reports whether a token is on the list.
func (l lister) shows(t *store.Token) bool {
	return (l.Issuer == "" || l.Issuer == t.Issuer) && (l.WithAdmins || !t.Admin())
}
