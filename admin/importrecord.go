package admin

import (
	"slices"
	"time"

	"github.com/linkgate/linkgate/admin/rows"
	"github.com/linkgate/linkgate/store"
)

// importRow makes the record of a row.
func importRow(row rows.Row, now time.Time) (store.Record, error) {
	if row.Err != nil {
		return store.Record{}, bodyProblem(row.Err)
	}
	e, err := readImportEntry(row.Members)
	if err != nil {
		return store.Record{}, err
	}
	return e.record(now)
}

// record is the record that an entry becomes.
func (e *importEntry) record(now time.Time) (store.Record, error) {
	own, err := mergeData(nil, e.own)
	if err != nil {
		return store.Record{}, err
	}
	scopes, err := e.grant()
	if err != nil {
		return store.Record{}, err
	}
	t := store.Token{
		Link: e.id, UUID: e.uuid, Created: e.created, Modified: e.modified, Expires: e.expires,
		CreatedBy: e.createdBy, HashedAccessToken: e.hash, Data: own,
	}
	if t.UUID == "" {
		t.UUID = newUUID()
	}
	if t.Modified.IsZero() {
		t.Modified = now
	}
	if t.Created.IsZero() {
		// As Flextype shows a record that does not say when it was made.
		t.Created = t.Modified
	}
	if t.Modified.Before(t.Created) {
		t.Modified = t.Created
	}
	e.set(&t, now)
	t.Scopes = scopes
	r := store.Record{Token: t, Counter: *e.calls}
	return r, r.Check()
}

// grant is what an imported record may do.
func (e *importEntry) grant() ([]store.Scope, error) {
	switch {
	case e.hash == "" && e.scopes != nil:
		return nil, wrong("scopes", "are for a record with hashed_access_token only")
	case e.hash == "":
		return nil, nil
	case e.scopes == nil:
		return []store.Scope{store.ScopeRead, store.ScopeWrite}, nil
	}
	if slices.Contains(*e.scopes, store.ScopeAdmin) {
		return nil, wrong("scopes", "admin is not given by an import")
	}
	return *e.scopes, nil
}
