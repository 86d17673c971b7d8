package admin_test

import (
	"testing"

	"github.com/linkgate/linkgate/store"
)

func TestHoleScopesEscalation(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	other := a.flexCreate(a.both, `{}`)
	change := func(caller, id, data string) reply {
		return a.do("PATCH", flex, inBody(caller, `,"id":"`+id+`","data":`+data))
	}
	a.do("POST", flex, inBody(a.both, `,"data":{"scopes":["admin"]}`)).is(403)
	a.do("POST", flex, inBody(a.both, `,"data":{"scopes":["read","write","admin"]}`)).is(403)
	a.do("POST", flex, inBody(a.writer, `,"data":{"scopes":["read"]}`)).is(403)
	change(a.both, idOf(a.both), `{"scopes":["read","write","admin"]}`).is(403)
	change(a.both, idOf(other), `{"scopes":["admin"]}`).is(403)
	change(a.both, idOf(other), `{"scopes":["read"]}`).is(403) // those of others are an admin's
	change(a.both, idOf(a.root), `{"note":"x"}`).is(403)
	change(a.both, a.create(simple), `{"scopes":["read"]}`).is(403)
	a.do("DELETE", flex, inBody(a.both, `,"id":"`+idOf(a.root)+`"`)).is(403)
	for _, data := range []string{`{"hashed_access_token":"` + testHash() + `"}`, `{"created_by":"x"}`, `{"scopes":["root"]}`, `{"Scopes":["admin"]}`} {
		change(a.both, idOf(other), data).is(422)
		a.do("POST", flex, inBody(a.both, `,"data":`+data)).is(422)
	}
	// A writer's own records may do what he may, and no more.
	if got := a.record(idOf(a.flexCreate(a.writer, `{}`))).Token.Scopes; len(got) != 1 || got[0] != store.ScopeWrite {
		t.Errorf("a writer's record has %v", got)
	}
	change(a.both, idOf(a.both), `{"scopes":["read","write"]}`).is(200)
	change(a.root, idOf(other), `{"scopes":["read"]}`).is(200)
	a.do("POST", flex, inBody(other, "")).is(403)
	change(a.root, idOf(a.root), `{"scopes":["read","write"]}`).is(409) // nobody would be left to give it back
	a.do("POST", flex, inBody(a.root, `,"data":{"scopes":["read","write","admin"]}`)).is(200)
}

func TestHoleServerFieldsOverwritten(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := idOf(a.flexCreate(a.both, `{"n":1}`))
	before := a.shown(made)
	for _, name := range []string{
		"id", "link", "token", "uuid", "hashed_access_token", "created_at", "created_by", "modified_at", "created", "modified",
		"counter", "cnt", "expires", "expires_at", "data",
	} {
		for _, value := range []string{`null`, `"x"`, `1`} {
			data := `{"n":2,"` + name + `":` + value + `}`
			a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":`+data)).is(422).names("data." + name)
			a.do("POST", flex, inBody(a.both, `,"data":`+data)).is(422).names("data." + name)
		}
	}
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":{"calls":0}`)).is(422).names("data.calls")
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":{"limit_calls":-1}`)).is(422).names("data.limit_calls")
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":{"state":"Disabled"}`)).is(422).names("data.state")
	if a.shown(made) != before {
		t.Errorf("the record is %s", a.shown(made))
	}
}
