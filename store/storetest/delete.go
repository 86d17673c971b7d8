package storetest

import (
	"testing"

	"github.com/linkgate/linkgate/store"
)

var deleteTests = []test{
	{"nothing is left of a deleted record", func(t *testing.T, s store.Store) {
		token := create(t, s, issuer("gone"))
		use(t, s, token.Link, store.Admitted)
		if err := s.Delete(t.Context(), token.Link); err != nil {
			t.Fatal(err)
		}
		wantGone(t, s, token.Link)
		wantTotal(t, s, "gone", 0)
		wantTotal(t, s, "", 0)
	}},
	{"a link that is not kept is not found", func(t *testing.T, s store.Store) {
		token := create(t, s)
		for _, link := range []string{store.NewLink(), "", "no link"} {
			wantErr(t, s.Delete(t.Context(), link), store.ErrNotFound)
		}
		if err := s.Delete(t.Context(), token.Link); err != nil {
			t.Fatal(err)
		}
		wantErr(t, s.Delete(t.Context(), token.Link), store.ErrNotFound)
	}},
	{"a neighbour is not touched", func(t *testing.T, s store.Store) {
		a, b := create(t, s, issuer("x")), create(t, s, issuer("x"))
		use(t, s, b.Link, store.Admitted)
		if err := s.Delete(t.Context(), a.Link); err != nil {
			t.Fatal(err)
		}
		wantRecord(t, s, store.Record{Token: b, Counter: 1})
		wantTotal(t, s, "x", 1)
	}},
	{"a link can be made again and starts from what it comes with", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		use(t, s, token.Link, store.Admitted)
		if err := s.Delete(t.Context(), token.Link); err != nil {
			t.Fatal(err)
		}
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
			t.Fatal(err)
		}
		wantRecord(t, s, store.Record{Token: token})
		use(t, s, token.Link, store.Admitted)
		use(t, s, token.Link, store.Exhausted)
	}},
}
