package admin_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// TestNoCallGivesAnybodyAScope lets credentials with all kinds of scopes send
// all kinds of requests at each other's records. Whatever happens, a record's
// scopes and secret stay what they are, and nobody touches a record that may
// do more than he may.
func TestNoCallGivesAnybodyAScope(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a := newAPI(t)
		var records []store.Token
		for i := range rapid.IntRange(2, 5).Draw(rt, "credentials") {
			scopes := rapid.SliceOfDistinct(
				rapid.SampledFrom([]store.Scope{store.ScopeRead, store.ScopeWrite, store.ScopeAdmin}),
				func(s store.Scope) store.Scope { return s },
			).Draw(rt, fmt.Sprint("scopes ", i))
			records = append(records, a.keep(store.Token{HashedAccessToken: testHash(), Scopes: scopes, Issuer: "camp"}, 0))
		}
		for range rapid.IntRange(1, 12).Draw(rt, "calls") {
			caller := rapid.SampledFrom(records).Draw(rt, "caller")
			target := rapid.SampledFrom(records).Draw(rt, "target")
			before := a.shown(target.Link)
			if a.shown(caller.Link) == "" {
				continue // deleted meanwhile: that it is 401 is another test
			}
			r := a.anyCall(rt, caller, target)
			may := slices.Contains(caller.Scopes, store.ScopeWrite) && holds(caller, target)
			if a.shown(target.Link) != before && !may {
				rt.Fatalf("a caller with %v touched a record with %v: %d", caller.Scopes, target.Scopes, r.status)
			}
		}
		for _, was := range records {
			if a.shown(was.Link) == "" {
				continue
			}
			is := a.record(was.Link).Token
			if !slices.Equal(is.Scopes, was.Scopes) || is.HashedAccessToken != was.HashedAccessToken {
				rt.Fatalf("%v became %v", was.Scopes, is.Scopes)
			}
		}
	})
}

// shown writes all that is kept of a link; nothing where nothing is.
func (a *api) shown(link string) string {
	r, err := a.store.Get(a.t.Context(), link)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%+v", r)
}

// holds reports whether a caller has all scopes of a record.
func holds(caller, target store.Token) bool {
	for _, scope := range target.Scopes {
		if !slices.Contains(caller.Scopes, scope) {
			return false
		}
	}
	return true
}

// anyCall sends one request and checks its status against the scopes.
func (a *api) anyCall(rt *rapid.T, caller, target store.Token) reply {
	call := rapid.SampledFrom([]struct {
		method, path, body string
		scope              store.Scope
	}{
		{"POST", "/api/v1/token", simple, store.ScopeWrite},
		{"POST", "/api/v1/token", `{"scopes":["admin"],` + simple[1:], store.ScopeWrite},
		{"GET", "/api/v1/token/ID?t=link", "", store.ScopeRead},
		{"GET", "/api/v1/token/camp?t=iss", "", store.ScopeRead},
		{"GET", "/api/v1/token/validate/x?t=link", "", store.ScopeRead},
		{"GET", "/api/v1/token/explain/ID?t=link", "", store.ScopeRead},
		{"PATCH", "/api/v1/token/ID", `{"exp":5}`, store.ScopeWrite},
		{"PATCH", "/api/v1/token/ID", `{"state":"enabled","data":{"scope":"admin"}}`, store.ScopeWrite},
		{"PATCH", "/api/v1/token/ID", `{"data":{"scopes":["read","write","admin"]}}`, store.ScopeWrite},
		{"PATCH", "/api/v1/token/ID", `{"scopes":["admin"]}`, store.ScopeWrite},
		{"DELETE", "/api/v1/token/ID", "", store.ScopeWrite},
	}).Draw(rt, "call")
	path := strings.Replace(call.path, "ID", target.Link, 1)
	r := a.do(call.method, path, call.body, as(caller.Link+"."+testSecret))
	if r.status == http.StatusUnauthorized {
		rt.Fatal("a good credential is refused")
	}
	if r.status != http.StatusForbidden && !slices.Contains(caller.Scopes, call.scope) {
		rt.Fatalf("%s %s with %v is %d", call.method, call.path, caller.Scopes, r.status)
	}
	return r
}
