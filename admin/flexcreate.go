package admin

import (
	"net/http"
	"slices"

	"github.com/linkgate/linkgate/store"
)

// A flexCreated is the answer to a create of the Flextype API.
type flexCreated struct {
	Token       string `json:"token" doc:"The id of the new record."`
	AccessToken string `json:"access_token" doc:"Its secret, shown this once."`
}

// readFlexCreate reads a create: of a record that is a credential too.
func readFlexCreate(h *Handler, f *flexCall) (flexAction, error) {
	data, err := f.body.data(true)
	if err != nil {
		return nil, err
	}
	scopes, err := f.caller.grant(data.scopes)
	if err != nil {
		return nil, err
	}
	own, err := mergeData(nil, data.own)
	if err != nil {
		return nil, err
	}
	token := store.Token{
		Link: store.NewLink(), UUID: newUUID(), State: store.Enabled,
		Created: instant(f.now), Modified: instant(f.now), CreatedBy: f.caller.uuid(),
		Scopes: scopes, Data: own,
	}
	data.set(&token, token.Created)
	var calls int64
	if data.calls != nil {
		calls = *data.calls
	}
	return func() (any, error) { return h.flexCreate(f, store.Record{Token: token, Counter: calls}) }, nil
}

// flexCreate gives a record its secret and keeps it.
func (h *Handler) flexCreate(f *flexCall, r store.Record) (any, error) {
	secret := newSecret()
	if err := h.verifier.work(f.Context(), func() (err error) {
		r.Token.HashedAccessToken, err = hashSecret(secret, h.verifier.cost)
		return err
	}); err != nil {
		return nil, err
	}
	f.target = r.Token.Link
	if err := h.o.Store.Create(f.Context(), r); err != nil {
		return nil, err
	}
	return flexCreated{Token: r.Token.Link, AccessToken: secret}, nil
}

// grant is what a new record may do: what was asked for, provided that the
// caller has it himself, or else read and write as far as he has them.
func (c caller) grant(asked *[]store.Scope) ([]store.Scope, error) {
	if asked == nil {
		usual := []store.Scope{store.ScopeRead, store.ScopeWrite}
		return slices.DeleteFunc(usual, func(scope store.Scope) bool { return !c.has(scope) }), nil
	}
	for _, scope := range *asked {
		if !c.has(scope) {
			return nil, refuse(http.StatusForbidden, "data.scopes: nobody grants a scope that he lacks")
		}
	}
	return *asked, nil
}
