package redis

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// A stored is a record as it lies in the database.
type stored struct {
	token       *store.Token
	counter     int64
	id, version string
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, link string) (store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return store.Record{}, err
	}
	defer s.leave()
	r, err := s.read(ctx, link)
	if err != nil {
		return store.Record{}, fmt.Errorf("reading a record: %w", err)
	}
	return store.Record{Token: *r.token, Counter: r.counter}, nil
}

// read reads the record of link, or returns [store.ErrNotFound].
func (s *Store) read(ctx context.Context, link string) (stored, error) {
	if !store.ValidLink(link) {
		return stored{}, store.ErrNotFound
	}
	if err := s.settle(ctx, link); err != nil {
		return stored{}, err
	}
	got, err := s.run(ctx, call{getScript, []string{s.keys.record(link), s.keys.counter(link)}, nil})
	if err != nil {
		return stored{}, err
	}
	return decodeStored(link, texts(got))
}

func decodeStored(link string, got []string) (stored, error) {
	if len(got) < 5 {
		return stored{}, damaged("the server's answer is too short")
	}
	if got[0] == "" {
		return stored{}, store.ErrNotFound
	}
	t, err := decodeToken(link, got[0], got[1])
	if err != nil {
		return stored{}, err
	}
	n, err := decodeCounter(got[2])
	return stored{token: t, counter: n, id: got[3], version: got[4]}, err
}

// Create implements [store.Store]. On a Cluster, which has no step over several
// of its nodes, records of one call are kept one after the other, and taken
// back where a later one cannot be kept.
func (s *Store) Create(ctx context.Context, records ...store.Record) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for i := range records {
		if err := records[i].Check(); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	if n, twice := repeated(records); twice {
		return fmt.Errorf("record %d: %w", n, store.ErrExists)
	}
	if len(records) == 0 {
		return nil
	}
	if s.opts.Cluster {
		return s.createApart(ctx, records)
	}
	if err := s.createTogether(ctx, records); err != nil {
		return fmt.Errorf("keeping records: %w", err)
	}
	return nil
}

// repeated returns the place of a record whose link stands before it already.
func repeated(records []store.Record) (int, bool) {
	seen := make(map[string]bool, len(records))
	for i := range records {
		if seen[records[i].Token.Link] {
			return i, true
		}
		seen[records[i].Token.Link] = true
	}
	return 0, false
}

func (s *Store) createTogether(ctx context.Context, records []store.Record) error {
	c := call{script: createScript, args: []string{"4", fmt.Sprint(createWidth)}}
	for i := range records {
		t := &records[i].Token
		lists := s.keys.lists(t)
		c.keys = append(c.keys, s.keys.record(t.Link), s.keys.counter(t.Link), lists[0], lists[1])
		args, err := newRecord(&records[i])
		if err != nil {
			return err
		}
		c.args = append(c.args, args...)
	}
	got, err := s.run(ctx, c)
	for i := range records {
		s.live.changed(records[i].Token.Link)
	}
	if err != nil {
		return err
	}
	if n, _ := got[0].AsInt64(); n > 0 {
		return fmt.Errorf("record %d: %w", n-1, store.ErrExists)
	}
	return nil
}

// createWidth is how many arguments of the script a new record is.
const createWidth = 2 + recordWidth

// newRecord are the arguments of a record that is created, under an id that no
// other has.
func newRecord(r *store.Record) ([]string, error) {
	f, err := fields(&r.Token, rand.Text(), "1")
	if err != nil {
		return nil, err
	}
	return append([]string{fmt.Sprint(r.Counter), member(&r.Token)}, f...), nil
}

// texts are the answers of a list; "" where there is none.
func texts(list []rueidis.RedisMessage) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i], _ = list[i].ToString()
	}
	return out
}
