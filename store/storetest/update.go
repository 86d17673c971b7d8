package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkgate/linkgate/store"
)

var updateTests = []test{
	{"a change is kept and returned with the counter", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(5))
		use(t, s, token.Link, store.Admitted)
		later := present.Add(time.Hour)
		got, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			t.State, t.Limit, t.URL, t.Modified, t.Data = store.Disabled, 2, "https://example.com/x", later, []byte(`{"n":1}`)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		token.State, token.Limit, token.URL, token.Modified, token.Data = store.Disabled, 2, "https://example.com/x", later, []byte(`{"n":1}`)
		want := store.Record{Token: token, Counter: 1}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("answer (-want +got):\n%s", diff)
		}
		wantRecord(t, s, want)
		use(t, s, token.Link, store.SwitchedOff)
	}},
	{"an error of the change is returned as it is, and nothing changes", func(t *testing.T, s store.Store) {
		token := create(t, s, func(t *store.Token) { t.Scopes = []store.Scope{store.ScopeRead} })
		mine := errors.New("mine")
		_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			t.RID, t.Issuer, t.Scopes[0] = "changed", "changed", store.ScopeAdmin
			return mine
		})
		if err != mine { //nolint:errorlint // The promise is that it is not even wrapped.
			t.Fatalf("got %v, want the very error of the change", err)
		}
		wantRecord(t, s, store.Record{Token: token})
		wantTotal(t, s, "changed", 0)
	}},
	{"a link that is not kept is not found, and the change does not run", func(t *testing.T, s store.Store) {
		for _, link := range []string{store.NewLink(), "", "no link"} {
			_, err := s.Update(t.Context(), link, func(*store.Token) error { panic("must not run") })
			wantErr(t, err, store.ErrNotFound)
		}
	}},
	{"link, UUID, creation and creator cannot be changed", func(t *testing.T, s store.Store) {
		token := create(t, s, func(t *store.Token) { t.CreatedBy = "somebody" })
		_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			*t = newToken(created(time.Hour))
			t.RID = "changed"
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		token.RID = "changed"
		wantRecord(t, s, store.Record{Token: token})
		wantTotal(t, s, "", 1)
	}},
	{"what no store keeps is invalid, and nothing changes", func(t *testing.T, s store.Store) {
		token := create(t, s)
		_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			t.RID = strings.Repeat("x", store.MaxName+1)
			return nil
		})
		wantErr(t, err, store.ErrInvalid)
		wantRecord(t, s, store.Record{Token: token})
	}},
	{"a limit below the counter spends the token, a higher one revives it", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(3))
		use(t, s, token.Link, store.Admitted)
		use(t, s, token.Link, store.Admitted)
		setLimit(t, s, token.Link, 1)
		if d := use(t, s, token.Link, store.Exhausted); d.Counter != 2 || d.Remaining() != 0 {
			t.Fatalf("got counter %d, remaining %d; want 2, 0", d.Counter, d.Remaining())
		}
		setLimit(t, s, token.Link, 3)
		use(t, s, token.Link, store.Admitted)
		use(t, s, token.Link, store.Exhausted)
		setLimit(t, s, token.Link, store.NoLimit)
		use(t, s, token.Link, store.Admitted)
	}},
	{"a record moves to the list of its new campaign", recordMoves},
	{"what the change touched or kept is not the store's", changeKeepsNothing},
	{"a change that panics leaves the record and the store as they were", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		func() {
			defer func() { _ = recover() }()
			_, _ = s.Update(t.Context(), token.Link, func(t *store.Token) error {
				t.Limit = 9
				panic("a bug of the caller")
			})
		}()
		wantRecord(t, s, store.Record{Token: token})
		use(t, s, token.Link, store.Admitted)
	}},
}

func setLimit(t *testing.T, s store.Store, link string, n int64) {
	t.Helper()
	if _, err := s.Update(t.Context(), link, func(t *store.Token) error { t.Limit = n; return nil }); err != nil {
		t.Fatal(err)
	}
}

func recordMoves(t *testing.T, s store.Store) {
	token := create(t, s, issuer("old"))
	create(t, s, issuer("old"))
	move := func(iss string, scopes ...store.Scope) {
		t.Helper()
		_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
			t.Issuer, t.Scopes = iss, scopes
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	totals := func(old, fresh, plain int) {
		t.Helper()
		wantTotal(t, s, "old", old)
		wantTotal(t, s, "new", fresh)
		wantTotal(t, s, "", 2)
		page, err := s.List(t.Context(), store.Query{})
		if err != nil || page.Total != int64(plain) || len(page.Records) != plain {
			t.Fatalf("without admins: got %d records, total %d, error %v; want %d", len(page.Records), page.Total, err, plain)
		}
	}
	totals(2, 0, 2)
	move("new")
	totals(1, 1, 2)
	move("new", store.ScopeAdmin)
	totals(1, 1, 1)
	move("")
	totals(1, 0, 2)
	move("old", store.ScopeAdmin)
	totals(2, 0, 1)
}

func changeKeepsNothing(t *testing.T, s store.Store) {
	token := create(t, s, func(t *store.Token) {
		t.Scopes, t.Data = []store.Scope{store.ScopeRead}, []byte(`{"a":1}`)
	})
	var inside *store.Token
	config := []string{"link"}
	if _, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
		inside, t.Config = t, config
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	config[0], inside.RID, inside.Scopes[0], inside.Data[5] = "changed", "changed", store.ScopeAdmin, '9'
	token.Config = []string{"link"}
	wantRecord(t, s, store.Record{Token: token})
}
