package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkgate/linkgate/store"
)

var useTests = []test{
	{"a use is counted and returned with its count", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(2))
		for want := int64(1); want <= 2; want++ {
			if d := use(t, s, token.Link, store.Admitted); d.Counter != want || d.Remaining() != 2-want {
				t.Fatalf("got counter %d, remaining %d; want %d, %d", d.Counter, d.Remaining(), want, 2-want)
			}
		}
		if d := use(t, s, token.Link, store.Exhausted); d.Counter != 2 {
			t.Fatalf("a refusal moved the counter to %d", d.Counter)
		}
		wantRecord(t, s, store.Record{Token: token, Counter: 2})
	}},
	{"a token without a limit is counted too", func(t *testing.T, s store.Store) {
		token := create(t, s)
		for range 20 {
			use(t, s, token.Link, store.Admitted)
		}
		wantRecord(t, s, store.Record{Token: token, Counter: 20})
	}},
	{"a peek counts nothing", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(1))
		for range 3 {
			d, err := s.Peek(t.Context(), attempt(token.Link))
			if err != nil || !d.Admitted() || d.Counter != 0 || d.Remaining() != 1 {
				t.Fatalf("Peek: got %q, counter %d, error %v; want admitted, 0", d.Reason, d.Counter, err)
			}
		}
		use(t, s, token.Link, store.Admitted)
	}},
	{"a link that is not kept, or none, is unknown and no error", func(t *testing.T, s store.Store) {
		create(t, s)
		for _, link := range []string{store.NewLink(), "", "x", "../../etc/passwd", "0123456789ABCDEF0123456789ABCDEF"} {
			if d := use(t, s, link, store.Unknown); d.Token != nil {
				t.Fatalf("link %q: got a token", link)
			}
			if d, err := s.Peek(t.Context(), attempt(link)); err != nil || d.Reason != store.Unknown {
				t.Fatalf("Peek of %q: got %q, %v", link, d.Reason, err)
			}
		}
		wantTotal(t, s, "", 1)
	}},
	{"decisions are those of the rules", decisionsAreJudgements},
}

// decisionsAreJudgements presents tokens of all kinds in all ways and compares
// every field of the answer with what Judge says.
func decisionsAreJudgements(t *testing.T, s store.Store) {
	for _, token := range manyTokens() {
		if err := s.Create(t.Context(), store.Record{Token: token, Counter: 1}); err != nil {
			t.Fatal(err)
		}
		counter := int64(1)
		for _, a := range manyAttempts(token) {
			want := store.Judge(&token, counter, &a)
			got, err := s.Peek(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("Peek (-Judge +store):\n%s", diff)
			}
			if want.Admitted() {
				counter++
				want.Counter = counter
			}
			if got, err = s.Use(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("Use (-Judge +store):\n%s", diff)
			}
		}
	}
}

// manyTokens are tokens that differ in what the rules look at.
func manyTokens() []store.Token {
	return []store.Token{
		newToken(),
		newToken(limit(1)),
		newToken(limit(3)),
		newToken(issuer("campaign")),
		newToken(admin),
		newToken(func(t *store.Token) { t.State = store.Disabled }),
		newToken(func(t *store.Token) { t.Expires = present.Add(-time.Hour) }),
		newToken(func(t *store.Token) { t.Expires = present.Add(time.Hour) }),
		newToken(func(t *store.Token) { t.URL = "https://example.com/a" }),
		newToken(limit(1), issuer("other"), func(t *store.Token) { t.State, t.Expires = store.Disabled, present.Add(-time.Hour) }),
	}
}

// manyAttempts are ways to present one token.
func manyAttempts(token store.Token) []store.Attempt {
	hour := present.Add(time.Hour)
	route := func(r store.Route) store.Attempt { return store.Attempt{Link: token.Link, Now: present, Route: r} }
	claims := func(c store.Claims) store.Attempt {
		return store.Attempt{Link: token.Link, Now: present, Claims: &c}
	}
	return []store.Attempt{
		attempt(token.Link),
		route(store.Route{Issuers: []string{"campaign", "third"}}),
		route(store.Route{MatchURL: true, Host: "example.com", Path: "/a/b"}),
		route(store.Route{MatchURL: true, Host: "example.com", Path: "/ab"}),
		claims(store.Claims{Link: token.Link, RID: "rid", Expires: hour}),
		claims(store.Claims{Link: token.Link, RID: "rid", Expires: present.Add(-time.Hour)}),
		claims(store.Claims{Link: token.Link, RID: "rid", Expires: hour, NotBefore: hour}),
		claims(store.Claims{Link: token.Link, RID: "somebody else", Expires: hour}),
		{Link: token.Link, Now: present, AsCredential: true},
	}
}
