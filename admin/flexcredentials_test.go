package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

func TestACredentialMayStandWhereFlextypeHasIt(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id, secret, _ := strings.Cut(a.both, ".")
	wrong := id + ".wrong"
	generate := flex + "/generate"
	cases := []struct {
		name, method, path, body string
		options                  []option
		status                   int
	}{
		{"in the body", "POST", generate, inBody(a.both, ""), nil, 200},
		{"in a header", "POST", generate, "{}", []option{as(a.both)}, 200},
		{"in each header", "POST", generate, "", []option{as(a.both), with("X-API-Key", a.both), with("X-RapidAPI-Key", a.both)}, 200},
		{"in the body and a header", "POST", generate, inBody(a.both, ""), []option{as(a.both)}, 200},
		{"in the query, in two parts", "GET", flex + "?token=" + id + "&access_token=" + secret, "", nil, 200},
		{"in the query, in one", "GET", flex + "?token=" + a.both, "", nil, 200},
		{"in the query of HEAD", "HEAD", flex + "?token=" + a.both, "", nil, 200},
		{"in the query and a header", "GET", flex + "?token=" + a.both, "", []option{as(a.both)}, 200},
		{"in the query of a POST", "POST", generate + "?token=" + id + "&access_token=" + secret, "{}", nil, 401},
		{"in the body of a GET", "GET", flex, inBody(a.both, ""), nil, 401},
		{"whole in the token of a body", "POST", generate, `{"token":"` + a.both + `"}`, nil, 401},
		{"two in the body and a header", "POST", generate, inBody(a.both, ""), []option{as(a.reader)}, 400},
		{"two in the query and a header", "GET", flex + "?token=" + a.both, "", []option{as(a.reader)}, 400},
		{"two in the query", "GET", flex + "?token=" + a.both + "&token=" + a.reader, "", nil, 400},
		{"one secret for two ids", "GET", flex + "?token=" + id + "&token=" + idOf(a.reader) + "&access_token=" + secret, "", nil, 400},
		{"two secrets", "GET", flex + "?token=" + id + "&access_token=" + secret + "&access_token=x", "", nil, 400},
		{"a right and a wrong one", "POST", generate, inBody(wrong, ""), []option{as(a.both)}, 400},
		{"half of one beside a whole one", "POST", generate, `{"token":"` + id + `"}`, []option{as(a.both)}, 400},
		{"a wrong secret", "POST", generate, inBody(wrong, ""), nil, 401},
		{"a secret alone", "GET", flex + "?access_token=" + secret, "", nil, 401},
		{"none", "GET", flex, "", nil, 401},
		{"an upper-case name", "POST", generate, `{"Token":"` + id + `","access_token":"` + secret + `"}`, nil, 422},
		{"a name twice", "POST", generate, `{"token":"` + id + `","access_token":"` + secret + `","token":"x"}`, nil, 422},
		{"on the other API's paths", "GET", anywhere + "&token=" + a.both, "", nil, 401},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			options := append([]option{from("192.0.2." + itoa(i+10) + ":1")}, c.options...)
			r := a.do(c.method, c.path, c.body, options...)
			if r.status != c.status {
				t.Errorf("status %d: %s", r.status, r.text)
			}
			if strings.Contains(r.text, secret) || r.status >= 400 && strings.Contains(r.text, id) {
				t.Errorf("the credential is said back: %s", r.text)
			}
		})
	}
}

func TestOnlyAcceptedCallsOfTheFlextypeAPIAreUses(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	caller := a.flexCreate(a.both, `{"limit_calls":4,"scopes":["read"]}`)
	calls := func(want int64) {
		t.Helper()
		if got := a.record(idOf(caller)).Counter; got != want {
			t.Fatalf("%d calls, want %d", got, want)
		}
	}
	a.do("GET", anywhere, "", as(caller)).is(200)
	a.do("GET", flex+"?options=abc", "", as(caller)).is(400)
	a.do("POST", flex, inBody(caller, "")).is(403)
	a.do("POST", flex, "{", as(caller)).is(403)
	a.do("POST", flex+"/verify-hash", inBody(caller, "")).is(422)
	a.do("POST", flex+"/verify-hash", "{", as(caller)).is(400)
	a.do("GET", flex, "", as(idOf(caller)+".wrong")).is(401)
	calls(0)
	if got := a.flexEntry(caller, idOf(caller)).number("calls"); got != 1 {
		t.Errorf("its own record shows %d calls", got)
	}
	a.do("GET", flex+"?id=unknown", "", as(caller)).is(404) // accepted, and counted
	a.do("GET", flex, "", as(caller)).is(200)
	calls(3)
	a.do("POST", flex+"/validate-hash", inBody(caller, `,"string":"x","hash":"y"`)).is(200)
	a.do("GET", flex, "", as(caller)).is(429)
	a.do("GET", anywhere, "", as(caller)).is(429)
	a.do("GET", flex, "", as(idOf(caller)+".wrong")).is(401) // who guesses learns nothing of it
	calls(4)
}

func TestADisabledOrExpiredCredentialIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	caller := a.flexCreate(a.both, `{"exp":10}`)
	a.do("GET", flex, "", as(caller)).is(200)
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+idOf(caller)+`","data":{"state":"disabled"}`)).is(200)
	a.do("GET", flex, "", as(caller)).is(403).says("disabled")
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+idOf(caller)+`","data":{"state":"enabled"}`)).is(200)
	a.do("GET", flex, "", as(caller)).is(200)
	a.wait(11 * time.Minute)
	a.do("GET", flex, "", as(caller)).is(403).says("expired")
	if got := a.record(idOf(caller)).Counter; got != 2 {
		t.Errorf("%d calls", got)
	}
}

// A fickleStore changes a credential between the check of its secret and the
// charge of its use.
type fickleStore struct {
	store.Store
	before func()
}

func (s *fickleStore) Use(ctx context.Context, a store.Attempt) (store.Decision, error) {
	s.before()
	return s.Store.Use(ctx, a)
}

func TestACredentialThatChangesUnderwayIsJudgedAnew(t *testing.T) {
	t.Parallel()
	change := func(edit func(*store.Token)) func(*api, *fickleStore) {
		return func(a *api, s *fickleStore) {
			_, err := s.Update(a.t.Context(), idOf(a.both), func(t *store.Token) error { edit(t); return nil })
			if err != nil {
				a.t.Error(err)
			}
		}
	}
	for name, c := range map[string]struct {
		meanwhile func(*api, *fickleStore)
		status    int
	}{
		"nothing":            {func(*api, *fickleStore) {}, 200},
		"a scope is lost":    {change(func(t *store.Token) { t.Scopes = []store.Scope{store.ScopeRead} }), 403},
		"it is switched off": {change(func(t *store.Token) { t.State = store.Disabled }), 403},
		"a limit is reached": {change(func(t *store.Token) { t.Limit = 1 }), 429},
		"its secret changes": {change(func(t *store.Token) { t.HashedAccessToken = "$2y$10$" + strings.Repeat("a", 53) }), 401},
		"it is deleted": {func(a *api, s *fickleStore) {
			if err := s.Delete(a.t.Context(), idOf(a.both)); err != nil {
				a.t.Error(err)
			}
		}, 401},
		"another takes its place": {func(a *api, s *fickleStore) {
			if err := s.Delete(a.t.Context(), idOf(a.both)); err != nil {
				a.t.Error(err)
			}
			a.keep(store.Token{Link: idOf(a.both), UUID: "another", HashedAccessToken: testHash(), Scopes: []store.Scope{store.ScopeWrite}}, 0)
		}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &fickleStore{Store: memory.New(), before: func() {}}
			a := newAPIOver(t, s)
			if _, err := s.Store.Use(t.Context(), store.Attempt{Link: idOf(a.both), Now: a.clock(), AsCredential: true}); err != nil {
				t.Fatal(err)
			}
			s.before = func() { c.meanwhile(a, s) }
			a.do("POST", flex+"/generate", inBody(a.both, "")).is(c.status)
		})
	}
}
