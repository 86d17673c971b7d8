package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// readFlexChange reads a change: the data replaces what has the same name at
// the top level of the record.
func readFlexChange(h *Handler, f *flexCall) (flexAction, error) {
	id, err := f.body.text("id")
	if err != nil {
		return nil, err
	}
	data, err := f.body.data(false)
	if err != nil {
		return nil, err
	}
	if data.scopes != nil {
		if _, err := f.caller.grant(data.scopes); err != nil {
			return nil, err
		}
	}
	return func() (any, error) { return h.flexChange(f, id, data) }, nil
}

// flexChange changes a record and shows it.
func (h *Handler) flexChange(f *flexCall, id string, data *flexData) (any, error) {
	if !store.ValidLink(id) {
		return nil, store.ErrNotFound
	}
	if data.empty() {
		return h.flexUnchanged(f, id)
	}
	r, err := h.o.Store.Update(f.Context(), id, func(t *store.Token) error {
		if err := f.caller.mayChange(t); err != nil {
			return err
		}
		if err := f.caller.mayGrant(t, data.scopes); err != nil {
			return err
		}
		if err := data.apply(t, instant(f.now)); err != nil {
			return err
		}
		return f.caller.mayBecome(t)
	})
	if err != nil {
		return nil, err
	}
	return f.shown(r)
}

// flexUnchanged answers a change that asks for nothing.
func (h *Handler) flexUnchanged(f *flexCall, id string) (any, error) {
	f.idle = true
	r, err := h.o.Store.Get(f.Context(), id)
	if err != nil {
		return nil, err
	}
	if err := f.caller.mayChange(&r.Token); err != nil {
		return nil, err
	}
	return f.shown(r)
}

// shown is a record as the answer to its caller.
func (f *flexCall) shown(r store.Record) (any, error) {
	entry, err := f.caller.entry(r)
	return flexRecord{fields: entry}, err
}

// mayGrant reports by its error whether the caller may give a record other
// scopes. Those of others are for an admin to change.
func (c caller) mayGrant(t *store.Token, scopes *[]store.Scope) error {
	if scopes == nil || c.is(t) || c.has(store.ScopeAdmin) || slices.Equal(*scopes, t.Scopes) {
		return nil
	}
	return refuse(http.StatusForbidden, "data.scopes: those of another record are changed by an admin only")
}

// empty reports whether nothing is asked for.
func (d *flexData) empty() bool {
	return len(d.own) == 0 && d.scopes == nil && d.state == nil && d.limit == nil && d.minutes == nil &&
		d.rid == nil && d.url == nil && d.issuer == nil
}

// apply puts a change into a token.
func (d *flexData) apply(t *store.Token, now time.Time) error {
	merged, err := mergeData(t.Data, d.own)
	if err != nil {
		return err
	}
	t.Data = merged
	if d.scopes != nil {
		t.Scopes = *d.scopes
	}
	d.set(t, now)
	t.Modified = after(t.Modified, now)
	return nil
}

// set puts what was said about the token itself into it.
func (d *flexData) set(t *store.Token, now time.Time) {
	if d.minutes != nil {
		t.Minutes, t.Expires = *d.minutes, lifeFrom(now, *d.minutes)
	}
	assign(&t.State, d.state)
	assign(&t.Limit, d.limit)
	assign(&t.RID, d.rid)
	assign(&t.URL, d.url)
	assign(&t.Issuer, d.issuer)
}

// assign takes a value over where there is one.
func assign[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// A flexRecord is one record as an answer.
type flexRecord struct{ fields []strictjson.Member }
