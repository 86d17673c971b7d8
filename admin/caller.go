package admin

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/linkgate/linkgate/store"
)

// A caller is who calls the API: the record of the credential, as it was when
// the call came in. The zero value is nobody, and may do nothing.
type caller struct{ token *store.Token }

// has reports whether the caller holds a scope.
func (c caller) has(scope store.Scope) bool {
	return c.token != nil && slices.Contains(c.token.Scopes, scope)
}

// needs reports by its error whether the caller lacks a scope.
func (c caller) needs(scope store.Scope) error {
	if !c.has(scope) {
		return refuse(http.StatusForbidden, fmt.Sprintf("the credential lacks the scope %q", scope))
	}
	return nil
}

// uuid names the caller where its link must not be shown.
func (c caller) uuid() string {
	if c.token == nil {
		return ""
	}
	return c.token.UUID
}

// sees reports whether a record is shown to the caller.
func (c caller) sees(t *store.Token) bool { return !t.Admin() || c.has(store.ScopeAdmin) }

// mayChange reports by its error whether the caller may change or delete a
// record: what a record may do, whoever rules it may do as well, so that he
// must be allowed to do it himself.
func (c caller) mayChange(t *store.Token) error {
	for _, scope := range t.Scopes {
		if !c.has(scope) {
			return refuse(http.StatusForbidden, "the record holds a scope that the credential lacks")
		}
	}
	return nil
}

// mayDelete is mayChange, and refuses that the scope admin goes with who holds
// it: as long as nobody can give it up for himself, somebody is left who has it.
func (c caller) mayDelete(t *store.Token) error {
	if t.Admin() && c.is(t) {
		return selfLockout()
	}
	return c.mayChange(t)
}

// is reports whether a record is the caller's own.
func (c caller) is(t *store.Token) bool { return c.token != nil && t.Is(c.token) }

// selfLockout is the problem of an admin who would shut himself out.
func selfLockout() *problem {
	return refuse(http.StatusConflict, "a credential with the scope admin cannot delete itself, switch itself off or give the scope up; another one can do it")
}

// mayBecome reports by its error whether the caller's own record, where t is
// that after a change, still lets him in.
func (c caller) mayBecome(t *store.Token) error {
	if c.is(t) && c.has(store.ScopeAdmin) && (!t.Admin() || t.State != store.Enabled) {
		return selfLockout()
	}
	return nil
}
