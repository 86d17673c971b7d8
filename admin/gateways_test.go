package admin_test

import (
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
)

// Another gateway over the same store changes a credential, whatever this one
// remembers of it. Not even the time of the change need be another one: the
// clocks of two machines are two.
func TestACredentialThatAnotherGatewayChangesIsSeenByTheNextCall(t *testing.T) {
	t.Parallel()
	other, err := bcrypt.GenerateFromPassword([]byte("another secret of the operator"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*store.Token) error
		status int
	}{
		"switched off":        {func(t *store.Token) error { t.State = store.Disabled; return nil }, 403},
		"without its scope":   {func(t *store.Token) error { t.Scopes = []store.Scope{store.ScopeRead}; return nil }, 403},
		"with another secret": {func(t *store.Token) error { t.HashedAccessToken = string(other); return nil }, 401},
		"without a secret":    {func(t *store.Token) error { t.HashedAccessToken = ""; return nil }, 401},
		"deleted":             {nil, 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here := newAPI(t)
			there := &api{t: t, handler: admin.HashCheaply(admin.New(here.options)), store: here.store}
			for range 2 { // from the second on it is remembered
				here.do("POST", "/api/v1/token", simple, as(here.both)).is(200)
				there.do("POST", "/api/v1/token", simple, as(here.both)).is(200)
			}
			if c.change == nil {
				there.do("DELETE", "/api/v1/token/"+idOf(here.both), "", as(here.root)).is(200)
			} else if _, err := there.store.Update(t.Context(), idOf(here.both), c.change); err != nil {
				t.Fatal(err)
			}
			here.do("POST", "/api/v1/token", simple, as(here.both)).is(c.status)
		})
	}
}
