package storetest

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func runRestart(t *testing.T, open func(t *testing.T) store.Store, opts Options) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store)
	}{
		{"records, counters, lists and values survive", everythingSurvives},
		{"what was deleted stays deleted", func(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store) {
			token := create(t, s, issuer("x"))
			use(t, s, token.Link, store.Admitted)
			keep(t, s, "key", "x", "x")
			if err := s.Delete(t.Context(), token.Link); err != nil {
				t.Fatal(err)
			}
			if err := s.Forget(t.Context(), "key"); err != nil {
				t.Fatal(err)
			}
			s = reopen(t, s)
			wantGone(t, s, token.Link)
			wantTotal(t, s, "x", 0)
			wantKept(t, s, "", map[string][]byte{})
		}},
		{"a limit holds over many restarts", func(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store) {
			token := create(t, s, limit(7))
			for n := range int64(10) {
				want := store.Admitted
				if n >= 7 {
					want = store.Exhausted
				}
				use(t, s, token.Link, want)
				s = reopen(t, s)
				wantRecord(t, s, store.Record{Token: token, Counter: min(n+1, 7)})
			}
		}},
		{"a use that was given back stays free, and the others stay spent", func(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store) {
			tokens := []store.Token{create(t, s, limit(3)), create(t, s)}
			for n := range int64(2) {
				for _, token := range tokens {
					d := use(t, s, token.Link, store.Admitted)
					use(t, s, token.Link, store.Admitted)
					giveBack(t, s, d)
				}
				s = reopen(t, s)
				for _, token := range tokens {
					wantRecord(t, s, store.Record{Token: token, Counter: n + 1})
				}
			}
		}},
		{"a cursor is good in the next life", func(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store) {
			links := scattered(t, s, 9)
			next := list(t, s, store.Query{Limit: 4}).Next
			s = reopen(t, s)
			wantLinks(t, links[4:], list(t, s, store.Query{After: next}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t), opts.Reopen)
		})
	}
}

func everythingSurvives(t *testing.T, s store.Store, reopen func(*testing.T, store.Store) store.Store) {
	want := store.Record{Token: fullToken(), Counter: 4}
	if err := s.Create(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	create(t, s, admin, created(time.Hour))
	use(t, s, want.Token.Link, store.Admitted)
	want.Counter++
	if _, err := s.Update(t.Context(), want.Token.Link, func(t *store.Token) error { t.Issuer = "new"; return nil }); err != nil {
		t.Fatal(err)
	}
	want.Token.Issuer = "new"
	keep(t, s, "key", "value", "value")

	s = reopen(t, s)
	wantRecord(t, s, want)
	wantTotal(t, s, "new", 1)
	wantTotal(t, s, "campaign", 0)
	wantTotal(t, s, "", 2)
	wantPages(t, s, store.Query{}, []string{want.Token.Link})
	keep(t, s, "key", "other", "value")
	if d := use(t, s, want.Token.Link, store.Admitted); d.Counter != want.Counter+1 {
		t.Fatalf("got counter %d, want %d", d.Counter, want.Counter+1)
	}
	if err := s.Health(t.Context()); err != nil {
		t.Fatalf("Health: %v", err)
	}
}
