package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkgate/linkgate/store"
)

var deleteIfTests = []test{
	{"a deletion that is agreed to leaves nothing", func(t *testing.T, s store.Store) {
		token, other := create(t, s, issuer("gone")), create(t, s, issuer("gone"))
		use(t, s, token.Link, store.Admitted)
		var seen store.Token
		if err := s.DeleteIf(t.Context(), token.Link, func(t *store.Token) error { seen = t.Clone(); return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(token, seen, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("token that was judged (-want +got):\n%s", diff)
		}
		wantGone(t, s, token.Link)
		wantRecord(t, s, store.Record{Token: other})
		wantTotal(t, s, "gone", 1)
		wantErr(t, s.DeleteIf(t.Context(), token.Link, agreed), store.ErrNotFound)
	}},
	{"a deletion that is refused leaves all as it was", func(t *testing.T, s store.Store) {
		token := create(t, s, admin, issuer("x"), limit(3))
		mine := errors.New("mine")
		err := s.DeleteIf(t.Context(), token.Link, func(t *store.Token) error {
			t.RID, t.Scopes[0] = "changed", store.ScopeWrite
			return mine
		})
		if err != mine { //nolint:errorlint // The promise is that it is not even wrapped.
			t.Fatalf("got %v, want the very error", err)
		}
		wantRecord(t, s, store.Record{Token: token})
		wantTotal(t, s, "x", 1)
	}},
	{"of a link that is not kept nothing is judged", func(t *testing.T, s store.Store) {
		for _, link := range []string{store.NewLink(), "", "no link"} {
			err := s.DeleteIf(t.Context(), link, func(*store.Token) error { panic("must not run") })
			wantErr(t, err, store.ErrNotFound)
		}
	}},
	{"a judgement that panics leaves the record and the store as they were", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		func() {
			defer func() { _ = recover() }()
			_ = s.DeleteIf(t.Context(), token.Link, func(*store.Token) error { panic("a bug of the caller") })
		}()
		wantRecord(t, s, store.Record{Token: token})
		use(t, s, token.Link, store.Admitted)
	}},
	{"a use that comes between the judgement and the deletion goes with the record", func(t *testing.T, s store.Store) {
		token := create(t, s)
		together(8, func(i int) {
			if i > 0 {
				if _, err := s.Use(t.Context(), attempt(token.Link)); err != nil {
					t.Errorf("Use: %v", err)
				}
				return
			}
			if err := s.DeleteIf(t.Context(), token.Link, agreed); err != nil {
				t.Errorf("DeleteIf: %v", err)
			}
		})
		wantGone(t, s, token.Link)
	}},
	{"no change comes between the judgement and the deletion", judgedAndDeletedAtOnce},
	{"of many deletions one succeeds", func(t *testing.T, s store.Store) {
		token := create(t, s)
		outcomes := make(chan error, 16)
		together(cap(outcomes), func(int) { outcomes <- s.DeleteIf(t.Context(), token.Link, agreed) })
		close(outcomes)
		succeeded := 0
		for err := range outcomes {
			if err == nil {
				succeeded++
			} else if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("DeleteIf: %v", err)
			}
		}
		if succeeded != 1 {
			t.Fatalf("%d deletions succeeded", succeeded)
		}
		wantGone(t, s, token.Link)
	}},
}

// judgedAndDeletedAtOnce lets a deletion that minds a scope race with the
// change that gives it. Whoever comes second loses: both cannot succeed.
func judgedAndDeletedAtOnce(t *testing.T, s store.Store) {
	const rounds = 40
	for round := range rounds {
		token := create(t, s, issuer(strconv.Itoa(round)))
		var deleted, changed error
		minded := errors.New("holds a scope")
		together(2, func(i int) {
			if i == 0 {
				deleted = s.DeleteIf(t.Context(), token.Link, func(t *store.Token) error {
					if t.Admin() {
						return minded
					}
					return nil
				})
				return
			}
			_, changed = s.Update(t.Context(), token.Link, func(t *store.Token) error {
				t.Scopes = []store.Scope{store.ScopeAdmin}
				return nil
			})
		})
		switch outcome := fmt.Sprint(deleted == nil, changed == nil); {
		case outcome == "true false" && errors.Is(changed, store.ErrNotFound):
			wantGone(t, s, token.Link)
		case outcome == "false true" && errors.Is(deleted, minded):
			wantTotal(t, s, token.Issuer, 1)
		default:
			t.Fatalf("deletion %v, change %v", deleted, changed)
		}
	}
}
