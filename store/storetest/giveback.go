package storetest

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

var giveBackTests = []test{
	{"a use that is given back is free for the next one", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		for range 3 {
			d := use(t, s, token.Link, store.Admitted)
			if d.Counter != 1 {
				t.Fatalf("got counter %d, want 1", d.Counter)
			}
			use(t, s, token.Link, store.Exhausted)
			giveBack(t, s, d)
			wantRecord(t, s, store.Record{Token: token})
		}
	}},
	{"of many uses one is taken back, with and without a limit", func(t *testing.T, s store.Store) {
		for _, token := range []store.Token{create(t, s, limit(9)), create(t, s)} {
			first := use(t, s, token.Link, store.Admitted)
			use(t, s, token.Link, store.Admitted)
			giveBack(t, s, first)
			wantRecord(t, s, store.Record{Token: token, Counter: 1})
		}
	}},
	{"a record that was changed meanwhile gets its use back, and keeps the change", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(2))
		d := use(t, s, token.Link, store.Admitted)
		change := func(t *store.Token) error {
			t.Limit, t.State, t.Expires = 1, store.Disabled, present.Add(-time.Hour)
			return nil
		}
		got, err := s.Update(t.Context(), token.Link, change)
		wantErr(t, err, nil)
		giveBack(t, s, d)
		wantRecord(t, s, store.Record{Token: got.Token})
	}},
	{"a token that was deleted is not found, even if its link was made again", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(5))
		d := use(t, s, token.Link, store.Admitted)
		wantErr(t, s.Delete(t.Context(), token.Link), nil)
		wantErr(t, s.GiveBack(t.Context(), d), store.ErrNotFound)
		for _, other := range []func(*store.Token){
			func(t *store.Token) { t.UUID = "another one" },
			func(t *store.Token) { t.Created = t.Created.Add(time.Microsecond) },
		} {
			next := token
			other(&next)
			wantErr(t, s.Create(t.Context(), store.Record{Token: next, Counter: 3}), nil)
			wantErr(t, s.GiveBack(t.Context(), d), store.ErrNotFound)
			wantRecord(t, s, store.Record{Token: next, Counter: 3})
			wantErr(t, s.Delete(t.Context(), token.Link), nil)
		}
	}},
	{"what was not charged is not given back", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		use(t, s, token.Link, store.Admitted)
		wantErr(t, s.GiveBack(t.Context(), use(t, s, token.Link, store.Exhausted)), store.ErrInvalid)
		wantErr(t, s.GiveBack(t.Context(), use(t, s, store.NewLink(), store.Unknown)), store.ErrInvalid)
		wantErr(t, s.GiveBack(t.Context(), store.Decision{}), store.ErrInvalid)
		wantErr(t, s.GiveBack(t.Context(), store.Decision{Token: new(store.Token)}), store.ErrNotFound)
		wantRecord(t, s, store.Record{Token: token, Counter: 1})
	}},
	{"a counter stays between zero and the highest number", func(t *testing.T, s store.Store) {
		for _, counter := range []int64{0, math.MaxInt64} {
			token := newToken()
			wantErr(t, s.Create(t.Context(), store.Record{Token: token, Counter: counter}), nil)
			giveBack(t, s, store.Decision{Token: &token})
			wantRecord(t, s, store.Record{Token: token, Counter: counter})
		}
	}},
	{"a limit holds, exactly, while uses come and are given back", givenBackAndUsed},
}

// givenBackAndUsed lets clients draw on a limit and give back a part of what
// they got, until nothing is left.
func givenBackAndUsed(t *testing.T, s store.Store) {
	const most = 24
	for _, token := range []store.Token{create(t, s, limit(most)), create(t, s)} {
		var kept atomic.Int64
		ctx := context.WithoutCancel(t.Context())
		together(12, func(i int) {
			for n := range 12 {
				d := useIn(t, s, token.Link)
				switch {
				case !d.Admitted():
				case token.Limit != store.NoLimit && d.Counter > most:
					t.Errorf("use %d of %d was admitted", d.Counter, most)
				case (i+n)%3 == 0:
					kept.Add(1)
				default:
					if err := s.GiveBack(ctx, d); err != nil {
						t.Errorf("GiveBack: %v", err)
					}
				}
			}
		})
		for token.Limit != store.NoLimit && useIn(t, s, token.Link).Admitted() {
			kept.Add(1)
		}
		if n := kept.Load(); token.Limit != store.NoLimit && n != most {
			t.Errorf("%d uses were kept, want %d", n, most)
		}
		wantRecord(t, s, store.Record{Token: token, Counter: kept.Load()})
	}
}

func giveBack(t *testing.T, s store.Store, charged store.Decision) {
	t.Helper()
	if err := s.GiveBack(t.Context(), charged); err != nil {
		t.Fatalf("GiveBack: %v", err)
	}
}
