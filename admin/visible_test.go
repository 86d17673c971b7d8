package admin_test

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestRecordsOfAdminsAreShownToAdminsOnly(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	end := a.clock().Add(time.Hour)
	hidden := a.keep(store.Token{RID: "r", Issuer: "camp", Expires: end, Scopes: []store.Scope{store.ScopeAdmin}}, 0)
	shown := a.keep(store.Token{RID: "r", Issuer: "camp", Expires: end, Scopes: []store.Scope{store.ScopeRead}}, 0)
	token, err := a.keys.Sign(store.Claims{Link: hidden.Link, RID: "r", Expires: end})
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string][2]int64{
		hidden.Link + "?t=link": {0, 1},
		token + "?t=jwt":        {0, 1},
		shown.Link + "?t=link":  {1, 1},
		"camp?t=iss":            {1, 2},
	} {
		for i, credential := range []string{a.both, a.root} {
			r := a.do("GET", "/api/v1/token/"+target, "", as(credential)).is(200)
			if r.number("total") != want[i] || int64(len(r.items())) != want[i] {
				t.Errorf("%.40s as %d: %.200s", target, i, r.text)
			}
		}
	}
}

func TestNoAnswerShowsAHashOrAScope(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("GET", "/api/v1/token/"+idOf(a.reader)+"?t=link", "", as(a.root)).is(200)
	if items := r.items(); len(items) != 1 || keysOf(items[0]) != itemMembers {
		t.Errorf("item %s", r.text)
	}
}
