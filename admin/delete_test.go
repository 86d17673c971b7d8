package admin_test

import (
	"context"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

func TestDeleteForgetsATokenOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", simple, as(a.both)).is(200)
	link, token := r.json["link"].(string), r.json["token"].(string)
	first := a.do("DELETE", "/api/v1/token/"+link, "", as(a.writer)).is(200)
	if first.text != `{"link":"`+link+`","deleted":1}`+"\n" {
		t.Errorf("first: %s", first.text)
	}
	second := a.do("DELETE", "/api/v1/token/"+link, "", as(a.writer)).is(200)
	if second.text != `{"link":"`+link+`","deleted":0}`+"\n" {
		t.Errorf("second: %s", second.text)
	}
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(404)
	a.do("GET", "/api/v1/token/validate/"+token+"?t=jwt", "", as(a.reader)).is(404)
}

func TestDeleteOfAMalformedLinkIsNoneDeleted(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for path, link := range map[string]string{
		"x": "x", "48851F26B437494FB4661DCDB2C8D004": "48851F26B437494FB4661DCDB2C8D004", "a%2Fb": "a/b", "%22%3Cb%3E": `"<b>`,
		strings.Repeat("f", 31): strings.Repeat("f", 31), "%00": "\x00",
	} {
		r := a.do("DELETE", "/api/v1/token/"+path, "ignored {", as(a.writer), with("Content-Type", "text/plain")).is(200)
		if r.json["link"] != link || r.number("deleted") != 0 || keysOf(r.json) != "deleted link" {
			t.Errorf("%s: %s", path, r.text)
		}
	}
}

func TestARecordIsDeletedAndChangedOnlyByWhoHoldsItsScopes(t *testing.T) {
	t.Parallel()
	const read, write, root = store.ScopeRead, store.ScopeWrite, store.ScopeAdmin
	cases := []struct {
		name   string
		scopes []store.Scope
		caller func(*api) string
		status int
	}{
		{"a plain link by a writer", nil, func(a *api) string { return a.writer }, 200},
		{"a writer by a writer", []store.Scope{write}, func(a *api) string { return a.writer }, 200},
		{"a reader by a writer without read", []store.Scope{read}, func(a *api) string { return a.writer }, 403},
		{"a reader and writer by its like", []store.Scope{read, write}, func(a *api) string { return a.both }, 200},
		{"an admin by a reader and writer", []store.Scope{root}, func(a *api) string { return a.both }, 403},
		{"all scopes by a reader and writer", []store.Scope{read, write, root}, func(a *api) string { return a.both }, 403},
		{"an admin by an admin", []store.Scope{read, write, root}, func(a *api) string { return a.root }, 200},
		{"a plain link by a reader", nil, func(a *api) string { return a.reader }, 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			token := a.keep(store.Token{Scopes: c.scopes, HashedAccessToken: testHash()}, 0)
			for _, body := range []string{`{}`, `{"state":"disabled"}`, `{"cnt":-1,"data":{"x":1}}`} {
				a.do("PATCH", "/api/v1/token/"+token.Link, body, as(c.caller(a))).is(c.status)
			}
			if c.status == 403 && a.record(token.Link).Token.State != store.Enabled {
				t.Error("the record was changed")
			}
			a.do("DELETE", "/api/v1/token/"+token.Link, "", as(c.caller(a))).is(c.status)
			_, err := a.store.Get(t.Context(), token.Link)
			if (err == nil) != (c.status == 403) {
				t.Errorf("after the delete: %v", err)
			}
		})
	}
}

// TestAnAdminCannotShutHimselfOut is what keeps an API from being left without
// anybody who may do everything.
func TestAnAdminCannotShutHimselfOut(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.do("DELETE", "/api/v1/token/"+idOf(a.root), "", as(a.root)).is(409).says("cannot delete itself")
	a.do("PATCH", "/api/v1/token/"+idOf(a.root), `{"state":"disabled"}`, as(a.root)).is(409)
	a.do("PATCH", "/api/v1/token/"+idOf(a.root), `{"data":{"note":"mine"}}`, as(a.root)).is(200)
	other := a.credential(store.ScopeRead, store.ScopeWrite, store.ScopeAdmin)
	a.do("DELETE", "/api/v1/token/"+idOf(a.root), "", as(other)).is(200)
	a.do("GET", anywhere, "", as(a.root)).is(401)
	// Who is no admin may: his own record is his to give up.
	a.do("PATCH", "/api/v1/token/"+idOf(a.both), `{"state":"disabled"}`, as(a.both)).is(200)
	a.do("DELETE", "/api/v1/token/"+idOf(a.writer), "", as(a.writer)).is(200)
}

// A slowScope is a store in which a record gains the scope admin just as it is
// about to be deleted.
type slowScope struct {
	store.Store
	gain func()
}

func (s *slowScope) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	s.gain()
	return s.Store.DeleteIf(ctx, link, may)
}

func TestADeleteJudgesTheRecordThatItDeletes(t *testing.T) {
	t.Parallel()
	s := &slowScope{Store: memory.New()}
	a := newAPIOver(t, s)
	link := a.create(simple)
	s.gain = func() {
		if _, err := s.Update(t.Context(), link, func(t *store.Token) error {
			t.Scopes = []store.Scope{store.ScopeAdmin}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	a.do("DELETE", "/api/v1/token/"+link, "", as(a.both)).is(403)
	a.record(link)
}
